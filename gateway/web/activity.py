"""`/a/TOKEN` and `/a/ID`: what was said; `/x/TOKEN/...`: a file too big for mail."""

import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.activities import files, view
from gateway.web.page import calm, page, row
from gateway.web.visitor import Lobby

_PUBLIC_ID = re.compile(r"[A-Za-z0-9]{8}")
"""What people call a case; the form alone, for nothing is told of what exists."""


class Activity:
    """One activity, as its reader may see it."""

    def __init__(self, lobby: Lobby) -> None:
        """Take what knows who asks."""
        self._lobby = lobby
        self._front = lobby.front

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/a` and `/x`."""
        return [
            Route("/a/{token}", self.show, methods=["GET"]),
            Route("/x/{token}/{post}/{index}", self.give, methods=["GET"]),
        ]

    def show(self, request: Request) -> Response:
        """Show the posts, who is here, and the reader's own reply address.

        A link whose time is over leads to signing in, and from there back.
        """
        front, now = self._front, self._front.clock()
        token = request.path_params["token"]
        if _PUBLIC_ID.fullmatch(token):
            return self._for_visitor(request, token)
        shown = view.activity(front.house, token, now)
        if shown is None:
            public_id = view.behind_sign_in(front.house, token)
            if not public_id:
                return calm(request, 404)
            return self._lobby.sign_in(f"/a/{public_id}")
        return page(
            request,
            "activity",
            language=shown.language,
            activity=shown,
            zone=shown.zone,
            now=now,
        )

    def _for_visitor(self, request: Request, public_id: str) -> Response:
        """Show a case to who is signed in; to others none exists or is missing."""
        who = self._lobby.visitor(request)
        if who is None:
            return self._lobby.sign_in(request.url.path)
        front = self._front
        shown = view.for_visitor(front.house, public_id, who, front.clock())
        if shown is None:
            return self._lobby.nothing(request, who)
        return self._lobby.page(
            request, who, "activity", activity=shown, zone=shown.zone
        )

    def give(self, request: Request) -> Response:
        """Give a linked file, always to be saved, never to be shown (T14)."""
        asked = request.path_params
        front = self._front
        found = files.find(
            front.house,
            asked["token"],
            row(asked["post"]),
            row(asked["index"]),
            front.clock(),
        )
        if found is None:
            return calm(request, 404)
        name = quote(found.name or "file", safe="")
        return Response(
            found.content,
            media_type="application/octet-stream",
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
        )

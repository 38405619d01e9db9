"""`/a/TOKEN`: what was said to everyone; `/x/TOKEN/...`: a file too big for mail."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.activities import files, view
from gateway.web.page import Front, calm, page


class Activity:
    """The everyone lane of one activity, as its reader may see it."""

    def __init__(self, front: Front) -> None:
        """Take the house and the clock."""
        self._front = front

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/a` and `/x`."""
        return [
            Route("/a/{token}", self.show, methods=["GET"]),
            Route("/x/{token}/{post:int}/{index:int}", self.give, methods=["GET"]),
        ]

    def show(self, request: Request) -> Response:
        """Show the posts, who is here, and the reader's own reply address."""
        front, now = self._front, self._front.clock()
        shown = view.activity(front.house, request.path_params["token"], now)
        if shown is None:
            return calm(request, 404)
        return page(
            request,
            "activity",
            language=shown.language,
            activity=shown,
            zone=shown.zone,
            now=now,
        )

    def give(self, request: Request) -> Response:
        """Give a linked file, always to be saved, never to be shown (T14)."""
        asked = request.path_params
        front = self._front
        found = files.find(
            front.house, asked["token"], asked["post"], asked["index"], front.clock()
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

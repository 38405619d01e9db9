"""`/held`: mail that waits for one of the team; GET shows it, POST decides."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.activities import deciding, held_page
from gateway.web.page import calm, row
from gateway.web.visitor import Lobby


class Held:
    """The page of held mail, for the team alone."""

    def __init__(self, lobby: Lobby) -> None:
        """Take what knows who asks."""
        self._lobby = lobby

    def routes(self) -> list[BaseRoute]:
        """Give the one path."""
        return [
            Route("/held", self.show, methods=["GET"]),
            Route("/held", self.decide, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Show what waits at the visitor's desks; changes nothing."""
        who = self._lobby.visitor(request)
        if who is None:
            return self._lobby.sign_in("/held")
        shown = held_page.look(self._lobby.front.house, who)
        if shown is None:
            return self._lobby.nothing(request, who)
        return self._lobby.page(request, who, "held", held=shown)

    async def decide(self, request: Request) -> Response:
        """Let one mail in, or drop it, and show what waits then."""
        async with request.form(max_files=0, max_fields=20) as form:
            mail, word = row(str(form.get("mail", ""))), str(form.get("do"))
        return await run_in_threadpool(self._decide, request, mail, word)

    def _decide(self, request: Request, mail: int, word: str) -> Response:
        who = self._lobby.visitor(request)
        if who is None:
            return self._lobby.sign_in("/held")
        if word not in deciding.WORDS:
            return calm(request, 400)
        front = self._lobby.front
        shown = held_page.decide(front.house, who, mail, word, front.clock())
        if shown is None:
            return self._lobby.nothing(request, who)
        return self._lobby.page(request, who, "held", held=shown)

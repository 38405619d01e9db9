"""`/`: the team's queue and one's own cases; to strangers what this is."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.activities import own_pages
from gateway.web.page import page
from gateway.web.visitor import Lobby


class Start:
    """The page where one begins."""

    def __init__(self, lobby: Lobby) -> None:
        """Take what knows who asks."""
        self._lobby = lobby

    def routes(self) -> list[BaseRoute]:
        """Give the one path."""
        return [Route("/", self.show, methods=["GET"])]

    def show(self, request: Request) -> Response:
        """Show the queues of the visitor's desks with the reason of each place."""
        who = self._lobby.visitor(request)
        if who is None:
            return page(request, "start")
        front = self._lobby.front
        shown = own_pages.start(front.house, who, front.clock())
        return self._lobby.page(request, who, "home", start=shown)

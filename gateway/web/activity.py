"""`/a/TOKEN`: what was said to everyone, through the link in a letter."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.activities import view
from gateway.web.page import Front, calm, page


class Activity:
    """The everyone lane of one activity, as its reader may see it."""

    def __init__(self, front: Front) -> None:
        """Take the house and the clock."""
        self._front = front

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/a`."""
        return [Route("/a/{token}", self.show, methods=["GET"])]

    def show(self, request: Request) -> Response:
        """Show the posts, who is here, and the reader's own reply address."""
        front, now = self._front, self._front.clock()
        shown = view.activity(front.house, request.path_params["token"], now)
        if shown is None:
            return calm(request, 404)
        return page(request, "activity", activity=shown, zone=shown.zone, now=now)

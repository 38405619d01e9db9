"""`/c/TOKEN`: does mail reach you? GET asks, POST is the answer (mail-rules B2)."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.activities import optin
from gateway.web.page import Front, calm, page


class Reached:
    """The page behind the one link of a probe."""

    def __init__(self, front: Front) -> None:
        """Take the house and the clock."""
        self._front = front

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/c`."""
        return [
            Route("/c/{token}", self.show, methods=["GET"]),
            Route("/c/{token}", self.answer, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Show the one button; a scanner that follows the link changes nothing (T9)."""
        return self._page(request, press=False)

    async def answer(self, request: Request) -> Response:
        """Take the yes; twice is the same."""
        return await run_in_threadpool(self._page, request, press=True)

    def _page(self, request: Request, *, press: bool) -> Response:
        desk = optin.reached(
            self._front.house,
            request.path_params["token"],
            press=press,
            now=self._front.clock(),
        )
        if desk is None:
            return calm(request, 404)
        return page(request, "reached", desk=desk, pressed=press)

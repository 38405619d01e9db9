"""`/sign-in`: a link by mail, no passwords (decision 0048); and `/settings`."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.activities import own_pages, signing_in, visiting
from gateway.web.page import calm, field, page
from gateway.web.visitor import REFERRER, Lobby

#: The page has a token in its address: of itself it tells others its host at most.
_BEHIND_A_LINK = {"Referrer-Policy": "strict-origin"}


class SigningIn:
    """The pages by which somebody comes and goes."""

    def __init__(self, lobby: Lobby) -> None:
        """Take what reads and gives cookies."""
        self._lobby = lobby
        self._front = lobby.front

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/sign-in`, `/sign-out` and `/settings`."""
        return [
            Route("/sign-in", self.form, methods=["GET"]),
            Route("/sign-in", self.ask, methods=["POST"]),
            Route("/sign-in/{token}", self.look, methods=["GET"]),
            Route("/sign-in/{token}", self.enter, methods=["POST"]),
            Route("/sign-out", self.leave, methods=["POST"]),
            Route("/settings", self.settings, methods=["GET"]),
        ]

    def form(self, request: Request) -> Response:
        """Ask for an address; who is signed in already goes on."""
        to = signing_in.way_back(request.query_params.get("to", ""))
        if self._lobby.visitor(request) is not None:
            return RedirectResponse(to or "/", 303)
        return self._form(request, to)

    async def ask(self, request: Request) -> Response:
        """Send the link; says the same whoever has that address, or nobody."""
        address = (await field(request, "address")).strip()[:320]
        to = signing_in.way_back(await field(request, "to"))
        host = self._front.proxies.client(request)
        may = await run_in_threadpool(
            signing_in.ask, self._front.house, address, host, to, self._front.clock()
        )
        if not may:
            return self._form(request, to, state="too many", status=429)
        return self._form(request, to, state="sent")

    def look(self, request: Request) -> Response:
        """Show the one button; whoever follows the link changes nothing (T9)."""
        house, now = self._front.house, self._front.clock()
        shown = signing_in.look(house, request.path_params["token"], now)
        if shown is None:
            return calm(request, 404)
        if not shown.name:
            return self._form(request, "", state="over", status=410)
        answer = page(request, "sign_in_link", language=shown.language, link=shown)
        answer.headers.update(_BEHIND_A_LINK)
        return answer

    async def enter(self, request: Request) -> Response:
        """Sign this browser in; the link works no more."""
        return await run_in_threadpool(self._enter, request)

    def _enter(self, request: Request) -> Response:
        house, now = self._front.house, self._front.clock()
        token = request.path_params["token"]
        shown = signing_in.look(house, token, now)
        if shown is None:
            return calm(request, 404)
        before = self._lobby.visitor(request)
        cookie = signing_in.enter(house, token, before, now)
        if not cookie:
            # Pressed twice: they are in.
            if before is not None:
                return RedirectResponse("/", 303)
            return self._form(request, "", state="over", status=410)
        answer = RedirectResponse(shown.return_to or "/", 303)
        self._lobby.give(answer, cookie)
        return answer

    async def leave(self, request: Request) -> Response:
        """Sign out here, or everywhere; twice is the same."""
        everywhere = await field(request, "where") == "everywhere"
        return await run_in_threadpool(self._leave, request, everywhere=everywhere)

    def _leave(self, request: Request, *, everywhere: bool) -> Response:
        if who := self._lobby.visitor(request):
            visiting.sign_out(self._front.house, who, everywhere=everywhere)
        answer = self._form(request, "", state="out")
        self._lobby.take(answer)
        return answer

    def settings(self, request: Request) -> Response:
        """Show where one's own things are: the card, the mails, the browsers."""
        who = self._lobby.visitor(request)
        if who is None:
            return self._lobby.sign_in("/settings")
        shown = own_pages.settings(self._front.house, who)
        return self._lobby.page(request, who, "settings", settings=shown)

    def _form(
        self, request: Request, to: str, *, state: str = "", status: int = 200
    ) -> Response:
        house = self._front.house
        answer = page(
            request,
            "sign_in",
            status,
            state=state,
            to=to,
            minutes=house.limits.sign_in_minutes,
        )
        answer.headers.update(REFERRER)
        return answer

"""`/people` and `/people/ID`: who there is, for the team; one's own card, for all."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.activities import people_pages
from gateway.activities.own_card import CONFIRM, FIELDS, SAVE
from gateway.activities.people_pages import MARK, UNMARK, PersonPage
from gateway.activities.visiting import Visitor
from gateway.web.page import calm, row
from gateway.web.visitor import Lobby

_PRESSED = frozenset({CONFIRM, SAVE, MARK, UNMARK})


class People:
    """The pages of people, for who is signed in."""

    def __init__(self, lobby: Lobby) -> None:
        """Take what knows who asks."""
        self._lobby = lobby
        self._front = lobby.front

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/people`."""
        return [
            Route("/people", self.list, methods=["GET"]),
            Route("/people/{number}", self.show, methods=["GET"]),
            Route("/people/{number}", self.change, methods=["POST"]),
        ]

    def list(self, request: Request) -> Response:
        """Show staff who there is; lead others to their own card."""
        who = self._lobby.visitor(request)
        if who is None:
            return self._lobby.sign_in("/people")
        asked = request.query_params
        words, page = asked.get("words", ""), row(asked.get("page", "1"))
        found = people_pages.people(self._front.house, who, words, page)
        if found is None:
            return RedirectResponse(f"/people/{who.person}", 303)
        return self._lobby.page(request, who, "people", found=found)

    def show(self, request: Request) -> Response:
        """Show a person, as much as the reader may know; changes nothing."""
        who = self._lobby.visitor(request)
        if who is None:
            return self._lobby.sign_in(request.url.path)
        number = row(request.path_params["number"])
        house, now = self._front.house, self._front.clock()
        shown = people_pages.person(house, who, number, now)
        if shown is None:
            return self._lobby.nothing(request, who)
        if isinstance(shown, PersonPage):
            return self._page(request, who, shown)
        return self._lobby.page(request, who, "person_card", face=shown)

    async def change(self, request: Request) -> Response:
        """Take the form, or the mark, and show the person as they are then."""
        async with request.form(max_files=0, max_fields=30) as form:
            typed = {name: str(form.get(name, "")) for name in FIELDS}
            pressed = str(form.get("do"))
        return await run_in_threadpool(self._change, request, pressed, typed)

    def _change(
        self, request: Request, pressed: str, typed: dict[str, str]
    ) -> Response:
        who = self._lobby.visitor(request)
        if who is None:
            return self._lobby.sign_in(request.url.path)
        if pressed not in _PRESSED:
            return calm(request, 400)
        house, now = self._front.house, self._front.clock()
        number = row(request.path_params["number"])
        shown = people_pages.change(house, who, number, pressed, typed, now)
        if shown is None:
            return self._lobby.nothing(request, who)
        return self._page(request, who, shown)

    def _page(self, request: Request, who: Visitor, shown: PersonPage) -> Response:
        status = 400 if shown.card.wrong else 200
        return self._lobby.page(request, who, "person", status, person=shown)

"""`/me/TOKEN`: what a reader tells of themselves; GET shows it, POST changes it."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.activities import own_card
from gateway.activities.own_card import CONFIRM, FIELDS, SAVE, OwnCard
from gateway.web.page import Front, calm, page


class Card:
    """The page of a person's own card, behind the link in their letters."""

    def __init__(self, front: Front) -> None:
        """Take the house and the clock."""
        self._front = front

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/me`."""
        return [
            Route("/me/{token}", self.show, methods=["GET"]),
            Route("/me/{token}", self.change, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Show the card and where it is read; changes nothing."""
        return self._page(request, self._look(request))

    async def change(self, request: Request) -> Response:
        """Take the form, or what was proposed, and show the card as it is then."""
        async with request.form(max_files=0, max_fields=30) as form:
            typed = {name: str(form.get(name, "")) for name in FIELDS}
            pressed = str(form.get("do"))
        if pressed not in {CONFIRM, SAVE}:
            shown = await run_in_threadpool(self._look, request)
            return self._page(request, shown, status=400)
        token, now = request.path_params["token"], self._front.clock()
        house = self._front.house
        shown = await run_in_threadpool(
            own_card.change, house, token, pressed, typed, now
        )
        status = 400 if shown and shown.wrong else 200
        return self._page(request, shown, status=status)

    def _look(self, request: Request) -> OwnCard | None:
        front = self._front
        return own_card.look(front.house, request.path_params["token"], front.clock())

    def _page(
        self, request: Request, shown: OwnCard | None, *, status: int = 200
    ) -> Response:
        if shown is None:
            return calm(request, 404)
        now = self._front.clock()
        return page(request, "card", status, card=shown, zone=shown.zone, now=now)

"""`/i/TOKEN`: an invitation; GET shows it, POST answers it (decisions D31, G60)."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.activities import optin
from gateway.activities.optin import Choice, InvitationPage
from gateway.web.page import Front, calm, field, page


class Invitation:
    """The page behind the links of an invitation."""

    def __init__(self, front: Front) -> None:
        """Take the house and the clock."""
        self._front = front

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/i`."""
        return [
            Route("/i/{token}", self.show, methods=["GET"]),
            Route("/i/{token}", self.answer, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Show who invites, why, and what is shared; changes nothing."""
        shown = optin.look(self._front.house, request.path_params["token"])
        return _page(request, shown)

    async def answer(self, request: Request) -> Response:
        """Do what the pressed button says and show the state; twice is the same."""
        house, token = self._front.house, request.path_params["token"]
        try:
            choice = Choice(await field(request, "answer"))
        except ValueError:
            shown = await run_in_threadpool(optin.look, house, token)
            return _page(request, shown, status=400)
        shown = await run_in_threadpool(
            optin.answer,
            house,
            token,
            choice,
            door="web",
            now=self._front.clock(),
        )
        return _page(request, shown, answered=choice)


def _page(
    request: Request,
    shown: InvitationPage | None,
    *,
    answered: Choice | None = None,
    status: int = 200,
) -> Response:
    if shown is None:
        return calm(request, 404)
    return page(
        request,
        "invitation",
        status,
        language=shown.language,
        invitation=shown,
        answered=answered,
        meant=_meant(request),
    )


def _meant(request: Request) -> str:
    """Give the answer whose link was followed; pressing its button is left to them."""
    try:
        return Choice(request.query_params.get("answer", ""))
    except ValueError:
        return Choice.JOIN

"""`/u/TOKEN`: unsubscribe and preferences (mail-rules section 2, RFC 8058)."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.activities import digest_page, preferences
from gateway.activities.digest_page import DigestPage
from gateway.activities.preferences import PreferencesPage, Scope, Wish
from gateway.web.guard import is_cross_site
from gateway.web.page import Front, calm, page
from parsers.reply_address import Purpose
from storage.activity import Membership

ONE_CLICK = "One-Click"
_LONGEST = 20
"""Letters of a day or a time of day."""


class Preferences:
    """The page behind "stop" in a letter, and the provider's one-click POST."""

    def __init__(self, front: Front) -> None:
        """Take the house and the clock."""
        self._front = front

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/u`."""
        return [
            Route("/u/{token}", self.show, methods=["GET"]),
            Route("/u/{token}", self.act, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Show what the reader gets and the buttons to get less; changes nothing."""
        if _is_of_digest(request):
            return _digest(request, self._digest(request))
        return _page(request, self._look(request))

    async def act(self, request: Request) -> Response:
        """Act on a button, or on the one-click POST of a mail provider.

        One-click removes the narrowest scope, answers 200 without a redirect and
        needs neither cookie nor origin (RFC 8058 section 3.2): it carries the token
        and can only take less. The buttons take the cross-site check.
        """
        async with request.form(max_files=0, max_fields=20) as form:
            is_one_click = form.get("List-Unsubscribe") == ONE_CLICK
            pressed = str(form.get("scope"))
            wished = _wished(form)
        if is_one_click:
            return await run_in_threadpool(self._one_click, request)
        if is_cross_site(request, self._front.house.base_url):
            return calm(request, 403)
        if _is_of_digest(request):
            said = pressed if pressed in digest_page.CHOICES else ""
            chosen = await run_in_threadpool(self._digest, request, said)
            return _digest(request, chosen, done=bool(said))
        if wished is not None:
            return await run_in_threadpool(self._wish, request, *wished)
        if pressed not in set(Scope):
            shown = await run_in_threadpool(self._look, request)
            return _page(request, shown, status=400)
        scope = Scope(pressed)
        shown = await run_in_threadpool(self._do, request, scope)
        return _page(request, shown, done=scope)

    def _wish(self, request: Request, wanted: Wish, value: str) -> Response:
        found = preferences.wish(
            self._front.house,
            request.path_params["token"],
            wanted,
            value,
            now=self._front.clock(),
        )
        if found is None:
            return calm(request, 404)
        shown, done = found
        status = 400 if done == "unclear" else 200
        return _page(request, shown, done=done, status=status)

    def _one_click(self, request: Request) -> Response:
        """Stop what the letter was: an invitation, a digest, news of one case."""
        if _is_of_digest(request):
            if self._digest(request, "off") is None:
                return calm(request, 404)
            return PlainTextResponse("Done.\n")
        shown = self._look(request)
        if shown is None:
            return calm(request, 404)
        is_invited = shown.membership == Membership.INVITED
        self._do(request, Scope.INVITATIONS if is_invited else Scope.ACTIVITY)
        return PlainTextResponse("Done.\n")

    def _digest(self, request: Request, said: str = "") -> DigestPage | None:
        house, now = self._front.house, self._front.clock()
        token = request.path_params["token"]
        if said:
            return digest_page.choose(house, token, said, now)
        return digest_page.look(house, token, now)

    def _look(self, request: Request) -> PreferencesPage | None:
        return preferences.preferences(
            self._front.house, request.path_params["token"], self._front.clock()
        )

    def _do(self, request: Request, scope: Scope) -> PreferencesPage | None:
        return preferences.unsubscribe(
            self._front.house,
            request.path_params["token"],
            scope,
            door="web",
            now=self._front.clock(),
        )


def _page(
    request: Request,
    shown: PreferencesPage | None,
    *,
    done: str = "",
    status: int = 200,
) -> Response:
    if shown is None:
        return calm(request, 404)
    return page(
        request,
        "preferences",
        status,
        language=shown.language,
        preferences=shown,
        done=done if done != "unclear" else "",
        zone=shown.zone,
    )


def _wished(form: FormData) -> tuple[Wish, str] | None:
    """Give the button that was pressed, if it is one of the wishes; and its value.

    The button for a pause, or for quiet hours, says only that; the day, or from and
    until when, stand in fields of their own.
    """
    for wanted in Wish:
        value = form.get(wanted)
        if not isinstance(value, str):
            continue
        if wanted is Wish.PAUSE:
            value = _typed(form, "until")
        elif wanted is Wish.QUIET and value != "off":
            value = f"{_typed(form, 'quiet_from')}-{_typed(form, 'quiet_to')}"
        return wanted, value
    return None


def _typed(form: FormData, name: str) -> str:
    value = form.get(name)
    return value[:_LONGEST] if isinstance(value, str) else ""


def _is_of_digest(request: Request) -> bool:
    """Say whether the link stood in a digest: it stops that and no conversation."""
    token = str(request.path_params["token"])
    return token[:2].lower() == f"{Purpose.DIGEST}-"


def _digest(
    request: Request, shown: DigestPage | None, *, done: bool = False
) -> Response:
    if shown is None:
        return calm(request, 404)
    return page(
        request, "digest", language=shown.language, preferences=shown, done=done
    )

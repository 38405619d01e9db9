"""Who asks for a page: read from the cookie of the browser, and answered as them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.activities import signing_in, visiting
from gateway.activities.visiting import Visitor
from gateway.web.page import Front, page

#: Where a cookie counts: these paths take POSTs only of our own pages (T9).
BY_COOKIE = ("/sign-in", "/sign-out", "/people", "/settings", "/held")
#: Their Origin is how those POSTs are known, and "no-referrer" would make it "null"
#: (Fetch, "append a request Origin header"). To others nothing is said either way.
REFERRER = {"Referrer-Policy": "same-origin"}
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Lobby:
    """Receives browsers: says who they are, and gives or takes their cookie."""

    front: Front

    @property
    def _is_secure(self) -> bool:
        return self.front.house.base_url.startswith("https:")

    @property
    def _name(self) -> str:
        # A browser takes this prefix only from https, and only for this very host.
        return "__Host-parlour" if self._is_secure else "parlour"

    def visitor(self, request: Request) -> Visitor | None:
        """Give who is signed in; asks the database only with a cookie of ours."""
        cookie = request.cookies.get(self._name, "")
        if not cookie:
            return None
        return visiting.visitor(self.front.house, cookie, self.front.clock())

    def sign_in(self, back: str) -> Response:
        """Send a browser to sign in, and back to a page of ours then."""
        to = f"?{urlencode({'to': back})}" if signing_in.way_back(back) else ""
        return RedirectResponse(f"/sign-in{to}", 303, REFERRER)

    def page(
        self,
        request: Request,
        who: Visitor,
        name: str,
        status: int = 200,
        **values: Any,
    ) -> Response:
        """Give a page in the language and zone of who is signed in."""
        language = values.pop("language", "") or who.language
        answer = page(
            request,
            name,
            status,
            language=language,
            visitor=who,
            **({"zone": who.zone, "now": self.front.clock()} | values),
        )
        answer.headers.update(REFERRER)
        if who.cookie:
            self.give(answer, who.cookie)
        return answer

    def nothing(self, request: Request, who: Visitor) -> Response:
        """Say that there is no such page, or none for them; they can go on from it."""
        return self.page(request, who, "nothing", 404)

    def give(self, answer: Response, cookie: str) -> None:
        """Let the browser hold a cookie; scripts and other sites never see it."""
        answer.set_cookie(
            self._name,
            cookie,
            max_age=self.front.house.limits.session_days * _DAY,
            path="/",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )

    def take(self, answer: Response) -> None:
        """Have the browser drop its cookie."""
        answer.delete_cookie(
            self._name, path="/", secure=self._is_secure, httponly=True, samesite="lax"
        )

"""Stands before every page: strict headers, cross-site checks, one log line.

A token in a path is a key, so the log names the first segment of a known path and
nothing else of the URL; nothing that a page sends lets a browser pass the URL on.
"""

import traceback
from collections.abc import Callable
from time import perf_counter
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: What every answer carries; a page may set its own policy, never none.
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_BODY = 256_000
"""Octets of a form; the longest of ours is a letter typed into the demo."""


def is_cross_site(request: Request, base_url: str, *, by_cookie: bool = False) -> bool:
    """Say whether another site's page made the browser send this.

    Sec-Fetch-Site decides where the browser sends it (over https and on loopback).
    Otherwise Origin must name the host asked for or that of `base_url`. An Origin of
    "null" is what our own no-referrer pages send: it passes where the token in the path
    is all that counts, since who can post there holds it anyway. Programs that are no
    browsers send neither header and pass for the same reason. `by_cookie` says that
    the path heeds a cookie, which a browser adds to what any page makes it send: there
    one of the two headers must speak for it.
    """
    fetched = request.headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin in {None, "null"}:
        return by_cookie
    ours = {urlsplit(base_url).netloc.lower(), request.headers.get("host", "").lower()}
    return urlsplit(origin).netloc.lower() not in ours - {""}


class Guard:
    """ASGI middleware around all pages."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        base_url: str,
        seen: frozenset[str],
        one_click: tuple[str, ...],
        by_cookie: tuple[str, ...],
        calm: Callable[[Request, int], Response],
    ) -> None:
        """Stand before `app`.

        `base_url` is where the world reaches the pages; `seen` are the first path
        segments that may stand in the log; `one_click` the path prefixes whose POSTs
        are checked by the page itself, because mail providers send them from anywhere
        (RFC 8058 section 3.2); `by_cookie` those that heed who is signed in; `calm`
        makes the page for a status.
        """
        self._app = app
        self._base_url = base_url
        self._seen = seen
        self._one_click = one_click
        self._by_cookie = by_cookie
        self._calm = calm

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, hand on, put the headers on the answer, write one line."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 0

        async def dress(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._is_refused(scope)
        app = self._calm(Request(scope), 403) if refused else self._app
        try:
            await app(scope, _bounded(receive), dress)
        except Exception as error:
            # A fault of ours: the reader gets a calm page, the log says where it
            # arose. The error's text may hold what people wrote, so it stays out.
            log.error("page.fault", error=type(error).__name__, at=_place(error))
            if not status:
                await self._calm(Request(scope), 500)(scope, receive, dress)
        finally:
            log.info(
                "page.served",
                method=scope["method"],
                page=self._page(scope["path"]),
                status=status,
                ms=round((perf_counter() - began) * 1000),
            )

    def _is_refused(self, scope: Scope) -> bool:
        if scope["method"] in SAFE_METHODS or scope["path"].startswith(self._one_click):
            return False
        by_cookie = scope["path"].startswith(self._by_cookie)
        return is_cross_site(Request(scope), self._base_url, by_cookie=by_cookie)

    def _page(self, path: str) -> str:
        first = path.removeprefix("/").partition("/")[0]
        return f"/{first}" if first in self._seen else "other"


def _bounded(receive: Receive) -> Receive:
    """Give a `receive` that ends a body above LARGEST_BODY with 413."""
    taken = 0

    async def take() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            raise HTTPException(413)
        return message

    return take


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"

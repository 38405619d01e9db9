"""Pages: one Starlette application, each page a door like any other."""

from collections.abc import Sequence
from importlib import resources

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.activities.house import House
from gateway.web.activity import Activity
from gateway.web.card import Card
from gateway.web.guard import Guard
from gateway.web.health import Health
from gateway.web.held import Held
from gateway.web.invitation import Invitation
from gateway.web.page import Clock, Front, calm, page
from gateway.web.people import People
from gateway.web.preferences import Preferences
from gateway.web.proxies import Proxies
from gateway.web.reached import Reached
from gateway.web.signing_in import SigningIn
from gateway.web.start import Start
from gateway.web.visitor import BY_COOKIE, Lobby

#: A day: the stylesheet is the one thing on our pages that is nobody's secret.
STYLE_HEADERS = {"Cache-Control": "public, max-age=86400"}


def build(
    house: House,
    *,
    clock: Clock,
    proxies: Proxies | None = None,
    extra_routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """Give the application that serves every page.

    Blocking deeds run in threads; `clock` gives an aware UTC datetime; `proxies` are
    those in front that are believed, by default none. Run it with uvicorn's own access
    log off: that one would write tokens.
    """
    front = Front(house=house, clock=clock, proxies=proxies or Proxies())
    lobby = Lobby(front)
    routes: list[BaseRoute] = [
        *Start(lobby).routes(),
        Route("/help", _help, methods=["GET"]),
        Route("/static/parlour.css", _style, methods=["GET"]),
        *Invitation(front).routes(),
        *Preferences(front).routes(),
        *Reached(front).routes(),
        *Activity(lobby).routes(),
        *SigningIn(lobby).routes(),
        *People(lobby).routes(),
        *Held(lobby).routes(),
        *Card(front).routes(),
        *Health(front).routes(),
        *extra_routes,
    ]
    seen = frozenset(_first(route) for route in routes)
    pages = Starlette(
        routes=routes,
        middleware=[
            Middleware(
                Guard,
                base_url=house.base_url,
                seen=seen,
                one_click=("/u/",),
                by_cookie=BY_COOKIE,
                calm=calm,
            )
        ],
        exception_handlers={HTTPException: _calm},
    )
    # It would send the browser to whatever Host it named.
    pages.router.redirect_slashes = False
    return pages


def _first(route: BaseRoute) -> str:
    path = str(getattr(route, "path", ""))
    return path.removeprefix("/").partition("/")[0]


async def _help(request: Request) -> Response:
    return page(request, "help")


async def _style(_: Request) -> Response:
    style = resources.files("templates").joinpath("web/static/parlour.css")
    return Response(style.read_bytes(), media_type="text/css", headers=STYLE_HEADERS)


async def _calm(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return calm(request, status)

"""Serves the pages with uvicorn, in the event loop of the other doors."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import uvicorn

from gateway.activities.house import House
from gateway.app.build import SiteError, clock
from gateway.app.ports import bind
from gateway.app.roles import Role
from gateway.settings import Listen
from gateway.settings.sections import Web
from gateway.web.app import build
from gateway.web.proxies import Proxies

CLOSE_SECONDS = 5
"""How long a visitor may go on with what was begun."""


class WebDoor:
    """The pages, served by uvicorn."""

    def __init__(
        self, house: House, settings: Web, extra_routes: Sequence[Any]
    ) -> None:
        """Take what the pages need, and where and behind whom they are served."""
        self._listen = settings.listen
        proxies = Proxies(settings.trusted_proxies, settings.proxy_header)
        config = uvicorn.Config(
            build(house, clock=clock, proxies=proxies, extra_routes=extra_routes),
            # Whom to believe is said in our settings alone.
            proxy_headers=False,
            # Its log would write tokens: every line of ours is our own.
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=CLOSE_SECONDS,
        )
        self._server = _Server(config)
        self._serving: asyncio.Task[None] | None = None

    async def open(self) -> dict[Role, Listen]:
        """Serve; give where. Raises SiteError when the port cannot be had."""
        bound = bind("web", self._listen)
        self._serving = asyncio.create_task(self._server.serve(sockets=[bound]))
        while not self._server.started:
            if self._serving.done():
                raise SiteError("the pages did not start; the log says why")
            await asyncio.sleep(0.01)
        host, port = bound.getsockname()[:2]
        return {Role.WEB: Listen(host, port)}

    async def close(self) -> None:
        """Stop, when the pages in hand are finished."""
        self._server.should_exit = True
        if self._serving is not None:
            await self._serving


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers; the site has one set for all."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

"""Opens the doors of a site in one event loop: mail in and pages."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator, Sequence
from typing import Any

import uvicorn

from gateway.activities.house import House
from gateway.app.build import SiteError, clock
from gateway.app.roles import Role
from gateway.app.smtp import SmtpDoor
from gateway.settings import Listen, Settings
from gateway.web.app import build

CLOSE_SECONDS = 5
"""How long a visitor may go on with what was begun."""


class Doors:
    """The doors that this process keeps."""

    def __init__(
        self,
        house: House,
        settings: Settings,
        roles: frozenset[Role],
        extra_routes: Sequence[Any] = (),
    ) -> None:
        """Take what they need; nothing is open yet."""
        self.listening: dict[Role, Listen] = {}
        """Where each open door listens; a port of 0 has become a real one."""
        self._open: list[SmtpDoor | WebDoor] = []
        self._doors: dict[Role, SmtpDoor | WebDoor] = {}
        if Role.SMTP in roles:
            self._doors[Role.SMTP] = SmtpDoor(house, settings)
        if Role.WEB in roles:
            self._doors[Role.WEB] = WebDoor(house, settings.web.listen, extra_routes)

    async def open(self) -> None:
        """Open them; raise SiteError when a port cannot be had."""
        for role, door in self._doors.items():
            self.listening[role] = await door.open()
            self._open.append(door)

    async def close(self) -> None:
        """Take no more visitors and let those inside finish, for a while."""
        await asyncio.gather(*(door.close() for door in self._open))
        self._open.clear()
        self.listening.clear()


class WebDoor:
    """The pages, served by uvicorn."""

    def __init__(
        self, house: House, listen: Listen, extra_routes: Sequence[Any]
    ) -> None:
        """Take what the pages need and where they are served."""
        self._listen = listen
        config = uvicorn.Config(
            build(house, clock=clock, extra_routes=extra_routes),
            # Its log would write tokens: every line of ours is our own.
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=CLOSE_SECONDS,
        )
        self._server = _Server(config)
        self._serving: asyncio.Task[None] | None = None

    async def open(self) -> Listen:
        """Serve; give where. Raises SiteError when the port cannot be had."""
        bound = bind("web", self._listen)
        self._serving = asyncio.create_task(self._server.serve(sockets=[bound]))
        while not self._server.started:
            if self._serving.done():
                raise SiteError("the pages did not start; the log says why")
            await asyncio.sleep(0.01)
        return where(bound)

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


def bind(section: str, listen: Listen) -> socket.socket:
    """Take a port; raise SiteError that says why it cannot be had."""
    try:
        family, kind, number, _, address = socket.getaddrinfo(
            listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, number)
    except OSError as error:
        raise cannot_listen(section, listen, error) from error
    try:
        # A restart need not wait for the old connections to be forgotten.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(socket.SOMAXCONN)
        bound.setblocking(False)  # noqa: FBT003 (the name of the call says it)
    except OSError as error:
        bound.close()
        raise cannot_listen(section, listen, error) from error
    return bound


def where(bound: socket.socket) -> Listen:
    """Say where a socket listens."""
    host, port = bound.getsockname()[:2]
    return Listen(host, port)


def cannot_listen(section: str, listen: Listen, error: OSError) -> SiteError:
    """Say why a door cannot open and what to do."""
    match error.errno:
        case errno.EADDRINUSE:
            why = "the port is in use; stop the other program or choose another port"
        case errno.EACCES:
            why = "no permission; choose a port above 1023 or allow this one"
        case errno.EADDRNOTAVAIL:
            why = "this machine has no such address; choose one of its own"
        case _:
            why = error.strerror or str(error)
    return SiteError(f"{section}.listen: cannot listen on {listen}: {why}")

"""Runs a site until it is told to stop; takes new settings while it runs."""

import asyncio
import contextlib
import json
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import structlog

from gateway import settings as settings_module
from gateway.app import garbage
from gateway.app.build import SiteError
from gateway.app.roles import DOORS, WORK, Role
from gateway.app.site import Routes, Site
from gateway.app.worker import Worker
from gateway.settings import Settings, SettingsError

STOP_SECONDS = 9.5
"""After this the process ends whatever it is doing (promises R11: 10 s)."""

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """What a process is told to run: roles, and the settings as their file was read.

    A worker gets these from its parent, so that a file that was broken in the
    meantime does no harm.
    """

    path: str
    text: str
    roles: tuple[str, ...]

    def settings(self) -> Settings:
        """Read the settings; raise SettingsError."""
        return settings_module.read(self.text, Path(self.path), os.environ)

    def line(self) -> str:
        """Write the orders as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, line: str) -> "Orders":
        """Read what `line` wrote; raise ValueError for anything else."""
        values = json.loads(line)
        return cls(**{**values, "roles": tuple(values["roles"])})


def orders(path: Path, roles: frozenset[Role]) -> Orders:
    """Read the settings file for these roles; raise SettingsError."""
    return Orders(
        path=str(path),
        text=settings_module.written(path),
        roles=tuple(sorted(roles)),
    )


def serve(
    path: Path,
    only: frozenset[Role] | None = None,
    *,
    say: Callable[[str], None] = print,
    extra_routes: Routes | None = None,
) -> None:
    """Run the roles until SIGTERM or SIGINT; SIGHUP reads the file again.

    Without `only` the doors are kept here and the work is done by a child process.
    Raises SettingsError or SiteError when it cannot start.
    """
    server = _Server(
        orders(path, DOORS if only is None else only),
        reread=lambda roles: orders(path, roles),
        has_worker=only is None,
        say=say,
        extra_routes=extra_routes,
    )
    asyncio.run(server.live())


def follow() -> None:
    """Do the work that a parent orders by standard input, as long as it lives.

    Raises SettingsError or SiteError when it cannot start.
    """
    # Loaded while the parent makes the store ready.
    from gateway.app import work  # noqa: F401

    line = _read_line()
    if not line:
        return  # The parent is gone already.
    server = _Server(Orders.read(line), ready_store=False)
    asyncio.run(server.live())


class _Server:
    """One life of `serve`: sites come and go by SIGHUP, SIGTERM ends it."""

    def __init__(
        self,
        first: Orders,
        *,
        reread: Callable[[frozenset[Role]], Orders] | None = None,
        has_worker: bool = False,
        ready_store: bool = True,
        say: Callable[[str], None] = lambda _: None,
        extra_routes: Routes | None = None,
    ) -> None:
        self._orders = first
        self._reread = reread
        self._has_worker = has_worker
        self._ready_store = ready_store
        self._say = say
        self._extra_routes = extra_routes
        self._stop = asyncio.Event()
        self._news = asyncio.Event()
        """Set when something is to be done: stop, or read the settings again."""

    async def live(self) -> None:
        """Run until told to stop."""
        site = self._site(self._orders)
        self._listen_to_signals()
        await site.start(ready_store=self._ready_store)
        garbage.leave_alone()
        self._announce(site)
        while not self._stop.is_set():
            await self._news.wait()
            self._news.clear()
            if not self._stop.is_set():
                site = await self._reload(site)
        await site.stop()

    def _site(self, wanted: Orders) -> Site:
        settings = wanted.settings()
        if settings.lmtp is None and wanted.roles == (Role.LMTP,):
            raise SettingsError(
                "lmtp", "is missing; write [lmtp] to have that door", wanted.path
            )
        if not settings.mailboxes and wanted.roles == (Role.IMAP,):
            raise SettingsError(
                "desk.mailbox",
                "is missing; write [[desk.mailbox]] below a desk to watch its mailbox",
                wanted.path,
            )
        worker = None
        if self._has_worker:
            worker = Worker(replace(wanted, roles=tuple(sorted(WORK))).line())
        return Site(
            settings,
            frozenset(Role(name) for name in wanted.roles),
            worker=worker,
            extra_routes=self._extra_routes,
        )

    def _announce(self, site: Site) -> None:
        for role, listen in site.listening.items():
            self._say(f"{role} listening on {listen}")
        for name in site.watching:
            self._say(f"imap watching {name}")
        self._say("ready")

    async def _reload(self, old: Site) -> Site:
        """Put a site with the new settings in the place of the old one.

        When they are wrong the old one stays; when they do not work (a port that is
        taken) the old settings are started again.
        """
        assert self._reread is not None
        try:
            wanted = self._reread(frozenset(Role(name) for name in self._orders.roles))
            new = self._site(wanted)
        except (SettingsError, SiteError) as error:
            _log.error("reload refused, the old settings stay", reason=str(error))
            return old
        await old.stop()
        try:
            await new.start(ready_store=self._ready_store)
        except SiteError as error:
            _log.error("reload failed, back to the old settings", reason=str(error))
            new = self._site(self._orders)
            await new.start(ready_store=False)
        else:
            self._orders = wanted
            _log.info("reloaded")
        self._announce(new)
        return new

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._end)
        loop.add_signal_handler(signal.SIGINT, self._end)
        if self._reread is not None:
            loop.add_signal_handler(signal.SIGHUP, self._news.set)
        else:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            threading.Thread(
                target=_wait_for_parent, args=(loop, self._end), daemon=True
            ).start()

    def _end(self) -> None:
        """Begin to stop; whatever hangs, the process ends in time."""
        if not self._stop.is_set():
            timer = threading.Timer(STOP_SECONDS, _give_up)
            timer.daemon = True
            timer.start()
        self._stop.set()
        self._news.set()


def _give_up() -> None:
    _log.error("stopping took too long; leases return what is in hand")
    os._exit(1)


def _read_line() -> str:
    """Read one line of standard input, and not an octet more."""
    line = b""
    while not line.endswith(b"\n"):
        octet = os.read(0, 1)
        if not octet:
            return ""
        line += octet
    return line.decode()


def _wait_for_parent(loop: asyncio.AbstractEventLoop, end: Callable[[], None]) -> None:
    """Return from reading only when the parent is gone, however it went."""
    while os.read(0, 4096):
        pass
    with contextlib.suppress(RuntimeError):  # The loop has ended already.
        loop.call_soon_threadsafe(end)

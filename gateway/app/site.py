"""A site: what one process runs with one set of settings, from start to stop."""

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from gateway.activities.house import House
from gateway.app.build import build_house, close_house, prepare
from gateway.app.roles import DOORS, WORK, Role
from gateway.app.worker import Worker
from gateway.settings import Listen, Settings

if TYPE_CHECKING:
    from gateway.app.doors import Doors
    from gateway.app.work import Work

Routes = Callable[[House], Sequence[Any]]
"""Makes further pages for a house (the demo's)."""


class Site:
    """The roles of this process, and the worker process if there is one."""

    def __init__(
        self,
        settings: Settings,
        roles: frozenset[Role],
        *,
        worker: Worker | None = None,
        extra_routes: Routes | None = None,
    ) -> None:
        """Choose what runs; `worker` does the work in a process of its own.

        Raises SiteError when the place of the database cannot be made.
        """
        self.settings = settings
        self.house = build_house(settings)
        self._roles = roles
        self._node = node_name()
        self._worker = worker
        self._extra_routes = extra_routes
        self._doors: Doors | None = None
        self._work: Work | None = None

    @property
    def listening(self) -> dict[Role, Listen]:
        """Where each open door listens."""
        return self._doors.listening if self._doors else {}

    @property
    def watching(self) -> list[str]:
        """Which mailboxes mail is fetched from."""
        return self._doors.watching if self._doors else []

    async def start(self, *, ready_store: bool = True) -> None:
        """Start everything, or nothing and raise SiteError.

        `ready_store=False` leaves the schema and the desks as they are; a worker whose
        parent made them ready, or a site that goes on after a failed reload.
        """
        try:
            if self._worker is not None:
                # It loads its modules while we make the store ready.
                await self._worker.begin()
            if ready_store:
                await asyncio.to_thread(prepare, self.house, self.settings)
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        if self._roles & DOORS:
            from gateway.app.doors import Doors

            extra = self._extra_routes(self.house) if self._extra_routes else ()
            self._doors = Doors(self.house, self.settings, self._roles, extra)
            await self._doors.open()
        if self._roles & WORK:
            from gateway.app.work import Work

            self._work = Work(self.house, self.settings, self._roles, self._node)
            self._work.start()
        if self._worker is not None:
            await self._worker.start()

    async def stop(self) -> None:
        """Stop everything; what is in hand is finished or given back."""
        stopping: list[Any] = []
        if self._doors is not None:
            stopping.append(self._doors.close())
        if self._worker is not None:
            stopping.append(self._worker.stop())
        if self._work is not None:
            stopping.append(asyncio.to_thread(self._work.stop))
        await asyncio.gather(*stopping)
        self._doors = self._work = None
        await asyncio.to_thread(close_house, self.house)


def node_name() -> str:
    """Name the holder of leases; nobody else has or had this name."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"

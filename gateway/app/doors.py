"""The doors of a site in one event loop: mail in and pages."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

from gateway.activities.house import House
from gateway.app.roles import Role
from gateway.settings import Listen, Settings


class Door(Protocol):
    """Something that listens."""

    async def open(self) -> dict[Role, Listen]:
        """Listen; give where. Raises SiteError when a port cannot be had."""

    async def close(self) -> None:
        """Take no more visitors and let those inside finish, for a while."""


class Doors:
    """The doors that this process keeps."""

    def __init__(
        self,
        house: House,
        settings: Settings,
        roles: frozenset[Role],
        extra_routes: Sequence[Any] = (),
    ) -> None:
        """Take what they need; nothing is open yet.

        Raises SiteError for a certificate that cannot be used.
        """
        self.listening: dict[Role, Listen] = {}
        """Where each open door listens; a port of 0 has become a real one."""
        self._doors: list[Door] = []
        if roles & {Role.SMTP, Role.LMTP}:
            from gateway.app.smtp import MailDoors

            self._doors.append(MailDoors(house, settings, roles))
        if Role.WEB in roles:
            from gateway.app.pages import WebDoor

            self._doors.append(WebDoor(house, settings.web.listen, extra_routes))

    async def open(self) -> None:
        """Open them; raise SiteError when a port cannot be had."""
        for door in self._doors:
            self.listening |= await door.open()

    async def close(self) -> None:
        """Take no more visitors and let those inside finish, for a while."""
        await asyncio.gather(*(door.close() for door in self._doors))
        self.listening.clear()

"""The doors of a site in one event loop: mail in and pages."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from gateway.activities.house import House
from gateway.app.roles import Role
from gateway.settings import Listen, Settings

if TYPE_CHECKING:
    from gateway.app.keeping import Keeping


class MailDoor(Protocol):
    """Something that mail comes in by."""

    async def open(self, keeping: "Keeping") -> dict[Role, Listen]:
        """Take mail; give where. Raises SiteError when a port cannot be had."""

    async def close(self) -> None:
        """Take no more and let what is in hand finish, for a while."""


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
        self.watching: list[str] = []
        """The mailboxes that mail is fetched from."""
        self._house = house
        self._mail: list[MailDoor] = []
        self._keeping: Keeping | None = None
        if roles & {Role.SMTP, Role.LMTP}:
            from gateway.app.smtp import MailDoors

            self._mail.append(MailDoors(house, settings, roles))
        if Role.IMAP in roles and settings.mailboxes:
            from gateway.app.imap import ImapDoor

            mailboxes = ImapDoor(house, settings)
            self.watching = mailboxes.watching
            self._mail.append(mailboxes)
        self._web = None
        if Role.WEB in roles:
            from gateway.app.pages import WebDoor

            self._web = WebDoor(house, settings.web, extra_routes)

    async def open(self) -> None:
        """Open them; raise SiteError when a port cannot be had."""
        if self._mail:
            from gateway.app.keeping import Keeping

            self._keeping = await Keeping.begin(self._house)
            for door in self._mail:
                self.listening |= await door.open(self._keeping)
        if self._web is not None:
            self.listening |= await self._web.open()

    async def close(self) -> None:
        """Take no more visitors and let those inside finish, for a while."""
        closing = [door.close() for door in self._mail]
        if self._web is not None:
            closing.append(self._web.close())
        await asyncio.gather(*closing)
        if self._keeping is not None:
            # What was answered 250, or is about to be moved, is in the journal.
            await self._keeping.end()
            self._keeping = None
        self.listening.clear()

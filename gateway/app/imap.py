"""Opens the door for mail that is fetched: a watch for each mailbox of the settings."""

import asyncio
import threading

import structlog

from gateway.activities.house import House
from gateway.app.build import clock
from gateway.app.keeping import Keeping
from gateway.app.mailboxes import accounts, warn
from gateway.app.roles import Role
from gateway.inbound.imap.office import Office
from gateway.inbound.imap.watch import Watch, end
from gateway.settings import Listen, Settings

LARGE_AT_ONCE = 2
"""Mailboxes that may hold a large mail at the same time."""

_log = structlog.get_logger()


class ImapDoor:
    """The mailboxes of all desks, each watched in a thread of its own."""

    def __init__(self, house: House, settings: Settings) -> None:
        """Take what they need; nothing is connected yet."""
        self._house = house
        self._most_octets = settings.smtp.max_message_octets
        self._accounts = accounts(settings)
        self._watches: list[Watch] = []

    @property
    def watching(self) -> list[str]:
        """The names of the mailboxes."""
        return [account.name for account in self._accounts]

    async def open(self, keeping: Keeping) -> dict[Role, Listen]:
        """Begin to watch; a mailbox that cannot be reached is tried again for ever."""
        office = Office(
            database=self._house.database,
            journalist=keeping.journalist,
            recipients=keeping.recipients,
            clock=clock,
            most_octets=self._most_octets,
            head_octets=self._house.limits.header_kb * 1000,
            large=threading.BoundedSemaphore(LARGE_AT_ONCE),
        )
        warn(self._accounts)
        self._watches = [Watch(office, account) for account in self._accounts]
        for watch in self._watches:
            watch.start()
        return {}

    async def close(self) -> None:
        """Let what is in hand become finished; what is not is fetched another time."""
        for watch in await asyncio.to_thread(end, self._watches):
            _log.warning("a mailbox was left", mailbox=watch.account.name)
        self._watches = []

"""What every deed is handed: the database, the desks, the keys, the limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.routing.desk import Desks
from gateway.routing.limits import Limits
from parsers.message_id import Ids
from parsers.reply_address import Sealer
from storage.blobs import Blobs
from storage.database import Database
from storage.wake import Wake


@dataclass(frozen=True, kw_only=True)
class House:
    """The parts that deeds use; built once by gateway.app."""

    database: Database
    blobs: Blobs
    wake: Wake
    desks: Desks
    sealer: Sealer
    ids: Ids
    base_url: str
    limits: Limits
    chance: Callable[[int], bytes]
    """Gives so many octets that nobody can guess."""
    authserv_ids: tuple[str, ...] = ()
    """Whose Authentication-Results are believed (mail-rules section 0)."""
    mailbox_authserv_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The same for mail fetched by IMAP, by the name of the mailbox (Entry.peer)."""
    arc_sealers: tuple[str, ...] = ()
    sends_at: datetime | None = None
    """When letters leave, whatever the moment that they are about: `schedule run --at`
    does what is due by another one (decisions G56)."""

    @property
    def lease(self) -> timedelta:
        """How long a claim lasts before another node may take the work over."""
        return timedelta(seconds=self.limits.lease_seconds)

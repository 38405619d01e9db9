"""Who may be written to: the one table that the door asks at RCPT (promises T18)."""

import re
from collections.abc import Iterable

from gateway.inbound.replies import BadRecipient, DeskGone, Refusal, UnknownRecipient
from gateway.routing.desk import Desks
from parsers.address import is_address, key
from parsers.reply_address import TOKEN_LETTERS, Sealer

_ROLES = ("postmaster", "abuse")
_TOKEN = re.compile(rf"[a-z]-[a-z2-7]{{{TOKEN_LETTERS}}}", re.IGNORECASE)


class Recipients:
    """Answers for one recipient: None to take it, or the refusal. Pure."""

    def __init__(self, desks: Desks, sealer: Sealer, gone: Iterable[str] = ()) -> None:
        """Take the desks in service, and the keys of those that are no longer."""
        self._desks = desks
        self._sealer = sealer
        self._gone = frozenset(key(address) for address in gone)
        # RFC 5321 section 4.1.1.3: postmaster counts even without a domain.
        self._roles = {f"{role}@{host}" for role in _ROLES for host in desks.hosts}
        self._roles.add("postmaster")

    def __call__(self, address: str) -> Refusal | None:
        """Say None to accept; a token with a right MAC counts even when revoked."""
        wanted = key(address)
        if wanted in self._roles:
            return None
        if not is_address(address):
            return BadRecipient("no address")
        if self._desks.by_address(address) is not None:
            return None
        if self.is_token(address):
            return None
        if wanted in self._gone or self._is_of_a_former_desk(wanted):
            return DeskGone("desk is not in the settings")
        return UnknownRecipient("no desk, no token of ours")

    def is_token(self, address: str) -> bool:
        """Say whether this is one of the addresses that we made for somebody."""
        token = self._desks.token_in(address)
        return token is not None and self._sealer.unseal(token) is not None

    def _is_of_a_former_desk(self, wanted: str) -> bool:
        """Say whether we issued it for a desk whose pattern nobody knows any more."""
        return any(
            self._sealer.unseal(found.group()) is not None
            for found in _TOKEN.finditer(wanted)
        )

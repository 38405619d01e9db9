"""A desk: a support address, its team, its ways; plain values from the settings."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from parsers.address import Mailbox, domain, key
from parsers.reply_address import ReplyAddress, sub_addressed


@dataclass(frozen=True, kw_only=True)
class Hours:
    """When a desk works: local opening and closing times by weekday (0 is Monday).

    Times are minutes after midnight; a weekday that is missing is a day off.
    """

    by_weekday: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Who of the team receives new cases at some hours."""

    hours: Hours
    people: frozenset[str]
    """Matching keys of their addresses."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One `[[desk]]` of the settings."""

    name: str
    address: str
    reply: ReplyAddress
    """How a token becomes an address: `support+{token}@acme.example`; plain where the
    ids of letters must do."""
    team: tuple[Mailbox, ...]
    aliases: tuple[str, ...] = ()
    language: str = "en"
    zone: str = "UTC"
    hours: Hours | None = None
    next_contact: str = "1 business day"
    case: str = "question"
    acknowledge: str = "auto"
    cc: str = "auto"
    team_follow: str = "taken"
    staff_domains: tuple[str, ...] = ()
    staff_proof: str = "bearer"
    attachments_mb: float = 10
    forms: tuple[str, ...] = ()
    leads: tuple[Mailbox, ...] = ()
    """Who gets the weekly digest on what customers ask for."""
    duty: tuple[Duty, ...] = ()
    """Empty: new cases go to the whole team."""
    collision_hold: bool = True
    mode: str = "normal"
    ask_helpers: bool = False
    """Colleagues who are in no case hear that one waits that they could help with."""

    @property
    def listens(self) -> bool:
        """Reads its mail and writes to nobody but its team (decisions G65)."""
        return self.mode == "listen"

    def is_own(self, address: str) -> bool:
        """Say whether this is the desk's address or an alias."""
        return key(address) in {key(own) for own in (self.address, *self.aliases)}

    def on_duty(self, at: datetime) -> frozenset[str]:
        """Give the address keys of those who receive new cases at an instant.

        Hours are those of the desk's zone. Empty when nobody is named for them: then
        everybody of the team receives them.
        """
        if not self.duty:
            return frozenset()
        local = at.astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        found: set[str] = set()
        for each in self.duty:
            opens, closes = each.hours.by_weekday.get(local.weekday(), (0, 0))
            if opens <= minute < closes:
                found |= each.people
        return frozenset(found)

    def is_team(self, address: str) -> bool:
        """Say whether the address stands in the desk's `team`."""
        return key(address) in self._team_keys

    def is_colleague(self, address: str) -> bool:
        """Say whether the address is of the desk's house: its team, `staff_domains`."""
        return self.is_team(address) or domain(address) in self._staff_domains

    @cached_property
    def _staff_domains(self) -> frozenset[str]:
        return frozenset(each.casefold() for each in self.staff_domains)

    @cached_property
    def _team_keys(self) -> frozenset[str]:
        return frozenset(key(member.address) for member in self.team)


class Desks:
    """All desks of the settings, found by address."""

    def __init__(self, desks: Iterable[Desk]) -> None:
        """Take the desks in the order of the settings."""
        self.all = tuple(desks)
        self._by_key = {
            key(own): desk for desk in self.all for own in (desk.address, *desk.aliases)
        }
        self._by_host: dict[str, Desk] = {}
        for desk in self.all:
            for own in (desk.address, desk.reply.template, *desk.aliases):
                self._by_host.setdefault(domain(own), desk)

    @property
    def hosts(self) -> Collection[str]:
        """The domains of all addresses of ours: desks, aliases, reply addresses."""
        return self._by_host.keys()

    def by_address(self, address: str) -> Desk | None:
        """Find the desk with this address or alias, however it is written."""
        return self._by_key.get(key(address))

    def token_in(self, address: str) -> str | None:
        """Give the token text that stands in a reply address of any desk, unchecked."""
        found = self._read(address)
        return found[1] if found else None

    def behind_token(self, address: str) -> Desk | None:
        """Give the desk whose reply address this is, by its form alone."""
        found = self._read(address)
        return found[0] if found else None

    def _read(self, address: str) -> tuple[Desk, str] | None:
        """Read a token in any of the forms that a desk's letters had or may have had.

        The form may have been another when the letter was written: an answer to it
        must find its way all the same. Whether it is a token of ours its MAC says.
        """
        for desk in self.all:
            if token := desk.reply.read(address):
                return desk, token
        local, _, host = key(address).rpartition("@")
        if not (parted := sub_addressed(local)):
            return None
        name, token = parted
        found = self._by_key.get(f"{name}@{host}") if name else self._by_host.get(host)
        return (found, token) if found else None

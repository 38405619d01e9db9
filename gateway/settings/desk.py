"""Reads one `[[desk]]`: a support address, its team, its ways."""

import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.routing.desk import Desk, Duty, Hours
from gateway.routing.promise import read_span
from gateway.settings.values import Source, fill, one_of
from parsers.address import Mailbox, domain, is_address, key, read_mailboxes
from parsers.reply_address import TOKEN_LETTERS, ReplyAddress

LANGUAGES = ("en", "de", "fr", "es", "ja")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "acknowledge": ("auto", "full", "neutral", "off"),
    "cc": ("auto", "suggest", "ignore"),
    "team_follow": ("taken", "all"),
    "staff_proof": ("bearer", "verified"),
    "mode": ("normal", "listen"),
}
#: Keys whose other values belong to parts that do not exist yet; whoever sets one
#: must not believe that it works.
ONLY: Mapping[str, str] = {"case": "question"}

_HOURS = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))? "
    r"(?P<opens>\d\d:[0-5]\d)-(?P<closes>\d\d:[0-5]\d)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Written:
    """The keys of a desk as they stand in the file."""

    address: str
    team: tuple[str, ...]
    name: str = ""
    aliases: tuple[str, ...] = ()
    reply: str = ""
    language: str = "en"
    zone: str = "UTC"
    hours: str = ""
    next_contact: str = "1 business day"
    case: str = "question"
    acknowledge: str = "auto"
    cc: str = "auto"
    team_follow: str = "taken"
    staff_domains: tuple[str, ...] = ()
    staff_proof: str = "bearer"
    attachments_mb: float = 10
    forms: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    collision_hold: bool = True
    mode: str = "normal"
    ask_helpers: bool = False


def read_desk(source: Source) -> Desk:
    """Make a Desk from its table; raise SettingsError for anything wrong in it."""
    apart = {"duty", "mailbox"}
    values = {name: value for name, value in source.values.items() if name not in apart}
    written = fill(_Written, Source(source.name, values, source.folder))
    _check_words(source, written)
    own = [_address(source, "address", written.address)]
    own += [_address(source, "aliases", alias) for alias in written.aliases]
    team = tuple(_member(source, entry) for entry in written.team)
    _check_team(source, team)
    return Desk(
        name=written.name or name_of(own[0]),
        address=own[0],
        aliases=tuple(own[1:]),
        reply=_reply(source, written.reply, own),
        team=team,
        language=written.language,
        zone=written.zone,
        hours=_hours(source, written.hours),
        next_contact=written.next_contact,
        case=written.case,
        acknowledge=written.acknowledge,
        cc=written.cc,
        team_follow=written.team_follow,
        staff_domains=tuple(_domain(source, name) for name in written.staff_domains),
        staff_proof=written.staff_proof,
        attachments_mb=written.attachments_mb,
        forms=tuple(_address(source, "forms", form) for form in written.forms),
        leads=tuple(_member(source, entry, "leads") for entry in written.leads),
        duty=_duty(source, source.values.get("duty", {}), team),
        collision_hold=written.collision_hold,
        mode=written.mode,
        ask_helpers=written.ask_helpers,
    )


def _check_words(source: Source, written: _Written) -> None:
    """Check every key that allows a few words only."""
    for name, allowed in CHOICES.items():
        if name in source.values:
            one_of(source, name, allowed)
    for name, only in ONLY.items():
        if getattr(written, name) != only:
            raise source.wrong(
                name, f'"{getattr(written, name)}" is not built yet; use "{only}"'
            )
    if written.language.partition("-")[0].lower() not in LANGUAGES:
        raise source.wrong(
            "language",
            f'"{written.language}" is not spoken yet; use {", ".join(LANGUAGES)}',
        )
    if written.zone not in zoneinfo.available_timezones():
        raise source.wrong(
            "zone", f'"{written.zone}" is no time zone; write one like Europe/Madrid'
        )
    try:
        read_span(written.next_contact)
    except ValueError as error:
        raise source.wrong("next_contact", str(error)) from None


def _address(source: Source, name: str, written: str) -> str:
    if not is_address(written) or not domain(written):
        raise source.wrong(name, f'"{written}" is no mail address')
    if name != "forms" and not written.isascii():
        # Our own addresses stay ASCII, so that anybody can write to them.
        raise source.wrong(name, f'"{written}" has letters outside ASCII')
    return written


def _domain(source: Source, written: str) -> str:
    if not is_address(f"somebody@{written}"):
        raise source.wrong("staff_domains", f'"{written}" is no domain')
    return domain(f"somebody@{written}")


def _member(source: Source, written: str, name: str = "team") -> Mailbox:
    found = read_mailboxes(written)
    if len(found) != 1 or not is_address(found[0].address):
        raise source.wrong(
            name,
            f'"{written}" is no mail address; write "Ana Ruiz <ana@acme.example>"',
        )
    return found[0]


def _check_team(source: Source, team: tuple[Mailbox, ...]) -> None:
    if not team:
        raise source.wrong("team", "is empty; name at least one person who answers")
    keys = [key(member.address) for member in team]
    for member, name in zip(team, keys, strict=True):
        if keys.count(name) > 1:
            raise source.wrong("team", f"{member.address} stands in it twice")


def name_of(address: str) -> str:
    """Make "Acme Support" of support@acme.example."""
    local, _, host = address.partition("@")
    return f"{host.split('.')[0]} {local}".replace("-", " ").title()


def _reply(source: Source, written: str, own: list[str]) -> ReplyAddress:
    local, _, host = own[0].rpartition("@")
    usual = f"{local}+{{token}}@{host}"
    template = written or usual
    try:
        reply = ReplyAddress(template)
    except ValueError as error:
        raise source.wrong("reply", str(error)) from None
    if reply.is_plain and key(template) not in {key(each) for each in own}:
        raise source.wrong(
            "reply",
            f'"{template}" has no {{token}}; write "{usual}", or the address of the '
            "desk where no such address works",
        )
    example = reply.write("r-" + "a" * TOKEN_LETTERS)
    if not is_address(example) or not example.isascii():
        raise source.wrong(
            "reply", f'"{template}" does not make a mail address; write "{usual}"'
        )
    return reply


def _hours(source: Source, written: str) -> Hours | None:
    if not written:
        return None
    try:
        return read_hours(written)
    except ValueError as error:
        raise source.wrong("hours", str(error)) from None


def _duty(source: Source, table: Any, team: tuple[Mailbox, ...]) -> tuple[Duty, ...]:
    """Read who receives new cases when: hours as in `hours`, then people."""
    if not isinstance(table, dict):
        raise source.wrong(
            "duty", 'must be a table like { "mon-fri 09:00-13:00" = ["ana@..."] }'
        )
    keys = {key(member.address) for member in team}
    duty = Source(source.key("duty"), table, source.folder)
    found = []
    for span, people in table.items():
        try:
            hours = read_hours(span)
        except ValueError as error:
            raise source.wrong("duty", str(error)) from None
        if not isinstance(people, list) or not people:
            raise duty.wrong(f'"{span}"', "must be a list of addresses of the team")
        for address in people:
            if not isinstance(address, str) or key(address) not in keys:
                raise duty.wrong(f'"{span}"', f"{address} is not in the desk's team")
        found.append(Duty(hours=hours, people=frozenset(map(key, people))))
    return tuple(found)


def read_hours(written: str) -> Hours:
    """Read "mon-thu 09:00-17:30, fri 09:00-15:00" into minutes by weekday.

    Raises ValueError with the reason for anything else.
    """
    by_weekday: dict[int, tuple[int, int]] = {}
    for part in written.lower().split(","):
        found = _HOURS.fullmatch(part.strip())
        days = _weekdays(found["first"], found["last"]) if found else []
        if found is None or not days:
            raise ValueError(
                f'"{part.strip()}" is not understood; write "mon-fri 09:00-17:00", '
                "parts separated by commas"
            )
        opens, closes = _minutes(found["opens"]), _minutes(found["closes"])
        if not opens < closes <= 24 * 60:
            raise ValueError(f'"{part.strip()}" must close after it opens, by 24:00')
        for day in days:
            if day in by_weekday:
                raise ValueError(f"{WEEKDAYS[day]} is named twice")
            by_weekday[day] = (opens, closes)
    return Hours(by_weekday=by_weekday)


def _weekdays(first: str, last: str | None) -> list[int]:
    """List the days from first to last, over the week's end where it must be."""
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        return []
    start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    return [day % 7 for day in range(start, end + 1 + (7 if end < start else 0))]


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)

"""An invitation becomes one readable line: what, when with its zone, where, by whom.

A few fields of iCalendar (RFC 5545) are read by hand. Nothing is computed from its
zones: the time stands as the organiser wrote it, with the zone's own name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from parsers.header import clean_line

TYPES = frozenset(("text/calendar", "application/ics", "text/x-vcalendar"))

_MOST = 300_000
_MOST_LINES = 5_000
_LONGEST = 200


@dataclass(slots=True)
class _Event:
    """The fields of the first event, by name: parameters and value."""

    method: str = ""
    fields: dict[str, tuple[dict[str, str], str]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.fields.get(name, ({}, ""))[1]
        return clean_line(_unescape(value))[:_LONGEST]

    def parameter(self, name: str, parameter: str) -> str:
        said = self.fields.get(name, ({}, ""))[0].get(parameter, "")
        return clean_line(said)[:_LONGEST]


def line(text: str) -> str:
    """Give the line for an invitation, empty when the text holds no event."""
    event = _first(text[:_MOST])
    if event is None:
        return ""
    what = event.text("SUMMARY") or "(no title)"
    said = [what, _when(event), event.text("LOCATION"), _who(event)]
    return f"[{_verb(event)}: {'; '.join(filter(None, said))}]"


def _verb(event: _Event) -> str:
    if event.method == "CANCEL" or event.text("STATUS").upper() == "CANCELLED":
        return "Cancelled"
    if event.method == "REPLY":
        state = event.parameter("ATTENDEE", "PARTSTAT").upper()
        return _ANSWERS.get(state, "Answer to an invitation")
    return "New time proposed" if event.method == "COUNTER" else "Invitation"


_ANSWERS = {
    "ACCEPTED": "Accepted",
    "DECLINED": "Declined",
    "TENTATIVE": "Perhaps",
}


def _who(event: _Event) -> str:
    name = event.parameter("ORGANIZER", "CN").strip('"')
    address = event.text("ORGANIZER")
    address = address[7:] if address[:7].lower() == "mailto:" else ""
    if name and address and name != address:
        return f"{name} <{address}>"
    return name or address


def _when(event: _Event) -> str:
    """Write the time: one date where both ends share it, the zone once."""
    start, end = event.text("DTSTART"), event.text("DTEND")
    first, last = _instant(start), _instant(end)
    if not first[0]:
        return ""
    zone = "UTC" if start.endswith("Z") else event.parameter("DTSTART", "TZID")
    said = " ".join(filter(None, first))
    if last[0] and first[1]:
        until = last[1] if last[0] == first[0] else " ".join(last)
        said = f"{said} to {until}" if until != first[1] else said
    elif length := _length(event.text("DURATION")):
        said = f"{said}, for {length}"
    said = f"{said} ({zone.strip('/')})" if zone and first[1] else said
    repeats = _REPEATS.search(event.text("RRULE"))
    return f"{said}, repeated {repeats[1].lower()}" if repeats else said


_REPEATS = re.compile(r"FREQ=([A-Z]{4,10})", re.IGNORECASE)
_INSTANT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}Z?)?")
_DURATION = re.compile(
    r"P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,4})M)?)?"
)


def _instant(value: str) -> tuple[str, str]:
    """Give date and time of day; the time is empty for a whole day."""
    match = _INSTANT.match(value)
    if match is None:
        return "", ""
    year, month, day, hour, minute = match.groups()
    return f"{year}-{month}-{day}", f"{hour}:{minute}" if hour else ""


def _length(value: str) -> str:
    match = _DURATION.match(value)
    if match is None:
        return ""
    units = zip(match.groups(), ("wk", "d", "h", "min"), strict=True)
    return " ".join(f"{int(number)} {unit}" for number, unit in units if number)


def _first(text: str) -> _Event | None:
    """Read the first event, or task; alarms inside it are passed over."""
    event = _Event()
    inside: list[str] = []
    for name, parameters, value in _fields(text):
        is_told = bool(inside) and inside[-1] in _TOLD
        if name == "BEGIN":
            inside.append(value.strip().upper())
        elif name == "END" and is_told:
            return event
        elif name == "END" and inside:
            inside.pop()
        elif name == "METHOD":
            event.method = value.strip().upper()
        elif is_told:
            event.fields.setdefault(name, (parameters, value))
    return event if event.fields else None


_TOLD = frozenset(("VEVENT", "VTODO"))


def _fields(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Unfold the lines (RFC 5545 3.1) and part name, parameters and value."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\n ", "").replace("\n\t", "")
    for one in text.split("\n", _MOST_LINES)[:_MOST_LINES]:
        head, value = _parted(one[:5_000])
        name, *rest = head.split(";")
        parameters: dict[str, str] = {}
        for piece in rest[:20]:
            key, _, said = piece.partition("=")
            parameters[key.strip().upper()] = said.strip().strip('"')
        if name:
            yield name.strip().upper(), parameters, value


def _parted(one: str) -> tuple[str, str]:
    """Split at the first colon that stands in no quotes."""
    quoted = False
    for at, letter in enumerate(one):
        if letter == '"':
            quoted = not quoted
        elif letter == ":" and not quoted:
            return one[:at], one[at + 1 :]
    return "", ""


def _unescape(value: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), value)


_ESCAPES = {"n": " ", "N": " "}

"""The operator's table of people: taken whole, or each wrong line is named.

A row is a person, known by any of its addresses; an empty cell leaves what is there.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO

from gateway.activities.house import House
from parsers.address import Mailbox, is_address, key
from parsers.header import clean_line
from parsers.oneself import LONGEST, skills
from parsers.zone import read_zone
from storage import people
from storage.database import Session
from storage.people import Person
from templates import catalogue

COLUMNS = (
    "address",
    "name",
    "role",
    "organisation",
    "skills",
    "zone",
    "language",
    "about",
    "away_until",
    "staff",
)
_EMPTIES = "-"
_YES_NO = {
    "yes": True,
    "no": False,
    "true": True,
    "false": False,
    "1": True,
    "0": False,
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a line, and what to do."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Row:
    """One person of the table: their addresses, and what is to be set."""

    line: int
    addresses: tuple[str, ...]
    values: Mapping[str, object]
    """By the names of storage.people.Person; what is not named stays."""


@dataclass(slots=True)
class Taken:
    """What a table changed, or would change; with `wrong` it changed nothing."""

    new: list[str] = field(default_factory=list)
    changed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By the first address, the names of what was set."""
    same: int = 0
    wrong: list[Wrong] = field(default_factory=list)


def read_table(text: str) -> tuple[list[Row], list[Wrong]]:
    """Read a table of people; commas, semicolons or tabs part its cells."""
    head = text.partition("\n")[0]
    sign = max(",;\t", key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=sign, strict=True)
    rows: list[Row] = []
    wrong: list[Wrong] = []
    seen: dict[str, int] = {}
    columns: list[str] | None = None
    try:
        for cells in reader:
            line = reader.line_num
            if columns is None:
                columns = [cell.strip().casefold() for cell in cells]
                if found := _heading(columns):
                    return [], [Wrong(line, found)]
            elif any(cell.strip() for cell in cells):
                _take_line(line, columns, cells, (rows, wrong, seen))
    except csv.Error as error:
        wrong.append(Wrong(reader.line_num, f"{error}; save the table as CSV again"))
    if columns is None:
        wrong.append(Wrong(1, "the table is empty; its first line names the columns"))
    return rows, wrong


def _heading(columns: Sequence[str]) -> str:
    known = ", ".join(COLUMNS)
    for name in columns:
        if name not in COLUMNS:
            return f"unknown column {name!r}; known are {known}"
        if columns.count(name) > 1:
            return f"the column {name!r} stands there twice; keep one"
    return "" if "address" in columns else "no column 'address'; every row needs one"


def _take_line(
    line: int,
    columns: Sequence[str],
    cells: Sequence[str],
    found: tuple[list[Row], list[Wrong], dict[str, int]],
) -> None:
    rows, wrong, seen = found
    if len(cells) > len(columns):
        wrong.append(
            Wrong(line, "more cells than columns; put quotes around what has commas")
        )
        return
    given = {
        name: clean_line(cell)
        for name, cell in zip(columns, cells, strict=False)
        if cell.strip()
    }
    addresses = given.pop("address", "").replace(";", " ").replace(",", " ").split()
    faults = [*_of_addresses(line, addresses, seen)]
    values: dict[str, object] = {}
    for name, cell in given.items():
        read = _read(name, cell)
        if isinstance(read, _Fault):
            faults.append(read.what)
        else:
            values["title" if name == "role" else name] = read
    if "staff" in values:
        values["is_staff"] = values.pop("staff")
    wrong += [Wrong(line, what) for what in faults]
    rows.append(Row(line, tuple(addresses), values))


def _of_addresses(
    line: int, addresses: Sequence[str], seen: dict[str, int]
) -> Iterator[str]:
    if not addresses:
        yield "no address; give one such as ana@acme.example"
    for each in addresses:
        if not is_address(each):
            yield f"{each!r} is no address; write one such as ana@acme.example"
        elif key(each) in seen:
            yield f"{each} stands on line {seen[key(each)]} too; keep one"
        else:
            seen[key(each)] = line


@dataclass(frozen=True, slots=True)
class _Fault:
    what: str


def _read(name: str, cell: str) -> object:
    """Give the value of a cell, or what is wrong with it."""
    if cell == _EMPTIES and name in _EMPTY:
        return _EMPTY[name]
    return _READERS.get(name, _text)(name, cell)


def _text(name: str, cell: str) -> object:
    longest = LONGEST["title" if name == "role" else name]
    if len(cell) > longest:
        return _Fault(f"{name} has more than {longest} letters; shorten it")
    if cell == _EMPTIES:
        return _Fault(f"a {name} cannot be taken away; leave the cell empty")
    return cell


def _zone(_: str, cell: str) -> object:
    missing = _Fault(f"no zone is called {cell!r}; write one such as Europe/Madrid")
    return read_zone(cell) or missing


def _language(_: str, cell: str) -> object:
    spoken = ", ".join(sorted(catalogue.spoken()))
    missing = _Fault(f"language {cell!r} is not spoken; use one of {spoken}")
    return catalogue.language_named(cell) or missing


def _day(_: str, cell: str) -> object:
    try:
        return date.fromisoformat(cell)
    except ValueError:
        return _Fault(f"away_until wants a day such as 2026-12-24, not {cell!r}")


def _staff(_: str, cell: str) -> object:
    is_staff = _YES_NO.get(cell.casefold())
    missing = _Fault(f"staff is yes or no, not {cell!r}")
    return missing if is_staff is None else is_staff


_READERS: Mapping[str, Callable[[str, str], object]] = {
    "skills": lambda _, cell: skills(cell),
    "zone": _zone,
    "language": _language,
    "away_until": _day,
    "staff": _staff,
}
_EMPTY: Mapping[str, object] = {
    "role": "",
    "organisation": "",
    "about": "",
    "zone": "",
    "language": "",
    "skills": (),
    "away_until": None,
}


def take(session: Session, house: House, rows: Sequence[Row], now: datetime) -> Taken:
    """Bring people in, or change them; the caller commits unless something is wrong."""
    taken = Taken()
    for row in rows:
        found = {}
        for address in row.addresses:
            if house.desks.by_address(address) or house.desks.token_in(address):
                taken.wrong.append(
                    Wrong(row.line, f"{address} is an address of a desk; leave it out")
                )
            elif person := people.by_address(session, address):
                found[person.id] = address
        if len(found) > 1:
            one, other = list(found.values())[:2]
            taken.wrong.append(
                Wrong(
                    row.line,
                    f"{one} and {other} are two people; "
                    f"first run `parlour person merge {one} {other}`",
                )
            )
        elif row.addresses and all(each.line != row.line for each in taken.wrong):
            _take(session, row, taken, now)
    return taken


def _take(session: Session, row: Row, taken: Taken, now: datetime) -> None:
    person = next(
        (
            known
            for each in row.addresses
            if (known := people.by_address(session, each)) is not None
        ),
        None,
    )
    is_new = person is None
    if person is None:
        mailbox = Mailbox("", row.addresses[0])
        person = people.meet(session, mailbox, now=now)
    changed = _set(person, row.values)
    before = people.address_keys(session, person.id)
    for address in row.addresses:
        people.add_address(session, person.id, address, now=now)
    if not {key(each) for each in row.addresses} <= before:
        changed = (*changed, "address")
    if is_new:
        taken.new.append(row.addresses[0])
    elif changed:
        taken.changed[row.addresses[0]] = changed
    else:
        taken.same += 1


def _set(person: Person, values: Mapping[str, object]) -> tuple[str, ...]:
    changed = []
    for name, given in values.items():
        value = list(given) if isinstance(given, tuple) else given
        if getattr(person, name) != value:
            setattr(person, name, value)
            changed.append("role" if name == "title" else name)
    if "away_until" in changed:
        person.away_by_note = False
    return tuple(changed)

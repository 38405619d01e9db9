"""The rows of old mail, one statement for each kind of row of a batch.

Nothing is mapped to objects here: at 90,000 mails that is the cost.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Insert, Table, bindparam, delete, insert, update
from sqlalchemy.orm import Session

from storage import search
from storage.activity import Activity, Hearing, Lane, Participant
from storage.alias import Alias
from storage.event import DOOR_OF_OLD_MAIL, Event, Kind
from storage.journal import Inbound
from storage.old_mail import ImportReference, in_parts
from storage.people import Person, PersonAddress

Row = dict[str, Any]

_ACTIVITY = cast("Table", Activity.__table__)
_ALIAS = cast("Table", Alias.__table__)
_EVENT = cast("Table", Event.__table__)
_INBOUND = cast("Table", Inbound.__table__)
_PARTICIPANT = cast("Table", Participant.__table__)
_PERSON = cast("Table", Person.__table__)
_ADDRESS = cast("Table", PersonAddress.__table__)
_REFERENCE = cast("Table", ImportReference.__table__)

# What all rows of a kind have in common.

_NEW_PERSON: Row = {
    "language": "",
    "zone": "",
    "is_staff": False,
    "organisation": "",
    "title": "",
    "never_invite": False,
}
_NEW_CASE: Row = {
    "promised_at": None,
    "promised_day_only": False,
    "redirect_id": None,
    "linked_id": None,
    "merged": [],
}
_NEW_SEAT: Row = {
    "hearing": Hearing.EACH,
    "generation": 0,
    "invited_by_id": None,
    "reason": "",
    "since_event_id": 0,
    "unsaid": [],
}
_SETTLED: Row = {"attempts": 0, "leased_until": None, "leased_by": ""}
_NEW_EVENT: Row = {"door": DOOR_OF_OLD_MAIL, "subject_id": None}


def add_people(session: Session, rows: Sequence[tuple[Row, Row]]) -> list[int]:
    """Write people, each with an address; give their numbers in order."""
    numbers = _add(session, _PEOPLE, [_NEW_PERSON | person for person, _ in rows])
    _write(
        session,
        insert(_ADDRESS),
        [
            {**address, "person_id": number, "is_primary": True}
            for number, (_, address) in zip(numbers, rows, strict=True)
        ],
    )
    return numbers


def name_people(session: Session, names: Mapping[int, str]) -> None:
    """Give people the names that they lack."""
    statement = update(_PERSON).where(_PERSON.c.id == bindparam("number"))
    _write(
        session,
        statement.values(name=bindparam("called")),
        [{"number": number, "called": name} for number, name in names.items()],
    )


def add_cases(session: Session, rows: Sequence[Row]) -> list[int]:
    """Write cases; give their numbers in order."""
    numbers = _add(session, _CASES, [_NEW_CASE | row for row in rows])
    _keep_subjects(session, zip(numbers, rows, strict=True))
    return numbers


def change_cases(session: Session, rows: Sequence[Row]) -> None:
    """Write what became of cases; each row names its case by `number`."""
    by_names: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        by_names.setdefault(tuple(row), []).append(row)
    for names, some in by_names.items():
        changes: dict[str, Any] = {
            name: bindparam(f"to_{name}") for name in names if name != "number"
        }
        statement = update(_ACTIVITY).where(_ACTIVITY.c.id == bindparam("number"))
        _write(
            session,
            statement.values(**changes),
            [
                {"number": row["number"]}
                | {f"to_{name}": row[name] for name in changes}
                for row in some
            ],
        )
    changed = [row for row in rows if "subject" in row]
    _keep_subjects(session, ((row["number"], row) for row in changed))


def add_mails(session: Session, rows: Sequence[Row]) -> list[int]:
    """Write journal rows that are settled already; give their numbers in order."""
    return _add(session, _MAILS, [_SETTLED | row for row in rows])


def add_events(session: Session, rows: Sequence[Row]) -> list[int]:
    """Write posts; give their numbers in order."""
    numbers = _add(session, _EVENTS, [_NEW_EVENT | row for row in rows])
    search.keep(
        session.connection(),
        [
            (search.post_number(number), search.text_of(row["text"], row["values"]))
            for number, row in zip(numbers, rows, strict=True)
            if row["kind"] == Kind.POST
        ],
    )
    return numbers


def add_aliases(session: Session, rows: Sequence[Row]) -> None:
    """Write under which Message-IDs posts are known."""
    _write(session, insert(_ALIAS), rows)


def add_references(session: Session, cases: Mapping[str, int]) -> None:
    """Remember ids that cases refer to, and that we do not have."""
    _write(
        session,
        insert(_REFERENCE),
        [{"message_id": name, "activity_id": case} for name, case in cases.items()],
    )


def drop_references(session: Session, message_ids: Collection[str]) -> None:
    """Forget ids that have come."""
    for some in in_parts(message_ids):
        session.execute(delete(_REFERENCE).where(_REFERENCE.c.message_id.in_(some)))


def add_seats(session: Session, rows: Sequence[Row]) -> None:
    """Seat people in cases."""
    _write(session, insert(_PARTICIPANT), [_NEW_SEAT | row for row in rows])


def drop_seats(session: Session, cases: Collection[int]) -> None:
    """Clear the seats of cases that consist of imported mail alone."""
    for some in in_parts(cases):
        session.execute(
            delete(_PARTICIPANT).where(_PARTICIPANT.c.activity_id.in_(some))
        )


def move_to_lane(session: Session, numbers: Collection[int], lane: Lane) -> None:
    """Show imported mails of a case to others than before, with their ids."""
    for some in in_parts(numbers):
        session.execute(update(_EVENT).where(_EVENT.c.id.in_(some)).values(lane=lane))
        session.execute(
            update(_ALIAS).where(_ALIAS.c.event_id.in_(some)).values(lane=lane)
        )


def merge(session: Session, number: int, into: int) -> None:
    """Let a case of imported mail alone become part of another one."""
    for table in (_EVENT, _ALIAS, _REFERENCE):
        session.execute(
            update(table).where(table.c.activity_id == number).values(activity_id=into)
        )
    session.execute(
        update(_INBOUND)
        .where(_INBOUND.c.thread_key == f"a:{number}")
        .values(thread_key=f"a:{into}")
    )
    drop_seats(session, [number])
    session.execute(
        update(_ACTIVITY)
        .where(_ACTIVITY.c.id == number)
        .values(redirect_id=into, waiting_since=None, promised_at=None, owner_id=None)
    )


def _keep_subjects(session: Session, rows: Iterable[tuple[int, Row]]) -> None:
    search.keep(
        session.connection(),
        [(search.subject_number(number), row["subject"]) for number, row in rows],
    )


def _write(session: Session, statement: Any, rows: Sequence[Row]) -> None:
    if rows:
        session.connection().execute(statement, list(rows))


def _add(
    session: Session, ways: tuple[Insert, Insert], rows: Sequence[Row]
) -> list[int]:
    """Write rows by one statement; give their numbers in the order of the rows."""
    if not rows:
        return []
    connection = session.connection()
    simple, ordered = ways
    # SQLite numbers rows in the order of VALUES (as storage.entry.write).
    statement = simple if connection.dialect.name == "sqlite" else ordered
    found = connection.execute(statement, list(rows)).scalars()
    return sorted(found) if statement is simple else list(found)


def _ways(table: Table) -> tuple[Insert, Insert]:
    return (
        insert(table).returning(table.c.id),
        insert(table).returning(table.c.id, sort_by_parameter_order=True),
    )


_PEOPLE, _CASES, _MAILS, _EVENTS = map(_ways, (_PERSON, _ACTIVITY, _INBOUND, _EVENT))

"""When somebody gets their digests: what holds for them, and how it is changed."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from gateway.routing.desk import Desk
from gateway.routing.timetable import Every, Kind, Timetable, is_quiet, read
from parsers.zone import zone_named
from storage import person_schedule
from storage.activity import Role
from storage.database import Session
from storage.people import Person
from storage.person_schedule import PersonSchedule

_AFTERNOON = 16 * 60 + 30
_EARLY_MONDAY = 7 * 60 + 30
_KINDS = {Role.TEAM: Kind.TEAM, Role.CUSTOMER: Kind.CUSTOMER}


def kind_for(role: Role) -> Kind:
    """Give the kind of digest in which somebody of a role reads of a case."""
    return _KINDS.get(role, Kind.COLLEAGUE)


def of_readers(
    session: Session, desk: Desk, readers: dict[int, tuple[Role, str]]
) -> dict[int, Timetable]:
    """Give when the digests of some readers of a case come; asks nothing for nobody.

    Takes their roles and zones by person; an empty zone is the desk's.
    """
    if not readers:
        return {}
    chosen = person_schedule.schedules(session, list(readers))
    found = {}
    for person, (role, zone) in readers.items():
        kind = kind_for(role)
        found[person] = as_chosen(chosen.get((person, str(kind))), desk, kind, zone)
    return found


def quiet_until(
    session: Session, desk: Desk, readers: dict[int, tuple[Role, str]], at: datetime
) -> dict[int, datetime]:
    """Give when the quiet hours end of those readers who have them at an instant."""
    ends = {
        person: quiet_end(table, at)
        for person, table in of_readers(session, desk, readers).items()
    }
    return {person: end for person, end in ends.items() if end is not None}


def quiet_end(table: Timetable, at: datetime) -> datetime | None:
    """Give when the quiet hours of an instant end; None: it lies in none (D33)."""
    local = at.astimezone(zone_named(table.zone))
    minute = local.hour * 60 + local.minute
    if table.quiet is None or not is_quiet(minute, table.quiet):
        return None
    over = table.quiet[1]
    day = local.date() + timedelta(days=over <= minute)
    clock = time(over // 60, over % 60)
    return datetime.combine(day, clock, local.tzinfo).astimezone(UTC)


def set_schedule(
    session: Session, desk: Desk, person: Person, kind: Kind, words: str, at: datetime
) -> Timetable | None:
    """Change when a kind of digest comes, as `daily 07:30`, `weekly monday`, `off`.

    Times are those of the person's zone, else of the desk's. Returns what holds from
    now on; None, and nothing is changed, when the words say nothing clear.
    """
    now = timetable(session, desk, person, kind)
    changed = read(words, now)
    if changed is not None:
        _keep(session, person, kind, changed, at)
    return changed


def turn_on(
    session: Session, desk: Desk, person: Person, kind: Kind, at: datetime
) -> None:
    """Let a kind of digest come again to who turned it off and wants one after all.

    Nothing may wait for a digest that never comes. It keeps its hour and its days.
    """
    now = timetable(session, desk, person, kind)
    if not now.is_on:
        _keep(session, person, kind, replace(now, every=_as_often(now)), at)


def _as_often(table: Timetable) -> Every:
    return Every.WEEKLY if len(table.weekdays) == 1 else Every.DAILY


def _keep(
    session: Session, person: Person, kind: Kind, changed: Timetable, at: datetime
) -> None:
    found = person_schedule.schedules(session, [person.id]).get((person.id, str(kind)))
    begins, ends = changed.quiet or (None, None)
    person_schedule.choose(
        session,
        PersonSchedule(
            person_id=person.id,
            kind=str(kind),
            every=str(changed.every),
            minute=changed.minute,
            weekdays=sorted(changed.weekdays),
            changed_at=at,
            zone=found.zone if found else "",
            quiet_from=begins,
            quiet_to=ends,
        ),
    )


def timetable(session: Session, desk: Desk, person: Person, kind: Kind) -> Timetable:
    """Give when a kind of digest of a desk comes to somebody."""
    found = person_schedule.schedules(session, [person.id]).get((person.id, str(kind)))
    return as_chosen(found, desk, kind, person.zone)


def as_chosen(
    found: PersonSchedule | None, desk: Desk, kind: Kind, zone: str
) -> Timetable:
    """Give what was chosen, or what holds where nothing was."""
    usual = default(desk, kind, zone)
    if found is None:
        return usual
    every = Every(found.every)
    quiet = (
        (found.quiet_from, found.quiet_to)
        if found.quiet_from is not None and found.quiet_to is not None
        else None
    )
    return Timetable(
        every=every,
        minute=found.minute,
        second=usual.second if every is Every.DAILY else None,
        weekdays=frozenset(found.weekdays),
        zone=found.zone or usual.zone,
        quiet=quiet,
    )


def default(desk: Desk, kind: Kind, zone: str) -> Timetable:
    """Give when a kind of digest comes to whoever chose nothing (digests section 3).

    At 08:00 on working days; to the team when the desk opens, and once more at 16:30.
    """
    usual = Timetable(zone=zone or desk.zone)
    if kind is Kind.MANAGER:
        return replace(
            usual,
            every=Every.WEEKLY,
            minute=_EARLY_MONDAY,
            weekdays=frozenset({0}),
        )
    if kind is not Kind.TEAM:
        return usual
    usual = replace(usual, second=_AFTERNOON)
    if desk.hours is None or not desk.hours.by_weekday:
        return usual
    spans = desk.hours.by_weekday
    opens = min(begins for begins, _ in spans.values())
    return replace(usual, minute=opens, weekdays=frozenset(spans))

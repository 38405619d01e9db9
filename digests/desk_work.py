"""Looks up what a desk has to do, for those who answer for it (digests section 3.3).

The team, and whoever has a case there. It is done once for a run: all of them are told
of the same.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from digests.office import Mails, Office
from digests.suggesting import by_customer
from gateway.activities import private
from gateway.activities.audience import is_gone
from gateway.activities.house import House
from gateway.activities.timetables import as_chosen
from gateway.routing.desk import Desk
from gateway.routing.timetable import Every, Kind, Timetable
from parsers.address import key
from storage import activity as activities
from storage import desk_work, digest_content, held, people, person_schedule, waiting
from storage.database import Session
from storage.desk_work import OpenCase
from storage.digest_content import Reading

_LOOKS_BACK = timedelta(days=8)
_WEEK = timedelta(days=7)


def meet(house: House, at: datetime) -> None:
    """See to it that each desk has its row, and everybody of the teams is known."""
    desks = {key(desk.address): desk for desk in house.desks.all}
    members = {key(one.address): one for desk in desks.values() for one in desk.team}
    with house.database.reading() as session:
        known = desk_work.people_of(session, list(members))
        rows = {row.address for row in activities.desks(session)}
    if members.keys() <= known.keys() and desks.keys() <= rows:
        return
    with house.database.transaction() as session:
        for name, one in members.items():
            if name not in known:
                people.meet(session, one, now=at)
        for name in desks.keys() - rows:
            if activities.desk_named(session, name) is None:
                session.add(activities.Desk(address=name, name=desks[name].name))


def office(
    session: Session, house: House, row: int, desk: Desk, at: datetime
) -> Office:
    """Look up one desk, by the number of its row."""
    team = desk_work.people_of(session, [key(one.address) for one in desk.team])
    owners = desk_work.owners(session).get(row, frozenset())
    who = digest_content.readers(session, [*team.values(), *owners])
    tables = _tables(session, desk, who, frozenset(team.values()))
    members, must_hear = _members(at, who, tables, frozenset(team.values()))
    watchers = members | {
        person
        for person in owners - frozenset(team.values())
        if person in who and _hears(who[person], tables[person], at)
    }
    cases = desk_work.open_cases(session, row)
    first = house.desks.all[0]
    name = key(desk.address)
    mails = held.waiting(session, name)
    unseen = [
        each
        for each in waiting.exceptions(session, at)
        # Of what nobody has read, nobody knows the desk.
        if each.desk == name or (not each.desk and desk is first)
    ]
    kept = tuple(each for each in held.kept_unseen(session) if each.desk == name)
    told = {each.inbound for each in mails} | {each.inbound for each in kept}
    at_door = told | {each.inbound for each in unseen if each.inbound is not None}
    return Office(
        desk=desk,
        at=at,
        members=members,
        watchers=watchers,
        must_hear=must_hear,
        keepers=_keepers(session, row, cases, who, watchers),
        cases={each.activity: each for each in cases},
        lost=tuple(
            sorted(
                (each for each in unseen if each.inbound not in told),
                key=lambda each: each.since,
            )
        ),
        mails=Mails(
            held=tuple(each for each in mails if not each.is_quiet),
            quiet=tuple(
                each for each in mails if each.is_quiet and each.received_at <= at
            ),
            kept=kept,
        ),
        troubles=tuple(desk_work.troubles(session, row)),
        closed=tuple(desk_work.closed(session, row, at - _LOOKS_BACK)),
        weeks=(
            desk_work.week(session, row, at),
            desk_work.week(session, row, at - _WEEK),
        ),
        waiting=waiting.count(session, name),
        skills=desk_work.skills(session, members),
        load=Counter(each.owner for each in cases if each.owner is not None),
        kept_from=private.mails_kept_from(session, sorted(at_door), members),
        several=by_customer({each.activity: each.customer for each in cases}),
    )


def _tables(
    session: Session, desk: Desk, who: Mapping[int, Reading], team: frozenset[int]
) -> dict[int, Timetable]:
    chosen = person_schedule.schedules(session, list(who))
    found = {}
    for person, reader in who.items():
        kind = Kind.TEAM if person in team else Kind.COLLEAGUE
        mine = chosen.get((person, str(kind)))
        found[person] = as_chosen(mine, desk, kind, reader.person.zone)
    return found


def _members(
    at: datetime,
    who: Mapping[int, Reading],
    tables: Mapping[int, Timetable],
    team: frozenset[int],
) -> tuple[frozenset[int], bool]:
    """Give who of the team hears; all, if nobody else would day by day."""
    here = frozenset(one for one in team if one in who)
    hear = frozenset(one for one in here if _hears(who[one], tables[one], at))
    if any(tables[one].every is Every.DAILY for one in hear):
        return hear, False
    reached = frozenset(one for one in here if who[one].is_reached)
    return reached, True


def _hears(reader: Reading, table: Timetable, at: datetime) -> bool:
    wants = table.is_on and "digest" not in reader.refused
    return wants and reader.is_reached and not is_gone(reader.person, at)


def _keepers(
    session: Session,
    row: int,
    cases: Collection[OpenCase],
    who: Mapping[int, Reading],
    watchers: frozenset[int],
) -> dict[int, int]:
    """The owner; their deputy while they are away; else the team (R16, D35)."""
    gone = desk_work.gone_owners(session, row)
    deputies = desk_work.deputies(session, list(who))
    found = {}
    for case in cases:
        if case.owner is None or case.activity in gone:
            continue
        for person in (case.owner, deputies.get(case.owner)):
            if person in watchers:
                found[case.activity] = person
                break
    return found

"""The lives of addresses as time passes and mail comes: remembered, probed, given up.

What a bounce does stands in gateway.activities.bounces; the table itself, pure, in
gateway.routing.health (mail-rules B2).
"""

from collections.abc import Collection, Iterable
from datetime import datetime

import structlog

from gateway.activities.catching_up import catch_up
from gateway.activities.desks import desk_of
from gateway.activities.house import House
from gateway.activities.letters import Addressee, Sheet, language_of, send, zone_of
from gateway.activities.place import Place
from gateway.activities.telling import tell_about
from gateway.routing import health
from gateway.routing.asking import Asking
from gateway.routing.health import Follows, Happening, Life, Scored, State
from parsers.address import key
from parsers.reply_address import number
from storage import activity as activities
from storage import address_health, people, returned_mail
from storage import event as events
from storage.activity import Lane, Turn
from storage.address_health import AddressHealth, Health
from storage.database import Session
from storage.event import Event, Kind
from storage.people import Person
from storage.question import Question
from storage.roster import display_name
from templates.reached import AreYouThere, Unreachable

_log = structlog.get_logger()

_MOST_CASES = 20
"""In so many of their newest cases the owner hears that somebody is given up."""


def remembered(session: Session, address: str) -> AddressHealth:
    """Give the row of an address, locked; a new one for an address never heard of."""
    row = address_health.find(session, key(address), lock=True)
    if row is None:
        row = AddressHealth(key=key(address))
        session.add(row)
        session.flush()
    return row


def live(house: House, row: AddressHealth, event: Happening) -> tuple[Follows, ...]:
    """Let something happen to an address; gives what the caller must do now."""
    before = Life(
        state=State(row.state),
        since=row.since,
        score=tuple(
            Scored(datetime.fromisoformat(each["at"]), each["class"])
            for each in row.bounces
        ),
        probes=row.probes,
        due_at=row.due_at,
        told_at=row.reported_at,
        missed_from=row.missed_from,
        tried_at=row.tried_at,
        refused=frozenset(row.refused),
    )
    after, follows = health.after(before, event, house.limits)
    row.state, row.since = Health(after.state), after.since
    row.bounces = [
        {"at": one.at.isoformat(), "class": one.class_} for one in after.score
    ]
    row.probes, row.due_at = after.probes, after.due_at
    row.reported_at, row.missed_from = after.told_at, after.missed_from
    row.tried_at, row.refused = after.tried_at, sorted(after.refused)
    if not after.score:
        row.retried = []
    if after.state is not before.state:
        _log.info("address", was=before.state.value, now=after.state.value)
    return follows


def heard(
    session: Session,
    house: House,
    address: str,
    at: datetime,
    *,
    proved: bool,
    wants: Collection[str] = (),
) -> None:
    """Take a sign of life: mail from an address, or a button pressed by its reader.

    `wants` names kinds of letters that they ask for by it and may have refused.

    Whoever was not reached gets one letter with what they missed (B2). What is not
    proved opens the way again, and nothing more: it may be somebody else. What was
    written before letters came back, and was let in later, is no sign of life.
    """
    row = address_health.find(session, key(address), lock=True)
    if row is None:
        return
    if wants and row.refused:
        live(house, row, health.OptedIn(kinds=frozenset(wants)))
    if row.since is None or at >= row.since:
        _follow(session, house, row, health.Heard(at=at, proved=proved))


def opts_in(
    session: Session, house: House, address: str, kinds: Iterable[str] = ()
) -> None:
    """Take back what somebody refused; only they themselves may say it (B2).

    Without kinds all of it.
    """
    row = address_health.find(session, key(address), lock=True)
    if row is not None and row.refused:
        live(house, row, health.OptedIn(kinds=frozenset(kinds)))


def refuses_all(session: Session, house: House, address: str) -> None:
    """Take that somebody wants nothing but answers to what they ask (B2)."""
    row = remembered(session, address)
    live(house, row, health.Refused(kind=health.ALL, complained=False))


def is_reached(session: Session, address: str) -> bool:
    """Say whether mail goes to an address as usual."""
    row = address_health.find(session, key(address))
    return row is None or row.state in {Health.OK, Health.WATCH}


def complained_of(session: Session, address: str, kind: str) -> bool:
    """Say whether somebody wants no letter of a kind any more."""
    row = address_health.find(session, key(address))
    return row is not None and kind in row.refused


def may_be_tried(session: Session, house: House, address: str, at: datetime) -> bool:
    """Say whether a dead address may get one more letter because a colleague asks.

    Once in `try_again_days`; whoever asks must send it, for it counts as tried.
    """
    row = address_health.find(session, key(address), lock=True)
    if row is None:
        return False
    return Follows.TRY in live(house, row, health.AskedAgain(at=at))


def age_addresses(house: House, now: datetime) -> int:
    """Do what time asks for by `now`: probes, decay, the end of patience (B2).

    Returns how many addresses changed; a second run at the same time changes none.
    """
    with house.database.reading() as session:
        due = address_health.due(session, now)
    for each in due:
        with house.database.transaction() as session:
            _age(session, house, each, now)
    if due:
        house.wake.tell()
    return len(due)


def _age(session: Session, house: House, address: str, now: datetime) -> None:
    person = people.by_address(session, address)
    # Cases before addresses, as everywhere: two who lock must not wait for each other.
    if person is not None:
        for number_ in _cases(session, person):
            activities.find(session, number_, lock=True)
    row = address_health.find(session, address, lock=True)
    if row is None:
        return
    since = max(
        (datetime.fromisoformat(each["at"]) for each in row.bounces), default=row.since
    )
    left_at = None
    if person is not None and since is not None:
        written = people.written(session, address)
        left_at = returned_mail.left_to(session, person.id, written, since, now)
    _follow(session, house, row, health.Aged(at=now, left_at=left_at))


def _cases(session: Session, person: Person) -> list[int]:
    """Give the newest cases of a person, in the order in which they are locked."""
    seats = activities.seats_of(session, person.id)
    newest = sorted(seats, key=lambda seat: seat.id)[-_MOST_CASES:]
    return sorted({seat.activity_id for seat in newest})


def _follow(
    session: Session,
    house: House,
    row: AddressHealth,
    event: health.Heard | health.Aged,
) -> None:
    missed_from = row.missed_from
    for each in live(house, row, event):
        match each:
            case Follows.PROBE:
                probe(session, house, row.key, event.at)
            case Follows.GIVE_UP:
                give_up(session, house, row, event.at)
            case Follows.CATCH_UP | Follows.WELCOME:
                catch_up(
                    session,
                    house,
                    row.key,
                    event.at,
                    missed_from=missed_from,
                    welcome=each is Follows.WELCOME,
                )
            case _:
                raise AssertionError(f"{each} does not follow from time or mail")


def probe(session: Session, house: House, address: str, at: datetime) -> None:
    """Ask whoever reads an address whether mail reaches them; any human answer does."""
    person = people.by_address(session, address)
    place = newest_place(session, house, person) if person else None
    row = address_health.find(session, key(address))
    if person is None or place is None or row is None:
        return
    question = Question(
        asking=Asking.REACHED,
        person_id=person.id,
        asked_at=at,
        activity_id=place.activity.id,
        values={"address": row.key},
    )
    session.add(question)
    session.flush()
    sheet = Sheet(
        desk=place.desk,
        activity=None,
        at=at,
        reason="probe",
        message_id=house.ids.write("c", question.id, place.domain),
        subject=place.desk.name,
        language=language_of(person, place.desk),
        zone=zone_of(person, place.desk),
    )
    to = Addressee(
        person=person.id,
        address=people.written(session, row.key),
        token=number(question.id),
    )
    values = AreYouThere(desk=place.desk.name, since=row.since or at)
    send(session, house, sheet, values, [to])


def newest_place(session: Session, house: House, person: Person) -> Place | None:
    """Give the newest case of a person whose desk writes to outsiders."""
    for number_ in reversed(_cases(session, person)):
        activity = activities.find(session, number_)
        desk = desk_of(session, house, number_)
        if activity is not None and desk is not None:
            return Place(session, house, desk, activity)
    return None


def give_up(session: Session, house: House, row: AddressHealth, at: datetime) -> None:
    """Tell inviters and owners that nothing goes to an address any more.

    It happens in the cases that are open; a closed one needs nobody.
    """
    person = people.by_address(session, row.key)
    if person is None:
        return
    for number_ in _cases(session, person):
        activity = activities.find(session, number_)
        desk = desk_of(session, house, number_)
        if activity is None or desk is None or activity.turn is Turn.RESOLVED:
            continue
        place = Place(session, house, desk, activity)
        note_unreachable(place, person.id, at, door="schedule", state=State.DEAD)
        values = Unreachable(
            name=display_name(session, person.id),
            address=people.written(session, row.key),
            is_customer=activity.customer_id == person.id,
            status=row.status,
            subject=activity.subject,
            given_up=True,
        )
        tell_about(place, person.id, values, at)


def note_unreachable(  # noqa: PLR0913 (what an event needs)
    place: Place,
    person: int,
    at: datetime,
    *,
    door: str,
    state: State,
    status: str = "",
    inbound: int | None = None,
    delivery: int | None = None,
) -> None:
    """Append to the history of a case that mail does not reach somebody.

    `delivery` is the one that came back, by which `/who` finds what was said of it.
    """
    events.record(
        place.session,
        Event(
            activity_id=place.activity.id,
            lane=Lane.TEAM,
            kind=Kind.UNREACHABLE,
            actor_id=None,
            subject_id=person,
            door=door,
            proof="report",
            received_at=at,
            inbound_id=inbound,
            values={
                "state": state.value,
                "status": status,
                "delivery": delivery,
            },
        ),
    )

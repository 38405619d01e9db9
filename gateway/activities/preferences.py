"""What a person chooses on their preferences page; GET looks, POST acts."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from gateway.activities import duties, health, helping, overview, wishes
from gateway.activities.audience import is_paused
from gateway.activities.cards import present
from gateway.activities.holder import Holder, holder
from gateway.activities.house import House
from gateway.activities.letters import zone_of
from gateway.activities.place import By, Place
from gateway.activities.timetables import kind_for, set_schedule, timetable
from gateway.activities.unsaid import say_later
from parsers.address import key
from parsers.reply_address import Purpose
from parsers.zone import zone_named
from storage import activity as activities
from storage import address_health, help_offer
from storage.activity import Hearing, Membership, Role
from storage.database import Session
from storage.people import Person
from storage.roster import address_of, display_name, roster

_FARTHEST = timedelta(days=400)


class Scope(StrEnum):
    """What is unsubscribed from (field `scope`)."""

    ACTIVITY = "activity"
    DIGEST = "digest"
    INVITATIONS = "invitations"
    ALL = "all"
    UNDO = "undo"


class Wish(StrEnum):
    """What else may be chosen there: fields of the form, with a value each."""

    HEAR = "hear"
    """each, digest, urgent or muted."""
    PAUSE = "pause"
    """A day, YYYY-MM-DD, on which it ends."""
    RESUME = "resume"
    QUIET = "quiet"
    """From and until, as 22:00-07:00; or off."""
    IGNORE = "ignore"
    """The number of a person."""
    AGAIN = "again"
    OVERVIEW = "overview"
    """yes or no: all of a customer's own requests, once a week."""
    HELP = "help"
    """yes or no: a colleague is asked for help in cases that are not theirs."""


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody on the page, by the number that its buttons send."""

    number: int
    name: str


@dataclass(frozen=True, kw_only=True)
class PreferencesPage:
    """What the page behind an unsubscribe link shows."""

    subject: str
    desk: str
    hearing: str
    """each, digest, urgent or muted."""
    heard_before: str
    """What an undo goes back to; empty when nothing was chosen yet."""
    membership: str
    no_invitations: bool
    is_team: bool
    is_owner: bool
    paused_until: datetime | None
    quiet: tuple[str, str] | None
    """From and until when, as 22:00 of `zone`; what needs them waits meanwhile."""
    tomorrow: date
    """The first day until which one can pause."""
    zone: str
    here: tuple[Named, ...]
    """Whom the reader may ignore."""
    ignored: tuple[Named, ...]
    is_customer: bool
    has_overview: bool
    """All of their requests come to them once a week."""
    may_help: bool
    """They are of the house, and a desk asks its colleagues for help."""
    helps: bool
    language: str
    """The reader's; empty when it is not known."""


def preferences(house: House, token: str, now: datetime) -> PreferencesPage | None:
    """Give what the page behind an unsubscribe link shows."""
    with house.database.reading() as session:
        seat = holder(session, house, token, Purpose.UNSUBSCRIBE)
        return _page(seat, now) if seat else None


def unsubscribe(
    house: House, token: str, scope: Scope, *, door: str, now: datetime
) -> PreferencesPage | None:
    """Stop, or with UNDO start again, what a person gets; any number of times."""
    with house.database.transaction() as session:
        seat = holder(session, house, token, Purpose.UNSUBSCRIBE, lock=True)
        if seat is None:
            return None
        by = seat.by(door, now)
        _stop(seat, scope, by)
        # Providers press one-click themselves, scanners do not post: what stops mail
        # shows no reader, what starts it again does.
        if scope is Scope.UNDO:
            seat.is_there(now, opts_in=True)
        page = _page(seat, now)
    house.wake.tell()
    return page


def _stop(seat: Holder, scope: Scope, by: By) -> None:
    place, participant, person = seat.place, seat.participant, seat.person
    match scope:
        case Scope.ACTIVITY:
            wishes.choose(place, participant, by, Hearing.MUTED)
        case Scope.DIGEST:
            if participant.hearing is Hearing.DIGEST:
                wishes.choose(place, participant, by, Hearing.MUTED)
        case Scope.INVITATIONS:
            person.never_invite = True
        case Scope.ALL:
            _stop_all(place, person)
        case Scope.UNDO:
            _undo(seat, by)
    if scope in {Scope.ACTIVITY, Scope.DIGEST}:
        _say_in_next(seat)


def _undo(seat: Holder, by: By) -> None:
    place, person = seat.place, seat.person
    if _stopped_all(place, person):
        _start_all(place, person)
    else:
        wishes.unchoose(place, seat.participant, by)
    person.never_invite = False
    _unsay(seat)


def _stop_all(place: Place, person: Person) -> None:
    """Stop everything but the answers to their own questions (mail-rules B2)."""
    person.never_invite = True
    address = address_of(place.session, person.id)
    health.refuses_all(place.session, place.house, address)
    for each in activities.seats_of(place.session, person.id):
        if each.role is not Role.CUSTOMER:
            each.heard_before, each.hearing = each.hearing, Hearing.MUTED


def _start_all(place: Place, person: Person) -> None:
    """Take `_stop_all` back: each conversation is as it was before."""
    for each in activities.seats_of(place.session, person.id):
        if each.role is not Role.CUSTOMER and each.hearing is Hearing.MUTED:
            each.hearing = each.heard_before or Hearing.EACH


def _stopped_all(place: Place, person: Person) -> bool:
    address = address_of(place.session, person.id)
    known = address_health.find(place.session, key(address))
    return person.never_invite and known is not None and bool(known.refused)


def wish(
    house: House, token: str, wanted: Wish, value: str, *, now: datetime
) -> tuple[PreferencesPage, str] | None:
    """Do what a button of the page says; any number of times.

    Returns the page and a name for what was done, which the template knows; None for
    a token that is none of ours.
    """
    with house.database.transaction() as session:
        seat = holder(session, house, token, Purpose.UNSUBSCRIBE, lock=True)
        if seat is None:
            return None
        done = _do(seat, wanted, value, now)
        seat.is_there(now, opts_in=wanted is Wish.HEAR and value != Hearing.MUTED)
        shown = _page(seat, now)
    house.wake.tell()
    return shown, done


def _do(seat: Holder, wanted: Wish, value: str, now: datetime) -> str:
    person = seat.person
    match wanted:
        case Wish.HEAR if value in set(Hearing):
            wishes.choose(
                seat.place, seat.participant, seat.by("web", now), Hearing(value)
            )
            _say_in_next(seat)
            return "hear"
        case Wish.PAUSE | Wish.RESUME | Wish.QUIET:
            return _rest(seat, wanted, value, now)
        case Wish.OVERVIEW if _is_customer(seat):
            overview.choose(
                seat.place.session, seat.place.desk, person, now, wanted=value == "yes"
            )
            return "overview"
        case Wish.HELP:
            return helping.choose(
                seat.place.session,
                seat.place.house,
                person,
                now,
                wanted=value == "yes",
                by_customer=not helping.is_seat_of_helper(seat.participant),
            )
        case Wish.IGNORE | Wish.AGAIN:
            return _ignore(seat, value, ignored=wanted is Wish.IGNORE)
        case _:
            return "unclear"


def _is_customer(seat: Holder) -> bool:
    return seat.participant.role is Role.CUSTOMER


def _rest(seat: Holder, wanted: Wish, value: str, now: datetime) -> str:
    if wanted is Wish.PAUSE:
        return _pause(seat, value, now)
    if wanted is Wish.QUIET:
        return _set_quiet(seat, value, now)
    seat.person.paused_until = None
    return "resumed"


def _pause(seat: Holder, value: str, now: datetime) -> str:
    person, place = seat.person, seat.place
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return "pause_when"
    zone = zone_named(zone_of(person, place.desk))
    end = datetime.combine(day, time(), zone)
    if not now < end < now + _FARTHEST:
        return "pause_when"
    if activities.has_cases(place.session, person.id):
        outcome, _ = duties.meanwhile(place, person, now)
        if outcome == "paused_alone":
            return outcome
    person.paused_until = end
    return "paused"


def _set_quiet(seat: Holder, value: str, now: datetime) -> str:
    session, desk = seat.place.session, seat.place.desk
    begins, _, ends = value.partition("-")
    kind = kind_for(seat.participant.role)
    words = f"quiet {value}"
    if begins == ends or not set_schedule(session, desk, seat.person, kind, words, now):
        return "quiet_when"
    return "not_quiet" if value == "off" else "quiet"


def _quiet(seat: Holder) -> tuple[str, str] | None:
    kind = kind_for(seat.participant.role)
    found = timetable(seat.place.session, seat.place.desk, seat.person, kind)
    if found.quiet is None:
        return None
    begins, ends = (f"{each // 60:02}:{each % 60:02}" for each in found.quiet)
    return begins, ends


def _ignore(seat: Holder, value: str, *, ignored: bool) -> str:
    person, session = seat.person, seat.place.session
    shown = (*_here(seat), *_ignored(session, person))
    number = {str(each.number): each.number for each in shown}.get(value)
    if number is None:
        return "unclear"
    if ignored and activities.has_cases(session, person.id, number):
        return "ignored_customer"
    wishes.set_ignored(person, number, ignored=ignored)
    return "ignored" if ignored else "heard"


def _say_in_next(seat: Holder) -> None:
    """Show the undo in the next letter too: somebody else may hold the link."""
    _unsay(seat)
    say_later(seat.participant, [wishes.said_of(seat.participant.hearing)])


def _unsay(seat: Holder) -> None:
    kept = [
        each
        for each in seat.participant.unsaid
        if each["command"] not in wishes.UNDO.values()
    ]
    seat.participant.unsaid = kept


def _page(seat: Holder, now: datetime) -> PreferencesPage:
    place, participant, person = seat.place, seat.participant, seat.person
    zone = zone_of(person, place.desk)
    ignored = _ignored(place.session, person)
    before = participant.heard_before
    return PreferencesPage(
        language=person.language,
        subject=place.activity.subject,
        desk=place.desk.name,
        hearing=str(participant.hearing),
        heard_before=str(before) if before else "",
        membership=str(participant.membership),
        no_invitations=person.never_invite,
        is_team=participant.role is Role.TEAM,
        is_owner=place.activity.owner_id == person.id,
        paused_until=person.paused_until if is_paused(person, now) else None,
        quiet=_quiet(seat),
        tomorrow=now.astimezone(zone_named(zone)).date() + timedelta(days=1),
        zone=zone,
        here=tuple(each for each in _here(seat) if each not in ignored),
        ignored=ignored,
        is_customer=_is_customer(seat),
        has_overview=_is_customer(seat)
        and overview.is_chosen(place.session, place.desk, person),
        may_help=helping.is_seat_of_helper(participant)
        and helping.may_help(place.session, place.house, person),
        helps=help_offer.is_helper(place.session, person.id),
    )


def _here(seat: Holder) -> tuple[Named, ...]:
    """Give those whose posts the reader gets: who takes part, as they know them."""
    participant = seat.participant
    if participant.membership not in {Membership.TOLD, Membership.JOINED}:
        return ()
    there = present(
        roster(seat.place.session, seat.place.activity.id),
        without=participant.person_id,
        backstage=participant.in_team_lane,
    )
    return tuple(Named(each.person.id, each.name) for each in there)


def _ignored(session: Session, person: Person) -> tuple[Named, ...]:
    return tuple(Named(each, display_name(session, each)) for each in person.ignores)

"""What one of the team says of time: `/promise`, `/wait`, `/urgent` (decision 0043)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.activities import cases, promises
from gateway.activities.fanout import Word, fan_out, promise_of
from gateway.activities.floor import Floor
from gateway.activities.letters import language_of, zone_of
from gateway.activities.place import Place, note
from gateway.activities.pressing import press
from gateway.routing import reminding
from parsers.mail import Command
from parsers.when import is_past, read_when
from parsers.zone import zone_named
from storage import event as events
from storage.activity import Activity, Lane, Turn
from storage.address_health import Health
from storage.event import Event, Kind
from storage.people import Person
from storage.roster import Seat, display_name, roster, seated
from templates import promised
from templates.promised import Promise
from templates.render import Reader
from templates.understood import Understood

FIRST_FOR = timedelta(hours=24)
"""So long a case that was put first stays so (support.md section 4)."""

_ENDING = (
    "off|end|undo|none|nothing|aus|ende|weg|fin|annuler|aucune|nada|ninguna|なし|取消"
)
_ENDS = frozenset(_ENDING.split("|"))


@dataclass(frozen=True, slots=True)
class Meant:
    """What `/promise` is to do: a date; without one the promise is taken back."""

    at: datetime | None
    day_only: bool = False


def understand(  # noqa: PLR0911 (one for each way in which nothing is promised)
    place: Place, person: Person, words: str, now: datetime
) -> Meant | Understood:
    """Read `/promise WHEN` where its writer lives, or say why nothing is promised.

    A day without a time is a day of the desk. What the customer cannot be told does
    not hold (decisions F52). Changes nothing.
    """
    activity, desk = place.activity, place.desk
    customer = display_name(place.session, activity.customer_id)
    if activity.turn is Turn.RESOLVED:
        return _refused("promise_closed")
    if desk.listens:
        return _refused("promise_listens", customer)
    if not _is_reached(seated(_seats(place), activity.customer_id)):
        return _refused("promise_unheard", customer)
    if _is_off(words):
        if activity.promised_at is None:
            return _refused("promise_none", customer)
        stands = activity.waiting_since is not None
        return _refused("promise_stands", customer) if stands else Meant(None)
    zone = zone_named(zone_of(person, desk))
    local = now.astimezone(zone)
    when = read_when(words, local)
    if when is None:
        is_over = is_past(words, local)
        return _refused("promise_past" if is_over else "promise_when", words.strip())
    if when.clock is None:
        return Meant(reminding.by_day(desk, when.day), day_only=True)
    return Meant(datetime.combine(when.day, when.clock, zone).astimezone(UTC))


def _refused(outcome: str, *names: str) -> Understood:
    said = tuple(name for name in names if name)
    return Understood(command="/promise", outcome=outcome, names=said)


def _is_off(words: str) -> bool:
    return words.casefold().strip(" .!") in _ENDS


def _seats(place: Place) -> list[Seat]:
    return roster(place.session, place.activity.id)


def _is_reached(customer: Seat) -> bool:
    return customer.health is not Health.DEAD and "message" not in customer.refused


def promise(floor: Floor, command: Command) -> Understood:
    """Do `/promise WHEN`, `/promise off`: the customer is told by a human letter.

    The letter of the text that it stands above says it; otherwise one line goes out in
    the name of whoever promises.
    """
    place, by = floor.place, floor.by
    activity = place.activity
    meant = understand(place, by.person, command.argument, by.at)
    if isinstance(meant, Understood):
        return meant
    before, day_only = activity.promised_at, activity.promised_day_only
    moves = activity.promise_moves + (before is not None)
    tells = not floor.reaches_customer
    told = promise_of(activity, place.desk)
    if meant.at is None:
        promises.take_back(place, by)
    else:
        promises.by_person(place, by, meant.at, day_only=meant.day_only, moves=moves)
        told = promise_of(activity, place.desk)
        if tells and activity.turn is Turn.CUSTOMERS:
            # The next step is ours.
            activity.turn = Turn.OURS
    if tells and told is not None:
        _tell(floor, told, holds=meant.at is not None)
    customer = display_name(place.session, activity.customer_id)
    if meant.at is None:
        return Understood(
            command="/promise off", outcome="promise_off", names=(customer,)
        )
    return Understood(
        command="/promise",
        outcome="promised_day" if meant.day_only else "promised",
        names=(customer,),
        at=meant.at,
        zone=place.desk.zone if meant.day_only else "",
        undo=_undo(floor, before, day_only=day_only),
    )


def _undo(floor: Floor, before: datetime | None, *, day_only: bool) -> str:
    """Give what leads back: the date before, if it is to come; else none at all.

    Who waits is never left without a date.
    """
    activity, desk, at = floor.place.activity, floor.place.desk, floor.by.at
    if before is None or before <= at:
        return "" if activity.waiting_since else "/promise off"
    zone = desk.zone if day_only else zone_of(floor.by.person, desk)
    local = before.astimezone(zone_named(zone))
    return f"/promise {local:%Y-%m-%d}" + ("" if day_only else f" {local:%H:%M}")


def _tell(floor: Floor, told: Promise, *, holds: bool) -> None:
    """Send one line to everyone in the maker's name; it answers nothing (R16)."""
    place, by = floor.place, floor.by
    activity = place.activity
    takes = cases.own(place, floor.participant, by)
    customer = seated(_seats(place), activity.customer_id).person
    language = language_of(customer, place.desk)
    reader = Reader(language, zone_of(customer, place.desk), by.at)
    event = events.record(
        place.session,
        Event(
            activity_id=activity.id,
            lane=Lane.EVERYONE,
            kind=Kind.POST,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            inbound_id=by.inbound,
            text=promised.line(told, reader, holds=holds),
            is_promise=True,
        ),
    )
    fan_out(place, Word(event=event, takes=takes))


def wait(floor: Floor, command: Command) -> Understood:
    """Do `/wait`: the turn is the customer's though nothing was asked (F51).

    Who waits for an answer gets one first (promises R16). `/wait off` takes it back.
    """
    place = floor.place
    activity = place.activity
    customer = display_name(place.session, activity.customer_id)
    if activity.turn is Turn.RESOLVED:
        return Understood(command="/wait", outcome="wait_closed")
    if _is_off(command.argument):
        _pass(floor, Turn.OURS)
        return Understood(command="/wait off", outcome="wait_off", undo="/wait")
    if activity.waiting_since is not None:
        return Understood(command="/wait", outcome="wait_unanswered", names=(customer,))
    _pass(floor, Turn.CUSTOMERS)
    return Understood(
        command="/wait", outcome="waits", names=(customer,), undo="/wait off"
    )


def _pass(floor: Floor, to: Turn) -> None:
    activity = floor.place.activity
    if activity.turn is to:
        return
    activity.turn = to
    said = note(floor.place, floor.by, Kind.WAITS, lane=Lane.TEAM)
    said.values = {"off": to is Turn.OURS}


def will_be_urgent(
    activity: Activity, commands: Sequence[Command], now: datetime
) -> bool:
    """Say whether a case is put first once some commands are carried out."""
    is_first = activity.is_urgent(now)
    for each in commands:
        if each.word == "urgent" and _is_off(each.argument):
            is_first = False
        elif each.word == "urgent" and each.argument.strip():
            is_first = is_first or activity.turn is not Turn.RESOLVED
    return is_first


def urgent(floor: Floor, command: Command) -> Understood:
    """Do `/urgent WHY`: the case is first for a day; who cares for it hears at once.

    It ends by itself, by `/urgent off`, and when the case is closed.
    """
    place, by = floor.place, floor.by
    activity = place.activity
    if _is_off(command.argument):
        if not activity.is_urgent(by.at):
            return Understood(command="/urgent off", outcome="urgent_not")
        why, activity.urgent_until = activity.urgent_why, None
        note(place, by, Kind.CALMED, lane=Lane.TEAM)
        return Understood(
            command="/urgent off", outcome="urgent_off", undo=f"/urgent {why}"
        )
    why = " ".join(command.argument.split())
    if activity.turn is Turn.RESOLVED:
        return Understood(command="/urgent", outcome="urgent_closed")
    if not why:
        return Understood(command="/urgent", outcome="urgent_why")
    activity.urgent_until = by.at + FIRST_FOR
    activity.urgent_why, activity.urgent_by_id = why, by.person.id
    said = note(place, by, Kind.URGENT, lane=Lane.TEAM, text=why)
    said.values = {"until": activity.urgent_until.isoformat()}
    press(place, by)
    return Understood(
        command="/urgent",
        outcome="urgent",
        names=(why,),
        undo="/urgent off",
        at=activity.urgent_until,
    )

"""What a person wants to hear, of one activity, of one person, and until when.

Each wish is done by a command, by a button of a page and by those of mail programs
alike, and each can be taken back.
"""

from dataclasses import replace
from datetime import UTC, datetime, time

from gateway.activities import duties, health, helping, overview
from gateway.activities.catching_up import hand_over
from gateway.activities.floor import Floor
from gateway.activities.letters import zone_of
from gateway.activities.place import By, Place, note
from gateway.activities.timetables import kind_for, set_schedule, timetable, turn_on
from gateway.activities.whom import cards, unclear
from gateway.routing.helping import wish
from gateway.routing.naming import Card, named
from gateway.routing.timetable import Timetable, is_of_quiet_hours, read
from parsers.mail import Command
from parsers.when import read_when
from parsers.zone import zone_named
from storage import activity as activities
from storage.activity import Hearing, Membership, Participant, Role
from storage.event import Kind
from storage.people import Person
from storage.roster import address_of, display_name, roster
from templates.understood import Understood

_ENDING = "end|off|over|stop|none|ende|aus|vorbei|beenden|fin|terminer|terminar|終了"
_ENDS = frozenset(_ENDING.split("|"))
_URGENT_ONLY = "urgent|urgent only|only urgent|dringend|nur dringendes|urgente|緊急"
_URGENT = frozenset(_URGENT_ONLY.split("|"))
_ON = frozenset({"", "on"})
_OFF = frozenset({"no", "none"})
"""Beside the words by which a timetable ends (gateway.routing.timetable)."""
UNDO = {
    Hearing.EACH: "/each",
    Hearing.DIGEST: "/digest",
    Hearing.URGENT: "/digest urgent",
    Hearing.MUTED: "/mute",
}
"""The command for each way to hear an activity."""
_BY_DIGEST = frozenset({Hearing.DIGEST, Hearing.URGENT})
_STAYS = frozenset({Membership.TOLD, Membership.JOINED})


def choose(place: Place, participant: Participant, by: By, wanted: Hearing) -> None:
    """Let somebody hear an activity in another way; what was is kept for an undo."""
    if wanted is Hearing.DIGEST:
        wants_digests(place, participant, by)
    if participant.hearing is wanted:
        return
    before, participant.hearing = participant.hearing, wanted
    participant.heard_before = before
    if wanted is Hearing.EACH and before in _BY_DIGEST:
        waits_no_more(place, participant, by)
    kind = Kind.HEARING
    if wanted is Hearing.MUTED:
        kind = Kind.MUTED
    elif before is Hearing.MUTED:
        kind = Kind.UNMUTED
    note(place, by, kind)


def wants_digests(place: Place, participant: Participant, by: By) -> None:
    """See to it that who reads a case by digest gets digests."""
    kind = kind_for(participant.role)
    turn_on(place.session, place.desk, by.person, kind, by.at)


def waits_no_more(place: Place, participant: Participant, by: By) -> None:
    """Mail what waited, if no digest comes in which it could be told (digests 1)."""
    kind = kind_for(participant.role)
    if not timetable(place.session, place.desk, by.person, kind).is_on:
        number = place.activity.id
        hand_over(place.session, place.house, by.person, by.at, activity=number)


def unchoose(place: Place, participant: Participant, by: By) -> None:
    """Go back to what somebody heard before their last choice."""
    before = participant.heard_before or Hearing.EACH
    choose(place, participant, by, before)


def stop(place: Place, participant: Participant, by: By) -> None:
    """Stop what a letter was: invitations, or news of one activity (rules 2)."""
    if participant.membership is Membership.INVITED:
        by.person.never_invite = True
    else:
        choose(place, participant, by, Hearing.MUTED)


def until(person: Person, place: Place, words: str, now: datetime) -> datetime | None:
    """Read the end of a pause where its reader lives; None for what is no such time.

    A day alone is its beginning.
    """
    zone = zone_named(zone_of(person, place.desk))
    when = read_when(words, now.astimezone(zone))
    if when is None:
        return None
    return datetime.combine(when.day, when.clock or time(), zone).astimezone(UTC)


def said_of(hearing: Hearing) -> Understood:
    """Say in the next letter what somebody hears since they pressed a button."""
    outcome = {Hearing.URGENT: "urgent_only"}.get(hearing, str(hearing))
    undo = "/unmute" if hearing is Hearing.MUTED else "/mute"
    return Understood(command=UNDO[hearing], outcome=outcome, undo=undo)


# Commands; each says what was understood.


def each(floor: Floor, _: Command) -> Understood:
    """Do `/each`: every post at once, also for one of the team who only was told."""
    participant, by = floor.participant, floor.by
    opts_in(floor)
    if participant.membership is Membership.TOLD:
        activities.move(participant, Membership.JOINED, by.at)
    return _chosen(floor, Hearing.EACH, "/each", "each")


def digest(floor: Floor, command: Command) -> Understood:
    """Do `/digest`, when their digest comes, and `/digest urgent`: what needs them.

    `/digest overview` is a customer's: all of their requests, once a week. `/digest
    help` is a colleague's: cases that they could help with (decision 57). `/digest
    off` undoes it for this case; digests themselves are stopped by an answer to one.
    """
    words = " ".join(command.argument.casefold().strip(" .").split())
    return _by_name(floor, words) or _by_time(floor, command.argument.strip())


def _by_time(floor: Floor, said: str) -> Understood:
    """Do `/digest WHEN`: what the words say by themselves, and nothing else.

    A time turns digests on again; quiet hours alone turn none on or off.
    """
    alone = read(said, Timetable())
    if alone is None:
        return Understood(command="/digest", outcome="digest_when")
    if not alone.is_on:
        return _no_digest(floor)
    session, desk, by = floor.place.session, floor.place.desk, floor.by
    kind = kind_for(floor.participant.role)
    before = timetable(session, desk, by.person, kind)
    set_schedule(session, desk, by.person, kind, said, by.at)
    if is_of_quiet_hours(said) and not before.is_on:
        is_new = alone.quiet is not None and before.quiet is None
        undo = "/digest quiet off" if is_new else ""
        return Understood(
            command="/digest", outcome="quiet_kept", names=(said,), undo=undo
        )
    done = _chosen(floor, Hearing.DIGEST, "/digest", "digest")
    return replace(done, names=(said,))


def _by_name(floor: Floor, words: str) -> Understood | None:
    """Do what may follow `/digest` and is no time."""
    if words in _ON:
        return _chosen(floor, Hearing.DIGEST, "/digest", "digest")
    if words in _URGENT:
        return _chosen(floor, Hearing.URGENT, "/digest urgent", "urgent_only")
    if words in overview.WORDS and floor.participant.role is Role.CUSTOMER:
        return overview.settle(floor, wanted=words not in overview.ENDS)
    wanted = wish("help on" if words == "help" else words)
    if wanted is not None:
        return helping.settle(floor, wanted=wanted)
    return _no_digest(floor) if words in _OFF else None


def _no_digest(floor: Floor) -> Understood:
    """Do `/digest off`: at once again; nothing waits for what never comes."""
    place, participant, person = floor.place, floor.participant, floor.by.person
    if participant.hearing in _BY_DIGEST:
        return _chosen(floor, Hearing.EACH, "/digest off", "no_digest")
    is_customer = participant.role is Role.CUSTOMER
    if is_customer and overview.is_chosen(place.session, place.desk, person):
        return overview.settle(floor, wanted=False)
    return Understood(command="/digest off", outcome="no_digest_before")


def mute(floor: Floor, _: Command) -> Understood:
    """Do `/mute`; an owner still hears the customer of their own case (D35)."""
    is_owner = floor.place.activity.owner_id == floor.participant.person_id
    return _chosen(
        floor, Hearing.MUTED, "/mute", "muted_owner" if is_owner else "muted"
    )


def _chosen(floor: Floor, wanted: Hearing, command: str, outcome: str) -> Understood:
    before = floor.participant.hearing
    choose(floor.place, floor.participant, floor.by, wanted)
    undo = UNDO[before] if before is not wanted else ""
    if wanted is Hearing.MUTED:
        undo = "/unmute"
    return Understood(command=command, outcome=outcome, undo=undo)


def unmute(floor: Floor, _: Command) -> Understood:
    """Do `/unmute`: back to what they heard before."""
    opts_in(floor)
    participant = floor.participant
    if participant.hearing is Hearing.MUTED:
        unchoose(floor.place, participant, floor.by)
    return Understood(command="/unmute", outcome="unmuted", undo="/mute")


def opts_in(floor: Floor) -> None:
    """Take back a complaint: they ask for the letters themselves (mail-rules B2)."""
    session, person = floor.place.session, floor.by.person
    health.opts_in(session, floor.place.house, address_of(session, person.id))


def pause(floor: Floor, command: Command) -> Understood:
    """Do `/pause until DATE`, in all activities; `/pause end` ends it at once.

    Who has cases hands their customers over for that time, to the deputy or the team;
    where nobody is left to hear them, the pause is refused (decisions D35).
    """
    place, person, at = floor.place, floor.by.person, floor.by.at
    if command.argument.casefold().strip(" .!") in _ENDS:
        person.paused_until = None
        return Understood(command="/pause end", outcome="resumed")
    end = until(person, place, command.argument, at)
    if end is None:
        return Understood(command="/pause", outcome="pause_when")
    outcome: str = "paused"
    names: tuple[str, ...] = ()
    if activities.has_cases(place.session, person.id):
        outcome, names = duties.meanwhile(place, person, at)
    if outcome != "paused_alone":
        person.paused_until = end
    undo = "/pause end" if outcome != "paused_alone" else ""
    return Understood(command="/pause", outcome=outcome, names=names, undo=undo, at=end)


def ignore(floor: Floor, command: Command) -> Understood:
    """Do `/ignore PERSON`: their posts wait for the digest, everywhere; nobody knows.

    Not the customer of a case of one's own (decisions D35).
    """
    place, person = floor.place, floor.by.person
    found = named(
        command.argument, cards(floor, roster(place.session, place.activity.id))
    )
    if len(found) != 1:
        return unclear("/ignore", command.argument, found)
    [card] = found
    if activities.has_cases(place.session, person.id, card.person):
        return Understood(
            command="/ignore", outcome="ignored_customer", names=(card.name,)
        )
    set_ignored(person, card.person, ignored=True)
    return Understood(
        command="/ignore",
        outcome="ignored",
        names=(card.name,),
        undo=f"/hear {card.name}",
    )


def hear(floor: Floor, command: Command) -> Understood:
    """Do `/hear PERSON`: takes `/ignore` back."""
    person = floor.by.person
    known = ignored_by(floor.place, person)
    found = named(command.argument, known)
    if not found and not command.argument.strip():
        return Understood(
            command="/hear",
            outcome="hear_whom",
            names=tuple(card.name for card in known),
        )
    if len(found) != 1:
        return unclear("/hear", command.argument, found)
    [card] = found
    set_ignored(person, card.person, ignored=False)
    return Understood(
        command="/hear",
        outcome="heard",
        names=(card.name,),
        undo=f"/ignore {card.name}",
    )


def set_ignored(person: Person, other: int, *, ignored: bool) -> None:
    """Ignore somebody, or hear them again."""
    others = [each for each in person.ignores if each != other]
    person.ignores = [*others, other] if ignored else others


def ignored_by(place: Place, person: Person) -> list[Card]:
    """Give whom somebody ignores, by name."""
    return [
        Card(
            other,
            display_name(place.session, other),
            frozenset({address_of(place.session, other).casefold()}),
        )
        for other in person.ignores
    ]

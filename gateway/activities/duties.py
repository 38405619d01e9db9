"""Whose case it is, and who hears its customer while they are away (decisions D35)."""

from datetime import datetime

from gateway.activities.audience import back_at, is_gone
from gateway.activities.floor import Floor
from gateway.activities.letters import Sheet, addressee, language_of, send, zone_of
from gateway.activities.place import By, Place, note
from gateway.activities.references import ancestry
from gateway.activities.whom import cards, unclear
from gateway.routing.naming import Card, named
from parsers.mail import Command
from storage import activity as activities
from storage.activity import Lane, Membership, Participant, Turn
from storage.event import Kind
from storage.people import Person
from storage.roster import Seat, display_name, roster, seat_of
from templates.seated import Taken
from templates.understood import Understood

_STAYS = frozenset({Membership.TOLD, Membership.JOINED})
_NO_ONE = "nobody|none|no one|niemand|keiner|personne|aucun|nadie|ninguno|なし"
_NOBODY = frozenset(_NO_ONE.split("|"))


def team_there(seats: list[Seat], at: datetime, *, but: int) -> list[Seat]:
    """Give those of the team, save one, who would hear a customer at an instant."""
    return [
        seat
        for seat in seats
        if seat.participant.is_staff
        and seat.participant.membership in _STAYS
        and seat.person.id != but
        and seat.reachable
        and not is_gone(seat.person, at)
    ]


def meanwhile(
    place: Place, person: Person, at: datetime
) -> tuple[str, tuple[str, ...]]:
    """Say who hears the customers of somebody who pauses, as letters name it."""
    there = team_there(roster(place.session, place.activity.id), at, but=person.id)
    deputy = seat_of(there, person.deputy_id)
    if deputy is not None:
        return "paused_deputy", (deputy.name,)
    return ("paused_team" if there else "paused_alone"), ()


def assign(floor: Floor, command: Command) -> Understood:
    """Do `/assign PERSON`: one of the team has the case, and is told so at once."""
    place = floor.place
    seats = roster(place.session, place.activity.id)
    found = assignee(command.argument, seats)
    if not command.argument.strip():
        return Understood(command="/assign", outcome="assign_whom")
    if len(found) != 1:
        return unclear("/assign", command.argument, found)
    before = place.activity.owner_id
    seat = seat_of(seats, found[0].person)
    if seat is None:
        raise LookupError(f"person {found[0].person} has no seat")
    give(place, floor.by, seat, seats)
    back = back_at(seat.person, place.desk, floor.by.at)
    undo = ""
    if before is not None and before != seat.person.id:
        undo = f"/assign {display_name(place.session, before)}"
    return Understood(
        command="/assign",
        outcome="assigned_away" if back else "assigned",
        names=(seat.name,),
        undo=undo,
        at=back,
    )


def assignee(words: str, seats: list[Seat]) -> tuple[Card, ...]:
    """Give those of the team whom `/assign` names; one, if it is clear."""
    team = [
        Card(seat.person.id, seat.name, seat.keys)
        for seat in seats
        if seat.participant.is_staff and seat.participant.membership in _STAYS
    ]
    return named(words, team)


def give(place: Place, by: By, to: Seat, seats: list[Seat]) -> None:
    """Make one of the team the owner; they and whoever had it are told at once."""
    activity, before = place.activity, place.activity.owner_id
    if before == to.person.id:
        return
    _own(place, by, to.participant)
    told = [to, seat_of(seats, before)]
    if before is None:
        told += [seat for seat in seats if seat.participant.membership in _STAYS]
    readers = {
        seat.person.id: seat
        for seat in told
        if seat is not None
        and seat.participant.is_staff
        and seat.person.id != by.person.id
    }
    giver = "" if by.person.id == to.person.id else by.person.name
    for seat in readers.values():
        is_theirs = seat is to
        sheet = Sheet(
            desk=place.desk,
            activity=activity,
            at=by.at,
            reason="assigned" if is_theirs else "team",
            author=by.person.name or to.name,
            author_is_staff=True,
            lane=Lane.TEAM,
            references=ancestry(place, Lane.TEAM).references,
            language=language_of(seat.person, place.desk),
            zone=zone_of(seat.person, place.desk),
        )
        values = Taken(
            owner=to.name, subject=activity.subject, by=giver, is_yours=is_theirs
        )
        send(place.session, place.house, sheet, values, [addressee(seat)])


def _own(place: Place, by: By, participant: Participant) -> None:
    activity = place.activity
    if participant.membership is Membership.TOLD:
        activities.move(participant, Membership.JOINED, by.at)
    activity.owner_id, activity.taken_at = participant.person_id, by.at
    if activity.turn is Turn.NEW:
        activity.turn = Turn.OURS
    note(place, by, Kind.TAKEN, subject=participant.person_id)


def leaves(place: Place, participant: Participant, by: By) -> None:
    """Free the case of an owner who leaves: their deputy has it, else nobody.

    Without an owner the next customer mail goes to the whole team (D35).
    """
    activity = place.activity
    if activity.owner_id != participant.person_id:
        return
    activity.owner_id = None
    activity.taken_at = None
    seats = roster(place.session, activity.id)
    there = team_there(seats, by.at, but=participant.person_id)
    deputy = seat_of(there, by.person.deputy_id)
    if deputy is not None:
        give(place, by, deputy, [deputy])


def deputy(floor: Floor, command: Command) -> Understood:
    """Do `/deputy PERSON`: who hears the customers of one's cases while one is away.

    `/deputy nobody` takes it back: then it is the whole team.
    """
    place, person = floor.place, floor.by.person
    before = person.deputy_id
    words = command.argument.strip()
    undo = f"/deputy {display_name(place.session, before)}" if before else ""
    if words.casefold() in _NOBODY:
        person.deputy_id = None
        return Understood(command="/deputy nobody", outcome="no_deputy", undo=undo)
    if not words:
        names = (display_name(place.session, before),) if before else ()
        return Understood(command="/deputy", outcome="deputy_whom", names=names)
    seats = roster(place.session, place.activity.id)
    found = named(words, cards(floor, (each for each in seats if _on_team(each))))
    if len(found) != 1:
        return unclear("/deputy", words, found)
    person.deputy_id = found[0].person
    return Understood(
        command="/deputy",
        outcome="deputy",
        names=(found[0].name,),
        undo=undo or "/deputy nobody",
    )


def _on_team(seat: Seat) -> bool:
    return seat.participant.is_staff

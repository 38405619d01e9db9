"""Commands carried out: each answers with what was understood and how to undo it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from gateway.activities import cases, membership
from gateway.activities.fanout import face, present
from gateway.activities.house import House
from gateway.activities.letters import Sheet, language_of, send, zone_of
from gateway.activities.membership import By, addressee
from gateway.activities.references import ancestry
from gateway.routing.desk import Desk
from parsers.address import read_mailboxes
from parsers.mail import Command
from storage.activity import Activity, Lane, Participant
from storage.database import Session
from storage.roster import roster, seat_of
from templates.values import Answer, Understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Where commands are given: the activity and who speaks."""

    session: Session
    house: House
    desk: Desk
    activity: Activity
    participant: Participant
    by: By


def obey(floor: Floor, command: Command) -> Understood | None:
    """Carry out one command.

    Returns what was understood; None for one that only says how to treat the text
    (`/note`) or that is done when the text has gone out (`/leave`).
    """
    deed = _DEEDS.get(command.word)
    return deed(floor, command) if deed else None


def _invite(floor: Floor, command: Command) -> Understood:
    boxes = read_mailboxes(command.argument.split(maxsplit=1)[0]) if (
        command.argument
    ) else ()
    if not boxes:
        return Understood(command="/invite", outcome="invite_whom")
    reason = command.argument.partition(" ")[2].strip()
    became = membership.invite(
        floor.session,
        floor.house,
        floor.desk,
        floor.activity,
        floor.by,
        boxes[0],
        reason,
    )
    return Understood(
        command="/invite", outcome=str(became), names=(boxes[0].address,)
    )


def _join(floor: Floor, _: Command) -> Understood:
    membership.join(
        floor.session,
        floor.house,
        floor.desk,
        floor.activity,
        floor.participant,
        floor.by,
    )
    return Understood(command="/join", outcome="joined", undo="/leave")


def _mute(floor: Floor, _: Command) -> Understood:
    if floor.activity.owner_id == floor.participant.person_id:
        # Muted or not, an owner hears the customer of their own case (D35).
        membership.mute(floor.session, floor.activity, floor.participant, floor.by)
        return Understood(command="/mute", outcome="muted_owner", undo="/unmute")
    membership.mute(floor.session, floor.activity, floor.participant, floor.by)
    return Understood(command="/mute", outcome="muted", undo="/unmute")


def _unmute(floor: Floor, _: Command) -> Understood:
    membership.unmute(floor.session, floor.activity, floor.participant, floor.by)
    return Understood(command="/unmute", outcome="unmuted", undo="/mute")


def _take(floor: Floor, _: Command) -> Understood:
    cases.take(
        floor.session,
        floor.house,
        floor.desk,
        floor.activity,
        floor.participant,
        floor.by,
    )
    return Understood(command="/take", outcome="taken")


def _resolve(floor: Floor, _: Command) -> Understood:
    cases.resolve(floor.session, floor.activity, floor.by)
    return Understood(command="/resolve", outcome="resolved", undo="/reopen")


def _reopen(floor: Floor, _: Command) -> Understood:
    cases.reopen(floor.session, floor.activity, floor.by)
    return Understood(command="/reopen", outcome="reopened", undo="/resolve")


def _who(floor: Floor, _: Command) -> Understood:
    return Understood(command="/who", outcome="who")


def _help(floor: Floor, _: Command) -> Understood:
    return Understood(command="/help", outcome="help")


_DEEDS: dict[str, Callable[[Floor, Command], Understood]] = {
    "invite": _invite,
    "join": _join,
    "mute": _mute,
    "unmute": _unmute,
    "take": _take,
    "resolve": _resolve,
    "reopen": _reopen,
    "who": _who,
    "help": _help,
}


def say_later(participant: Participant, answers: list[Understood]) -> None:
    """Keep answers for the next letter to this person (docs: commands)."""
    participant.unsaid = [*participant.unsaid, *(asdict(each) for each in answers)]


def answer_now(floor: Floor, answers: list[Understood]) -> None:
    """Answer a mail that held nothing but commands."""
    seats = roster(floor.session, floor.activity.id)
    seat = seat_of(seats, floor.participant.person_id)
    if seat is None:
        raise LookupError(f"participant {floor.participant.id} has no seat")
    lane = Lane.TEAM if floor.participant.in_team_lane else Lane.EVERYONE
    thread = ancestry(
        floor.session,
        floor.house,
        activity_id=floor.activity.id,
        lane=lane,
        domain=floor.desk.reply.domain,
    )
    values = Answer(
        subject=floor.activity.subject,
        desk=floor.desk.name,
        understood=tuple(answers),
        is_staff=floor.participant.in_team_lane,
        here=tuple(face(each, floor.activity) for each in present(seats)),
    )
    sheet = Sheet(
        desk=floor.desk,
        activity=floor.activity,
        reason="asked",
        lane=lane,
        references=thread.references,
        language=language_of(seat.person, floor.desk),
        zone=zone_of(seat.person, floor.desk),
        by_mail=True,
    )
    send(
        floor.session, floor.house, values, sheet, [addressee(seat)], floor.by.at
    )
    floor.house.wake.tell_all(floor.session)

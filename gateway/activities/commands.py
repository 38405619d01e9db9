"""Commands carried out: each answers with what was understood and how to undo it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from gateway.activities import cases, membership, merging
from gateway.activities.fanout import face, present
from gateway.activities.letters import Sheet, addressee, language_of, send, zone_of
from gateway.activities.place import By, Place
from gateway.activities.references import ancestry
from parsers.address import read_mailboxes
from parsers.mail import Command
from storage.activity import Lane, Membership, Participant
from storage.event import Event
from storage.roster import roster, seated
from templates.values import Answer, Understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Where commands are given: the activity and who speaks."""

    place: Place
    participant: Participant
    by: By
    team_lane: bool = False
    """They are given in a mail for the team alone."""
    answers: Event | None = None
    """The post that the mail answers, as far as its ids tell."""


def obey(floor: Floor, command: Command) -> Understood | None:
    """Carry out one command.

    Returns what was understood; None for one that only says how to treat the text
    (`/note`) or that is done when the text has gone out (`/leave`).
    """
    deed = _DEEDS.get(command.word)
    return deed(floor, command) if deed else None


def _invite(floor: Floor, command: Command) -> Understood:
    whom, _, reason = command.argument.partition(" ")
    boxes = read_mailboxes(whom)
    if not boxes:
        return Understood(command="/invite", outcome="invite_whom")
    became = membership.invite(
        floor.place,
        floor.by,
        boxes[0],
        reason.strip(),
        in_private=floor.team_lane,
    )
    return Understood(command="/invite", outcome=str(became), names=(boxes[0].address,))


def _join(floor: Floor, _: Command) -> Understood | None:
    is_news = floor.participant.membership is not Membership.JOINED
    membership.join(floor.place, floor.participant, floor.by)
    if is_news:
        # The letter that lets them catch up says it.
        return None
    return Understood(command="/join", outcome="joined", undo="/leave")


def _mute(floor: Floor, _: Command) -> Understood:
    membership.mute(floor.place, floor.participant, floor.by)
    # Muted or not, an owner hears the customer of their own case (D35).
    is_owner = floor.place.activity.owner_id == floor.participant.person_id
    outcome = "muted_owner" if is_owner else "muted"
    return Understood(command="/mute", outcome=outcome, undo="/unmute")


def _unmute(floor: Floor, _: Command) -> Understood:
    membership.unmute(floor.place, floor.participant, floor.by)
    return Understood(command="/unmute", outcome="unmuted", undo="/mute")


def _take(floor: Floor, _: Command) -> Understood:
    cases.take(floor.place, floor.participant, floor.by)
    return Understood(command="/take", outcome="taken")


def _resolve(floor: Floor, command: Command) -> Understood:
    cases.resolve(floor.place, floor.by, command.argument)
    return Understood(command="/resolve", outcome="resolved", undo="/reopen")


def _reopen(floor: Floor, _: Command) -> Understood:
    cases.reopen(floor.place, floor.by)
    return Understood(command="/reopen", outcome="reopened", undo="/resolve")


def _merge(floor: Floor, command: Command) -> Understood:
    return merging.merge(floor.place, floor.by, command.argument.strip())


def _split(floor: Floor, command: Command) -> Understood:
    argument = command.argument.strip()
    if merging.is_merged(floor.place, argument):
        return merging.part(floor.place, floor.by, argument)
    return merging.split(floor.place, floor.by, floor.answers, argument)


def _who(_: Floor, __: Command) -> Understood:
    return Understood(command="/who", outcome="who")


def _help(_: Floor, __: Command) -> Understood:
    return Understood(command="/help", outcome="help")


_DEEDS: dict[str, Callable[[Floor, Command], Understood | None]] = {
    "invite": _invite,
    "join": _join,
    "mute": _mute,
    "unmute": _unmute,
    "take": _take,
    "resolve": _resolve,
    "reopen": _reopen,
    "merge": _merge,
    "split": _split,
    "who": _who,
    "help": _help,
}


def say_later(participant: Participant, answers: list[Understood]) -> None:
    """Keep answers for the next letter to this person (docs: commands)."""
    participant.unsaid = [*participant.unsaid, *(asdict(each) for each in answers)]


def answer_now(
    floor: Floor, answers: list[Understood], *, posted: bool = False
) -> None:
    """Answer a mail that held nothing but commands, or one that must be answered.

    Raises LookupError for somebody who has no seat.
    """
    place = floor.place
    seats = roster(place.session, place.activity.id)
    seat = seated(seats, floor.participant.person_id)
    is_staff = floor.participant.in_team_lane
    lane = Lane.TEAM if is_staff else Lane.EVERYONE
    values = Answer(
        subject=place.activity.subject,
        desk=place.desk.name,
        understood=tuple(answers),
        is_staff=is_staff,
        posted=posted,
        here=tuple(face(each, place.activity) for each in present(seats)),
    )
    sheet = Sheet(
        desk=place.desk,
        activity=place.activity,
        at=floor.by.at,
        reason="asked",
        lane=lane,
        references=ancestry(place, lane).references,
        language=language_of(seat.person, place.desk),
        zone=zone_of(seat.person, place.desk),
        by_mail=True,
    )
    send(place.session, place.house, sheet, values, [addressee(seat)])

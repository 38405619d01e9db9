"""Commands carried out: each answers with what was understood and how to undo it."""

from collections.abc import Callable, Iterable

from gateway.activities import (
    blocking,
    cases,
    closing,
    door,
    duties,
    inviting,
    membership,
    merging,
    moving,
    oneself,
    private,
    promising,
    tags,
    wishes,
)
from gateway.activities.cards import cards, present
from gateway.activities.floor import Floor
from gateway.activities.inviting import Invited
from gateway.activities.letters import Sheet, addressee, language_of, send, zone_of
from gateway.activities.place import Place
from gateway.activities.receipts import of_post
from gateway.activities.references import ancestry
from gateway.activities.unsaid import say_later
from parsers.address import read_mailboxes
from parsers.mail import Command
from storage.activity import Lane, Membership
from storage.people import Person
from storage.roster import display_name, roster, seated
from templates.understood import Answer, Understood


def obey_all(floor: Floor, commands: Iterable[Command]) -> list[Understood]:
    """Carry out the commands of a mail; gives what was understood.

    What a case is about is heard first: whoever says it is not asked when they close.
    """
    ordered = sorted(commands, key=lambda each: each.word not in _BEFORE_CLOSING)
    return [said for each in ordered if (said := obey(floor, each))]


_BEFORE_CLOSING = frozenset({"tag", "untag"})


def obey(floor: Floor, command: Command) -> Understood | None:
    """Carry out one command.

    Returns what was understood; None for one that only says how to treat the text
    (`/note`) or that is done when the text has gone out (`/leave`).
    """
    deed = _DEEDS.get(command.word)
    return deed(floor, command) if deed else None


def _invite(floor: Floor, command: Command) -> Understood:
    whom, _, words = command.argument.partition(" ")
    boxes = read_mailboxes(whom)
    if not boxes:
        return Understood(command="/invite", outcome="invite_whom")
    became = inviting.invite(
        floor.place,
        floor.by,
        boxes[0],
        inviting.read_asked(words),
        in_private=floor.team_lane,
    )
    names = (boxes[0].address,)
    if became is Invited.DOOR_CLOSED:
        names = (_who_invites(floor.place),)
    return Understood(command="/invite", outcome=str(became), names=names)


def _consult(floor: Floor, command: Command) -> Understood:
    whom, _, words = command.argument.partition(" ")
    boxes = read_mailboxes(whom)
    if not boxes:
        return Understood(command="/consult", outcome="consult_whom")
    asked = inviting.read_asked(words)
    became = inviting.consult(floor.place, floor.by, boxes[0], asked)
    names = (boxes[0].address,)
    if became is Invited.DOOR_CLOSED:
        names = (_who_invites(floor.place),)
    outcome = "consulted" if became is Invited.INVITED else str(became)
    return Understood(command="/consult", outcome=outcome, names=names)


def _who_invites(place: Place) -> str:
    owner = place.activity.owner_id
    return display_name(place.session, owner) if owner else place.desk.name


def _door(floor: Floor, command: Command) -> Understood:
    word = command.argument.strip().lower()
    if word not in {"open", "closed", "close"}:
        return Understood(command="/door", outcome="door_how")
    closed = word != "open"
    if not inviting.close_door(floor.place, floor.by, closed=closed):
        names = (_who_invites(floor.place),)
        return Understood(command="/door", outcome="door_of_owner", names=names)
    return Understood(
        command=f"/door {'closed' if closed else 'open'}",
        outcome="door_shut" if closed else "door_opened",
        undo="/door open" if closed else "/door closed",
    )


def _join(floor: Floor, _: Command) -> Understood | None:
    wishes.opts_in(floor)
    is_news = floor.participant.membership is not Membership.JOINED
    stays = not floor.leaves
    membership.join(floor.place, floor.participant, floor.by, stays=stays)
    if is_news:
        # The letter that lets them catch up says it.
        return None
    return Understood(command="/join", outcome="joined", undo="/leave")


def _take(floor: Floor, _: Command) -> Understood:
    cases.take(floor.place, floor.participant, floor.by)
    return Understood(command="/take", outcome="taken")


def _resolve(floor: Floor, command: Command) -> Understood | None:
    is_news = cases.resolve(floor.place, floor.by, command.argument)
    if is_news and closing.ask_what(floor):
        # The letter that asks says that it is closed.
        return None
    return Understood(command="/resolve", outcome="resolved", undo="/reopen")


def _reopen(floor: Floor, _: Command) -> Understood:
    cases.undrop(floor.place, floor.by)
    is_heard = blocking.unblock(floor.place, floor.by)
    customer = display_name(floor.place.session, floor.place.activity.customer_id)
    return Understood(
        command="/reopen",
        outcome="unblocked" if is_heard else "reopened",
        names=(customer,) if is_heard else (),
        undo="/spam" if is_heard else "/resolve",
    )


def _drop(floor: Floor, _: Command) -> Understood:
    cases.drop(floor.place, floor.by)
    return Understood(command="/drop", outcome="dropped", undo="/reopen")


def _spam(floor: Floor, _: Command) -> Understood:
    place, customer = floor.place, floor.place.activity.customer_id
    is_blocked = blocking.block_person(place, floor.by, customer)
    cases.drop(place, floor.by, is_spam=is_blocked)
    return Understood(
        command="/spam",
        outcome="blocked" if is_blocked else "not_blocked",
        names=(display_name(place.session, customer),),
        undo="/reopen",
    )


def _admit(floor: Floor, command: Command) -> Understood:
    once, whom = _once(command.argument)
    waiting = door.named(floor.place, whom)
    if not waiting:
        return _nobody_waits(command, whom)
    names = (waiting[-1].sender.address,)
    hidden = private.kept_out(floor.place.session, floor.place.activity)
    is_hidden = private.is_of(floor.place.session, names[0], hidden)
    if is_hidden or not waiting[-1].may_be_let_in:
        return Understood(command="/admit", outcome="cannot_enter", names=names)
    if once:
        door.admit_once(floor.place, floor.by, waiting[-1])
        return Understood(command="/admit once", outcome="admitted_once", names=names)
    door.admit(floor.place, floor.by, waiting)
    return Understood(command="/admit", outcome="admitted", names=names)


def _refuse(floor: Floor, command: Command) -> Understood:
    waiting = door.named(floor.place, command.argument, strangers=False)
    if not waiting:
        return _nobody_waits(command, command.argument)
    door.refuse(floor.place, floor.by, waiting)
    names = (waiting[-1].sender.address,)
    return Understood(command="/refuse", outcome="refused_entry", names=names)


def _once(argument: str) -> tuple[bool, str]:
    word, _, rest = argument.partition(" ")
    return (True, rest) if word.lower() == "once" else (False, argument)


def _nobody_waits(command: Command, whom: str) -> Understood:
    names = (whom.strip(),) if whom.strip() else ()
    return Understood(command=f"/{command.word}", outcome="nobody_waits", names=names)


def _merge(floor: Floor, command: Command) -> Understood:
    return merging.merge(floor.place, floor.by, command.argument.strip())


def _split(floor: Floor, command: Command) -> Understood:
    argument = command.argument.strip()
    if merging.is_merged(floor.place, argument):
        return merging.part(floor.place, floor.by, argument)
    return merging.split(floor.place, floor.by, floor.answers, argument)


def _who(_: Floor, __: Command) -> Understood:
    return Understood(command="/who", outcome=_WHO)


def _me(floor: Floor, command: Command) -> Understood:
    place = floor.place
    person = place.session.get_one(Person, floor.participant.person_id)
    return oneself.obey(person, place.desk, command.argument, floor.by.at)


def _help(_: Floor, __: Command) -> Understood:
    return Understood(command="/help", outcome="help")


_WHO = "who"
"""Who is here, and who got the post that was answered."""

_DEEDS: dict[str, Callable[[Floor, Command], Understood | None]] = {
    "invite": _invite,
    "door": _door,
    "consult": _consult,
    "join": _join,
    "admit": _admit,
    "refuse": _refuse,
    "each": wishes.each,
    "digest": wishes.digest,
    "mute": wishes.mute,
    "unmute": wishes.unmute,
    "pause": wishes.pause,
    "ignore": wishes.ignore,
    "hear": wishes.hear,
    "assign": duties.assign,
    "tag": tags.tag,
    "untag": tags.untag,
    "deputy": duties.deputy,
    "take": _take,
    "resolve": _resolve,
    "reopen": _reopen,
    "drop": _drop,
    "spam": _spam,
    "promise": promising.promise,
    "wait": promising.wait,
    "urgent": promising.urgent,
    "merge": _merge,
    "split": _split,
    "move": moving.move,
    "who": _who,
    "help": _help,
    "me": _me,
}


_ENDING = frozenset({"/drop", "/spam"})
"""Commands after which no other letter about the case may come."""


def tell(floor: Floor, answers: list[Understood], *, posted: bool) -> None:
    """Answer commands: at once, or in the next letter when a text went with them.

    Who got a post is asked of this hour, and so it is always answered at once; and so
    is what ends the case, after which no other letter about it may come.
    """
    ends = any(each.command in _ENDING for each in answers)
    asks = floor.asks_about is not None
    now = [
        each
        for each in answers
        if ends or not posted or (asks and each.outcome == _WHO)
    ]
    say_later(floor.participant, [each for each in answers if each not in now])
    if now:
        answer_now(floor, now, posted=posted)


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
        here=cards(
            place.session,
            present(seats, backstage=is_staff),
            place.activity,
            at=floor.by.at,
            for_staff=is_staff,
            among=seats,
        )
        if any(each.outcome == _WHO for each in answers)
        else (),
        receipts=of_post(place, seats, floor.asks_about, is_staff=is_staff)
        if floor.asks_about and any(each.outcome == _WHO for each in answers)
        else None,
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

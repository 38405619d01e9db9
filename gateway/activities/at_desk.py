"""What a desk does for one of its team, about no activity (decisions B18)."""

from collections.abc import Callable, Mapping

from gateway.activities import finding, looking, oneself
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import Addressee, Sheet, send
from gateway.routing.decision import Order
from parsers.mail import Command
from storage import people
from storage.activity import Lane
from templates.face import Face
from templates.understood import Answer, Understood

Deed = Callable[[Letterbox, Command], Understood | None]
"""Does one command; None when its own letters say what was done."""


def obey(box: Letterbox, decision: Order) -> None:
    """Carry out the commands, and answer to the address that we know."""
    answers = [
        said for each in decision.commands if (said := _DEEDS[each.word](box, each))
    ]
    if not answers:
        return
    sender, at = box.facts.sender, box.offered.received_at
    person = people.meet(box.session, sender, now=at)
    values = Answer(
        subject=box.mail.subject_base,
        desk=box.desk.name,
        understood=tuple(answers),
        is_staff=True,
        here=tuple(
            Face(name=each.name or each.address.partition("@")[0])
            for each in box.desk.team
        ),
    )
    sheet = Sheet(
        desk=box.desk,
        activity=None,
        at=at,
        reason="asked",
        lane=Lane.TEAM,
        subject=box.mail.subject_base,
        language=person.language,
        zone=person.zone,
        by_mail=True,
    )
    to = Addressee(person=person.id, address=sender.address, token=None)
    send(box.session, box.house, sheet, values, [to])


def _help(_: Letterbox, __: Command) -> Understood:
    return Understood(command="/help", outcome="help")


def _me(box: Letterbox, command: Command) -> Understood:
    person = people.meet(box.session, box.facts.sender, now=box.offered.received_at)
    at = box.offered.received_at
    return oneself.obey(person, box.desk, command.argument, at)


def _who(_: Letterbox, __: Command) -> Understood:
    return Understood(command="/who", outcome="who")


_DEEDS: Mapping[str, Deed] = {
    "find": finding.find,
    "help": _help,
    "me": _me,
    "mine": looking.show_mine,
    "queue": looking.show_queue,
    "show": looking.show_case,
    "who": _who,
}
"""One deed for each command of gateway.routing.at_desk."""

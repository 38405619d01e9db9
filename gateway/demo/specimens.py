"""One letter of each kind and audience, with people and words as they are in life."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.demo import answers, promised
from gateway.demo import digest_specimens as digests
from gateway.demo.cast import NOW, PROMISE, Cast
from gateway.demo.themes import draft, voice, which_tag
from parsers.reply_address import ReplyAddress
from templates.asked import Collision, Publish, TeamText, UnknownCommand
from templates.face import Face
from templates.held import HeldMail
from templates.helped import HelpOffered
from templates.invited import Invitation, InvitationReminder, Joined
from templates.letter import Composed, Head, compose
from templates.posted import Acknowledgement, Message, Note, Said
from templates.promised import Promise
from templates.reached import CatchUp, Missed, Unreachable
from templates.seated import Left, Taken
from templates.understood import Understood
from templates.values import Values


@dataclass(frozen=True, slots=True)
class Specimen:
    """One letter of the gallery."""

    title: str
    make: Callable[[Cast], Values]
    by: str = ""
    """Whose mail it carries: a name of `Cast`."""
    team_only: bool = False


def letter(name: str, cast: Cast, language: str) -> Composed:
    """Compose a specimen in a language, as the outbox would get it."""
    specimen = SPECIMENS[name]
    head = Head(
        message_id="<p.123.abcdefghijklmnop@acme.example>",
        date=NOW,
        desk_name=cast.desk,
        desk_address="support@acme.example",
        author=getattr(cast, specimen.by) if specimen.by else "",
        author_is_staff=specimen.by in {"owner", "mate"},
        team_only=specimen.team_only,
        reply=ReplyAddress("support+{token}@acme.example"),
        base_url="https://desk.acme.example",
        placeholder="abcdefghijklmnopqrstuvwxyz",
        activity="K3M9X2AB",
        subject=cast.subject,
        reason="participant",
        loop_mark="K3M9X2AB.0.abcdefghijklmnop",
        language=language,
        zone="Europe/Madrid",
    )
    return compose(head, specimen.make(cast))


def _customer(cast: Cast) -> Face:
    return Face(name=cast.customer, says="customer", organisation=cast.organisation)


def _owner(cast: Cast) -> Face:
    return Face(name=cast.owner, says="owner")


def _colleague(cast: Cast) -> Face:
    return Face(name=cast.colleague, says=cast.reason)


def _acknowledgement(cast: Cast, *, full: bool = True) -> Values:
    return Acknowledgement(
        desk=cast.desk,
        full=full,
        customer=cast.customer.split()[0],
        subject=cast.subject,
        first_sentence=cast.question.split("\n\n")[1],
        team=(cast.owner, cast.mate),
        promise=PROMISE,
    )


def _first(cast: Cast) -> Values:
    return Message(
        text=cast.question,
        reader="team",
        is_first=True,
        author=cast.customer,
        customer=_customer(cast),
        here=(_customer(cast),),
        promise=PROMISE,
        waiting_since=NOW - timedelta(minutes=8),
        cases_before=2,
    )


def _to_customer(cast: Cast) -> Values:
    return Message(
        text=cast.answer,
        reader="customer",
        author=cast.owner,
        customer=_customer(cast),
        here=(_owner(cast), _colleague(cast)),
        came=(_colleague(cast),),
        promise=PROMISE,
    )


def _to_owner(cast: Cast) -> Values:
    return Message(
        text=cast.question,
        reader="owner",
        author=cast.customer,
        customer=_customer(cast),
        here=(_customer(cast), _owner(cast), _colleague(cast)),
        owner=cast.owner,
        reader_is_owner=True,
        promise=PROMISE,
        waiting_since=NOW - timedelta(hours=3),
        suggested=("lee@gomez-logistics.example",),
        understood=(
            Understood(
                command="/invite mei@acme.example",
                outcome="invited",
                names=(cast.colleague,),
            ),
        ),
    )


def _to_guest(cast: Cast) -> Values:
    return Message(
        text=cast.answer,
        reader="guest",
        author=cast.owner,
        customer=_customer(cast),
        here=(_customer(cast), _owner(cast), _colleague(cast)),
    )


def _note(cast: Cast) -> Values:
    team = (cast.owner, cast.mate)
    return Note(text=cast.note, author=cast.mate, team=team, customer=cast.customer)


def _invitation(cast: Cast) -> Values:
    return Invitation(
        inviter=cast.owner,
        inviter_is_staff=True,
        desk=cast.desk,
        subject=cast.subject,
        reason=cast.reason,
        excerpt=cast.question.split("\n\n")[1],
        here=(_customer(cast), _owner(cast)),
    )


def _reminder(cast: Cast) -> Values:
    return InvitationReminder(
        inviter=cast.owner,
        inviter_is_staff=True,
        desk=cast.desk,
        subject=cast.subject,
        reason=cast.reason,
        excerpt=cast.question.split("\n\n")[1],
        here=(_customer(cast), _owner(cast)),
        asked_at=NOW - timedelta(days=3),
    )


def _joined(cast: Cast) -> Values:
    return Joined(
        subject=cast.subject,
        desk=cast.desk,
        here=(_customer(cast), _owner(cast)),
        catch_up=(
            Said(author=cast.customer, at=NOW - timedelta(hours=3), text=cast.question),
            Said(author=cast.owner, at=NOW - timedelta(hours=1), text=cast.answer),
        ),
    )


def _door(cast: Cast) -> Values:
    return HeldMail(
        name="Max Fremd",
        address="max@elsewhere.example",
        cause="stranger",
        text="I am Carla's consultant; the rows come from our exporter.",
        subject=cast.subject,
        inbound=12,
        answers=("admit", "admit once", "refuse", "spam"),
    )


def _unknown(cast: Cast) -> Values:
    return UnknownCommand(
        word="/ntoe",
        nearest="/note",
        refused=False,
        readers=(cast.customer, cast.colleague),
        text=cast.note,
        subject=cast.subject,
    )


def _team_text(cast: Cast) -> Values:
    return TeamText(
        text=cast.answer,
        lines=(cast.note.split("\n", maxsplit=1)[0],),
        readers=(cast.customer,),
        subject=cast.subject,
    )


def _collision(cast: Cast) -> Values:
    return Collision(
        answers=(
            Said(author=cast.owner, at=NOW - timedelta(minutes=3), text=cast.answer),
        ),
        customer=cast.customer,
        readers=(cast.customer, cast.owner),
        text=cast.note,
        subject=cast.subject,
    )


def _publish(cast: Cast) -> Values:
    return Publish(
        text=cast.note,
        author=cast.mate,
        readers=(cast.customer, cast.colleague),
        customer=cast.customer,
        subject=cast.subject,
    )


def _catch_up(cast: Cast) -> Values:
    return CatchUp(
        desk=cast.desk,
        cases=(
            Missed(
                subject=cast.subject,
                said=(Said(author=cast.owner, at=NOW, text=cast.answer),),
                more=3,
            ),
        ),
    )


def _promise_due(cast: Cast) -> Values:
    made = replace(PROMISE, by=cast.owner, moves=1)
    since = NOW - timedelta(hours=5)
    return promised.due(cast.customer, cast.subject, cast.owner, made, since)


def _promise_late(cast: Cast) -> Values:
    made = Promise(at=NOW - timedelta(minutes=20))
    since = NOW - timedelta(days=1)
    return promised.late(cast.customer, cast.subject, cast.owner, made, since)


def _urgent(cast: Cast) -> Values:
    since = NOW - timedelta(hours=5)
    customer, subject = cast.customer, cast.subject
    return promised.urgent(customer, subject, cast.mate, cast.note, PROMISE, since)


def _help(cast: Cast) -> Values:
    return HelpOffered(
        subject=cast.subject,
        address="mei@acme.example",
        word="importer",
        helper=replace(_colleague(cast), says="", skills=("importer",), helped=4),
    )


def _unreachable(cast: Cast) -> Values:
    return Unreachable(
        name=cast.colleague,
        address="mei@acme.example",
        is_customer=False,
        status="550 5.1.1 no such user",
        subject=cast.subject,
    )


def _found(cast: Cast) -> Values:
    said = cast.question.split("\n\n")[1], cast.note.split("\n", maxsplit=1)[0]
    people = cast.customer, cast.owner, cast.mate
    since = NOW - timedelta(hours=3)
    return answers.found(cast.desk, people, cast.subject, said, PROMISE, since)


def _take_back(cast: Cast) -> Values:
    sent_to = (cast.customer, cast.colleague)
    return answers.take_back(cast.subject, cast.answer, cast.owner, sent_to)


SPECIMENS = {
    "acknowledgement": Specimen("To the customer, at once", _acknowledgement),
    "neutral": Specimen(
        "To a sender whom nothing proves",
        lambda cast: _acknowledgement(cast, full=False),
    ),
    "first": Specimen("A new case, to the team", _first, by="customer"),
    "answer": Specimen("An answer, to the customer", _to_customer, by="owner"),
    "owner": Specimen("The customer writes, to the owner", _to_owner, by="customer"),
    "guest": Specimen("An answer, to an invited guest", _to_guest, by="owner"),
    "note": Specimen("A note, to the team", _note, by="mate", team_only=True),
    "invitation": Specimen("An invitation", _invitation, by="owner"),
    "reminder": Specimen("The same once more, the last time", _reminder, by="owner"),
    "joined": Specimen("Welcome to who joined", _joined),
    "left": Specimen(
        "Goodbye to who left",
        lambda cast: Left(subject=cast.subject, desk=cast.desk),
    ),
    "taken": Specimen(
        "A colleague took it, to the team",
        lambda cast: Taken(owner=cast.owner, subject=cast.subject),
        by="owner",
        team_only=True,
    ),
    "door": Specimen("A stranger at the door, to the owner", _door, team_only=True),
    "unknown": Specimen("A command that nobody knows", _unknown, team_only=True),
    "team-text": Specimen("A note that almost went out", _team_text, team_only=True),
    "collision": Specimen("Two answered at once", _collision, team_only=True),
    "publish": Specimen("May everybody read this note?", _publish, team_only=True),
    "which-tag": Specimen(
        "What was it about? To who closed it",
        lambda cast: which_tag(cast.subject),
        team_only=True,
    ),
    "voice": Specimen(
        "What customers said, to who leads the desk",
        lambda cast: voice(
            cast.desk,
            NOW,
            team=(cast.owner, cast.mate),
            owner=cast.colleague,
            quote=cast.subject,
        ),
    ),
    "theme-draft": Specimen(
        "Shall those who asked be told?",
        lambda cast: draft(cast.desk, cast.answer, (cast.customer, cast.colleague)),
    ),
    "team": Specimen("To an owner, in the morning", digests.team),
    "digest": Specimen("A digest, to a colleague", digests.colleague),
    "overview": Specimen("All requests, to the customer, weekly", digests.customer),
    "promise": Specimen(
        "A promise is due, to whoever keeps it", _promise_due, team_only=True
    ),
    "late": Specimen("A promise is late, to the team", _promise_late, team_only=True),
    "urgent": Specimen("Somebody put a case first", _urgent, team_only=True),
    "help": Specimen("Somebody offers to help", _help, team_only=True),
    "found": Specimen("What /find found, to who asked", _found, team_only=True),
    "take-back": Specimen("Shall a text be taken back?", _take_back, team_only=True),
    "sign-in": Specimen(
        "A link to sign in",
        lambda cast: answers.sign_in(cast.desk, NOW + timedelta(minutes=15)),
    ),
    "catch-up": Specimen("What was missed while mail bounced", _catch_up),
    "unreachable": Specimen("Mail to somebody comes back", _unreachable),
}

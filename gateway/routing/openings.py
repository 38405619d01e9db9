"""Rules for mail to a desk: does it open an activity, and what is answered."""

from gateway.routing.decision import (
    Acknowledge,
    Ask,
    Decision,
    Hold,
    Keep,
    Open,
    Post,
    Show,
    Told,
)
from gateway.routing.facts import Facts
from gateway.routing.proof import Proof
from parsers.absence import is_note
from parsers.address import key

_AS_WRITTEN = "post"
_LET_IN = frozenset({"post", "admit"})
_OPENS = "open"


def opens_by_word(facts: Facts) -> Decision | None:
    """Somebody of the team said that it shall be a case of its own (C25)."""
    is_word = facts.released == _OPENS and not facts.from_own_address
    return fresh(facts) if is_word else None


def machine_at_desk(facts: Facts) -> Decision | None:
    """Mail of a machine that belongs to no activity is mailed to nobody (C25)."""
    if facts.released or facts.is_form:
        return None
    if facts.by_machine or facts.sender_is_role:
        return Hold(
            cause="machine",
            reason=facts.automatic.reason or "a sender that takes no mail",
            told=Told.NOBODY,
        )
    # Of a customer it may be what they want of us; of one of the team it is not.
    if facts.writer.is_staff and not facts.commands and is_note(facts.prose):
        return Hold(
            cause="machine",
            reason="an absence note of one of the team, without a mark of a machine",
            told=Told.NOBODY,
        )
    return None


def loop_at_desk(facts: Facts) -> Decision | None:
    """Many like openings of one sender collapse into the first, without a word (R4)."""
    activity = facts.looping_activity
    if facts.similar_openings >= facts.limits.similar_mails:
        activity = facts.similar_activity
    # Mails of a form are alike, and it gets no answer that could feed a loop (B22).
    is_somebody = facts.writer.person is not None and not facts.is_form
    if facts.thread is not None:
        # What its ids lead to a case, even of the team, opens nothing beside it.
        return None
    if activity is not None and is_somebody:
        return _collapsed(facts, activity)
    if facts.same_body_activity is None:
        return None
    return Keep(
        activity=facts.same_body_activity,
        reason="the same sender writes the same again",
    )


def _collapsed(facts: Facts, activity: int) -> Decision:
    """What a loop brings waits at the first; a human may say that it is a text."""
    if facts.released not in _LET_IN:
        return Show(
            activity=activity,
            cause="loop",
            reason="many new mails of one sender under similar subjects",
        )
    return Post(
        activity=activity,
        author=facts.writer.person,
        team_lane=False,
        proof=facts.proof,
        as_written=bool(facts.commands),
    )


def spam_at_desk(facts: Facts) -> Decision | None:
    """What a trusted server calls spam opens no case and is told to nobody (A13)."""
    if not facts.spam_mark or facts.released:
        return None
    is_proved = facts.proof >= Proof.BEARER
    if is_proved and (facts.writer.is_staff or facts.repeat_activity is not None):
        return None
    return Hold(
        cause="spam",
        reason=f"a trusted server calls it spam ({facts.spam_mark})",
        told=Told.NOBODY,
    )


def writes_again(facts: Facts) -> Decision | None:
    """A customer who writes again on the same matter adds to the first (C26)."""
    if facts.repeat_activity is None or facts.proof is not Proof.VERIFIED:
        return None
    if facts.thread is not None or facts.is_form:
        return None
    return Post(
        activity=facts.repeat_activity,
        author=facts.writer.person,
        team_lane=False,
        proof=facts.proof,
        # A mail to the desk has no commands: all of its lines are text (E39).
        as_written=bool(facts.commands),
        repeats=True,
    )


def fresh(facts: Facts) -> Decision:
    """Anything else from a person opens an activity, linked to what it answers."""
    if facts.desk is None:
        return Hold(
            cause="no_desk",
            reason="its desk is gone from the settings",
            told=Told.NOBODY,
        )
    return Open(
        proof=facts.proof,
        acknowledge=acknowledge(facts),
        follows=facts.thread.activity if facts.thread else None,
        suggests=_suggests(facts),
    )


def _suggests(facts: Facts) -> int | None:
    """The activity that a subject names; who wrote it learns nothing of it (R1)."""
    if facts.thread is not None or facts.elsewhere is None:
        return None
    return facts.elsewhere.thread.activity


def acknowledge(facts: Facts) -> Acknowledge:
    """Say what the writer of an opening mail gets at once (mail-rules section 0)."""
    wish = facts.desk.acknowledge if facts.desk else "off"
    if facts.listens:
        return Acknowledge.NONE
    if wish == "off" or facts.released or not _takes_automatic_mail(facts):
        return Acknowledge.NONE
    if wish == "auto":
        proved = facts.proof >= Proof.BEARER
        return Acknowledge.FULL if proved else Acknowledge.NEUTRAL
    return Acknowledge(wish)


def _takes_automatic_mail(facts: Facts) -> bool:
    if facts.by_machine or facts.sender_is_role or facts.writer.is_staff:
        return False
    # Behind a form stands whom it names in Reply-To; one that names nobody is a robot.
    forms = facts.desk.forms if facts.desk else ()
    return key(facts.sender.address) not in {key(form) for form in forms}


def put(facts: Facts, question: Ask) -> Decision:
    """Ask the writer; but nothing is ever mailed to a From that is called forged."""
    if facts.proof is not Proof.FAILED:
        return question
    return Hold(
        cause="failed_proof",
        reason=f"{question.word} by a sender who may be forged",
        told=Told.OWNER,
    )

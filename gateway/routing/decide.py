"""The rules of the house: facts in, decision out; the first rule that speaks wins.

Each rule is one small function; its first docstring line is what `parlour explain`
says of it. R1, R2 and R4 are the tables of docs/flow.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.routing.decision import (
    Acknowledge,
    Answer,
    Ask,
    Bounced,
    Decision,
    Discard,
    Hold,
    Keep,
    Open,
    Post,
    Settle,
    Told,
    Unsubscribe,
)
from gateway.routing.facts import Bearer, Facts, Standing, Thread, Writer
from gateway.routing.instructions import instructions
from gateway.routing.proof import Proof
from parsers.address import key
from parsers.reply_address import Purpose

_LET_IN = "admit"
_AS_WRITTEN = "post"


def own_letter_back(facts: Facts) -> Decision | None:
    """A letter of ours that came back unchanged is dropped (R4)."""
    if facts.is_own_letter:
        return Discard(reason="a letter of ours came back unchanged")
    return None


def duplicate(facts: Facts) -> Decision | None:
    """The same id, sender and text at the same place is one mail (decisions C27)."""
    if facts.duplicate_of is not None:
        return Discard(reason=f"the same mail as inbound {facts.duplicate_of}")
    return None


def too_many_hops(facts: Facts) -> Decision | None:
    """A mail that went through too many servers runs in a circle (R4)."""
    if facts.hops > facts.limits.received_hops and not facts.released:
        return Hold(
            cause="loop",
            reason=f"{facts.hops} Received headers: a mail loop",
            told=Told.NOBODY,
        )
    return None


def unreadable(facts: Facts) -> Decision | None:
    """A mail that could not be read in time waits for a human."""
    if not facts.readable and not facts.released:
        return Hold(
            cause="unreadable",
            reason="could not be read within the limits",
            told=Told.TEAM,
        )
    return None


def return_path(facts: Facts) -> Decision | None:
    """At a return path, reports count as bounces and notes of machines do not."""
    if facts.purpose is not Purpose.RETURN:
        return None
    if facts.bounce.is_ and facts.delivery is not None:
        return Bounced(delivery=facts.delivery)
    if facts.by_machine:
        return Discard(reason="a machine's note at a return path")
    return Hold(
        cause="return_path",
        reason="a human answered a return path",
        told=Told.OWNER,
    )


def stray_report(facts: Facts) -> Decision | None:
    """A delivery report that did not come to a return path is not ours (B1)."""
    if facts.bounce.is_ and facts.thread is None:
        return Discard(reason="a delivery report for no letter of ours")
    return None


def unsubscribe(facts: Facts) -> Decision | None:
    """Any mail to an unsubscribe address mutes this activity for its reader."""
    if facts.purpose is Purpose.UNSUBSCRIBE and facts.bearer:
        return Unsubscribe(participant=facts.bearer.participant)
    return None


def answer_to_question(facts: Facts) -> Decision | None:
    """The answer to a question of ours releases the mail that waits for it."""
    if facts.purpose is not Purpose.CONFIRM:
        return None
    if facts.by_machine:
        return Discard(reason="a machine answered a question")
    if facts.proof is Proof.FAILED or facts.question is None or facts.bearer is None:
        return Hold(
            cause="stranger",
            reason="an answer to a question that is closed, or from somebody else",
            told=Told.NOBODY,
        )
    if facts.commands:
        return Settle(question=facts.question, answer=f"/{facts.commands[0].word}")
    first = facts.prose.strip().split(maxsplit=1)[:1]
    if first and first[0].strip(".,!").lower() == _AS_WRITTEN:
        return Settle(question=facts.question, answer=_AS_WRITTEN)
    return Hold(
        cause="unclear",
        reason="an answer that is neither a command nor `post`",
        told=Told.NOBODY,
    )


def forged(facts: Facts) -> Decision | None:
    """A From that a trusted server calls forged is held; nothing is sent to it."""
    if facts.proof is Proof.FAILED and not facts.released:
        return Hold(
            cause="failed_proof",
            reason="the sender's domain says that it did not send this (DMARC)",
            told=Told.OWNER,
        )
    return None


def machine_in_thread(facts: Facts) -> Decision | None:
    """Mail of a machine into an activity is kept and told to nobody (C25)."""
    if facts.by_machine and not facts.released and facts.thread:
        return Keep(
            activity=facts.thread.activity,
            reason=facts.automatic.reason or "written by a machine",
        )
    return None


def to_operator(facts: Facts) -> Decision | None:
    """postmaster@ and abuse@ wait for the operator, never acknowledged (B24)."""
    if facts.to_operator:
        return Hold(
            cause="operator", reason="for the operator of this server", told=Told.NOBODY
        )
    return None


def invitation(facts: Facts) -> Decision | None:
    """An answer to an invitation joins, declines, or joins and posts (D31)."""
    bearer = facts.bearer
    if facts.thread is None or bearer is None or not _is_bearer_themselves(facts):
        return None
    if bearer.standing not in {Standing.INVITED, Standing.DECLINED}:
        return None
    answer = facts.answer or _answer_by_command(facts)
    if over := _is_over(facts, facts.thread, bearer, answer):
        return _stranger(over)
    if answer:
        return Answer(participant=bearer.participant, answer=answer)
    return _post(facts, facts.thread, joins=True)


def _answer_by_command(facts: Facts) -> str:
    """What a mail without words says: `/leave` is a no, `/join` or nothing a yes."""
    words = {each.word for each in facts.commands}
    if facts.has_text or words - {"join", "leave"}:
        return ""
    return "no" if "leave" in words else "yes"


def _is_over(facts: Facts, thread: Thread, bearer: Bearer, answer: str) -> str:
    """Why an invitation counts no longer, or not here; empty while it does."""
    if facts.team_lane and not bearer.in_team_lane:
        return "an invitation does not lead into the team lane"
    if facts.released:
        return ""
    if not bearer.is_current and facts.proof is not Proof.VERIFIED:
        return "an invitation that was made anew since"
    if thread.is_resolved and answer not in {"no", "never"}:
        return "an invitation to a case that is closed"
    return ""


def left_before(facts: Facts) -> Decision | None:
    """Who left writes to a closed door; they are told once how to come back (R2)."""
    if facts.thread is None or facts.released:
        return None
    stands = facts.bearer.standing if facts.bearer else facts.writer.standing
    if stands is Standing.LEFT and (facts.bearer or facts.answers_own_id):
        if facts.bearer and _comes_back(facts):
            return _by_own_token(facts, facts.thread, facts.bearer)
        return Hold(
            cause="left",
            reason="somebody who left the activity wrote to it",
            told=Told.OWNER,
            tell_writer_once=facts.bearer is None or _is_bearer_themselves(facts),
        )
    return None


def own_address(facts: Facts) -> Decision | None:
    """A desk's own address speaks for nobody, unless a team token names them (B21)."""
    if not facts.from_own_address or facts.released:
        return None
    if facts.by_machine and not facts.is_form:
        return None
    said = _by_team_token(facts)
    # A question would go to the desk itself, where nobody reads it.
    if said is not None and not isinstance(said, Ask):
        return said
    return Hold(
        cause="own_address",
        reason="from an address of a desk: nobody can tell who wrote it",
        told=Told.TEAM,
    )


def _by_team_token(facts: Facts) -> Decision | None:
    """What is said by whoever of the team the token names."""
    thread, bearer = facts.thread, facts.bearer
    if thread is None or bearer is None or not bearer.standing.takes_part:
        return None
    if not (bearer.in_team_lane and bearer.is_current):
        return None
    author = Writer(
        person=bearer.person,
        standing=bearer.standing,
        participant=bearer.participant,
        is_staff=True,
        in_team_lane=True,
        is_customer=False,
    )
    return _post(replace(facts, writer=author), thread)


def token(facts: Facts) -> Decision | None:
    """The right token posts for its person; from others it proves nothing (R2)."""
    bearer, thread = facts.bearer, facts.thread
    if bearer is None or thread is None:
        return None
    if _is_bearer_themselves(facts):
        return _by_own_token(facts, thread, bearer)
    if _knows_the_thread(facts, Proof.VERIFIED):
        # The invitation of somebody who hears nothing yet must stay good (D31).
        leaked = bearer.participant if bearer.standing.takes_part else None
        return _post(facts, thread, turns_token=leaked)
    if facts.released == _LET_IN and not facts.team_lane:
        return _post(facts, thread, author=None)
    return _stranger("a token that belongs to somebody else")


def _by_own_token(facts: Facts, thread: Thread, bearer: Bearer) -> Decision:
    if facts.team_lane and not bearer.in_team_lane:
        return _stranger("a team token of somebody outside the team lane")
    counts = bearer.is_current or facts.proof is Proof.VERIFIED
    if counts or facts.released == _LET_IN:
        return _post(facts, thread)
    return _stranger("a token that was revoked")


def known_ids(facts: Facts) -> Decision | None:
    """Ids that we know lead a participant back to their activity (R1 rows 4 and 6)."""
    thread = facts.thread
    if thread is None or facts.bearer is not None:
        return None
    if _knows_the_thread(facts, Proof.BEARER):
        return _post(facts, thread)
    if facts.released == _LET_IN and not facts.team_lane:
        return _post(facts, thread, author=None)
    return None


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
    return None


def no_sender(facts: Facts) -> Decision | None:
    """A mail without a From cannot be answered; a human looks at it."""
    if not facts.sender.address:
        return Hold(
            cause="no_sender",
            reason="no readable From address",
            told=Told.NOBODY if facts.by_machine else Told.TEAM,
        )
    return None


def loop_at_desk(facts: Facts) -> Decision | None:
    """Many like openings of one sender collapse into the first, without a word (R4)."""
    activity = facts.same_body_activity
    # Mails of a form are alike, and it gets no answer that could feed a loop (B22).
    if facts.similar_openings >= facts.limits.similar_mails and not facts.is_form:
        activity = facts.similar_activity
    if activity is None:
        return None
    return Keep(activity=activity, reason="the same sender writes the same again")


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


def command_at_desk(facts: Facts) -> Decision | None:
    """A command to the desk alone needs an activity; its writer is asked (E39)."""
    if not facts.writer.is_staff or facts.released == _AS_WRITTEN:
        return None
    asked = instructions(facts)
    if isinstance(asked, Ask):
        return _put(facts, asked)
    if asked:
        return _put(facts, Ask(word=f"/{asked[0].word}", nearest="", refused=True))
    return None


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
        acknowledge=_acknowledge(facts),
        follows=facts.thread.activity if facts.thread else None,
    )


def _acknowledge(facts: Facts) -> Acknowledge:
    wish = facts.desk.acknowledge if facts.desk else "off"
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


def _is_bearer_themselves(facts: Facts) -> bool:
    return facts.bearer is not None and facts.writer.person == facts.bearer.person


def _comes_back(facts: Facts) -> bool:
    """`/join` from the very person who left opens the door again."""
    return (
        _is_bearer_themselves(facts)
        and facts.proof >= Proof.BEARER
        and any(each.word == "join" for each in facts.commands)
    )


def _knows_the_thread(facts: Facts, level: Proof) -> bool:
    """Takes part in it, in the lane of the mail, and is proved well enough."""
    writer = facts.writer
    return (
        facts.proof >= level
        and writer.standing.takes_part
        and (writer.in_team_lane or not facts.team_lane)
    )


def _stranger(reason: str) -> Hold:
    return Hold(cause="stranger", reason=reason, told=Told.OWNER)


def _put(facts: Facts, question: Ask) -> Decision:
    """Ask the writer; but nothing is ever mailed to a From that is called forged."""
    if facts.proof is not Proof.FAILED:
        return question
    return Hold(
        cause="failed_proof",
        reason=f"{question.word} by a sender who may be forged",
        told=Told.OWNER,
    )


def _post(
    facts: Facts,
    thread: Thread,
    *,
    author: int | None = -1,
    joins: bool = False,
    turns_token: int | None = None,
) -> Decision:
    """A post by the writer, once its commands are clear."""
    person = facts.writer.person if author == -1 else author
    if facts.resolved_long_ago and facts.writer.is_customer:
        return Open(
            proof=facts.proof, acknowledge=_acknowledge(facts), follows=thread.activity
        )
    commands = instructions(facts)
    if isinstance(commands, Ask):
        return _put(facts, commands)
    return Post(
        activity=thread.activity,
        author=person,
        team_lane=facts.team_lane or any(each.word == "note" for each in commands),
        proof=facts.proof,
        # A human may let in what nothing proves, but not what it commands.
        commands=commands if facts.proof >= Proof.BEARER else (),
        # Lines that are no commands of this writer are prose (E39).
        as_written=facts.released == _AS_WRITTEN or commands != facts.commands,
        joins=joins,
        turns_token=turns_token,
    )


Rule = Callable[[Facts], Decision | None]

RULES: tuple[Rule, ...] = (
    own_letter_back,
    duplicate,
    too_many_hops,
    unreadable,
    return_path,
    stray_report,
    unsubscribe,
    answer_to_question,
    forged,
    machine_in_thread,
    to_operator,
    no_sender,
    invitation,
    left_before,
    own_address,
    token,
    known_ids,
    machine_at_desk,
    loop_at_desk,
    command_at_desk,
    writes_again,
    fresh,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was asked, and what it said."""

    rule: str
    says: str
    decision: Decision | None


def trace(facts: Facts) -> tuple[Step, ...]:
    """Give every rule asked, in order; the last one decided."""
    steps = []
    for rule in RULES:
        decision = rule(facts)
        says = (rule.__doc__ or "").strip().partition("\n")[0]
        steps.append(Step(rule.__name__, says, decision))
        if decision is not None:
            break
    return tuple(steps)


def decide(facts: Facts) -> tuple[str, Decision]:
    """Give the name of the rule that spoke first, and what it said."""
    last = trace(facts)[-1]
    if last.decision is None:
        raise AssertionError("the last rule always speaks")
    return last.rule, last.decision

"""The rules of the house: facts in, decision out; the first rule that speaks wins.

Each rule is one small function; its first docstring line is what `parlour explain`
says of it. R1, R2 and R4 are the tables of docs/flow.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

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
from gateway.routing.facts import Facts, Standing, Thread
from gateway.routing.instructions import instructions
from gateway.routing.proof import Proof
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
    if facts.hops > facts.limits.received_hops:
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
            # Spam has both marks; what a machine wrote is mailed to nobody (C25).
            told=Told.NOBODY if facts.by_machine else Told.OWNER,
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
    bearer, thread = facts.bearer, facts.thread
    if bearer is None or thread is None or not _is_bearer_themselves(facts):
        return None
    if bearer.standing not in {Standing.INVITED, Standing.DECLINED}:
        return None
    if facts.proof < Proof.BEARER and not facts.released:
        return _stranger("an invitation that was revoked")
    return _answered(facts, thread, bearer.participant)


def _answered(facts: Facts, thread: Thread, participant: int) -> Decision:
    """Take the answer of the invited person, as long as the case is open."""
    if facts.answer in {"no", "never"}:
        return Answer(participant=participant, answer=facts.answer)
    if thread.is_resolved and not facts.released:
        return _stranger("the case of this invitation is closed")
    if facts.answer or not facts.has_text:
        return Answer(participant=participant, answer="yes")
    return _post(facts, thread, joins=True)


def left_before(facts: Facts) -> Decision | None:
    """Who left writes to a closed door; they are told once how to come back (R2)."""
    if facts.thread is None or facts.released:
        return None
    stands = facts.bearer.standing if facts.bearer else facts.writer.standing
    if stands is Standing.LEFT and (facts.bearer or facts.answers_own_id):
        if _comes_back(facts):
            return _post(facts, facts.thread)
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
    bearer = facts.bearer
    if facts.thread and bearer and bearer.in_team_lane and bearer.is_current:
        return _post(facts, facts.thread, author=bearer.person)
    return Hold(
        cause="own_address",
        reason="from an address of a desk: nobody can tell who wrote it",
        told=Told.TEAM,
    )


def token(facts: Facts) -> Decision | None:
    """The right token posts for its person; from others it proves nothing (R2)."""
    bearer, thread = facts.bearer, facts.thread
    if bearer is None or thread is None:
        return None
    if _is_bearer_themselves(facts):
        if bearer.is_current or facts.proof is Proof.VERIFIED:
            return _post(facts, thread)
        return _stranger("a token that was revoked")
    writer = facts.writer
    if (
        facts.proof is Proof.VERIFIED
        and writer.standing.takes_part
        and (writer.in_team_lane or not facts.team_lane)
    ):
        return _post(facts, thread, turns_token=bearer.participant)
    return (
        _vouched(facts, thread)
        or _let_in(facts, thread)
        or _stranger("a token that belongs to somebody else")
    )


def known_ids(facts: Facts) -> Decision | None:
    """Ids that we know lead a participant back to their activity (R1 rows 4 and 6)."""
    thread = facts.thread
    if thread is None or facts.bearer is not None:
        return None
    writer = facts.writer
    knows = facts.proof >= Proof.BEARER and writer.standing.takes_part
    if knows and (writer.in_team_lane or not facts.team_lane):
        return _post(facts, thread)
    return _vouched(facts, thread) or _let_in(facts, thread)


def _let_in(facts: Facts, thread: Thread) -> Decision | None:
    """A stranger whom a human let in for this one mail; never into the team lane."""
    if facts.released == _LET_IN and not facts.team_lane:
        return _post(facts, thread, author=None)
    return None


def _vouched(facts: Facts, thread: Thread) -> Decision | None:
    """Somebody in Cc was invited and answers by another way than the invitation.

    They answer to all, and so with the address of whoever named them (C30).
    """
    writer = facts.writer
    if facts.proof is not Proof.VERIFIED or facts.team_lane:
        return None
    if writer.standing is not Standing.INVITED or writer.participant is None:
        return None
    return _answered(facts, thread, writer.participant)


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
            cause="no_sender", reason="no readable From address", told=Told.TEAM
        )
    return None


def loop_at_desk(facts: Facts) -> Decision | None:
    """Many like openings of one sender collapse into the first, without a word (R4)."""
    activity = facts.same_body_activity
    if facts.similar_openings >= facts.limits.similar_mails:
        activity = facts.similar_activity
    if activity is None:
        return None
    return Keep(activity=activity, reason="the same sender writes the same again")


def writes_again(facts: Facts) -> Decision | None:
    """A customer who writes again on the same matter adds to the first (C26)."""
    if facts.repeat_activity is None or facts.proof is not Proof.VERIFIED:
        return None
    return Post(
        activity=facts.repeat_activity,
        author=facts.writer.person,
        team_lane=False,
        proof=facts.proof,
        # As in a first mail, no line of it is a command (E39).
        as_written=True,
        repeats=True,
    )


def command_at_desk(facts: Facts) -> Decision | None:
    """A command to the desk alone needs an activity; its writer is asked (E39)."""
    if not facts.writer.is_staff or facts.released == _AS_WRITTEN:
        return None
    asked = instructions(facts)
    if isinstance(asked, Ask):
        return asked
    if asked:
        return Ask(word=f"/{asked[0].word}", nearest="", refused=True)
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
    if wish == "off" or facts.released or facts.is_form or facts.writer.is_staff:
        return Acknowledge.NONE
    if wish == "auto":
        proved = facts.proof >= Proof.BEARER
        return Acknowledge.FULL if proved else Acknowledge.NEUTRAL
    return Acknowledge(wish)


def _is_bearer_themselves(facts: Facts) -> bool:
    return facts.bearer is not None and facts.writer.person == facts.bearer.person


def _comes_back(facts: Facts) -> bool:
    """`/join` from the very person who left opens the door again."""
    return _is_bearer_themselves(facts) and any(
        each.word == "join" for each in facts.commands
    )


def _stranger(reason: str) -> Hold:
    return Hold(cause="stranger", reason=reason, told=Told.OWNER)


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
        return commands
    return Post(
        activity=thread.activity,
        author=person,
        team_lane=facts.team_lane or any(each.word == "note" for each in commands),
        proof=facts.proof,
        commands=commands,
        as_written=facts.released == _AS_WRITTEN,
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
    writes_again,
    command_at_desk,
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

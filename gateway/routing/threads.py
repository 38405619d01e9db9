"""Rules for mail that leads to an activity: who may speak there, and as whom."""

from dataclasses import replace

from gateway.routing.asking import Asking
from gateway.routing.decision import (
    Answer,
    Ask,
    Decision,
    Hold,
    Open,
    Post,
    React,
    TellInviter,
    Told,
)
from gateway.routing.facts import Bearer, Facts, Standing, Thread
from gateway.routing.instructions import PRIVATE, instructions
from gateway.routing.openings import acknowledge, put
from gateway.routing.private_question import private_question
from gateway.routing.proof import Proof
from parsers.absence import is_note
from parsers.answer import wants_digest

_LET_IN = "admit"
_NO = frozenset({"no", "never"})
_AS_WRITTEN = "post"


def kept_out(facts: Facts) -> Decision | None:
    """The customer of a case is never let into a private question of it (D36)."""
    if facts.thread is None or facts.writer.person not in facts.thread.kept_out:
        return None
    reason = "from a customer, to a private question about their case"
    return Hold(cause="kept_out", reason=reason, told=Told.OWNER)


def invitation(facts: Facts) -> Decision | None:
    """An answer to an invitation joins, declines, or joins and posts (D31)."""
    bearer = facts.bearer
    if facts.thread is None or bearer is None or not _is_bearer_themselves(facts):
        return None
    if bearer.standing not in {Standing.INVITED, Standing.DECLINED}:
        return None
    answer = _answer(facts)
    if over := _is_over(facts, facts.thread, bearer, answer):
        return _stranger(over)
    if answer:
        return Answer(participant=bearer.participant, answer=answer)
    # It does neither, and nothing is lost if a person wrote it: the inviter reads it.
    if is_note(facts.prose) and not (facts.commands or facts.released):
        return TellInviter(participant=bearer.participant, is_theirs=True)
    return post(facts, facts.thread, joins=True)


def _answer(facts: Facts) -> str:
    """Read yes, digest, no or never; empty for a text that joins and posts."""
    if wants_digest(facts.prose) and not facts.has_attachments:
        return "digest"
    return facts.answer or _answer_by_command(facts)


def _answer_by_command(facts: Facts) -> str:
    """What a mail without words says: `/leave` is a no, `/join` or nothing a yes."""
    words = {each.word for each in facts.commands}
    if facts.has_text or words - {"join", "leave", "digest"}:
        return ""
    if "digest" in words:
        return "digest"
    return "no" if "leave" in words else "yes"


def _is_over(facts: Facts, thread: Thread, bearer: Bearer, answer: str) -> str:
    """Why an invitation counts no longer, or not here; empty while it does."""
    if facts.team_lane and not bearer.in_team_lane:
        return "an invitation does not lead into the team lane"
    if facts.released:
        return ""
    if not bearer.is_current and facts.proof is not Proof.VERIFIED:
        return "an invitation that was made anew since"
    if thread.is_resolved and answer not in _NO:
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


def guest_post(facts: Facts) -> Decision | None:
    """Whom one of us had in Cc answers: that one lets them in, as themselves (R2)."""
    thread, writer = facts.thread, facts.writer
    if thread is None or facts.vouched_by is None or facts.team_lane:
        return None
    if facts.released or facts.proof is not Proof.VERIFIED or facts.listens:
        return None
    if writer.standing is not Standing.NOBODY or not facts.may_ask:
        return None
    return Hold(
        cause="stranger",
        reason="from somebody who stood in Cc of an earlier mail",
        told=Told.OWNER,
        asks=Asking.LET_IN,
        asks_whom=facts.vouched_by,
    )


def token(facts: Facts) -> Decision | None:
    """The right token posts for its person; from others it proves nothing (R2)."""
    bearer, thread = facts.bearer, facts.thread
    if bearer is None or thread is None:
        return None
    if _is_bearer_themselves(facts):
        return _by_own_token(facts, thread, bearer)
    if _knows_the_thread(facts, Proof.VERIFIED):
        # The invitation of somebody who hears nothing yet must stay good (D31).
        leaked = bearer.sealed if bearer.standing.takes_part else None
        return post(facts, thread, turns_token=leaked)
    return (
        _vouched(facts, thread)
        or _let_in(facts, thread)
        or _in_other_hands(facts, bearer)
    )


def _by_own_token(facts: Facts, thread: Thread, bearer: Bearer) -> Decision:
    if facts.team_lane and not bearer.in_team_lane:
        return _stranger("a team token of somebody outside the team lane")
    counts = bearer.is_current or facts.proof is Proof.VERIFIED
    if counts or facts.released == _LET_IN:
        return post(facts, thread)
    return _stranger("a token that was revoked")


def _in_other_hands(facts: Facts, bearer: Bearer) -> Hold:
    """Held, and its owner is asked whether they wrote from another address (B20).

    Nobody is asked of a team address (B23), nor of an address that we know as somebody
    else's, nor by a desk that only listens.
    """
    hold = _stranger("a token that belongs to somebody else")
    may_be_theirs = bearer.is_current and bearer.standing.takes_part
    if facts.team_lane or facts.listens or facts.released or not may_be_theirs:
        return hold
    if facts.writer.person is not None or facts.sender_is_role or facts.is_form:
        return hold
    # Only an answer has an id of ours: what a service sends to an address that it was
    # given has none, and nobody may call its codes their own (T6).
    if not facts.may_ask or not facts.answers_own_id:
        return hold
    return replace(hold, asks=Asking.IS_IT_YOU, asks_whom=bearer.person)


def known_ids(facts: Facts) -> Decision | None:
    """Ids that we know lead a participant back to their activity (R1 rows 4 and 6)."""
    thread = facts.thread
    if thread is None or facts.bearer is not None:
        return None
    if _knows_the_thread(facts, _believed(facts)):
        return post(facts, thread)
    return _vouched(facts, thread) or _let_in(facts, thread)


def _believed(facts: Facts) -> Proof:
    """Say what proof an id needs beside it to lead somebody back.

    The id of a mail sent by hand is known to those who got it, as ours are. And where
    a desk only listens, nobody but the team reads what follows (decision 0020).
    """
    by_customer = facts.answers_by_hand and facts.writer.is_customer
    return Proof.UNPROVED if by_customer or facts.listens else Proof.BEARER


def copy_of_answer(facts: Facts) -> Decision | None:
    """What the customer got from one of the team is no new case, unproved or not."""
    if facts.thread is None or facts.bearer is not None or facts.released:
        return None
    is_theirs = facts.writer.is_staff and facts.reached_customer
    if is_theirs and not facts.listens and facts.proof < Proof.BEARER:
        return Hold(
            cause="unproved",
            reason="an answer of the team, copied to the desk; nothing proves it",
            told=Told.OWNER,
        )
    return None


def overheard(facts: Facts) -> Decision | None:
    """An outsider answers what they got by hand: only the team reads it in the case."""
    thread = facts.thread
    if thread is None or facts.bearer is not None:
        return None
    of_team_lane = facts.team_lane and facts.answers_by_hand
    if of_team_lane or (facts.listens and not facts.team_lane):
        return post(facts, thread, author=None)
    return None


def leaked_id(facts: Facts) -> Decision | None:
    """Where ids stand for tokens, one in other hands is held as a token is (R2)."""
    if facts.thread is None or facts.bearer is not None or facts.released:
        return None
    stands_for_token = facts.desk is not None and facts.desk.reply.is_plain
    if facts.answers_own_id and stands_for_token:
        return _stranger("an id of ours from somebody who does not take part")
    return None


def _let_in(facts: Facts, thread: Thread) -> Decision | None:
    """A stranger whom a human let in for this one mail; never into the team lane."""
    if facts.released == _LET_IN and not facts.team_lane:
        return post(facts, thread, author=None)
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
    answer = _answer(facts)
    if thread.is_resolved and answer not in _NO and not facts.released:
        return _stranger("an invitation to a case that is closed")
    if answer:
        return Answer(participant=writer.participant, answer=answer)
    return post(facts, thread, joins=True)


def _is_bearer_themselves(facts: Facts) -> bool:
    return facts.bearer is not None and facts.writer.person == facts.bearer.person


def _comes_back(facts: Facts) -> bool:
    """`/join` from the very person who left opens the door again."""
    return (
        _is_bearer_themselves(facts)
        and not (facts.bearer and facts.bearer.is_former)
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


def _files_quietly(facts: Facts) -> bool:
    """Whether one of the team sent it elsewhere, and us a blind copy (table R3).

    A token is written to on purpose; at the plain address another name of ours may
    stand in To that we do not know, so there the customer must have got it.
    """
    if not (facts.is_blind and facts.writer.is_staff) or facts.listens:
        return False
    return facts.purpose is not None or facts.reached_customer


def _stranger(reason: str) -> Hold:
    return Hold(cause="stranger", reason=reason, told=Told.OWNER)


def post(
    facts: Facts,
    thread: Thread,
    *,
    author: int | None = -1,
    joins: bool = False,
    turns_token: int | None = None,
) -> Decision:
    """A post by the writer, once its commands are clear."""
    person = facts.writer.person if author == -1 else author
    if reacted := _reaction(facts, thread, person, joins=joins):
        return reacted
    # Pure thanks opens nothing and reopens nothing (decisions F54).
    is_other = (facts.resolved_long_ago or facts.starts_anew) and not facts.is_thanks
    if is_other and facts.writer.is_customer and not facts.team_lane:
        return Open(
            proof=facts.proof, acknowledge=acknowledge(facts), follows=thread.activity
        )
    commands = instructions(facts)
    if isinstance(commands, Hold):
        return commands
    if isinstance(commands, Ask):
        return put(facts, commands)
    if asks := private_question(facts, thread, commands):
        return put(facts, asks) if isinstance(asks, Ask) else asks
    quiet = _files_quietly(facts)
    team_lane = facts.team_lane or facts.writer.is_consulted
    team_lane = team_lane or any(each.word in PRIVATE for each in commands)
    by_team = facts.listens and facts.writer.is_staff
    if by_team and facts.reached_customer:
        team_lane = False
    return Post(
        activity=thread.activity,
        author=person,
        team_lane=team_lane or quiet or (by_team and not facts.reached_customer),
        quiet=quiet,
        only_listens=by_team
        and facts.has_text
        and not (team_lane or facts.reached_customer),
        proof=facts.proof,
        # A human may let in what nothing proves, but not what it commands.
        commands=commands if facts.proof >= Proof.BEARER else (),
        # Lines that are no commands of this writer are prose (E39).
        as_written=facts.released == _AS_WRITTEN or commands != facts.commands,
        joins=joins,
        turns_token=turns_token,
        thanks=facts.is_thanks and not joins,
    )


def _reaction(
    facts: Facts, thread: Thread, person: int | None, *, joins: bool
) -> React | None:
    """A mark on the post that it answers, from somebody who takes part there."""
    if not facts.reaction or facts.answers_post is None or facts.commands or joins:
        return None
    is_writer = person is not None and person == facts.writer.person
    if not (is_writer and facts.writer.standing.takes_part) or facts.listens:
        return None
    if facts.released or facts.proof < Proof.BEARER:
        return None
    return React(
        activity=thread.activity,
        author=person or 0,
        post=facts.answers_post,
        mark=facts.reaction,
        team_lane=facts.team_lane,
        proof=facts.proof,
    )

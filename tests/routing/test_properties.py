"""What no mail can bring about, whatever it is made of.

The people and mails are made up as the gatherer would find them: the proof follows
from what trusted servers say and what came back, and a writer who is the bearer of a
token stands to the case as the token says.
"""

from dataclasses import replace

from hypothesis import event, given, settings
from hypothesis import strategies as st

from gateway.routing.decide import decide, trace
from gateway.routing.decision import (
    Acknowledge,
    Answer,
    Ask,
    Bounced,
    Decision,
    Hold,
    Open,
    Post,
    Settle,
    Show,
)
from gateway.routing.facts import Standing
from gateway.routing.instructions import FOR_THE_TEAM
from gateway.routing.proof import Proof, proof
from parsers.address import Mailbox
from parsers.authentication import Verdict
from parsers.command import KNOWN
from parsers.reply_address import Purpose
from tests.routing.build import (
    CASE,
    OTHER_CASE,
    REPORT,
    ROBOT,
    bearer,
    command,
    desk,
    facts,
    resolved,
    thread,
    writer,
)

RULES = settings(max_examples=80, deadline=None)

MEMBERS = [Standing.TOLD, Standing.INVITED, Standing.JOINED, Standing.DECLINED]
TALKS = [Purpose.EVERYONE, Purpose.TEAM, Purpose.INVITATION]
ACTS = [Purpose.UNSUBSCRIBE, Purpose.CONFIRM, Purpose.RETURN]

flag = st.booleans()
rarely = st.integers(0, 15).map(lambda number: number == 7)
addresses = st.sampled_from(["somebody@example.com", "web@acme.example", ""])
lines = st.sampled_from(["note", "ntoe", "resolve", "mute", "join", "leave", "opt"])
some_commands = st.lists(lines.map(lambda word: command(f"/{word}")), max_size=2).map(
    tuple
)
some_strays = st.lists(
    st.sampled_from(["note", "take"]).map(lambda word: command(f"/{word}")), max_size=1
).map(tuple)


@st.composite
def people(draw):
    """Somebody of the case, or nobody of it: how they stand to it and to the house."""
    standing = draw(st.sampled_from([*MEMBERS, Standing.LEFT]))
    in_lane = draw(flag) and standing is not Standing.INVITED
    return {
        "person": draw(st.integers(1, 4)),
        "standing": standing,
        "in_team_lane": in_lane,
        "is_staff": in_lane or draw(rarely),
        "is_customer": not in_lane and draw(flag),
    }


@st.composite
def writers(draw, in_case):
    if draw(st.integers(0, 3)) == 0:
        return writer(draw(st.sampled_from([None, 8])), is_staff=draw(rarely))
    found = draw(people())
    if not in_case:
        return writer(found["person"], is_staff=found["is_staff"])
    return writer(**found)


@st.composite
def bearers(draw, who):
    """Whom the token names: the writer, or somebody else."""
    if who.standing is not Standing.NOBODY and draw(st.integers(0, 2)):
        found = {
            "person": who.person,
            "standing": who.standing,
            "in_team_lane": who.in_team_lane,
        }
    else:
        other = draw(people())
        found = {
            "person": 20 + other["person"],
            "standing": other["standing"],
            "in_team_lane": other["in_team_lane"],
        }
    return bearer(**found, is_current=draw(st.sampled_from([True, True, False])))


@st.composite
def places(draw):
    """Where a mail leads, and who wrote it there."""
    kind = draw(st.sampled_from(["desk", "ids", "token", "token", "act"]))
    who = draw(writers(in_case=kind != "desk"))
    where = draw(
        st.sampled_from([thread(), thread(), resolved(3), resolved(30)]).map(
            lambda found: replace(found, customer=who.person if who.is_customer else 99)
        )
    )
    found = {"writer": who, "thread": None if kind == "desk" else where}
    if kind == "desk":
        return found | {"to_operator": draw(rarely)}
    if kind == "ids":
        return found | {"answers_own_id": draw(flag), "team_lane": draw(flag)}
    purpose = draw(st.sampled_from(TALKS if kind == "token" else ACTS))
    named = draw(bearers(who))
    found |= {
        "purpose": purpose,
        "bearer": None if purpose is Purpose.RETURN else named,
        "team_lane": purpose is Purpose.TEAM,
        "answers_own_id": draw(flag),
    }
    if purpose is Purpose.RETURN:
        found["delivery"] = draw(st.sampled_from([6, None]))
    if purpose is Purpose.CONFIRM:
        own = named.person == who.person
        found |= {"thread": None, "question": 9 if own and draw(flag) else None}
    return found


def level(verdict, place):
    """The proof as the gatherer finds it."""
    who, named = place["writer"], place.get("bearer")
    if named is not None:
        bears = named.is_current and named.person == who.person
    else:
        bears = place.get("answers_own_id", False) and who.standing.takes_part
    return proof(verdict, bears=bears)


ODD = {
    "is_blocked": True,
    "spam_mark": "x-spam-flag",
    "loop_hops": 5,
    "looping_activity": OTHER_CASE,
    "automatic": ROBOT,
    "bounce": REPORT,
    "null_sender": True,
    "hops": 51,
    "has_attachments": True,
    "readable": False,
    "is_probe": True,
    "is_own_letter": True,
    "from_own_address": True,
    "is_form": True,
    "sender_is_role": True,
    "duplicate_of": 12,
    "similar_openings": 5,
    "same_body_activity": OTHER_CASE,
}
oddities = st.sets(st.sampled_from(sorted(ODD)), max_size=2)


@st.composite
def mails(
    draw, *, released=("", "", "", "post", "admit"), verdicts=tuple(Verdict), **fixed
):
    """Facts of a mail at some place, with up to two things odd about it."""
    place = draw(places())
    found = {
        "sender": Mailbox("", draw(addresses)),
        "proof": level(draw(st.sampled_from(verdicts)), place),
        "commands": draw(some_commands),
        "stray_commands": draw(some_strays),
        "prose": draw(st.sampled_from(["Hello, are you there?", "post", " "])),
        "answer": draw(st.sampled_from(["", "", "yes", "no", "never"])),
        "similar_activity": OTHER_CASE,
        "repeat_activity": draw(st.sampled_from([None, OTHER_CASE])),
        "released": draw(st.sampled_from(released)),
        "desk": draw(desks),
    }
    odd = {name: ODD[name] for name in draw(oddities)}
    mail = facts(**found | odd | place | fixed)
    if mail.writer.person is None:
        # Whoever began a case before is somebody we know.
        return replace(mail, repeat_activity=None)
    return mail


desks = st.none() | st.builds(
    desk,
    acknowledge=st.sampled_from(["auto", "auto", "full", "neutral", "off"]),
    staff_proof=st.sampled_from(["bearer", "verified"]),
    forms=st.sampled_from([(), ("web@acme.example",)]),
)
unreleased = mails(released=("",))


def said(mail) -> Decision:
    rule, decision = decide(mail)
    event(f"{rule}: {type(decision).__name__}")
    return decision


def is_author(mail, decision):
    return decision.author is not None and decision.author == mail.writer.person


@RULES
@given(mails())
def test_decide_always_decides_and_the_trace_ends_with_it(mail):
    rule, decision = decide(mail)
    steps = trace(mail)
    assert (steps[-1].rule, steps[-1].decision) == (rule, decision)
    assert all(step.decision is None for step in steps[:-1])


@RULES
@given(mails(released=("",), automatic=ROBOT))
def test_a_machine_neither_opens_nor_posts_nor_gets_an_answer(mail):
    decision = said(mail)
    assert not isinstance(decision, Post | Ask | Answer)
    if isinstance(decision, Open):
        # The contact forms that a desk lists are machines that people write by.
        assert mail.is_form
        assert decision.acknowledge is Acknowledge.NONE


@RULES
@given(unreleased)
def test_machines_are_known_by_any_one_sign(mail):
    if mail.by_machine and not mail.is_form:
        assert not isinstance(said(mail), Post | Ask | Answer | Open)


@RULES
@given(mails(released=("",), proof=Proof.FAILED))
def test_who_is_forged_neither_posts_nor_opens_nor_hears(mail):
    decision = said(mail)
    assert not isinstance(decision, Post | Open | Ask | Answer)
    if isinstance(decision, Hold):
        assert not decision.tell_writer_once


@RULES
@given(mails(released=("post", "admit"), proof=Proof.FAILED))
def test_what_is_forged_and_let_in_commands_nothing_and_gets_nothing(mail):
    decision = said(mail)
    assert not isinstance(decision, Ask)
    if isinstance(decision, Post):
        assert not decision.commands
    if isinstance(decision, Open):
        assert decision.acknowledge is Acknowledge.NONE


@RULES
@given(mails(proof=Proof.UNPROVED))
def test_nothing_that_is_unproved_is_commanded(mail):
    decision = said(mail)
    if isinstance(decision, Post) and not mail.from_own_address:
        assert not decision.commands


@RULES
@given(mails())
def test_nobody_outside_the_team_lane_posts_into_it(mail):
    decision = said(mail)
    if isinstance(decision, Post) and decision.team_lane:
        by_token_of_the_team = mail.from_own_address and mail.bearer.in_team_lane
        by_note = mail.writer.is_staff and not mail.team_lane
        assert mail.writer.in_team_lane or by_token_of_the_team or by_note


@RULES
@given(mails(team_lane=True))
def test_nothing_leaves_the_team_lane(mail):
    decision = said(mail)
    if isinstance(decision, Post) and mail.thread:
        assert decision.team_lane
        assert decision.activity == CASE


@RULES
@given(unreleased)
def test_a_note_of_whoever_stays_with_the_team_or_is_held(mail):
    decision = said(mail)
    if isinstance(decision, Post) and any(
        each.word == "note" for each in mail.commands
    ):
        # At the desk there is nothing to keep from a customer who writes alone.
        assert decision.team_lane or decision.repeats


@RULES
@given(mails(released=("",), verdicts=(Verdict.NONE, Verdict.WEAK_FAIL)))
def test_who_is_unproved_and_bears_nothing_posts_nowhere(mail):
    if mail.proof is Proof.UNPROVED and not mail.from_own_address:
        assert not isinstance(said(mail), Post | Answer)


@RULES
@given(mails())
def test_a_token_in_other_hands_never_speaks_for_its_owner(mail):
    decision = said(mail)
    named = mail.bearer
    if named is None or named.person == mail.writer.person:
        return
    if isinstance(decision, Answer):
        assert decision.participant != named.participant
    if isinstance(decision, Post) and decision.author == named.person:
        # The one exception: a shared mailbox of ours, where the token alone tells.
        assert mail.from_own_address
        assert named.in_team_lane
        assert named.is_current


@RULES
@given(mails())
def test_a_post_is_by_its_writer_or_by_somebody_let_in(mail):
    decision = said(mail)
    if isinstance(decision, Post) and not mail.from_own_address:
        assert is_author(mail, decision) or mail.released == "admit"
    if isinstance(decision, Post) and decision.turns_token is not None:
        assert mail.proof is Proof.VERIFIED


@RULES
@given(mails(released=("",), is_blocked=True))
def test_a_blocked_sender_reaches_nobody(mail):
    decision = said(mail)
    if not mail.writer.is_staff and mail.purpose is not Purpose.UNSUBSCRIBE:
        assert not isinstance(decision, Open | Post | Answer | Settle | Show)
        assert not isinstance(decision, Ask)


@RULES
@given(mails())
def test_what_a_filter_says_changes_nothing_in_a_case(mail):
    decision = said(mail)
    if isinstance(decision, Post) and mail.thread and not mail.spam_mark:
        assert decide(replace(mail, spam_mark="x-spam-flag"))[1] == decision


unclear = st.sampled_from(
    [
        {"commands": (command("/ntoe"),)},
        {"commands": (command("/note"), command("/opt"))},
        {"stray_commands": (command("/note"),)},
    ]
)


@RULES
@given(unreleased, unclear)
def test_a_slip_of_staff_is_never_posted(mail, slip):
    mail = replace(mail, **slip)
    by_token_of_the_team = mail.bearer is not None and mail.bearer.in_team_lane
    if mail.writer.is_staff or (mail.from_own_address and by_token_of_the_team):
        assert not isinstance(said(mail), Post)


@RULES
@given(mails())
def test_a_full_acknowledgement_needs_proof_or_the_wish_of_the_desk(mail):
    decision = said(mail)
    if isinstance(decision, Open) and decision.acknowledge is Acknowledge.FULL:
        assert mail.proof >= Proof.BEARER or mail.desk.acknowledge == "full"
        assert not mail.by_machine
        assert not mail.sender_is_role
        assert not mail.writer.is_staff


@RULES
@given(mails())
def test_only_a_return_path_counts_as_a_bounce(mail):
    if isinstance(said(mail), Bounced):
        assert mail.purpose is Purpose.RETURN
        assert mail.bounce.is_


@RULES
@given(mails())
def test_only_who_was_invited_joins_by_a_post(mail):
    decision = said(mail)
    if isinstance(decision, Post) and decision.joins:
        assert mail.writer.standing in {Standing.INVITED, Standing.DECLINED}
        assert is_author(mail, decision)


@RULES
@given(unreleased)
def test_who_takes_no_part_posts_only_what_joins_them(mail):
    decision = said(mail)
    if not isinstance(decision, Post) or decision.repeats or mail.from_own_address:
        return
    comes_back = any(each.word == "join" for each in decision.commands)
    assert mail.writer.standing.takes_part or decision.joins or comes_back


@RULES
@given(mails())
def test_a_letter_of_ours_and_a_mail_come_twice_are_dropped(mail):
    if mail.is_probe or mail.is_own_letter or mail.duplicate_of is not None:
        assert type(said(mail)).__name__ == "Discard"


def test_the_commands_tried_here_are_those_of_the_house():
    assert {"note", "resolve", "mute", "join", "leave", "take"} < FOR_THE_TEAM
    assert not {"ntoe", "opt"} & KNOWN

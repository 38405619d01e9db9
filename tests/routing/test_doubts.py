"""Who is asked about a mail in doubt, and what its commands need; pure (0029)."""

import pytest

from gateway.routing import at_desk
from gateway.routing.asking import ANSWERS, NO, YES, Asking, answer_to, decides
from gateway.routing.decision import Ask, Hold, Open, Order, Post, Told
from gateway.routing.facts import Elsewhere, Standing
from gateway.routing.proof import Proof
from tests.routing.build import (
    ANA_WRITES,
    BO,
    BO_WRITES,
    CARLA,
    CARLA_WRITES,
    CASE,
    GUS,
    OTHER_CASE,
    bearer,
    by_id,
    by_team_token,
    by_token,
    commands,
    desk,
    facts,
    outcome,
    resolved,
    rows,
    thread,
    writer,
)
from tests.routing.build import (
    at_desk as to_desk,
)

OPEN_CASE = Elsewhere(
    thread=thread(activity=OTHER_CASE), writer=CARLA_WRITES, team_lane=False
)
TAGGED = Elsewhere(thread=thread(), writer=CARLA_WRITES, team_lane=False)
STRANGER = writer()


def with_her_token(**changes):
    """A stranger with Carla's reply address."""
    plain = {
        "writer": STRANGER,
        "bearer": bearer(CARLA),
        "proof": Proof.UNPROVED,
        "answers_own_id": True,
    }
    return by_token(CARLA_WRITES, **plain | changes)


ASKS_HER = {"asks": Asking.IS_IT_YOU, "asks_whom": CARLA, "told": Told.OWNER}
ASKS_NOBODY = {"asks": None, "told": Told.OWNER}


@rows(
    [
        ("B20: asked", with_her_token(), "token", Hold, ASKS_HER),
        (
            "B20: not again",
            with_her_token(may_ask=False),
            "token",
            Hold,
            ASKS_NOBODY,
        ),
        (
            "B20: not about somebody else's address",
            with_her_token(writer=writer(GUS)),
            "token",
            Hold,
            ASKS_NOBODY,
        ),
        (
            "B20: not about a robot's",
            with_her_token(sender_is_role=True),
            "token",
            Hold,
            ASKS_NOBODY,
        ),
        (
            "B20: not whom a desk that listens may not write to",
            with_her_token(desk=desk(mode="listen")),
            "token",
            Hold,
            ASKS_NOBODY,
        ),
        (
            "B20: not for a token that was turned",
            with_her_token(bearer=bearer(CARLA, is_current=False)),
            "token",
            Hold,
            ASKS_NOBODY,
        ),
        (
            "B23: not at a team address",
            with_her_token(team_lane=True, bearer=bearer(BO, in_team_lane=True)),
            "token",
            Hold,
            ASKS_NOBODY,
        ),
        (
            "R2: whom a participant had in Cc",
            with_her_token(vouched_by=CARLA, proof=Proof.VERIFIED),
            "guest_post",
            Hold,
            {"asks": Asking.LET_IN, "asks_whom": CARLA},
        ),
        (
            "R2: but not unproved",
            with_her_token(vouched_by=CARLA),
            "token",
            Hold,
            ASKS_HER,
        ),
        (
            "R1 row 5: closed and open",
            by_token(CARLA_WRITES, thread=resolved(3), elsewhere=OPEN_CASE),
            "closed_token",
            Hold,
            {"asks": Asking.WHICH_CASE},
        ),
        (
            "R1 row 5: there",
            by_token(
                CARLA_WRITES,
                thread=resolved(3),
                elsewhere=OPEN_CASE,
                released="there",
            ),
            "closed_token",
            Post,
            {"activity": OTHER_CASE},
        ),
        (
            "R1 row 5: here",
            by_token(
                CARLA_WRITES, thread=resolved(3), elsewhere=OPEN_CASE, released="here"
            ),
            "token",
            Post,
            {"activity": CASE},
        ),
        (
            "R1 row 5: not where the writer may not write",
            by_token(
                CARLA_WRITES,
                thread=resolved(3),
                elsewhere=Elsewhere(
                    thread=thread(activity=OTHER_CASE),
                    writer=writer(CARLA),
                    team_lane=False,
                ),
            ),
            "token",
            Post,
            {"activity": CASE},
        ),
        (
            "R1 row 7: verified",
            to_desk(CARLA_WRITES, elsewhere=TAGGED, proof=Proof.VERIFIED),
            "tagged",
            Post,
            {"activity": CASE, "team_lane": False},
        ),
        (
            "R1 row 7: unproved",
            to_desk(CARLA_WRITES, elsewhere=TAGGED),
            "fresh",
            Open,
            {"suggests": CASE, "follows": None},
        ),
        (
            "R3: a blind copy of the team",
            by_token(ANA_WRITES, is_blind=True),
            "token",
            Post,
            {"quiet": True, "team_lane": True},
        ),
        (
            "R3: a blind copy of anybody else",
            by_token(CARLA_WRITES, is_blind=True),
            "token",
            Post,
            {"quiet": False, "team_lane": False},
        ),
        (
            "R3: at the plain address the customer must have it",
            by_id(ANA_WRITES, is_blind=True),
            "known_ids",
            Post,
            {"quiet": False, "team_lane": False},
        ),
        (
            "0029: a command by an id that everybody knows",
            by_id(ANA_WRITES, commands=commands("/resolve")),
            "known_ids",
            Hold,
            {"asks": Asking.CONFIRM_COMMAND, "told": Told.NOBODY},
        ),
        (
            "0029: asked too often",
            by_id(ANA_WRITES, commands=commands("/resolve"), may_confirm=False),
            "known_ids",
            Hold,
            {"asks": None, "told": Told.OWNER},
        ),
        (
            "0029: confirmed",
            by_id(ANA_WRITES, commands=commands("/resolve"), released="yes"),
            "known_ids",
            Post,
            {"commands": commands("/resolve")},
        ),
        (
            "0029: on oneself",
            by_id(ANA_WRITES, commands=commands("/mute")),
            "known_ids",
            Post,
            {"commands": commands("/mute")},
        ),
        (
            "0029: a note stays in the team anyway",
            by_id(ANA_WRITES, commands=commands("/note")),
            "known_ids",
            Post,
            {"team_lane": True},
        ),
        (
            "0029: by an id that only the team has",
            by_id(ANA_WRITES, commands=commands("/resolve"), team_lane=True),
            "known_ids",
            Post,
            {"commands": commands("/resolve")},
        ),
        (
            "0029: by a reply address",
            by_team_token(ANA_WRITES, commands=commands("/resolve")),
            "token",
            Post,
            {"commands": commands("/resolve")},
        ),
        (
            "B18: what reads",
            to_desk(BO_WRITES, commands=commands("/help"), prose=""),
            "command_at_desk",
            Order,
            {"commands": commands("/help")},
        ),
        (
            "B18: what reads, above a text that would be lost",
            to_desk(BO_WRITES, commands=commands("/help")),
            "command_at_desk",
            Ask,
            {"refused": True},
        ),
        (
            "B18: what needs a case",
            to_desk(BO_WRITES, commands=commands("/take"), prose=""),
            "command_at_desk",
            Ask,
            {"refused": True},
        ),
        (
            "B21: the team is asked",
            facts(from_own_address=True),
            "own_address",
            Hold,
            {"asks": Asking.WHO_WROTE, "told": Told.TEAM},
        ),
        (
            "B21: claimed, in the lane of what it answers",
            by_id(BO_WRITES, from_own_address=True, released="mine", team_lane=True),
            "own_address",
            Post,
            {"author": BO, "team_lane": True},
        ),
        (
            "B21: claimed by somebody who left",
            by_id(
                writer(BO, Standing.LEFT, is_staff=True),
                from_own_address=True,
                released="mine",
            ),
            "fresh",
            Open,
            {},
        ),
        (
            "B22: an unlisted form",
            facts(maybe_form=True),
            "unlisted_form",
            Hold,
            {"asks": Asking.FORM},
        ),
        (
            "B22: a listed one",
            facts(maybe_form=True, is_form=True),
            "fresh",
            Open,
            {},
        ),
    ]
)
def test_what_follows_from_a_doubt(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)


@pytest.mark.parametrize(
    ("proof", "released", "kind"),
    [
        (Proof.VERIFIED, "", Order),
        (Proof.BEARER, "", Order),
        (Proof.UNPROVED, "", Hold),
        (Proof.UNPROVED, "yes", Order),
        (Proof.FAILED, "yes", Hold),
    ],
)
def test_what_acts_at_a_desk_needs_proof_or_a_yes(monkeypatch, proof, released, kind):
    monkeypatch.setitem(at_desk.AT_THE_DESK, "reindex", at_desk.Effect.ACTS)
    given = to_desk(
        ANA_WRITES, commands=commands("/reindex"), proof=proof, released=released
    )
    assert outcome(given, {})[:2] == ("command_at_desk", kind)


def test_a_desk_may_want_what_acts_verified(monkeypatch):
    monkeypatch.setitem(at_desk.AT_THE_DESK, "reindex", at_desk.Effect.ACTS)
    given = to_desk(
        ANA_WRITES,
        commands=commands("/reindex"),
        proof=Proof.BEARER,
        desk=desk(staff_proof="verified"),
    )
    assert outcome(given, {})[:2] == ("command_at_desk", Ask)


def test_a_no_of_an_outsider_leaves_the_mail_to_the_house():
    assert not decides(Asking.IS_IT_YOU, NO)
    assert not decides(Asking.LET_IN, NO)
    assert decides(Asking.IS_IT_YOU, YES)
    assert decides(Asking.CONFIRM_COMMAND, NO)
    assert not decides(Asking.FORM, "")


@pytest.mark.parametrize(
    ("asking", "text", "meant"),
    [
        (Asking.IS_IT_YOU, "Yes, that is me.", "yes"),
        (Asking.IS_IT_YOU, "Nein, das bin ich nicht.", "no"),
        (Asking.IS_IT_YOU, "Yes, but why do you ask?", ""),
        (Asking.WHO_WROTE, "Mine.", "mine"),
        (Asking.WHICH_CASE, "/open", "open"),
    ],
)
def test_the_first_clause_answers(asking, text, meant):
    first = [each for each in (text,) if each.startswith("/")]
    said = answer_to(asking, commands(*first), "" if first else text, "")
    assert said == meant
    assert meant in {"", *ANSWERS[asking]}

"""In which lane may a post stand? What is checked of each (decisions E40 to E42)."""

from dataclasses import replace

import pytest

from gateway.routing.asking import Asking
from gateway.routing.decide import decide, trace
from gateway.routing.decision import Confirm, Hold, Post
from gateway.routing.proof import Proof
from tests.routing.build import (
    ANA_WRITES,
    BO_WRITES,
    CARLA_WRITES,
    CASE,
    GUS_WRITES,
    by_id,
    by_team_token,
    by_token,
    commands,
    desk,
    facts,
    outcome,
    rows,
)

LINES = ("She threatened to cancel.",)
BOTH = frozenset({Asking.TEAM_TEXT, Asking.COLLISION})


@rows(
    [
        (
            "E40: by one of the team, who is asked",
            by_token(ANA_WRITES, team_text=LINES),
            "team_text",
            Confirm,
            {"asking": Asking.TEAM_TEXT, "of_writer": True, "activity": CASE},
        ),
        (
            "E40: by the customer, who must not learn it",
            by_token(CARLA_WRITES, team_text=LINES),
            "team_text",
            Confirm,
            {"of_writer": False},
        ),
        (
            "E40: by a guest",
            by_token(GUS_WRITES, team_text=LINES),
            "team_text",
            Confirm,
            {"of_writer": False},
        ),
        (
            "E40: by an id alone",
            by_id(ANA_WRITES, team_text=LINES),
            "team_text",
            Confirm,
            {"of_writer": True},
        ),
        (
            "E40: let in though nothing proves that it is one of the team",
            by_token(
                ANA_WRITES, team_text=LINES, proof=Proof.UNPROVED, released="admit"
            ),
            "team_text",
            Confirm,
            {"of_writer": False},
        ),
        (
            "E40: `post` of a misspelt command says nothing of it",
            by_token(ANA_WRITES, team_text=LINES, released="post"),
            "team_text",
            Confirm,
            {},
        ),
        (
            "E40: a second mail of a verified customer",
            facts(
                writer=CARLA_WRITES,
                proof=Proof.VERIFIED,
                repeat_activity=CASE,
                team_text=LINES,
            ),
            "team_text",
            Confirm,
            {"activity": CASE, "of_writer": False},
        ),
        (
            "E40: somebody said `send`",
            by_token(ANA_WRITES, team_text=LINES, passed=BOTH),
            "token",
            Post,
            {"team_lane": False},
        ),
        (
            "E40: somebody said `note`",
            by_token(ANA_WRITES, team_text=LINES, as_note=True),
            "meant_as_note",
            Post,
            {"team_lane": True},
        ),
        (
            "E40: a note may quote notes",
            by_token(ANA_WRITES, team_text=LINES, commands=commands("/note")),
            "token",
            Post,
            {"team_lane": True},
        ),
        (
            "E42: an answer to an older copy",
            by_token(BO_WRITES, newer_answers=(90,)),
            "collision",
            Confirm,
            {"asking": Asking.COLLISION, "of_writer": True},
        ),
        (
            "E42: a command alone answers nobody",
            by_token(
                BO_WRITES, newer_answers=(90,), prose="", commands=commands("/take")
            ),
            "token",
            Post,
            {},
        ),
        (
            "E42: somebody said `send`",
            by_token(BO_WRITES, newer_answers=(90,), passed=BOTH),
            "token",
            Post,
            {"team_lane": False},
        ),
        (
            "E42: `send` to the one question is no answer to the other",
            by_token(
                BO_WRITES,
                newer_answers=(90,),
                team_text=LINES,
                passed=frozenset({Asking.TEAM_TEXT}),
            ),
            "collision",
            Confirm,
            {},
        ),
        (
            "E42: the desk does without",
            by_token(BO_WRITES, newer_answers=(90,), desk=desk(collision_hold=False)),
            "token",
            Post,
            {},
        ),
        (
            "E41: a note that greets the customer, who waits",
            by_team_token(ANA_WRITES, greets_customer=True),
            "greets_customer",
            Post,
            {"team_lane": True, "offers": True},
        ),
        (
            "E41: called a note, it is one",
            by_team_token(ANA_WRITES, greets_customer=True, commands=commands("/note")),
            "token",
            Post,
            {"team_lane": True, "offers": False},
        ),
    ]
)
def test_what_is_checked_of_a_post(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)


@pytest.mark.parametrize("who", [ANA_WRITES, CARLA_WRITES])
def test_where_the_desk_only_listens_nobody_gets_it_anyway(who):
    listening = desk(mode="listen")
    given = by_token(
        who, desk=listening, team_text=LINES, newer_answers=(90,), greets_customer=True
    )
    assert isinstance(decide(given)[1], Post)


def test_what_is_no_post_is_not_checked():
    given = replace(by_token(ANA_WRITES), proof=Proof.FAILED, team_text=LINES)
    assert isinstance(decide(given)[1], Hold)


def test_the_trace_names_the_rule_and_the_check():
    steps = trace(by_token(ANA_WRITES, team_text=LINES))
    assert [step.rule for step in steps[-2:]] == ["token", "team_text"]
    assert steps[-1].says.endswith("(E40).")

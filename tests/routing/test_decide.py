"""What no table of the mail rules names, and the order of the rules."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.routing.decide import RULES, decide, trace
from gateway.routing.decision import (
    Ask,
    Discard,
    Hold,
    Open,
    Post,
    Told,
)
from gateway.routing.proof import Proof
from parsers.address import Mailbox
from tests.routing.build import (
    ANA_WRITES,
    CARLA_WRITES,
    GUS_WRITES,
    OTHER_CASE,
    at_desk,
    by_token,
    commands,
    facts,
    outcome,
    resolved,
    rows,
)

VERIFIED, FAILED = Proof.VERIFIED, Proof.FAILED


@rows(
    [
        (
            "the same mail once more",
            by_token(CARLA_WRITES, duplicate_of=12),
            "duplicate",
            Discard,
            {"reason": "the same mail as inbound 12"},
        ),
        (
            "unreadable",
            facts(readable=False),
            "unreadable",
            Hold,
            {"cause": "unreadable", "told": Told.TEAM},
        ),
        (
            "unreadable, and a human lets it in",
            facts(readable=False, released="admit"),
            "fresh",
            Open,
            {},
        ),
        (
            "too large to be fetched",
            facts(oversize=41_000_000),
            "oversize",
            Hold,
            {"cause": "oversize", "told": Told.TEAM},
        ),
        (
            "too large to be fetched, and a human lets it in",
            facts(oversize=41_000_000, released="admit"),
            "fresh",
            Open,
            {},
        ),
        (
            "no From",
            facts(sender=Mailbox("", "")),
            "no_sender",
            Hold,
            {"cause": "no_sender", "told": Told.TEAM},
        ),
        (
            "a command of staff to the desk alone",
            at_desk(ANA_WRITES, commands=commands("/resolve")),
            "command_at_desk",
            Ask,
            {"word": "/resolve", "refused": True},
        ),
        (
            "a slip of staff to the desk alone",
            at_desk(ANA_WRITES, commands=commands("/ntoe")),
            "command_at_desk",
            Ask,
            {"word": "/ntoe", "nearest": "/note", "refused": False},
        ),
        (
            "a slip of staff who write again on the same matter",
            at_desk(
                ANA_WRITES,
                commands=commands("/ntoe"),
                proof=VERIFIED,
                repeat_activity=OTHER_CASE,
            ),
            "command_at_desk",
            Ask,
            {"word": "/ntoe"},
        ),
        (
            "a slip of staff, forged and let in: nobody is asked",
            at_desk(
                ANA_WRITES, commands=commands("/ntoe"), proof=FAILED, released="admit"
            ),
            "command_at_desk",
            Hold,
            {"cause": "failed_proof"},
        ),
        (
            "a command to the desk, forged and let in: nobody is asked",
            at_desk(
                ANA_WRITES, commands=commands("/note"), proof=FAILED, released="admit"
            ),
            "command_at_desk",
            Hold,
            {"cause": "failed_proof"},
        ),
        (
            "a slip of staff, and they said post",
            at_desk(ANA_WRITES, commands=commands("/ntoe"), released="post"),
            "fresh",
            Open,
            {},
        ),
        (
            "the first mail of a customer has no commands",
            facts(commands=commands("/note the box was open")),
            "fresh",
            Open,
            {},
        ),
        (
            "a customer's /note in a case",
            by_token(CARLA_WRITES, commands=commands("/note for you alone")),
            "token",
            Ask,
            {"word": "/note for you alone", "refused": True},
        ),
        (
            "a customer's other slashes are prose, and none of it is lost",
            by_token(CARLA_WRITES, commands=commands("/opt is full", "/mute")),
            "token",
            Post,
            {"commands": commands("/mute"), "as_written": True},
        ),
        (
            "a note of the team by a token of the everyone lane",
            by_token(ANA_WRITES, commands=commands("/note")),
            "token",
            Post,
            {"team_lane": True},
        ),
        (
            "a slip above a secret",
            by_token(ANA_WRITES, commands=commands("/ntoe")),
            "token",
            Ask,
            {"word": "/ntoe", "nearest": "/note", "refused": False},
        ),
        (
            "a note under a greeting",
            by_token(ANA_WRITES, stray_commands=commands("/note")),
            "token",
            Ask,
            {"word": "/note", "nearest": "/note"},
        ),
        (
            "a note under a greeting, and they said post",
            by_token(ANA_WRITES, stray_commands=commands("/note"), released="post"),
            "token",
            Post,
            {"team_lane": False, "commands": (), "as_written": True},
        ),
    ]
)
def test_other_rules(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)


def test_every_rule_says_what_it_does_in_one_line():
    for rule in RULES:
        first, _, rest = rule.__doc__.partition("\n")
        assert first.endswith(".")
        assert not rest.strip()


def test_the_trace_ends_with_the_rule_that_spoke():
    steps = trace(by_token(GUS_WRITES))
    assert [step.rule for step in steps] == [
        rule.__name__ for rule in RULES[: len(steps)]
    ]
    assert [step.decision is None for step in steps] == [True] * (len(steps) - 1) + [
        False
    ]
    assert steps[-1].rule == "token"
    assert steps[-1].says.startswith("The right token posts for its person")


def test_a_rule_that_never_speaks_at_the_end_is_a_fault(monkeypatch):
    monkeypatch.setattr("gateway.routing.decide.RULES", RULES[:1])
    with pytest.raises(AssertionError, match="last rule"):
        decide(facts())


def test_an_unresolved_case_is_not_closed_for_long():
    assert not facts().resolved_long_ago
    assert not by_token(CARLA_WRITES).resolved_long_ago
    given = by_token(CARLA_WRITES, thread=resolved(14))
    assert not given.resolved_long_ago
    later = replace(given, now=given.now + timedelta(seconds=1))
    assert later.resolved_long_ago

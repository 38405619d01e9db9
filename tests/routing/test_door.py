"""Which answers fit a mail at the door, and what a person's word then does (E48)."""

import pytest

from gateway.routing.asking import Asking, answer_to
from gateway.routing.decide import decide
from gateway.routing.decision import Discard, Hold, Open, OpenFor
from gateway.routing.door import answers
from gateway.routing.facts import Standing
from gateway.routing.proof import Proof
from parsers.address import Mailbox
from parsers.reply_address import Purpose
from tests.routing.build import (
    ANA_WRITES,
    CARLA,
    CARLA_WRITES,
    GUS,
    GUS_WRITES,
    at_desk,
    bearer,
    by_token,
    commands,
    facts,
    writer,
)

STRANGER = writer()
AT_DOOR = by_token(STRANGER, bearer=bearer(CARLA), proof=Proof.UNPROVED)


@pytest.mark.parametrize(
    ("given", "cause", "expected"),
    [
        (AT_DOOR, "stranger", ("admit", "admit once", "refuse", "spam")),
        (
            by_token(writer(GUS, Standing.LEFT)),
            "left",
            ("admit", "admit once", "refuse"),
        ),
        (by_token(GUS_WRITES), "stranger", ("admit once", "refuse")),
        (by_token(STRANGER, team_lane=True), "stranger", ("refuse", "spam")),
        (by_token(CARLA_WRITES, team_lane=True), "stranger", ("refuse",)),
        (
            by_token(CARLA_WRITES, proof=Proof.FAILED),
            "failed_proof",
            ("admit once", "refuse"),
        ),
        (facts(proof=Proof.FAILED), "failed_proof", ("open", "refuse")),
        (facts(), "stranger", ("open", "refuse", "spam")),
        (facts(oversize=31_000_000), "oversize", ("refuse",)),
        (facts(readable=False), "unreadable", ("refuse",)),
        (facts(sender=Mailbox("", "")), "no_sender", ("refuse",)),
        (
            by_token(ANA_WRITES, from_own_address=True),
            "own_address",
            ("admit once", "refuse"),
        ),
        (facts(from_own_address=True), "own_address", ("open", "refuse")),
    ],
)
def test_answers_fit_the_cause(given, cause, expected):
    assert answers(given, cause) == expected


@pytest.mark.parametrize(
    ("said", "offered", "meant"),
    [
        ("admit", ("admit", "refuse"), "admit"),
        ("Admit once.", ("admit", "admit once"), "admit once"),
        ("admit", ("admit once", "refuse"), ""),
        ("spam", ("admit once", "refuse"), ""),
        ("open", ("open", "refuse"), "open"),
    ],
)
def test_only_what_was_offered_is_an_answer(said, offered, meant):
    assert answer_to(Asking.ADMIT, (), said, "", offered) == meant
    line = commands(f"/{said.strip('.').lower()}")
    assert answer_to(Asking.ADMIT, line, "", "", offered) == meant


def test_what_waits_at_a_door_opens_no_case_by_another_road():
    rule, decision = decide(facts(held_twin=7, waits_in_case=True))
    assert (rule, type(decision)) == ("twin_of_held", Discard)
    # Held without a case, it may be let go by a better road.
    rule, decision = decide(facts(held_twin=7, waits_in_case=False))
    assert (rule, type(decision)) == ("fresh", Open)


def test_a_word_makes_a_case_of_what_was_held():
    for given in (
        facts(released="open", proof=Proof.FAILED),
        facts(released="open", purpose=Purpose.CONFIRM),
    ):
        rule, decision = decide(given)
        assert (rule, type(decision)) == ("opens_by_word", Open)
    rule, decision = decide(facts(released="open", desk=None))
    assert isinstance(decision, Hold)


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (at_desk(ANA_WRITES, forwards=Mailbox("Dan", "dan@toro.example")), "forward"),
        (
            by_token(ANA_WRITES, forwards=Mailbox("Dan", "dan@toro.example")),
            "token",
        ),
        (
            at_desk(
                ANA_WRITES,
                forwards=Mailbox("Dan", "dan@toro.example"),
                commands=commands("/resolve"),
            ),
            "command_at_desk",
        ),
        (
            at_desk(
                ANA_WRITES,
                forwards=Mailbox("Dan", "dan@toro.example"),
                released="open",
            ),
            "opens_by_word",
        ),
        (at_desk(ANA_WRITES), "fresh"),
    ],
)
def test_a_forward_is_asked_about_at_the_desk_alone(given, rule):
    assert decide(given)[0] == rule


@pytest.mark.parametrize(
    ("proof", "released", "kind"),
    [
        (Proof.UNPROVED, "", "Hold"),
        (Proof.UNPROVED, "yes", "OpenFor"),
        (Proof.VERIFIED, "", "OpenFor"),
        (Proof.FAILED, "", "Hold"),
    ],
)
def test_open_is_done_for_whom_it_is_proved(proof, released, kind):
    given = at_desk(
        ANA_WRITES,
        commands=commands("/open Dan Toro <dan@toro.example> The rows"),
        opens_for=Mailbox("Dan Toro", "dan@toro.example"),
        proof=proof,
        released=released,
    )
    decision = decide(given)[1]
    assert type(decision).__name__ == kind
    if isinstance(decision, OpenFor):
        assert decision.subject == "The rows"
        assert not decision.only_note

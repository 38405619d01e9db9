"""Mail from a folder of sent mail, and what a desk that only listens makes of mail."""

from dataclasses import replace

import pytest

from gateway.routing.by_hand import named
from gateway.routing.decision import (
    Acknowledge,
    Ask,
    ByHand,
    Discard,
    Hold,
    Open,
    Post,
)
from gateway.routing.proof import Proof
from parsers.address import Mailbox
from tests.routing.build import (
    ANA_WRITES,
    CARLA_WRITES,
    CASE,
    PERSON,
    REPORT,
    ROBOT,
    at_desk,
    by_foreign_id,
    by_team_token,
    by_token,
    commands,
    desk,
    facts,
    outcome,
    rows,
    thread,
    writer,
)

ANA = Mailbox("Ana Ruiz", "ana@acme.example")
BO = Mailbox("Bo Berg", "bo@acme.example")
TEAM = desk(name="Acme Support", team=(ANA, BO))
LISTENS = replace(TEAM, mode="listen")
SHARED = Mailbox("", TEAM.address)


def sent(who=ANA_WRITES, **changes):
    """An answer to the customer of a case, found among the sent mail."""
    plain = {
        "by_hand": True,
        "null_sender": True,
        "desk": TEAM,
        "writer": who,
        "sender": ANA,
        "thread": thread(),
        "to_us": False,
        "reached_customer": True,
    }
    return facts(**plain | changes)


def shared(name="", **changes):
    """The same from the desk's own address."""
    plain = {
        "who": writer(),
        "sender": Mailbox(name, TEAM.address),
        "from_own_address": True,
    }
    return sent(**plain | changes)


ANSWER = {"activity": CASE, "is_answer": True, "by_us": True}
NEWS = {"activity": CASE, "is_answer": False}


@rows(
    [
        ("by Ana", sent(), "sent_by_hand", ByHand, {**ANSWER, "author": ANA}),
        (
            "commands are text",
            sent(commands=commands("/etc/x is it", "/note"), stray_commands=()),
            "sent_by_hand",
            ByHand,
            ANSWER,
        ),
        (
            "not to the customer",
            sent(reached_customer=False),
            "sent_by_hand",
            ByHand,
            {**NEWS, "by_us": True},
        ),
        (
            "from the shared mailbox",
            shared(),
            "sent_by_hand",
            ByHand,
            {**ANSWER, "author": None},
        ),
        (
            "with Bo's name",
            shared("Bo Berg"),
            "sent_by_hand",
            ByHand,
            {**ANSWER, "author": BO},
        ),
        (
            "from nobody of ours",
            sent(writer(), sender=Mailbox("Ana Ruiz", "ana@private.example")),
            "sent_by_hand",
            ByHand,
            {**NEWS, "author": None, "by_us": False},
        ),
        (
            "by the customer, who is of the team",
            sent(replace(ANA_WRITES, is_customer=True)),
            "sent_by_hand",
            ByHand,
            NEWS,
        ),
        ("about no case", sent(thread=None), "sent_by_hand", Discard, {}),
        ("a vacation note", sent(automatic=ROBOT), "sent_by_machine", Discard, {}),
        ("a receipt", sent(bounce=REPORT), "sent_by_machine", Discard, {}),
        ("no envelope", sent(automatic=PERSON), "sent_by_hand", ByHand, ANSWER),
        (
            "to a token of ours",
            sent(to_us=True, to_token=True),
            "sent_to_us",
            Discard,
            {},
        ),
        (
            "to the desk alone",
            sent(to_us=True, reached_customer=False),
            "sent_to_us",
            Discard,
            {},
        ),
        ("copied to the desk", sent(to_us=True), "sent_by_hand", ByHand, ANSWER),
        ("our letter", sent(is_own_letter=True), "own_letter_back", Discard, {}),
        ("come before", sent(duplicate_of=7), "duplicate", Discard, {}),
    ]
)
def test_sent_by_hand(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)


@rows(
    [
        (
            "a first mail",
            at_desk(CARLA_WRITES, desk=LISTENS, proof=Proof.VERIFIED),
            "fresh",
            Open,
            {"acknowledge": Acknowledge.NONE},
        ),
        (
            "an answer of the team by an everyone token",
            by_token(ANA_WRITES, desk=LISTENS),
            "token",
            Post,
            {"team_lane": True, "only_listens": True},
        ),
        (
            "one to the team lane",
            by_team_token(ANA_WRITES, desk=LISTENS),
            "token",
            Post,
            {"team_lane": True, "only_listens": False},
        ),
        (
            "one that the customer has",
            by_team_token(
                ANA_WRITES,
                desk=LISTENS,
                reached_customer=True,
                commands=commands("/etc/x"),
            ),
            "token",
            Post,
            {"team_lane": False, "only_listens": False, "as_written": True},
        ),
        (
            "a bare command",
            by_token(ANA_WRITES, desk=LISTENS, prose="", commands=commands("/take")),
            "token",
            Post,
            {"only_listens": False},
        ),
        (
            "an unknown command of the team",
            by_token(ANA_WRITES, desk=LISTENS, commands=commands("/tkae")),
            "token",
            Ask,
            {},
        ),
        (
            "commands of the customer",
            by_token(CARLA_WRITES, desk=LISTENS, commands=commands("/note")),
            "token",
            Post,
            {"team_lane": False, "commands": (), "as_written": True},
        ),
        (
            "an id of the customer's own",
            by_foreign_id(CARLA_WRITES, desk=LISTENS),
            "known_ids",
            Post,
            {"team_lane": False, "proof": Proof.UNPROVED},
        ),
        (
            "an id of the everyone lane from an outsider",
            by_foreign_id(writer(), desk=LISTENS),
            "overheard",
            Post,
            {"author": None, "team_lane": False},
        ),
        (
            "an id of the team lane from an outsider",
            by_foreign_id(writer(), desk=LISTENS, team_lane=True),
            "fresh",
            Open,
            {},
        ),
    ]
)
def test_a_desk_that_listens(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)


@rows(
    [
        (
            "the customer",
            by_foreign_id(CARLA_WRITES, answers_by_hand=True),
            "known_ids",
            Post,
            {"team_lane": False, "proof": Proof.UNPROVED},
        ),
        (
            "somebody whom a forward reached",
            by_foreign_id(writer(), answers_by_hand=True, team_lane=True),
            "overheard",
            Post,
            {"author": None, "team_lane": True},
        ),
        (
            "somebody else who has the id",
            by_foreign_id(writer(), team_lane=True),
            "fresh",
            Open,
            {},
        ),
        (
            "a guest in Cc, unproved",
            by_foreign_id(writer(), answers_by_hand=True),
            "fresh",
            Open,
            {},
        ),
        (
            "one of the team, unproved, who wrote to the customer",
            by_foreign_id(ANA_WRITES, reached_customer=True),
            "copy_of_answer",
            Hold,
            {"cause": "unproved"},
        ),
    ]
)
def test_an_answer_to_a_mail_by_hand(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)


@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("Ana Ruiz", ANA),
        ("ana ruiz", ANA),
        ("Ruiz, Ana (Acme)", ANA),
        ("Ana Ruiz | Acme Support", ANA),
        ("Ana, Acme Support", ANA),
        ("Ana and Bo", None),
        ("Ana Ruiz and Bo Berg", None),
        ("Acme Support", None),
        ("Anabel", None),
        ("", None),
    ],
)
def test_whom_a_display_name_names(name, member):
    assert named(TEAM, name) == member


def test_a_name_that_two_bear_or_the_desk_has_names_nobody():
    twins = replace(TEAM, team=(ANA, Mailbox("Ana Berg", "ab@acme.example")))
    assert named(twins, "Ana") is None
    assert named(twins, "Ana Berg") == twins.team[1]
    clash = replace(TEAM, team=(Mailbox("Acme Jones", "jones@acme.example"), BO))
    assert named(clash, "Acme Support") is None
    bare = replace(TEAM, team=(Mailbox("", "cy@acme.example"), BO))
    assert named(bare, "Cy (Acme)") == bare.team[0]


def test_a_desk_of_one_is_its_member():
    alone = replace(TEAM, team=(ANA,))
    rule, kind, fields = outcome(shared(desk=alone), {"author": ANA})
    assert (rule, kind, fields) == ("sent_by_hand", ByHand, {"author": ANA})

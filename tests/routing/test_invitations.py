"""Answers to invitations (decisions D31)."""

from gateway.routing.decision import (
    Answer,
    Hold,
    Keep,
    Open,
    Post,
    Told,
)
from gateway.routing.facts import Standing
from gateway.routing.proof import Proof
from parsers.reply_address import Purpose
from tests.routing.build import (
    CASE,
    DORA,
    DORA_WRITES,
    ROBOT,
    bearer,
    by_foreign_id,
    by_token,
    commands,
    outcome,
    resolved,
    rows,
    writer,
)

VERIFIED, FAILED = Proof.VERIFIED, Proof.FAILED


def invited(standing=Standing.INVITED, **changes):
    """An answer of Dora to her invitation."""
    dora = writer(DORA, standing)
    return by_token(dora, **{"purpose": Purpose.INVITATION} | changes)


@rows(
    [
        ("yes", invited(answer="yes"), "invitation", Answer, {"answer": "yes"}),
        ("no", invited(answer="no"), "invitation", Answer, {"answer": "no"}),
        (
            "never again",
            invited(answer="never"),
            "invitation",
            Answer,
            {"participant": DORA * 10, "answer": "never"},
        ),
        (
            "any other text joins and posts",
            invited(),
            "invitation",
            Post,
            {"author": DORA, "joins": True, "team_lane": False},
        ),
        (
            "a file alone joins and posts",
            invited(prose=" ", has_attachments=True),
            "invitation",
            Post,
            {"joins": True},
        ),
        (
            "/join",
            invited(prose="", commands=commands("/join")),
            "invitation",
            Answer,
            {"answer": "yes"},
        ),
        (
            "/leave",
            invited(prose="", commands=commands("/leave")),
            "invitation",
            Answer,
            {"answer": "no"},
        ),
        (
            "other commands join and are done",
            invited(prose="", commands=commands("/mute")),
            "invitation",
            Post,
            {"joins": True, "commands": commands("/mute")},
        ),
        (
            "an absence note does neither",
            invited(automatic=ROBOT, answer="yes"),
            "machine_in_thread",
            Keep,
            {},
        ),
        (
            "who declined may think again",
            invited(Standing.DECLINED, answer="yes"),
            "invitation",
            Answer,
            {"answer": "yes"},
        ),
        (
            "the case is closed: it counts no longer",
            invited(thread=resolved(1), answer="yes"),
            "invitation",
            Hold,
            {"cause": "stranger", "told": Told.OWNER},
        ),
        (
            "the case is closed: a no is still a no",
            invited(thread=resolved(1), answer="no"),
            "invitation",
            Answer,
            {"answer": "no"},
        ),
        (
            "the case is closed, and a human lets the answer in",
            invited(thread=resolved(1), released="admit"),
            "invitation",
            Post,
            {"joins": True},
        ),
        (
            "an invitation made anew since, unproved",
            invited(
                bearer=bearer(DORA, Standing.INVITED, is_current=False),
                proof=Proof.UNPROVED,
                answer="no",
            ),
            "invitation",
            Hold,
            {"cause": "stranger"},
        ),
        (
            "an invitation made anew since, verified",
            invited(
                bearer=bearer(DORA, Standing.INVITED, is_current=False),
                proof=VERIFIED,
                answer="yes",
            ),
            "invitation",
            Answer,
            {"answer": "yes"},
        ),
        (
            "by a forwarded letter of the team lane (B23)",
            invited(team_lane=True, released="admit"),
            "invitation",
            Hold,
            {"cause": "stranger", "told": Told.OWNER},
        ),
        (
            "C30: a verified Cc who answers to all has joined",
            by_foreign_id(DORA_WRITES, proof=VERIFIED),
            "known_ids",
            Post,
            {"joins": True},
        ),
        (
            "an invited person whom nothing proves takes no part by others' ids",
            by_foreign_id(DORA_WRITES, proof=Proof.UNPROVED),
            "fresh",
            Open,
            {"follows": CASE},
        ),
    ]
)
def test_answers_to_invitations(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)

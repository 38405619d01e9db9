"""Table R4: machines and loops."""

from gateway.routing.decision import (
    Hold,
    Keep,
    Open,
    Post,
    Show,
    Told,
)
from gateway.routing.proof import Proof
from parsers.address import Mailbox
from tests.routing.build import (
    CARLA,
    CARLA_WRITES,
    CASE,
    OTHER_CASE,
    ROBOT,
    by_token,
    facts,
    outcome,
    rows,
)

VERIFIED, FAILED = Proof.VERIFIED, Proof.FAILED


@rows(
    [
        (
            "no acknowledgement to a machine: held, mailed to nobody (C25)",
            facts(automatic=ROBOT),
            "machine_at_desk",
            Hold,
            {"cause": "machine", "told": Told.NOBODY, "reason": ROBOT.reason},
        ),
        (
            "null return path",
            facts(null_sender=True),
            "machine_at_desk",
            Hold,
            {"told": Told.NOBODY},
        ),
        (
            "no-reply and the like",
            facts(sender_is_role=True),
            "machine_at_desk",
            Hold,
            {"told": Told.NOBODY},
        ),
        (
            "a robot with an address of ours",
            facts(automatic=ROBOT, from_own_address=True),
            "machine_at_desk",
            Hold,
            {"told": Told.NOBODY},
        ),
        (
            "a robot without an address",
            facts(automatic=ROBOT, sender=Mailbox("", "")),
            "no_sender",
            Hold,
            {"told": Told.NOBODY},
        ),
        (
            "a machine in a known case: kept, told to nobody",
            by_token(CARLA_WRITES, automatic=ROBOT),
            "machine_in_thread",
            Keep,
            {"activity": CASE, "reason": ROBOT.reason},
        ),
        (
            "a machine in a known case by its envelope alone",
            by_token(CARLA_WRITES, null_sender=True),
            "machine_in_thread",
            Show,
            {"cause": "machine", "reason": "written by a machine"},
        ),
        (
            "a person lets a machine's mail through",
            by_token(CARLA_WRITES, automatic=ROBOT, released="post"),
            "token",
            Post,
            {"author": CARLA},
        ),
        (
            "four similar openings are still four",
            facts(similar_openings=4, similar_activity=OTHER_CASE),
            "fresh",
            Open,
            {},
        ),
        (
            "similar openings collapse into the first",
            facts(similar_openings=5, similar_activity=OTHER_CASE),
            "loop_at_desk",
            Show,
            {"activity": OTHER_CASE, "cause": "loop"},
        ),
        (
            "the mails of a form are alike (B22)",
            facts(is_form=True, similar_openings=5, similar_activity=OTHER_CASE),
            "fresh",
            Open,
            {},
        ),
        (
            "fifty servers are not too many",
            facts(hops=50),
            "fresh",
            Open,
            {},
        ),
        (
            "fifty-one servers are a circle",
            by_token(CARLA_WRITES, hops=51),
            "too_many_hops",
            Hold,
            {"cause": "loop", "told": Told.NOBODY},
        ),
        (
            "fifty-one servers, and a human lets it in",
            by_token(CARLA_WRITES, hops=51, released="admit"),
            "token",
            Post,
            {},
        ),
        (
            "the same text of the same sender joins without a notice",
            facts(same_body_activity=OTHER_CASE),
            "loop_at_desk",
            Keep,
            {"activity": OTHER_CASE},
        ),
    ]
)
def test_table_r4_loops(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)

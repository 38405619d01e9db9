"""Table R4: machines and loops."""

from gateway.routing.decision import (
    Acknowledge,
    Hold,
    Keep,
    Open,
    Post,
    Show,
    Told,
)
from gateway.routing.proof import Proof
from parsers.address import Mailbox
from parsers.mail import Automatic
from tests.routing.build import (
    ANA_WRITES,
    CARLA,
    CARLA_WRITES,
    CASE,
    OTHER_CASE,
    ROBOT,
    by_token,
    commands,
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
            "what a human may have written is shown, marked or not (R16)",
            by_token(
                CARLA_WRITES,
                automatic=Automatic(is_=True, kind="list", reason="List-Id"),
            ),
            "machine_in_thread",
            Show,
            {"activity": CASE, "cause": "machine", "reason": "List-Id"},
        ),
        (
            "a person makes a case of its own of it",
            by_token(CARLA_WRITES, automatic=ROBOT, released="open"),
            "opens_by_word",
            Open,
            {"follows": CASE, "acknowledge": Acknowledge.NONE},
        ),
        (
            "a blocked sender: held, told to nobody (E50)",
            facts(is_blocked=True),
            "blocked",
            Hold,
            {"cause": "spam", "told": Told.NOBODY},
        ),
        (
            "a blocked sender with a right token",
            by_token(CARLA_WRITES, is_blocked=True),
            "blocked",
            Hold,
            {"cause": "spam", "told": Told.NOBODY},
        ),
        (
            "a blocked sender whom the operator lets in",
            by_token(CARLA_WRITES, is_blocked=True, released="admit"),
            "token",
            Post,
            {},
        ),
        (
            "nobody of the team is ever stopped by a block",
            by_token(ANA_WRITES, is_blocked=True),
            "token",
            Post,
            {},
        ),
        (
            "a server in front calls it spam: no case of it (A13)",
            facts(spam_mark="x-spam-flag", proof=VERIFIED),
            "spam_at_desk",
            Hold,
            {"cause": "spam", "told": Told.NOBODY},
        ),
        (
            "a reply of who takes part is never stopped by that",
            by_token(CARLA_WRITES, spam_mark="x-spam-flag"),
            "token",
            Post,
            {},
        ),
        (
            "nor a second mail of a verified customer",
            facts(
                writer=CARLA_WRITES,
                spam_mark="x-spam",
                proof=VERIFIED,
                repeat_activity=OTHER_CASE,
            ),
            "writes_again",
            Post,
            {"activity": OTHER_CASE},
        ),
        (
            "nor one of the team, once it is proved",
            facts(writer=ANA_WRITES, spam_mark="x-spam", proof=VERIFIED),
            "fresh",
            Open,
            {},
        ),
        (
            "a forged colleague in spam is spam",
            facts(writer=ANA_WRITES, spam_mark="x-spam", commands=commands("/take")),
            "spam_at_desk",
            Hold,
            {},
        ),
        (
            "five letters that caused each other are a loop",
            facts(loop_hops=5),
            "too_many_turns",
            Hold,
            {"cause": "loop", "told": Told.NOBODY},
        ),
        (
            "in a case too, where they are kept",
            by_token(CARLA_WRITES, loop_hops=5),
            "too_many_turns",
            Keep,
            {"activity": CASE},
        ),
        (
            "four are none",
            facts(loop_hops=4),
            "fresh",
            Open,
            {},
        ),
        (
            "a loop stays one for a day",
            facts(writer=CARLA_WRITES, looping_activity=OTHER_CASE),
            "loop_at_desk",
            Show,
            {"activity": OTHER_CASE, "cause": "loop"},
        ),
        (
            "a person says that it is a text, and it is posted where it belongs",
            facts(writer=CARLA_WRITES, looping_activity=OTHER_CASE, released="admit"),
            "loop_at_desk",
            Post,
            {"activity": OTHER_CASE, "author": CARLA},
        ),
        (
            "four similar openings are still four",
            facts(writer=CARLA_WRITES, similar_openings=4, similar_activity=OTHER_CASE),
            "fresh",
            Open,
            {},
        ),
        (
            "similar openings collapse into the first",
            facts(writer=CARLA_WRITES, similar_openings=5, similar_activity=OTHER_CASE),
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

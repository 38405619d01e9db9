"""Table R1: where the evidence of a mail leads."""

from gateway.routing.asking import Asking
from gateway.routing.decision import (
    Bounced,
    Discard,
    Hold,
    Keep,
    Open,
    Post,
    Settle,
    Told,
    Unsubscribe,
)
from gateway.routing.facts import Standing
from gateway.routing.proof import Proof
from parsers.reply_address import Purpose
from tests.routing.build import (
    ANA,
    ANA_WRITES,
    BO,
    BO_WRITES,
    CARLA,
    CARLA_WRITES,
    CASE,
    GUS,
    GUS_WRITES,
    OTHER_CASE,
    REPORT,
    ROBOT,
    at_desk,
    bearer,
    by_foreign_id,
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

VERIFIED, FAILED = Proof.VERIFIED, Proof.FAILED


def at_question(who=ANA_WRITES, **changes):
    """An answer to a question of ours, at its own address."""
    plain = {
        "purpose": Purpose.CONFIRM,
        "writer": who,
        "bearer": bearer(who.person, Standing.NOBODY, participant=0),
        "question": 9,
        "asking": Asking.UNKNOWN_COMMAND,
        "proof": Proof.BEARER,
    }
    return facts(**plain | changes)


def at_return_path(**changes):
    return facts(**{"purpose": Purpose.RETURN, "delivery": 6} | changes)


@rows(
    [
        (
            "row 1: a report at a return path",
            at_return_path(bounce=REPORT, null_sender=True),
            "return_path",
            Bounced,
            {"delivery": 6},
        ),
        (
            "row 1: a report for a letter that is gone",
            at_return_path(bounce=REPORT, delivery=None),
            "return_path",
            Discard,
            {},
        ),
        (
            "row 1: an absence note at a return path",
            at_return_path(automatic=ROBOT, thread=thread()),
            "return_path",
            Discard,
            {},
        ),
        (
            "row 1: a human at a return path",
            at_return_path(thread=thread()),
            "return_path",
            Hold,
            {"cause": "return_path", "told": Told.OWNER},
        ),
        (
            "row 1: a report elsewhere is no bounce (T11)",
            facts(bounce=REPORT, null_sender=True),
            "stray_report",
            Discard,
            {},
        ),
        (
            "row 1: a report into a case is never a post",
            by_token(GUS_WRITES, bounce=REPORT),
            "machine_in_thread",
            Keep,
            {"activity": CASE},
        ),
        (
            "row 2: any mail to an unsubscribe address",
            by_token(GUS_WRITES, purpose=Purpose.UNSUBSCRIBE, automatic=ROBOT),
            "unsubscribe",
            Unsubscribe,
            {"participant": GUS * 10},
        ),
        (
            "row 2: a question answered with a command",
            at_question(commands=commands("/Note now")),
            "answer_to_question",
            Settle,
            {"question": 9, "answer": "/note"},
        ),
        (
            "row 2: a question answered with post",
            at_question(prose=" Post, please\n\nAna"),
            "answer_to_question",
            Settle,
            {"answer": "post"},
        ),
        (
            "row 2: a question answered with other words",
            at_question(prose="posting what?"),
            "answer_to_question",
            Hold,
            {"cause": "unclear", "told": Told.NOBODY, "explains": 9},
        ),
        (
            "row 2: a question answered with other words, by somebody of no team",
            at_question(who=CARLA_WRITES, prose="posting what?"),
            "answer_to_question",
            Hold,
            {"cause": "unclear", "told": Told.TEAM, "explains": 9},
        ),
        (
            "row 2: a question that was settled before",
            at_question(question_settled=True, prose="post"),
            "answer_to_question",
            Settle,
            {"is_late": True},
        ),
        (
            "row 2: an answer that acts on a case, where the desk wants it verified",
            at_question(
                asking=Asking.ADMIT, prose="admit", desk=desk(staff_proof="verified")
            ),
            "answer_to_question",
            Hold,
            {"cause": "unproved"},
        ),
        (
            "row 2: an answer that acts on a case",
            at_question(asking=Asking.ADMIT, prose="Admit once."),
            "answer_to_question",
            Settle,
            {"answer": "admit once"},
        ),
        (
            "row 2: a question answered with nothing",
            at_question(prose="  "),
            "answer_to_question",
            Hold,
            {"cause": "unclear"},
        ),
        (
            "row 2: a question answered by a machine",
            at_question(automatic=ROBOT, commands=commands("/note")),
            "answer_to_question",
            Discard,
            {},
        ),
        (
            "row 2: a question that is closed, or somebody else's",
            at_question(question=None, commands=commands("/note")),
            "answer_to_question",
            Hold,
            {"cause": "stranger"},
        ),
        (
            "row 2: a question answered by a forger",
            at_question(proof=FAILED, commands=commands("/note")),
            "answer_to_question",
            Hold,
            {"cause": "stranger"},
        ),
        (
            "row 2: a question whose row is gone",
            at_question(bearer=None, question=None),
            "answer_to_question",
            Hold,
            {},
        ),
        (
            "row 3: a token of the everyone lane",
            by_token(CARLA_WRITES),
            "token",
            Post,
            {"activity": CASE, "author": CARLA, "team_lane": False},
        ),
        (
            "row 3: a token of the team lane",
            by_team_token(ANA_WRITES),
            "token",
            Post,
            {"author": ANA, "team_lane": True},
        ),
        (
            "row 4: an id of ours",
            by_id(CARLA_WRITES),
            "known_ids",
            Post,
            {"author": CARLA, "team_lane": False, "turns_token": None},
        ),
        (
            "row 4: an id of the team lane keeps its lane (B23)",
            by_id(BO_WRITES, team_lane=True),
            "known_ids",
            Post,
            {"author": BO, "team_lane": True},
        ),
        (
            "row 5: the token wins over ids of another case",
            by_token(CARLA_WRITES, other_threads=2, answers_own_id=True),
            "token",
            Post,
            {"activity": CASE},
        ),
        (
            "row 6: a participant, verified",
            by_foreign_id(GUS_WRITES, proof=VERIFIED),
            "known_ids",
            Post,
            {"author": GUS},
        ),
        (
            "row 6: somebody else opens a linked case",
            by_foreign_id(writer(8), proof=VERIFIED),
            "fresh",
            Open,
            {"follows": CASE},
        ),
        (
            "row 6: somebody outside the team lane with an id of it",
            by_id(GUS_WRITES, team_lane=True),
            "fresh",
            Open,
            {"follows": CASE},
        ),
        (
            "row 6: another case of theirs with this subject does not catch it",
            by_foreign_id(writer(8), proof=VERIFIED, repeat_activity=OTHER_CASE),
            "fresh",
            Open,
            {"follows": CASE},
        ),
        ("row 9: nothing", facts(), "fresh", Open, {"follows": None}),
        (
            "row 9: a verified customer writes again (C26)",
            at_desk(writer(CARLA), proof=VERIFIED, repeat_activity=OTHER_CASE),
            "writes_again",
            Post,
            {"activity": OTHER_CASE, "author": CARLA, "repeats": True},
        ),
        (
            "row 9: what looks like commands in it is text (E39)",
            at_desk(
                writer(CARLA),
                proof=VERIFIED,
                repeat_activity=OTHER_CASE,
                commands=commands("/opt is full"),
            ),
            "writes_again",
            Post,
            {"commands": (), "as_written": True},
        ),
        (
            "row 9: unproved: a case of their own",
            at_desk(writer(CARLA), repeat_activity=OTHER_CASE),
            "fresh",
            Open,
            {},
        ),
        (
            "row 9: a form is never merged by sender and subject (B22)",
            facts(is_form=True, proof=VERIFIED, repeat_activity=OTHER_CASE),
            "fresh",
            Open,
            {},
        ),
        (
            "closed for fourteen days: a reply reopens",
            by_token(CARLA_WRITES, thread=resolved(14)),
            "token",
            Post,
            {"activity": CASE},
        ),
        (
            "closed for longer: a follow-up",
            by_id(CARLA_WRITES, thread=resolved(14.01)),
            "known_ids",
            Open,
            {"follows": CASE},
        ),
        (
            "closed for longer: the team's answer still belongs there",
            by_token(ANA_WRITES, thread=resolved(100)),
            "token",
            Post,
            {"activity": CASE},
        ),
        (
            "the operator's mail (B24)",
            facts(desk=None, to_operator=True),
            "to_operator",
            Hold,
            {"cause": "operator", "told": Told.NOBODY},
        ),
    ]
)
def test_table_r1_where_it_leads(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)

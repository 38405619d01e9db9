"""Section 0 of the mail rules: which proof each act needs."""

from gateway.routing.decision import (
    Acknowledge,
    Ask,
    Hold,
    Open,
    Post,
    Told,
)
from gateway.routing.proof import Proof
from parsers.address import Mailbox
from tests.routing.build import (
    ANA_WRITES,
    CARLA,
    CARLA_WRITES,
    CASE,
    GUS,
    GUS_WRITES,
    ROBOT,
    at_desk,
    bearer,
    by_foreign_id,
    by_token,
    commands,
    desk,
    facts,
    outcome,
    resolved,
    rows,
)

VERIFIED, FAILED = Proof.VERIFIED, Proof.FAILED


@rows(
    [
        ("unproved", facts(), "fresh", Open, {"acknowledge": Acknowledge.NEUTRAL}),
        (
            "bearer",
            by_token(CARLA_WRITES, thread=resolved(20)),
            "token",
            Open,
            {"acknowledge": Acknowledge.FULL, "follows": CASE},
        ),
        (
            "verified",
            facts(proof=VERIFIED),
            "fresh",
            Open,
            {"acknowledge": Acknowledge.FULL},
        ),
        (
            "failed: held for the team, nothing sent",
            facts(proof=FAILED),
            "forged",
            Hold,
            {"cause": "failed_proof", "told": Told.OWNER, "tell_writer_once": False},
        ),
        (
            "a desk says full",
            facts(desk=desk(acknowledge="full")),
            "fresh",
            Open,
            {"acknowledge": Acknowledge.FULL},
        ),
        (
            "a desk says neutral",
            facts(desk=desk(acknowledge="neutral"), proof=VERIFIED),
            "fresh",
            Open,
            {"acknowledge": Acknowledge.NEUTRAL},
        ),
        (
            "a desk says off",
            facts(desk=desk(acknowledge="off"), proof=VERIFIED),
            "fresh",
            Open,
            {"acknowledge": Acknowledge.NONE},
        ),
        (
            "a colleague who asks is a person like any other, but knows the house",
            at_desk(ANA_WRITES, proof=VERIFIED),
            "fresh",
            Open,
            {"acknowledge": Acknowledge.NONE},
        ),
        (
            "a form: its requester is unproved",
            facts(desk=desk(forms=("web@acme.example",)), is_form=True),
            "fresh",
            Open,
            {"acknowledge": Acknowledge.NEUTRAL},
        ),
        (
            "a form that names nobody",
            facts(
                desk=desk(forms=("web@acme.example",)),
                sender=Mailbox("", "WEB@acme.example"),
                is_form=True,
            ),
            "fresh",
            Open,
            {"acknowledge": Acknowledge.NONE},
        ),
        (
            "a form with a mark of machines opens all the same",
            facts(is_form=True, automatic=ROBOT),
            "fresh",
            Open,
            {"acknowledge": Acknowledge.NONE},
        ),
        (
            "what a human let in has been seen: no acknowledgement",
            facts(released="admit", automatic=ROBOT, proof=VERIFIED),
            "fresh",
            Open,
            {"acknowledge": Acknowledge.NONE},
        ),
        (
            "the desk is gone from the settings",
            facts(desk=None),
            "fresh",
            Hold,
            {"cause": "no_desk"},
        ),
        (
            "the desk is gone, the case is closed for long",
            by_token(CARLA_WRITES, thread=resolved(20), desk=None),
            "token",
            Open,
            {"acknowledge": Acknowledge.NONE},
        ),
    ]
)
def test_section_0_who_may_open(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)


@rows(
    [
        ("bearer", by_token(GUS_WRITES), "token", Post, {"author": GUS}),
        ("verified", by_token(GUS_WRITES, proof=VERIFIED), "token", Post, {}),
        (
            "unproved: a case of their own, linked",
            by_foreign_id(GUS_WRITES),
            "fresh",
            Open,
            {"follows": CASE, "acknowledge": Acknowledge.NEUTRAL},
        ),
        (
            "a command on oneself",
            by_token(GUS_WRITES, commands=commands("/mute"), prose=""),
            "token",
            Post,
            {"commands": commands("/mute"), "as_written": False},
        ),
        (
            "a command on oneself, unproved",
            by_foreign_id(GUS_WRITES, commands=commands("/leave")),
            "fresh",
            Open,
            {},
        ),
        (
            "a command on the activity by the team",
            by_token(ANA_WRITES, commands=commands("/resolve")),
            "token",
            Post,
            {"commands": commands("/resolve")},
        ),
        (
            "the desk demands verified: bearer is too little",
            by_token(
                ANA_WRITES,
                desk=desk(staff_proof="verified"),
                commands=commands("/mute", "/resolve"),
            ),
            "token",
            Ask,
            {"word": "/resolve", "refused": True},
        ),
        (
            "the desk demands verified: verified",
            by_token(
                ANA_WRITES,
                desk=desk(staff_proof="verified"),
                commands=commands("/resolve"),
                proof=VERIFIED,
            ),
            "token",
            Post,
            {"commands": commands("/resolve")},
        ),
        (
            "the desk demands verified: a note and oneself need no more",
            by_token(
                ANA_WRITES,
                desk=desk(staff_proof="verified"),
                commands=commands("/note", "/leave"),
            ),
            "token",
            Post,
            {"team_lane": True, "commands": commands("/note", "/leave")},
        ),
        (
            "right token, wrong From",
            by_token(GUS_WRITES, bearer=bearer(CARLA)),
            "token",
            Hold,
            {"cause": "stranger", "told": Told.OWNER},
        ),
        (
            "right token, From of another participant, verified",
            by_token(GUS_WRITES, bearer=bearer(CARLA), proof=VERIFIED),
            "token",
            Post,
            {"author": GUS, "turns_token": CARLA * 10},
        ),
        (
            "failed with a right token",
            by_token(GUS_WRITES, proof=FAILED),
            "forged",
            Hold,
            {"told": Told.OWNER},
        ),
        (
            "failed and let in: its text, none of its commands",
            by_token(
                ANA_WRITES,
                proof=FAILED,
                released="admit",
                commands=commands("/resolve"),
            ),
            "token",
            Post,
            {"commands": (), "as_written": False},
        ),
        (
            "failed and let in: a note stays a note",
            by_token(
                ANA_WRITES, proof=FAILED, released="admit", commands=commands("/note")
            ),
            "token",
            Post,
            {"commands": (), "team_lane": True},
        ),
        (
            "failed and let in: nobody is asked what a slip meant",
            by_token(
                ANA_WRITES, proof=FAILED, released="admit", commands=commands("/ntoe")
            ),
            "token",
            Hold,
            {"cause": "failed_proof", "told": Told.OWNER},
        ),
    ]
)
def test_section_0_who_may_post_and_command(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)

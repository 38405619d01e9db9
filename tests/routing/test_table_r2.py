"""Table R2: the sender against the token."""

from gateway.routing.decision import (
    Discard,
    Hold,
    Open,
    Post,
    Told,
)
from gateway.routing.facts import Standing
from gateway.routing.proof import Proof
from parsers.reply_address import Purpose, ReplyAddress
from tests.routing.build import (
    ANA,
    ANA_WRITES,
    BO,
    BO_WRITES,
    CARLA,
    CARLA_WRITES,
    CASE,
    DORA,
    GUS,
    GUS_WRITES,
    bearer,
    by_foreign_id,
    by_id,
    by_team_token,
    by_token,
    commands,
    desk,
    facts,
    outcome,
    rows,
    writer,
)

VERIFIED, FAILED = Proof.VERIFIED, Proof.FAILED
PLAIN = desk(reply=ReplyAddress("support@acme.example"))


@rows(
    [
        (
            "the owner of the token, pass",
            by_token(CARLA_WRITES, proof=VERIFIED),
            "token",
            Post,
            {"author": CARLA, "proof": VERIFIED, "turns_token": None},
        ),
        (
            "the same, none",
            by_token(CARLA_WRITES),
            "token",
            Post,
            {"author": CARLA, "proof": Proof.BEARER},
        ),
        (
            "the same, failed",
            by_token(CARLA_WRITES, proof=FAILED),
            "forged",
            Hold,
            {"told": Told.OWNER},
        ),
        (
            "the same, failed, and a human lets it in",
            by_token(CARLA_WRITES, proof=FAILED, released="admit"),
            "token",
            Post,
            {"author": CARLA, "commands": ()},
        ),
        (
            "another participant of the lane, verified: the token is turned",
            by_team_token(
                BO_WRITES, bearer=bearer(ANA, in_team_lane=True), proof=VERIFIED
            ),
            "token",
            Post,
            {"author": BO, "turns_token": ANA * 10, "team_lane": True},
        ),
        (
            "another participant, not of the team lane (B23)",
            by_team_token(
                GUS_WRITES, bearer=bearer(ANA, in_team_lane=True), proof=VERIFIED
            ),
            "token",
            Hold,
            {"cause": "stranger", "told": Told.OWNER},
        ),
        (
            "another participant, unverified",
            by_token(GUS_WRITES, bearer=bearer(CARLA), proof=Proof.UNPROVED),
            "token",
            Hold,
            {"cause": "stranger"},
        ),
        (
            "another participant with an invitation: it stays good (B20, D31)",
            by_token(
                ANA_WRITES,
                bearer=bearer(DORA, Standing.INVITED),
                purpose=Purpose.INVITATION,
                proof=VERIFIED,
            ),
            "token",
            Post,
            {"author": ANA, "turns_token": None, "joins": False},
        ),
        (
            "unknown",
            by_token(writer(), bearer=bearer(CARLA), proof=VERIFIED),
            "token",
            Hold,
            {"cause": "stranger", "tell_writer_once": False},
        ),
        (
            "unknown with somebody's invitation",
            by_token(writer(), bearer=bearer(DORA, Standing.INVITED), answer="yes"),
            "token",
            Hold,
            {"cause": "stranger"},
        ),
        (
            "unknown, admitted once (E48): as themselves",
            by_token(writer(), bearer=bearer(CARLA), released="admit"),
            "token",
            Post,
            {"author": None},
        ),
        (
            "unknown with somebody's invitation, admitted once",
            by_token(writer(), bearer=bearer(DORA, Standing.INVITED), released="admit"),
            "token",
            Post,
            {"author": None, "joins": False},
        ),
        (
            "unknown with a team token is never admitted by one word",
            by_team_token(
                writer(), bearer=bearer(ANA, in_team_lane=True), released="admit"
            ),
            "token",
            Hold,
            {"cause": "stranger"},
        ),
        (
            "unknown with an id of ours, admitted once",
            by_id(writer(), released="admit"),
            "known_ids",
            Post,
            {"author": None},
        ),
        (
            "unknown with an id of the team lane: nothing posted there",
            by_id(writer(), team_lane=True, released="admit"),
            "fresh",
            Open,
            {},
        ),
        (
            "unknown with an id where ids stand for tokens",
            by_id(writer(), desk=PLAIN),
            "leaked_id",
            Hold,
            {"cause": "stranger", "told": Told.OWNER},
        ),
        (
            "outside the team lane with an id of it, where ids stand for tokens (B23)",
            by_id(CARLA_WRITES, desk=PLAIN, team_lane=True),
            "leaked_id",
            Hold,
            {"cause": "stranger"},
        ),
        (
            "a foreign id stands for nothing",
            by_foreign_id(writer(), desk=PLAIN),
            "fresh",
            Open,
            {},
        ),
        (
            "what parlour check mailed to itself",
            by_token(writer(), is_probe=True, is_own_letter=True),
            "probe",
            Discard,
            {},
        ),
        (
            "our own unchanged mark",
            by_token(CARLA_WRITES, is_own_letter=True),
            "own_letter_back",
            Discard,
            {},
        ),
        (
            "a desk's address with a team token: its person (B21)",
            by_team_token(
                writer(),
                from_own_address=True,
                bearer=bearer(ANA, in_team_lane=True),
                commands=commands("/resolve"),
            ),
            "own_address",
            Post,
            {"author": ANA, "team_lane": True, "commands": commands("/resolve")},
        ),
        (
            "a desk's address with a team token and a slip: no letter to ourselves",
            by_token(
                writer(),
                from_own_address=True,
                bearer=bearer(ANA, in_team_lane=True),
                commands=commands("/ntoe"),
            ),
            "own_address",
            Hold,
            {"cause": "own_address", "told": Told.TEAM},
        ),
        (
            "a desk's address with a customer's token",
            by_token(writer(), from_own_address=True, bearer=bearer(CARLA)),
            "own_address",
            Hold,
            {"cause": "own_address", "told": Told.TEAM},
        ),
        (
            "a desk's address with a turned team token",
            by_token(
                writer(),
                from_own_address=True,
                bearer=bearer(ANA, in_team_lane=True, is_current=False),
            ),
            "own_address",
            Hold,
            {},
        ),
        (
            "a desk's address with the token of an invited colleague",
            by_token(
                writer(),
                from_own_address=True,
                bearer=bearer(DORA, Standing.INVITED, in_team_lane=True),
            ),
            "own_address",
            Hold,
            {},
        ),
        (
            "a desk's address and nothing else",
            facts(from_own_address=True, proof=VERIFIED),
            "own_address",
            Hold,
            {"told": Told.TEAM},
        ),
        (
            "a desk's address, and a human let it in",
            facts(from_own_address=True, released="admit"),
            "fresh",
            Open,
            {},
        ),
        (
            "a revoked token, pass, still a participant",
            by_token(
                CARLA_WRITES, bearer=bearer(CARLA, is_current=False), proof=VERIFIED
            ),
            "token",
            Post,
            {"author": CARLA},
        ),
        (
            "a revoked token, and nothing else speaks",
            by_token(
                CARLA_WRITES,
                bearer=bearer(CARLA, is_current=False),
                proof=Proof.UNPROVED,
            ),
            "token",
            Hold,
            {"cause": "stranger"},
        ),
        (
            "a revoked token, and a human lets it in without its commands",
            by_token(
                CARLA_WRITES,
                bearer=bearer(CARLA, is_current=False),
                proof=Proof.UNPROVED,
                commands=commands("/leave"),
                released="admit",
            ),
            "token",
            Post,
            {"author": CARLA, "commands": ()},
        ),
        (
            "a team token of somebody who is outside the team lane now (B23)",
            by_team_token(GUS_WRITES, proof=VERIFIED),
            "token",
            Hold,
            {"cause": "stranger"},
        ),
        (
            "left: told once how to come back",
            by_token(writer(GUS, Standing.LEFT)),
            "left_before",
            Hold,
            {"cause": "left", "told": Told.OWNER, "tell_writer_once": True},
        ),
        (
            "left, with an id of ours",
            by_id(writer(GUS, Standing.LEFT)),
            "left_before",
            Hold,
            {"tell_writer_once": True},
        ),
        (
            "left, with nothing of ours: a case of their own",
            by_foreign_id(writer(GUS, Standing.LEFT), proof=VERIFIED),
            "fresh",
            Open,
            {"follows": CASE},
        ),
        (
            "the token of somebody who left, in other hands",
            by_token(writer(), bearer=bearer(GUS, Standing.LEFT)),
            "left_before",
            Hold,
            {"tell_writer_once": False},
        ),
        (
            "left and comes back",
            by_token(writer(GUS, Standing.LEFT), commands=commands("/join")),
            "left_before",
            Post,
            {"author": GUS, "commands": commands("/join")},
        ),
        (
            "left and comes back, which a From alone cannot say",
            by_token(
                writer(GUS, Standing.LEFT),
                bearer=bearer(GUS, Standing.LEFT, is_current=False),
                commands=commands("/join"),
                proof=Proof.UNPROVED,
            ),
            "left_before",
            Hold,
            {"cause": "left"},
        ),
        (
            "left and comes back in other hands",
            by_token(
                GUS_WRITES,
                bearer=bearer(DORA, Standing.LEFT),
                commands=commands("/join"),
            ),
            "left_before",
            Hold,
            {"cause": "left"},
        ),
        (
            "left and comes back by an address of the team lane, being outside of it",
            by_team_token(writer(GUS, Standing.LEFT), commands=commands("/join")),
            "left_before",
            Hold,
            {"cause": "stranger"},
        ),
    ]
)
def test_table_r2_sender_against_token(given, rule, kind, fields):
    assert outcome(given, fields) == (rule, kind, fields)

"""What the reply of a smarthost tells of the id that it gave (mail-rules 1.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.assigned_id import assigned, canonical

SES = "0102019a1b2c3d4e-1a2b3c4d-5e6f-4a1b-8c2d-3e4f5a6b7c8d-000000"
OUTLOOK = "<AM0PR04MB6161D2F0A1B2C3D4@AM0PR04MB6161.eurprd04.prod.outlook.com>"


@pytest.mark.parametrize(
    ("reply", "message_id"),
    [
        (f"250 Ok {SES}", f"<{SES}@amazonses.com>"),
        (f"250 Ok {SES.upper()}", f"<{SES}@amazonses.com>"),
        (
            f"250 2.6.0 {OUTLOOK} [InternalId=36283883719208] Queued mail for delivery",
            OUTLOOK,
        ),
        (f"250 2.0.0 OK {OUTLOOK} [Hostname=AM0PR04MB6161]", OUTLOOK),
        (f"250 Ok <{SES}@eu-west-1.amazonses.com>", f"<{SES}@amazonses.com>"),
        (f"250 Ok <{SES}@relay.example>", f"<{SES}@relay.example>"),
        # What numbers a queue is no Message-ID.
        ("250 2.0.0 Ok: queued as 4XYZ12abcd", ""),
        ("250 OK id=10HmaX-000000005vi-0000", ""),
        (
            "250 2.0.0 OK ffacd0b85a97d-36d2728ab0fsi1176860f8f.752 - gsmtp",
            "",
        ),
        ("250 2.0.0 kept", ""),
        # Nor is a recipient, as LMTP names it.
        ("250 2.1.5 <carla@gomez.example> delivered", ""),
        ("250 2.0.0 <somebody.with.a.long.name@gomez.example> Ok", ""),
        # What anybody could guess leads nowhere (T3).
        ("250 queued as <202611200912.12345678901@relay.example>", ""),
        ("250 queued as <17@relay.example>", ""),
        (f"250 Ok {SES}-1", ""),
        ("", ""),
    ],
)
def test_the_reply_of_a_smarthost(reply, message_id):
    assert assigned(reply) == message_id


@pytest.mark.parametrize("host", ["email", "eu-west-1", "US-EAST-2"])
def test_an_id_of_amazon_is_known_in_every_region(host):
    assert canonical(f"<{SES}@{host}.amazonses.com>") == assigned(f"250 Ok {SES}")


@pytest.mark.parametrize(
    "message_id",
    [
        OUTLOOK,
        f"<{SES}@elsewhere.example>",
        f"<{SES}@notamazonses.com>",
        "<1@email.amazonses.com>",
        "<>",
        "",
    ],
)
def test_any_other_id_stays_as_it_is(message_id):
    assert canonical(message_id) == message_id


@given(st.text(max_size=600))
def test_any_reply_gives_a_clean_id_or_none(reply):
    found = assigned(reply)
    assert found == "" or (found[0], found[-1], found.isascii()) == ("<", ">", True)
    assert canonical(found) == found

"""Desks are found by their addresses, however these are written."""

import pytest

from gateway.routing.desk import Desks
from parsers.address import Mailbox
from parsers.reply_address import Purpose, ReplyAddress, Sealer
from tests.routing.build import desk

SUPPORT = desk(aliases=("help@acme.example",))
SALES = desk(
    name="Acme Sales",
    address="sales@acme.example",
    reply=ReplyAddress("{token}@reply.acme.example"),
    team=(Mailbox("Cy", "cy@acme.example"),),
)
DESKS = Desks([SUPPORT, SALES])
TOKEN = Sealer("a secret that is long enough for a seal").seal(Purpose.EVERYONE, 16)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("support@acme.example", SUPPORT),
        ("Support@ACME.example", SUPPORT),
        ("help@acme.example", SUPPORT),
        ("sales@acme.example", SALES),
        ("press@acme.example", None),
        ("", None),
    ],
)
def test_by_address(address, found):
    assert DESKS.by_address(address) is found


@pytest.mark.parametrize(
    ("address", "token"),
    [
        (f"support+{TOKEN}@acme.example", TOKEN),
        (f"{TOKEN}@reply.acme.example".upper(), TOKEN),
        # In each form that letters of these desks may have had before.
        (f"sales+{TOKEN}@acme.example", TOKEN),
        (f"Help-{TOKEN}@acme.example".upper(), TOKEN),
        (f"{TOKEN}@acme.example", TOKEN),
        (f"press+{TOKEN}@acme.example", None),
        (f"support+{TOKEN}@reply.acme.example", None),
        (f"{TOKEN}@other.example", None),
        (f"support.{TOKEN}@acme.example", None),
        ("support@acme.example", None),
        ("support+r-short@acme.example", None),
    ],
)
def test_token_in(address, token):
    assert DESKS.token_in(address) == token


def test_behind_a_token_stands_its_desk():
    assert DESKS.behind_token(f"sales-{TOKEN}@acme.example") is SALES
    assert DESKS.behind_token(f"{TOKEN}@reply.acme.example") is SALES
    assert DESKS.behind_token(f"{TOKEN}@acme.example") is SUPPORT
    assert DESKS.behind_token("sales@acme.example") is None


def test_a_desk_knows_itself_and_its_team():
    assert DESKS.all == (SUPPORT, SALES)
    assert SUPPORT.is_own("HELP@acme.example")
    assert not SUPPORT.is_own("sales@acme.example")
    assert SUPPORT.is_team("Ana@ACME.example")
    assert not SUPPORT.is_team("cy@acme.example")

"""Who would get a mail, and who got one, as `parlour explain` tells (complaints 3.14).

That it foresees what then happens is asserted for every mail of every story (town.py).
"""

from hashlib import sha256

from gateway.activities import explain
from gateway.activities.gather import Offered
from storage import journal
from storage.activity import Hearing
from tests.activities.people import ANA, CARLA, DESK, open_case
from tests.activities.test_receipts import (
    BUSY,
    CARLAS,
    MEIS,
    change,
    joined_case,
)
from tests.town import reply_address, reply_mail

FRESH = b"""\
From: Carla Gomez <carla@gomez.example>\r
To: support@acme.example\r
Cc: Bo Berg <bo@acme.example>\r
Subject: Import fails\r
Message-ID: <new@gomez.example>\r
\r
It stops since Monday.\r
"""


def offered(town, octets, to):
    return Offered(
        inbound=None,
        sender=CARLAS,
        recipients=(to,),
        trusted=True,
        digest=sha256(octets).hexdigest(),
        door="explain",
        received_at=town.now,
    )


def rows(town):
    with town.database.reading() as session:
        return journal.newest(session)


def test_a_fresh_mail_would_reach_the_team(each_town):
    town = each_town
    mail = town.reader.read(FRESH)
    [route] = explain.explain(town.house, offered(town, FRESH, DESK), mail)
    assert [(one.name, one.heard, one.reason) for one in route.hearers] == [
        ("Carla Gomez", "author", "wrote it"),
        ("Ana Ruiz", "copy", "team"),
        # The first copy is never left out (decision 12).
        ("Bo Berg", "copy", "team"),
    ]
    assert rows(town) == 0
    assert explain.happened(town.house, offered(town, FRESH, DESK), mail) == ()


def test_an_answer_would_reach_whom_fan_out_says(each_town):
    town = each_town
    joined_case(town)
    change(town, MEIS, hearing=Hearing.MUTED)
    letter = town.last(CARLAS, "message")
    octets = reply_mail(letter, CARLA, "Row 7.").as_bytes()
    to = reply_address(letter)
    before = rows(town)
    mail = town.reader.read(octets)
    [route] = explain.explain(town.house, offered(town, octets, to), mail)
    assert [(one.name, one.heard, one.reason) for one in route.hearers] == [
        ("Carla Gomez", "author", "wrote it"),
        ("Ana Ruiz", "copy", "owner"),
        ("Bo Berg", "copy", "team"),
        ("mei", "muted", "muted this activity"),
    ]
    assert rows(town) == before


def test_of_a_mail_that_is_here_the_ledger_tells(each_town):
    town = each_town
    joined_case(town)
    town.sink.say("RCPT", BUSY, to=MEIS)
    town.reply(ANA, "One row, please.", to=town.last("ana@acme.example", "message"))
    octets = town.wrote["ana@acme.example"]
    mail = town.reader.read(octets)
    [one] = explain.happened(town.house, offered(town, octets, DESK), mail)
    assert (one.inbound, one.state) == (rows(town), "done")
    [post] = one.posts
    assert [(name, str(state.got), state.said) for name, _, state in post.people] == [
        ("Carla Gomez", "sent", ""),
        ("Ana Ruiz", "author", ""),
        ("Bo Berg", "sent", ""),
        ("mei", "deferred", BUSY),
    ]
    # The same mail by another way has other octets, and its own id.
    again = b"Received: from there by here\r\n" + octets
    same = offered(town, again, DESK)
    assert explain.happened(town.house, same, town.reader.read(again)) == (one,)


def test_of_a_held_mail_nobody_got_a_word(each_town):
    town = each_town
    joined_case(town)
    letter = town.last(CARLAS, "message")
    town.reply("Max Fremd <max@far.example>", "Me too.", to=letter)
    octets = town.wrote["max@far.example"]
    mail = town.reader.read(octets)
    [one] = explain.happened(town.house, offered(town, octets, DESK), mail)
    assert (one.state, one.reason) == ("held", "a token that belongs to somebody else")
    assert one.posts == ()


def test_our_tokens_are_taken_out_before_anything_is_said(each_town):
    """As *process* does (T5): the gate compares what would be read, not the token.

    That both say the same is asserted with each mail of a story.
    """
    town = each_town
    open_case(town)
    hers = reply_address(town.last(CARLAS)).strip("<>")
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, f"/note\n\nAsk {hers} now", to=anas)
    town.reply(ANA, f"Ask {hers} now", to=anas)
    assert town.rules[-1] == "team_text"

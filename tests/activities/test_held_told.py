"""The letter about a held mail comes back: who else is told, and when it ends (R16)."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from parsers.address import Mailbox
from parsers.reply_address import ReplyAddress
from storage.held import Held, Notice
from storage.outbox import Delivery
from tests.activities.people import ANA, BO, CARLA, DESK, taken_case, verified
from tests.activities.returned import comes_back
from tests.activities.test_held_page import browser_of
from tests.activities.test_r16 import STRANGER, faults, held_mail
from tests.digests.test_digest import MONDAY, digests_at
from tests.town import ACME, gist

HERS = "carla@gomez.example"
ANAS, BOS = "ana@acme.example", "bo@acme.example"
SOLS, SAMS = "sol@acme.example", "sam@acme.example"
SOL = f"Sol Sales <{SOLS}>"
SALES = replace(
    ACME,
    name="Acme Sales",
    address="sales@acme.example",
    reply=ReplyAddress("sales+{token}@acme.example"),
    team=(Mailbox("Sol Sales", SOLS),),
)
TOO_BIG = {"status": "5.3.4", "said": "552 5.3.4 message too big"}
OF_ACME = verified("acme.example")


def readers(town, word):
    """Whom a letter with that word ever reached."""
    return {letter.to for letter in town.letters if word in letter.text}


def noticed(town):
    """To whom letters about held mail went, refused ones too, in their order."""
    wanted = select(Delivery.address).join(Notice, Notice.delivery_id == Delivery.id)
    with town.database.reading() as session:
        return list(session.scalars(wanted.order_by(Delivery.id)))


@pytest.mark.parametrize("reply", ["552 5.3.4 too big", "554 5.7.1 rejected by policy"])
def test_two_who_refuse_each_letter_are_told_once_each(each_town, reply):
    """No such refusal pauses an address: each was told by the other's, for ever."""
    town = each_town
    taken_case(town)
    for who in (ANAS, BOS):
        town.sink.say("RCPT", reply, to=who, times=9)
    hers = town.last(HERS, "message")
    town.reply(STRANGER, "I am her consultant.", to=hers)
    assert noticed(town) == [ANAS, BOS]
    assert town.unseen() == ["untold"]
    assert "waits for a human, and nobody was told of it" in faults(town)
    town.sink.say_nothing_special()
    digests = digests_at(town, MONDAY)
    assert {each.to for each in digests if "Karl Fremd" in each.text} == {ANAS, BOS}
    assert town.unseen() == []


def test_whoever_is_left_is_told_before_it_ends(town):
    held_mail(town)
    [notice] = comes_back(town, town.last(ANAS, "notice"))[-1:]
    assert (notice.kind, notice.to) == ("notice", BOS)
    assert "I am her consultant." in notice.text
    assert town.unseen() == []
    assert ("notice", ANAS) not in gist(comes_back(town, notice))
    assert town.unseen() == ["untold"]


def test_one_of_the_team_who_is_the_customer_hears_nothing_of_it(make_town):
    """What a stranger says about their case is not for them (decision 54)."""
    town = make_town(trusted=("mx.acme.example",))
    town.write(BO, DESK, "My laptop", "It is broken.", headers=[OF_ACME])
    ana = town.last(ANAS, "message")
    town.reply(ANA, "/take\nWe look.", to=ana, headers=[OF_ACME])
    his = town.last(BOS, "message")
    town.reply(STRANGER, "SECRET about Bo.", to=his)
    comes_back(town, town.last(ANAS, "notice"))
    assert readers(town, "SECRET") == {ANAS}
    assert town.unseen() == ["untold"]


def test_nor_when_nobody_else_of_the_team_is_left_in_the_case(make_town):
    town = make_town(trusted=("mx.acme.example",))
    town.write(BO, DESK, "My laptop", "It is broken.", headers=[OF_ACME])
    ana = town.last(ANAS, "message")
    town.reply(ANA, "/take\nWe look.", to=ana, headers=[OF_ACME])
    his = town.last(BOS, "message")
    town.reply(ANA, "/leave", to=ana, headers=[OF_ACME])
    town.reply(STRANGER, "SECRET about Bo.", to=his)
    assert readers(town, "SECRET") == {ANAS}


def held_at_bos(town):
    """Bo, one of the team, has a case; a stranger writes to it; gives the mail."""
    town.write(BO, DESK, "My laptop", "It is broken.", headers=[OF_ACME])
    ana = town.last(ANAS, "message")
    town.reply(ANA, "/take\nWe look.", to=ana, headers=[OF_ACME])
    town.reply(STRANGER, "SECRET about Bo.", to=town.last(BOS, "message"))
    with town.database.reading() as session:
        return session.scalars(select(Held.inbound_id)).one()


def test_nor_from_the_digest_or_the_page(make_town):
    town = make_town(trusted=("mx.acme.example",))
    number = held_at_bos(town)
    ana, bo = browser_of(town, ANAS), browser_of(town, BOS)
    assert "Karl Fremd" in ana.get("/held").text
    assert "Karl Fremd" not in bo.get("/held").text
    assert bo.post("/held", mail=number, do="open").status_code == 404
    digests = digests_at(town, MONDAY)
    assert {each.to for each in digests if "Karl Fremd" in each.text} == {ANAS}
    assert town.unseen() == []
    assert "It is let in." in ana.post("/held", mail=number, do="open").text


def test_unless_there_is_nobody_else(make_town):
    town = make_town(trusted=("mx.acme.example",))
    held_at_bos(town)
    town.change_desk(team=(Mailbox("Bo Berg", BOS),))
    digests = digests_at(town, MONDAY)
    assert {each.to for each in digests if "Karl Fremd" in each.text} == {BOS}
    assert "Karl Fremd" in browser_of(town, BOS).get("/held").text


@pytest.mark.parametrize(
    ("hired", "report", "told", "unseen"),
    [
        ((), {}, set(), ["untold"]),
        ((Mailbox("Sam Sales", SAMS),), TOO_BIG, {SAMS}, []),
    ],
)
def test_the_team_that_has_the_case_now_is_told_and_no_other(
    make_town, hired, report, told, unseen
):
    """A further mail of a stranger, told by a digest alone, has no question.

    Sam works there since this morning, and has no seat in the case.
    """
    town = make_town(desks=(ACME, SALES))
    taken_case(town)
    hers = town.last(HERS, "message")
    town.reply(ANA, "/move sales@acme.example", to=town.last(ANAS, "message"))
    town.reply(SOL, "/take", to=town.last(SOLS))
    town.reply(STRANGER, "I am her consultant.", to=hers)
    town.pass_time(minutes=30)
    town.reply(STRANGER, "SECRET of row 7.", to=hers)
    [digest] = [each for each in digests_at(town, MONDAY) if "Karl" in each.text]
    assert digest.to == SOLS
    assert readers(town, "SECRET") == set()
    town.change_desk(1, team=(*SALES.team, *hired))
    town.pass_time(minutes=3)
    comes_back(town, digest, **report)
    assert readers(town, "SECRET") == told
    assert readers(town, "consultant") <= {SOLS, *told}
    assert town.unseen() == unseen


def test_a_letter_with_what_was_missed_tells_nothing_from_before_it(town):
    """It names the first post that it tells: an earlier one is told by a notice."""
    taken_case(town)
    hers, bos = town.last(HERS, "message"), town.last(BOS, "message")
    town.reply(BO, "/join\n/mute", to=bos)
    town.reply(CARLA, "Row 7.", to=hers)
    town.reply(BO, "/unmute", to=bos)
    town.pass_time(minutes=5)
    town.reply(CARLA, "Row 8.", to=hers)
    comes_back(town, town.last(BOS, "message"))
    town.reply(ANA, "/leave", to=town.last(ANAS, "message"))
    town.reply(BO, "/who", to=bos)
    assert "Row 8." in town.last(BOS, "notice").text
    assert readers(town, "Row 7.") == {ANAS}
    assert town.unseen() == ["unseen"]
    [told] = town.tick()
    assert gist([told]) == [("notice", BOS)]
    assert "Row 7." in told.text
    assert town.unseen() == []

"""One of the team who is the customer: of their own case they read no note."""

import pytest

from gateway.routing.desk import Desk
from parsers.address import Mailbox
from parsers.reply_address import ReplyAddress
from tests.activities.people import ANA, BO, DESK
from tests.activities.test_move import the_case
from tests.town import ACME

LEA = "Lea Lang <lea@acme.example>"
SALES = Desk(
    name="Acme Sales",
    address="sales@acme.example",
    reply=ReplyAddress("sales+{token}@acme.example"),
    team=(
        Mailbox("Lea Lang", "lea@acme.example"),
        Mailbox("Bo Berg", "bo@acme.example"),
    ),
)
NOTE = "She knows nothing of the new price list."


@pytest.mark.parametrize("moves", [True, False])
def test_a_customer_who_is_of_the_team_reads_no_note_of_it(make_each_town, moves):
    town = make_each_town(desks=(ACME, SALES))
    town.write(LEA, DESK if moves else SALES.address, "My sheet", "It is torn.")
    first = town.last("bo@acme.example", "message")
    town.reply(BO, f"/note\n{NOTE}", to=first)
    town.reply(BO, "/ask max@paper.example\nDo you mend paper?", to=first)
    if moves:
        own = town.first("ana@acme.example", "message")
        town.reply(ANA, "/move sales", to=own)
    case = the_case(town, "My sheet").public_id
    said = {
        word: town.write(LEA, SALES.address, "x", word)[0].text
        for word in ("/find sheet", "/find price", "/find mend", f"/show {case}")
    }
    assert {each for each in said.values() if "price list" in each} == set()
    assert all("No case" in said[f"/find {it}"] for it in ("sheet", "price", "mend"))
    assert "There is no such case at this desk" in " ".join(
        said[f"/show {case}"].split()
    )
    (queue,) = town.write(LEA, SALES.address, "x", "/queue")
    assert case not in queue.text
    (queue,) = town.write(BO, SALES.address, "x", "/queue")
    assert case in queue.text
    assert case in town.write(BO, SALES.address, "x", "/find price")[0].text
    hers = [each for each in town.live(days=4) if each.to == "lea@acme.example"]
    assert not any("My sheet" in each.text and "take" in each.text for each in hers)

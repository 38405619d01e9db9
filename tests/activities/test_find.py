"""What one of the team looks for at the desk: `/find WORDS`."""

import re

import pytest
from sqlalchemy import select

from gateway.routing.desk import Desk
from parsers.address import Mailbox
from parsers.reply_address import ReplyAddress
from storage.event import Event
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, MEI
from tests.town import ACME, gist

SALES = Desk(
    name="Acme Sales",
    address="sales@acme.example",
    reply=ReplyAddress("sales+{token}@acme.example"),
    team=(Mailbox("Lea Lang", "lea@acme.example"),),
)
LEA = "Lea Lang <lea@acme.example>"


def ask(town, words, who=ANA, desk=DESK):
    """Look for words; gives the only letter that this causes."""
    (letter,) = town.write(who, desk, "hello", f"/find {words}")
    assert f"<{letter.to}>" in who
    return letter


def found(town, words, **how):
    """Give the subjects of the cases that are found, in their order."""
    return re.findall(r"(?m)^\d+ · .*?“(.*?)”", ask(town, words, **how).text)


def three_cases(town):
    town.write(CARLA, DESK, "Import", "Der Import führt zu „bad date“.")
    town.pass_time(days=1)
    town.write(MAX, DESK, "Ωmega", "インポートが失敗します。日本語のファイルです。")
    town.pass_time(days=30)
    town.write(MEI, DESK, "Prices", "What does the import of more rows cost?")
    note = "/note\nShe threatened to cancel: contract K-77/b."
    town.reply(BO, note, to=town.last("bo@acme.example", "message"))


def test_words_names_and_days_are_found_and_nothing_is_changed(each_town):
    town = each_town
    three_cases(town)
    town.reply(ANA, "/tag discount", to=town.last("ana@acme.example", "message"))
    with town.database.reading() as session:
        before = len(session.scalars(select(Event)).all())
    assert found(town, "import") == ["Import", "Prices"], "a subject counts more"
    assert found(town, "FUHRT") == ["Import"]
    assert found(town, "carla@gomez.example") == ["Import"]
    assert found(town, "2026-12 import") == ["Prices"]
    assert found(town, "import DISCOUNT") == ["Prices"]
    with town.database.reading() as session:
        assert len(session.scalars(select(Event)).all()) == before


@pytest.mark.parametrize("nothing", ["", '"*"'])
def test_no_word_is_no_search(town, nothing):
    assert "What do you look for?" in ask(town, nothing).text


def test_a_case_is_told_with_what_it_says_and_where_it_stands(each_town):
    town = each_town
    three_cases(town)
    letter = ask(town, "cancel prices")
    text = " ".join(letter.text.split())
    assert letter.kind == "confirmation"
    assert "these have “cancel prices”" in text
    assert "Mei Tan: “Prices”. An answer is promised by" in text
    assert re.search(r"/show [A-Z2-7]{8}", text)
    assert "Bo Berg (team only), " in text
    assert "She threatened to cancel: contract K-77/b." in text
    assert "support+" not in letter.text


def test_nobody_else_finds_anything(make_each_town):
    town = make_each_town(desks=(ACME, SALES))
    three_cases(town)
    assert found(town, "import", who=LEA, desk=SALES.address) == []
    said = ask(town, "import", who=LEA, desk=SALES.address)
    assert "No case of this desk has “import”." in said.text
    assert ("message", "lea@acme.example") not in gist(town.letters)
    letters = town.write(CARLA, DESK, "Other", "/find cancel")
    assert "threatened" not in "".join(
        each.text for each in letters if each.to == "carla@gomez.example"
    )


def test_twenty_are_told_and_the_rest_is_counted(town):
    for number in range(23):
        town.write(f"c{number}@x.example", DESK, f"Case {number}", "It is broken.")
    letter = ask(town, "broken")
    assert len(re.findall(r"(?m)^\d+ · ", letter.text)) == 20
    assert "And 3 more cases." in letter.text
    assert "1 · c22: “Case 22”." in letter.text

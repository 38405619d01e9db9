"""What a customer who asked for it reads of all their requests once a week."""

from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from digests import digest
from gateway.web.app import build
from storage import theme
from storage.people import by_address
from storage.theme import Status
from tests.activities.people import ANA, CARLA, DESK
from tests.robots import Scanner
from tests.town import gist

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MEI = "Mei Tan <mei@acme.example>"
CUSTOMER = "carla@gomez.example"
TO_CARLA = [("digest", CUSTOMER)]


def weekly(town, moment):
    """What a run at a moment mails to Carla."""
    town.now = moment
    before = len(town.letters)
    digest.run(town.house, moment)
    town.settle()
    return [each for each in town.letters[before:] if each.to == CUSTOMER]


def words(letter):
    return " ".join(letter.text.split())


def three_requests(town):
    """One waits for her answer, one is with us, one was closed; Mei is backstage."""
    town.write(CARLA, DESK, "Import fails", "Since the update it stops with bad date.")
    first = town.last("ana@acme.example", "message")
    town.reply(ANA, "It is the date column. Could you send me one row?", to=first)
    town.reply(ANA, "/consult mei@acme.example you wrote the importer", to=first)
    town.reply(MEI, "yes", to=town.last("mei@acme.example", "invitation"))
    town.reply(ANA, "/note\n\nShe threatened to cancel.", to=first)
    town.write(CARLA, DESK, "Invoice", "Where is the invoice of October, please?")
    town.reply(ANA, "/promise tuesday 15:00\n\nI look for it.")
    town.write(CARLA, DESK, "Nonsense", "Buy cheap things from us today.")
    town.reply(ANA, "/drop")
    town.write(CARLA, DESK, "Colours", "Hello,\n\nI would like other colours in it.")
    town.reply(ANA, "/resolve\n\nThey are in the menu now.")


def asks(town, said="/digest overview"):
    """Carla asks for it; gives what she is answered."""
    [letter] = town.reply(CARLA, said, to=town.last(CUSTOMER, "message"))
    return words(letter)


def test_it_tells_of_each_request_once_a_week(each_town):
    town = each_town
    three_requests(town)
    assert weekly(town, MONDAY - timedelta(days=1)) == []
    assert "Once a week one mail tells you of all your requests" in asks(town)
    # The slot of the Monday before was over when she asked.
    assert weekly(town, MONDAY - timedelta(hours=1)) == []
    with town.database.reading() as session:
        person = by_address(session, CUSTOMER).id
    [raw] = digest.preview(town.house, person, town.now)
    assert "Your requests" in raw.decode()
    [letter] = letters = weekly(town, MONDAY)
    with TestClient(build(town.house, clock=lambda: town.now)) as browser:
        Scanner(browser).press(town, letters)
    assert letter.mail["Subject"] == (
        "Your requests, 1 waits for you · Acme Support, Mon 23 Nov"
    )
    said = words(letter)
    for part in (
        "We wait for your answer #1 · Import fails You wrote: “Since the update it",
        "We asked: “Could you send me one row?” Here for you: Ana Ruiz.",
        "With us #2 · Invoice You wrote: “Where is the invoice of October, please?”",
        "Here for you: Ana Ruiz. You hear from us by Tuesday 24 November, 15:00",
        "Closed #3 · Colours · solved You wrote: “I would like other colours in it.”",
        "Ana Ruiz closed it.",
        "to open again what is closed",
        "Digests come once a week: Monday, 08:00",
    ):
        assert part in said, (part, said)
    for never in ("Nonsense", "Mei", "threatened", "ana@", "bo@", "mei@", "cancel"):
        assert never not in said, said
    assert weekly(town, MONDAY + timedelta(hours=3)) == []
    # What is closed is told once; an answer to a number goes to its case.
    sent = town.reply(CARLA, "#3 They are not.\n#1 2026-13-01", to=letter)
    assert ("message", "ana@acme.example") in gist(sent)
    town.reply(ANA, "/resolve\n\nNow they are.", to=town.last("ana@acme.example"))
    [letter] = weekly(town, MONDAY + timedelta(days=7))
    said = words(letter)
    assert letter.mail["Subject"] == "Your requests · Acme Support, Mon 30 Nov"
    assert "we are late" in said
    assert "We asked" not in said
    # Nobody gets it who does not want it any longer.
    assert "No more overview" in asks(town, "/digest overview off")
    assert weekly(town, MONDAY + timedelta(days=14)) == []


def test_it_asks_only_what_its_reader_was_asked_by_then(each_town):
    """Not what a colleague was asked by name, nor what was asked after its slot."""
    town = each_town
    town.write(CARLA, DESK, "Import fails", "Since the update it stops.")
    first = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@acme.example you wrote the importer", to=first)
    town.reply(MEI, "yes", to=town.last("mei@acme.example", "invitation"))
    said = "Could you send me one row? Mei, do you know this date?"
    town.reply(ANA, said, to=first)
    asks(town)
    town.now = MONDAY + timedelta(minutes=5)
    town.reply(ANA, "Which browser is it?", to=first)
    [letter] = weekly(town, MONDAY + timedelta(minutes=10))
    assert "We asked: “Could you send me one row?”" in words(letter)
    assert "Which browser" not in words(letter)
    # Nor does it become a question to the customer when that colleague leaves.
    town.reply(ANA, "Mei, do you know that browser?", to=first)
    town.reply(MEI, "/leave", to=town.last("mei@acme.example", "message"))
    [letter] = weekly(town, MONDAY + timedelta(days=7))
    assert "Mei Tan has left" in words(letter)
    assert "We asked" not in words(letter)


def test_it_says_what_became_of_what_customers_asked_for(each_town):
    town = each_town
    three_requests(town)
    asks(town)
    with town.database.transaction() as session:
        for number, (status, answer) in enumerate(
            (
                (Status.DONE, "The importer takes both dates."),
                (Status.NO, "No dark colours: nobody could read them."),
                (Status.PLANNED, "Invoices come as files in spring."),
                (Status.DONE, "The export has a button."),
                (Status.HEARD, "Never told."),
            )
        ):
            found = theme.meet(session, 1, f"word {number}")
            found.status, found.answer = status, answer
            found.changed_at = MONDAY - timedelta(days=number + 1)
    [letter] = weekly(town, MONDAY)
    said = words(letter)
    assert (
        "What customers asked for, and what we do "
        "Done: The importer takes both dates. "
        "No: No dark colours: nobody could read them. "
        "Planned: Invoices come as files in spring. "
    ) in said
    assert "word 0" not in said
    assert "The export has a button." not in said
    [letter] = weekly(town, MONDAY + timedelta(days=7))
    assert "What customers asked for" not in words(letter)


@pytest.mark.parametrize("language", ["de", "ja"])
def test_it_speaks_the_customers_language(each_town, language):
    town = each_town
    three_requests(town)
    asks(town)
    with town.database.transaction() as session:
        by_address(session, CUSTOMER).language = language
    [letter] = weekly(town, MONDAY)
    assert {"de": "Sie haben geschrieben", "ja": "お書きになったこと"}[language] in (
        letter.text
    )
    assert "You wrote" not in letter.text

"""A colleague reads that a case waits that they could help with, and nothing of it."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from starlette.testclient import TestClient

from digests import helping
from gateway.web.app import build
from parsers.reply_address import ReplyAddress
from storage import help_offer
from storage.help_offer import HelpOffer, Waiting
from storage.people import by_address
from tests.activities.people import ANA, BO, CARLA, DESK, taken_case
from tests.digests.test_digest import MEI, MONDAY, digests_at
from tests.digests.test_made_good import lost_digest
from tests.robots import Scanner
from tests.town import ACME, gist

COLLEAGUE, GUS = "mei@acme.example", "Gus <gus@elsewhere.example>"
DAY = timedelta(days=1)
SECRET = "Payroll of Gomez"


def words(letter):
    return " ".join(letter.text.split())


def to_mei(town, moment):
    """Her digest of a moment, if one comes."""
    found = [each for each in digests_at(town, moment) if each.to == COLLEAGUE]
    return found[0] if found else None


def joins(town, who, knows):
    """Somebody is let into a case of Carla, says what they know, and wants to help."""
    address = re.search(r"<(.*)>", who)[1]
    town.reply(ANA, f"/invite {address}", to=town.last("ana@acme.example", "message"))
    town.reply(who, "yes", to=town.last(address, "invitation"))
    seat = town.last(address, "confirmation")
    town.reply(who, f"/me skills {knows}", to=seat)
    return town.reply(who, "/digest help on", to=seat)[0]


def waiting_case(
    town, subject=SECRET, text="The importer stops, says the Dates column."
):
    """Another matter of Carla, in which Mei has no seat."""
    town.now += timedelta(minutes=7)
    town.write(CARLA, DESK, subject, text)


def helpful_town(found_town, *others):
    """Mei is in one case of Carla, which is silent; a second one waits."""
    town = found_town(desks=(replace(ACME, ask_helpers=True), *others))
    taken_case(town)
    letter = joins(town, MEI, "importer, date parsing")
    assert "nothing of the case but that word" in words(letter)
    assert "Undo: /digest help off" in words(letter)
    return town


def test_who_wants_to_help_reads_the_word_and_nothing_else(found_town):
    town = helpful_town(found_town)
    waiting_case(town)
    letter = to_mei(town, MONDAY)
    with TestClient(build(town.house, clock=lambda: town.now)) as browser:
        Scanner(browser).press(town, [letter])
    said = words(letter)
    assert str(letter.mail["Subject"]) == "You could help · Acme Support, Mon 23 Nov"
    assert "Somebody waits at Acme Support, and a word of your card" in said
    assert "#1 · importer · Waiting since Friday 20 November" in said
    assert "Nobody has it yet." in said
    whole = letter.mail.as_string() + letter.mail.get_body(("html",)).get_content()
    for never in ("Payroll", "Dates", "column", "Carla", "gomez", "stops"):
        assert never not in whole, never
    # It is said once by itself; a digest that comes says it again, for a week.
    assert to_mei(town, MONDAY + DAY) is None
    town.reply(MEI, "/digest", to=town.last(COLLEAGUE, "confirmation"))
    town.reply(CARLA, "Row 7.", to=town.first("carla@gomez.example", "message"))
    letter = to_mei(town, MONDAY + 2 * DAY)
    assert "#2 · importer" in words(letter)
    # Yes tells whoever looks after it, and lets nobody in.
    sent = town.reply(MEI, "#2 Yes, please", to=letter)
    assert gist(sent) == [
        ("confirmation", COLLEAGUE),
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    answer = town.last(COLLEAGUE, "confirmation")
    assert "whoever looks after it was told" in words(answer)
    offer = town.last("ana@acme.example", "notice")
    said = words(offer)
    assert "Mei Tan offers to help with “Payroll of Gomez”" in said
    assert "Mei Tan (importer, date parsing)" in said
    assert "/invite mei@acme.example importer" in said
    assert str(offer.mail["Reply-To"]).startswith("support+t-")
    # Twice is once; the team lets her in, and the case is no more offered.
    assert gist(town.reply(MEI, "#2 yes", to=letter)) == [("confirmation", COLLEAGUE)]
    sent = town.reply(
        BO,
        "/invite mei@acme.example importer",
        to=town.last("bo@acme.example", "notice"),
    )
    assert ("invitation", COLLEAGUE) in gist(sent)
    sent = town.reply(MEI, "#2 yes", to=letter)
    assert "you are in that conversation by now, or invited to it" in words(sent[0])
    later = to_mei(town, MONDAY + 3 * DAY)
    assert later is None or "You could help" not in later.text


def test_not_me_is_never_offered_again_and_the_wish_can_be_taken_back(found_town):
    town = helpful_town(found_town)
    waiting_case(town)
    waiting_case(town, "Importer again", "The importer is slow.")
    waiting_case(town, "A third", "Does the importer take files?")
    letter = to_mei(town, MONDAY)
    said = words(letter)
    # Two at the most, whoever waits longest first.
    assert "#2 · importer" in said
    assert "#3 ·" not in said
    sent = town.reply(MEI, "#1 no\n#2 perhaps", to=letter)
    assert gist(sent) == [("confirmation", COLLEAGUE)]
    assert "You are not asked about this one again." in words(sent[0])
    assert "#2 perhaps: Not understood; write #1 yes or #1 no." in words(sent[0])
    assert "parlour inbound" not in sent[0].text
    # The third comes a week later: more than two in a week she is never asked about.
    for day in range(1, 7):
        assert to_mei(town, MONDAY + day * DAY) is None
    letter = to_mei(town, MONDAY + 7 * DAY)
    assert "#1 · importer" in words(letter)
    assert "#2 ·" not in words(letter)
    with town.database.reading() as session:
        mei = by_address(session, COLLEAGUE).id
        rows = session.execute(select(HelpOffer.activity_id, HelpOffer.answer))
        assert sorted(map(tuple, rows)) == [(2, "no"), (3, ""), (4, "")]
    # Its examples are what this digest takes; who quotes all of it means the digest.
    sent = town.reply(MEI, "yes", to=letter)
    assert "Reply with #1 yes or #1 no, and nothing else." in words(sent[0])
    town.reply(MEI, "#1 no", to=letter)
    sent = town.reply(MEI, "Help off.", to=letter)
    assert "no longer asks whether you could help" in words(sent[0])
    waiting_case(town, "A fourth", "The importer, once more.")
    assert to_mei(town, MONDAY + 8 * DAY) is None
    token = town.first(COLLEAGUE, "confirmation").link("u")
    web = TestClient(build(town.house, clock=lambda: town.now), "http://127.0.0.1:8080")
    assert "Cases that you could help with" in web.get(f"/u/{token}").text
    web.post(f"/u/{token}", data={"help": "yes"})
    with town.database.reading() as session:
        assert help_offer.is_helper(session, mei)
    assert to_mei(town, MONDAY + 9 * DAY) is not None


def test_a_card_that_changes_finds_out_nothing_more(found_town):
    """One case, one word for ever; of all desks two cases in a week."""
    sales = replace(
        ACME,
        name="Acme Sales",
        address="sales@acme.example",
        reply=ReplyAddress("sales+{token}@acme.example"),
        ask_helpers=True,
    )
    town = helpful_town(found_town, sales)
    seat = town.first(COLLEAGUE, "confirmation")
    waiting_case(town, "Payroll", "The importer of Klaus owes 4711 euros.")
    letter = to_mei(town, MONDAY)
    assert "#1 · importer" in words(letter)
    for day, skills in enumerate(("payroll klaus", "owes 4711", "importer, klaus"), 1):
        town.reply(MEI, f"/me skills {skills}", to=seat)
        town.reply(MEI, "/digest", to=seat)
        town.reply(CARLA, f"Row {day}.", to=town.first("carla@gomez.example"))
        said = words(to_mei(town, MONDAY + day * DAY))
        # The digest comes for the row; its word stands there as long as on the card.
        assert ("· importer ·" in said) == ("importer" in skills)
        assert "· klaus ·" not in said.casefold()
        assert "You could help" not in said or "importer" in skills
    # One more fits into her week, at whatever desk.
    town.now += timedelta(minutes=8)
    town.write(CARLA, "sales@acme.example", "Prices", "What does the importer cost?")
    waiting_case(town, "Third", "The importer sleeps.")
    letters = [
        each
        for day in (4, 5)
        for each in digests_at(town, MONDAY + day * DAY)
        if each.to == COLLEAGUE
    ]
    assert "Acme Sales" in words(letters[0])
    with town.database.reading() as session:
        assert len(session.scalars(select(HelpOffer)).all()) == 2


def test_an_offer_in_a_digest_that_was_lost_is_told_by_the_next(found_town):
    town = helpful_town(found_town)
    waiting_case(town)
    lost_digest(town, MONDAY)
    letter = to_mei(town, MONDAY + DAY)
    assert "#1 · importer" in words(letter)
    # Told before it is no reason for a digest, also where nothing else is left of one.
    town.reply(MEI, "/digest", to=town.last(COLLEAGUE, "confirmation"))
    town.reply(CARLA, "Row 7.", to=town.first("carla@gomez.example", "message"))
    town.reply(MEI, "/mute", to=town.last(COLLEAGUE, "confirmation"))
    assert to_mei(town, MONDAY + 2 * DAY) is None


def test_never_guests_never_without_the_house_never_where_somebody_was(found_town):
    town = helpful_town(found_town)
    letter = joins(town, GUS, "importer")
    assert "here nobody asks others for help" in words(letter)
    # A colleague who asks something is a customer like any other.
    town.write("Lea <lea@acme.example>", DESK, "Printer", "It prints nothing.")
    own = town.last("lea@acme.example")
    assert "here nobody asks" in words(
        town.reply("Lea <lea@acme.example>", "/digest help on", to=own)[0]
    )
    # She declined one, was refused in another; one is the owner's alone.
    waiting_case(town)
    own = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@acme.example importer", to=own)
    town.reply(MEI, "no thanks", to=town.last(COLLEAGUE, "invitation"))
    waiting_case(town, "Closed door", "The importer of the board.")
    town.reply(ANA, "/take", to=town.last("ana@acme.example", "message"))
    town.reply(ANA, "/door closed", to=town.last("ana@acme.example", "message"))
    # Ana asked her about one in private; what it is about she must not learn here.
    waiting_case(town, "Asked outside", "The importer of the board.")
    town.reply(ANA, "/take", to=town.last("ana@acme.example", "message"))
    own = town.last("ana@acme.example", "message")
    town.reply(ANA, f"/ask {COLLEAGUE}\n\nDo you know the rows?", to=own)
    assert "Do you know the rows?" in town.last(COLLEAGUE, "message").text
    # What only a tag of the team says stands nowhere in what its customer wrote.
    waiting_case(town, "Hello", "Nothing here.")
    own = town.last("ana@acme.example", "message")
    town.reply(ANA, "/tag importer", to=own)
    assert to_mei(town, MONDAY) is None
    waiting_case(town, "Free for all", "The importer, again.")
    assert "#1 · importer" in words(to_mei(town, MONDAY + DAY))
    assert GUS.partition("<")[2].strip(">") not in {
        each.to for each in digests_at(town, MONDAY + 2 * DAY)
    }


def test_the_house_decides_first(found_town):
    town = found_town()
    taken_case(town)
    assert "here nobody asks others for help" in words(joins(town, MEI, "importer"))
    waiting_case(town)
    assert to_mei(town, MONDAY) is None
    seat = town.first(COLLEAGUE, "confirmation").link("u")
    web = TestClient(build(town.house, clock=lambda: town.now), "http://127.0.0.1:8080")
    assert "could help" not in web.get(f"/u/{seat}").text


AT = datetime(2026, 11, 20, tzinfo=UTC)


def test_which_cases_a_card_fits():
    """All words of a skill, in any order and case; the longest skill first."""
    cases = [
        Waiting(one, subject, None, AT)
        for one, subject in enumerate(("Date import", "Dates", "IT", "Paris"), 1)
    ]
    said = {1: "The parser of dates fails.", 2: "Nothing.", 4: "L'importateur"}
    found = helping.shelf(cases, said)
    for skills, expected in (
        (("dates",), {1: "dates", 2: "dates"}),
        (("dates parser", "dates"), {1: "dates parser", 2: "dates"}),
        (("date parser",), {1: "date parser"}),
        (("it", "IMPORTATEUR"), {4: "IMPORTATEUR"}),
        ((), {}),
        (("", "!", "pa"), {}),
    ):
        assert found.of_skills(skills) == expected, skills

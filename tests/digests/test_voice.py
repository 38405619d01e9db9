"""What who leads a desk hears once a week, and what they say in answer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from starlette.testclient import TestClient

from digests import grouping, voice
from gateway.web.app import build
from parsers.address import Mailbox
from storage import people, reports, theme
from storage.activity import Activity, Desk, Participant
from storage.address_health import AddressHealth, Health
from storage.outbox import Delivery, Progress
from storage.people import by_address
from storage.theme import Status, ThemeTold
from templates.mime import text_of
from tests.activities.people import ANA, BO, DESK, verified
from tests.robots import Scanner
from tests.town import gist

LEA = "Lea Lang <lea@acme.example>"
CUSTOMERS = ("carla", "max", "mei", "kim", "noor")
MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
"""07:30 in Madrid."""


@pytest.fixture
def led(each_town):
    """A town whose desk is led by Lea, who is not of its team."""
    each_town.change_desk(
        leads=(Mailbox("Lea Lang", "lea@acme.example"),), zone="Europe/Madrid"
    )
    return each_town


def address(name):
    return f"{name}@shop.example"


def case(town, name, text="The import says bad date again.", tag="bad date"):
    """A customer writes; Ana answers, tags and closes it."""
    writer = f"{name.title()} <{address(name)}>"
    town.write(writer, DESK, "Import", text)
    first = town.last("ana@acme.example", "message")
    commands = f"/tag {tag}\n/resolve\n\n" if tag else ""
    town.reply(ANA, f"{commands}It is the form of the date.", to=first)


def weekly(town, at=MONDAY):
    """What a run at a moment mails."""
    town.now = at
    before = len(town.letters)
    voice.run(town.house, at)
    town.settle()
    return town.letters[before:]


def words(letter):
    return " ".join(letter.text.split())


def test_who_leads_a_desk_hears_once_a_week_what_customers_asked_for(led):
    town = led
    assert weekly(town, MONDAY - timedelta(days=7)) == []
    town.now = MONDAY - timedelta(days=3)
    for name in CUSTOMERS:
        case(town, name)
    case(town, "carla", "I would like other prices, please.", tag="prices")
    case(town, "max", "Where is my invoice of May?", tag="")
    assert weekly(town, MONDAY - timedelta(minutes=1)) == []
    [letter] = letters = weekly(town)
    assert gist(letters) == [("digest", "lea@acme.example")]
    with TestClient(build(town.house, clock=lambda: town.now)) as browser:
        Scanner(browser).press(town, letters)
    assert letter.mail["Subject"] == "What customers said · Acme Support, Mon 23 Nov"
    assert letter.mail["X-Parlour-Activity"] is None
    said = words(letter)
    for part in (
        "#1 · bad date · 5 customers · new",
        "It is: heard, not answered yet.",
        "A customer: The import says bad date again.",
        "#2 · prices · 1 customer · new",
        "A customer: I would like other prices, please.",
        "Nobody waits unseen.",
        "Ana Ruiz: 1 open case, 6 closed",
        "is 1 of 5 customers (20%), and wrote",
        "5 customers who wrote, 6 closed cases, 0 without a tag.",
        "Digests come once a week: Monday, 07:30 (Madrid).",
    ):
        assert part in said, (part, said)
    for _ in range(2):
        assert weekly(town, MONDAY + timedelta(hours=3)) == []
    # The next week compares, and tells nothing where nothing was said.
    town.now = MONDAY + timedelta(days=2)
    case(town, "kim", "A bad date once more, sorry.")
    [letter] = weekly(town, MONDAY + timedelta(days=7))
    assert "#1 · bad date · 1 customer In the four weeks before it was 5 in all." in (
        words(letter)
    )
    assert weekly(town, MONDAY + timedelta(days=14)) == []


UNTAGGED = (
    "The invoice of October shows the wrong VAT number.",
    "Please send me the invoice for May again.",
    "Our accounting needs the invoice as PDF.",
    "My parcel has not arrived, the tracking says lost.",
    "Where is my parcel? Tracking shows nothing for a week.",
    "The parcel arrived damaged, who pays for it?",
    "Tracking is wrong, the parcel went to Lyon.",
)


def untagged(town):
    """Seven customers write of two matters; Ana closes their cases without a tag."""
    for number, text in enumerate(UNTAGGED):
        case(town, f"writer{number}", text, tag="")
        town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))


def test_what_nobody_tagged_is_grouped_and_becomes_a_theme_by_one_answer(led):
    """With the extra `themes`, which the tests have."""
    town = led
    case(town, "carla")
    untagged(town)
    [letter] = weekly(town)
    said = words(letter)
    assert "Without a tag, but with words in common #2 · parcel" in said
    assert "· 4 customers A customer: My parcel has not arrived" in said
    assert "#3 · invoice" in said
    assert "8 closed cases, 7 without a tag" in said
    assert "Reply #2 tag: … to give all cases of a group one tag" in said
    town.pass_time(minutes=5)
    [answer] = town.reply(
        LEA,
        "#2 tag: Lost parcels\n#3 done: All are sent.\n#3 tag\n#1 tag: x",
        to=letter,
    )
    said = words(answer)
    assert "4 cases have the tag “lost parcels” now." in said
    assert said.count("A tag of up to three words makes them a theme: #3 tag: …") == 2
    assert "#1 tag: x: Not understood" in said
    # Said again it changes nothing more, and nobody but Lea has heard of it.
    [again] = town.reply(LEA, "#2 tag: lost parcels", to=letter)
    assert "4 cases have the tag" in words(again)
    town.now = MONDAY + timedelta(days=2)
    case(town, "kim")
    [letter] = weekly(town, MONDAY + timedelta(days=7))
    assert "#1 · lost parcels · 4 customers · new" in words(letter)


def test_a_case_that_went_to_another_desk_gets_no_tag_of_a_group(led):
    town = led
    untagged(town)
    [letter] = weekly(town)
    with town.database.transaction() as session:
        other = Desk(address="sales@acme.example", name="Sales")
        session.add(other)
        session.flush()
        moved = session.scalars(select(Activity).order_by(Activity.id.desc())).first()
        moved.desk_id = other.id
    [answer] = town.reply(LEA, "#1 tag: parcels", to=letter)
    assert "3 cases have the tag “parcels” now." in words(answer)


def ask_otto(town, closing):
    """Ana asks an outsider about the newest case, and closes that question."""
    order = "/ask Otto <otto@elsewhere.example> Lost\n\nIs the parcel in your hall?"
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, order, to=case, headers=[verified("acme.example")])
    asked = town.last("otto@elsewhere.example", "message")
    town.reply("Otto <otto@elsewhere.example>", "The parcel is here.", to=asked)
    return town.reply(ANA, closing, to=town.last("ana@acme.example", "message"))


def test_what_an_outsider_was_asked_in_private_is_in_no_group(led):
    town = led
    untagged(town)
    letters = ask_otto(town, "/resolve")
    assert not [each for each in letters if "tag" in words(each)]
    [letter] = weekly(town)
    said = words(letter)
    assert "7 closed cases, 7 without a tag" in said
    assert "#1 · parcel, tracking, arrived · 4 customers" in said


def test_what_an_outsider_was_asked_in_private_is_no_theme(led):
    town = led
    ask_otto_about = "Where is my lost parcel, please?"
    case(town, "carla", ask_otto_about, tag="lost parcel")
    ask_otto(town, "/tag lost parcel\n/tag hall\n/resolve")
    [letter] = weekly(town)
    said = words(letter)
    assert "lost parcel · 1 customer" in said
    assert ask_otto_about in said
    assert "The parcel is here" not in said
    assert "hall" not in said
    [draft] = town.reply(LEA, "#1 done: All parcels are found.")
    assert "This would go to 1 customer who asked for “lost parcel”" in words(draft)
    before = len(town.letters)
    town.reply(LEA, "yes", to=draft)
    reached = {each.to for each in town.letters[before:]}
    assert address("carla") in reached
    assert "otto@elsewhere.example" not in reached


def test_without_the_extra_nothing_is_grouped(led, monkeypatch):
    monkeypatch.setattr(grouping, "is_here", lambda: False)
    town = led
    untagged(town)
    [letter] = weekly(town)
    assert "words in common" not in words(letter)
    [answer] = town.reply(LEA, "#1 tag: x", to=letter)
    assert "No theme in that letter has this number." in words(answer)


def test_a_preview_shows_it_and_keeps_nothing(led):
    town = led
    case(town, "carla")
    with town.database.transaction() as session:
        lea = people.meet(
            session, Mailbox("Lea Lang", "lea@acme.example"), now=town.now
        )
        number = lea.id
    town.pass_time(hours=1)
    for _ in range(2):
        [raw] = voice.preview(town.house, number, town.now)
        assert "bad date" in text_of(raw)
    assert voice.preview(town.house, number + 999, town.now) == []
    assert town.settle() == []
    assert gist(weekly(town)) == [("digest", "lea@acme.example")]


def test_when_it_comes_is_said_in_answer_to_it(led):
    town = led
    case(town, "carla")
    weekly(town)
    [said] = town.reply(LEA, "weekly friday 09:00")
    assert "Digests come once a week: Friday, 09:00 (Madrid)." in words(said)
    town.now = MONDAY + timedelta(days=1)
    case(town, "max")
    friday = MONDAY + timedelta(days=4, hours=1, minutes=30)
    assert weekly(town, friday - timedelta(minutes=1)) == []
    assert gist(weekly(town, friday)) == [("digest", "lea@acme.example")]
    town.reply(LEA, "stop", to=town.last("lea@acme.example", "digest"))
    town.now = friday + timedelta(days=1)
    case(town, "kim")
    assert weekly(town, friday + timedelta(days=7)) == []


def told(town):
    with town.database.reading() as session:
        return session.scalar(select(func.count()).select_from(ThemeTold))


def test_those_who_asked_are_told_once_in_words_that_somebody_approved(led):
    town = led
    for name in CUSTOMERS:
        case(town, name)
    town.reply(
        f"Carla <{address('carla')}>",
        "/leave",
        to=town.last(address("carla"), "message"),
    )
    with town.database.transaction() as session:
        # Max mutes the case, mail to Mei comes back.
        seat = session.scalars(
            select(Participant).where(
                Participant.person_id == by_address(session, address("max")).id
            )
        ).one()
        seat.hearing = "muted"
        session.merge(AddressHealth(key=address("mei"), state=Health.DEAD))
    weekly(town)
    text = (
        "#1 planned: From May on it reads both forms.\n\nI write again then.\n\n#7 no"
    )
    letters = town.reply(LEA, text)
    assert gist(letters) == [("confirmation", "lea@acme.example")] * 2
    both = " | ".join(map(words, letters))
    for part in (
        "Nothing has gone out yet.",
        "This would go to 2 customers who asked for “bad date”",
        "Kim and Noor.",
        "The text: From May on it reads both forms. I write again then.",
        "3 are left out",
        "No theme in that letter has this number.",
    ):
        assert part in both, (part, both)
    draft = next(each for each in letters if "Nothing has gone" in each.text)
    before = len(town.letters)
    town.reply(LEA, "yes", to=draft)
    sent = town.letters[before:]
    to_customers = [each for each in sent if each.to.endswith("@shop.example")]
    assert sorted(each.to for each in to_customers) == [address("kim"), address("noor")]
    for each in to_customers:
        assert each.kind == "message"
        assert each.mail["From"].startswith('"Lea Lang, Acme Support"')
        assert each.mail["Subject"] == "Re: Import"
        assert each.mail["References"]
        assert "From May on it reads both forms." in each.text
    [done] = [each for each in sent if each.to == "lea@acme.example"]
    assert "It went to 2 customers who asked for “bad date”." in words(done)
    assert told(town) == 2
    # A second yes is late, and the same again reaches nobody who had it.
    assert gist(town.reply(LEA, "yes", to=draft)) == [
        ("confirmation", "lea@acme.example")
    ]
    again = town.reply(
        LEA, "#1 planned: Again.", to=town.last("lea@acme.example", "digest")
    )
    assert "2 customers were told of this before" in words(again[0])
    assert "There is nobody to tell" in words(again[0])
    # Done is another status: the same two, and Mei whom mail reaches again.
    with town.database.transaction() as session:
        session.execute(update(AddressHealth).values(state=Health.OK))
    [draft] = town.reply(
        LEA, "#1 done: It does now.", to=town.last("lea@acme.example", "digest")
    )
    before = len(town.letters)
    town.reply(LEA, "yes", to=draft)
    told_now = {each.to for each in town.letters[before:]}
    assert {address("mei"), address("kim"), address("noor")} <= told_now
    assert not {address("carla"), address("max")} & told_now
    assert told(town) == 5
    # What somebody answers comes to their case, and opens it.
    town.reply(f"Kim <{address('kim')}>", "Good to hear. One more question: when?")
    with town.database.reading() as session:
        assert not list(reports.faults(session, town.house.blobs, now=town.now))
        kim = by_address(session, address("kim")).id
        row = session.scalars(select(Activity).where(Activity.customer_id == kim)).one()
        assert row.turn == "ours"
    # The next digest says what became of it, and who looks after it.
    [letter] = weekly(town, MONDAY + timedelta(days=7)) or [None]
    if letter:
        assert "bad date" not in letter.text


def test_a_theme_is_somebodys_and_an_answer_is_a_question_to_one(led):
    town = led
    case(town, "carla")
    weekly(town)
    digest = town.last("lea@acme.example", "digest")
    [said] = town.reply(LEA, "#1 mine\n#1 done\n#1 dance: well", to=digest)
    assert "You look after “bad date” now." in words(said)
    assert "Your own words are missing" in words(said)
    assert "Not understood; write #1 planned: …" in words(said)
    [draft] = town.reply(LEA, "#1 no: It would break older files.", to=digest)
    # Nobody else's yes counts, and a no sends nothing.
    town.reply(BO, "yes", to=draft)
    assert town.reply(LEA, "no", to=draft) == []
    assert told(town) == 0
    town.pass_time(days=2)
    case(town, "kim")
    [letter] = weekly(town, MONDAY + timedelta(days=7))
    assert "Lea Lang looks after it." in words(letter)


def test_whoever_waits_for_an_answer_of_their_own_still_waits(led):
    town = led
    town.write(f"Kim <{address('kim')}>", DESK, "Import", "Bad date! What shall I do?")
    town.reply(ANA, "/tag bad date", to=town.last("ana@acme.example", "message"))
    town.write(f"Max <{address('max')}>", DESK, "Import", "A bad date here.")
    town.reply(ANA, "/tag bad date", to=town.last("ana@acme.example", "message"))
    weekly(town)
    [draft] = town.reply(LEA, "#1 planned: Next month.")
    town.reply(LEA, "yes", to=draft)
    with town.database.reading() as session:
        rows = list(session.scalars(select(Activity)))
        assert all(each.waiting_since and each.owner_id is None for each in rows)
        assert not list(reports.faults(session, town.house.blobs, now=town.now))
    assert town.unseen() == []


def test_told_once_is_a_rule_of_the_store(led):
    town = led
    case(town, "carla")
    with town.database.transaction() as session:
        person = by_address(session, address("carla")).id
        row = theme.meet(session, 1, "bad date")
        assert theme.meet(session, 1, "bad date").id == row.id
        theme.note_told(session, row.id, Status.DONE, person, 1)
        with pytest.raises(IntegrityError), session.begin_nested():
            theme.note_told(session, row.id, Status.DONE, person, 2)


def test_what_a_letter_told_that_was_given_up_the_next_one_tells(led):
    town = led
    case(town, "carla")
    weekly(town)
    with town.database.transaction() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.address == "lea@acme.example")
            .values(state=Progress.GIVEN_UP)
        )
    town.pass_time(days=2)
    case(town, "max")
    [letter] = weekly(town, MONDAY + timedelta(days=7))
    assert "#1 · bad date · 2 customers · new" in words(letter)
    assert "2 customers who wrote, 2 closed cases" in words(letter)

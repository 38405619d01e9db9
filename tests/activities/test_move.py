"""`/move` and `/followup`: where a case goes, who comes along, and who reads what."""

import pytest
from sqlalchemy import select

from gateway.activities import view
from gateway.routing.desk import Desk
from parsers.address import Mailbox
from parsers.reply_address import ReplyAddress
from storage import reports
from storage.activity import Activity, Membership, Participant, Turn
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, open_case, taken_case
from tests.town import ACME, gist, reply_address

SALES = Desk(
    name="Acme Sales",
    address="sales@acme.example",
    # Of a domain of its own: its letters bear other ids.
    reply=ReplyAddress("sales+{token}@acme-sales.example"),
    team=(
        Mailbox("Lea Lang", "lea@acme.example"),
        Mailbox("Bo Berg", "bo@acme.example"),
    ),
)
LEA = "Lea Lang <lea@acme.example>"
HERS, LEAS = "carla@gomez.example", "lea@acme.example"
NOTE = "She threatened to cancel; give her the old price."


@pytest.fixture
def two_desks(make_each_town):
    return make_each_town(desks=(ACME, SALES))


def says(letter, words):
    return words in " ".join(letter.text.split())


def to(letters, address):
    return [each for each in letters if each.to == address]


def moved(town):
    """Ana has the case, Bo wrote a note, and Ana gives it to the sales desk."""
    taken_case(town)
    town.reply(BO, f"/note\n{NOTE}", to=town.last("bo@acme.example", "message"))
    own = town.last("ana@acme.example", "message")
    note = town.last("ana@acme.example", "note")
    return own, note, town.reply(ANA, "/move sales", to=own)


def test_the_new_team_has_it_as_new_and_writes_from_its_own_address(two_desks):
    town = two_desks
    _, _, letters = moved(town)
    assert gist(letters) == [
        ("confirmation", "ana@acme.example"),
        ("message", LEAS),
    ]
    (told,) = to(letters, "ana@acme.example")
    assert says(told, "The case is with Acme Sales now: Lea Lang, Bo Berg have it")
    assert "Undo" not in told.text, "Ana is not there to take it back"
    (first,) = to(letters, LEAS)
    assert says(first, "The import stops since Monday.")
    assert says(first, "Acme Support moved this case to this desk.")
    assert town.unseen() == [], "Ana's answer was one, though she is gone"
    with town.database.reading() as session:
        # The note was written before anybody of the new team heard of the case.
        assert list(reports.faults(session, town.house.blobs, now=town.now)) == []
    assert "sales@acme.example" in str(first.mail["From"])
    letters = town.reply(LEA, "Hello, this is sales. Which price?", to=first)
    assert ("message", HERS) in gist(letters)
    assert not to(letters, "ana@acme.example")
    hers = town.last(HERS, "message")
    held = {str(each.mail["Message-ID"]) for each in to(town.letters, HERS)}
    assert str(hers.mail["In-Reply-To"]) in held
    assert str(first.mail["Message-ID"]) in str(hers.mail["References"])
    assert "sales@acme.example" in str(hers.mail["From"])
    assert reply_address(hers).strip("<>").startswith("sales+r-")
    (queue,) = town.write(LEA, SALES.address, "x", "/queue")
    assert says(queue, "Import fails") or says(queue, "Nothing waits")
    (queue,) = town.write(ANA, DESK, "x", "/queue")
    assert not says(queue, "Import fails")


def test_what_comes_to_the_old_address_comes_into_the_case(two_desks):
    town = two_desks
    moved(town)
    old = town.last(HERS, "message")
    assert reply_address(old).strip("<>").startswith("support+r-")
    letters = town.reply(CARLA, "Row 7 it is.", to=old)
    assert {each.to for each in letters} == {"bo@acme.example", LEAS}
    own = str(old.mail["Message-ID"])
    headers = [("In-Reply-To", own), ("References", own)]
    letters = town.write(CARLA, DESK, "Re: Import fails", "And 8.", headers=headers)
    assert {each.to for each in letters} == {"bo@acme.example", LEAS}


def test_the_old_team_reads_and_says_nothing_more(two_desks):
    town = two_desks
    own, note, _ = moved(town)
    before = len(town.letters)
    # By no address and no command of hers.
    for letter, text in (
        (own, "Hello Carla, me again."),
        (note, "And another thing."),
        (own, "/resolve"),
        (note, "/invite eve@evil.example"),
        (own, "/move support"),
    ):
        town.reply(ANA, text, to=letter)
        assert town.state() == "held"
    shown = town.write(ANA, DESK, "x", f"/show {the_case(town).public_id}")
    assert says(shown[0], "There is no such case at this desk")
    town.reply(LEA, "/note\nA secret of sales.", to=town.last(LEAS, "message"))
    anas = to(town.letters[before:], "ana@acme.example")
    assert "secret of sales" not in "".join(each.text for each in anas)
    outside = to(town.letters, HERS)
    assert NOTE not in "".join(each.kept.octets.decode() for each in outside)
    assert "me again" not in "".join(each.text for each in outside)


def test_the_notes_stay_notes(two_desks):
    town = two_desks
    _, _, letters = moved(town)
    (first,) = to(letters, LEAS)
    shown = town.write(LEA, SALES.address, "x", f"/show {the_case(town).public_id}")
    assert says(shown[0], NOTE)
    # The gate knows them at the new desk too.
    letters = town.reply(LEA, f"Hello Carla,\n{NOTE}", to=first)
    assert HERS not in {each.to for each in letters}
    assert town.state() == "held"


def the_case(town, subject="Import fails"):
    with town.database.reading() as session:
        wanted = select(Activity).where(Activity.subject == subject)
        return session.scalars(wanted.order_by(Activity.id)).first()


def test_who_is_of_both_teams_moves_it_there_and_back(two_desks):
    town = two_desks
    open_case(town)
    promised = the_case(town).promised_at
    letters = town.reply(
        BO, "/move sales@acme.example", to=town.last("bo@acme.example")
    )
    told = to(letters, "bo@acme.example")[-1]
    assert says(told, "Undo: /move support@acme.example")
    case = the_case(town)
    assert (case.turn, case.promised_at) == (Turn.NEW, promised)
    letters = town.reply(
        BO, "/move Acme Support", to=town.first("bo@acme.example", "message")
    )
    assert LEAS not in {each.to for each in letters}
    letters = town.reply(CARLA, "Row 7 it is.", to=town.last(HERS))
    assert {each.to for each in letters} == {"ana@acme.example", "bo@acme.example"}


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("/move", "wants the name or address of another desk: Acme Sales"),
        ("/move nowhere", "wants the name or address of another desk: Acme Sales"),
        ("/move Acme Support", "wants the name or address of another desk"),
        ("/move sales\nBye.", "/move stands alone"),
    ],
)
def test_a_desk_that_is_none_moves_nothing(make_each_town, words, answer):
    town = make_each_town(desks=(ACME, SALES))
    open_case(town)
    (letter,) = town.reply(BO, words, to=town.last("bo@acme.example"))
    assert says(letter, answer)


def test_with_a_mail_at_the_door_it_stays(two_desks):
    town = two_desks
    taken_case(town)
    town.reply(MAX, "Let me in.", to=town.last(HERS, "message"))
    assert town.state() == "held"
    letters = town.reply(ANA, "/move sales", to=town.first("ana@acme.example"))
    assert says(letters[-1], "a mail to this case is held")


def test_a_follow_up_has_the_people_the_owner_and_the_promise(each_town):
    town = each_town
    taken_case(town)
    own = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=own)
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    town.reply(ANA, "/invite mei@elsewhere.example", to=own)
    letters = town.reply(ANA, "/followup The other rows", to=own)
    assert {each.to for each in letters} <= {"ana@acme.example", "bo@acme.example"}
    told = to(letters, "ana@acme.example")[-1]
    assert says(told, "This is the new case, “The other rows”")
    assert says(told, "Undo: /merge")
    old, new = the_case(town), the_case(town, "The other rows")
    assert new.linked_id == old.id
    assert new.owner_id == old.owner_id
    with town.database.reading() as session:
        seats = session.scalars(select(Participant)).all()
    people = {seat.person_id for seat in seats if seat.activity_id == new.id}
    here = {
        seat.person_id
        for seat in seats
        if seat.activity_id == old.id and seat.membership is not Membership.INVITED
    }
    assert people == here, "who only was asked is not asked here"
    letters = town.reply(ANA, "/note\nLet us go on here.", to=told)
    assert HERS not in {each.to for each in letters}
    shown = town.write(ANA, DESK, "x", f"/show {old.public_id}")
    assert says(shown[0], f"This case goes on in “The other rows” ({new.public_id}).")
    # Undone, it is one case again.
    letters = town.reply(ANA, f"/merge {old.public_id}", to=told)
    assert the_case(town, "The other rows").redirect_id == old.id


def test_merged_into_its_follow_up_a_case_shows_a_guest_nothing_more(each_town):
    town = each_town
    taken_case(town, "A secret of ours: row 7.")
    own = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=own)
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    town.reply(ANA, "Hello Max.", to=own)
    town.reply(ANA, "/followup The other rows", to=own)
    town.reply(ANA, f"/merge {new_id(town)}", to=own)
    shown = town.last("max@gomez.example", "message").link("a", purpose="v")
    page = view.activity(town.house, shown, town.now)
    said = " ".join(each.text for each in page.posts)
    assert "secret" not in said
    assert "stops since Monday" not in said


def test_a_customer_hears_of_the_follow_up_by_a_persons_words_alone(each_town):
    town = each_town
    taken_case(town)
    town.reply(BO, f"/note\n{NOTE}", to=town.last("bo@acme.example", "message"))
    own = town.last("ana@acme.example", "message")
    told = to(town.reply(ANA, "/followup", to=own), "ana@acme.example")[-1]
    assert told.mail["Subject"] == "Team: Import fails"
    shown = town.write(ANA, DESK, "x", f"/show {new_id(town)}")[0]
    answer = next(
        line.partition(": ")[2]
        for line in shown.text.splitlines()
        if line.startswith("Answer ")
    )
    letters = town.write(ANA, answer, "Re: Import fails", "Now for the other rows.")
    assert ("message", HERS) in gist(letters)
    hers = "".join(each.kept.octets.decode() for each in to(town.letters, HERS))
    assert NOTE not in hers
    assert "goes on" not in hers
    (asked,) = town.reply(ANA, "/followup X\nAnd a text.", to=own)
    assert says(asked, "/followup stands alone")


def new_id(town):
    with town.database.reading() as session:
        wanted = select(Activity).order_by(Activity.id.desc())
        return session.scalars(wanted).first().public_id

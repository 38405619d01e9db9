"""An invitation from the first letter to the last word (decisions D30, D31, D34)."""

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from gateway.activities import preferences
from gateway.routing.desk import Hours
from gateway.web.app import build
from storage import people
from storage.activity import Participant
from storage.base import Base
from storage.event import Event
from tests.activities.people import (
    ANA,
    BO,
    CARLA,
    DESK,
    MAX,
    MEI,
    open_case,
    taken_case,
    verified,
)
from tests.reports import report
from tests.town import ACME, gist

MEIS = "mei@elsewhere.example"
SERVER = "mx.acme.example"


def words(letter):
    return " ".join(letter.text.split())


def invited(town, whom=MEIS, why="you wrote the importer"):
    """Ana, who has the case, invites; gives the invitation."""
    taken_case(town)
    town.reply(ANA, f"/invite {whom} {why}", to=town.last("ana@acme.example"))
    return town.last(whom, "invitation")


def seat_of(town, address):
    with town.database.reading() as session:
        person = people.by_address(session, address)
        seats = session.query(Participant).filter_by(person_id=person.id)
        seat = seats.order_by(Participant.id.desc()).first()
        return f"{seat.membership} {seat.hearing}"


def everything(town):
    with town.database.reading() as session:
        return {
            table.name: session.execute(table.select()).all()
            for table in Base.metadata.sorted_tables
        }


def test_the_letter_says_all_that_one_wants_to_know(each_town):
    town = each_town
    letter = invited(town)
    assert letter.mail["Subject"] == (
        "Ana Ruiz asks: would you look at \N{LEFT DOUBLE QUOTATION MARK}Import fails"
        "\N{RIGHT DOUBLE QUOTATION MARK}?"
    )
    assert str(letter.mail["From"]).startswith('"Ana Ruiz, Acme Support"')
    said = words(letter)
    for each in (
        "Ana Ruiz invites you to a case of Acme Support, because you wrote the",
        "The import stops since Monday.",
        "Carla Gomez (asked)",
        "Ana Ruiz (has the case)",
        "You would see what is said from then on.",
        "these will read it: Carla Gomez and Ana Ruiz, and the team of Acme Support",
        "Write to Ana Ruiz alone: support+a-",
        "you get one reminder and then nothing",
    ):
        assert each in said
    assert letter.link("i")
    for answer in ("join", "digest", "decline", "never"):
        assert f"?answer={answer}" in letter.text


ANSWERS = [
    ("yes please", (), "joined each", ["confirmation"]),
    ("Only the digest, thanks", (), "joined digest", ["confirmation"]),
    ("Nur Zusammenfassung", (), "joined digest", ["confirmation"]),
    ("no thanks", (), "declined each", []),
    ("Never again", (), "declined each", []),
    ("The date is wrong in row 7.", (), "joined each", ["confirmation"]),
    ("I am away.", (("Auto-Submitted", "auto-replied"),), "invited each", []),
    ("/join", (), "joined each", ["confirmation"]),
    ("/digest", (), "joined digest", ["confirmation"]),
    ("/leave", (), "declined each", []),
]


@pytest.mark.parametrize(("text", "headers", "stands", "kinds"), ANSWERS)
def test_each_way_to_answer(town, text, headers, stands, kinds):
    letter = invited(town)
    letters = town.reply(MEI, text, to=letter, headers=headers)
    mine = [each.kind for each in letters if each.to == MEIS]
    assert (seat_of(town, MEIS), mine) == (stands, kinds)
    told = [each for each in letters if each.to != MEIS]
    assert bool(told) == text.startswith("The date")


def test_robots_look_at_each_link_twice_and_nothing_moves(each_town):
    town = each_town
    letter = invited(town)
    town.pass_time(days=3)
    [reminder] = town.tick()
    found = {
        each.removeprefix("http://127.0.0.1:8080")
        for one in (letter, reminder)
        for twin in ("plain", "html")
        for each in re.findall(
            r"http://127\.0\.0\.1:8080[^\s\"<>]+",
            one.mail.get_body((twin,)).get_content(),
        )
    }
    assert len(found) >= 4
    app = build(town.house, clock=lambda: town.now)
    with TestClient(app, base_url="http://127.0.0.1:8080") as web:
        before = everything(town)
        for path in sorted(found) * 2:
            assert web.get(path).status_code == 200
            assert web.head(path).status_code == 200
        assert everything(town) == before
        path = f"/i/{letter.link('i')}"
        chosen = web.get(f"{path}?answer=digest").text
        assert re.search(r'value="digest" class="first"', chosen)
        assert web.post(path, data={"answer": "digest"}).status_code == 200
    assert seat_of(town, MEIS) == "joined digest"


def test_one_reminder_after_three_days_and_never_on_a_day_off(each_town):
    town = each_town
    town.pass_time(days=6)  # A Thursday.
    invited(town)
    for hours in (24, 47):
        town.pass_time(hours=hours)
        assert [each for each in town.tick() if each.to == MEIS] == []
    town.pass_time(hours=2)  # Sunday: three days are over.
    assert [each for each in town.tick() if each.to == MEIS] == []
    town.pass_time(days=1)
    [reminder] = [each for each in town.tick() if each.to == MEIS]
    assert reminder.kind == "reminder"
    assert str(reminder.mail["Subject"]).startswith("Re: Ana Ruiz asks:")
    assert "Ana Ruiz asked you on Thursday 26 November to a case" in words(reminder)
    assert "nothing more comes" in words(reminder)
    assert "The import stops since Monday." in words(reminder)
    assert town.tick() == []
    town.pass_time(days=5)
    assert [each for each in town.tick() if each.to == MEIS] == []
    # It can be answered as the invitation itself.
    assert gist(town.reply(MEI, "yes", to=reminder)) == [("confirmation", MEIS)]


def joins(town, letter):
    town.reply(MEI, "yes", to=letter)


def declines(town, letter):
    town.reply(MEI, "no thanks", to=letter)


def wants_no_invitations(town, letter):
    path = re.search(r"/u/([^>]+)>", str(letter.mail["List-Unsubscribe"]))[1]
    scope = preferences.Scope.INVITATIONS
    assert preferences.unsubscribe(town.house, path, scope, door="web", now=town.now)


def is_solved(town, letter):
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))


def comes_back(town, letter):
    town.deliver(report(letter), "", [letter.kept.mail_from])


def desk_listens(town, letter):
    town.change_desk(mode="listen")


@pytest.mark.parametrize(
    "happens",
    [joins, declines, wants_no_invitations, is_solved, comes_back, desk_listens],
)
def test_no_reminder_where_none_is_wanted(town, happens):
    letter = invited(town)
    happens(town, letter)
    town.pass_time(days=3)
    assert ("reminder", MEIS) not in gist(town.tick())


def test_what_is_old_is_let_be(town):
    """Where nothing looked after time for weeks, nobody is reminded all at once."""
    invited(town)
    town.pass_time(days=17)
    assert [each for each in town.tick() if each.to == MEIS] == []


def test_to_the_inviter_alone(each_town):
    """It neither joins nor posts, and stands nowhere that the others could look."""
    town = each_town
    letter = invited(town)
    alone = re.search(r"support\+a-[a-z2-7]{26}@acme\.example", letter.text)[0]
    secret = "Between us: she is my cousin, ask somebody else."
    letters = town.write(MEI, alone, "Re: Ana Ruiz asks", secret)
    assert gist(letters) == [("message", "ana@acme.example")]
    [told] = letters
    assert secret in told.text
    assert "Only you got this" in words(told)
    assert str(told.mail["Reply-To"]) == MEIS
    assert seat_of(town, MEIS) == "invited each"
    with town.database.reading() as session:
        assert not [one for one in session.query(Event) if "cousin" in str(one.text)]
    # Not in the case, be it taken for a robot's or sent to another address too.
    head = [("Auto-Submitted", "auto-replied")]
    assert town.write(MEI, alone, "Away", "I am away.", headers=head) == []
    own = str(letter.mail["Reply-To"])
    letters = town.write(
        MEI, f"{alone}, {own}", "Re: x", secret, recipients=[alone, own]
    )
    assert gist(letters) == [("message", "ana@acme.example")]
    # From elsewhere it is told with the address that it came from.
    [told] = town.write("m@home.example", alone, "Re: x", "It is I.")
    assert "It came from m@home.example" in words(told)
    assert str(told.mail["Reply-To"]) == "m@home.example"


def test_a_refusal_is_remembered_and_told_kindly(each_town):
    town = each_town
    letter = invited(town)
    town.reply(MEI, "no thanks", to=letter)
    bos = town.last("bo@acme.example", "message")
    letters = town.reply(BO, f"/invite {MEIS} please", to=bos)
    assert gist(letters) == [("confirmation", "bo@acme.example")]
    assert "said no thanks to this case, and we leave it at that" in words(letters[0])
    # Why is nobody's business outside the team.
    carlas = town.last("carla@gomez.example", "message")
    [answer] = town.reply(CARLA, f"/invite {MEIS}", to=carlas)
    assert f"Not invited: {MEIS}." in words(answer)
    assert "thanks" not in words(answer)
    # For this case: in another one they may be asked.
    open_case(town, subject="Another matter", text="Who knows the exporter?")
    anas = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, f"/invite {MEIS}", to=anas)
    assert ("invitation", MEIS) in gist(letters)
    town.reply(MEI, "never again", to=town.last(MEIS, "invitation"))
    open_case(town, subject="A third", text="Who knows the printer?")
    letters = town.reply(ANA, f"/invite {MEIS}", to=town.last("ana@acme.example"))
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    assert "wants no invitations" in words(letters[0])


@pytest.mark.parametrize("by_guest", [False, True])
def test_history_for_a_guest_is_what_the_inviter_sees(each_town, by_guest):
    town = each_town
    letter = invited(town, whom=MEIS, why="+history you wrote it")
    assert "You would see what was said from the start." in words(letter)
    assert "because you wrote it." in words(letter)
    if not by_guest:
        [joined] = town.reply(MEI, "yes", to=letter)
        assert "The import stops since Monday." in joined.text
        assert "Which row is it?" in joined.text
        return
    # A guest without it gives no more than they have.
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=anas)
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    town.reply(ANA, "Said after Max came.", to=anas)
    maxs = town.last("max@gomez.example", "message")
    town.reply(MAX, "/invite nils@gomez.example +history", to=maxs)
    nils = town.last("nils@gomez.example")
    assert "You would see what is said from then on." in words(nils)
    [joined] = town.reply("nils@gomez.example", "yes", to=nils)
    assert "Said after Max came." in joined.text
    assert "The import stops" not in joined.text


def test_the_owner_closes_the_door(proved_town):
    town = proved_town
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    bos = town.last("bo@acme.example", "message")
    [answer] = town.reply(BO, "/door closed", to=bos)
    assert "Nothing was changed: Ana Ruiz has the case" in words(answer)
    [answer] = town.reply(ANA, "/door", to=anas)
    assert "/door closed lets only you invite" in words(answer)
    [answer] = town.reply(ANA, "/door closed", to=anas)
    assert "From now on only you invite people" in words(answer)
    assert "Undo: /door open" in words(answer)
    [answer] = town.reply(BO, f"/invite {MEIS}", to=bos)
    assert "here only Ana Ruiz invites" in words(answer)
    # Whom the customer brings is suggested, with a button that needs no typing.
    carlas = town.last("carla@gomez.example", "message")
    head = [("Cc", "max@gomez.example"), verified("gomez.example")]
    letters = town.reply(CARLA, "Max knows the row.", to=carlas, headers=head)
    assert "invitation" not in {each.kind for each in letters}
    told = town.last("ana@acme.example", "message")
    assert "In Cc, not invited: max@gomez.example" in words(told)
    html = told.mail.get_body(("html",)).get_content()
    assert "body=%2Finvite%20max%40gomez.example" in html
    letters = town.reply(ANA, "/invite max@gomez.example", to=told)
    assert ("invitation", "max@gomez.example") in gist(letters)
    [answer] = town.reply(ANA, "/door open", to=anas)
    assert "Everybody in this case may invite" in words(answer)
    letters = town.reply(BO, f"/invite {MEIS}", to=bos)
    assert ("invitation", MEIS) in gist(letters)


def test_desk_days_are_the_desks(make_town):
    """The reminder waits for the desk's own opening (decisions G57)."""
    hours = Hours(by_weekday={1: (600, 960)})  # Tuesdays from ten.
    town = make_town(desks=(replace(ACME, hours=hours),))
    invited(town)
    town.pass_time(days=4, hours=-1)  # Tuesday, 08:12.
    assert [each for each in town.tick() if each.to == MEIS] == []
    town.pass_time(hours=2)
    assert [each.kind for each in town.tick() if each.to == MEIS] == ["reminder"]


def test_whatever_the_consulted_write_is_for_the_team(each_town):
    """By an id that everybody holds and the plain address, too (decisions B16)."""
    town = each_town
    invited(town, whom="lea@acme.example")
    anas = town.last("ana@acme.example", "message")
    town.reply("lea@acme.example", "no thanks", to=town.last("lea@acme.example"))
    [answer] = town.reply(ANA, "/consult lea@acme.example", to=anas)
    assert "said no thanks to this case" in words(answer)
    town.reply(ANA, "/consult max@acme.example you know it", to=anas)
    maxs = "max@acme.example"
    assert gist(town.reply(maxs, "/join", to=town.last(maxs))) == [
        ("confirmation", maxs)
    ]
    town.reply(ANA, "Is it row 7?", to=anas)
    held = town.last(maxs, "message")
    head = [("In-Reply-To", str(held.mail["Message-ID"]))]
    letters = town.write(maxs, DESK, "Re: Import fails", "It is.", headers=head)
    assert gist(letters) == [("note", "ana@acme.example")]
    # When everybody of the team is gone, the consulted do not stand in for them.
    carlas = town.last("carla@gomez.example", "message")
    for member in (ANA, BO):
        address = member.split("<")[1].rstrip(">")
        town.reply(member, "/mute", to=town.last(address, "message"))
    letters = town.reply(CARLA, "And now?", to=carlas)
    assert ("message", "ana@acme.example") in gist(letters)
    assert town.unseen() == []

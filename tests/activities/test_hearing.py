"""Who gets a copy and who does not: never the author, at most one ever (D32, D43)."""

from dataclasses import replace

from gateway.routing.desk import Duty, Hours
from tests.activities.people import (
    ANA,
    BO,
    CARLA,
    DESK,
    MAX,
    open_case,
    taken_case,
    verified,
)
from tests.town import ACME, gist


def test_the_first_copy_of_the_team(make_town):
    """It says who asks, since when, how often before, and how to answer (E49)."""
    town = make_town(trusted=("mx.acme.example",))
    town.write(
        CARLA, DESK, "First", "The import stops.", headers=[verified("gomez.example")]
    )
    anas = town.last("ana@acme.example")
    assert str(anas.mail["Subject"]) == "First"
    assert str(anas.mail["From"]).startswith("Carla Gomez via Acme Support")
    for words in ("The import stops.", "Your reply goes to Carla", "/note"):
        assert words in anas.text, words
    town.pass_time(hours=2)
    town.write(
        CARLA, DESK, "Second", "The export stops.", headers=[verified("gomez.example")]
    )
    assert "Carla Gomez" in town.last("ana@acme.example").text
    assert "before" in town.last("ana@acme.example").text
    # The first copy is never left out: a Cc can be claimed by anybody.
    cc = [("Cc", "ana@acme.example"), ("Message-ID", "<3@gomez.example>")]
    letters = town.write(CARLA, DESK, "Third", "All stops, and how.", headers=cc)
    assert ("message", "ana@acme.example") in gist(letters)


def test_the_team_hears_until_the_case_is_taken(town):
    open_case(town)
    letters = town.reply(CARLA, "Since version 7.", to=town.last("carla@gomez.example"))
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    letters = town.reply(ANA, "Thank you.")
    assert gist(letters) == [
        ("message", "bo@acme.example"),
        ("message", "carla@gomez.example"),
    ]
    assert "Ana Ruiz" in town.last("bo@acme.example").text
    assert gist(town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example"))) == [
        ("message", "ana@acme.example")
    ]
    # Who wrote, hears from then on.
    letters = town.reply(BO, "I know row 7.")
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "carla@gomez.example"),
    ]
    assert gist(town.reply(CARLA, "So?", to=town.last("carla@gomez.example"))) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    assert "You follow this case" in town.last("bo@acme.example").text
    assert "You follow" not in town.last("ana@acme.example").text
    # An owner cannot mute their customer (D35), anybody else can.
    town.reply(ANA, "/mute", to=town.last("ana@acme.example", "message"))
    town.reply(BO, "/mute", to=town.last("bo@acme.example", "message"))
    assert gist(town.reply(CARLA, "Hello?", to=town.last("carla@gomez.example"))) == [
        ("message", "ana@acme.example")
    ]
    # Without an owner the next mail is everybody's again.
    town.reply(ANA, "/leave", to=town.last("ana@acme.example", "message"))
    town.reply(BO, "/unmute", to=town.last("bo@acme.example", "message"))
    assert gist(town.reply(CARLA, "Anybody?", to=town.last("carla@gomez.example"))) == [
        ("message", "bo@acme.example")
    ]


def test_a_desk_whose_team_follows_all(make_town):
    town = make_town(desks=(replace(ACME, team_follow="all"),))
    taken_case(town)
    letters = town.reply(
        CARLA, "Row 7.", to=town.last("carla@gomez.example", "message")
    )
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]


def test_who_was_written_to_directly_gets_no_copy_of_ours(town):
    """Decisions D43: at most one copy ever."""
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    cc = [("Cc", "Carla <CARLA@Gomez.example>")]
    assert town.reply(ANA, "You have this twice, or not?", to=case, headers=cc) == []
    letters = town.reply(
        CARLA,
        "Once.",
        to=town.last("carla@gomez.example", "message"),
        headers=[("Cc", "Ana <ana@acme.example>, bo@acme.example")],
    )
    assert letters == []


def test_everybody_gets_one_copy_and_the_author_none(town):
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=case)
    town.reply(MAX, "yes", to=town.last("max@gomez.example", "invitation"))
    writers = {
        "ana@acme.example": ANA,
        "carla@gomez.example": CARLA,
        "max@gomez.example": MAX,
    }
    for address, writer in writers.items():
        here = town.last(address, "message" if writer is not MAX else None)
        letters = town.reply(writer, f"I am {writer}.", to=here)
        assert sorted(each.to for each in letters) == sorted(writers.keys() - {address})
        assert len({str(each.mail["Message-ID"]) for each in letters}) == 1
        for each in letters:
            assert each.mail.get_all("To") == [each.to]
            assert each.mail["Cc"] is None
            others = writers.keys() - {each.to} - {"max@gomez.example"}
            head = each.kept.octets.partition(b"\r\n\r\n")[0].decode()
            assert not any(other in head for other in others), "D37: no addresses"


def test_new_cases_go_to_who_is_on_duty(make_town):
    """Settings: `duty`; the others find them in their digest, and nobody is alone."""
    always = Hours(by_weekday=dict.fromkeys(range(7), (0, 24 * 60)))
    duty = (Duty(hours=always, people=frozenset({"bo@acme.example"})),)
    town = make_town(desks=(replace(ACME, duty=duty),))
    case = town.write(CARLA, DESK, "Import fails", "It stops.")
    assert gist(case) == [
        ("acknowledgement", "carla@gomez.example"),
        ("message", "bo@acme.example"),
    ]
    letters = town.reply(CARLA, "Still.", to=town.last("carla@gomez.example"))
    assert gist(letters) == [("message", "bo@acme.example")]
    bos = town.last("bo@acme.example", "message")
    assert gist(town.reply(BO, "/pause 2 days", to=bos)) == [
        ("confirmation", "bo@acme.example")
    ]
    letters = town.reply(CARLA, "Hello?", to=town.last("carla@gomez.example"))
    assert gist(letters) == [("message", "ana@acme.example")]


def test_given_with_a_text_the_new_owner_reads_it_at_once(town):
    """D33: assigned to me."""
    taken_case(town)
    bos = town.last("bo@acme.example", "message")
    town.reply(BO, "/digest", to=bos)
    letters = town.reply(
        ANA, "/assign bo\n\nBo knows more.", to=town.last("ana@acme.example")
    )
    assert gist(letters) == [
        ("message", "bo@acme.example"),
        ("message", "carla@gomez.example"),
        ("notice", "bo@acme.example"),
    ]
    reasons = {
        (each.kind, each.to): str(each.mail["X-Parlour-Reason"]) for each in letters
    }
    assert reasons["message", "bo@acme.example"] == "assigned"
    assert reasons["notice", "bo@acme.example"] == "assigned"

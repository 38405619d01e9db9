"""Letters that come back: the recipient is marked, the owner told once (B1, T11)."""

from tests.activities.people import ANA, CARLA, DESK, MAX, MEI, open_case, taken_case
from tests.activities.returned import comes_back, health
from tests.reports import EXCHANGE, NO_SUCH, report
from tests.town import gist


def test_a_report_marks_the_recipient_and_tells_the_owner_once(each_town):
    town = each_town
    taken_case(town)
    lost = town.last("carla@gomez.example", "message")

    [notice] = comes_back(town, lost)
    assert (notice.kind, notice.to) == ("notice", "ana@acme.example")
    assert "carla@gomez.example" in notice.text
    assert "User unknown" in notice.text
    assert "telephone" in notice.text
    assert health(town, "carla@gomez.example") == "paused"

    # The same again in another server's words, and about another letter.
    assert comes_back(town, lost, EXCHANGE) == []
    assert comes_back(town, town.last("carla@gomez.example", "acknowledgement")) == []
    assert town.state() == "done"

    # A customer is tried once with each new post; a mail of theirs ends the matter.
    case = town.last("ana@acme.example", "message")
    again = town.reply(ANA, "Are you there?", to=case)
    assert ("message", "carla@gomez.example") in gist(again)
    town.reply(CARLA, "Here I am again.", to=lost)
    assert health(town, "carla@gomez.example") == "ok"

    # From then on it would be news.
    town.reply(ANA, "Good to hear.", to=town.last("ana@acme.example", "message"))
    [notice] = comes_back(town, town.last("carla@gomez.example"), EXCHANGE)
    assert (notice.kind, notice.to) == ("notice", "ana@acme.example")


def test_an_invitation_that_comes_back_is_told_to_who_invited(town):
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example you know it", to=case)
    [notice] = comes_back(town, town.last("mei@elsewhere.example"), EXCHANGE)
    assert notice.to == "ana@acme.example"
    assert "telephone" not in notice.text

    # A yes from the address shows that it is alive.
    town.reply(MEI, "yes", to=town.last("mei@elsewhere.example", "invitation"))
    assert health(town, "mei@elsewhere.example") == "ok"


def test_a_refusal_by_the_smarthost_is_a_report_too(each_town):
    town = each_town
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.sink.say("RCPT", NO_SUCH, to="mei@elsewhere.example")

    letters = town.reply(ANA, "/invite mei@elsewhere.example\n\nMei knows.", to=case)
    # One dead recipient delays nobody.
    assert gist(letters) == [
        ("message", "carla@gomez.example"),
        ("notice", "ana@acme.example"),
    ]
    assert "User unknown" in town.last("ana@acme.example", "notice").text
    assert health(town, "mei@elsewhere.example") == "paused"


def test_only_our_own_return_path_counts(town):
    """T11: whoever names somebody in a report cannot switch them off."""
    taken_case(town)
    letter = town.last("carla@gomez.example", "message")
    forged = report(letter).replace(b"carla@gomez.example", b"bo@acme.example")

    # The recipient is that of our row, not of the report's text.
    [notice] = town.deliver(forged, "", [letter.kept.mail_from])
    assert "carla@gomez.example" in notice.text
    assert health(town, "bo@acme.example") == "ok"

    bo = town.last("bo@acme.example", "message")
    at_desk = report(bo).replace(bo.kept.mail_from.encode(), DESK.encode())
    assert town.deliver(at_desk, "", [DESK]) == []
    assert town.state() == "discarded"
    in_thread = town.last("carla@gomez.example", "message").mail["Reply-To"].strip("<>")
    assert town.deliver(report(bo), "", [in_thread]) == []
    assert health(town, "bo@acme.example") == "ok"


def test_notes_of_machines_at_a_return_path_are_dropped_and_humans_are_held(town):
    taken_case(town)
    letter = town.last("carla@gomez.example", "message")
    away = (
        f"From: {CARLA}\r\nTo: {letter.kept.mail_from}\r\nSubject: Away\r\n"
        "Message-ID: <away@gomez.example>\r\nAuto-Submitted: auto-replied\r\n\r\n"
        "I am on holiday.\r\n"
    )
    assert town.deliver(away.encode(), "", [letter.kept.mail_from]) == []
    assert town.state() == "discarded"

    human = town.write(
        CARLA, letter.kept.mail_from, "Hello", "My program answers oddly."
    )
    assert gist(human) == [("notice", "ana@acme.example")]
    assert "answers oddly" in human[0].text
    assert town.state() == "held"


def test_who_cannot_be_reached_gets_no_copies_until_they_write(town):
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example\n\nMax, join us.", to=case)
    town.reply(MAX, "I join.")
    comes_back(town, town.last("max@gomez.example"))
    letters = town.reply(ANA, "Next step.", to=town.last("ana@acme.example", "message"))
    assert gist(letters) == [("message", "carla@gomez.example")]
    town.reply(MAX, "I moved house.", to=town.last("max@gomez.example"))
    letters = town.reply(ANA, "Welcome.", to=town.last("ana@acme.example", "message"))
    assert gist(letters) == [
        ("message", "carla@gomez.example"),
        ("message", "max@gomez.example"),
    ]


def test_a_team_address_that_is_dead_is_told_to_the_others(town):
    open_case(town)
    letters = comes_back(town, town.last("bo@acme.example"))
    assert gist(letters) == [("notice", "ana@acme.example")]


def test_the_team_stands_in_for_an_owner_whose_mail_comes_back(each_town):
    # R16: with a dead owner the customer would write to nobody.
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    town.sink.say("RCPT", NO_SUCH, to="ana@acme.example")
    letters = town.reply(CARLA, "It is row 7.", to=hers)
    # And what she wrote was told to nobody but the owner, so it is told to the team.
    assert gist(letters) == [
        ("message", "bo@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    assert "It is row 7." in town.last("bo@acme.example", "message").text
    assert health(town, "ana@acme.example") == "paused"
    letters = town.reply(CARLA, "Are you there?", to=hers)
    assert ("message", "bo@acme.example") in gist(letters)

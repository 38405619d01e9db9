"""Nothing that is meant for the team reaches a customer or a guest."""

import pytest

from parsers.reply_address import Purpose
from tests.activities.people import ANA, MEI, taken_case
from tests.activities.test_held_again import posts, seat
from tests.town import gist


@pytest.mark.parametrize("field", ["To", "Cc"])
def test_a_mail_that_names_a_team_address_too_is_for_the_team(town, field):
    """Table R3, also when the mail server brings it once for each recipient."""
    taken_case(town)
    open_, team = (
        seat(town, "ana@acme.example", 1, purpose)
        for purpose in (Purpose.EVERYONE, Purpose.TEAM)
    )
    to, cc = (f"{open_}, {team}", "bo@acme.example")
    if field == "Cc":
        to, cc = open_, team
    mail = f"From: {ANA}\r\nTo: {to}\r\nCc: {cc}\r\nSubject: Re: Import fails\r\n"
    mail += "Message-ID: <both@acme.example>\r\n\r\nThey pay late.\r\n"
    for recipient in (open_, team):
        town.deliver(mail.encode(), "ana@acme.example", [recipient])
    assert posts(town)[-1] == ("team", "They pay late.")
    assert len(posts(town)) == 3
    assert "pay late" not in town.last("carla@gomez.example").text


def test_a_team_address_of_another_case_narrows_nothing(town):
    taken_case(town)
    open_ = seat(town, "ana@acme.example", 1)
    town.write(MEI, "support@acme.example", "Printer", "The printer burns.")
    other = seat(town, "ana@acme.example", 2, Purpose.TEAM)
    letters = town.write(
        ANA, f"{open_}, {other}", "Re: Import fails", "Row 7.", recipients=[open_]
    )
    assert ("message", "carla@gomez.example") in gist(letters)


@pytest.mark.parametrize("way", ["the team address", "/note"])
def test_why_somebody_was_invited_stays_where_it_was_said(town, way):
    taken_case(town)
    order = "/invite mei@elsewhere.example to see whether they can pay"
    if way == "/note":
        town.reply(ANA, f"/note\n{order}", to=town.last("ana@acme.example", "message"))
    else:
        town.write(ANA, seat(town, "ana@acme.example", 1, Purpose.TEAM), "x", order)
    invitation = town.last("mei@elsewhere.example", "invitation")
    assert "whether they can pay" in invitation.text
    town.reply(MEI, "yes", to=invitation)
    town.reply(ANA, "Mei will look.", to=town.last("ana@acme.example", "message"))
    assert all(
        "can pay" not in letter.text
        for letter in town.letters
        if letter.to == "carla@gomez.example"
    )

"""What people are known by: their signature, their vacation notes, what they say."""

from datetime import date

from storage import people
from tests.activities.people import ANA, CARLA, MEI, taken_case
from tests.town import reply_address

SIGNED = """The import stops.

--\x20
Carla Gomez
Head of Logistics
Gomez Logistics S.L.
Tel. +34 91 123 45 67
"""
SAID = "By their signature: Head of Logistics, Gomez Logistics S.L., +34 91 123 45 67."


def person(town, address):
    with town.database.reading() as session:
        found = people.by_address(session, address)
        session.expunge(found)
        return found


def says(letter, words):
    return words in " ".join(letter.text.split())


def test_a_first_signature_is_shown_to_the_team_and_to_nobody_else(town):
    letters = town.write(CARLA, "support@acme.example", "Import", SIGNED)
    assert [each.kind for each in letters if says(each, SAID)] == ["message"] * 2
    acknowledged = town.last("carla@gomez.example")
    assert not says(acknowledged, "Logistics")
    again = town.reply(CARLA, SIGNED, to=acknowledged)
    assert len(again) == 2
    assert not any(says(each, SAID) for each in again)
    # In the next case the team reads it again; nobody has to remember.
    letters = town.write(CARLA, "support@acme.example", "Another thing", "Why?")
    assert [each.kind for each in letters if says(each, SAID)] == ["message"] * 2
    ana = town.last("ana@acme.example")
    town.reply(ANA, "/invite mei@elsewhere.example", to=ana)
    asked = town.last("mei@elsewhere.example", "invitation")
    (joined,) = town.reply(MEI, "yes", to=asked)
    assert not any("Logistics" in each.text for each in (asked, joined))
    (who,) = town.reply(ANA, "/who", to=ana)
    assert says(who, "not confirmed: Head of Logistics, Gomez Logistics S.L., +34 91")


def vacation(town, sender, recipient, back):
    """Let a mail program answer that its owner is away."""
    mail = (
        f"From: {sender}\r\nTo: {recipient}\r\nSubject: Out of office\r\n"
        f"Date: {town.now:%a, %d %b %Y %H:%M:%S +0000}\r\n"
        f"Message-ID: <{back.replace(' ', '')}@x.example>\r\n"
        f"Auto-Submitted: auto-replied\r\n\r\nI am away. I will be back on {back}.\r\n"
    )
    return town.deliver(mail.encode(), "", [recipient])


def test_the_team_stands_in_for_an_owner_whose_mail_program_says_away(town):
    taken_case(town)
    case = town.last("carla@gomez.example", "message")
    letter = town.reply(CARLA, "Row 3.", to=case)[0]
    assert letter.to == "ana@acme.example"
    # To the return path, as RFC 3834 asks; nobody else's note says anything of her.
    assert vacation(town, "Bo <bo@acme.example>", letter.kept.mail_from, "1 May") == []
    assert vacation(town, ANA, letter.kept.mail_from, "27 November") == []
    assert person(town, "ana@acme.example").away_until == date(2026, 11, 27)
    assert person(town, "bo@acme.example").away_until is None
    copies = town.reply(CARLA, "Hello?", to=case)
    assert {each.to for each in copies} == {"ana@acme.example", "bo@acme.example"}
    told = "Ana Ruiz has the case and is away until Friday 27 November."
    assert says(town.last("bo@acme.example"), told)
    # What she writes ends it, what a machine writes for her does not.
    vacation(town, ANA, reply_address(letter), "30 November")
    assert person(town, "ana@acme.example").away_until == date(2026, 11, 30)
    town.reply(ANA, "I am here.", to=letter)
    assert person(town, "ana@acme.example").away_until is None


def test_what_somebody_said_themselves_no_note_moves(town):
    taken_case(town)
    case = town.last("carla@gomez.example", "message")
    letter = town.reply(CARLA, "Row 3.", to=case)[0]
    town.reply(ANA, "/me away until 24 December", to=letter)
    vacation(town, ANA, letter.kept.mail_from, "27 November")
    town.reply(ANA, "One word from the mountains.", to=letter)
    assert person(town, "ana@acme.example").away_until == date(2026, 12, 24)
    town.reply(ANA, "/me back", to=letter)
    assert person(town, "ana@acme.example").away_until is None

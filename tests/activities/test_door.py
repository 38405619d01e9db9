"""The door for strangers: asked about, let in, refused, each by one word (E48)."""

import pytest
from sqlalchemy import select

from gateway.activities import door
from storage import blocked, journal
from storage.activity import Participant, Role
from storage.event import Event, Kind
from storage.journal import State
from tests.activities.people import (
    ANA,
    BO,
    CARLA,
    DESK,
    open_case,
    taken_case,
    verified,
)
from tests.town import gist

KARL = "Karl Fremd <karl@elsewhere.example>"
TO_ANA = [("notice", "ana@acme.example")]
ASKED = [("confirmation", "carla@gomez.example"), *TO_ANA]
"""She is asked whether the stranger is herself (B20)."""
SERVER = "mx.acme.example"
FORGED = (
    "Authentication-Results",
    f"{SERVER}; dmarc=fail (p=reject) header.from=gomez.example",
)


def hers(town):
    return town.last("carla@gomez.example", "message")


def asked(town, who="ana@acme.example"):
    return town.last(who, "notice")


def states(town):
    with town.database.reading() as session:
        rows = session.scalars(select(journal.Inbound).order_by(journal.Inbound.id))
        return [str(row.state) for row in rows]


def posts(town):
    with town.database.reading() as session:
        found = session.scalars(
            select(Event).where(Event.kind == Kind.POST).order_by(Event.id)
        )
        return [post.text for post in found]


def untold(town):
    with town.database.reading() as session:
        return [each.excerpt for each in door.waiting_since_notice(session)]


def test_e48_admitted_as_a_guest_who_sees_what_follows(each_town):
    town = each_town
    taken_case(town)
    assert gist(town.reply(KARL, "I know why.", to=hers(town))) == ASKED
    letters = town.reply(ANA, "/admit", to=asked(town))
    assert gist(letters) == [
        ("confirmation", "karl@elsewhere.example"),
        ("message", "ana@acme.example"),
        ("message", "carla@gomez.example"),
    ]
    joined = town.last("karl@elsewhere.example")
    assert "Which row is it?" not in joined.text, "D34: from their joining"
    with town.database.reading() as session:
        seat = session.scalars(select(Participant).order_by(Participant.id)).all()[-1]
        assert seat.role is Role.GUEST
        [let_in] = session.scalars(select(Event).where(Event.kind == Kind.ADMITTED))
        assert let_in.subject_id == seat.person_id
    got = town.reply(CARLA, "Tell us.", to=hers(town))
    assert ("message", "karl@elsewhere.example") in gist(got)
    assert ("message", "ana@acme.example") in gist(
        town.reply(KARL, "The exporter.", to=joined)
    )


def test_e48_the_word_may_be_bare_and_in_german(town):
    taken_case(town)
    town.reply(KARL, "Ich weiß es.", to=hers(town))
    letters = town.reply(ANA, "Ja", to=asked(town))
    assert ("confirmation", "karl@elsewhere.example") in gist(letters)


def test_e48_further_mails_are_added_and_told_once_a_day(each_town):
    town = each_town
    taken_case(town)
    assert gist(town.reply(KARL, "One.", to=hers(town))) == ASKED
    assert town.reply(KARL, "Two.", to=hers(town)) == []
    assert untold(town) == ["Two."]
    town.pass_time(hours=24)
    [notice] = town.reply(KARL, "Three.", to=hers(town))
    assert "2 more mails of theirs wait here" in notice.text
    assert untold(town) == []
    # One word for all three, in their order.
    town.reply(ANA, "/admit", to=notice)
    assert posts(town)[-3:] == ["One.", "Two.", "Three."]


def test_r16_what_the_digest_tells_is_told(town):
    taken_case(town)
    town.reply(KARL, "One.", to=hers(town))
    town.reply(KARL, "Two.", to=hers(town))
    with town.database.transaction() as session:
        [one] = door.waiting_since_notice(session)
        assert door.waiting_since_notice(session, [one.activity + 1]) == []
        door.note_told(session, [one.inbound], town.now)
    assert untold(town) == []
    town.pass_time(hours=23)
    assert town.reply(KARL, "Three.", to=hers(town)) == []


def test_e48_once_lets_no_other_in_and_asks_about_the_next(each_town):
    town = each_town
    taken_case(town)
    town.reply(KARL, "One.", to=hers(town))
    town.reply(KARL, "Two.", to=hers(town))
    letters = town.reply(ANA, "/admit once", to=asked(town))
    assert posts(town)[-1] == "One."
    assert TO_ANA[0] in gist(letters)
    assert "Two." in asked(town).text
    town.reply(ANA, "/admit once", to=asked(town))
    assert posts(town)[-1] == "Two."
    assert "karl@elsewhere.example" not in {each.to for each in town.letters}


def test_e48_refused_by_name_with_all_that_waits(each_town):
    town = each_town
    taken_case(town)
    town.reply(KARL, "One.", to=hers(town))
    town.reply(KARL, "Two.", to=hers(town))
    assert town.reply(ANA, "Refuse.", to=asked(town)) == []
    assert states(town)[2:4] == ["discarded", "discarded"]
    for number in (3, 4):
        assert town.inbound(number).settled_by.startswith("person ")
    assert town.reply(KARL, "Three.", to=hers(town)) == []
    assert town.state() == "held", "told once a day, and never lost"
    assert untold(town) == ["Three."]


def test_e50_spam_blocks_the_sender(each_town):
    town = each_town
    taken_case(town)
    town.reply(KARL, "Buy this.", to=hers(town))
    town.reply(ANA, "/spam", to=asked(town))
    assert states(town)[2] == "discarded"
    with town.database.reading() as session:
        assert blocked.is_blocked(session, "karl@elsewhere.example")


def test_e48_the_operators_word_closes_the_question(town):
    taken_case(town)
    town.reply(KARL, "Mine.", to=hers(town))
    notice = asked(town)
    town.release()
    assert posts(town)[-1] == "Mine."
    [late] = town.reply(ANA, "/refuse", to=notice)
    assert "This was decided before your answer came" in late.text


def test_e48_one_mail_by_two_roads_has_one_notice(each_town):
    """Table R3: the token wins, though the server handed it over twice."""
    town = each_town
    taken_case(town)
    same = [("Message-ID", "<same@elsewhere.example>")]
    town.reply(KARL, "Once only.", to=hers(town), headers=same)
    text = town.wrote["karl@elsewhere.example"]
    assert (
        town.deliver(
            text.replace(b"In-Reply-To", b"X-Was"), "karl@elsewhere.example", [DESK]
        )
        == []
    )
    town.reply(ANA, "/admit once", to=asked(town))
    assert posts(town).count("Once only.") == 1
    assert states(town)[3] == "discarded"


def test_e48_twins_that_are_held_are_settled_together(make_town):
    town = make_town(trusted=(SERVER,))
    mail = {"headers": [FORGED, ("Message-ID", "<twin@gomez.example>")]}
    assert gist(town.write(CARLA, DESK, "Rows", "Pay me.", **mail)) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    octets = b"X-Road: other\r\n" + town.wrote["carla@gomez.example"]
    assert town.deliver(octets, "list@elsewhere.example", [DESK]) == []
    assert states(town) == ["held", "held"]
    town.reply(ANA, "/refuse", to=asked(town))
    assert states(town)[:2] == ["discarded", "discarded"]


def test_t1_what_may_be_forged_enters_by_a_warned_word_and_blocks_nobody(make_town):
    town = make_town(trusted=(SERVER,))
    taken_case(town)
    [notice] = town.reply(CARLA, "New account.", to=hers(town), headers=[FORGED])
    assert "It may be forged" in notice.text
    assert "/spam" not in notice.text
    assert "/admit." not in notice.text
    [unclear] = town.reply(ANA, "/spam", to=notice)
    assert unclear.kind == "confirmation"
    letters = town.reply(ANA, "/admit once", to=notice)
    assert ("message", "ana@acme.example") in gist(letters)
    assert posts(town)[-1] == "New account."


def test_t1_no_command_lets_in_what_may_be_forged(make_town):
    """Only the letter that warns of it asks; to dismiss it any way will do."""
    town = make_town(trusted=(SERVER,))
    taken_case(town)
    town.reply(CARLA, "New account.", to=hers(town), headers=[FORGED])
    case = town.last("ana@acme.example", "message")
    for word in ("/admit", "/admit once carla@gomez.example"):
        [said] = town.reply(ANA, word, to=case)
        assert "waits at the door of this case" in said.text
    assert "held" in states(town)
    town.reply(ANA, "/refuse carla@gomez.example", to=case)
    assert "held" not in states(town)


def test_e48_held_mail_of_no_case_becomes_one_by_a_word(make_town):
    town = make_town(trusted=(SERVER,))
    town.write(CARLA, DESK, "Rows", "They are twice.", headers=[FORGED])
    letters = town.reply(BO, "/open", to=asked(town, "bo@acme.example"))
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    assert states(town)[0] == "done"


def test_b23_what_came_to_the_teams_address_is_never_let_in(town):
    open_case(town)
    town.reply(BO, "/note\n\nBetween us.", to=town.last("bo@acme.example", "message"))
    note = town.last("ana@acme.example", "note")
    [notice, _] = town.reply(KARL, "What is this?", to=note)
    assert "/admit" not in notice.text
    said = town.reply(ANA, "/admit", to=note)
    assert "cannot be shown to the others" in said[-1].text
    assert town.reply(KARL, "Hello?", to=note) == []
    town.reply(ANA, "/refuse", to=note)
    assert states(town)[2] == "discarded"


def test_e48_a_command_means_the_newest_stranger_or_whom_it_names(town):
    taken_case(town)
    town.reply(KARL, "I am Karl.", to=hers(town))
    town.reply("lea@elsewhere.example", "I am Lea.", to=hers(town))
    note = town.last("ana@acme.example", "message")
    said = town.reply(ANA, "/admit karl@elsewhere.example", to=note)
    assert ("confirmation", "karl@elsewhere.example") in gist(said)
    assert posts(town)[-1] == "I am Karl."
    town.reply(ANA, "/admit once\n\nWelcome.", to=note)
    assert posts(town)[-2:] == ["Welcome.", "I am Lea."]
    assert "lea@elsewhere.example" not in {each.to for each in town.letters}


def test_t5_no_customer_and_no_guest_lets_anybody_in(town):
    taken_case(town)
    town.reply(KARL, "Let me in.", to=hers(town))
    town.reply(CARLA, "/admit\n\nHe is mine.", to=hers(town))
    assert states(town)[2] == "held"
    town.reply(CARLA, "/admit", to=asked(town))
    assert states(town)[2] == "held"


def test_t6_a_code_sent_to_a_reply_address_is_shown_to_the_owner_alone(town):
    """A sign-up elsewhere with a ticket's address: its code is never in the thread."""
    taken_case(town)
    shop = "Shop <welcome@shop.example>"
    ids = ["In-Reply-To", "References"]
    letters = town.reply(shop, "Your code is 1234.", to=hers(town), forgets=ids)
    assert gist(letters) == TO_ANA
    assert "1234" not in "".join(posts(town))


def test_r16_each_route_is_let_in_by_its_own_team(make_town):
    """Table R3: whoever lets a mail into one case says nothing of another."""
    town = make_town(trusted=(SERVER,))
    taken_case(town)
    first = hers(town)
    proved = [verified("gomez.example")]
    town.write(CARLA, DESK, "Another matter", "It burns.", headers=proved)
    bos = town.last("bo@acme.example", "message")
    town.reply(BO, "Where?", to=bos)
    second = hers(town)
    other = str(second.mail["Reply-To"]).strip("<>")
    letters = town.reply(KARL, "To both.", to=first, also=[other])
    assert gist(letters) == [
        ("confirmation", "carla@gomez.example"),
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    town.reply(ANA, "/admit once", to=asked(town))
    assert posts(town).count("To both.") == 1
    assert State.HELD in states(town)
    town.reply(BO, "/admit once", to=asked(town, "bo@acme.example"))
    assert posts(town).count("To both.") == 2


@pytest.mark.parametrize("word", ["/admit", "/refuse"])
def test_nobody_waits(town, word):
    taken_case(town)
    [said] = town.reply(ANA, word, to=town.last("ana@acme.example", "message"))
    assert "Nobody waits at the door" in said.text

"""The delivery ledger asked by mail: `/who` in reply to a message (complaints 3.4).

The team is told everything, customers and guests only who of their lane was reached.
"""

import re
from contextlib import contextmanager

import pytest
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import event as sql_events
from starlette.testclient import TestClient

from gateway.web.app import build
from parsers.address import Mailbox
from storage import activity as activities
from storage import people
from storage.activity import Hearing, Membership, Participant, Role
from storage.ledger import Ledger, Outcome
from tests.activities.people import ANA, BO, CARLA, DESK, MEI, open_case, taken_case
from tests.reports import report

CARLAS = "carla@gomez.example"
ANAS = "ana@acme.example"
BOS = "bo@acme.example"
MEIS = "mei@elsewhere.example"
BUSY = "450 4.2.1 mailbox busy"


def asks(town, who, about=None, text="/who"):
    """Somebody asks who got a post; gives what they are told of each person.

    They reply at their own address; every copy of a post has the same Message-ID.
    """
    address = who.split("<")[-1].rstrip(">")
    about = about or town.last(address)
    [answer] = town.reply(
        who,
        text,
        to=town.last(address),
        headers=[("In-Reply-To", str(about.mail["Message-ID"]))],
        forgets=["References"],
    )
    assert (answer.kind, answer.to) == ("confirmation", address)
    return told(answer)


def told(answer):
    """Give what a letter says of each person, below its heading."""
    above, heading, below = answer.text.partition("Who got the message of ")
    assert "/who: Here: " in above or "Nobody else is here" in above
    if not heading:
        return None
    lines = below.partition("---")[0].strip().splitlines()[1:]
    return dict(line.split(": ", 1) for line in lines)


@contextmanager
def queries(town):
    """Collect what the database is asked."""
    asked = []

    def note(*seen):
        asked.append(seen[2])

    sql_events.listen(town.database.engine, "before_cursor_execute", note)
    yield asked
    sql_events.remove(town.database.engine, "before_cursor_execute", note)


def seat_of(town, address):
    with town.database.reading() as session:
        person = people.by_address(session, address)
        return activities.seats_of(session, person.id)[0].id


def change(town, address, **values):
    """Let somebody be to the case what only a later version lets them become."""
    with town.database.transaction() as session:
        participant = session.get_one(Participant, seat_of(town, address))
        for name, value in values.items():
            setattr(participant, name, value)


def joined_case(town):
    """Ana has the case; Bo has joined, and Mei as a guest."""
    taken_case(town)
    town.reply(BO, "/join", to=town.last(BOS, "message"))
    town.reply(ANA, f"/invite {MEIS}", to=town.last(ANAS, "message"))
    town.reply(MEI, "yes", to=town.last(MEIS, "invitation"))


def test_who_in_reply_to_a_message_says_who_got_it(each_town):
    town = each_town
    open_case(town)
    assert asks(town, ANA) == {
        "Carla Gomez <carla@gomez.example>": "wrote it",
        "Ana Ruiz <ana@acme.example>": "sent, Friday 20 November, 09:12 (UTC)",
        "Bo Berg <bo@acme.example>": "sent, Friday 20 November, 09:12 (UTC)",
    }


def test_a_customer_is_told_names_and_whether_they_were_reached(each_town):
    town = each_town
    joined_case(town)
    town.reply(ANA, "I look at row 7.", to=town.last(ANAS, "message"))
    assert asks(town, MEI, town.last(MEIS, "message")) == {
        "Carla Gomez": "got it",
        "Bo Berg": "got it",
        "Mei Tan": "got it",
    }
    assert "@acme.example" not in town.last(MEIS).text.partition("---")[0]


def test_of_their_own_message_a_customer_learns_whom_it_reached(town):
    open_case(town)
    own = [("In-Reply-To", "<1.mail@people.example>")]
    [answer] = town.write(
        CARLA,
        town.last(CARLAS).mail["Reply-To"],
        "Re: Import fails",
        "/who",
        headers=own,
    )
    # The acknowledgement named them; nobody has joined yet.
    assert told(answer) == {"Ana Ruiz": "got it", "Bo Berg": "got it"}


def test_a_letter_without_a_post_says_who_is_here(town):
    open_case(town)
    [answer] = town.reply(CARLA, "/who", to=town.last(CARLAS, "acknowledgement"))
    assert told(answer) is None


def test_the_whole_question_in_words_is_understood_from_the_team(town):
    taken_case(town)
    letter = town.last(BOS, "message")
    for words in ("Who got this?", "who got this message", "Wer hat das bekommen?"):
        assert len(asks(town, BO, letter, words)) == 3
    # From a customer it is a text like any other.
    letters = town.reply(CARLA, "Who got this?", to=town.last(CARLAS, "message"))
    assert ("message", ANAS) in [(each.kind, each.to) for each in letters]


def test_who_above_a_text_is_answered_at_once_and_the_text_is_posted(town):
    taken_case(town)
    letters = town.reply(ANA, "/who\nAny news?", to=town.last(ANAS, "message"))
    kinds = sorted((each.kind, each.to) for each in letters)
    # Bo was told that Ana has the case, and reads on in the digest.
    assert kinds == [("confirmation", ANAS), ("message", CARLAS)]
    answer = town.last(ANAS, "confirmation")
    assert "Nothing was posted" not in answer.text
    assert told(answer)["Carla Gomez <carla@gomez.example>"] == "wrote it"


def test_what_the_smarthost_said_is_told_to_the_team(each_town):
    town = each_town
    joined_case(town)
    town.sink.say("RCPT", BUSY, to=CARLAS)
    town.reply(ANA, "One row, please.", to=town.last(ANAS, "message"))
    about = town.last(BOS, "message")
    line = asks(town, ANA, about)[f"Carla Gomez <{CARLAS}>"]
    assert line.startswith("not sent yet, next try Friday 20 November, 09:1")
    assert line.endswith(f"(The other server said: {BUSY})")


@pytest.mark.parametrize("by", ["refusal", "report"])
def test_what_did_not_arrive_is_told_to_the_team(each_town, by):
    town = each_town
    joined_case(town)
    if by == "refusal":
        town.sink.say("RCPT", "550 5.1.1 no such user", to=MEIS, times=1)
    town.reply(ANA, "One row, please.", to=town.last(ANAS, "message"))
    post = town.last(CARLAS, "message")
    if by == "report":
        lost = town.last(MEIS, "message")
        town.deliver(report(lost), "", [lost.kept.mail_from])
    line = asks(town, ANA, town.last(CARLAS, "message"))[f"mei <{MEIS}>"]
    if by == "report":
        assert line.startswith("sent, but it came back, Friday 20 November, 09:12")
    else:
        assert line.startswith("given up, Friday 20 November, 09:12")
    assert "5.1.1" in line
    assert asks(town, CARLA, post) == {
        "Carla Gomez": "got it",
        "Bo Berg": "got it",
        "mei": "not reached",
    }


def test_who_muted_is_told_to_the_team_alone(town):
    joined_case(town)
    change(town, MEIS, hearing=Hearing.MUTED)
    town.reply(ANA, "One row, please.", to=town.last(ANAS, "message"))
    assert asks(town, ANA, town.last(CARLAS, "message"))[f"mei <{MEIS}>"] == (
        "has muted this case"
    )
    post = town.last(CARLAS, "message")
    muted = asks(town, CARLA, post)["mei"]
    change(town, MEIS, hearing=Hearing.DIGEST)
    town.reply(ANA, "Or two.", to=town.last(ANAS, "message"))
    # Nobody can tell one from the other.
    assert muted == asks(town, CARLA, town.last(CARLAS, "message"))["mei"]
    assert muted == "finds it in a digest or on the page"


def test_whom_somebody_ignores_is_told_to_nobody(town):
    taken_case(town)
    post = town.last(CARLAS, "message")
    with town.database.transaction() as session:
        for row in session.query(Ledger).filter_by(outcome=Outcome.COPY):
            if row.reason == "team":
                row.outcome, row.delivery_id = Outcome.DIGEST, None
                row.reason = "ignores the author"
    assert asks(town, ANA, town.last(ANAS, "message"))["Bo Berg <bo@acme.example>"] == (
        "reads it in the digest"
    )
    assert "Bo Berg" not in asks(town, CARLA, post)


def test_the_lane_of_a_note_is_told_to_the_team_alone(town):
    joined_case(town)
    town.reply(ANA, "/note\nShe is our oldest customer.", to=town.last(ANAS))
    note = town.last(BOS, "note")
    told_bo = asks(town, BO, note)
    assert told_bo[f"Carla Gomez <{CARLAS}>"] == "not for them: only the team reads it"
    assert told_bo["Ana Ruiz <ana@acme.example>"] == "wrote it"
    # Whoever learned the id of a note outside the team learns nothing of it.
    assert asks(town, CARLA, note) is None


def test_a_guest_is_told_nothing_of_what_was_before_them(town):
    joined_case(town)
    assert asks(town, MEI, town.last(BOS, "message")) is None


def test_who_left_declined_came_later_or_had_it(town):
    joined_case(town)
    town.reply(ANA, "One row, please.", to=town.last(ANAS, "message"))
    first = town.last(BOS, "message")
    town.reply(MEI, "/leave", to=town.last(MEIS, "message"))
    town.reply(ANA, "/invite gus@far.example", to=town.last(ANAS))
    town.reply(
        "gus@far.example", "no thanks", to=town.last("gus@far.example", "invitation")
    )
    town.reply(
        CARLA,
        "Row 7.",
        to=town.last(CARLAS, "message"),
        headers=[("Cc", "Bo Berg <bo@acme.example>")],
    )
    last = town.last(ANAS, "message")
    lines = asks(town, ANA, last)
    assert lines["Bo Berg <bo@acme.example>"] == "had it already: stood in To or Cc"
    assert lines[f"Mei Tan <{MEIS}>"] == "had left"
    assert lines["gus <gus@far.example>"] == "had said no to the invitation"
    assert asks(town, ANA, first)["gus <gus@far.example>"] == "came into the case later"
    assert asks(town, CARLA, last) == {
        "Ana Ruiz": "got it",
        "Bo Berg": "got it",
        "Mei Tan": "had left",
    }


def test_mail_from_a_foreign_case_is_asked_of_in_vain(town):
    """An id of another case names nothing here (T23)."""
    taken_case(town)
    other = town.last(BOS, "message")
    max_ = "Max Fremd <max@far.example>"
    town.write(max_, DESK, "Something else", "How much is it?")
    assert asks(town, max_, other) is None


def test_a_case_of_a_hundred_people_is_asked_in_few_queries(town):
    taken_case(town)
    with town.database.transaction() as session:
        anas = session.get_one(Participant, seat_of(town, ANAS))
        for number in range(100):
            box = Mailbox(f"Guest {number}", f"guest{number}@far.example")
            guest = people.meet(session, box, now=town.now)
            session.add(
                Participant(
                    activity_id=anas.activity_id,
                    person_id=guest.id,
                    role=Role.GUEST,
                    membership=Membership.JOINED,
                )
            )
    town.reply(ANA, "One row, please.", to=town.last(ANAS, "message"))
    with queries(town) as asked:
        lines = asks(town, BO, town.last(BOS, "message"))
    assert len(lines) == 103
    assert sum("FROM ledger" in statement for statement in asked) == 1
    assert sum("FROM participant JOIN" in statement for statement in asked) <= 2


def page(town, address):
    """Open what a reader's own letter links to; gives each post's lines."""
    letter = town.last(address, "message")
    link = letter.mail["Archived-At"] or letter.text
    token = re.findall(r"/a/v-[a-z2-7]{26}", link)[0]
    with TestClient(build(town.house, clock=lambda: town.now)) as web:
        html = web.get(token).text
    # Chance spreads the tries.
    shown = LexborHTMLParser(re.sub(r"(next try )\w.*?\(UTC\)", r"\1soon", html))
    return [
        [" ".join(line.text().split()) for line in post.css(".receipts li")]
        for post in shown.css(".posts > li")
    ]


def test_each_post_of_the_page_says_who_got_it(each_town):
    town = each_town
    joined_case(town)
    change(town, MEIS, hearing=Hearing.MUTED)
    town.reply(ANA, "/note\nShe is our oldest customer.", to=town.last(ANAS))
    town.sink.say("RCPT", BUSY, to=BOS)
    town.reply(ANA, "One row, please.", to=town.last(ANAS, "message"))
    at = "Friday 20 November, 09:12 (UTC)"
    # Both lines of the case for everyone, and no word of the note.
    assert page(town, BOS) == [
        [
            "Carla Gomez carla@gomez.example: wrote it",
            f"Ana Ruiz ana@acme.example: sent, {at}",
            f"Bo Berg bo@acme.example: sent, {at}",
            "mei mei@elsewhere.example: came into the case later",
        ],
        [
            f"Carla Gomez carla@gomez.example: sent, {at}",
            "Ana Ruiz ana@acme.example: wrote it",
            f"Bo Berg bo@acme.example: sent, {at}",
            "mei mei@elsewhere.example: came into the case later",
        ],
        [
            f"Carla Gomez carla@gomez.example: sent, {at}",
            "Ana Ruiz ana@acme.example: wrote it",
            f"Bo Berg bo@acme.example: not sent yet, next try soon {BUSY}",
            "mei mei@elsewhere.example: has muted this case",
        ],
    ]
    assert page(town, CARLAS) == [
        ["Ana Ruiz: got it", "Bo Berg: got it"],
        ["Carla Gomez: got it", "Bo Berg: got it"],
        [
            "Carla Gomez: got it",
            "Bo Berg: not reached yet",
            "mei: finds it in a digest or on the page",
        ],
    ]


def test_a_page_asks_the_ledger_once_for_all_its_posts(town):
    joined_case(town)
    for number in range(3):
        town.reply(ANA, f"Row {number}?", to=town.last(ANAS, "message"))
    with queries(town) as asked:
        assert len(page(town, CARLAS)) == 5
    assert sum("FROM ledger" in statement for statement in asked) == 1

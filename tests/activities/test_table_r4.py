"""Table R4 by the front door: spam, machines, loops, bursts; no human is stopped."""

from dataclasses import replace

import pytest
from sqlalchemy import event as sql_events

from gateway.routing.limits import Limits
from storage import blocked, journal
from storage.activity import Activity
from storage.journal import State
from tests.activities.people import (
    ANA,
    BO,
    CARLA,
    DESK,
    MEI,
    open_case,
    taken_case,
    verified,
)
from tests.town import ACME, gist

ANAS, MEIS = "ana@acme.example", "mei@elsewhere.example"
SPAM = [("X-Spam-Flag", "YES")]
MARKED = [("Auto-Submitted", "auto-generated")]
TO_TEAM = [("message", "ana@acme.example"), ("message", "bo@acme.example")]
ASKED = [("notice", "ana@acme.example"), ("notice", "bo@acme.example")]


@pytest.fixture
def town(each_town):
    """On each kind of database."""
    return each_town


@pytest.fixture
def make_town(make_each_town):
    """On each kind of database."""
    return make_each_town


def turns(town):
    with town.database.reading() as session:
        rows = session.query(Activity).order_by(Activity.id)
        return [(str(row.turn), row.waiting_since is not None) for row in rows]


def held(town):
    with town.database.reading() as session:
        return [row.reason for row in journal.listing(session, State.HELD)]


def mails(town, texts, *, subject="[Ticket #{}] Re: Rows", sender=MEI):
    """Somebody opens case after case; gives the letters of each."""
    found = []
    for number, text in enumerate(texts, 1):
        found.append(town.write(sender, DESK, subject.format(number), text))
        town.pass_time(minutes=1)
    return found


# Spam (decisions A13, E50).


def test_a_filter_that_is_not_trusted_says_nothing(make_town):
    town = make_town(trusted_peers=("192.0.2.0/24",))
    letters = town.write(CARLA, DESK, "Rows", "All rows are twice.", headers=SPAM)
    assert ("message", "ana@acme.example") in gist(letters)


def test_spam_opens_no_case_and_is_let_in_by_the_operator(each_town):
    town = each_town
    assert town.write(CARLA, DESK, "Rows", "All rows are twice.", headers=SPAM) == []
    assert held(town) == ["a trusted server calls it spam (x-spam-flag)"]
    with town.database.reading() as session:
        assert session.query(Activity).count() == 0
    assert gist(town.release()) == TO_TEAM


def test_drop_is_taken_back_whole(each_town):
    """R16: who waited before `/drop` waits again after `/reopen`."""
    town = each_town
    open_case(town)
    before = turns(town)
    assert before == [("new", True)]
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/drop", to=anas)
    assert turns(town) == [("resolved", False)]
    town.reply(ANA, "/reopen", to=anas)
    assert turns(town) == before


def test_spam_blocks_every_address_of_the_sender_and_of_nobody_else(each_town):
    town = each_town
    open_case(town)
    town.reply(BO, "/spam", to=town.last("bo@acme.example", "message"))
    with town.database.reading() as session:
        assert blocked.is_blocked(session, "carla@gomez.example")
        assert not blocked.is_blocked(session, "max@gomez.example")
    assert town.write("CARLA@gomez.example", DESK, "Once more", "Buy.") == []
    assert held(town) == ["from a sender who was blocked by /spam"]
    # Whoever releases it says that it is none.
    assert gist(town.release()) == TO_TEAM


@pytest.mark.parametrize("word", ["/spam", "/drop"])
def test_a_customer_cannot_drop_anything(town, word):
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    assert gist(town.reply(CARLA, f"{word}\nIs it?", to=hers)) == [
        ("message", "ana@acme.example")
    ]


def test_no_byte_beside_spam_reaches_the_customer(town):
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, "/drop\nShe is a pest.", to=anas)
    assert {each.to for each in letters} <= {"ana@acme.example", "bo@acme.example"}


# Machines in a case (decisions C25).


def test_the_team_is_shown_a_machines_mail_at_most_once_an_hour(each_town):
    town = each_town
    open_case(town)
    hers = town.last("carla@gomez.example")
    letters = town.reply(CARLA, "The first.", to=hers, headers=MARKED)
    assert gist(letters) == ASKED
    for number in range(5):
        town.pass_time(minutes=10)
        text = f"Number {number}."
        assert town.reply(CARLA, text, to=hers, headers=MARKED) == []
    town.pass_time(minutes=10)
    letters = town.reply(CARLA, "The last.", to=hers, headers=MARKED)
    assert gist(letters) == ASKED
    # What came meanwhile stands in the next letter: nothing is unseen (R16).
    for text in ("The last.", "Number 0.", "Number 4."):
        assert text in letters[0].text
    assert "The first." not in letters[0].text
    town.reply(ANA, "post", to=town.last("ana@acme.example", "notice"))
    assert held(town) == []
    posted = [each for each in town.letters if each.kind == "message"]
    assert sum("Number 3." in each.text for each in posted) == len(TO_TEAM)


def test_a_machines_mail_reopens_only_when_a_person_lets_it_through(town):
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    town.reply(CARLA, "It fails.", to=hers, headers=MARKED)
    assert turns(town) == [("resolved", False)]
    town.reply(ANA, "yes", to=town.last("ana@acme.example", "notice"))
    assert turns(town) == [("ours", True)]


def test_a_machine_that_is_spam_is_blocked_by_the_same_word(town):
    open_case(town)
    hers = town.last("carla@gomez.example")
    town.reply(CARLA, "Rate us.", to=hers, headers=MARKED)
    asked = town.last("bo@acme.example", "notice")
    letters = town.reply(BO, "spam", to=asked)
    assert gist(letters) == [("confirmation", "bo@acme.example")]
    assert "/reopen" in letters[0].text
    assert town.reply(CARLA, "Rate us now.", to=hers) == []
    # Too late: the other one asked learns what was decided.
    late = town.reply(ANA, "post", to=town.last("ana@acme.example", "notice"))
    assert "Bo Berg answered before you with spam" in late[0].text
    # Undone, she is heard, and what she wrote meanwhile is read.
    letters = town.reply(BO, "/reopen", to=town.last("bo@acme.example", "message"))
    assert "Rate us now." in "".join(each.text for each in letters)


def test_t6_a_strangers_machine_at_a_token_is_shown_to_the_team_alone(town):
    """A sign-up code sent to a thread address never reaches the customer."""
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    letters = town.reply(
        "Signup <code@service.example>", "Your code is 1234.", to=hers, headers=MARKED
    )
    assert gist(letters) == [("notice", "ana@acme.example")]
    assert town.state() == "held"


# Loops.


def test_growing_ticket_numbers_are_one_subject(each_town):
    """freescout 2445: `[#3] Re: [#2] Re: [#1] Re: Rows` from another help desk."""
    town = each_town
    subject = "Rows"
    for number in range(1, 10):
        subject = f"[Ticket #{number}] Re: {subject}"
        letters = town.write(MEI, DESK, subject, f"Ticket {number} is open.")
        opened = ("message", "ana@acme.example") in gist(letters)
        assert opened == (number <= 5), number
        assert (gist(letters) == ASKED) == (number == 6), number
        town.pass_time(minutes=2)
    assert len(held(town)) == 4
    # Half an hour later it does not begin anew, and nobody is told again.
    town.pass_time(minutes=40)
    assert town.write(MEI, DESK, "[Ticket #77] Re: Rows", "Ticket 77.") == []
    # Another matter opens a case, and for a day nothing automatic goes there.
    letters = town.write(MEI, DESK, "A word from a human", "May I ask something?")
    assert gist(letters) == TO_TEAM
    town.pass_time(hours=25)
    letters = town.write(MEI, DESK, "Another day", "May I ask something else?")
    assert ("acknowledgement", "mei@elsewhere.example") in gist(letters)


def test_a_human_who_writes_six_alike_is_posted_by_one_word(town):
    texts = [
        f"It is broken: {word}"
        for word in ["one", "two", "three", "four", "five", "six"]
    ]
    letters = mails(town, [*texts, "It is broken: seven"], subject="It is broken")
    assert "It is broken: six" in letters[5][0].text
    assert letters[6] == []
    found = town.reply(ANA, "post", to=town.last("ana@acme.example", "notice"))
    assert gist(found) == sorted(2 * TO_TEAM)
    assert {"six", "seven"} <= {each.text.split()[3] for each in found}
    assert held(town) == []


def test_the_mails_of_a_form_are_alike_and_open_cases(make_town):
    town = make_town(desks=(replace(ACME, forms=("web@acme.example",)),))
    for number in range(8):
        letters = town.write(
            "web@acme.example",
            DESK,
            "Contact form",
            f"I want number {number}.",
            headers=[("Reply-To", "pat@private.example")],
        )
        assert ("message", "ana@acme.example") in gist(letters), number


def test_another_parlour_counts_on(town):
    """Our letters about a mail that bore a mark say how many caused each other."""
    marked = [("X-Parlour-Loop", "ABCDEFGH.2.aaaaaaaaaaaaaaaa")]
    letters = town.write(CARLA, DESK, "Rows", "All rows are twice.", headers=marked)
    counts = {str(each.mail["X-Parlour-Loop"]).split(".")[1] for each in letters}
    assert counts == {"3"}
    letters = town.reply(ANA, "Which?", to=town.last("ana@acme.example", "message"))
    counts = {str(each.mail["X-Parlour-Loop"]).split(".")[1] for each in letters}
    assert counts == {"0"}, "a person's answer begins anew"


def test_robots_letters_to_one_address_end_at_five_an_hour(make_town):
    """T10: acknowledgements and answers to commands, never what people write."""
    town = make_town(limits=Limits(acknowledgements_per_sender_day=99))
    kinds = []
    for number in range(8):
        letters = town.write(CARLA, DESK, f"Matter {'abcdefgh'[number]}", "Hello there")
        kinds.append([each.kind for each in letters])
        town.pass_time(minutes=5)
    assert ["acknowledgement" in each for each in kinds] == [True] * 5 + [False] * 3
    assert all(each.count("message") == 2 for each in kinds)
    town.pass_time(minutes=60)
    letters = town.write(CARLA, DESK, "Matter of the next hour", "Hello there")
    assert ("acknowledgement", "carla@gomez.example") in gist(letters)


def test_the_team_gets_every_notice_and_confirmation(town):
    """F53: no limit on notices may suppress the only notice of a text."""
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    for _ in range(9):
        assert gist(town.reply(ANA, "/who", to=case)) == [
            ("confirmation", "ana@acme.example")
        ]


def test_a_case_that_flaps_is_named_to_its_owner_once(each_town):
    town = each_town
    taken_case(town)
    said = []
    for number in range(6):
        anas = town.last("ana@acme.example", "message")
        town.reply(ANA, "/resolve", to=anas)
        hers = town.last("carla@gomez.example", "message")
        town.reply(CARLA, f"It fails again, the {number}. time today.", to=hers)
        said.append("reopened 4 times" in town.last("ana@acme.example").text)
        town.pass_time(minutes=30)
    assert said == [False, False, False, True, False, False]


# Bursts (decisions E46); their rows are in tests/routing/test_pace.py.


def test_a_busy_thread_is_told_once_and_then_waits(make_town):
    """complaints section 2: 45 events in an hour in one activity."""
    limits = Limits(burst_posts=99, posts_per_hour=99, quick_answers=99)
    town = make_town(limits=limits)
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    got = []
    for number in range(48):
        letters = town.reply(CARLA, f"Event {number} of many.", to=hers)
        got.append(gist(letters))
        town.pass_time(minutes=1)
    told = [index for index, each in enumerate(got) if ("notice", ANAS) in each]
    assert told == [38], "two posts came before"
    assert all(each == [("message", ANAS)] for each in got[:38])
    assert all(each == [] for each in got[39:])
    town.pass_time(hours=1)
    letters = town.reply(CARLA, "Is it calm now?", to=hers)
    assert gist(letters) == [("message", ANAS)]
    assert "10 messages before this one wait" in letters[0].text


def test_r16_who_was_answered_and_goes_on_in_a_burst_is_told_of_anew(each_town):
    """The first notice was of what is answered now: nobody knows that she waits."""
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    for number in range(8):
        town.reply(CARLA, f"Row {number} fails.", to=hers)
    assert town.reply(CARLA, "Row 9 fails.", to=hers) == []
    town.reply(ANA, "We look at all of them.", to=town.last(ANAS, "message"))
    [told] = town.reply(CARLA, "And row 10.", to=hers)
    assert gist([told]) == [("notice", ANAS)]
    assert "And row 10." in told.text
    assert town.reply(CARLA, "And row 11.", to=hers) == []
    assert town.unseen() == []


def test_a_guest_in_a_burst_costs_no_look_at_who_takes_part(town):
    """Whoever has the case was told: each further post asks only what it must."""
    taken_case(town)
    town.reply(ANA, f"/invite {MEIS}", to=town.last(ANAS, "message"))
    town.reply(MEI, "yes", to=town.last(MEIS, "invitation"))
    hers = town.last(MEIS, "confirmation")
    asked = []

    def note(*seen):
        asked.append(seen[2])

    sql_events.listen(town.database.engine, "before_cursor_execute", note)
    looks = []
    for number in range(8):
        asked.clear()
        town.reply(MEI, f"Row {number} fails.", to=hers)
        looks.append(sum("person_address.is_primary DESC" in each for each in asked))
    sql_events.remove(town.database.engine, "before_cursor_execute", note)
    assert looks[-1] == looks[0]


def test_a_quick_human_is_never_taken_for_a_robot(town):
    taken_case(town)
    answers = ["Yes.", "Row 7 of the second file.", "No, never!", "It works, thanks."]
    for text in answers:
        letters = town.reply(CARLA, text, to=town.last("carla@gomez.example"))
        assert gist(letters) == [("message", ANAS)], text
        town.reply(ANA, "And now?", to=town.last(ANAS, "message"))
        town.pass_time(seconds=30)


def test_a_robot_without_any_header_is_heard_three_times(town):
    taken_case(town)
    heard = []
    for number in range(6):
        note = f"Your request {number} was received, a person will read it."
        letters = town.reply(CARLA, note, to=town.last("carla@gomez.example"))
        heard.append(gist(letters))
        town.reply(ANA, f"Is it {number}?", to=town.last(ANAS, "message"))
        town.pass_time(seconds=30)
    assert heard[:3] == [[("message", ANAS)]] * 3
    assert heard[3:] == [[("notice", ANAS)], [], []]


def test_verified_customers_join_before_anything_collapses(make_town):
    town = make_town(trusted=("mx.acme.example",))
    for number in range(6):
        letters = town.write(
            CARLA,
            DESK,
            "The import fails",
            f"Since {number} o'clock, another one.",
            headers=[verified("gomez.example")],
        )
        assert ("message", ANAS) in gist(letters), number
        town.pass_time(minutes=4)

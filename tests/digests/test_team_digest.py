"""The digest of a team: only if there is something, once, to whom it concerns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from digests import digest
from storage import journal
from storage.blocked import BlockedSender
from storage.digest import Digest
from storage.held import Notice
from storage.journal import State
from storage.outbox import Delivery, Priority
from storage.people import by_address
from templates.mime import text_of
from tests.activities.people import ANA, BO, CARLA, DESK, open_case, taken_case
from tests.activities.test_r16 import ROBOT, STRANGER, bend_case, held_mail, pause
from tests.town import ACME, gist, read_letter

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TEAM = ["ana@acme.example", "bo@acme.example"]
BOTH = [("digest", each) for each in TEAM]
AFTERNOON = timedelta(hours=8, minutes=30)


def tick_at(town, moment):
    """What the desk gets then; what else digests say is tested elsewhere."""
    town.now = moment
    return [
        each
        for each in town.tick()
        if each.to.endswith("@acme.example")
        and each.mail["X-Parlour-Reason"] != "promise"
    ]


def words(letter):
    return " ".join(letter.text.split())


def work_of(letters):
    """Those in which something needs its reader."""
    return [each for each in letters if "need" in str(each.mail["Subject"])]


def test_nothing_to_tell_is_no_letter(each_town):
    assert tick_at(each_town, MONDAY) == []
    taken_case(each_town)  # by a question: it is the customer's turn
    assert tick_at(each_town, MONDAY + AFTERNOON) == []


def test_a_promise_that_is_due_goes_to_its_owner_alone(each_town):
    town = each_town
    taken_case(town)
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example", "message"))
    assert town.tick() == []  # promised for Monday
    [letter] = work_of(tick_at(town, MONDAY))
    assert letter.to == "ana@acme.example"
    assert str(letter.mail["Subject"]) == "1 needs you · Acme Support, Mon 23 Nov"
    said = words(letter)
    assert "Promised #1 · Import fails · Carla Gomez An answer is promised by" in said
    assert "Waiting since Friday 20 November, 09:12." in said
    assert "Row 7." not in said  # which was mailed to her
    assert "Nobody has it yet." not in said
    assert "Open: 1 (a week ago 0). First reply after 0 mins, as a median" in said, said
    assert "Promises kept in time: 1 of 1 in seven days." in said
    assert "Customers who wait at Acme Support: 1; unseen: 0." in said
    # Once more on its day, and then day by day until somebody answers.
    assert tick_at(town, MONDAY + timedelta(hours=8)) == []
    [letter] = tick_at(town, MONDAY + AFTERNOON)
    assert "An answer is promised by" in words(letter)
    assert "Open:" not in words(letter)
    [letter] = tick_at(town, MONDAY + timedelta(days=1))
    assert "Late: an answer was promised by" in words(letter)
    assert tick_at(town, MONDAY + timedelta(days=1) + AFTERNOON) == []
    town.reply(ANA, "Mended. Is it?", to=town.last("ana@acme.example", "message"))
    assert work_of(tick_at(town, MONDAY + timedelta(days=2))) == []
    # The next week tells of the one that was kept late, beside the one of before.
    town.now = MONDAY + timedelta(days=4)
    town.reply(CARLA, "It is.", to=town.last("carla@gomez.example", "message"))
    letters = tick_at(town, MONDAY + timedelta(days=7))
    [said] = [words(each) for each in letters if each.to == "ana@acme.example"]
    assert "in time: 0 of 1 in seven days (1 of 1 in those before)." in said, said


def test_a_promise_that_nobody_has_goes_to_the_team(each_town):
    town = each_town
    open_case(town)
    letters = tick_at(town, MONDAY)
    assert gist(letters) == BOTH
    assert all("Nobody has it yet." in words(letter) for letter in letters)


def test_a_preview_shows_the_work_and_keeps_nothing(each_town):
    town = each_town
    open_case(town)
    town.write(STRANGER, DESK, "Our news", "Buy at once.", headers=[ROBOT])
    with town.database.reading() as session:
        person = by_address(session, "ana@acme.example").id
    for _ in range(2):
        [raw] = digest.preview(town.house, person, MONDAY)
        assert "Nobody has it yet." in text_of(raw)
        assert "Our news" in text_of(raw)
    assert town.settle() == []
    assert gist(tick_at(town, MONDAY)) == BOTH


def test_a_promise_of_somebody_unreachable_goes_to_the_team(town_of_one):
    town = town_of_one
    taken_case(town)
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example", "message"))
    pause(town, "ana@acme.example")
    letters = tick_at(town, MONDAY)
    [letter] = work_of([each for each in letters if each.to == "bo@acme.example"])
    assert "Ana Ruiz has it, and is not there." in words(letter)


def test_it_is_a_digest_and_takes_its_turn(town_of_one):
    town = town_of_one
    open_case(town)
    letter = tick_at(town, MONDAY)[0]
    assert letter.mail["Auto-Submitted"] == "auto-generated"
    assert letter.mail["X-Parlour-Activity"] is None
    assert "support+d-" in letter.mail["Reply-To"]
    with town.database.reading() as session:
        newest = session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
        assert newest.priority == Priority.DIGEST


def test_held_mail_is_told_from_its_deadline_on_until_somebody_decides(each_town):
    town = each_town
    held_mail(town)  # on Friday; its deadline is Monday at 09:12
    for day in range(4):
        # On the first day it is due, and so it stays until somebody decides.
        letters = work_of(tick_at(town, MONDAY + timedelta(days=day)))
        assert gist(letters) == BOTH
        assert "#1 · Karl Fremd <karl@elsewhere.example>: “" in words(
            town.last("bo@acme.example")
        )
        letters = tick_at(town, MONDAY + timedelta(days=day) + AFTERNOON)
        assert gist(letters) == (BOTH if day == 0 else [])
    with town.database.transaction() as session:
        [row] = journal.listing(session, State.HELD)
        journal.settle(
            session, row.id, State.DISCARDED, reason="no", by="cli", now=town.now
        )
    letters = tick_at(town, MONDAY + timedelta(days=4))
    assert not [each for each in letters if "Karl" in each.text]


def test_machine_mail_that_belongs_nowhere_is_one_line_once(each_town):
    """C25; what it says stays where it is."""
    town = each_town
    town.write(STRANGER, DESK, "Our news", "Buy at once.", headers=[ROBOT])
    town.write(STRANGER, DESK, "More news", "Buy more.", headers=[ROBOT])
    letters = tick_at(town, MONDAY)
    assert gist(letters) == BOTH
    for letter in letters:
        text = words(letter)
        assert "#1 · Karl Fremd <karl@elsewhere.example>: “Our news”. Since" in text
        assert "#2 · Karl Fremd <karl@elsewhere.example>: “More news”." in text
        assert "Buy" not in text
    assert tick_at(town, MONDAY + timedelta(days=1)) == []


def test_of_very_much_mail_the_rest_is_counted(town_of_one):
    town = town_of_one
    for number in range(32):
        town.write(STRANGER, DESK, f"News {number}", "Buy.", headers=[ROBOT])
    letter = tick_at(town, MONDAY)[0]
    assert "#30 ·" in letter.text
    assert "#31 ·" not in letter.text
    assert "And 2 more mails: parlour inbound list --state held" in words(letter)
    assert town.unseen() == []


def test_exceptions_come_first_and_are_counted(each_town):
    town = each_town
    open_case(town)
    bend_case(town, promised_at=None)
    letters = tick_at(town, MONDAY)
    assert gist(letters) == BOTH
    assert str(letters[0].mail["Subject"]).startswith("Somebody waits unseen · ")
    said = words(letters[0])
    assert "Nobody looks after these The customer of “Import fails” wrote last" in said
    assert "Customers who wait at Acme Support: 1; unseen: 1." in words(letters[0])


def test_of_very_many_exceptions_the_rest_is_counted(town_of_one):
    town = town_of_one
    for number in range(32):
        town.write(f"c{number}@gomez.example", DESK, f"Import {number} fails", "Why?")
        town.pass_time(minutes=1)
    bend_case(town, promised_at=None)
    letter = tick_at(town, MONDAY)[0]
    said = words(letter)
    assert "The customer of “Import 0 fails” wrote last" in said
    assert "The customer of “Import 29 fails” wrote last" in said
    assert "The customer of “Import 30 fails” wrote last" not in said
    assert "And 2 more: parlour check" in said
    assert str(letter.mail["Subject"]).startswith("Somebody waits unseen · ")
    assert "; unseen: 32." in said


def test_each_reads_in_their_own_language(found_town):
    town = found_town(desks=[replace(ACME, language="de", zone="Europe/Berlin")])
    open_case(town)
    letter = tick_at(town, MONDAY)[0]
    assert str(letter.mail["Subject"]) == "1 braucht Sie · Acme Support, Mo. 23. Nov."
    assert "Noch hat es niemand." in words(letter)


def test_two_desks_have_two_letters(town_of_two):
    town = town_of_two
    open_case(town)
    town.write(CARLA, "sales@acme.example", "Prices", "What does it cost?")
    letters = tick_at(town, MONDAY)
    assert gist(letters) == sorted([*BOTH, ("digest", "ana@acme.example")])


@pytest.fixture
def town_of_two(found_town):
    """Two desks; Ana is on both teams."""
    sales = replace(
        ACME,
        name="Acme Sales",
        address="sales@acme.example",
        reply=type(ACME.reply)("sales+{token}@acme.example"),
        team=ACME.team[:1],
    )
    return found_town(desks=[ACME, sales])


def test_where_it_is_eight_the_letter_goes(found_town):
    zone = ZoneInfo("America/New_York")
    town = found_town(desks=[replace(ACME, zone="America/New_York")])
    open_case(town)
    for day, later in ((20, BOTH), (23, [])):
        assert tick_at(town, datetime(2026, 11, day, 7, 59, tzinfo=zone)) == []
        letters = tick_at(town, datetime(2026, 11, day, 8, 0, tzinfo=zone))
        assert gist(letters) == BOTH
        assert tick_at(town, datetime(2026, 11, day, 16, 29, tzinfo=zone)) == []
        letters = tick_at(town, datetime(2026, 11, day, 16, 30, tzinfo=zone))
        assert gist(letters) == later  # it was late already in the morning


# Answers to it.


def mails_held(town):
    with town.database.reading() as session:
        return [row.id for row in journal.listing(session, State.HELD)][::-1]


def test_answers_by_number_settle_mail(each_town):
    town = each_town
    for subject in ("A question", "Our news", "Spam"):
        town.write(STRANGER, DESK, subject, "Hello there.", headers=[ROBOT])
    question, news, spam = mails_held(town)
    tick_at(town, MONDAY)
    letters = town.reply(ANA, "#1 open\n#2 refuse\n#3 Spam.\n#4 open\n#1 dance")
    told = town.last("ana@acme.example", "confirmation")
    text = words(told)
    assert "#1 open (“A question”): It is let in." in text
    assert "#2 refuse (“Our news”): It is dropped; nobody was told." in text
    assert "#3 Spam. (“Spam”): It is dropped, and its sender is blocked." in text
    assert "#4 open: No mail in that letter has this number." in text
    assert "#1 dance: Not understood;" in text
    # The first is a case now.
    assert ("message", "bo@acme.example") in gist(letters)
    assert town.inbound(question).state is State.DONE
    for number in (news, spam):
        assert town.inbound(number).state is State.DISCARDED
        assert town.inbound(number).settled_by.startswith("person ")
    with town.database.reading() as session:
        blocked = session.scalars(select(BlockedSender)).one()
        assert blocked.key == "karl@elsewhere.example"
    # Who decides later on the same is told so; nothing is done twice.
    town.reply(BO, "#1 refuse", to=town.last("bo@acme.example", "digest"))
    told = town.last("bo@acme.example", "confirmation")
    assert "Somebody decided before you, and so it stays." in words(told)
    assert town.unseen() == []


def test_spam_in_a_list_blocks_none_of_ours(each_town):
    """E50: whose address a robot puts into its From must not lose their mail."""
    town = each_town
    town.write(BO, DESK, "Our news", "Buy at once.", headers=[ROBOT])
    [news] = mails_held(town)
    tick_at(town, MONDAY)
    town.reply(ANA, "#1 spam", to=town.last("ana@acme.example", "digest"))
    told = town.last("ana@acme.example", "confirmation")
    assert "#1 spam (“Our news”): It is dropped; nobody was told." in words(told)
    assert town.inbound(news).state is State.DISCARDED
    with town.database.reading() as session:
        assert session.scalars(select(BlockedSender)).all() == []


def test_a_list_takes_one_answer_after_the_other(each_town):
    town = each_town
    for subject in ("A question", "Our news"):
        town.write(STRANGER, DESK, subject, "Hello there.", headers=[ROBOT])
    tick_at(town, MONDAY)
    daily = town.last("ana@acme.example", "digest")
    town.reply(ANA, "#2 refuse", to=daily)
    town.reply(ANA, "#1 open", to=daily)
    assert "It is let in." in town.last("ana@acme.example", "confirmation").text
    assert mails_held(town) == []


def test_somebody_else_cannot_answer_for_them(each_town):
    town = each_town
    town.write(STRANGER, DESK, "A question", "Hello there.", headers=[ROBOT])
    tick_at(town, MONDAY)
    daily = town.last("ana@acme.example", "digest")
    town.reply(STRANGER, "#1 open", to=daily)
    assert town.state() == "held"
    assert len(mails_held(town)) == 2


def test_an_answer_without_a_number_is_explained(town_of_one):
    town = town_of_one
    town.write(STRANGER, DESK, "A question", "Hello there.", headers=[ROBOT])
    tick_at(town, MONDAY)
    [letter] = town.reply(ANA, "Let him in, please.")
    assert "#1 open" in letter.text
    assert town.unseen() == []


# Once only.


def letters_of_the_day(town):
    """Reminders that reached the smarthost, whoever queued them."""
    return gist(
        [
            letter
            for letter in map(read_letter, town.sink.mails)
            if letter.kind == "digest"
        ]
    )


def test_a_clock_that_is_set_back_or_on_doubles_nothing(each_town):
    """R7: one day on, two back, and then each day as it comes."""
    town = each_town
    open_case(town)
    for moment in (
        MONDAY,
        MONDAY + timedelta(days=1),
        MONDAY - timedelta(days=1),
        MONDAY,
        MONDAY + timedelta(days=1),
        MONDAY + timedelta(days=2),
    ):
        tick_at(town, moment)
    assert letters_of_the_day(town) == sorted(BOTH * 3)


def test_what_was_missed_is_told_when_it_runs_again(each_town):
    town = each_town
    open_case(town)
    assert gist(tick_at(town, MONDAY + timedelta(days=2, hours=10))) == BOTH
    assert letters_of_the_day(town) == BOTH


def test_a_kill_in_the_middle_leaves_nothing_half_done(each_town, monkeypatch):
    """The second letter breaks: the first one is not there either."""
    town = each_town
    open_case(town)
    town.now = MONDAY
    sound, calls = digest._piece, []

    def broken(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return sound(*arguments)

    monkeypatch.setattr("digests.digest._piece", broken)
    with pytest.raises(KeyboardInterrupt):
        town.tick()
    with town.database.reading() as session:
        assert session.scalars(select(Digest)).all() == []
        assert session.scalars(select(Notice)).all() == []
    assert town.settle() == []
    monkeypatch.undo()
    assert gist(town.tick()) == BOTH
    assert town.tick() == []


def test_somebody_new_on_the_team_is_told_tomorrow(town_of_one):
    town = town_of_one
    open_case(town)
    assert gist(tick_at(town, MONDAY)) == BOTH
    town.change_desk(team=(*ACME.team, type(ACME.team[0])("Lea", "lea@acme.example")))
    assert town.tick() == []
    found = gist(tick_at(town, MONDAY + timedelta(days=1)))
    assert ("digest", "lea@acme.example") in found


def test_an_owner_who_is_not_on_the_team_gets_their_own(town_of_one):
    town = town_of_one
    taken_case(town)
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example", "message"))
    with town.database.transaction() as session:
        by_address(session, "ana@acme.example").is_staff = True
    town.change_desk(team=ACME.team[1:])
    town.write(STRANGER, DESK, "Our news", "Buy.", headers=[ROBOT])
    letters = tick_at(town, MONDAY)
    assert gist(letters) == BOTH
    ana, bo = sorted(letters, key=lambda letter: letter.to)
    assert "Import fails" in ana.text
    assert "Our news" not in ana.text
    assert "Our news" in bo.text

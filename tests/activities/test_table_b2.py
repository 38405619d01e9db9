"""Table B2: the life of an address, row by row, through the front door."""

import re
from datetime import timedelta

import pytest

from gateway.activities import optin, preferences
from gateway.activities.health import age_addresses
from gateway.activities.preferences import Scope
from gateway.cli.doctor.store import look_at_store
from storage import reports
from tests.activities.people import (
    ANA,
    BO,
    CARLA,
    DESK,
    MAX,
    MEI,
    taken_case,
    verified,
)
from tests.activities.returned import ages, comes_back, deliveries, health, refused
from tests.reports import NO_SUCH
from tests.town import gist

HERS, HIS = "carla@gomez.example", "max@gomez.example"
LATE = {"action": "delayed", "status": "4.4.1", "said": "timed out"}
OF_ACME = verified("acme.example")
FULL = {"action": "delayed", "status": "4.2.2", "said": "452 4.2.2 mailbox full"}


@pytest.fixture
def town(each_town):
    """On each kind of database."""
    return each_town


def writes(town, text="Another step.", sender=ANA):
    """Ana writes to everybody in the case."""
    address = sender.split("<")[1].strip(">")
    return town.reply(sender, text, to=town.last(address, "message"))


def joined_case(town):
    """Carla asked, Ana has the case, Max has joined."""
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=case)
    town.reply(MAX, "yes", to=town.last(HIS, "invitation"))


def probed(town, address=HERS):
    """Let an address be paused and get its first probe."""
    comes_back(town, town.last(address))
    assert health(town, address) == "paused"
    [probe] = ages(town, days=1)
    return probe


def given_up(town, address=HERS):
    """Let an address go through all probes without an answer."""
    probed(town, address)
    for days in (3, 6):
        [probe] = ages(town, days=days)
        assert (probe.kind, probe.to) == ("notice", address)
    return ages(town, days=11)


def test_ok_soft_is_watched_and_written_to(each_town):
    town = each_town
    joined_case(town)
    assert comes_back(town, town.last(HIS), **LATE) == []
    assert health(town, HIS) == "watch"
    assert ("message", HIS) in gist(writes(town))


def test_hard_but_delivered_lately_is_tried_once_more_after_15_minutes(each_town):
    town = each_town
    taken_case(town)
    town.pass_time(days=4)
    writes(town)
    lost = town.last(HERS, "message")
    assert comes_back(town, lost) == []
    assert health(town, HERS) == "watch"
    # The same report again is no news.
    assert comes_back(town, lost) == []
    town.pass_time(minutes=14)
    assert town.settle() == []
    town.pass_time(minutes=1)
    [again] = town.settle()
    assert again.kept.octets == lost.kept.octets
    # It was no moment's glitch.
    [notice] = comes_back(town, again)
    assert (notice.kind, notice.to) == ("notice", "ana@acme.example")
    assert health(town, HERS) == "paused"


def test_a_glitch_of_a_directory_is_forgotten(town):
    taken_case(town)
    town.pass_time(days=4)
    town.sink.say("RCPT", NO_SUCH, to=HERS, times=1)
    assert gist(writes(town)) == []
    assert health(town, HERS) == "watch"
    town.pass_time(minutes=15)
    assert gist(town.settle()) == [("message", HERS)]
    ages(town, hours=71)
    assert health(town, HERS) == "watch"
    assert ages(town, hours=2) == []
    assert health(town, HERS) == "ok"


def test_hard_and_never_delivered_is_paused_and_the_owner_told_by_telephone(each_town):
    town = each_town
    taken_case(town)
    [notice] = comes_back(town, town.last(HERS))
    assert notice.to == "ana@acme.example"
    assert "telephone" in notice.text
    assert "User unknown" in notice.text
    assert health(town, HERS) == "paused"


def test_an_invitation_that_never_arrives_is_told_to_the_inviter_at_once(town):
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(BO, "/invite mei@elsewhere.example", to=town.last("bo@acme.example"))
    [notice] = comes_back(town, town.last("mei@elsewhere.example"))
    assert notice.to == "bo@acme.example"
    # She is not invited again for as long as it comes back.
    [answer] = town.reply(ANA, "/invite mei@elsewhere.example", to=case)
    assert answer.kind == "confirmation"
    assert "comes back" in answer.text


def test_an_inviter_who_has_paused_is_not_woken_up_by_it(town):
    taken_case(town)
    bos = town.last("bo@acme.example")
    town.reply(BO, "/invite mei@elsewhere.example", to=bos)
    town.reply(BO, "/pause until 2026-12-24", to=bos)
    [notice] = comes_back(town, town.last("mei@elsewhere.example"))
    assert notice.to == "ana@acme.example"


def test_soft_on_5_distinct_days_in_14_is_paused(each_town):
    town = each_town
    taken_case(town)
    letter = town.last(HERS, "message")
    for _ in range(4):
        assert comes_back(town, letter, **LATE) == []
        assert comes_back(town, letter, **LATE) == []
        town.pass_time(days=1)
    assert health(town, HERS) == "watch"
    [notice] = comes_back(town, letter, **LATE)
    assert notice.to == "ana@acme.example"
    assert health(town, HERS) == "paused"


def test_full_for_7_days_is_paused(town):
    taken_case(town)
    letter = town.last(HERS, "message")
    assert comes_back(town, letter, **FULL) == []
    town.pass_time(days=6)
    assert comes_back(town, letter, **FULL) == []
    town.pass_time(days=1)
    [notice] = comes_back(town, letter, **FULL)
    assert "mailbox full" in notice.text
    assert health(town, HERS) == "paused"


def test_72_hours_of_silence_after_a_delivery_are_ok(each_town):
    town = each_town
    taken_case(town)
    comes_back(town, town.last(HERS, "message"), **LATE)
    town.pass_time(hours=1)
    writes(town)
    ages(town, hours=71)
    assert health(town, HERS) == "watch"
    ages(town, hours=2)
    assert health(town, HERS) == "ok"


def test_silence_alone_is_ok_after_14_days(town):
    taken_case(town)
    comes_back(town, town.last(HERS, "message"), **LATE)
    for _ in range(13):
        ages(town, days=1)
    assert health(town, HERS) == "watch"
    ages(town, days=2)
    assert health(town, HERS) == "ok"


def test_mail_from_them_is_ok(town):
    taken_case(town)
    comes_back(town, town.last(HERS, "message"), **LATE)
    town.reply(CARLA, "Row 7.", to=town.last(HERS, "message"))
    assert health(town, HERS) == "ok"


def test_while_paused_nothing_but_probes_save_that_a_customer_gets_each_post(each_town):
    town = each_town
    joined_case(town)
    comes_back(town, town.last(HIS))
    comes_back(town, town.last(HERS, "message"))
    assert gist(writes(town)) == [("message", HERS)]
    # Whoever reads along sees the mark.
    town.reply(BO, "I see.", to=town.last("bo@acme.example", "message"))
    # He had not read Ana's answers (E42).
    town.reply(BO, "send", to=town.last("bo@acme.example", "confirmation"))
    assert "comes back at present" in town.last("ana@acme.example", "message").text
    letters = ages(town, days=1)
    assert gist(letters) == [("notice", HERS), ("notice", HIS)]
    assert health(town, HIS) == health(town, HERS) == "probing"
    letters = writes(town)
    assert gist(letters) == [("message", "bo@acme.example"), ("message", HERS)]


def test_a_probe_is_plain_and_wants_an_answer(town):
    taken_case(town)
    probe = probed(town)
    mail = probe.mail
    assert (probe.kind, mail["X-Parlour-Reason"]) == ("notice", "probe")
    assert mail.get_content_type() == "text/plain"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] is None
    assert mail["List-Unsubscribe"] is None
    assert mail["List-Help"]
    assert re.fullmatch(r"support\+c-[a-z2-7]{26}@acme\.example", mail["Reply-To"])
    assert re.search(r"\+b-[a-z2-7]{26}@", probe.kept.mail_from)
    assert probe.text.count("http://") == 1
    assert "Import" not in mail.as_string()


def test_probes_go_at_1_4_and_10_days_and_after_21_it_is_given_up(each_town):
    town = each_town
    taken_case(town)
    began = town.now
    [notice] = given_up(town)
    assert town.now - began == timedelta(days=21)
    assert (notice.kind, notice.to) == ("notice", "ana@acme.example")
    assert "telephone" in notice.text
    assert health(town, HERS) == "dead"
    assert ages(town, days=30) == []


@pytest.mark.parametrize("how", ["reply", "click", "mail"])
def test_reply_click_or_mail_from_them_flush_one_catch_up(each_town, how):
    town = each_town
    joined_case(town)
    probe = probed(town, HIS)
    for text in ("First missed.", "Second missed."):
        assert ("message", HIS) not in gist(writes(town, text))
    if how == "reply":
        letters = town.reply(MAX, "yes", to=probe)
    elif how == "click":
        token = probe.link("c")
        assert optin.reached(town.house, token, press=False, now=town.now)
        assert health(town, HIS) == "probing"
        assert optin.reached(town.house, token, press=True, now=town.now)
        letters = town.settle()
    else:
        letters = town.reply(MAX, "I moved.", to=town.last(HIS, "confirmation"))
    to_him = [letter for letter in letters if letter.to == HIS]
    assert [letter.kind for letter in to_him] == ["notice"]
    assert "First missed." in to_him[0].text
    assert "Second missed." in to_him[0].text
    assert health(town, HIS) == "ok"
    # From now on everything comes as before, and nothing twice.
    assert ("message", HIS) in gist(writes(town, "Third."))
    # His reply to the catch-up is a post.
    town.reply(MAX, "Thanks, I see.", to=to_him[0])
    assert "Thanks, I see." in town.last("ana@acme.example", "message").text


def test_a_catch_up_is_one_letter_for_all_cases_and_says_what_it_leaves_out(town):
    joined_case(town)
    comes_back(town, town.last(HIS))
    for number in range(7):
        writes(town, f"Step {number}.")
    [catch_up] = [
        letter
        for letter in town.reply(MAX, "Back.", to=town.last(HIS, "confirmation"))
        if letter.to == HIS
    ]
    assert "2 older messages are left out" in catch_up.text
    assert "Step 6." in catch_up.text
    assert "Step 1." not in catch_up.text


def test_a_catch_up_that_comes_back_is_made_good_by_the_next(each_town):
    """His mailbox was still full: what that letter told is missing again."""
    town = each_town
    joined_case(town)
    town.pass_time(minutes=5)
    comes_back(town, town.last(HIS))
    town.pass_time(minutes=5)
    writes(town, "Missed.")
    town.pass_time(minutes=5)
    town.reply(MAX, "Back.", to=town.last(HIS, "confirmation"))
    first = town.last(HIS, "notice")
    assert "Missed." in first.text
    town.pass_time(minutes=5)
    comes_back(town, first)
    town.pass_time(minutes=5)
    writes(town, "Missed, too.")
    town.reply(MAX, "Now.", to=town.last(HIS, "confirmation"))
    again = town.last(HIS, "notice")
    assert again is not first
    assert "Missed." in again.text
    assert "Missed, too." in again.text
    # Once it has arrived, nothing is told a second time.
    town.pass_time(minutes=5)
    comes_back(town, town.last(HIS))
    town.reply(MAX, "And now?", to=town.last(HIS, "confirmation"))
    with town.database.reading() as session:
        assert list(reports.faults(session, town.house.blobs, now=town.now)) == []


def test_a_catch_up_shows_an_outsider_no_byte_of_the_team_lane(town):
    joined_case(town)
    comes_back(town, town.last(HIS))
    writes(town, "/note\nHe is difficult.")
    writes(town, "For all.")
    town.reply(MAX, "Back.", to=town.last(HIS, "confirmation"))
    catch_up = town.last(HIS, "notice")
    assert "For all." in catch_up.text
    assert "difficult" not in catch_up.mail.as_string()


def test_what_is_not_proved_opens_the_way_and_sends_nothing(town):
    joined_case(town)
    comes_back(town, town.last(HIS))
    writes(town, "Missed.")
    letters = town.write(MAX, DESK, "New matter", "Something else.")
    assert "Missed." not in "".join(letter.text for letter in letters)
    assert health(town, HIS) == "watch"
    # An answer by the address that only he has proves it.
    town.reply(MAX, "It is me.", to=town.last(HIS, "acknowledgement"))
    assert "Missed." in town.last(HIS, "notice").text


def test_a_vacation_note_does_not_answer_a_probe(town):
    taken_case(town)
    probe = probed(town)
    away = [("Auto-Submitted", "auto-replied")]
    assert town.reply(CARLA, "I am away.", to=probe, headers=away) == []
    assert health(town, HERS) == "probing"


def test_an_answer_to_a_probe_that_says_more_is_read_by_a_person(each_town):
    town = each_town
    taken_case(town)
    probe = probed(town)
    letters = town.reply(CARLA, "Our new number is 555 1234, call us.", to=probe)
    notices = [letter for letter in letters if letter.to == "ana@acme.example"]
    assert "555 1234" in notices[0].text
    assert town.state() == "held"
    assert health(town, HERS) == "ok"


def test_the_last_probe_that_bounces_is_the_end(town):
    joined_case(town)
    probed(town, HIS)
    for days in (3, 6):
        [probe] = ages(town, days=days)
    [notice] = comes_back(town, probe)
    assert notice.to == "ana@acme.example"
    assert health(town, HIS) == "dead"


def test_a_participant_who_is_given_up_keeps_the_seat_and_gets_nothing(each_town):
    town = each_town
    joined_case(town)
    [notice] = given_up(town, HIS)
    # Who invited him hears of it.
    assert notice.to == "ana@acme.example"
    assert "telephone" in notice.text
    assert ("message", HIS) not in gist(writes(town))
    [answer] = town.reply(ANA, "/who", to=town.last("ana@acme.example", "message"))
    assert "max (guest; invited by Ana Ruiz)" in answer.text


def test_an_answer_to_a_customer_who_is_given_up_is_told_to_have_gone_nowhere(town):
    taken_case(town)
    given_up(town)
    [notice] = writes(town, "Did you get it?")
    assert (notice.kind, notice.to) == ("notice", "ana@acme.example")
    assert "did not get your message" in notice.text


def test_dead_and_inbound_mail_are_ok_with_a_welcome(each_town):
    town = each_town
    taken_case(town)
    mine = town.last(HERS, "message")
    given_up(town)
    writes(town, "Did you get it?")
    letters = town.reply(CARLA, "I was away.", to=mine)
    [welcome] = [letter for letter in letters if letter.to == HERS]
    assert "Welcome back" in welcome.text
    assert "Did you get it?" in welcome.text
    assert health(town, HERS) == "ok"
    assert gist(writes(town)) == [("message", HERS)]


def test_dead_and_invited_again_is_tried_when_asked_once_in_30_days(each_town):
    town = each_town
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example", to=case)
    hers = "mei@elsewhere.example"
    given_up(town, hers)
    [answer] = town.reply(ANA, f"/invite {hers}", to=case)
    assert "try again" in answer.text
    letters = town.reply(ANA, f"/invite {hers} try again", to=case)
    assert ("invitation", hers) in gist(letters)
    assert health(town, hers) == "probing"
    # It counts as tried, and comes back.
    comes_back(town, town.last(hers, "invitation"))
    for days in (3, 6, 11):
        ages(town, days=days)
    assert health(town, hers) == "dead"
    [answer] = town.reply(ANA, f"/invite {hers} try again", to=case)
    assert answer.kind == "confirmation"
    town.pass_time(days=10)
    letters = town.reply(ANA, f"/invite {hers} try again", to=case)
    assert ("invitation", hers) in gist(letters)
    town.reply(MEI, "yes", to=town.last(hers, "invitation"))
    assert health(town, hers) == "ok"


def test_a_dead_participant_is_asked_once_more_instead_of_invited(town):
    joined_case(town)
    given_up(town, HIS)
    case = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, "/invite max@gomez.example try again", to=case)
    assert gist(letters) == [
        ("confirmation", "ana@acme.example"),
        ("notice", HIS),
    ]
    town.reply(MAX, "yes", to=town.last(HIS, "notice"))
    assert health(town, HIS) == "ok"


def test_unsubscribe_all_is_refused_but_answers_to_them_still_go(each_town):
    town = each_town
    joined_case(town)
    token = town.last(HIS, "confirmation").link("u")
    preferences.unsubscribe(town.house, token, Scope.ALL, door="web", now=town.now)
    assert refused(town, HIS) == ["all"]
    assert ("message", HIS) not in gist(writes(town))
    # What he asks himself is answered.
    town.write(MAX, DESK, "My own matter", "What does it cost?")
    case = town.last("ana@acme.example", "message")
    assert ("message", HIS) in gist(town.reply(ANA, "Ten.", to=case))
    # Undo is his own word.
    preferences.unsubscribe(town.house, token, Scope.UNDO, door="web", now=town.now)
    assert refused(town, HIS) == []


def test_r16_what_only_a_dead_owner_got_goes_to_the_team_with_its_files(each_town):
    town = each_town
    taken_case(town)
    hers = town.last(HERS, "message")
    town.reply(CARLA, "Row 7, see there.", to=hers, files=[("row.csv", b"1;2")])
    lost = town.last("ana@acme.example", "message")
    assert "Row 7" in lost.text
    letters = comes_back(town, lost)
    assert gist(letters) == [
        ("message", "bo@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    copy = town.last("bo@acme.example", "message")
    assert "Row 7, see there." in copy.text
    assert [each.get_content() for each in copy.mail.iter_attachments()] == [b"1;2"]
    # Once: a later report about the same copy changes nothing.
    assert comes_back(town, lost) == []
    # And it can be answered as any other.
    town.reply(BO, "I have it.", to=copy)
    assert "I have it." in town.last(HERS, "message").text


def crowd(town, count=21):
    """One answer reaches so many people at one domain, and the customer."""
    boxes = ", ".join(f"p{number}@big.example" for number in range(count))
    town.change_desk(team=town.desks[0].team, cc="ignore")
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    for box in boxes.split(", "):
        town.reply(ANA, f"/invite {box}", to=case)
        town.reply(f"P <{box}>", "yes", to=town.last(box, "invitation"))


@pytest.fixture
def big_town(make_each_town):
    from gateway.routing.limits import Limits  # noqa: PLC0415

    return make_each_town(
        limits=Limits(
            outsiders_per_activity=50,
            invitations_per_inviter_day=50,
            breaker_mails=8,
            breaker_pause_minutes=60,
        )
    )


def at_big(letters):
    return [letter for letter in letters if letter.to.endswith("@big.example")]


def test_more_than_20_per_cent_hard_stops_the_domain_and_blames_nobody(big_town):
    town = big_town
    crowd(town, 8)
    town.pass_time(hours=1)
    people = [f"p{number}@big.example" for number in range(8)]
    for one in people:
        town.sink.say("RCPT", NO_SUCH, to=one, times=1)
    letters = writes(town, "News for all.")
    alarms = [each for each in letters if "is stopped" in str(each.mail["Subject"])]
    assert sorted(each.to for each in alarms) == ["ana@acme.example", "bo@acme.example"]
    assert "big.example" in alarms[0].text
    assert [health(town, one) for one in people] == ["ok"] * 8
    assert at_big(letters) == []
    # Whatever is written meanwhile waits, and no try is counted.
    letters = writes(town, "More news.")
    assert at_big(letters) == []
    assert ("message", HERS) in gist(letters)
    # Then one mail tries.
    town.pass_time(minutes=61)
    assert len(at_big(town.settle())) == 1
    # Nothing came of it: the others follow, each in its order and once.
    town.pass_time(minutes=11)
    town.settle()
    town.pass_time(minutes=11)
    town.settle()
    for one in people:
        got = [each.text for each in town.letters if each.to == one]
        assert sum("News for all." in text for text in got) == 1
        assert sum("More news." in text for text in got) == 1
    assert {state for one in people for state in deliveries(town, one)} == {"sent"}


def test_a_try_that_fails_keeps_the_domain_stopped(big_town):
    town = big_town
    crowd(town, 8)
    town.pass_time(hours=1)
    for number in range(8):
        town.sink.say("RCPT", NO_SUCH, to=f"p{number}@big.example")
    writes(town, "News for all.")
    town.pass_time(minutes=61)
    assert town.settle() == []
    town.sink.say_nothing_special()
    town.pass_time(minutes=11)
    assert town.settle() == []
    town.pass_time(minutes=61)
    assert len(at_big(town.settle())) == 1


def test_a_domain_that_was_stopped_by_a_clock_that_was_ahead_is_tried(big_town):
    town = big_town
    crowd(town, 8)
    today = town.now
    town.now += timedelta(days=40)
    for number in range(8):
        town.sink.say("RCPT", NO_SUCH, to=f"p{number}@big.example", times=1)
    writes(town, "News for all.")
    town.now = today
    assert at_big(town.settle()) == []
    assert len(at_big(town.tick())) == 1


def test_any_5_7_among_so_many_stops_the_domain(big_town):
    town = big_town
    crowd(town, 8)
    blocked = {"status": "5.7.1", "said": "550 5.7.1 blocked"}
    letters = comes_back(town, town.last("p3@big.example"), **blocked)
    assert gist(letters) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    assert at_big(writes(town)) == []
    assert health(town, "p3@big.example") == "ok"


def test_the_doctor_counts_addresses_and_names_domains(big_town):
    town = big_town
    assert {"addresses", "domains"}.isdisjoint(doctor(town))
    crowd(town, 8)
    comes_back(town, town.last(HERS, "message"))
    comes_back(town, town.last("p3@big.example"), status="5.7.1", said="550 5.7.1 no")
    found = doctor(town)
    assert "1 paused" in found["addresses"]
    assert "big.example" in found["domains"]


def doctor(town):
    """What `parlour check` says of the store, by line."""
    findings = look_at_store(town.house, town.now, auto_migrate=False)
    return {each.subject: each.text for each in findings}


def test_a_letter_about_no_case_tells_nobody_and_the_next_one_does(town):
    taken_case(town)
    town.write(f"Desk <{DESK}>", DESK, "Hello", "Who of us wrote this?")
    comes_back(town, town.last("bo@acme.example", "notice"))
    assert health(town, "bo@acme.example") == "paused"
    town.now += timedelta(minutes=1)
    [notice] = comes_back(town, town.last("bo@acme.example", "message"))
    assert notice.to == "ana@acme.example"


def test_patience_that_ended_is_told_to_the_owner(make_town):
    """On SQLite alone: 125 tries are no matter of the database."""
    town = make_town()
    taken_case(town)
    town.sink.say("RCPT", "451 4.3.0 try again later", to=HERS)
    writes(town)
    letters = []
    # Hourly, a tenth more or less, for five days.
    for _ in range(125):
        town.pass_time(minutes=67)
        letters += town.settle()
    [notice] = letters
    assert (notice.kind, notice.to) == ("notice", "ana@acme.example")
    assert "try again later" in notice.text
    assert health(town, HERS) == "watch"


def test_few_mails_stop_no_domain(town):
    joined_case(town)
    comes_back(town, town.last(HIS))
    comes_back(town, town.last(HERS, "message"))
    assert health(town, HIS) == health(town, HERS) == "paused"
    assert gist(writes(town)) == [("message", HERS)]
    assert age_addresses(town.house, town.now) == 0


def test_who_is_asked_about_a_mail_just_written_is_reached_again(each_town):
    """A paused address writes what we ask about: the question counts as told (R16)."""
    town = each_town
    joined_case(town)
    case = town.last("ana@acme.example", "message")
    comes_back(town, case)
    assert health(town, "ana@acme.example") == "paused"
    asked = town.reply(ANA, "/ntoe\n\nNot for the customer.", to=case)
    assert ("confirmation", "ana@acme.example") in gist(asked)
    assert town.state() == "held"
    assert health(town, "ana@acme.example") != "paused"
    assert town.unseen() == []


@pytest.mark.parametrize("by", ["an answer", "no clear answer", "an order"])
def test_a_word_to_us_is_a_sign_of_life(each_town, by):
    """What is answered was asked before mail came back; the answer is of now."""
    town = each_town
    joined_case(town)
    text = (
        f"\n---------- Forwarded message ---------\nFrom: Mei <{MEI}>\n\nIt is row 7."
    )
    [question] = town.write(ANA, DESK, "Fwd: Rows", text, headers=[OF_ACME])
    town.pass_time(minutes=2)
    comes_back(town, town.last("ana@acme.example", "message"))
    assert health(town, "ana@acme.example") == "paused"
    town.pass_time(minutes=2)
    if by == "an answer":
        town.reply(ANA, "mine", to=question)
    elif by == "no clear answer":
        town.reply(ANA, "Let me think about it.", to=question)
    else:
        town.write(ANA, DESK, "Rows?", "/find rows", headers=[OF_ACME])
    assert health(town, "ana@acme.example") != "paused"


@pytest.mark.parametrize("by_smarthost", [False, True])
def test_r16_a_question_to_a_writer_who_is_not_reached_goes_to_the_others(
    each_town, by_smarthost
):
    """Her mail is held and only she was asked: somebody else has to know of it."""
    town = each_town
    taken_case(town)
    case = town.last("ana@acme.example", "message")
    if by_smarthost:
        later = "451 4.3.0 try again later"
        town.sink.say("RCPT", later, to="ana@acme.example", times=1)
    letters = town.reply(ANA, "/ntoe\n\nShe pays late.", to=case)
    assert town.state() == "held"
    town.pass_time(minutes=2)
    if by_smarthost:
        town.sink.say("RCPT", NO_SUCH, to="ana@acme.example")
        town.house.wake.tell()
        letters = town.settle()
    else:
        letters = comes_back(town, letters[0])
    said = "Ana Ruiz <ana@acme.example> was asked about a mail of theirs"
    [asked] = [each for each in letters if said in " ".join(each.text.split())]
    assert asked.to == "bo@acme.example"
    assert asked.kind == "notice"
    assert town.unseen() == []
    town.reply(BO, "/note", to=asked)
    assert town.inbound(3).state == "done"
    assert "She pays late." in town.last("bo@acme.example", "note").text
    assert HERS not in {
        each.to for each in town.letters if "She pays late." in each.text
    }


def test_r16_a_stranger_of_whom_only_one_was_told_who_is_not_reached(each_town):
    """Ana alone was asked, and told; what waits beside it is told with it."""
    town = each_town
    taken_case(town)
    hers = town.last(HERS, "message")
    for text in ("I am her consultant.", "It is row 7."):
        town.reply("Karl Fremd <karl@elsewhere.example>", text, to=hers)
    letters = comes_back(town, town.last("ana@acme.example", "notice"))
    [asked] = [each for each in letters if "Karl Fremd" in each.text]
    assert asked.to == "bo@acme.example"
    assert "I am her consultant." in asked.text
    assert "One more mail of theirs waits here" in " ".join(asked.text.split())
    assert town.unseen() == []
    town.reply(BO, "/admit", to=asked)
    texts = [each.text for each in town.letters if each.to == HERS]
    assert "I am her consultant." in "".join(texts)
    assert "It is row 7." in "".join(texts)


def test_r16_who_alone_is_left_in_a_case_and_is_not_reached(each_town):
    """Bo left the case; he is of the desk's team still, and somebody must decide."""
    town = each_town
    taken_case(town)
    town.reply(BO, "/leave", to=town.last("bo@acme.example", "message"))
    hers = town.last(HERS, "message")
    town.reply("Karl Fremd <karl@elsewhere.example>", "I am her consultant.", to=hers)
    letters = comes_back(town, town.last("ana@acme.example", "notice"))
    told = [each for each in letters if "Karl Fremd" in each.text]
    assert gist(told) == [("notice", "bo@acme.example")]
    town.reply(BO, "/admit", to=told[0])
    assert "I am her consultant." in town.last(HERS, "message").text

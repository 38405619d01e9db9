"""Answers that the team sends by hand from the old mailbox, past Parlour."""

from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from parsers.address import Mailbox
from storage import activity as activities
from storage import event as events
from storage import journal, ledger, reports
from storage.activity import Lane, Turn
from storage.event import Event, Kind
from storage.people import by_address
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, MEI, open_case, verified
from tests.town import ACME, gist

SHARED = "Acme Support <support@acme.example>"


@pytest.fixture(autouse=True)
def _sound(request):
    """Whatever happened, the store keeps its promises."""
    used = [name for name in ("town", "each_town") if name in request.fixturenames]
    towns = [request.getfixturevalue(name) for name in used]
    yield
    for town in towns:
        with town.database.reading() as session:
            faults = list(reports.faults(session, town.house.blobs, now=town.now))
        assert faults == []


def case(town, number=1):
    with town.database.reading() as session:
        return activities.find(session, number)


def posts(town, lane=Lane.EVERYONE, number=1):
    with town.database.reading() as session:
        return [each.text for each in events.posts(session, [number], {lane})]


def person(town, address):
    with town.database.reading() as session:
        return by_address(session, address).id


def told(town, *addresses):
    """What people got of the newest post, and why."""
    with town.database.reading() as session:
        newest = session.scalars(
            select(Event).where(Event.kind == Kind.POST).order_by(Event.id.desc())
        ).first()
        rows = {row.person_id: row for row in ledger.of_event(session, newest.id)}
        found = [rows[by_address(session, each).id] for each in addresses]
        return [(str(row.outcome), row.reason) for row in found]


def states(town):
    with town.database.reading() as session:
        rows = reversed(journal.listing(session))
        return [(str(row.state), row.reason) for row in rows]


def by_road(town, octets, sender=ANA, *, sent_first):
    """The same mail is found among the sent ones, and comes to the desk in Cc."""
    own = sender.partition("<")[2].rstrip(">")
    roads = [
        lambda: town.find_sent(octets),
        lambda: town.deliver(b"Received: by mx\r\n" + octets, own, [DESK]),
    ]
    first, second = roads if sent_first else reversed(roads)
    return first(), second()


def copied(town, sender, text="Use commas.", headers=()):
    """An answer to the customer with the desk in Cc."""
    mail = town.mail_by_hand(sender, CARLA.partition("<")[2].rstrip(">"), text)
    mail["Cc"] = DESK
    mail["Message-ID"] = "<both.roads@acme.example>"
    for name, value in headers:
        mail[name] = value
    return mail.as_bytes(policy=policy.SMTP)


def test_an_answer_by_hand_takes_the_case_and_keeps_the_promise(each_town):
    town = each_town
    open_case(town)
    assert case(town).promised_at
    letters = town.by_hand(ANA, "carla@gomez.example", "Use commas. Does it work?")
    assert gist(letters) == [("message", "bo@acme.example")]
    assert told(town, "carla@gomez.example") == [("direct", "had it already")]
    assert told(town, "ana@acme.example") == [("author", "wrote it")]
    after = case(town)
    assert after.owner_id == person(town, "ana@acme.example")
    assert (after.turn, after.waiting_since, after.promised_at) == (
        Turn.CUSTOMERS,
        None,
        None,
    )
    assert posts(town)[-1] == "Use commas. Does it work?"


def test_a_guest_who_joined_reads_it_in_the_digest_alone(town):
    open_case(town)
    town.reply(
        ANA,
        "/invite mei@elsewhere.example you know it\n\nI ask Mei.",
        to=town.last("ana@acme.example", "message"),
    )
    town.reply(
        MEI, "Here I am, with the importer.", to=town.last("mei@elsewhere.example")
    )
    letters = town.by_hand(ANA, "carla@gomez.example", "Use commas.")
    assert gist(letters) == []
    assert told(town, "mei@elsewhere.example") == [("digest", "sent by hand")]


def test_whoever_of_the_team_stands_in_cc_has_it_too(town):
    open_case(town)
    letters = town.by_hand(
        ANA, "carla@gomez.example", "Use commas.", headers=[("Cc", BO)]
    )
    assert gist(letters) == []
    assert told(town, "bo@acme.example") == [("direct", "had it already")]


def test_a_stranger_in_cc_is_suggested_not_invited(town):
    open_case(town)
    letters = town.by_hand(
        ANA, "carla@gomez.example", "Max knows.", headers=[("Cc", MAX)]
    )
    assert gist(letters) == [("message", "bo@acme.example")]
    assert "/invite max@gomez.example" in letters[0].text


def test_a_blind_copy_reaches_the_customer_as_well(town):
    open_case(town)
    mail = town.mail_by_hand(ANA, "carla@gomez.example", "Use commas.")
    del mail["To"]
    mail["To"], mail["Bcc"] = "undisclosed-recipients:;", "carla@gomez.example"
    mail["Message-ID"] = "<blind@acme.example>"
    town.find_sent(mail.as_bytes(policy=policy.SMTP))
    assert posts(town)[-1] == "Use commas."


@pytest.mark.parametrize("sent_first", [True, False])
def test_by_both_roads_a_proved_answer_is_one_post(make_town, sent_first):
    town = make_town(trusted=("mx.acme.example",))
    open_case(town)
    octets = copied(town, ANA, headers=[verified("acme.example")])
    first, second = by_road(town, octets, sent_first=sent_first)
    assert gist(first) == [("message", "bo@acme.example")]
    assert second == []
    assert posts(town) == ["The import stops since Monday.", "Use commas."]
    assert states(town)[-1][0] == "discarded"


@pytest.mark.parametrize("sender", [ANA, SHARED])
def test_by_both_roads_an_unproved_copy_gives_way(town, sender):
    open_case(town)
    octets = copied(town, sender)
    held, posted = by_road(town, octets, sender, sent_first=False)
    assert {each.kind for each in held} == {"notice"}
    assert "carla@gomez.example" not in [each.to for each in held + posted]
    assert posts(town) == ["The import stops since Monday.", "Use commas."]
    assert states(town)[1] == ("discarded", "the same mail as inbound 3")


@pytest.mark.parametrize("sender", [ANA, SHARED])
def test_the_copy_that_comes_later_says_nothing_new(town, sender):
    open_case(town)
    first, second = by_road(town, copied(town, sender), sender, sent_first=True)
    assert "carla@gomez.example" not in [each.to for each in first]
    assert second == []
    assert posts(town) == ["The import stops since Monday.", "Use commas."]


def test_a_disclaimer_added_on_the_way_makes_no_second_post(town):
    open_case(town)
    octets = copied(town, ANA)
    town.find_sent(octets)
    added = octets.rstrip() + b"\r\n\r\nACME Ltd, registered in Nowhere.\r\n"
    assert town.deliver(added, "ana@acme.example", [DESK]) == []
    assert len(posts(town)) == 2


@pytest.mark.parametrize("sent_first", [True, False])
def test_a_reply_to_one_of_our_letters_is_taken_in_by_its_address(town, sent_first):
    letters = open_case(town)
    to_ana = next(each for each in letters if each.to == "ana@acme.example")
    reply = town.mail_by_hand(
        ANA, str(to_ana.mail["Reply-To"]), "Use commas.", answers=to_ana
    )
    reply["Message-ID"] = "<reply@acme.example>"
    octets = reply.as_bytes(policy=policy.SMTP)
    address = str(to_ana.mail["Reply-To"]).strip("<>")
    roads = [
        lambda: town.find_sent(octets),
        lambda: town.deliver(octets, "ana@acme.example", [address]),
    ]
    got = [road() for road in (roads if sent_first else reversed(roads))]
    assert gist([*got[0], *got[1]]) == [
        ("message", "bo@acme.example"),
        ("message", "carla@gomez.example"),
    ]
    assert posts(town) == ["The import stops since Monday.", "Use commas."]


def test_found_again_it_is_the_same_mail(town):
    open_case(town)
    octets = copied(town, ANA)
    town.find_sent(octets)
    assert town.find_sent(octets) == []
    assert len(posts(town)) == 2


def test_our_own_letters_among_the_sent_ones_are_dropped(town):
    open_case(town)
    town.reply(ANA, "Use commas.", to=town.last("ana@acme.example", "message"))
    for letter in list(town.letters):
        assert town.find_sent(letter.kept.octets) == []
        assert states(town)[-1] == ("discarded", "a letter of ours came back unchanged")


def test_what_crossed_the_answer_still_waits(town):
    open_case(town)
    written = town.now
    answer = town.mail_by_hand(ANA, "carla@gomez.example", "Use commas.")
    answer["Date"], answer["Message-ID"] = written, "<early@acme.example>"
    town.pass_time(minutes=3)
    town.reply(CARLA, "By the way, the export fails too.")
    crossed = town.now
    town.pass_time(minutes=1)
    town.find_sent(answer.as_bytes(policy=policy.SMTP))
    after = case(town)
    assert after.owner_id
    assert (after.turn, after.waiting_since) == (Turn.OURS, crossed)
    assert after.promised_at


def test_an_answer_that_names_the_newest_text_answers_it_whatever_the_clock(town):
    open_case(town)
    written = town.now
    town.pass_time(minutes=3)
    town.reply(CARLA, "By the way, the export fails too.")
    answer = town.mail_by_hand(ANA, "carla@gomez.example", "Use commas.")
    answer["Date"], answer["Message-ID"] = written, "<slow.clock@acme.example>"
    town.find_sent(answer.as_bytes(policy=policy.SMTP))
    assert case(town).waiting_since is None


def test_an_older_answer_takes_nothing_back_from_a_newer_one(town):
    open_case(town)
    answer = town.mail_by_hand(ANA, "carla@gomez.example", "Use commas?")
    answer["Date"], answer["Message-ID"] = town.now, "<older@acme.example>"
    town.pass_time(minutes=3)
    town.reply(BO, "Use tabs.", to=town.last("bo@acme.example"))
    town.find_sent(answer.as_bytes(policy=policy.SMTP))
    after = case(town)
    assert after.owner_id == person(town, "bo@acme.example")
    assert after.turn is Turn.OURS


def test_without_ids_the_customers_one_open_case_of_that_subject_is_meant(town):
    open_case(town)
    town.by_hand(ANA, CARLA, "Use commas.", forgets=["In-Reply-To", "References"])
    assert posts(town)[-1] == "Use commas."


@pytest.mark.parametrize("why", ["other subject", "two cases", "long ago", "closed"])
def test_without_ids_nothing_is_guessed(town, why):
    open_case(town)
    subject = "Import fails"
    match why:
        case "other subject":
            subject = "Lunch"
        case "two cases":
            town.write(CARLA, DESK, "Import fails", "Another one, of another kind.")
        case "long ago":
            town.pass_time(days=4)
        case _:
            town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    town.by_hand(
        ANA, CARLA, "Use.", subject=subject, forgets=["In-Reply-To", "References"]
    )
    assert states(town)[-1] == ("discarded", "sent by hand, belongs to no case")


def test_from_nobody_of_ours_it_is_shown_to_the_team_and_counts_as_nothing(town):
    open_case(town)
    letters = town.by_hand("ana.ruiz@private.example", CARLA, "Use commas.")
    assert gist(letters) == [("note", "ana@acme.example"), ("note", "bo@acme.example")]
    assert "Sent by hand from ana.ruiz@private.example, who is none of us" in (
        letters[0].text
    )
    assert case(town).waiting_since
    # The customer has it all the same, and what she answers to it is for everyone.
    sent = town.by_hand(
        "ana.ruiz@private.example",
        CARLA,
        "Now?",
        headers=[("Message-ID", "<private@private.example>")],
    )
    assert {each.kind for each in sent} == {"note"}
    town.write(
        CARLA,
        DESK,
        "Re: Import fails",
        "Yes, now.",
        headers=[("In-Reply-To", "<private@private.example>")],
    )
    assert posts(town)[-1] == "Yes, now."


def test_a_desk_of_one_needs_no_name(make_town):
    alone = replace(ACME, team=(Mailbox("Ana Ruiz", "ana@acme.example"),))
    town = make_town(desks=(alone,))
    town.write(CARLA, DESK, "Import fails", "The import stops since Monday.")
    town.by_hand("support@acme.example", CARLA, "Use commas.")
    assert case(town).owner_id == person(town, "ana@acme.example")


def test_the_desk_itself_keeps_the_promise_but_nobody_has_the_case(town):
    open_case(town)
    letters = town.by_hand(SHARED, CARLA, "Use commas.")
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    assert "Who has the case? /take" in letters[0].text
    after = case(town)
    assert (after.owner_id, after.waiting_since) == (None, None)


def test_whoever_came_to_the_team_later_has_the_case_too(town):
    open_case(town)
    town.change_desk(team=(*ACME.team, Mailbox("Cy Chen", "cy@acme.example")))
    town.by_hand("Cy Chen <cy@acme.example>", CARLA, "Use commas.")
    assert case(town).owner_id == person(town, "cy@acme.example")
    town.reply(CARLA, "It works!", to=town.last("carla@gomez.example"))
    assert town.last("cy@acme.example").text


def test_a_vacation_note_answers_nobody(town):
    open_case(town)
    town.by_hand(
        SHARED, CARLA, "We are away.", headers=[("Auto-Submitted", "auto-replied")]
    )
    assert states(town)[-1][0] == "discarded"
    assert case(town).waiting_since


def test_an_outsider_cannot_claim_to_answer_a_forward(town):
    open_case(town)
    town.by_hand(
        ANA,
        MEI,
        "Is it yours?",
        headers=[("Message-ID", "<forward@acme.example>")],
        answers=None,
    )
    # Mei was never asked by an id of the case; the forward belongs to none.
    assert states(town)[-1][0] == "discarded"


def test_who_got_a_forward_answers_to_the_team_alone(town):
    open_case(town)
    first = town.wrote["carla@gomez.example"]
    asked = message_from_bytes(first, policy=policy.default)["Message-ID"]
    town.by_hand(
        ANA,
        MEI,
        "Is it yours?",
        headers=[("In-Reply-To", str(asked)), ("Message-ID", "<forward@acme.example>")],
    )
    answer = [("In-Reply-To", "<forward@acme.example>")]
    letters = town.write(MEI, DESK, "Re: Fwd: Import fails", "Mine.", headers=answer)
    assert {each.kind for each in letters} == {"note"}
    assert posts(town, Lane.TEAM)[-1] == "Mine."
    # Somebody else with the same id begins a case of their own.
    town.write(MAX, DESK, "Re: Fwd: Import fails", "And me?", headers=answer)
    assert posts(town, Lane.TEAM)[-1] == "Mine."

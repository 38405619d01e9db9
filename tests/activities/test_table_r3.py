"""Table R3, row by row, through the front door: several of our addresses."""

from dataclasses import replace

import pytest

from parsers.address import Mailbox
from parsers.reply_address import ReplyAddress
from storage import event as events
from storage.activity import Activity
from storage.ledger import Ledger
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
from tests.town import ACME, gist, reply_address

SALES = replace(
    ACME,
    name="Acme Sales",
    address="sales@acme.example",
    reply=ReplyAddress("sales+{token}@acme.example"),
    team=(Mailbox("Sam Sell", "sam@acme.example"),),
)
TEAM = [("message", "ana@acme.example"), ("message", "bo@acme.example")]


def posts(town, activity):
    with town.database.reading() as session:
        found = events.posts(session, [activity], set(events.Lane), most=100)
        return [(str(post.lane), post.text) for post in found]


def count_cases(town):
    with town.database.reading() as session:
        return session.query(Activity).count()


def address(letter):
    return reply_address(letter).strip("<>")


def words(letter):
    return " ".join(letter.text.split())


def two_open_cases(town):
    open_case(town)
    first = town.last("carla@gomez.example")
    open_case(town, "Export fails", "The export stops, too.")
    return first, town.last("carla@gomez.example")


def test_two_tokens_of_one_case_are_one_post_by_its_from(each_town):
    town = each_town
    taken_case(town)
    hers = address(town.last("carla@gomez.example", "message"))
    letters = town.reply(BO, "To all.", to=town.last("bo@acme.example"), also=[hers])
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "carla@gomez.example"),
    ]
    assert posts(town, 1)[2:] == [("everyone", "To all.")]
    assert "Bo Berg" in str(town.last("carla@gomez.example").mail["From"])


def test_a_team_token_among_them_keeps_the_post_in_the_team(each_town):
    town = each_town
    open_case(town)
    town.reply(ANA, "/note\n\nFor us.", to=town.last("ana@acme.example", "message"))
    hers = address(town.last("carla@gomez.example"))
    note = town.last("bo@acme.example", "note")
    assert gist(town.reply(BO, "Agreed.", to=note, also=[hers])) == [
        ("note", "ana@acme.example")
    ]
    assert posts(town, 1)[-1] == ("team", "Agreed.")


def test_tokens_of_two_cases_are_a_post_in_each_which_says_so(each_town):
    town = each_town
    first, second = two_open_cases(town)
    letters = town.reply(CARLA, "Both wait.", to=first, also=[address(second)])
    assert gist(letters) == sorted(TEAM * 2)
    for letter in letters:
        here = str(letter.mail["Subject"]).removeprefix("Re: ")
        other = {"Import fails": "Export fails", "Export fails": "Import fails"}[here]
        assert f"The same mail was sent to “{other}” too." in words(letter)
    assert posts(town, 1)[-1] == posts(town, 2)[-1] == ("everyone", "Both wait.")


def test_nobody_outside_the_team_learns_of_the_other_case(each_town):
    """The one who takes part in both knows; the guest of one of them must not."""
    town = each_town
    first, second = two_open_cases(town)
    anas = next(each for each in town.letters if each.to == "ana@acme.example")
    town.reply(ANA, "/invite max@gomez.example", to=anas)
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    town.reply(CARLA, "Both wait.", to=first, also=[address(second)])
    assert "Both wait." in town.last("max@gomez.example", "message").text
    assert "Export" not in town.last("max@gomez.example", "message").text


def test_a_case_where_the_writer_may_not_write_is_reported_to_them(each_town):
    """Posted where she may, held where not; she is told how many, and no more."""
    town = each_town
    town.write(MAX, DESK, "Salaries", "A matter of mine.")
    his = address(town.last("max@gomez.example"))
    open_case(town)
    hers = town.last("carla@gomez.example")
    letters = town.reply(CARLA, "To both.", to=hers, also=[his])
    assert gist(letters) == sorted(
        [
            *TEAM,
            ("notice", "ana@acme.example"),
            ("notice", "bo@acme.example"),
            ("notice", "carla@gomez.example"),
        ]
    )
    assert town.state() == "held"
    report = next(each for each in letters if each.to == "carla@gomez.example")
    assert "Your mail was posted in “Import fails”." in words(report)
    assert "another address of ours, which did not take it" in words(report)
    assert "Salaries" not in report.text
    assert posts(town, 1) == [("everyone", "A matter of mine.")]
    assert posts(town, 2)[-1] == ("everyone", "To both.")
    # Let in by hand it is not reported, nor posted twice.
    town.release()
    assert posts(town, 2)[-1] == ("everyone", "To both.")
    assert len(posts(town, 2)) == 2
    assert posts(town, 1)[-1] == ("everyone", "To both.")


def test_a_token_wins_over_the_plain_address_beside_it(each_town):
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    letters = town.reply(CARLA, "Row 7.", to=hers, also=[DESK])
    assert gist(letters) == TEAM[:1]
    assert count_cases(town) == 1


def test_two_desks_are_one_case_which_both_teams_see(make_each_town):
    town = make_each_town(desks=(ACME, SALES))
    letters = town.write(
        CARLA,
        "sales@acme.example, support@acme.example",
        "Price and fault",
        "It is broken, and what costs a new one?",
        recipients=["support@acme.example", "sales@acme.example"],
    )
    assert gist(letters) == [
        ("acknowledgement", "carla@gomez.example"),
        *TEAM,
        ("message", "sam@acme.example"),
    ]
    assert count_cases(town) == 1


@pytest.mark.parametrize("order", ["token first", "unsubscribe first"])
def test_a_conversation_wins_over_an_unsubscribe_address(each_town, order):
    """Somebody pasted all of our addresses."""
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=town.last("ana@acme.example"))
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    town.reply(CARLA, "Row 6.", to=hers)
    his = town.last("max@gomez.example", "message")
    leaving = str(his.mail["List-Unsubscribe"]).split("<mailto:")[1].split("?")[0]
    both = [address(his), leaving.strip(">")]
    if order == "unsubscribe first":
        both.reverse()
    letters = town.write(MAX, both[0], "Re: Import fails", "Row 7.", recipients=both)
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "carla@gomez.example"),
    ]
    letters = town.reply(CARLA, "Row 8.", to=hers)
    assert ("message", "max@gomez.example") in gist(letters), "he still hears of it"


def test_who_was_written_to_directly_gets_no_copy_from_us(each_town):
    """D43; and a stranger in To or Cc of a bearer's mail is invited (C30)."""
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    beside = [("Cc", "ana@acme.example, max@gomez.example")]
    letters = town.reply(CARLA, "Row 7.", to=hers, headers=beside)
    assert gist(letters) == [("invitation", "max@gomez.example")]


def test_a_mail_that_came_twice_is_one_with_the_addresses_of_both(each_town):
    """By the list and directly: the same id, and one post."""
    town = each_town
    mine = [("Message-ID", "<twice@gomez.example>")]
    both, text = f"{DESK}, list@gomez.example", "The import stops."
    direct = {"headers": mine, "recipients": [DESK]}
    assert town.write(CARLA, both, "Import fails", text, **direct)
    by_list = [*mine, ("Received", "from list.example by mx.acme.example")]
    listed = {"headers": by_list, "recipients": [DESK]}
    assert town.write(CARLA, both, "Import fails", text, **listed) == []
    assert town.rules[-1] == "duplicate"
    assert count_cases(town) == 1


def blind(town, sender, letter, *, to, text="For the record."):
    """A mail to somebody else, and to our address in Bcc."""
    return town.write(
        sender, to, "Re: Import fails", text, recipients=[address(letter)]
    )


@pytest.mark.parametrize("to", ["them@elsewhere.example", "carla@gomez.example"])
def test_a_blind_copy_by_the_team_is_filed_quietly(each_town, to):
    town = each_town
    open_case(town)
    anas = town.last("ana@acme.example", "message")
    assert blind(town, ANA, anas, to=to) == []
    assert posts(town, 1)[-1] == ("team", "For the record.")
    with town.database.reading() as session:
        post = events.posts(session, [1], {events.Lane.TEAM})[-1]
        rows = session.query(Ledger).filter_by(event_id=post.id)
        told = {row.person_id: (str(row.outcome), row.reason) for row in rows}
        assert set(told.values()) == {
            ("author", "wrote it"),
            ("digest", "filed quietly"),
            ("lane", "team lane"),
        }
        assert session.get_one(Activity, 1).owner_id is None


def test_a_blind_copy_of_a_participant_is_posted_and_marked(each_town):
    """The ready-made case "reply from a Bcc'd person"."""
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    letters = blind(town, CARLA, hers, to="them@elsewhere.example")
    assert gist(letters)[-1:] == TEAM[:1]
    told = words(town.last("ana@acme.example", "message"))
    assert "No address of ours stands in To or Cc" in told


def test_a_blind_copy_of_a_stranger_is_a_case_and_marked(proved_town):
    town = proved_town
    letters = town.write(
        CARLA,
        "them@elsewhere.example",
        "Import fails",
        "It stops.",
        headers=[verified("gomez.example")],
        recipients=[DESK],
    )
    for letter in letters:
        if letter.kind == "message":
            assert "No address of ours stands in To or Cc" in words(letter)


def cases_of_two(town):
    """Ana has the import and Bo the export; gives what Carla got of each."""
    first, second = two_open_cases(town)
    letters = [each for each in town.letters if each.kind == "message"]
    subject = {"ana@acme.example": "Import fails", "bo@acme.example": "Export fails"}
    for who in (ANA, BO):
        mine = next(
            each
            for each in letters
            if each.to in who and subject[each.to] in str(each.mail["Subject"])
        )
        town.reply(who, "I look at it.", to=mine)
    return first, second


def asked_of(letters):
    return {each.to: each for each in letters if each.kind == "notice"}


@pytest.mark.parametrize("answer", ["refuse", "admit once"])
def test_a_strangers_mail_to_two_cases_is_decided_in_each(each_town, answer):
    """What one owner says of it is no answer of the other's."""
    town = each_town
    first, second = cases_of_two(town)
    asked = asked_of(
        town.reply(MAX, "I know the cause.", to=first, also=[address(second)])
    )
    assert set(asked) == {"ana@acme.example", "bo@acme.example"}
    town.reply(ANA, answer, to=asked["ana@acme.example"])
    number = 5
    assert str(town.inbound(number).state) == "held", "Bo has still to say"
    posted = ("everyone", "I know the cause.")
    assert (posted in posts(town, 1)) is (answer == "admit once")
    assert posted not in posts(town, 2)
    letters = town.reply(BO, "admit once", to=asked["bo@acme.example"])
    assert ("message", "carla@gomez.example") in gist(letters)
    assert posts(town, 2)[-1] == posted
    assert posts(town, 1).count(posted) == (answer == "admit once")
    assert str(town.inbound(number).state) == "done"


def test_a_mail_to_two_cases_that_both_refuse_is_discarded(each_town):
    town = each_town
    first, second = cases_of_two(town)
    asked = asked_of(town.reply(MAX, "Buy this.", to=first, also=[address(second)]))
    town.reply(ANA, "refuse", to=asked["ana@acme.example"])
    town.reply(BO, "refuse", to=asked["bo@acme.example"])
    assert (str(town.inbound(5).state), town.inbound(5).reason) == (
        "discarded",
        "refused at the door",
    )


def test_a_command_that_is_unclear_in_two_cases_is_asked_once(each_town):
    """One writer, one mail, one question; the answer holds in both."""
    town = each_town
    cases_of_two(town)
    mine = [each for each in town.letters if each.to == "ana@acme.example"]
    imports, exports = (
        next(each for each in mine if name in str(each.mail["Subject"]))
        for name in ("Import", "Export")
    )
    letters = town.reply(
        ANA, "/ntoe\n\nFor us alone.", to=imports, also=[address(exports)]
    )
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    town.reply(ANA, "/note", to=letters[0])
    assert posts(town, 1)[-1] == posts(town, 2)[-1] == ("team", "For us alone.")


@pytest.mark.parametrize("answer", ["post", "refuse"])
def test_a_machines_mail_to_two_cases_is_let_into_each(each_town, answer):
    town = each_town
    first, second = cases_of_two(town)
    marked = [("Auto-Submitted", "auto-generated")]
    asked = asked_of(
        town.reply(
            CARLA, "Row 7 of 9.", to=first, also=[address(second)], headers=marked
        )
    )
    assert set(asked) == {"ana@acme.example", "bo@acme.example"}
    letters = town.reply(ANA, answer, to=asked["ana@acme.example"])
    assert not [each for each in letters if each.kind == "notice"], "nobody anew"
    said = ("everyone", "Row 7 of 9.")
    assert (said in posts(town, 1)) is (answer == "post")
    assert said not in posts(town, 2)
    town.reply(BO, "post", to=asked["bo@acme.example"])
    assert posts(town, 2)[-1] == said
    assert posts(town, 1).count(said) == (answer == "post")
    assert town.unseen() == []

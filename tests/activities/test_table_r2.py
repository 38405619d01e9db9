"""Table R2, row by row, through the front door: who a token believes (B20 to B23)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.routing.limits import Limits
from storage import event as events
from storage import people
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

SERVER = "mx.acme.example"
PROVED = verified("gomez.example")
FAILED = (
    "Authentication-Results",
    f"{SERVER}; dmarc=fail (p=reject) header.from=gomez.example",
)
PHONE = "Buy cheap watches <carla.gomez@phone.example>"
SHARED = "Acme Support <support@acme.example>"
TOLD = ("notice", "ana@acme.example")
ASKED = ("confirmation", "carla@gomez.example")


def posts(town, activity=1):
    """Author, lane and text of each post."""
    with town.database.reading() as session:
        found = events.posts(session, [activity], set(events.Lane), most=100)
        addresses = people.primary_addresses(session, [e.actor_id for e in found])
        return [(addresses[e.actor_id], str(e.lane), e.text) for e in found]


def owner_of(town, address):
    """Whose an address is: the person's primary one."""
    with town.database.reading() as session:
        person = people.by_address(session, address)
        return person and people.primary_addresses(session, [person.id])[person.id]


def hers(town):
    return town.last("carla@gomez.example", "message")


def words(letter):
    return " ".join(letter.text.split())


def test_the_owners_address_verified_is_accepted(proved_town):
    town = proved_town
    taken_case(town)
    letters = town.reply(CARLA, "Row 7.", to=hers(town), headers=[PROVED])
    assert gist(letters) == [("message", "ana@acme.example")]
    assert posts(town)[-1] == ("carla@gomez.example", "everyone", "Row 7.")


def test_the_owners_address_with_nothing_said_is_accepted_as_bearer(proved_town):
    town = proved_town
    taken_case(town)
    letters = town.reply(CARLA, "Row 7.", to=hers(town))
    assert gist(letters) == [("message", "ana@acme.example")]


def test_the_owners_address_failed_is_held_and_nobody_outside_is_told(proved_town):
    town = proved_town
    taken_case(town)
    letters = town.reply(CARLA, "Pay to this account.", to=hers(town), headers=[FAILED])
    assert gist(letters) == [TOLD]
    assert town.state() == "held"
    assert len(posts(town)) == 2


def test_failed_but_a_trusted_sealer_vouches(make_each_town):
    town = make_each_town(trusted=(SERVER,), sealers=("lists.example",))
    taken_case(town)
    sealed = [
        ("Authentication-Results", f"{SERVER}; arc=pass; {FAILED[1].split('; ')[1]}"),
        ("ARC-Seal", "i=1; a=rsa-sha256; cv=none; d=lists.example; s=a; b=AAAA"),
        (
            "ARC-Authentication-Results",
            "i=1; mx.lists.example; dmarc=pass header.from=gomez.example",
        ),
    ]
    letters = town.reply(CARLA, "Row 7.", to=hers(town), headers=sealed)
    assert gist(letters) == [("message", "ana@acme.example")]


def test_another_participant_verified_posts_as_themselves(proved_town):
    """And the token that leaked is turned."""
    town = proved_town
    taken_case(town)
    town.reply(ANA, "/invite max@gomez.example", to=town.last("ana@acme.example"))
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    leaked = hers(town)
    letters = town.reply(MAX, "Row 7.", to=leaked, headers=[PROVED])
    assert posts(town)[-1] == ("max@gomez.example", "everyone", "Row 7.")
    new = next(each for each in letters if each.to == "carla@gomez.example")
    assert reply_address(new) != reply_address(leaked)


def test_another_participant_unproved_is_held_and_nobody_is_asked_if_it_is_they(
    each_town,
):
    town = each_town
    taken_case(town)
    town.reply(ANA, "/invite max@gomez.example", to=town.last("ana@acme.example"))
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    letters = town.reply(MAX, "Row 7.", to=hers(town))
    assert gist(letters) == [TOLD], "his address is not hers to claim"
    assert town.state() == "held"


def test_a_stranger_is_held_and_the_tokens_owner_says_it_is_they(each_town):
    """B20; the ready-made case "reply from a colleague's phone address"."""
    town = each_town
    taken_case(town)
    letters = town.reply(PHONE, "From my phone: row 7.", to=hers(town))
    assert gist(letters) == [ASKED, TOLD]
    asked = town.last("carla@gomez.example", "confirmation")
    assert "carla.gomez@phone.example" in asked.mail["Subject"]
    # T8: outsiders read nothing that a stranger chose, but the address.
    assert "row 7" not in asked.text
    assert "watches" not in asked.kept.octets.decode()
    assert len(posts(town)) == 2
    # What comes meanwhile waits with it, and is not asked about again (E48).
    assert town.reply(PHONE, "And row 8.", to=hers(town)) == []

    letters = town.reply(CARLA, "Yes, that is me.", to=asked)
    assert gist(letters) == [("message", "ana@acme.example")] * 2
    assert posts(town)[2:] == [
        ("carla@gomez.example", "everyone", "From my phone: row 7."),
        ("carla@gomez.example", "everyone", "And row 8."),
    ]
    # From now on it is an address of hers; she is still written to at the first.
    assert owner_of(town, "carla.gomez@phone.example") == "carla@gomez.example"
    letters = town.reply(PHONE, "And row 9.", to=hers(town))
    assert gist(letters) == [("message", "ana@acme.example")]
    letters = town.reply(ANA, "Thank you.", to=town.last("ana@acme.example", "message"))
    assert ("message", "carla@gomez.example") in gist(letters)


def test_a_no_leaves_it_to_the_house(each_town):
    town = each_town
    taken_case(town)
    town.reply(PHONE, "Tell me more.", to=hers(town))
    asked = town.last("carla@gomez.example", "confirmation")
    assert gist(town.reply(CARLA, "No!", to=asked)) == [TOLD]
    assert owner_of(town, "carla.gomez@phone.example") is None
    assert town.inbound(3).state == "held"
    # And so it stays: a second thought comes too late.
    letters = town.reply(CARLA, "yes", to=asked)
    assert "You answered this before with no" in words(letters[0])
    assert len(posts(town)) == 2


def test_only_she_can_say_yes(each_town):
    """Whoever has her letter has not the address that takes the answer."""
    town = each_town
    taken_case(town)
    town.reply(PHONE, "Tell me more.", to=hers(town))
    asked = town.last("carla@gomez.example", "confirmation")
    town.reply(PHONE, "yes", to=asked)
    assert owner_of(town, "carla.gomez@phone.example") is None
    assert len(posts(town)) == 2


def test_a_yes_to_an_address_lets_in_nothing_that_was_forged_from_it(proved_town):
    town = proved_town
    taken_case(town)
    letter = hers(town)
    at_home = "Carla at home <carla@gomez.example.net>"
    town.reply(at_home, "Row 7.", to=letter)
    asked = town.last("carla@gomez.example", "confirmation")
    forged = (FAILED[0], FAILED[1].replace("gomez.example", "gomez.example.net"))
    letters = town.reply(at_home, "Pay to this.", to=letter, headers=[forged])
    assert gist(letters) == [TOLD]

    town.reply(CARLA, "yes", to=asked)
    assert posts(town)[-1] == ("carla@gomez.example", "everyone", "Row 7.")
    assert town.inbound(4).state == "held"


def test_an_address_of_somebody_else_is_never_taken_from_them(each_town):
    """The other one became known while she was asked."""
    town = each_town
    taken_case(town)
    town.reply(PHONE, "Row 7.", to=hers(town))
    asked = town.last("carla@gomez.example", "confirmation")
    town.write(PHONE, DESK, "A new matter", "I am somebody else.")
    letters = town.reply(CARLA, "yes", to=asked)
    assert owner_of(town, "carla.gomez@phone.example") == "carla.gomez@phone.example"
    assert len(posts(town)) == 2
    assert gist(letters) == [TOLD]
    assert "is somebody else's address already" in words(letters[0])
    # One who was known before is asked about to nobody.
    assert gist(town.reply(PHONE, "Row 8.", to=hers(town))) == [TOLD]


def test_three_such_questions_a_day_and_no_more(each_town):
    """T8: nobody's mailbox is filled by whoever has an address of theirs."""
    town = each_town
    taken_case(town)
    letter, asked = hers(town), 0
    for number in range(6):
        letters = town.reply(f"X <x{number}@elsewhere.example>", "Hi.", to=letter)
        assert TOLD in gist(letters), "the house hears of each"
        asked += ASKED in gist(letters)
    assert asked == 3
    town.pass_time(days=1, minutes=1)
    letters = town.reply("X <x9@elsewhere.example>", "Hi.", to=letter)
    assert ASKED in gist(letters)


@pytest.mark.parametrize(
    "robot", [("Auto-Submitted", "auto-replied"), ("Precedence", "bulk")]
)
def test_a_robot_with_a_token_asks_nobody(each_town, robot):
    town = each_town
    taken_case(town)
    letters = town.reply(PHONE, "I am away.", to=hers(town), headers=[robot])
    noreply = "Robot <no-reply@phone.example>"
    letters += town.reply(noreply, "We got it.", to=hers(town))
    assert {each.to for each in letters} <= {"ana@acme.example", "bo@acme.example"}
    assert len(posts(town)) == 2


def test_a_team_token_in_other_hands_is_told_to_the_owner_alone(each_town):
    """B23: nothing revealed, nobody asked."""
    town = each_town
    taken_case(town)
    town.reply(ANA, "/note\n\nFor us.", to=town.last("ana@acme.example", "message"))
    town.reply(BO, "I see.", to=town.last("bo@acme.example", "message"))
    town.reply(BO, "/note\n\nFor us two.", to=town.last("bo@acme.example", "message"))
    note = town.last("ana@acme.example", "note")
    for writer in (CARLA, PHONE):
        assert gist(town.reply(writer, "What is this?", to=note)) == [TOLD]
        assert town.state() == "held"


def cc_case(town, *, cc):
    """Carla's case, with Max in Cc of her mail; nobody was invited."""
    town.write(CARLA, DESK, "Import fails", "It stops.", headers=[("Cc", cc), PROVED])
    town.reply(ANA, "Which row?", to=town.last("ana@acme.example", "message"))
    assert not [each for each in town.letters if each.kind == "invitation"]


@pytest.fixture
def cc_town(make_each_town):
    """A desk that suggests those in Cc instead of inviting them."""
    return make_each_town(trusted=(SERVER,), desks=(replace(ACME, cc="suggest"),))


@pytest.mark.parametrize("way", ["token", "plain address"])
def test_whom_a_participant_had_in_cc_posts_as_themselves_once_let_in(cc_town, way):
    town = cc_town
    cc_case(town, cc=MAX)
    if way == "token":
        letters = town.reply(MAX, "I know the row.", to=hers(town), headers=[PROVED])
    else:
        first = [("In-Reply-To", "<1.mail@people.example>"), PROVED]
        letters = town.write(
            MAX, DESK, "Re: Import fails", "I know the row.", headers=first
        )
    assert town.rules[-1] == "guest_post"
    assert gist(letters) == [ASKED, TOLD]
    assert len(posts(town)) == 2
    asked = town.last("carla@gomez.example", "confirmation")
    assert "Max Fremd" in asked.mail["Subject"]
    assert "I know the row" not in asked.text

    town.reply(CARLA, "yes", to=asked)
    assert posts(town)[-1] == ("max@gomez.example", "everyone", "I know the row.")
    copy = town.last("carla@gomez.example", "message")
    assert str(copy.mail["From"]).startswith("Max Fremd via")
    letters = town.reply(ANA, "Thank you.", to=town.last("ana@acme.example", "message"))
    assert ("message", "max@gomez.example") in gist(letters)


def test_a_no_to_the_one_in_cc_leaves_him_at_the_door(cc_town):
    town = cc_town
    cc_case(town, cc=MAX)
    town.reply(MAX, "I know the row.", to=hers(town), headers=[PROVED])
    town.reply(CARLA, "no", to=town.last("carla@gomez.example", "confirmation"))
    assert town.inbound(3).state == "held"
    assert len(posts(town)) == 2


def test_who_stood_in_no_cc_or_is_not_verified_is_a_stranger(cc_town):
    town = cc_town
    cc_case(town, cc=MAX)
    town.reply(MAX, "I know the row.", to=hers(town))
    assert (
        "Is that you?"
        in town.last("carla@gomez.example", "confirmation").mail["Subject"]
    )
    town.reply("Eve <eve@gomez.example>", "I too.", to=hers(town), headers=[PROVED])
    assert town.rules[-1] == "token"


def test_our_own_unchanged_letter_is_dropped(each_town):
    town = each_town
    taken_case(town)
    letter = hers(town)
    own = reply_address(letter).strip("<>")
    town.deliver(letter.kept.octets, "carla@gomez.example", [own])
    assert town.rules[-1] == "own_letter_back"
    assert len(posts(town)) == 2


@pytest.mark.parametrize("who", [ANA, BO])
def test_from_a_desks_own_address_the_team_says_who_wrote_it(each_town, who):
    """B21: in the lane of the post that it answers."""
    town = each_town
    open_case(town)
    letter = town.last("carla@gomez.example")
    letters = town.reply(SHARED, "We are on it.", to=letter)
    assert gist(letters) == [TOLD, ("notice", "bo@acme.example")]
    assert "nobody can tell who of us wrote it" in words(letters[0])
    mine = town.last(who.split("<")[1].strip(">"), "notice")
    letters = town.reply(who, "mine", to=mine)
    assert posts(town)[-1] == (mine.to, "everyone", "We are on it.")
    assert ("message", "carla@gomez.example") in gist(letters)
    name = who.split(" <")[0]
    assert str(hers(town).mail["From"]).startswith(f'"{name}, Acme Support"')
    # The first word decides.
    other = BO if who == ANA else ANA
    address = other.split("<")[1].strip(">")
    letters = town.reply(other, "mine", to=town.last(address, "notice"))
    assert f"{name} answered before you" in words(letters[0])
    assert len(posts(town)) == 2


def test_from_a_desks_own_address_with_the_id_of_a_note_it_stays_in_the_team(
    each_town,
):
    town = each_town
    open_case(town)
    town.reply(BO, "/note\n\nFor us.", to=town.last("bo@acme.example", "message"))
    note = town.last("ana@acme.example", "note")
    answers = [("In-Reply-To", str(note.mail["Message-ID"]))]
    town.write(SHARED, DESK, "Team: Import fails", "I agree.", headers=answers)
    town.reply(ANA, "mine", to=town.last("ana@acme.example", "notice"))
    assert posts(town)[-1] == ("ana@acme.example", "team", "I agree.")


def test_a_mail_that_nobody_of_us_wrote_is_refused_by_name(each_town):
    town = each_town
    open_case(town)
    town.reply(SHARED, "Buy watches.", to=town.last("carla@gomez.example"))
    town.reply(BO, "refuse", to=town.last("bo@acme.example", "notice"))
    row = town.inbound(2)
    assert (str(row.state), row.reason) == ("discarded", "refused")
    assert row.settled_by.startswith("person ")
    assert len(posts(town)) == 1


def test_from_a_desks_own_address_a_team_token_names_the_author(each_town):
    town = each_town
    open_case(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(SHARED, "We are on it.", to=anas)
    assert posts(town)[-1] == ("ana@acme.example", "everyone", "We are on it.")


def test_a_revoked_token_counts_for_who_is_verified(proved_town):
    """And the next letter bears a new one."""
    town = proved_town
    taken_case(town)
    town.reply(ANA, "/invite max@gomez.example", to=town.last("ana@acme.example"))
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    old = hers(town)
    town.reply(MAX, "Row 7.", to=old, headers=[PROVED])
    assert gist(town.reply(CARLA, "Unproved.", to=old)) == [TOLD]
    town.reply(CARLA, "Proved.", to=old, headers=[PROVED])
    assert posts(town)[-1] == ("carla@gomez.example", "everyone", "Proved.")
    assert reply_address(hers(town)) != reply_address(old)


def test_who_left_is_held_and_told_once_how_to_come_back(each_town):
    """The ready-made case "left then answered"."""
    town = each_town
    taken_case(town)
    town.reply(ANA, "/invite max@gomez.example", to=town.last("ana@acme.example"))
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    joined = town.last("max@gomez.example")
    town.reply(MAX, "/leave", to=joined)
    letters = town.reply(MAX, "One more thing.", to=joined)
    assert gist(letters) == [TOLD, ("notice", "max@gomez.example")]
    assert town.reply(MAX, "And another.", to=joined) == []
    assert len(posts(town)) == 2


def test_a_new_address_of_a_known_person_is_theirs_only_once_they_say_so(each_town):
    """Send-as aliases: never automatically, whatever name the mail bears."""
    town = each_town
    taken_case(town)
    town.reply("Carla Gomez <carla@gomez.test>", "Row 7.", to=hers(town))
    assert owner_of(town, "carla@gomez.test") is None
    town.reply(CARLA, "yes", to=town.last("carla@gomez.example", "confirmation"))
    assert owner_of(town, "carla@gomez.test") == "carla@gomez.example"


# Commands that nothing proves (B18).


def test_what_only_reads_is_answered_to_the_known_address_at_once(each_town):
    town = each_town
    letters = town.write(ANA, DESK, "help", "/help")
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    assert "/take (the case is yours)" in words(letters[0])
    assert town.state() == "done"
    letters = town.write(ANA, DESK, "who", "/who")
    assert "Ana Ruiz" in letters[0].text
    assert "Bo Berg" in letters[0].text
    # From anybody else it is a text, and a case of its own.
    assert ("message", "ana@acme.example") in gist(town.write(CARLA, DESK, "?", "/who"))


def everyone_id(town):
    """Headers that anybody in the case can write."""
    message = hers(town)
    return [("In-Reply-To", str(message.mail["Message-ID"]))]


@pytest.mark.parametrize("word", ["/resolve", "/invite evil@elsewhere.example"])
def test_a_command_by_an_id_that_everybody_knows_asks_first(each_town, word):
    """Carla knows the id, and writes with Bo's From."""
    town = each_town
    taken_case(town)
    letters = town.write(BO, DESK, "Re: x", f"{word}\n", headers=everyone_id(town))
    assert gist(letters) == [("confirmation", "bo@acme.example")]
    assert town.state() == "held"
    assert word in words(letters[0])
    letters = town.reply(BO, "no", to=letters[0])
    assert letters == []
    assert str(town.inbound(3).state) == "discarded"
    assert "evil@elsewhere.example" not in {each.to for each in town.letters}


def test_a_command_by_an_id_that_everybody_knows_is_done_after_a_yes(each_town):
    town = each_town
    taken_case(town)
    text = "/resolve\n\nIt works again."
    [asked] = town.write(BO, DESK, "Re: x", text, headers=everyone_id(town))
    assert len(posts(town)) == 2
    town.reply(BO, "yes", to=asked)
    assert posts(town)[-1] == ("bo@acme.example", "everyone", "It works again.")
    assert "/resolve" in town.last("ana@acme.example").text or town.state() == "done"


def test_a_text_by_an_id_that_everybody_knows_is_posted_and_marked(each_town):
    """mail-rules 0: such an id is a bearer's; the team sees what speaks for it."""
    town = each_town
    taken_case(town)
    town.write(BO, DESK, "Re: x", "Which row?", headers=everyone_id(town))
    assert posts(town)[-1] == ("bo@acme.example", "everyone", "Which row?")
    told = words(town.last("ana@acme.example", "message"))
    assert "Only an id that everybody in the case knows speaks for its writer" in told
    assert "an id that everybody" not in hers(town).text


def test_a_verified_command_by_such_an_id_is_done_at_once(proved_town):
    town = proved_town
    taken_case(town)
    proof = verified("acme.example")
    town.write(BO, DESK, "Re: x", "/resolve", headers=[*everyone_id(town), proof])
    assert town.state() == "done"


def test_nobody_of_the_team_is_asked_without_end(each_town):
    """T8: after twenty a day the house is told instead."""
    town = each_town
    taken_case(town)
    headers = everyone_id(town)
    for number in range(20):
        [asked] = town.write(BO, DESK, f"{number}", "/resolve", headers=headers)
        assert asked.kind == "confirmation"
    letters = town.write(BO, DESK, "21", "/resolve", headers=headers)
    assert gist(letters) == [TOLD]


# Forms that are not listed (B22).

NOREPLY = "Website <no-reply@hosting.example>"
WEBSITE = "Website <website@acme.example>"
VERA = ("Reply-To", "Vera <vera@true.example>")


@pytest.mark.parametrize("sender", [NOREPLY, WEBSITE, SHARED])
def test_an_unlisted_form_is_shown_to_the_team_and_becomes_a_case(each_town, sender):
    town = each_town
    letters = town.write(sender, DESK, "Contact form", "Hello.", headers=[VERA])
    assert town.rules[-1] == "unlisted_form"
    assert gist(letters) == [TOLD, ("notice", "bo@acme.example")]
    asked = words(letters[0])
    assert "vera@true.example" in asked
    address = sender.split("<")[1].strip(">")
    assert f'forms = ["{address}"]' in asked
    letters = town.reply(ANA, "form", to=town.last("ana@acme.example", "notice"))
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    assert posts(town) == [("vera@true.example", "everyone", "Hello.")]


def test_forms_are_never_merged_by_sender_or_subject(each_town):
    town = each_town
    for text in ("The first.", "The second.", "The third."):
        town.write(WEBSITE, DESK, "Contact form", text, headers=[VERA])
        town.reply(ANA, "form", to=town.last("ana@acme.example", "notice"))
    assert [posts(town, number)[0][2] for number in (1, 2, 3)] == [
        "The first.",
        "The second.",
        "The third.",
    ]


@pytest.mark.parametrize("answer", ["refuse", "spam"])
def test_a_form_that_is_none_is_dropped_by_name(each_town, answer):
    town = each_town
    town.write(WEBSITE, DESK, "Contact form", "Buy watches.", headers=[VERA])
    town.reply(ANA, answer, to=town.last("ana@acme.example", "notice"))
    assert (str(town.inbound(1).state), town.inbound(1).reason) == ("discarded", answer)


def test_what_is_no_form_may_be_its_senders_case(each_town):
    town = each_town
    colleague = "Dora Dahl <dora@acme.example>"
    town.write(colleague, DESK, "Hello", "My printer.", headers=[VERA])
    town.reply(ANA, "open", to=town.last("ana@acme.example", "notice"))
    assert posts(town) == [("dora@acme.example", "everyone", "My printer.")]


def test_a_desks_own_address_is_nobodys_case(each_town):
    town = each_town
    town.write(SHARED, DESK, "Hello", "My printer.", headers=[VERA])
    asked = town.last("ana@acme.example", "notice")
    assert "Reply open" not in words(asked)
    town.reply(ANA, "mine", to=asked)
    assert posts(town) == [("ana@acme.example", "everyone", "My printer.")]


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        ("Shop <no-reply@shop.example>", [("Reply-To", "help@shop.example")]),
        ("Shop <no-reply@shop.example>", []),
        ("Shop <no-reply@shop.example>", [VERA, ("List-Unsubscribe", "<x:y>")]),
        ("Shop <no-reply@shop.example>", [("Reply-To", DESK)]),
    ],
)
def test_a_robots_notice_is_no_form(each_town, sender, headers):
    """C25: mailed to nobody."""
    assert each_town.write(sender, DESK, "Your order", "Thanks.", headers=headers) == []
    assert each_town.rules[-1] == "machine_at_desk"


def test_a_no_to_the_question_whose_address_it_is_is_told_to_the_owner(each_town):
    """B20: somebody else has her address, and whoever decides must know."""
    town = each_town
    taken_case(town)
    town.reply(PHONE, "Row 7.", to=hers(town))
    letters = town.reply(
        CARLA, "no", to=town.last("carla@gomez.example", "confirmation")
    )
    assert gist(letters) == [TOLD]
    said = words(letters[0])
    assert "Carla Gomez says that carla.gomez@phone.example is not theirs" in said
    assert town.inbound(3).state == "held"
    # The letter about the mail itself decides as before.
    asked = next(
        each for each in town.letters if each.kind == "notice" and "Row 7." in each.text
    )
    town.reply(ANA, "refuse", to=asked)
    assert town.inbound(3).reason == "refused at the door"


def test_whom_somebody_had_in_cc_counts_as_a_guest(make_each_town):
    """D31: where no more guests fit, the house decides and nobody else is asked."""
    town = make_each_town(
        trusted=(SERVER,),
        desks=(replace(ACME, cc="suggest"),),
        limits=Limits(outsiders_per_activity=1),
    )
    both = f"{MAX}, Eve <eve@gomez.example>"
    cc_case(town, cc=both)
    letters = town.reply(MAX, "I know the row.", to=hers(town), headers=[PROVED])
    eve = "Eve <eve@gomez.example>"
    town.reply(eve, "I know it too.", to=hers(town), headers=[PROVED])
    second = town.last("carla@gomez.example", "confirmation")
    town.reply(CARLA, "yes", to=next(each for each in letters if "carla" in each.to))
    assert posts(town)[-1][0] == "max@gomez.example"
    # She was asked while there was room; now there is none.
    letters = town.reply(CARLA, "yes", to=second)
    assert gist(letters) == [TOLD]
    assert "Carla Gomez would let eve@gomez.example in" in words(letters[0])
    assert posts(town)[-1][0] == "max@gomez.example"
    # From now on she is not even asked.
    town.now += timedelta(days=2)
    letters = town.reply(eve, "And row 8.", to=hers(town), headers=[PROVED])
    assert gist(letters) == [TOLD]

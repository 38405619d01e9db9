"""A token in the wrong hands speaks for nobody (R2, B20, B21, B23, T5)."""

from storage import event as events
from storage import people
from tests.activities.people import ANA, BO, CARLA, MAX, open_case, taken_case, verified
from tests.town import gist, reply_address

STRANGER = "Karl Fremd <karl@elsewhere.example>"
SERVER = "mx.acme.example"


def authors(town):
    with town.database.reading() as session:
        posts = session.query(events.Event).filter_by(kind=events.Kind.POST)
        return [
            people.primary_addresses(session, [post.actor_id])[post.actor_id]
            for post in posts.order_by(events.Event.id)
        ]


def test_who_is_let_in_speaks_as_themselves(each_town):
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    letters = town.reply(STRANGER, "I am her consultant.", to=hers)
    # She is asked whether it was she, by another address (B20).
    asked = ("confirmation", "carla@gomez.example")
    assert gist(letters) == [asked, ("notice", "ana@acme.example")]
    notice = town.last("ana@acme.example", "notice")
    assert "I am her consultant." in notice.text
    assert "karl@elsewhere.example" in notice.text
    assert authors(town) == ["carla@gomez.example", "ana@acme.example"]

    letters = town.release()
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "carla@gomez.example"),
    ]
    for letter in letters:
        assert str(letter.mail["From"]).startswith("Karl Fremd via Acme Support")
    assert authors(town)[-1] == "karl@elsewhere.example"
    # For one mail alone: neither does he hear of it, nor is the next let in.
    assert gist(town.reply(CARLA, "Indeed.", to=hers)) == [
        ("message", "ana@acme.example")
    ]
    assert gist(town.reply(STRANGER, "More?", to=hers)) == [
        ("notice", "ana@acme.example")
    ]


def test_what_waits_is_told_to_who_is_there_for_the_owner(each_town):
    """D35: to the deputy of an owner who has paused, else to the rest of the team."""
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    asked = ("confirmation", "carla@gomez.example")
    town.reply(ANA, "/pause 3 days", to=town.last("ana@acme.example", "message"))
    letters = town.reply(STRANGER, "I am her consultant.", to=hers)
    assert gist(letters) == [asked, ("notice", "bo@acme.example")]

    town.pass_time(days=4)
    letters = town.reply(STRANGER, "Are you there?", to=hers)
    assert gist(letters) == [("notice", "ana@acme.example")]
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/deputy bo\n/pause 3 days", to=anas)
    town.pass_time(days=2)
    letters = town.reply(STRANGER, "Hello?", to=hers)
    assert gist(letters) == [("notice", "bo@acme.example")]


def test_a_stranger_gives_no_commands(town):
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    town.reply(STRANGER, "/invite evil@elsewhere.example\n\nHello.", to=hers)
    letters = town.release()
    assert {each.kind for each in letters} == {"message"}
    assert "evil@elsewhere.example" not in {each.to for each in letters}
    # Nor by mail to the address that stops letters, were it written to many.
    town.reply(STRANGER, "/resolve", to=hers)
    assert town.state() == "held"


def test_a_token_is_turned_once_another_participant_used_it(make_town):
    town = make_town(trusted=(SERVER,))
    proved = [verified("gomez.example")]
    town.write(CARLA, "support@acme.example", "Rows", "Rows twice.", headers=proved)
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example\n\nWhich?", to=anas)
    hers = town.last("carla@gomez.example", "message")
    town.reply(MAX, "I am in.", to=town.last("max@gomez.example"))
    before = reply_address(hers)

    letters = town.reply(MAX, "Row 7.", to=hers, headers=proved)
    mine = next(each for each in letters if each.to == "carla@gomez.example")
    assert str(mine.mail["From"]).startswith("Max Fremd via")
    assert reply_address(mine) != before, "the next letter has a new address"
    assert gist(town.reply(CARLA, "Old.", to=hers))[0][0] == "notice"
    assert ("message", "ana@acme.example") in gist(town.reply(CARLA, "New.", to=mine))


def test_a_team_token_shows_nothing_to_anybody_else(town):
    """B23: held, and not a word to whoever has it."""
    taken_case(town)
    town.reply(BO, "/note\n\nBetween us.", to=town.last("bo@acme.example", "message"))
    note = town.last("ana@acme.example", "note")
    for writer in (CARLA, STRANGER):
        assert gist(town.reply(writer, "What is this?", to=note)) == [
            ("notice", "ana@acme.example")
        ]
        assert town.release() == []
        assert town.state() == "held"
    # Of the team, whoever holds it writes as themselves, once proved.
    assert gist(town.reply(BO, "By her address.", to=note)) == [
        ("notice", "ana@acme.example")
    ]


def test_a_desks_own_address_speaks_only_with_a_team_address(town):
    """B21: a shared mailbox; the token of the letter there names the author."""
    open_case(town)
    shared = "Acme Support <support@acme.example>"
    anas = town.last("ana@acme.example", "message")
    letters = town.reply(shared, "We are on it.", to=anas)
    assert gist(letters) == [
        ("message", "bo@acme.example"),
        ("message", "carla@gomez.example"),
    ]
    hers = town.last("carla@gomez.example", "message")
    assert str(hers.mail["From"]).startswith('"Ana Ruiz, Acme Support"')
    letters = town.reply(shared, "Who am I?", to=hers)
    assert gist(letters) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]


def test_an_address_that_nobody_ever_issued_is_refused_at_the_door(town):
    """B24: never issued tokens are 550."""
    open_case(town)
    good = reply_address(town.last("carla@gomez.example")).strip("<>")
    local, _, domain = good.partition("@")
    turned = local[:-2] + ("ab" if local[-2:] != "ab" else "cd")
    assert town.refuses(f"{turned}@{domain}") == 550
    assert town.refuses("nobody@acme.example") == 550
    assert town.refuses(good.upper()) is None


def test_a_reply_address_in_a_text_is_handed_to_nobody(each_town):
    # T5: she copies the address of her own letter into what she writes.
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    mine = reply_address(hers)
    letters = town.reply(CARLA, f"I write to {mine}, is that right?", to=hers)
    assert letters
    for letter in letters:
        assert mine.encode() not in letter.kept.octets.replace(b"=\r\n", b"")
        assert "I write to support+…@acme.example, is that right?" in letter.text

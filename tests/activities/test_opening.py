"""How a case begins: forms, first mails, two desks, what a first copy says (C)."""

from dataclasses import replace

from parsers.address import Mailbox
from parsers.reply_address import ReplyAddress
from tests.activities.people import ANA, CARLA, DESK, MAX, open_case, verified
from tests.town import ACME, gist

SALES = replace(
    ACME,
    name="Acme Sales",
    address="sales@acme.example",
    reply=ReplyAddress("sales+{token}@acme.example"),
    team=(Mailbox("Sam Sell", "sam@acme.example"),),
)
TEAM = [("message", "ana@acme.example"), ("message", "bo@acme.example")]


def test_a_listed_form_speaks_for_its_reply_to(make_town):
    """Decisions B22: unproved, never merged by subject; the reply goes to them."""
    desk = replace(ACME, forms=("website@acme.example",))
    town = make_town(desks=(desk,), trusted=("mx.acme.example",))

    def fill_in(who, text="Hello."):
        head = [("Reply-To", who), verified("acme.example"), ("Precedence", "bulk")]
        return town.write(
            "Website <website@acme.example>",
            DESK,
            "Contact form",
            text,
            headers=head,
        )

    assert gist(fill_in("Vera <vera@true.example>")) == TEAM
    assert "Vera" in str(town.last("ana@acme.example").mail["From"])
    town.reply(ANA, "How can we help?", to=town.last("ana@acme.example"))
    assert town.last("vera@true.example").kind == "message"
    # Nobody gives commands by a form, whomever it names.
    letters = fill_in(ANA, "Hello.\n\n/note\n\nI know a secret.")
    assert gist(letters) == TEAM[1:]
    assert gist(fill_in("Willi <willi@true.example>")) == TEAM
    assert gist(fill_in("Vera <vera@true.example>", "A second matter.")) == TEAM


def test_the_first_mail_of_a_customer_has_no_commands(town):
    """Decisions E39: not for a customer, and not in the second fresh one either."""
    letters = town.write(
        CARLA, DESK, "Rows", "/invite evil@elsewhere.example\n/note\n\nRows twice."
    )
    assert gist(letters) == [("acknowledgement", "carla@gomez.example"), *TEAM]
    assert "/invite evil@elsewhere.example" in town.last("ana@acme.example").text
    assert "/note" in town.last("ana@acme.example").text


def test_from_customers_an_unknown_command_is_prose(town):
    open_case(town)
    case = town.last("carla@gomez.example")
    town.reply(CARLA, "/usr is full", to=case)
    assert "/usr is full" in town.last("ana@acme.example").text
    town.reply(CARLA, "/mute\n/tmp too\n\nPlease help.", to=case)
    text = town.last("ana@acme.example").text
    assert "/tmp too Please help." in " ".join(text.split())
    assert "/mute" not in text


def test_a_mail_to_two_desks_is_one_case_of_the_first(make_town):
    """Table R3, decisions G62: no double acknowledgement, both teams see it."""
    town = make_town(desks=(ACME, SALES))
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
    first = town.last("carla@gomez.example")
    assert str(first.mail["From"]) == "Acme Sales <sales@acme.example>"
    # Whoever of them answers has it, with all the rights of the team.
    town.reply("Bo Berg <bo@acme.example>", "/note\n\nThis is mine.")
    assert town.last("sam@acme.example").kind == "note"
    sams = town.last("sam@acme.example", "message")
    town.reply("Sam Sell <sam@acme.example>", "It costs ten.", to=sams)
    assert "It costs ten." in town.last("carla@gomez.example", "message").text


def test_the_operators_mail_is_held_and_unknown_addresses_are_refused(town):
    """Decisions B24."""
    assert town.write(CARLA, "postmaster@acme.example", "Abuse", "Your server…") == []
    assert town.state() == "held"
    letters = town.write(
        CARLA,
        f"{DESK}, postmaster@acme.example",
        "Both",
        "For whom is this?",
        recipients=[DESK, "postmaster@acme.example"],
    )
    assert ("message", "ana@acme.example") in gist(letters)


def test_the_operator_is_known_at_every_domain_of_ours(make_town):
    """The door takes it there (RFC 5321 section 4.5.1); it is for no desk's team."""
    desk = replace(
        ACME,
        reply=ReplyAddress("{token}@reply.acme.example"),
        aliases=("help@acme2.example",),
    )
    town = make_town(desks=(desk,))
    for host in ("acme.example", "reply.acme.example", "acme2.example"):
        assert town.write(MAX, f"abuse@{host}", "Stop it", "You send spam.") == []
        assert (town.rules[-1], town.state()) == ("to_operator", "held")


def test_a_mail_without_a_sender_is_held_with_a_notice(town):
    octets = b"To: support@acme.example\r\nSubject: Who am I\r\n\r\nGuess.\r\n"
    letters = town.deliver(octets, "nobody@elsewhere.example", [DESK])
    assert gist(letters) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    assert "Guess." in letters[0].text

"""A case that one of the team opens for a customer: by a forward, by `/open` (C29)."""

from email import policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from storage import journal, people
from storage.activity import Activity, Lane, Participant
from storage.event import Event, Kind
from tests.activities.people import ANA, BO, CARLA, DESK, taken_case, verified
from tests.town import gist, reply_address

SERVER = "mx.acme.example"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"0" * 40
DAN = "Dan Toro <dan@toro.example>"


def cases(town):
    """Subject, customer's address, turn, whether it has an owner."""
    with town.database.reading() as session:
        rows = session.scalars(select(Activity).order_by(Activity.id)).all()
        names = people.primary_addresses(session, [row.customer_id for row in rows])
        return [
            (
                row.subject,
                names[row.customer_id],
                str(row.turn),
                row.owner_id is not None,
            )
            for row in rows
        ]


def posts(town):
    with town.database.reading() as session:
        found = session.scalars(
            select(Event).where(Event.kind == Kind.POST).order_by(Event.id)
        )
        return [(post.lane, post.text) for post in found]


def hers(**more):
    """A mail of Carla's to Ana, with a picture in its text."""
    mail = EmailMessage()
    mail["From"], mail["To"] = CARLA, ANA
    mail["Subject"], mail["Message-ID"] = "Rows", "<hers@gomez.example>"
    mail["Date"] = "Fri, 20 Nov 2026 08:00:00 +0000"
    for name, value in more.items():
        mail[name] = value
    mail.set_content("They come out twice.")
    mail.add_alternative(
        '<p>They come out twice.</p><img src="cid:row@gomez.example">', subtype="html"
    )
    mail.get_payload()[1].add_related(
        PICTURE, "image", "png", cid="<row@gomez.example>", filename="row.png"
    )
    return mail


def forwarded(town, inner, words="Look at this.", headers=()):
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = ANA, DESK, "Fwd: Rows"
    outer["Message-ID"] = "<outer@acme.example>"
    for name, value in headers:
        outer[name] = value
    outer.set_content(words)
    outer.add_attachment(inner)
    octets = outer.as_bytes(policy=policy.SMTP)
    return town.deliver(octets, "ana@acme.example", [DESK])


def test_c29_all_of_the_attached_mail_is_there(each_town):
    """osticket 3032, freescout 290: who forwards is not the one who asks."""
    town = each_town
    [asked] = forwarded(town, hers())
    assert (asked.kind, asked.to) == ("confirmation", "ana@acme.example")
    assert cases(town) == []
    letters = town.reply(ANA, "yes", to=asked)
    assert cases(town) == [("Rows", "carla@gomez.example", "new", False)]
    assert posts(town) == [
        (Lane.EVERYONE, "They come out twice."),
        (Lane.TEAM, "Look at this."),
    ]
    first = next(each for each in letters if each.kind == "message")
    [picture] = [p for p in first.mail.walk() if p.get_content_type() == "image/png"]
    assert picture.get_payload(decode=True) == PICTURE
    with town.database.reading() as session:
        post = session.scalars(select(Event).where(Event.kind == Kind.POST)).first()
        assert post.written_at.hour == 8
        assert post.proof == "unproved"
        joined = session.scalars(
            select(Participant).where(Participant.membership == "joined")
        )
        assert len(list(joined)) == 2, "Carla, and Ana who forwarded"
    # The answer comes to Ana by an address of her own, in the case's thread.
    anas = town.last("ana@acme.example", "message")
    got = town.reply(ANA, "Which rows?", to=anas)
    assert ("message", "carla@gomez.example") in gist(got)


def test_c29_the_originals_id_leads_back(make_town):
    town = make_town(trusted=(SERVER,))
    [asked] = forwarded(town, hers())
    town.reply(ANA, "yes", to=asked)
    further = [verified("gomez.example"), ("In-Reply-To", "<hers@gomez.example>")]
    got = town.write(CARLA, DESK, "Re: Rows", "Since Monday.", headers=further)
    assert {each.kind for each in got} == {"message"}
    assert len(cases(town)) == 1
    # The very mail by the desk's own road is no second case.
    octets = hers().as_bytes(policy=policy.SMTP)
    assert town.deliver(octets, "carla@gomez.example", [DESK]) == []
    assert town.state() == "discarded"


def test_c29_of_a_mail_that_is_here_already_nobody_is_asked(town):
    town.deliver(hers().as_bytes(policy=policy.SMTP), "carla@gomez.example", [DESK])
    letters = forwarded(town, hers())
    assert "confirmation" not in {each.kind for each in letters}


def test_c29_only_whom_it_was_put_to_opens_it(town):
    [asked] = forwarded(town, hers())
    town.reply(CARLA, "yes", to=asked)
    assert cases(town) == []
    town.reply(ANA, "mine", to=asked)
    assert cases(town) == [("Rows", "ana@acme.example", "new", False)]


def test_c29_no_drops_it_by_name(each_town):
    town = each_town
    [asked] = forwarded(town, hers())
    assert town.reply(ANA, "Nein", to=asked) == []
    row = town.inbound(1)
    assert row.state is journal.State.DISCARDED
    assert row.settled_by.startswith("person ")


def test_c29_another_command_above_is_cleared_up_first(town):
    [asked] = forwarded(town, hers(), words="/resolve\n\nOld one.")
    assert "Not posted" in str(asked.mail["Subject"])
    [asked] = town.reply(ANA, "post", to=asked)
    assert "A case for Carla Gomez?" in str(asked.mail["Subject"])


def test_t5_a_reply_address_in_a_forward_is_handed_to_nobody(town):
    taken_case(town)
    mine = reply_address(town.last("carla@gomez.example", "message")).strip("<>")
    town.write_past_us(DAN, "ana@acme.example", "Whose?", f"What is {mine}?")
    [asked] = town.forward(ANA, "dan@toro.example", DESK, "", attached=True)
    letters = [asked, *town.reply(ANA, "yes", to=asked)]
    assert any("What is support+" in each.text for each in letters)
    for each in letters:
        assert mine.encode() not in each.kept.octets.replace(b"=\r\n", b"")


def test_t1_a_forged_forward_is_held(make_town):
    town = make_town(trusted=(SERVER,))
    forged = (
        "Authentication-Results",
        f"{SERVER}; dmarc=fail (p=reject) header.from=acme.example",
    )
    letters = forwarded(town, hers(), headers=[forged])
    assert {each.kind for each in letters} == {"notice"}
    assert cases(town) == []


def test_c29_open_sends_once_it_is_proved(each_town):
    """B18: what acts waits for more than a From."""
    town = each_town
    text = f"/open {DAN}\n\nYour invoice was empty; here is another."
    files = [("invoice.pdf", b"%PDF-1.7")]
    letters = town.write(ANA, DESK, "Your invoice", text, files=files)
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    assert cases(town) == []
    town.release("yes")
    assert cases(town) == [("Your invoice", "dan@toro.example", "customers", True)]
    got = town.last("dan@toro.example", "message")
    assert str(got.mail["From"]).startswith('"Ana Ruiz, Acme Support"')
    assert [each.get_filename() for each in got.mail.iter_attachments()] == [
        "invoice.pdf"
    ]
    back = town.reply(DAN, "Thank you, it is there.", to=got)
    assert gist(back) == [("message", "ana@acme.example")]


@pytest.mark.parametrize(
    "whom",
    [
        "",
        "Dan",
        "support@acme.example",
        "bo@acme.example",
        "noreply@toro.example",
        "dan@",
    ],
)
def test_c29_open_wants_an_address_outside(make_town, whom):
    town = make_town(trusted=(SERVER,))
    proved = [verified("acme.example")]
    [asked] = town.write(ANA, DESK, "Hello", f"/open {whom}\n\nHi.", headers=proved)
    assert "/open needs the address of somebody outside" in " ".join(asked.text.split())
    assert town.state() == "held"


def test_c29_a_call_is_recorded_and_nothing_sent(make_town):
    town = make_town(trusted=(SERVER,))
    proved = [verified("acme.example")]
    text = "/open dan@toro.example A call\n/note\n\nHe wants his invoice."
    letters = town.write(BO, DESK, "x", text, headers=proved)
    assert gist(letters) == [
        ("confirmation", "bo@acme.example"),
        ("note", "ana@acme.example"),
    ]
    assert cases(town) == [("A call", "dan@toro.example", "ours", True)]
    assert posts(town) == [(Lane.TEAM, "He wants his invoice.")]
    assert "dan@toro.example" not in {each.to for each in town.letters}


def test_c29_a_misspelt_command_beside_it_stops_all(make_town):
    town = make_town(trusted=(SERVER,))
    proved = [verified("acme.example")]
    text = "/open dan@toro.example\n/ntoe\n\nHe pays late."
    [asked] = town.write(BO, DESK, "x", text, headers=proved)
    assert "/ntoe" in str(asked.mail["Subject"])
    town.reply(BO, "/note", to=asked)
    assert posts(town) == [(Lane.TEAM, "He pays late.")]


def test_g65_where_the_desk_listens_open_is_a_note(make_town):
    town = make_town(trusted=(SERVER,))
    town.change_desk(mode="listen")
    proved = [verified("acme.example")]
    letters = town.write(
        ANA, DESK, "Rows", "/open dan@toro.example\n\nHello Dan.", headers=proved
    )
    assert "dan@toro.example" not in {each.to for each in letters}
    said = town.last("ana@acme.example", "confirmation")
    assert "Dan did not get it" in said.text or "dan did not get it" in said.text

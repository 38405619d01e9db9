"""One letter of every kind and audience, as the deeds would fill it."""

import email
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser

from parsers.reply_address import ReplyAddress
from templates.letter import Composed, Head, compose
from templates.values import (
    Acknowledgement,
    Answer,
    Below,
    Collision,
    Decided,
    Face,
    Gone,
    HeldMail,
    Invitation,
    Joined,
    Left,
    Linked,
    Message,
    Note,
    Promise,
    Publish,
    Said,
    Taken,
    TeamText,
    Unclear,
    Understood,
    UnknownCommand,
    Unreachable,
    Values,
)

NOW = datetime(2026, 11, 21, 9, 20, tzinfo=UTC)
PROMISE = Promise(at=datetime(2026, 11, 23, 14, 0, tzinfo=UTC))
PLACEHOLDER = "abcdefghijklmnopqrstuvwxyz"
CARLA = Face(name="Carla Gomez", says="customer", organisation="Gomez Logistics")
ANA = Face(name="Ana Ruiz", says="owner")
MEI = Face(name="Mei Tan", says="wrote the importer")
TEXT = "Since the update the import stops.\n\n  a = 1\n\nSee https://acme.example/x.\nCarla"


def head(**changes) -> Head:
    values = {
        "message_id": "<p.123.abcdefghijklmnop@acme.example>",
        "date": NOW,
        "desk_name": "Acme Support",
        "desk_address": "support@acme.example",
        "reply": ReplyAddress("support+{token}@acme.example"),
        "base_url": "https://desk.acme.example",
        "placeholder": PLACEHOLDER,
        "activity": "1A2B3C",
        "subject": 'Import fails with "bad date"',
        "reason": "because",
        "loop_mark": "1A2B3C.0.abcdefghijklmnop",
        "in_reply_to": "<parent@customer.example>",
        "references": ("<a.1.abcdefghijklmnop@acme.example>", "<parent@c.example>"),
        "zone": "Europe/Madrid",
    }
    return Head(**(values | changes))


@dataclass(frozen=True)
class Specimen:
    values: Values
    kind: str
    tokens: str
    """The purposes whose placeholders it must hold, no more and no less."""
    head: dict = field(default_factory=dict)


BY_ANA = {"author": "Ana Ruiz", "author_is_staff": True}
BY_CARLA = {"author": "Carla Gomez"}
IN_TEAM = {"author": "Bo Berg", "author_is_staff": True, "team_only": True}
ABOUT = {"subject": 'Import fails with "bad date"', "desk": "Acme Support"}
DONE = (
    Understood(command="/mute", outcome="muted", undo="/unmute"),
    Understood(
        command="/invite mei@acme.example", outcome="invited", names=("Mei Tan",)
    ),
)

SUBJECT = {"subject": ABOUT["subject"]}

SPECIMENS = {
    "full acknowledgement": Specimen(
        Acknowledgement(
            desk="Acme Support",
            full=True,
            customer="Carla",
            subject=ABOUT["subject"],
            first_sentence="Since the update the import stops.",
            team=("Ana Ruiz", "Bo Berg", "Lea Lang"),
            promise=PROMISE,
        ),
        "acknowledgement",
        "rv",
    ),
    "neutral acknowledgement": Specimen(
        Acknowledgement(
            desk="Acme Support",
            full=False,
            customer="Carla",
            subject=ABOUT["subject"],
            first_sentence="Since the update the import stops.",
            promise=PROMISE,
        ),
        "acknowledgement",
        "r",
    ),
    "first copy for the team": Specimen(
        Message(
            text=TEXT,
            reader="team",
            is_first=True,
            author="Carla Gomez",
            customer=CARLA,
            here=(CARLA,),
            promise=PROMISE,
            waiting_since=NOW - timedelta(minutes=8),
            cases_before=2,
        ),
        "message",
        "rtuv",
        BY_CARLA,
    ),
    "customer's mail for the owner": Specimen(
        Message(
            text=TEXT,
            reader="owner",
            author="Carla Gomez",
            customer=CARLA,
            here=(CARLA, ANA, MEI),
            owner="Ana Ruiz",
            reader_is_owner=True,
            promise=PROMISE,
            waiting_since=NOW - timedelta(days=2),
            unproved=True,
            suggested=("lee@customer.example",),
            understood=DONE,
            linked=(Linked(name="video.mp4", size=31_400_000, path="7/1"),),
            defects=("2 files left out",),
        ),
        "message",
        "rtuvx",
        BY_CARLA,
    ),
    "answer that took the case": Specimen(
        Message(
            text="Could you send me one row?",
            reader="team",
            author="Ana Ruiz",
            customer=CARLA,
            here=(CARLA, ANA),
            owner="Ana Ruiz",
            just_taken=True,
        ),
        "message",
        "rtuv",
        BY_ANA,
    ),
    "answer for the customer": Specimen(
        Message(
            text="Could you send me one row?",
            reader="customer",
            author="Ana Ruiz",
            customer=CARLA,
            here=(ANA, MEI),
            came=(MEI,),
            left=("Bo Berg",),
            promise=PROMISE,
        ),
        "message",
        "rv",
        BY_ANA,
    ),
    "answer for a guest": Specimen(
        Message(
            text="Could you send me one row?",
            reader="guest",
            author="Ana Ruiz",
            customer=CARLA,
            here=(CARLA, ANA, MEI),
            more_here=3,
        ),
        "message",
        "ruv",
        BY_ANA,
    ),
    "note": Specimen(
        Note(
            text="She threatened to cancel.",
            author="Bo Berg",
            team=("Ana Ruiz", "Lea Lang"),
            customer="Carla Gomez",
            understood=DONE[1:],
        ),
        "note",
        "rtu",
        IN_TEAM,
    ),
    "answer sent by hand": Specimen(
        Message(
            text="Could you send me one row?",
            reader="team",
            author="Ana Ruiz",
            customer=CARLA,
            owner="Ana Ruiz",
            just_taken=True,
            here=(CARLA, ANA),
            by_hand=True,
        ),
        "message",
        "rtuv",
        BY_ANA,
    ),
    "answer sent by hand by nobody known": Specimen(
        Message(
            text="Could you send me one row?",
            reader="team",
            customer=CARLA,
            here=(CARLA,),
            by_hand=True,
        ),
        "message",
        "rtuv",
    ),
    "forward sent by hand": Specimen(
        Note(
            text="Is this yours?",
            author="Bo Berg",
            team=("Ana Ruiz", "Lea Lang"),
            customer="Carla Gomez",
            sent_to=("mei@elsewhere.example",),
        ),
        "note",
        "rtu",
        IN_TEAM,
    ),
    "mail by hand of a stranger": Specimen(
        Note(
            text="Use commas.",
            author="",
            team=("Ana Ruiz", "Lea Lang"),
            customer="Carla Gomez",
            unproved=True,
            sent_to=("carla@customer.example",),
            sent_by="ana@private.example",
        ),
        "note",
        "rtu",
        {"team_only": True},
    ),
    "first copy where the desk listens": Specimen(
        Message(
            text=TEXT,
            reader="team",
            is_first=True,
            author="Carla Gomez",
            customer=CARLA,
            here=(CARLA,),
            promise=PROMISE,
            waiting_since=NOW - timedelta(minutes=8),
        ),
        "message",
        "tu",
        {**BY_CARLA, "only_listens": True},
    ),
    "note where the desk listens": Specimen(
        Note(
            text="This is the update of Friday.",
            author="Bo Berg",
            team=("Ana Ruiz", "Lea Lang"),
            customer="Carla Gomez",
        ),
        "note",
        "tu",
        {**IN_TEAM, "only_listens": True},
    ),
    "not sent, for the desk listens": Specimen(
        Answer(
            **ABOUT,
            understood=(
                Understood(command="/note", outcome="not_sent", names=("Carla Gomez",)),
                Understood(command="/invite", outcome="only_listens"),
                Understood(command="/help", outcome="help"),
            ),
            is_staff=True,
            posted=True,
        ),
        "confirmation",
        "t",
        {"only_listens": True},
    ),
    "invitation by staff": Specimen(
        Invitation(
            inviter="Ana Ruiz",
            inviter_is_staff=True,
            reason="you wrote the importer",
            excerpt="Carla cannot import since the update.",
            here=(CARLA, ANA),
            **ABOUT,
        ),
        "invitation",
        "iu",
        BY_ANA,
    ),
    "invitation by the customer": Specimen(
        Invitation(
            inviter="Carla Gomez",
            inviter_is_staff=False,
            reason="BUY PILLS",
            excerpt="BUY PILLS",
            here=(CARLA,),
            from_the_start=False,
            **(ABOUT | {"subject": "BUY PILLS"}),
        ),
        "invitation",
        "iu",
        BY_CARLA | {"subject": "BUY PILLS"},
    ),
    "joined": Specimen(
        Joined(
            here=(CARLA, ANA),
            catch_up=(Said(author="Carla Gomez", at=NOW, text=TEXT),),
            posted=True,
            **ABOUT,
        ),
        "confirmation",
        "ruv",
    ),
    "answer to commands": Specimen(
        Answer(understood=DONE, is_staff=True, here=(CARLA, ANA), **ABOUT),
        "confirmation",
        "r",
        {"by_mail": True},
    ),
    "answer to commands in the team lane": Specimen(
        Answer(understood=DONE, is_staff=True, **ABOUT),
        "confirmation",
        "t",
        {"team_only": True},
    ),
    "unknown command": Specimen(
        UnknownCommand(
            word="/ntoe",
            nearest="/note",
            refused=False,
            readers=("Carla Gomez", "Mei Tan"),
            subject=ABOUT["subject"],
            text="/ntoe\nShe pays late.",
        ),
        "confirmation",
        "c",
        {"by_mail": True},
    ),
    "message with more below": Specimen(
        Message(
            text=TEXT,
            reader="owner",
            author="Carla Gomez",
            customer=CARLA,
            here=(CARLA, ANA),
            owner="Ana Ruiz",
            reader_is_owner=True,
            below=(
                Below(kind="signature", text="Carla Gomez\nTelephone 555 0100"),
                Below(kind="quote", text="> It says <bad date>.\n> And nothing more."),
                Below(kind="cut", text=""),
            ),
            inbound=7,
        ),
        "message",
        "rtuv",
        BY_CARLA,
    ),
    "note with more below": Specimen(
        Note(
            text="Look at this.",
            author="Bo Berg",
            team=("Ana Ruiz", "Bo Berg"),
            customer="Carla Gomez",
            below=(Below(kind="forward", text="It says <bad date>."),),
        ),
        "note",
        "rtu",
        IN_TEAM,
    ),
    "words of the team": Specimen(
        TeamText(
            lines=("She threatened to cancel last month.", "Give <her> the discount."),
            readers=("Carla Gomez", "Mei Tan"),
            text="Hello Carla,\n\nyou get the discount.",
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "words of the team by a customer": Specimen(
        TeamText(
            lines=("She threatened to cancel last month.",),
            readers=("Ana Ruiz",),
            text="Is that what you think?",
            author="Carla Gomez",
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "collision": Specimen(
        Collision(
            answers=(
                Said(
                    author="Ana Ruiz",
                    at=NOW - timedelta(minutes=3),
                    text="Please send me <row> 3.",
                ),
            ),
            customer="Carla Gomez",
            readers=("Carla Gomez", "Ana Ruiz"),
            text="Please try it with commas.",
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "note to publish": Specimen(
        Publish(
            text="The parser takes ISO dates only.\n\nBo",
            author="Bo Berg",
            readers=("Carla Gomez", "Mei Tan"),
            customer="Carla Gomez",
            below=(Below(kind="signature", text="Bo Berg\nImports"),),
            linked=("rows.zip",),
            left_out=("row.png",),
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "note that greets the customer": Specimen(
        Publish(
            text="Hello Carla,\n\non Monday.\n\nAna",
            author="",
            readers=("Carla Gomez",),
            customer="Carla Gomez",
            as_note=True,
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "unclear answer": Specimen(
        Unclear(words=("admit", "refuse"), text="Well, who is that?", **SUBJECT),
        "confirmation",
        "c",
        {"by_mail": True},
    ),
    "decided by a colleague": Specimen(
        Decided(answer="admit", by="Bo Berg", by_reader=False, **SUBJECT),
        "confirmation",
        "c",
        {"by_mail": True},
    ),
    "decided in another way": Specimen(
        Decided(answer="", by="", by_reader=False, **SUBJECT),
        "confirmation",
        "c",
        {"by_mail": True, "activity": ""},
    ),
    "you left": Specimen(Left(**ABOUT), "notice", "r"),
    "you left before": Specimen(Gone(**ABOUT), "notice", "r", {"by_mail": True}),
    "held mail": Specimen(
        HeldMail(
            name="Max Fremd",
            address="max@elsewhere.example",
            cause="stranger",
            text="I am her consultant.",
            subject="Re: Import",
            inbound=12,
        ),
        "notice",
        "tu",
    ),
    "held mail that is too large": Specimen(
        HeldMail(
            name="Carla Gomez",
            address="carla@gomez.example",
            cause="oversize",
            text="",
            subject="The whole archive",
            inbound=12,
            octets=41_000_000,
            where="support@acme.example@imap.acme.example/INBOX",
        ),
        "notice",
        "",
        {"activity": ""},
    ),
    "held mail of no activity": Specimen(
        HeldMail(
            name="",
            address="",
            cause="no_sender",
            text="",
            subject="",
            inbound=12,
        ),
        "notice",
        "",
        {"activity": ""},
    ),
    "taken by a command": Specimen(
        Taken(owner="Ana Ruiz", subject=ABOUT["subject"]), "notice", "tu", IN_TEAM
    ),
    "unreachable": Specimen(
        Unreachable(
            name="Mei Tan",
            address="mei@acme.example",
            is_customer=False,
            status="550 5.1.1 no such user",
            subject=ABOUT["subject"],
        ),
        "notice",
        "ruv",
    ),
}


def make(name: str, **changes) -> Composed:
    specimen = SPECIMENS[name]
    return compose(head(**(specimen.head | changes)), specimen.values)


def read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=policy.default)


def text_of(composed: Composed) -> str:
    return _lines(read(composed.raw).get_body(("plain",)).get_content())


def html_of(composed: Composed) -> str:
    return _lines(read(composed.raw).get_body(("html",)).get_content())


def _lines(content: str) -> str:
    return content.replace("\r\n", "\n")


class _Words(HTMLParser):
    """What a reader sees: the words outside the head, and the links with them."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag, attrs):
        self._hidden += tag in ("head", "style")
        if tag == "a":
            self.links.append(dict(attrs)["href"])
        if tag in ("p", "br", "div"):
            self.words.append(" ")

    def handle_endtag(self, tag):
        self._hidden -= tag in ("head", "style")

    def handle_data(self, data):
        if not self._hidden:
            self.words.append(data)


def seen(html: str) -> str:
    """Give the visible words of HTML."""
    return " ".join("".join(_parsed(html).words).split())


def links(html: str) -> list[str]:
    return _parsed(html).links


def _parsed(html: str) -> _Words:
    words = _Words()
    words.feed(html)
    words.close()
    return words

"""One letter of every kind and audience, as the deeds would fill it."""

import email
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser

from gateway.demo.cast import read_casts
from gateway.demo.digest_specimens import customer as customers_digest
from gateway.routing.receipt import Got
from parsers.reply_address import ReplyAddress
from templates.asked import (
    Collision,
    Decided,
    Decision,
    Doubt,
    ListAnswered,
    Publish,
    TeamText,
    Unclear,
    UnknownCommand,
)
from templates.digested import Digest, DigestItem, Echo, Rescheduled, Told
from templates.face import Face
from templates.found import Found, FoundCase
from templates.held import Burst, ForwardedMail, HeldMail, MachineMail
from templates.helped import HelpOffered, Wanted
from templates.invited import Aside, Invitation, InvitationReminder, Joined
from templates.letter import Composed, Head, compose
from templates.posted import Acknowledgement, Below, Linked, Message, Note, Said
from templates.promised import Promise
from templates.queued import CaseShown, PostShown, Queue, QueuePlace
from templates.reached import (
    AreYouThere,
    CatchUp,
    Complained,
    DomainRefuses,
    Missed,
    Unheard,
    Unreachable,
)
from templates.receipts import Receipt, Receipts
from templates.seated import Gone, Left, NotEverywhere, Taken
from templates.signing import SignInLink
from templates.taken_back import TakeBack
from templates.themes import (
    Asked,
    Carried,
    Loudest,
    Month,
    Promised,
    Proposed,
    ThemeAnswered,
    ThemeDraft,
    ThemeItem,
    ThemeSaid,
    Voice,
    WhichTag,
)
from templates.understood import Answer, Understood
from templates.values import Values
from tests.templates import promised
from tests.templates.team_digest import team_digest

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

HOUSE = ("who wrote", "form", "which case")
SUBJECT = {"subject": ABOUT["subject"]}


SHOWN = (
    PostShown(author="Carla Gomez", at=NOW, text=TEXT, is_note=False),
    PostShown(author="Bo Berg", at=NOW, text="", is_note=True),
)


def _place(**changes):
    """Give the place of a case in the queue."""
    usual = {
        "public_id": "QUEUEDAA",
        "customer": "Carla Gomez",
        "subject": ABOUT["subject"],
        "turn": "ours",
        "promise": PROMISE,
        "is_late": False,
        "since": NOW - timedelta(days=1),
        "owner": "",
        "is_yours": False,
    }
    return QueuePlace(**usual | changes)


def _receipts(first, last, address=""):
    """One line for each of some outcomes, in their order."""
    order = list(Got)
    outcomes = order[order.index(first) : order.index(last) + 1]
    return Receipts(
        author="Carla Gomez",
        at=NOW,
        people=tuple(
            Receipt(
                name="Mei Tan",
                got=each,
                address=address,
                at=NOW,
                why="taken",
                said="450 4.2.1 <mailbox> busy" if each is Got.DEFERRED else "",
            )
            for each in outcomes
        ),
    )


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
        "aiu",
        BY_ANA,
    ),
    "question for advice": Specimen(
        Invitation(
            inviter="Ana Ruiz",
            inviter_is_staff=True,
            reason="you wrote the importer",
            excerpt="Carla cannot import since the update.",
            here=(CARLA, ANA),
            consults=True,
            customer="Carla Gomez",
            **ABOUT,
        ),
        "invitation",
        "aiu",
        BY_ANA,
    ),
    "answer for the consulted": Specimen(
        Message(text=TEXT, reader="consulted", customer=CARLA, here=(CARLA, ANA)),
        "message",
        "tuv",
        BY_ANA,
    ),
    "note for the consulted": Specimen(
        Note(
            text=TEXT, author="Bo Berg", team=("Ana",), customer="Carla", consulted=True
        ),
        "note",
        "tu",
        IN_TEAM,
    ),
    "joined for advice": Specimen(
        Joined(here=(CARLA, ANA), consulted="Carla Gomez", **ABOUT),
        "confirmation",
        "tuv",
        {"team_only": True},
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
        "aiu",
        BY_CARLA | {"subject": "BUY PILLS"},
    ),
    "reminder of an invitation": Specimen(
        InvitationReminder(
            inviter="Ana Ruiz",
            inviter_is_staff=True,
            reason="you wrote the importer",
            excerpt="Carla cannot import since the update.",
            here=(CARLA, ANA),
            asked_at=NOW,
            **ABOUT,
        ),
        "reminder",
        "aiu",
        BY_ANA,
    ),
    "answer to the inviter alone": Specimen(
        Aside(
            text="Not my field, but ask Lea.",
            name="Mei Tan",
            address="mei@elsewhere.example",
            other_address="mei@home.example",
            left_out=("log.zip",),
            **ABOUT,
        ),
        "message",
        "",
        {"author": "Mei Tan", "reply_to": "mei@elsewhere.example"},
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
    "who got a post, for the team": Specimen(
        Answer(
            understood=(Understood(command="/who", outcome="who"),),
            is_staff=True,
            here=(CARLA, ANA),
            receipts=_receipts(Got.AUTHOR, Got.LATER, address="mei@acme.example"),
            **ABOUT,
        ),
        "confirmation",
        "t",
        {"team_only": True, "by_mail": True},
    ),
    "who got a post, for the customer": Specimen(
        Answer(
            understood=(Understood(command="/who", outcome="who"),),
            is_staff=False,
            here=(ANA,),
            receipts=_receipts(Got.REACHED, Got.NOT_AT_ONCE),
            **ABOUT,
        ),
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
    "queue": Specimen(
        Queue(
            desk="Acme Support",
            places=(
                _place(is_late=True),
                _place(owner="Ana Ruiz", is_yours=True),
                _place(promise=None, owner="Bo Berg"),
                _place(promise=None, since=None),
            ),
            more=2,
        ),
        "confirmation",
        "",
        {"activity": "", "by_mail": True, "team_only": True},
    ),
    "cases of one's own": Specimen(
        Queue(
            desk="Acme Support",
            is_mine=True,
            places=(),
            more=0,
            theirs=(_place(turn="customers", promise=None, is_yours=True),),
            more_theirs=1,
        ),
        "confirmation",
        "",
        {"activity": "", "by_mail": True, "team_only": True},
    ),
    "what was found": Specimen(
        Found(
            desk="Acme Support",
            wanted="bad date",
            cases=(
                FoundCase(
                    place=_place(),
                    excerpt="the import stops with bad date",
                    author="Carla Gomez",
                    at=SHOWN[0].at,
                    is_note=False,
                ),
            ),
            more=1,
        ),
        "confirmation",
        "",
        {"activity": "", "by_mail": True, "team_only": True},
    ),
    "nothing found": Specimen(
        Found(desk="Acme Support", wanted="good date", cases=(), more=0),
        "confirmation",
        "",
        {"activity": "", "by_mail": True, "team_only": True},
    ),
    "case shown": Specimen(
        CaseShown(
            **ABOUT,
            place=_place(),
            address="carla@gomez.example",
            here=(CARLA, ANA),
            posts=SHOWN,
            is_in=True,
        ),
        "confirmation",
        "rtv",
        {"by_mail": True, "team_only": True},
    ),
    "case shown from outside": Specimen(
        CaseShown(
            **ABOUT,
            place=_place(turn="resolved", promise=None, since=None),
            address="carla@gomez.example",
            here=(CARLA,),
            posts=(),
            is_in=False,
        ),
        "confirmation",
        "",
        {"activity": "", "by_mail": True, "team_only": True},
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
    "which tag": Specimen(
        WhichTag(
            proposed=(
                Proposed(word="bad date", customers=3, is_tag=True),
                Proposed(word="import <fails>", customers=1, is_tag=False),
            ),
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "what customers said": Specimen(
        Voice(
            desk="Acme Support",
            at=NOW,
            since=NOW - timedelta(days=7),
            is_week=True,
            comes_at=NOW,
            every="weekly",
            weekdays=(0,),
            themes=(
                ThemeItem(
                    number=1,
                    word="csv <import>",
                    customers=1,
                    before=0,
                    change=None,
                    is_new=True,
                    status="heard",
                    answer="",
                    owner="",
                    quote="Could it read <b>our</b> files too?",
                ),
                ThemeItem(
                    number=2,
                    word="bad date",
                    customers=7,
                    before=24,
                    change=17,
                    is_new=False,
                    status="planned",
                    answer="From May on.",
                    owner="Mei Tan",
                    quote="Row 7 stops at a bad date.",
                ),
            ),
            more_themes=2,
            team=(
                Carried(name="Ana Ruiz", open=4, closed=1),
                Carried(name="Bo Berg", open=1, closed=0),
            ),
            unowned=2,
            loudest=Loudest(
                count=1, customers=12, of_customers=8, of_mails=41, of_answers=38
            ),
            waiting=3,
            unseen=1,
            wrote=12,
            closed=9,
            untagged=1,
            bounced=1,
            promised=Promised(kept=19, late=1, broken=0, share=95),
            month=Month(
                since=NOW - timedelta(days=51),
                until=NOW - timedelta(days=21),
                wrote=104,
                closed=88,
                promised=Promised(kept=70, late=4, broken=1, share=93),
                asked=(
                    Asked(word="csv import", customers=24),
                    Asked(word="bad date", customers=6),
                ),
            ),
        ),
        "digest",
        "d",
        {"activity": "", "subject": ""},
    ),
    "a week without themes": Specimen(
        Voice(
            desk="Acme Support",
            at=NOW,
            since=NOW - timedelta(days=7),
            is_week=True,
            comes_at=NOW,
            every="weekly",
            weekdays=(0,),
            themes=(),
            more_themes=0,
            team=(),
            unowned=0,
            loudest=None,
            waiting=0,
            unseen=0,
            wrote=1,
            closed=1,
            untagged=1,
            bounced=0,
        ),
        "digest",
        "d",
        {"activity": "", "subject": ""},
    ),
    "theme to be told": Specimen(
        ThemeDraft(
            desk="Acme Support",
            theme="bad date",
            status="no",
            text="It would break <older> files.\n\nLea",
            readers=("Carla Gomez", "Mei Tan"),
            more=12,
            told=1,
            left_out=2,
            later=1,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "activity": "", "subject": "bad date"},
    ),
    "theme that nobody can be told": Specimen(
        ThemeDraft(
            desk="Acme Support",
            theme="bad date",
            status="done",
            text="It works now.",
            readers=(),
            more=0,
            told=0,
            left_out=0,
            later=0,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "activity": "", "subject": "bad date"},
    ),
    "themes answered": Specimen(
        ThemeAnswered(
            lines=(
                ThemeSaid(said="yes", outcome="told", theme="bad date", count=2),
                ThemeSaid(said="yes", outcome="kept", theme="bad date"),
                ThemeSaid(said="#1 mine", outcome="mine", theme="bad date"),
                ThemeSaid(said="#1 done", outcome="which_text"),
                ThemeSaid(said="#9 no: x", outcome="no_such_item"),
                ThemeSaid(said="#1 dance", outcome="which_word"),
            )
        ),
        "confirmation",
        "c",
        {"by_mail": True, "activity": "", "subject": "What customers said"},
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
    "text to take back": Specimen(
        TakeBack(
            text="The password is hunter2.",
            author="Carla Gomez",
            is_note=False,
            files=("row.png",),
            sent_to=("Ana Ruiz", "Mei Tan"),
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
    **{
        f"doubt: {about}": Specimen(
            Doubt(
                about=about,
                name="Max Fremd",
                address="max@elsewhere.example",
                words=words,
                other=other,
                text="" if about in ("is it you", "let in") else "Well?",
                at=NOW,
                **SUBJECT,
            ),
            "notice" if about in HOUSE else "confirmation",
            "c",
        )
        for about, other, words in (
            ("is it you", "", ("yes", "no")),
            ("let in", "", ("yes", "no")),
            ("who wrote", "", ("mine", "refuse")),
            ("form", "vera@true.example", ("form", "open", "refuse", "spam")),
            ("which case", "Export fails", ("open", "solved")),
            ("confirm command", "/resolve", ("yes", "no")),
        )
    },
    "not taken everywhere": Specimen(
        NotEverywhere(count=2, **SUBJECT), "notice", "r", {"by_mail": True}
    ),
    "decided in another way": Specimen(
        Decided(answer="", by="", by_reader=False, **SUBJECT),
        "confirmation",
        "c",
        {"by_mail": True, "activity": ""},
    ),
    "you left": Specimen(Left(**ABOUT), "notice", "r"),
    "you left before": Specimen(Gone(**ABOUT), "notice", "r", {"by_mail": True}),
    "your desk gave it away": Specimen(
        Gone(**ABOUT, may_return=False), "notice", "r", {"by_mail": True}
    ),
    "digest of the team": Specimen(
        team_digest(),
        "digest",
        "d",
        {"activity": "", "subject": ""},
    ),
    "digest of a customer": Specimen(
        customers_digest(read_casts()["plain"]),
        "digest",
        "d",
        {"activity": "", "subject": ""},
    ),
    "digest of a colleague": Specimen(
        Digest(
            desk="Acme Support",
            kind="colleague",
            at=NOW,
            comes_at=NOW,
            every="daily",
            weekdays=(0, 1, 2, 3, 4),
            needs=(
                DigestItem(
                    number=1,
                    needs_you=True,
                    subject=ABOUT["subject"],
                    customer="Carla Gomez",
                    organisation="Gomez Logistics",
                    why="asked",
                    by="Ana Ruiz",
                    at=NOW - timedelta(hours=16),
                    waiting_since=None,
                    promise=None,
                    is_solved=False,
                    changes=(),
                    posts=(
                        Told(
                            author="Ana Ruiz",
                            at=NOW - timedelta(hours=16),
                            text="Mei, does the parser take ISO dates only?",
                        ),
                    ),
                    more=2,
                    mailed=(NOW - timedelta(hours=2),),
                    lane="everyone",
                ),
            ),
            changed=tuple(
                DigestItem(
                    number=2 + at,
                    needs_you=False,
                    subject=subject,
                    customer=customer,
                    organisation="",
                    why=why,
                    by="Bo Berg",
                    at=NOW - timedelta(hours=4),
                    waiting_since=NOW - timedelta(hours=5),
                    promise=PROMISE,
                    is_solved=not at,
                    changes=(("resolved", "Bo Berg"), ("joined", "Max"))[: 2 - at],
                    posts=(
                        Told(
                            author="Bo Berg",
                            at=NOW - timedelta(hours=4),
                            text="It was the locale flag.",
                            is_note=bool(at),
                        ),
                    ),
                    more=0,
                    mailed=(),
                    lane="team" if at else "everyone",
                )
                for at, (subject, customer, why) in enumerate(
                    (
                        ("CSV import and locale dates", "Paul Toro", "new"),
                        ("", "", "waits"),
                        ("Invoice", "Lea", "late"),
                        ("Rows twice", "Lea", "due"),
                        ("Colours", "Lea", "changed"),
                    )
                )
            ),
            lines=(
                DigestItem(
                    number=7,
                    needs_you=False,
                    subject="Export",
                    customer="Carla Gomez",
                    organisation="",
                    why="reply",
                    by="Carla Gomez",
                    at=NOW - timedelta(hours=7),
                    waiting_since=None,
                    promise=None,
                    is_solved=False,
                    changes=(
                        ("left", "Max"),
                        ("taken", "Ana Ruiz"),
                        ("reopened", "Ana Ruiz"),
                    ),
                    posts=(),
                    more=3,
                    mailed=(),
                    lane="everyone",
                ),
            ),
            rest=2,
            count_needs=1,
            count_changed=8,
            muted=3,
            ignored=2,
            answers=tuple(
                Echo(
                    number=2 + at,
                    subject=subject,
                    customer="Paul Toro",
                    at=NOW - timedelta(hours=4) if at else None,
                    is_thanks=at == 1,
                    has_helped=at != 1,
                )
                for at, subject in enumerate(("CSV import", "", "Invoice"))
            ),
            wanted=tuple(
                Wanted(
                    number=8 + at,
                    word=word,
                    waiting_since=NOW - timedelta(hours=30),
                    has_owner=bool(at),
                )
                for at, word in enumerate(("importer", "date parsing"))
            ),
        ),
        "digest",
        "d",
        {"activity": "", "subject": ""},
    ),
    **{
        f"digests come {when}": Specimen(
            Rescheduled(every=every, at=NOW, weekdays=days, zone="Asia/Tokyo"),
            "confirmation",
            "c",
            {"activity": "", "by_mail": True},
        )
        for when, every, days in (
            ("on workdays", "daily", (0, 1, 2, 3, 4)),
            ("every day", "daily", (0, 6)),
            ("weekly", "weekly", (4,)),
            ("hourly", "hourly", (0,)),
            ("no more", "off", (0,)),
        )
    },
    "answered list": Specimen(
        ListAnswered(
            decisions=(
                Decision(said="#4 open", outcome="opened", subject="Re: Import"),
                Decision(said="#6 spam", outcome="blocked", subject="Only this week"),
                Decision(said="#7 refuse", outcome="refused", subject="Hello"),
                Decision(said="#8 open", outcome="decided", subject="Hello"),
                Decision(said="#9 open", outcome="no_such_item"),
                Decision(said="#4 dance", outcome="which_word"),
            ),
        ),
        "confirmation",
        "c",
        {"activity": "", "by_mail": True},
    ),
    "answered whether one could help": Specimen(
        ListAnswered(
            decisions=(
                Decision(said="#4 yes", outcome="help_offered"),
                Decision(said="#5 no", outcome="help_never"),
                Decision(said="#6 yes", outcome="help_over"),
                Decision(said="#7 dance", outcome="help_yes_or_no"),
                Decision(said="help off", outcome="helps_no_more"),
            ),
        ),
        "confirmation",
        "c",
        {"activity": "", "by_mail": True},
    ),
    "help offered": Specimen(
        HelpOffered(
            subject=ABOUT["subject"],
            address="mei@acme.example",
            word="importer",
            helper=Face(
                name="Mei Tan", title="Developer", skills=("importer",), helped=4
            ),
        ),
        "notice",
        "tu",
    ),
    "a text that nobody got": Specimen(
        Unheard(
            customer="Carla Gomez",
            subject=ABOUT["subject"],
            owner="",
            promise=PROMISE,
            said=(Said(author="Carla Gomez", at=NOW, text="It is row 7."),),
        ),
        "notice",
        "rtvu",
    ),
    "promise that is due": Specimen(promised.DUE, "reminder", "rtu", IN_TEAM),
    "promise that is late": Specimen(promised.LATE, "reminder", "rtu", IN_TEAM),
    "case put first": Specimen(promised.PUT_FIRST, "notice", "rtu", IN_TEAM),
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
    "stranger at the door": Specimen(
        HeldMail(
            name="Max Fremd",
            address="max@elsewhere.example",
            cause="stranger",
            text="I am Carla's consultant; the rows come from our exporter.",
            subject=ABOUT["subject"],
            inbound=12,
            answers=("admit", "admit once", "refuse", "spam"),
            files=("rows.csv",),
            beside=2,
        ),
        "notice",
        "c",
        {"team_only": True},
    ),
    "mail that may be forged": Specimen(
        HeldMail(
            name="Carla Gomez",
            address="carla@gomez.example",
            cause="failed_proof",
            text="Our account has changed.",
            subject="Account",
            inbound=12,
            answers=("open", "refuse"),
        ),
        "notice",
        "c",
        {"team_only": True, "activity": ""},
    ),
    "forward of a customer's mail": Specimen(
        ForwardedMail(
            name="Carla Gomez",
            address="carla@gomez.example",
            subject=ABOUT["subject"],
            at=NOW - timedelta(hours=3),
            text="Since the update the import stops.",
            words="Can one of you look?",
            files=("row.png",),
        ),
        "confirmation",
        "c",
        {"team_only": True, "activity": ""},
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
    "perhaps a machine's": Specimen(
        MachineMail(
            name="Carla Gomez",
            address="carla@gomez.example",
            cause="machine",
            reason="Precedence: bulk",
            text="No, it fails still.",
            subject=ABOUT["subject"],
            earlier=(Said(author="Carla Gomez", at=NOW, text="Is anybody there?"),),
        ),
        "notice",
        "c",
        IN_TEAM,
    ),
    "a loop": Specimen(
        MachineMail(
            name="",
            address="help@desk.example",
            cause="loop",
            reason="many new mails of one sender under similar subjects",
            text="Your ticket was opened.",
            subject=ABOUT["subject"],
        ),
        "notice",
        "c",
        IN_TEAM,
    ),
    "too fast": Specimen(
        Burst(
            name="Carla Gomez",
            count=7,
            text="And another thing.",
            subject=ABOUT["subject"],
        ),
        "notice",
        "tuv",
        IN_TEAM,
    ),
    "busy": Specimen(
        Burst(name="", count=46, text="And I.", subject=ABOUT["subject"]),
        "notice",
        "tuv",
        IN_TEAM,
    ),
    "busy, to who follows": Specimen(
        Burst(name="", count=46, text="And I.", subject=ABOUT["subject"]),
        "notice",
        "ruv",
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
    "unreachable for good": Specimen(
        Unreachable(
            name="Carla Gomez",
            address="carla@customer.example",
            is_customer=True,
            status="550 5.1.1 no such user",
            subject=ABOUT["subject"],
            given_up=True,
        ),
        "notice",
        "tu",
        {"team_only": True},
    ),
    "an answer that went nowhere": Specimen(
        Unreachable(
            name="Carla Gomez",
            address="carla@customer.example",
            is_customer=True,
            status="",
            subject=ABOUT["subject"],
            given_up=True,
            since=NOW - timedelta(days=9),
        ),
        "notice",
        "tu",
        {"team_only": True},
    ),
    "bounce probe": Specimen(
        AreYouThere(desk="Acme Support", since=NOW - timedelta(days=4)),
        "notice",
        "c",
        {"activity": "", "subject": "Acme Support"},
    ),
    "sign-in link": Specimen(
        SignInLink(desk="Acme Support", until=NOW + timedelta(minutes=15)),
        "confirmation",
        "s",
        {"activity": "", "subject": "Acme Support"},
    ),
    "catch-up": Specimen(
        CatchUp(
            desk="Acme Support",
            cases=(
                Missed(
                    subject=ABOUT["subject"],
                    said=(Said(author="Ana Ruiz", at=NOW, text="Try this."),),
                    more=3,
                ),
                Missed(
                    subject="Invoice",
                    said=(Said(author="Bo Berg", at=NOW, text="Paid."),),
                ),
            ),
        ),
        "notice",
        "r",
    ),
    "handed over": Specimen(
        CatchUp(
            desk="Acme Support",
            cases=(
                Missed(
                    subject=ABOUT["subject"],
                    said=(Said(author="Ana Ruiz", at=NOW, text="Try this."),),
                ),
            ),
            handed_over=True,
        ),
        "notice",
        "r",
    ),
    "welcome back": Specimen(
        CatchUp(desk="Acme Support", cases=(), welcome=True), "notice", "r"
    ),
    "complaint": Specimen(
        Complained(
            name="Mei Tan",
            address="mei@elsewhere.example",
            is_customer=False,
            kind="invitation",
            subject=ABOUT["subject"],
        ),
        "notice",
        "tu",
        {"team_only": True},
    ),
    "domain that refuses us": Specimen(
        DomainRefuses(
            domain="customer.example",
            status="550 5.7.515 Access denied",
            stopped=False,
            waiting=("Carla Gomez",),
        ),
        "notice",
        "",
        {"activity": ""},
    ),
    "domain that is stopped": Specimen(
        DomainRefuses(
            domain="customer.example",
            status="550 5.1.1 no such user",
            stopped=True,
            again_at=NOW + timedelta(hours=1),
        ),
        "notice",
        "",
        {"activity": ""},
    ),
}
#: Letters without a twin in HTML.
PLAIN = frozenset({"bounce probe"})
TWINS = [name for name in SPECIMENS if name not in PLAIN]


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

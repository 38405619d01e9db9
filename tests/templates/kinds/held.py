"""Mail that waits for somebody."""

from datetime import timedelta

from templates.held import Burst, ForwardedMail, HeldMail, MachineMail
from templates.posted import Said
from tests.templates.specimen import ABOUT, IN_TEAM, NOW, Specimen

SPECIMENS = {
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
}

"""Who cannot be reached, what is owed, and what was missed."""

from datetime import timedelta

from templates.posted import Said
from templates.reached import (
    AreYouThere,
    CatchUp,
    Complained,
    DomainRefuses,
    Missed,
    Unheard,
    Unreachable,
)
from tests.templates import promised
from tests.templates.specimen import ABOUT, IN_TEAM, NOW, PROMISE, Specimen

SPECIMENS = {
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
    "catch-up": Specimen(
        CatchUp(
            desk="Acme Support",
            cases=(
                Missed(
                    subject=ABOUT["subject"],
                    said=(Said(author="Ana Ruiz", at=NOW, text="Try this."),),
                    more=3,
                    number=1,
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
                    more=1,
                    notes_of="q7f3k",
                ),
                Missed(subject="Invoice", said=(), more=2, number=2),
            ),
            handed_over=True,
            ignored=1,
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

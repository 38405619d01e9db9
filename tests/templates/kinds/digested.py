"""Digests, and when they come."""

from datetime import timedelta

from gateway.demo.cast import read_casts
from gateway.demo.digest_specimens import customer as customers_digest
from templates.digested import Digest, DigestItem, Echo, Rescheduled, Told
from templates.helped import Wanted
from tests.templates.specimen import ABOUT, NOW, PROMISE, Specimen
from tests.templates.team_digest import team_digest

SPECIMENS = {
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
            echoes=tuple(
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
}

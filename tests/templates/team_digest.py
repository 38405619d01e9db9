"""What a digest tells whoever answers for a desk: each section, each reason."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from templates.desk_work import (
    ClosedItem,
    DeskWork,
    Figures,
    LostItem,
    MailItem,
    TroubleItem,
)
from templates.digested import Digest, DigestItem, Told
from templates.promised import Promise

NOW = datetime(2026, 11, 21, 9, 20, tzinfo=UTC)


def item(number, why, **facts):
    """One case."""
    usual = DigestItem(
        number=number,
        needs_you=True,
        subject="Import fails",
        customer="Carla Gomez",
        organisation="",
        why=why,
        by="",
        at=None,
        waiting_since=None,
        promise=None,
        is_solved=False,
        changes=(),
        posts=(),
        more=0,
        mailed=(),
        lane="everyone",
        is_work=True,
        is_yours=True,
    )
    return replace(usual, **facts)


def mail(number, **facts):
    """One mail that waits."""
    usual = MailItem(
        number=number,
        name="Max Fremd",
        address="max@elsewhere.example",
        subject="Re: Import",
        since=NOW - timedelta(days=2),
        inbound=10 + number,
    )
    return replace(usual, **facts)


def desk_work():
    """All that there is beside the cases."""
    return DeskWork(
        lost=tuple(
            LostItem(
                why=why,
                subject="Rows twice",
                sender="x@y.example",
                since=NOW - timedelta(days=2),
                inbound=9 if why in {"unread", "untold"} else 0,
            )
            for why in ("unseen", "no_promise", "nobody", "unread", "untold")
        ),
        more_lost=2,
        held=(mail(9), mail(10, name="", subject="", failed=True)),
        quiet=(mail(11, name="Shop News", subject="Only this week"),),
        kept=(mail(12, name="Carla Gomez", case="Import"),),
        more=3,
        troubles=(
            TroubleItem(
                name="Paul Toro",
                address="paul@toro.example",
                said="550 5.1.1 no such user",
                since=NOW - timedelta(days=1),
                subject="Invoice",
                is_customer=True,
                other="paul@home.example",
            ),
            TroubleItem(
                name="Lea",
                address="lea@acme.example",
                said="5.2.2",
                since=None,
                subject="Invoice",
                is_customer=False,
                other="",
            ),
        ),
        closed=(
            ClosedItem(subject="Colours", customer="Lea", by="", is_dropped=False),
            ClosedItem(subject="", customer="", by="Bo Berg", is_dropped=False),
            ClosedItem(subject="Prize", customer="Win", by="Bo Berg", is_dropped=True),
        ),
        more_closed=2,
        figures=Figures(
            open=12,
            open_before=15,
            first_reply=timedelta(hours=2, minutes=10),
            first_reply_before=timedelta(hours=3),
            kept=7,
            promised=9,
            kept_before=8,
            promised_before=8,
        ),
        waiting=5,
        unseen=1,
    )


def team_digest(**changes):
    """The digest of an owner on a busy morning."""
    said = Told(author="Carla Gomez", at=NOW - timedelta(hours=4), text="And row 7.")
    usual = Digest(
        desk="Acme Support",
        kind="team",
        at=NOW,
        comes_at=NOW,
        every="daily",
        weekdays=(0, 1, 2, 3, 4),
        promised=(
            item(
                1,
                "late",
                promise=Promise(at=NOW - timedelta(hours=1)),
                waiting_since=NOW - timedelta(hours=5),
                posts=(said,),
                noted_by="Bo Berg",
            ),
            item(2, "due", promise=Promise(at=NOW), is_yours=False),
            item(3, "due", promise=Promise(at=NOW), is_yours=False, holder="Bo Berg"),
        ),
        waiting=(
            item(4, "waits", waiting_since=NOW - timedelta(hours=5)),
            item(5, "loose", is_open_to_reader=False),
        ),
        silent=(
            item(6, "silent", silent=4, nudge="Hello Carla, how does it stand? Ana"),
            item(7, "close", silent=9),
        ),
        unowned=(item(8, "unowned", is_yours=False),),
        needs=(item(13, "asked", by="Bo Berg", at=NOW, is_work=False),),
        changed=(
            item(14, "new", by="Bo Berg", at=NOW, needs_you=False, is_work=False),
        ),
        lines=(item(15, "owner_away", holder="Bo Berg", is_yours=False),),
        rest=1,
        count_needs=14,
        count_changed=1,
        muted=0,
        work=desk_work(),
    )
    return replace(usual, **changes)

"""The digests of the gallery."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.demo.cast import COMES_AT, NOW, PROMISE, Cast
from templates.desk_work import (
    ClosedItem,
    DeskWork,
    Figures,
    MailItem,
    TroubleItem,
)
from templates.digested import Digest, DigestItem, Echo, Told
from templates.helped import Wanted
from templates.nudge import nudge
from templates.promised import Promise
from templates.request import Answered, Request


def _item(cast: Cast, **changes: Any) -> DigestItem:
    facts: dict[str, Any] = {
        "number": 1,
        "needs_you": True,
        "subject": cast.subject,
        "customer": cast.customer,
        "organisation": cast.organisation,
        "why": "asked",
        "by": cast.owner,
        "at": NOW - timedelta(hours=16),
        "waiting_since": None,
        "promise": None,
        "is_solved": False,
        "changes": (),
        "posts": (_told(cast.owner, cast.answer),),
        "more": 0,
        "mailed": (),
        "lane": "everyone",
    }
    return DigestItem(**(facts | changes))


def _told(author: str, text: str) -> Told:
    return Told(author=author, at=NOW - timedelta(hours=16), text=text)


def colleague(cast: Cast) -> Digest:
    """Give what an invited colleague reads in the morning."""
    other = _item(
        cast,
        number=2,
        needs_you=False,
        subject="CSV import and locale dates",
        customer="Paul Toro",
        organisation="",
        why="new",
        by=cast.mate,
        is_solved=True,
        changes=(("resolved", cast.mate),),
        posts=(_told(cast.mate, "It was the locale flag."),),
        more=2,
    )
    short = _item(
        cast, number=3, needs_you=False, subject="Export", why="reply", posts=(), more=3
    )
    return Digest(
        desk=cast.desk,
        kind="colleague",
        at=NOW,
        comes_at=COMES_AT,
        every="daily",
        weekdays=(0, 1, 2, 3, 4),
        needs=(_item(cast),),
        changed=(other,),
        lines=(short,),
        rest=0,
        count_needs=1,
        count_changed=2,
        muted=3,
        echoes=(
            Echo(
                number=2,
                subject="CSV import and locale dates",
                customer="Paul Toro",
                at=NOW - timedelta(hours=16),
                is_thanks=False,
                has_helped=True,
            ),
        ),
        wanted=(
            Wanted(
                number=4,
                word="importer",
                waiting_since=NOW - timedelta(hours=30),
                has_owner=False,
            ),
        ),
    )


def team(cast: Cast) -> Digest:
    """Give what an owner reads in the morning."""
    base = _item(cast, by="", at=None, posts=(), is_work=True, is_yours=True)
    silent = nudge(
        "en",
        customer=cast.customer.partition(" ")[0],
        author=cast.owner.partition(" ")[0],
    )
    return replace(
        colleague(cast),
        kind="team",
        wanted=(),
        echoes=(),
        needs=(),
        changed=(),
        lines=(),
        promised=(
            replace(
                base,
                why="due",
                promise=PROMISE,
                waiting_since=NOW - timedelta(hours=20),
                noted_by=cast.mate,
            ),
        ),
        waiting=(
            replace(
                base,
                number=2,
                subject="Invoice of October",
                customer="Paul Adeyemi",
                organisation="",
                why="loose",
            ),
        ),
        silent=(
            replace(
                base,
                number=3,
                subject="Rows twice",
                why="silent",
                silent=4,
                nudge=silent,
            ),
        ),
        unowned=(
            replace(
                base,
                number=4,
                subject="Colours of the chart",
                customer="Nils Fjord",
                organisation="",
                why="unowned",
                may_know=cast.colleague,
                knows="charts",
                others=("Export of the chart",),
                alike=(("Orders do not come in", "ERR_4711"),),
                is_yours=False,
                promise=Promise(at=NOW + timedelta(days=3)),
                waiting_since=NOW - timedelta(hours=16),
            ),
        ),
        work=DeskWork(
            held=(
                MailItem(
                    number=5,
                    name="Max Fremd",
                    address="max@elsewhere.example",
                    subject="Re: Import",
                    since=NOW - timedelta(days=2),
                    inbound=12,
                ),
            ),
            troubles=(
                TroubleItem(
                    name=cast.colleague,
                    address="mei@acme.example",
                    said="550 5.1.1 no such user",
                    since=NOW - timedelta(days=1),
                    subject=cast.subject,
                    is_customer=False,
                    other="",
                ),
            ),
            closed=(
                ClosedItem(
                    subject="CSV import and locale dates",
                    customer="Paul Toro",
                    by=cast.mate,
                    is_dropped=False,
                ),
            ),
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
        ),
        count_needs=5,
        count_changed=0,
        muted=0,
    )


def customer(cast: Cast) -> Digest:
    """Give what a customer reads once a week, who asked for it."""
    base = _item(cast, customer="", organisation="", why="request", by="", at=None)
    said = Request(
        state="customers",
        said=cast.question.split("\n\n")[1],
        question=cast.answer.partition("\n")[0],
        helpers=((cast.owner, "Support"), (cast.colleague, "")),
    )
    return Digest(
        desk=cast.desk,
        kind="customer",
        at=NOW,
        comes_at=COMES_AT,
        every="weekly",
        weekdays=(0,),
        needs=(
            replace(base, posts=(), mailed=(NOW - timedelta(days=2),), request=said),
        ),
        changed=(
            replace(
                base,
                number=2,
                needs_you=False,
                subject="Invoice of October",
                posts=(),
                promise=PROMISE,
                request=Request(
                    state="ours",
                    said="Where is the invoice of October, please?",
                    question="",
                    helpers=((cast.mate, ""),),
                ),
            ),
        ),
        closed=(
            replace(
                base,
                number=3,
                needs_you=False,
                subject="Colours of the chart",
                posts=(_told(cast.mate, "They are in the menu now."),),
                is_solved=True,
                changes=(("resolved", cast.mate),),
                request=Request(
                    state="resolved",
                    said="I would like other colours in the chart.",
                    question="",
                    helpers=(),
                ),
            ),
        ),
        lines=(),
        rest=0,
        count_needs=1,
        count_changed=2,
        muted=0,
        is_of_requests=True,
        answered=(
            Answered(status="done", text="The importer takes both forms of the date."),
            Answered(
                status="no", text="Dark charts: nobody could read the numbers on them."
            ),
        ),
    )

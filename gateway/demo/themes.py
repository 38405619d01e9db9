"""Letters on tags and themes, for the gallery."""

from datetime import datetime, timedelta

from templates.themes import (
    Asked,
    Carried,
    Loudest,
    Month,
    Promised,
    Proposed,
    ThemeDraft,
    ThemeGroup,
    ThemeItem,
    Voice,
    WhichTag,
)
from templates.values import Values


def which_tag(subject: str) -> Values:
    """Make the question to who closed a case."""
    return WhichTag(
        subject=subject,
        proposed=(
            Proposed(word="bad date", customers=3, is_tag=True),
            Proposed(word="csv import", customers=2, is_tag=False),
        ),
    )


def voice(
    desk: str, at: datetime, *, team: tuple[str, ...], owner: str, quote: str
) -> Values:
    """Make the weekly digest of who leads a desk."""
    return Voice(
        desk=desk,
        at=at,
        since=at - timedelta(days=7),
        is_week=True,
        comes_at=at.replace(hour=6, minute=30),
        every="weekly",
        weekdays=(0,),
        themes=(
            ThemeItem(
                number=1,
                word="bad date",
                customers=6,
                before=0,
                change=None,
                is_new=True,
                status="heard",
                answer="",
                owner="",
                quote=quote,
            ),
            ThemeItem(
                number=2,
                word="csv import",
                customers=9,
                before=24,
                change=50,
                is_new=False,
                status="planned",
                answer="",
                owner=owner,
                quote="",
            ),
        ),
        more_themes=1,
        team=tuple(
            Carried(name=name, open=4 - at, closed=11 - at)
            for at, name in enumerate(team)
        ),
        unowned=1,
        loudest=Loudest(
            count=2, customers=31, of_customers=6, of_mails=22, of_answers=9
        ),
        waiting=5,
        unseen=0,
        wrote=31,
        closed=21,
        untagged=7,
        bounced=1,
        promised=Promised(kept=19, late=1, broken=0, share=95),
        groups=(
            ThemeGroup(
                number=3,
                words=("invoice", "vat number", "october"),
                customers=4,
                quote="The invoice of October shows the wrong VAT number.",
            ),
        ),
        month=Month(
            since=at - timedelta(days=51),
            until=at - timedelta(days=21),
            wrote=104,
            closed=88,
            promised=Promised(kept=70, late=4, broken=1, share=93),
            asked=(
                Asked(word="csv import", customers=24),
                Asked(word="bad date", customers=6),
            ),
        ),
    )


def draft(desk: str, text: str, readers: tuple[str, ...]) -> Values:
    """Make the question whether to tell those who asked."""
    return ThemeDraft(
        desk=desk,
        theme="bad date",
        status="planned",
        text=text,
        readers=readers,
        more=3,
        told=0,
        left_out=1,
        later=0,
    )

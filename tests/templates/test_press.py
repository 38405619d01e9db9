"""A press prints what would have been composed, and never a text that is not asked."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from parsers.reply_address import ReplyAddress
from templates.digested import Digest, DigestItem, Told
from templates.letter import Head, compose, print_letter
from templates.press import Press

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HEAD = Head(
    message_id="",
    date=AT,
    desk_name="Acme Support",
    desk_address="support@acme.example",
    reply=ReplyAddress("support+{token}@acme.example"),
    base_url="http://127.0.0.1:8080",
    placeholder="abcdefghijklmnopqrstuvwxyz",
    subject="",
    reason="digest",
    loop_mark="0.0.abcdefghijklmnop",
)


def digest(*texts, author="Carla Gomez"):
    """A digest of as many cases as there are texts."""
    items = tuple(
        DigestItem(
            number=at,
            needs_you=False,
            subject=f"Case {at}",
            customer="Carla Gomez",
            organisation="",
            why="reply",
            by=author,
            at=AT,
            waiting_since=None,
            promise=None,
            is_solved=False,
            changes=(),
            posts=(Told(author=author, at=AT, text=text, is_note=False),),
            more=0,
            mailed=(),
            lane="everyone",
        )
        for at, text in enumerate(texts, 1)
    )
    return Digest(
        desk="Acme Support",
        kind="colleague",
        at=AT,
        comes_at=AT,
        every="daily",
        weekdays=(0, 1, 2, 3, 4),
        needs=(),
        changed=items,
        lines=(),
        rest=0,
        count_needs=0,
        count_changed=len(items),
        muted=0,
    )


ONE = digest("The import stops.", "The printer smokes.")


@pytest.mark.parametrize(
    ("head", "values"),
    [
        (HEAD, ONE),
        (HEAD, digest("The import stops.")),
        (HEAD, digest("[taken back]", "The printer smokes.")),
        (HEAD, digest("The printer smokes.", "The import stops.")),
        (HEAD, digest("The import stops.", "The printer smokes.", author="Bo Lind")),
        (HEAD, replace(ONE, muted=3)),
        (HEAD, replace(ONE, changed=ONE.changed[:1], lines=ONE.changed[1:])),
        (replace(HEAD, language="de"), ONE),
        (replace(HEAD, zone="Asia/Tokyo"), ONE),
        (replace(HEAD, desk_name="Acme Sales"), ONE),
        (replace(HEAD, base_url="https://desk.acme.example"), ONE),
    ],
)
def test_a_letter_is_the_one_that_would_be_composed(head, values):
    press = Press(HEAD.placeholder)
    print_letter(press, HEAD, "<d.1.one@acme.example>", ONE)
    mine = "<d.22222222.other@acme.example>"
    printed = print_letter(press, head, mine, values)
    alone = compose(replace(head, message_id=mine), values)
    assert without_boundaries(printed.raw) == without_boundaries(alone.raw)
    assert b"<d.1.one" not in printed.raw


def without_boundaries(raw):
    """A boundary may be any, and is that of the letter of which this is a copy."""
    head, _, rest = raw.partition(b'boundary="')
    boundary, _, rest = rest.partition(b'"')
    return head, rest.replace(boundary, b"*")


def test_what_was_used_least_lately_goes_first():
    press, made = Press("", most=2), []
    for key in "aabacab":
        press.once(key, lambda key=key: made.append(key))
    assert "".join(made) == "abcb"

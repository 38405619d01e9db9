"""Where pictures stand in a text, as mail programs of several makes say it."""

import pytest

from parsers import pictures
from parsers.attachment import Attachment

PNG = Attachment(
    "shot.png", "image/png", 3, inline=True, content_id="p@x", content=b"abc"
)
OTHER = Attachment(
    "two.png", "image/png", 3, inline=True, content_id="q@x", content=b"abd"
)
IMG = '<img src="cid:p@x">'
TABLE = {
    "named by our reader of pages": (
        "Look: [shot.png] there",
        f"<p>Look: {IMG} there</p>",
        "Look: [shot.png] there",
        ["[shot.png]"],
    ),
    "as Gmail names it": (
        "Look:\n[image: shot.png]\nthere",
        f"<p>Look:</p>{IMG}<p>there</p>",
        "Look:\n[image: shot.png]\nthere",
        ["[image: shot.png]"],
    ),
    "as Outlook names it": (
        "Look:\n[cid:p@x]\nthere",
        f"<p>Look:</p>{IMG}<p>there</p>",
        "Look:\n[cid:p@x]\nthere",
        ["[cid:p@x]"],
    ),
    "not named, below a paragraph": (
        "Here is what I see.\n\nCan you help?",
        f"<p>Here is what I see.</p>{IMG}<p>Can you help?</p>",
        "Here is what I see.\n\n[shot.png]\n\nCan you help?",
        ["[shot.png]"],
    ),
    "not named, within a line": (
        "Press this one, please",
        f"<p>Press this {IMG} one, please</p>",
        "Press this [shot.png] one, please",
        ["[shot.png]"],
    ),
    "not named, above all text": (
        "That is what I see.",
        f"{IMG}<p>That is what I see.</p>",
        "[shot.png]\n\nThat is what I see.",
        ["[shot.png]"],
    ),
    "two of them": (
        "First this.\n\nThen that.",
        f'<p>First this.</p>{IMG}<p>Then that.</p><img src="cid:q@x">',
        "First this.\n\n[shot.png]\n\nThen that.\n\n[two.png]",
        ["[shot.png]", "[two.png]"],
    ),
    "side by side": (
        "Look at both.",
        f'<p>Look at both.</p>{IMG}<img src="cid:q@x">',
        "Look at both.\n\n[shot.png]\n\n[two.png]",
        ["[shot.png]", "[two.png]"],
    ),
    "of a quote": (
        "Thanks!",
        f"<p>Thanks!</p><blockquote><p>Look:</p>{IMG}</blockquote>",
        "Thanks!",
        [],
    ),
    "of a signature that was folded": (
        "Thanks!",
        f"<p>Thanks!</p><p>Acme Ltd, Main Street 1</p>{IMG}",
        "Thanks!",
        [],
    ),
    "not in the mail": (
        "Look",
        '<p>Look</p><img src="cid:other@x">',
        "Look",
        [],
    ),
}


@pytest.mark.parametrize(
    ("text", "html", "placed", "marks"), TABLE.values(), ids=TABLE.keys()
)
def test_a_picture_stands_where_its_author_set_it(text, html, placed, marks):
    said, found = pictures.place(text, html, (PNG, OTHER))
    assert said == placed
    assert [one.mark for one in found] == marks


@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "application/pdf"])
def test_what_could_run_is_no_picture(kind):
    file = Attachment(
        "shot.svg", kind, 3, inline=True, content_id="p@x", content=b"abc"
    )
    assert pictures.place("Look", f"<p>Look</p>{IMG}", (file,)) == ("Look", ())


def test_many_pictures_take_no_time():
    html = "<p>word </p>" * 2000 + IMG * 3000
    said, found = pictures.place("word " * 2000, html, (PNG,))
    assert len(found) <= 1
    assert len(said) < 11_000

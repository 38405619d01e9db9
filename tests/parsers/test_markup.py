"""HTML: readable lines for people, a small safe subset for pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import markup
from parsers.nesting import tame
from parsers.sanitised import sanitise


def shown(html):
    return "\n".join(line.text for line in markup.read(html))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("wo<b>r</b>d <i>and</i> more", "word and more"),
        ("a\n   b\t c", "a b c"),
        ("<ol><li>a<li>b<ul><li>c</ul></ol>", "1. a\n2. b\n  - c"),
        ("<li>stray</li>", "- stray"),
        ("<pre>a\n  b\n\nc</pre>d", "a\n  b\n\nc\nd"),
        ("<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"),
        (
            "<table><tr><th>Item<th>Price<tr><td>Tea<td>3<tr><td><td>4</table>",
            "Item | Price\nTea | 3\n| 4",
        ),
        (
            "<table><tr><td><table><tr><th>a<th>b</table><td>c<td>d</table>",
            "a | b\n\nc d",
        ),
        ("<a href='https://x.example/a'>here</a>", "here <https://x.example/a>"),
        ("<a href='https://x.example/'>x.example</a>", "x.example"),
        ("<a href='mailto:a@x.example'>a@x.example</a>", "a@x.example"),
        ("<a href='javascript:alert(1)'>here</a>", "here"),
        (
            "<a href='https://x.example'><img alt='logo'></a>",
            "[logo] <https://x.example>",
        ),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n> > b\nc"),
        ("&lt;b&gt; &amp; &eacute;&nbsp;x", "<b> & é x"),
        ("a<style>p{}</style><script>x</script><title>t</title>b", "ab"),
        ("a<!-- <p>no --><p>b", "a\n\nb"),
        ("a<!-- never closed", "a never closed"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("", ""),
        ("  ", ""),
        ("plain", "plain"),
    ],
)
def test_lines_as_a_person_sees_them(html, text):
    assert shown(html) == text


@pytest.mark.parametrize(
    "tag",
    [
        "<div style='display:none'>",
        "<div style='DISPLAY : NONE'>",
        "<span style='visibility:hidden'>",
        "<div style='font-size:0'>",
        "<div style='max-height:0px;overflow:hidden'>",
        "<div style='mso-hide:all'>",
        "<div hidden>",
        "<template>",
        "<svg>",
    ],
)
def test_what_nobody_sees_says_nothing(tag):
    assert shown(f"{tag}/resolve</div></span></template></svg>") == ""


@pytest.mark.parametrize("opener", ["<!--", "<STYLE>", "<script>"])
def test_what_is_never_closed_swallows_no_text(opener):
    assert "the text" in shown(f"a{opener} the text")


def test_small_print_is_still_seen():
    assert shown("<div style='font-size:0.9em'>yes</div>") == "yes"
    assert shown("<p style='max-height:100px'>yes</p>") == "yes"


def test_signatures_and_quotes_are_marked():
    lines = markup.read(
        "a<div id=Signature>b</div><div class='x yahoo_quoted y'>c<p>d</div>e"
    )
    assert [(one.text, one.kind) for one in lines if one.text] == [
        ("a", ""),
        ("b", "signature"),
        ("c", "quote"),
        ("d", "quote"),
        ("e", ""),
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='cid:x'>x</a>",
        "<svg onload=alert(1)>",
        "<math><mtext><style><img src=x onerror=alert(1)>",
        "<form action=https://evil.example><input></form>",
        "<img src='https://t.example/p.gif'>",
        "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
        "<p style='background:url(https://t.example)' class=x id=y>",
        "<iframe src=https://evil.example></iframe>",
        "<base href=https://evil.example>",
    ],
)
def test_nothing_active_or_remote_survives(html):
    safe = sanitise(html).lower()
    for word in (
        "alert",
        "evil",
        "t.example",
        "onerror",
        "style",
        "cid:",
        "<svg",
        "<in",
    ):
        assert word not in safe


def test_a_note_stands_where_a_remote_picture_would_load():
    safe = sanitise(
        "<p>a<img src='https://t.example/p.gif' alt='our <i>logo'>"
        "<img src=//t.example/q><img src=http://t.example/1 width=1 height=1></p>"
    )
    assert safe == (
        "<p>a[our &lt;i&gt;logo: picture not loaded][picture not loaded]</p>"
    )
    assert "not loaded" not in sanitise("<img src='http://x' style=display:none>")


def test_pictures_of_the_mail_stand_in_their_places():
    lines = markup.read(
        "<p>See <img src='cid:p%40x'> and <img src='cid:q@x' alt=this>"
        "<img src='cid:p@x' width=1><img src=https://t.example/p.gif></p>",
        {"p@x": "screen.png", "q@x": "other.png"},
    )
    assert [line.text for line in lines] == ["See [screen.png] and [this]"]


def test_pictures_of_the_mail_itself_stay():
    assert 'src="cid:p@x"' in sanitise("<img src='cid:p@x' alt=a>")


def test_deep_nesting_is_flattened_and_its_text_kept():
    flat = tame("<div>" * 2000 + "x" + "</div>" * 2000 + "<ul><li>y</ul>")
    assert flat.count("<div>") == 400
    assert flat.count("<div>") == flat.count("</div>")
    assert "x" in flat
    assert flat.endswith("<ul><li>y</ul>")
    assert tame("<div></b>" * 2000).count("<div>") == 400


def test_a_tag_of_pages_keeps_its_name():
    assert tame(f"<p {'a=1 ' * 5000}>x") == "<p>x"


@given(st.text(alphabet=st.sampled_from("<>/abpdiv=\"' !-&;#x\n"), max_size=300))
def test_any_markup_is_read(html):
    shown(html).encode()
    assert "<script" not in sanitise(html)

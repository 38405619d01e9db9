"""How the demo shows a mail: links that work, nothing that a letter could break."""

from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.demo.frame import frame_heights
from gateway.demo.shown import form_address, lines, sheet, show

WRITE = "/demo/ana/write"


def fields(address):
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


def test_a_mailto_link_opens_the_form_filled_in():
    address = form_address(
        "mailto:support%2Bt-abc@acme.example?subject=Re%3A%20A%26B&body=%2Ftake%0A",
        WRITE,
    )
    assert urlsplit(address).path == WRITE
    assert fields(address) == {
        "to": "support+t-abc@acme.example",
        "subject": "Re: A&B",
        "body": "/take\n",
    }


def test_a_plus_in_a_mailto_link_is_a_plus():
    # RFC 6068 section 5: no form encoding in mailto.
    assert fields(form_address("mailto:a+b@c.example?subject=1+1", WRITE)) == {
        "to": "a+b@c.example",
        "subject": "1+1",
    }


def test_links_of_the_html_twin_leave_the_frame():
    shown = sheet(
        '<a style="color:red" href="mailto:a@b.example?subject=x&amp;body=y">m</a>'
        '<a href="http://127.0.0.1:8080/i/i-abc?a=1&amp;b=2">p</a>',
        WRITE,
    )
    assert 'target="_top" href="/demo/ana/write?to=a%40b.example' in shown
    assert "subject=x&amp;body=y" in shown
    assert (
        'target="_blank" rel="noreferrer" href="http://127.0.0.1:8080/i/i-abc?a=1&amp;b=2"'
        in shown
    )


def test_links_of_the_text_twin_work_and_the_rest_is_escaped():
    shown = lines(
        "<b> Join: http://x.example/i/i-a. Mail mailto:a@b.example, or", WRITE
    )
    assert shown.startswith("&lt;b&gt; Join: <a ")
    assert '>http://x.example/i/i-a</a>. Mail <a target="_top"' in shown
    assert shown.endswith(">mailto:a@b.example</a>, or")


def test_a_script_in_a_text_stays_text():
    assert "<script" not in lines("<script>x</script> http://a.example/<script>", WRITE)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\nx",
        b"Content-Type: multipart/alternative\r\n\r\nno boundary",
        b"From: =?utf-8?q?broken\r\nSubject: =?x?y?z?=\r\n\r\n\x80",
    ],
)
def test_any_octets_can_be_shown(raw):
    shown = show(raw)
    assert shown.kind == ""
    assert frame_heights(shown.html)[0] >= 1


def test_the_list_shows_the_writers_own_words():
    mail = show(b"Subject: x\r\n\r\nYes,\r\nit does.\r\n\r\n> does it?\r\n")
    assert mail.beginning == "Yes, it does."

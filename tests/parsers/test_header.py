"""Header text and charsets: decoded when sound, readable when broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers import charset
from parsers.header import (
    base64_octets,
    clean_line,
    clean_name,
    decode,
    person_name,
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Caf=C3=A9?=", "Café"),
        ("=?UTF-8?B?Q2Fmw6k=?= now", "Café now"),
        ("=?utf-8?b?w6TD?=\r\n =?utf-8?b?tg==?=", "äö"),
        ("=?iso-8859-1?q?a?= =?utf-8?q?b?= c", "ab c"),
        ("=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?x-strange?q?Caf=E9?=", "Café"),
        ("=?utf-8?x?nope?=", "=?utf-8?x?nope?="),
        ("=?utf-8?q?open", "open"),
        ("=?utf-8?q?two words?=", "two words"),
        ("=?utf-8?b?Q2Fmw6k?=", "Café"),
        ("=?rot13?q?uryyb?=", "uryyb"),
        ("J\udcf6rg", "Jörg"),
        ("=?", "=?"),
        ("a =? b", "a =? b"),
    ],
)
def test_encoded_words(raw, text):
    assert decode(raw) == text


@given(st.text(alphabet=st.sampled_from("=?uUtf8-qbQBaw_ \r\n\udc80ä"), max_size=300))
def test_decoding_never_raises_and_gives_text(raw):
    decode(raw).encode()


@given(st.text())
def test_a_clean_line_has_no_controls(text):
    for line in (clean_line(text), clean_name(text)):
        line.encode()
        assert line == " ".join(line.split())
        assert "\u202e" not in line


def test_joiners_stay_in_subjects_and_go_from_names():
    persian = "\u0645\u06cc\u200c\u062e"
    assert clean_line(persian) == persian
    assert clean_name("Ana\u200b\u200dRuiz") == "AnaRuiz"


@pytest.mark.parametrize(
    ("octets", "declared", "text", "defect"),
    [
        (b"plain", "", "plain", ""),
        (b"plain", "x-none", "plain", "x-none"),
        ("Grüße".encode(), "utf-8", "Grüße", ""),
        ("Grüße".encode(), "iso-8859-1", "Grüße", "UTF-8"),
        ("Grüße".encode(), "us-ascii", "Grüße", "UTF-8"),
        ("Grüße".encode(), "", "Grüße", ""),
        ("Grüße".encode("latin-1"), "utf-8", "Grüße", "utf-8"),
        ("“Grüße”".encode("cp1252"), "iso-8859-1", "“Grüße”", ""),
        ("こんにちは".encode("iso2022_jp"), "iso-2022-jp", "こんにちは", ""),
        ("①".encode("cp932"), "shift_jis", "①", ""),
        ("你好".encode("gb18030"), "gb2312", "你好", ""),
        ("안녕".encode("cp949"), "ks_c_5601-1987", "안녕", ""),
        ("Привет".encode("koi8_r"), "koi8-r", "Привет", ""),
        ("Hi".encode("utf-16"), "utf-16", "Hi", ""),
        (b"x", "zlib", "x", "zlib"),
    ],
)
def test_charsets(octets, declared, text, defect):
    got, said = charset.decode(octets, declared)
    assert got == text
    assert defect in said
    assert bool(defect) == bool(said)


@given(st.binary(max_size=200), st.sampled_from([*sorted(charset._CODECS), "", "zip"]))
def test_any_octets_in_any_charset_become_text(octets, declared):
    charset.decode(octets, declared)[0].encode()


def test_every_codec_of_the_list_exists():
    for name in charset._CODECS.values():
        b"".decode(name)


@given(st.binary(max_size=100))
def test_base64_of_any_quality(octets):
    base64_octets(octets)


def test_base64_with_dirt_and_without_padding():
    assert base64_octets(b"Q2F!mw6\r\nk") == "Café".encode()


def test_no_badge_stands_beside_a_name():
    """T19: what looks like a mark of ours is none, and a name is left as it is."""
    assert person_name("Ana Ruiz \u2705\ufe0f \U0001f6e1") == "Ana Ruiz"
    for name in ("Zoë Müller-Öz", "山田 太郎", "Acme® Ltd", "Ана"):
        assert person_name(name) == name

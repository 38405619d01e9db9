"""File names: read however they were written, and harmless afterwards (T14)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.attachment import safe_name
from parsers.mail import read


def name_of(field):
    raw = f"From: a@x.example\r\n{field}\r\n\r\nx".encode("utf-8", "surrogateescape")
    return read(raw).attachments[0].name


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("Content-Disposition: attachment; filename=a.pdf", "a.pdf"),
        ('Content-Disposition: attachment; filename="a b; c.pdf"', "a b; c.pdf"),
        ('Content-Disposition: attachment; filename="a\\"b.pdf"', "a_b.pdf"),
        ('Content-Disposition: attachment; filename="open.pdf', "open.pdf"),
        ("Content-Type: image/png; name=a.png", "a.png"),
        (
            "Content-Disposition: attachment; filename==?utf-8?q?=C3=BC.pdf?=",
            "ü.pdf",
        ),
        ("Content-Disposition: attachment; filename*=utf-8''%C3%BC.pdf", "ü.pdf"),
        ("Content-Disposition: attachment; filename*=latin-1'de'%FC.pdf", "ü.pdf"),
        (
            "Content-Disposition: attachment; filename*1=b.pdf; filename*0*=''%C3%BC",
            "üb.pdf",
        ),
        ("Content-Disposition: attachment; filename=ü.pdf", "ü.pdf"),
        ("Content-Disposition: attachment; filename=\udcfc.pdf", "ü.pdf"),
        ("Content-Disposition: attachment", "text.txt"),
        ("Content-Type: application/x-odd", "attachment"),
        ("Content-Disposition: attachment; filename=../../etc/passwd", "passwd"),
    ],
)
def test_names_of_every_make(field, name):
    assert name_of(field) == name


@pytest.mark.parametrize(
    ("written", "safe"),
    [
        ("C:\\fake\\path\\a.pdf", "a.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nb\0.pdf", "a b.pdf"),
        ("...", ""),
        (".htaccess", "htaccess"),
        ("a.pdf. . .", "a.pdf"),
        ('a:b*c?"d.pdf', "a_b_c__d.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_harmless_names(written, safe):
    assert safe_name(written) == safe


@given(st.text(max_size=300))
def test_any_name_becomes_harmless(written):
    name = safe_name(written)
    assert len(name) <= 120
    assert not set(name) & set('/\\\r\n\0:*?"<>|')
    assert name == name.strip(". ")
    name.encode()

"""Folders by name, in the languages of mail programs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.folder import Kind, from_imap, kind_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("INBOX", Kind.INBOX),
        ("Posteingang", Kind.INBOX),
        ("INBOX/Sent", Kind.SENT),
        ("INBOX.Sent", Kind.SENT),
        ("[Gmail]/Gesendet", Kind.SENT),
        ("Sent Items", Kind.SENT),
        ("Sent/2024", Kind.SENT),
        ("Éléments envoyés", Kind.SENT),
        ("Drafts", Kind.DRAFTS),
        ("[Gmail]/Spam", Kind.JUNK),
        ("Papierkorb", Kind.TRASH),
        ("INBOX/Customers", Kind.OTHER),
        ("presented", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_what_a_folder_is_for(name, kind):
    assert kind_of(name) is kind


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Entw&APw-rfe", "Entwürfe"),
        ("&ZeVnLIqe-", "日本語"),
        ("Q&-A", "Q&A"),
        ("A & B", "A & B"),
        ("&!!-", "&!!-"),
        ("&", "&"),
    ],
)
def test_names_as_imap_writes_them(written, name):
    assert from_imap(written) == name


@given(st.text())
def test_any_name_is_read(name):
    assert isinstance(from_imap(name), str)
    assert kind_of(name) in Kind

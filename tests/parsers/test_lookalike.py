"""Who could be taken for somebody else (promises T19)."""

import pytest

from parsers.address import Mailbox, key
from parsers.lookalike import is_mixed, resembles

KNOWN = {"ana@acme.example": "Ana Ruiz", "carla@gomez.example": "Carla Gómez"}


@pytest.mark.parametrize(
    ("name", "address", "found"),
    [
        ("Ana Ruiz", "ana@elsewhere.example", "Ana Ruiz"),
        ("ANA  RUIZ", "x@elsewhere.example", "Ana Ruiz"),
        ("Аna Ruіz", "x@elsewhere.example", "Ana Ruiz"),  # noqa: RUF001
        ("Carla Gomez", "x@elsewhere.example", "Carla Gómez"),
        ("Carla G0mez", "x@elsewhere.example", "Carla Gómez"),
        ("Ann", "ann@acrne.example", "Ana Ruiz"),
        ("Ann", "ann@аcme.example", "Ana Ruiz"),  # noqa: RUF001
        ("Ann", "ann@acme.example", ""),
        ("Ana Ruiz", "ana@acme.example", ""),
        ("Ana Ruiz", "ANA@Acme.example", ""),
        ("Max Fremd", "max@elsewhere.example", ""),
        ("", "x@elsewhere.example", ""),
        ("Ann", "no address", ""),
    ],
)
def test_whom_a_sender_looks_like(name, address, found):
    assert resembles(Mailbox(name, address), KNOWN) == found
    assert resembles(Mailbox(name, key(address)), KNOWN) == found


def test_somebody_without_a_name_is_told_by_the_address():
    known = {"bo@acme.example": ""}
    assert resembles(Mailbox("", "x@acrne.example"), known) == "bo@acme.example"


@pytest.mark.parametrize(
    ("name", "address", "mixed"),
    [
        ("Раypal", "x@elsewhere.example", True),  # noqa: RUF001
        ("", "x@аcme.example", True),  # noqa: RUF001
        ("", key("x@аcme.example"), True),  # noqa: RUF001
        ("Анна Ruiz", "x@elsewhere.example", False),
        ("日本 Taro", "x@elsewhere.example", False),
        ("José", "x@müller.example", False),
        ("", "x@xn--.example", False),
        ("", "", False),
    ],
)
def test_scripts_that_nobody_mixes_in_one_word(name, address, mixed):
    assert is_mixed(Mailbox(name, address)) is mixed

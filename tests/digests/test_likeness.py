"""Cases that may be about the same: by an error code or a quoted line in both."""

import pytest

from digests.likeness import COMMON, Alike, Held, alike, marks


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It stops with ERR-4711, since Monday.", ("ERR-4711",)),
        ("Windows says 0x80070005 and no more.", ("0x80070005",)),
        ("Then a NullPointerException came.", ("NullPointerException",)),
        ("It says DATE_INVALID twice.", ("DATE_INVALID",)),
        ("Error: the date of row 7 is bad", ("the date of row 7 is bad",)),
        ("Fehler 12: Datei nicht gefunden", ("Datei nicht gefunden",)),
        ("It says “invalid date format” now.", ("invalid date format",)),
        # A code says more than what is quoted; two are looked for at the most.
        (
            'It says "bad date" and "no rows" and ORA-00942.',
            ("ORA-00942", "bad date"),
        ),
        # Addresses, links, dates, numbers and short words are no error.
        ("Write to k4711@gomez.example or https://x.example/a1b2c3.", ()),
        ("On 2026-11-20 at 09:12 I had 4711 rows, ”no“.", ()),
        ("", ()),
    ],
)
def test_what_is_looked_for(text, expected):
    assert marks(text) == expected


def test_what_is_alike():
    """Never itself or of the same customer, never what many have; the newest two."""
    customers = {1: 10, 2: 20}
    wanted = {1: ("E4711", "bad date"), 2: ("common one",)}
    held = [
        Held("E4711", 1, 10, "itself"),
        Held("E4711", 3, 10, "of the same"),
        Held("E4711", 4, 40, "older"),
        Held("bad date", 5, 50, "quoted"),
        Held("bad date", 4, 40, "older"),
        *(Held("common one", 100 + one, 60, "") for one in range(COMMON + 2)),
    ]
    assert alike(customers, wanted, held) == {
        1: (Alike(4, "older", "E4711"), Alike(5, "quoted", "bad date"))
    }
    assert alike(customers, wanted, []) == {}

"""Message-IDs: ours count only with their MAC, others are cleaned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.message_id import Ids, OwnId, foreign, read_ids, thread
from parsers.reply_address import Sealer

IDS = Ids(Sealer("a secret of at least thirty-two letters"))
DOMAIN = "d" * 22 + ".example"


@given(st.sampled_from("atpl"), st.integers(0, 10**12))
def test_ours_come_back(kind, value):
    written = IDS.write(kind, value, DOMAIN)
    assert IDS.read(written) == OwnId(kind, value)
    assert IDS.read(written.upper().strip("<>")) == OwnId(kind, value)


def test_ours_are_short():
    assert len(IDS.write("p", 99_999_999, DOMAIN)) == 60


def test_a_guessed_id_is_not_ours():
    good = IDS.write("p", 12, DOMAIN)
    mac = good.split(".")[2].split("@")[0]
    for text in (
        good.replace(".12.", ".13."),
        good.replace("<p", "<a"),
        good.replace(".12.", ".012."),
        good.replace(".12.", ".١٢."),
        good.replace(mac, mac[:-1]),
        good.replace(mac, ""),
        "<p.12@x>",
        "<>",
        "",
        "<p." + "9" * 9000 + "." + mac + "@x>",
    ):
        assert IDS.read(text) is None
    other = Ids(Sealer("some other secret altogether, please"))
    assert other.read(good) is None


@given(st.text())
def test_reading_ids_never_raises(text):
    assert IDS.read(text) is None
    for one in (*read_ids(text), *read_ids(f"<{text}>")):
        assert one == foreign(one)
        assert one.isascii()
        assert len(one) <= 250


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("<a@x> <b@x>", ["<a@x>", "<b@x>"]),
        ("<a@x><b@x>\r\n\t<a@x>", ["<a@x>", "<b@x>"]),
        ('Message of "Fri, 1 May" <a@x>', ["<a@x>"]),
        ("<broken <a@x>", ["<a@x>"]),
        ("<fold\r\n ed@x>", ["<folded@x>"]),
        ("a@x, b@x", ["<a@x>", "<b@x>"]),
        ("your mail", []),
        ("<>", []),
        ("<a@x", ["<a@x>"]),
        ("", []),
    ],
)
def test_ids_of_others(header, expected):
    assert list(read_ids(header)) == expected


def test_no_more_than_asked_for():
    header = " ".join(f"<{n}@x>" for n in range(30_000))
    assert len(read_ids(header)) == 10_000
    assert len(read_ids(header, 3)) == 3
    assert read_ids("a@x b@x c@x", 2) == ("<a@x>", "<b@x>")


def test_a_foreign_id_is_cut_to_printable_ascii():
    assert foreign("<a\r\nBcc: x@y>") == "<aBcc:x@y>"
    assert foreign("a\u2028ä@x") == "<a@x>"
    assert len(foreign("<" + "a" * 900 + ">")) == 250
    assert foreign(" \x00 ") == ""


def test_references_keep_the_root_and_the_newest():
    chain = [f"<{n}@x>" for n in range(50)]
    cut = thread("<root@x>", chain)
    assert len(cut) == 20
    assert cut[0] == "<root@x>"
    assert cut[-1] == "<49@x>"
    assert cut[1] == "<31@x>"
    assert thread("<r>", ["<a>", "<r>", "<b>", "<a>", ""]) == ("<r>", "<b>", "<a>")
    assert thread("", ["<a>"]) == ("<a>",)
    assert thread("<r>", []) == ("<r>",)

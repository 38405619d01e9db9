"""Which tags are proposed, counted by distinct customers; and what an answer means."""

import pytest

from gateway.routing.asking import Asking, answer_to
from gateway.routing.tagging import propose
from parsers.answer import yes_or_no
from parsers.command import read_commands
from parsers.topic import phrases

OWN = ("Import", "Hi Ana, the CSV import fails with a bad date. Regards, Carla Gomez")
NAMES = ("Ana Ruiz", "Carla Gomez")


def words(others, tags=None, own=OWN):
    found = propose(own, others, tags or {}, NAMES)
    return [(each.word, each.customers) for each in found]


@pytest.mark.parametrize(
    ("others", "tags", "proposed"),
    [
        ([], {}, []),
        # One customer with two words, two with one.
        ([(2, "a bad date, import")], {}, [("bad date", 1)]),
        ([(2, "import"), (3, "IMPORT")], {}, [("import", 2)]),
        # A customer who writes often counts once, and more words say more.
        ([(2, "import")] * 9, {}, []),
        (
            [(2, "csv import"), (3, "csv import"), (4, "import")],
            {},
            [("csv import", 2)],
        ),
        # A tag of the desk comes first; what says the same is left out.
        (
            [(2, "bad date"), (3, "bad date"), (4, "bad date")],
            {"import": 1, "prices": 9},
            [("import", 1), ("bad date", 3)],
        ),
        # Names and what every mail says are no topic.
        ([(2, "Hi Ana, regards, with the"), (3, "Ana, Carla, hi, with")], {}, []),
        # What most customers write says nothing.
        ([(n, "csv import") for n in range(2, 12)], {}, []),
        (
            [(n, "csv import" if n < 7 else "else") for n in range(2, 12)],
            {},
            [("csv import", 5)],
        ),
    ],
)
def test_proposals(others, tags, proposed):
    assert words(others, tags) == proposed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The import fails. Dates!", ["import", "import fails", "fails", "dates"]),
        ("see https://x.example/bad or a@b.example", []),
        ("I don't know; it isn't 2024", []),
        (
            "日付の形式が違うためインポートできません",
            ["日付", "形式", "インポート"],
        ),
        ("l'import des prix", ["import", "prix"]),
        ("x" * 50, []),
        ("", []),
    ],
)
def test_phrases(text, found):
    assert list(phrases(text)) == found


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("1", "1"),
        ("#2.", "2"),
        ("1, 2", "1, 2"),
        ("2\n\nand some more text", "2"),
        ("Bad Date.", "bad date"),
        ("import, dates", "import, dates"),
        ("/tag Import", "import"),
        ("/reopen", "/reopen"),
        ("/take", ""),
        ("no", "no"),
        ("nein danke", "no"),
        ("yes", ""),
        ("3", ""),
        ("thanks!", ""),
        ("what is this?", ""),
        ("it was about the dates in row seven", ""),
        ("import\nand further text", ""),
        ("", ""),
    ],
)
def test_an_answer_to_what_it_was_about(said, answer):
    commands, prose = read_commands(said)
    meant = yes_or_no(prose)
    offered = frozenset({"1", "2"})
    assert answer_to(Asking.WHICH_TAG, commands, prose, meant, offered) == answer

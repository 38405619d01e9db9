"""Whom a command names (decisions D37)."""

import pytest

from gateway.routing.naming import Card, named

CARDS = [
    Card(1, "Ana Ruiz", frozenset({"ana@acme.example"})),
    Card(2, "Anabel Roth", frozenset({"roth@acme.example"})),
    Card(3, "Bo Berg", frozenset({"bo@acme.example", "bo@home.example"})),
    Card(4, "Bo", frozenset({"bo@elsewhere.example"})),
]


@pytest.mark.parametrize(
    ("words", "persons"),
    [
        ("Ana Ruiz", [1]),
        ("ana r", [1]),
        ("ruiz", [1]),
        ("@anab", [2]),
        ("Ana", [1, 2]),
        ("bo", [4]),
        ("Bo B", [3]),
        ("BO@HOME.example", [3]),
        ("<roth@acme.example>", [2]),
        ("acme", []),
        ("ana@acme", []),
        ("", []),
        (" . ", []),
    ],
)
def test_whom_words_name(words, persons):
    assert [card.person for card in named(words, CARDS)] == persons

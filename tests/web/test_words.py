"""The pages in the browser's language; no word is left in English by accident."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment

from templates import catalogue

PAGES = [
    file
    for file in sorted((catalogue.FOLDER.parent / "web").iterdir())
    # The demo speaks English, like the command line that starts it.
    if file.suffix in {".html", ".j2"} and not file.name.startswith("demo_")
]


def words_of(file: Path):
    reader = Environment(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=True,
    )
    reader.policies["ext.i18n.trimmed"] = True
    return {one(word) for _, _, word in reader.extract_translations(file.read_text())}


def one(word):
    """Give a word; of two forms, one and many, the first."""
    return word if isinstance(word, str) else word[0]


@pytest.mark.parametrize("language", sorted(catalogue.spoken() - {"en"}))
@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_every_word_of_a_page_is_translated(file, language):
    with (catalogue.FOLDER / f"{language}.po").open("rb") as po:
        known = {one(message.id) for message in read_po(po) if message.string}
    assert words_of(file) - known == set()


@pytest.mark.parametrize(
    ("asked", "spoken", "words"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de", "Hinter diesem Link ist nichts"),
        ("xx,de;q=0.1", "de", "Hinter diesem Link ist nichts"),
        ("en", "en", "There is nothing behind this link"),
        ("", "en", "There is nothing behind this link"),
        ("*;q=0.1,,;;", "en", "There is nothing behind this link"),
    ],
)
def test_a_page_speaks_the_browsers_language(web, asked, spoken, words):
    shown = web.get("/nowhere", headers={"Accept-Language": asked}).text
    assert f'<html lang="{spoken}"' in shown
    assert words in shown

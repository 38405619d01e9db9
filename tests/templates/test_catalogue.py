"""Languages: chosen by tag, whole, and heard in letters."""

import re

import pytest
from babel.messages.pofile import read_po
from jinja2 import UndefinedError
from jinja2.ext import babel_extract

from templates import catalogue, render
from templates.render import FOLDER
from tests.templates.specimens import html_of, make, read, text_of

PLURALS = {
    "de": "nplurals=2; plural=(n != 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
    "ja": "nplurals=1; plural=0;",
}
OPTIONS = {
    "extensions": "jinja2.ext.do",
    "trimmed": "1",
    "silent": "0",
} | dict.fromkeys(("trim_blocks", "lstrip_blocks"), "1")


def _said() -> set[str]:
    """Give every English sentence of the letters and pages."""
    found = set()
    pages = [*(FOLDER / "web").glob("*.html"), *(FOLDER / "web").glob("*.j2")]
    for path in (*(FOLDER / "mail").rglob("*.*"), *pages):
        with path.open("rb") as file:
            for _, _, message, _ in babel_extract(
                file, ("_", "gettext", "ngettext"), (), OPTIONS
            ):
                found.add(message if isinstance(message, str) else message[0])
    return found


@pytest.mark.parametrize("language", sorted(catalogue.spoken() - {"en"}))
def test_each_sentence_is_in_every_catalogue(language):
    with (catalogue.FOLDER / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    written = {}
    for message in catalog:
        if message.id:
            one = message.id if isinstance(message.id, str) else message.id[0]
            written[one] = message
    said = _said()
    assert len(said) > 100
    assert catalog.plural_forms in PLURALS[language]
    assert sorted(said - written.keys()) == []
    for one in said:
        message = written[one]
        forms = [message.string] if isinstance(message.string, str) else message.string
        assert all(forms), one
        assert isinstance(message.id, str) or len(forms) == catalog.num_plurals, one
        assert not message.fuzzy
        names = set(re.findall(r"%\((\w+)\)s", one))
        for form in forms:
            assert set(re.findall(r"%\((\w+)\)s", form)) <= names | {"count", "num"}


def test_german_is_spoken_to_germans():
    letter = make("answer for the customer", language="de-CH")
    assert (
        "Sie hören wieder von uns bis Montag, 23. November, 15:00 (Madrid)."
        in text_of(letter)
    )
    assert read(make("neutral acknowledgement", language="de").raw)["Subject"] == (
        "Wir haben Ihre Nachricht erhalten"
    )
    assert read(make("note", language="de").raw)["Subject"].startswith("Intern: ")


@pytest.mark.parametrize("tag", ["xx", "", "../de", "e\x00n", "tlh-KX", "_", "x" * 500])
def test_a_language_that_we_do_not_speak_is_english(tag):
    text = text_of(make("full acknowledgement", language=tag, zone="Nowhere/Else"))
    assert "Thank you, Carla." in text
    assert "Monday 23 November, 14:00 (UTC)" in text


def test_names_are_listed_as_the_language_does():
    assert "Ana Ruiz, Bo Berg or Lea Lang will" in text_of(make("full acknowledgement"))
    german = text_of(make("full acknowledgement", language="de"))
    assert "Ana Ruiz, Bo Berg oder Lea Lang sieht" in german


@pytest.fixture
def forget():
    """Let a test bring catalogues and templates of its own."""
    caches = (catalogue.spoken, catalogue.choose, catalogue.locale, catalogue.words)
    yield
    for cache in (*caches, render._environment):
        cache.cache_clear()


def test_a_new_catalogue_needs_no_code(tmp_path, monkeypatch, forget):
    po = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    po += 'msgid "What was said so far"\nmsgstr "ما قيل حتى الآن"\n'
    (tmp_path / "ar.po").write_text(po, encoding="utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    catalogue.spoken.cache_clear()
    catalogue.choose.cache_clear()
    letter = make("answer for the customer", language="ar")
    assert '<html lang="ar" dir="rtl">' in html_of(letter)
    assert "ما قيل حتى الآن: https://desk.acme.example/a/v-" in text_of(letter)


def test_a_page_speaks_and_escapes(tmp_path, monkeypatch, forget):
    (tmp_path / "web").mkdir()
    page = '<p lang="{{ language }}">{% trans %}Join{% endtrans %} {{ name }}</p>'
    (tmp_path / "web" / "x.html").write_text(page)
    monkeypatch.setattr(render, "FOLDER", tmp_path)
    render._environment.cache_clear()
    assert render.page("x", language="de", name="<b>") == (
        '<p lang="de">Mitmachen &lt;b&gt;</p>'
    )
    with pytest.raises(UndefinedError):
        render.page("x", language="de")

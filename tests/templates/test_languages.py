"""Letters in five languages: golden sentences, lists of names, no word left over."""

import re
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from gateway.routing.asking import ANSWERS
from parsers.answer import wants_digest, yes_or_no
from templates import catalogue, render
from templates.letter import compose
from tests.templates.specimen import head
from tests.templates.specimens import SPECIMENS, TWINS, html_of, make, read, text_of

NARROW = re.compile("[\u00a0\u202f]")
SAID = [
    tuple(line.split(" | "))
    for line in Path(__file__).with_name("languages.txt").read_text("utf-8").split("\n")
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("language", "name", "sender", "sentence"), SAID)
def test_a_letter_is_said_as_its_language_says_it(language, name, sender, sentence):
    letter = make(name, language=language)
    assert sentence in NARROW.sub(" ", text_of(letter))
    assert read(letter.raw)["From"].addresses[0].display_name == sender


@pytest.mark.parametrize("name", TWINS)
def test_no_blank_follows_a_japanese_full_stop(name):
    letter = make(name, language="ja")
    for twin in (text_of(letter), html_of(letter)):
        assert not re.search("[。、」](</[a-z]+>)* ", twin)


def test_french_keeps_its_colon_with_the_word_before():
    for twin in (text_of, html_of):
        said = twin(make("answer for the customer", language="fr"))
        assert "Ici avec vous\u00a0: " in said


@pytest.mark.parametrize(
    ("language", "names", "both", "either"),
    [
        ("en", ("Ana", "Bo", "Lea"), "Ana, Bo and Lea", "Ana, Bo or Lea"),
        ("de", ("Ana", "Bo"), "Ana und Bo", "Ana oder Bo"),
        ("fr", ("Ana", "Bo", "Lea"), "Ana, Bo et Lea", "Ana, Bo ou Lea"),
        ("es", ("Ana", "Bo", "Lea"), "Ana, Bo y Lea", "Ana, Bo o Lea"),
        ("es", ("Ana", "Inés"), "Ana e Inés", "Ana o Inés"),
        ("es", ("Ana", "Hierro"), "Ana y Hierro", "Ana o Hierro"),
        ("es", ("Ana", "Óscar"), "Ana y Óscar", "Ana u Óscar"),
        ("ja", ("Ana", "Bo", "Lea"), "Ana、Bo、Lea", "Ana、Bo、またはLea"),
    ],
)
def test_names_are_joined(language, names, both, either):
    sayings = render._sayings(render.Reader(language))
    assert sayings["all_of"](names) == both
    assert sayings["any_of"](names) == either


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("fr", 0, "0 autre"),
        ("fr", 1, "1 autre"),
        ("fr", 2, "2 autres"),
        ("es", 0, "0 más"),
        ("ja", 1, "ほか1名"),
        ("ja", 7, "ほか7名"),
    ],
)
def test_plurals_are_those_of_the_language(language, count, words):
    said = catalogue.words(language).ngettext("%(num)s other", "%(num)s others", count)
    assert said % {"num": count} == words


# What a letter holds that is not said: addresses, commands, and the command line.
NOT_SAID = re.compile(
    r"[!-~]+@[!-~]+|https?://[!-~]+|/[a-z]+( once)?\b|[kM]B\b"
    r"|parlour (inbound [a-z]+|check)|--state held|#\d+ [a-z]+"
    r"|/invite ADDRESS [a-z ]+|/merge ID"
)

WORDS = {word for said in ANSWERS.values() for one in said for word in one.split()}
WORDS |= {
    "post",
    "publish",
    "redact",
    "ID",
    "forms",
    "hourly",
    "daily",
    "weekly",
    "monday",
    "off",
    "help",
    "on",
}


@pytest.fixture
def mute(tmp_path, monkeypatch):
    """A catalogue without a word: of each sentence the names alone are left."""
    caches = (catalogue.spoken, catalogue.choose, catalogue.locale, catalogue.words)
    with (catalogue.FOLDER / "de.po").open("rb") as file:
        catalog = read_po(file, locale="de")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    for cache in (*caches, render._environment):
        cache.cache_clear()
    lines = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n']
    for message in catalog:
        if message.id:
            one = message.id if isinstance(message.id, str) else message.id[0]
            names = " ".join(re.findall(r"%\(\w+\)s", one)) or "·"
            lines.append(_entry(message.id, names))
    (tmp_path / "el.po").write_text("\n\n".join(lines), encoding="utf-8")
    yield
    for cache in (*caches, render._environment):
        cache.cache_clear()


def _entry(said, names):
    one, *many = [said] if isinstance(said, str) else said
    quoted = [each.replace("\\", "\\\\").replace('"', '\\"') for each in (one, *many)]
    if not many:
        return f'msgid "{quoted[0]}"\nmsgstr "{names}"'
    forms = "\n".join(f'msgstr[{at}] "{names}"' for at in (0, 1))
    return f'msgid "{quoted[0]}"\nmsgid_plural "{quoted[1]}"\n{forms}'


@pytest.mark.usefixtures("mute")
def test_every_word_of_a_letter_is_in_the_catalogues():
    left = {name: found for name in SPECIMENS if (found := _left_over(name))}
    assert left == {}


def _left_over(name):
    """Give the words of a letter that neither its values nor the catalogue hold."""
    specimen = SPECIMENS[name]
    about = replace(head(**specimen.head), language="el")
    letter = compose(about, specimen.values)
    values = f"{about!r} {specimen.values!r}".replace("\\n", " ")
    given = set(re.findall(r"[A-Za-z]+", values)) | WORDS
    subject = str(read(letter.raw)["Subject"]).removeprefix("Re: ")
    said = NOT_SAID.sub(" ", f"{subject}\n{text_of(letter)}")
    return set(re.findall(r"[A-Za-z]{2,}", said)) - given


HEBREW = "נועה (א)"
_CALLED = """
name names subject desk customer author owner inviter team readers organisation skills
left by files title
"""
CALLED = frozenset(_CALLED.split())


def _in_hebrew(values):
    """Give the values with every name and subject in Hebrew."""
    changed = {}
    for each in fields(values):
        held = getattr(values, each.name)
        if each.name in CALLED and isinstance(held, str) and held:
            changed[each.name] = HEBREW
        elif isinstance(held, tuple) and held and isinstance(held[0], str):
            if each.name in CALLED:
                changed[each.name] = (HEBREW,)
        elif isinstance(held, tuple):
            changed[each.name] = tuple(
                _in_hebrew(one) if is_dataclass(one) else one for one in held
            )
        elif is_dataclass(held):
            changed[each.name] = _in_hebrew(held)
    return replace(values, **changed)


@pytest.mark.parametrize("name", SPECIMENS)
def test_a_name_turns_no_word_beside_it(name):
    """A name or subject from right to left is isolated wherever a sentence has it."""
    specimen = SPECIMENS[name]
    letter = compose(head(**specimen.head), _in_hebrew(specimen.values))
    assert not re.findall(f".*(?<!\u2068){re.escape(HEBREW)}.*", text_of(letter))
    if name in TWINS:
        html = html_of(letter).split("</head>")[1].replace("\u2068", "<bdi>")
        assert not re.findall(f".*(?<!<bdi>){re.escape(HEBREW)}.*", html)


ASKS = "Or simply reply: “yes”, “only the digest”, “no thanks”, or with your answer."
QUOTED = re.compile("[“„«「]\\s*(.+?)\\s*[”“»」]")


@pytest.mark.parametrize("language", sorted(catalogue.spoken()))
def test_what_a_letter_says_to_reply_is_understood(language):
    words = catalogue.words(language)
    yes, digest, no = QUOTED.findall(words.gettext(ASKS))
    assert [yes_or_no(each) for each in (yes, no)] == ["yes", "no"]
    assert wants_digest(digest)
    assert yes_or_no(words.gettext("yes")) == "yes"

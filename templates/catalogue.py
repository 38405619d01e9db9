"""Which catalogue speaks: gettext from .po files, English as it stands."""

import gettext
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.core import UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locale"
ENGLISH = "en"
# Plain "en" means no country's: weekday first, day before month, 24 hours.
_REGIONS = {"en": "en_GB"}


@lru_cache
def spoken() -> frozenset[str]:
    """Give the languages that we have words for."""
    return frozenset({ENGLISH, *(path.stem for path in FOLDER.glob("*.po"))})


def speaks(tag: str) -> bool:
    """Say whether we have words for the language of a tag ("de-AT", "DE")."""
    return tag.replace("_", "-").partition("-")[0].lower() in spoken()


@lru_cache(maxsize=256)
def choose(tag: str) -> str:
    """Give the language that answers a tag ("de-AT", "DE"), English if we have none."""
    words = tag.replace("_", "-").lower().split("-")
    return words[0] if words[0] in spoken() else ENGLISH


@lru_cache(maxsize=256)
def locale(tag: str) -> Locale:
    """Give the locale for dates and lists: the tag's, if we speak its language."""
    language = choose(tag)
    if language == tag.replace("_", "-").lower().split("-")[0]:
        try:
            wanted = _REGIONS.get(tag.lower(), tag)
            return Locale.parse(wanted.replace("_", "-"), sep="-")
        except (UnknownLocaleError, ValueError):
            pass
    return Locale.parse(_REGIONS.get(language, language))


def language_named(text: str) -> str:
    """Give a language that we speak by its code or its name in any of them.

    Empty when there is none: "de", "de-AT", "German", "deutsch", "allemand".
    """
    wanted = text.strip().casefold()
    code = wanted.replace("_", "-").split("-")[0]
    if code in spoken():
        return code
    for each in sorted(spoken()):
        named = {one: called(each, one).casefold() for one in spoken()}
        if wanted in named.values():
            return each
    return ""


@lru_cache(maxsize=256)
def called(tag: str, reader: str) -> str:
    """Give the name of a language in the language of a reader."""
    return str(locale(reader).languages.get(choose(tag), choose(tag)))


@lru_cache
def words(language: str) -> gettext.NullTranslations:
    """Read the words of a language of `spoken()`; compiled in memory, once."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalog = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)

"""Which language a text is in, by its script or its smallest words."""

import re
import unicodedata

_WORDS = {
    "en": "the and is are you i we to of in for it that this with have not be on your",
    "de": "der die das und ist nicht ich sie wir ein eine zu mit für auf den wie es",
    "fr": "le la les et est pas je vous nous un une de des pour dans que qui sur avec",
    "es": "el la los las y es no que de un una por para con se lo mi su está como me",
    "it": "il la gli e è non che di un una per con si mi sono del della ho come alla",
    "nl": "de het een en is niet ik u wij van voor met op dat te zijn we kan maar bij",
    "pt": "o a os as e é não que de um uma por para com se do da em meu está eu",
    "sv": "och är inte jag det att en ett som för på med vi ni har av den kan till om",
    "da": "og er ikke jeg det at en et som for på med vi i har af den kan til om",
    "pl": "i jest nie w na z do to się że jak dla proszę czy o nam mam od po ale",
}  # fmt: skip
_LANGUAGES: dict[str, list[str]] = {}
for _language, _words in _WORDS.items():
    for _word in _words.split():
        _LANGUAGES.setdefault(_word, []).append(_language)
_SCRIPTS = (
    ("HIRAGANA", "ja"),
    ("KATAKANA", "ja"),
    ("HANGUL", "ko"),
    ("CJK", "zh"),
    ("CYRILLIC", "ru"),
    ("GREEK", "el"),
    ("HEBREW", "he"),
    ("ARABIC", "ar"),
)
_ENOUGH = 3_000
_WORD = re.compile(r"[^\W\d_]+")


def guess(text: str) -> str:
    """Give an ISO 639-1 code, empty when the text does not tell."""
    text = text[:_ENOUGH]
    counts = dict.fromkeys([language for _, language in _SCRIPTS], 0)
    if text.isascii():
        return _by_words(text)
    letters = [letter for letter in text if letter.isalpha()]
    for letter in letters:
        if letter > "\u036f":
            name = unicodedata.name(letter, "")
            for script, language in _SCRIPTS:
                counts[language] += name.startswith(script)
    if counts["ja"] * 10 > len(letters) > 0:
        return "ja"
    script = max(counts, key=lambda one: counts[one])
    if counts[script] * 3 > len(letters) > 0:
        return script
    return _by_words(text)


def _by_words(text: str) -> str:
    words = _WORD.findall(text.casefold())
    hits = dict.fromkeys(_WORDS, 0)
    for word in words:
        for language in _LANGUAGES.get(word, ()):
            hits[language] += 1
    first, second = sorted(hits, key=lambda one: -hits[one])[:2]
    sure = hits[first] >= 2 and hits[first] > hits[second]
    return first if sure and hits[first] * 8 >= len(words) else ""

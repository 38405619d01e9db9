"""Names and domains made to look like somebody else's (promises T19)."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from parsers.address import Mailbox, domain, key

# Letters of other scripts that a reader takes for Latin ones, and Latin pairs that
# look like one letter. Not every one: those that fonts draw alike.
_FOREIGN = str.maketrans(
    "аеорсухіјѕԁԛԝһӏѵցոսհզյαοιυνκρτωеёғԍ",
    "aeopcyxijsdqwhlvgnuhqjaoiuvkptweefg",
)
_ALIKE = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("|", "l"))
_PUNYCODE = "xn--"


def resembles(sender: Mailbox, known: Mapping[str, str]) -> str:
    """Give whom of the known a sender could be taken for; empty for nobody.

    `known`: names by address. Whoever writes from one of these addresses is taken
    for nobody else. The same name at another address counts too; a person has often
    two, so this is for people to judge.
    """
    if key(sender.address) in {key(each) for each in known}:
        return ""
    name = _skeleton(sender.name)
    for address, each in known.items():
        if name and name == _skeleton(each):
            return each or address
    host = domain(sender.address)
    seen = _skeleton(_readable(host))
    for address, each in known.items():
        other = domain(address)
        if host != other and seen == _skeleton(_readable(other)):
            return each or address
    return ""


def is_mixed(sender: Mailbox) -> bool:
    """Say whether one word of a name or domain mixes scripts that nobody mixes."""
    words = [*sender.name.split(), *_readable(domain(sender.address)).split(".")]
    return any(len(_scripts(word)) > 1 for word in words)


def _scripts(word: str) -> set[str]:
    """The scripts that have letters like each other's, as far as a word has them."""
    names = (unicodedata.name(letter, "") for letter in word if letter.isalpha())
    found = {name.partition(" ")[0] for name in names}
    return found & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}


def _readable(host: str) -> str:
    return ".".join(_label(each) for each in host.split("."))


def _label(label: str) -> str:
    if not label.startswith(_PUNYCODE):
        return label
    try:
        return label.removeprefix(_PUNYCODE).encode("ascii").decode("punycode")
    except UnicodeError:
        return label


@lru_cache(maxsize=4096)
def _skeleton(text: str) -> str:
    """What is left of a text for a hasty reader's eye; asked of the same again."""
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).translate(_FOREIGN)
        plain = "".join(each for each in plain if not unicodedata.combining(each))
    for written, seen in _ALIKE:
        plain = plain.replace(written, seen)
    return " ".join(plain.split())

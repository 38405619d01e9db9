"""Octets become text: charsets by an allow-list, guessed when missing or wrong.

The codec registry is never asked for a name that a sender chose (promises T15): it
knows codecs that are no charsets (`zlib`, `rot13`) and slow ones (`punycode`).
"""

import cchardet

_GUESS_FROM = 65_536
"""So many octets are enough to guess from."""

_CODECS: dict[str, str] = {
    # Browsers and mail programs write Windows text under the Latin names
    # (https://encoding.spec.whatwg.org/#names-and-labels).
    "usascii": "cp1252",
    "ascii": "cp1252",
    "ansix341968": "cp1252",
    "iso646us": "cp1252",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "l1": "cp1252",
    "cp819": "cp1252",
    "iso88599": "cp1254",
    "iso885911": "cp874",
    "tis620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "cp936": "gb18030",
    "xgbk": "gb18030",
    "euccn": "gb18030",
    "gb18030": "gb18030",
    "hzgb2312": "hz",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cp950": "cp950",
    "shiftjis": "cp932",
    "sjis": "cp932",
    "xsjis": "cp932",
    "windows31j": "cp932",
    "cswindows31j": "cp932",
    "cp932": "cp932",
    "eucjp": "euc_jp",
    "xeucjp": "euc_jp",
    "iso2022jp": "iso2022_jp_ext",
    "iso2022jp1": "iso2022_jp_ext",
    "iso2022jp2": "iso2022_jp_2",
    "iso2022jpms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "euckr": "cp949",
    "ksc56011987": "cp949",
    "ksc5601": "cp949",
    "cp949": "cp949",
    "uhc": "cp949",
    "iso2022kr": "iso2022_kr",
    "johab": "johab",
    "koi8r": "koi8_r",
    "koi8u": "koi8_u",
    "koi8": "koi8_r",
    "utf8": "utf_8",
    "utf8mb4": "utf_8",
    "unicode11utf8": "utf_8",
    "utf7": "utf_7",
    "unicode11utf7": "utf_7",
    "utf16": "utf_16",
    "utf16le": "utf_16_le",
    "utf16be": "utf_16_be",
    "utf32": "utf_32",
    "utf32le": "utf_32_le",
    "utf32be": "utf_32_be",
    "macintosh": "mac_roman",
    "macroman": "mac_roman",
    "xmacroman": "mac_roman",
    "xmaccyrillic": "mac_cyrillic",
    "iso88598i": "iso8859_8",
    "iso88598e": "iso8859_8",
    "iso88596i": "iso8859_6",
    "iso88596e": "iso8859_6",
    "viscii": "cp1258",
    **{f"iso8859{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15)},
    "iso885916": "iso8859_16",
    "latin2": "iso8859_2",
    "latin5": "cp1254",
    "latin9": "iso8859_15",
    **{f"windows{n}": f"cp{n}" for n in range(1250, 1259)},
    **{f"xcp{n}": f"cp{n}" for n in range(1250, 1259)},
    **{f"cp{n}": f"cp{n}" for n in range(1250, 1259)},
    **{
        f"{p}{n}": f"cp{n}"
        for n in (437, 850, 852, 855, 858, 866)
        for p in ("cp", "ibm")
    },
    # Numbers that Windows has for what others name.
    "cp65001": "utf_8",
    "cp20127": "cp1252",
    "cp28591": "cp1252",
    "cp28592": "iso8859_2",
    "cp28605": "iso8859_15",
    "cp20866": "koi8_r",
    "cp21866": "koi8_u",
    "cp10000": "mac_roman",
    "windows874": "cp874",
    "cp874": "cp874",
    "windows949": "cp949",
    "windows936": "gb18030",
}

_ASCII_NAMES = frozenset({"usascii", "ascii", "ansix341968", "iso646us"})

_SINGLE_OCTET = frozenset({"cp1252", "cp1254", "iso8859_15"})
"""Codecs that read anything: what is sound UTF-8 under them was UTF-8."""

# ISO-2022 and UTF-7 hide letters in ASCII octets: plain ASCII is not proof enough.
_ESCAPING = frozenset(
    {"iso2022_jp_ext", "iso2022_jp_2", "iso2022_kr", "hz", "utf_7"}
    | {"utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be"}
)


def codec(name: str) -> str:
    """Give the Python codec of a charset name; empty when it is none that we read."""
    letters = "".join(c for c in name[:40].lower() if c.isascii() and c.isalnum())
    return _CODECS.get(letters, "")


def decode(octets: bytes, declared: str = "") -> tuple[str, str]:
    """Give the text, and the defect found on the way (empty when there was none).

    Undeclared, unknown and wrong charsets are guessed; letters that cannot be
    read become U+FFFD. The text never holds a lone surrogate.
    """
    chosen = codec(declared)
    marked = _marked(octets)
    if marked is not None:
        return marked, ""
    if chosen not in _ESCAPING and octets.isascii():
        return octets.decode("ascii"), "" if chosen or not declared else _unknown(
            declared
        )
    utf_8 = _strictly(octets, "utf_8")
    if utf_8 is not None and chosen in _SINGLE_OCTET | {"", "utf_8"}:
        wrong = chosen in _SINGLE_OCTET or (declared and not chosen)
        return utf_8, f"charset {declared[:40]!r} was UTF-8" if wrong else ""
    is_ascii = "".join(declared.lower().split("-")) in _ASCII_NAMES
    if chosen and not is_ascii:
        text = _strictly(octets, chosen)
        if text is not None:
            return text, ""
    return _guess(octets, chosen), _unknown(declared)


def _marked(octets: bytes) -> str | None:
    """Read what begins with a byte order mark, whatever is declared."""
    for mark, name in _MARKS:
        if octets.startswith(mark):
            return _strictly(octets[len(mark) :], name)
    return None


_MARKS = (
    (b"\xef\xbb\xbf", "utf_8"),
    (b"\xff\xfe", "utf_16_le"),
    (b"\xfe\xff", "utf_16_be"),
)


def _unknown(declared: str) -> str:
    if not declared:
        return "8-bit text without a charset"
    return f"charset {declared[:40]!r} does not fit"


def _strictly(octets: bytes, name: str) -> str | None:
    try:
        text = octets.decode(name)
        text.encode("utf_8")
    except (UnicodeError, LookupError):
        return None
    return text


def _guess(octets: bytes, chosen: str) -> str:
    """Read what no declaration explains; a nearly right declaration is kept."""
    if chosen and chosen not in _SINGLE_OCTET:
        text = _leniently(octets, chosen)
        if _is_nearly(text, chosen):
            return text
    found = cchardet.detect(octets[:_GUESS_FROM]).get("encoding") or ""
    text = _leniently(octets, codec(found) or "cp1252")
    return text if "\ufffd" not in text else _leniently(octets, "cp1252")


def _is_nearly(text: str, chosen: str) -> bool:
    """Say whether a text is in a charset but for some broken letters.

    In UTF-8 sound letters must outnumber the broken ones: else it was never UTF-8,
    and each umlaut would be lost.
    """
    broken = text.count("\ufffd")
    if chosen == "utf_8":
        return sum(letter > "\x7f" for letter in text) > 2 * broken
    return broken * 20 <= len(text)


def is_garbled(text: str) -> bool:
    """Say whether a decoded text is plainly not what somebody wrote."""
    broken = text.count("\ufffd")
    controls = sum(letter < " " and letter not in "\t\r\n" for letter in text)
    return controls > 0 or broken > max(1, len(text) // 10)


def _leniently(octets: bytes, name: str) -> str:
    text = octets.decode(name, "replace")
    return text.encode("utf_8", "replace").decode("utf_8")

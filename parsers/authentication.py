"""What a trusted server says about the sender (RFC 8601); nothing else is believed."""

from dataclasses import dataclass, field
from enum import StrEnum

from parsers.address import domain


class Verdict(StrEnum):
    """The sender's proof, as our own mail server saw it."""

    NONE = "none"
    """Nothing trusted speaks for or against the sender."""
    PASS = "pass"  # noqa: S105
    """DMARC pass, or an aligned DKIM or SPF pass."""
    FAIL = "fail"
    """DMARC fail under a published policy of quarantine or reject."""
    WEAK_FAIL = "weak_fail"
    """DMARC fail under p=none: unproved, not failed (decisions B19)."""


@dataclass(slots=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)


_LONGEST = 20_000
_MOST_RESULTS = 100
_MOST_FIELDS = 10
_BESIDE = frozenset(("arc", "bimi", "dkim2"))
"""Methods that stand beside a proof of the sender and are none."""


def verdict(
    results: tuple[str, ...], from_domain: str, trusted: tuple[str, ...]
) -> Verdict:
    """Judge by the topmost Authentication-Results of a trusted server.

    `results`: raw values, topmost first; `from_domain`: of the From; `trusted`: the
    authserv-ids of our own servers. Other headers, comments and quoted strings
    cannot speak, and a fail beside a pass wins (promises T2).
    """
    ours = frozenset(one.casefold() for one in trusted)
    host = domain(f"x@{from_domain.rpartition('@')[2]}")
    for value in results if host else ():
        server, found = _read(value[:_LONGEST])
        if server in ours:
            return _judge(found, host)
    return Verdict.NONE


def says(results: tuple[str, ...], trusted: tuple[str, ...], method: str) -> bool:
    """Say whether the topmost field of a trusted server has `method=pass`."""
    ours = frozenset(one.casefold() for one in trusted)
    for value in results:
        server, found = _read(value[:_LONGEST])
        if server in ours:
            said = [one.result for one in found if one.method == method]
            return said == ["pass"]
    return False


def verdict_of_mailbox(
    results: tuple[str, ...], from_domain: str, trusted: tuple[str, ...]
) -> Verdict:
    """Judge a mail that lay in a mailbox, by what its provider wrote on top.

    Takes what `verdict` takes; `*.domain` in `trusted` means any server of a domain.
    Unlike a mail server of our own, a provider need not take away what a sender wrote
    in its name, so only the topmost field counts, and only if it is the provider's
    (RFC 8601 section 7.1). Some spread their word over several fields: those that
    speak of nothing that proves a sender are passed over, as long as the next is of
    the very same server.
    """
    host = domain(f"x@{from_domain.rpartition('@')[2]}")
    on_top = ""
    for value in results[:_MOST_FIELDS] if host else ():
        server, found = _read(value[:_LONGEST])
        if not server or server != (on_top or server) or not _is_of(server, trusted):
            break
        if not found or not all(_proves_nothing(one) for one in found):
            return _judge(found, host)
        on_top = server
    return Verdict.NONE


def _is_of(server: str, trusted: tuple[str, ...]) -> bool:
    for one in trusted:
        name = one.casefold()
        if server == name or (name.startswith("*.") and server.endswith(name[1:])):
            return True
    return False


def _proves_nothing(one: _Result) -> bool:
    return one.method in _BESIDE or one.method.startswith("x-")


def _judge(found: list[_Result], host: str) -> Verdict:
    dmarc = [one for one in found if one.method == "dmarc" and _speaks_of(one, host)]
    failed = [one for one in dmarc if one.result == "fail"]
    if failed:
        strict = any(_policy(one) in ("quarantine", "reject") for one in failed)
        return Verdict.FAIL if strict else Verdict.WEAK_FAIL
    if any(one.result == "pass" for one in dmarc):
        return Verdict.PASS
    if any(one.result == "pass" and _is_aligned(one, host) for one in found):
        return Verdict.PASS
    return Verdict.NONE


def _speaks_of(one: _Result, host: str) -> bool:
    said = one.properties.get("header.from", "")
    return not said or domain(f"x@{said.rpartition('@')[2]}") == host


def _policy(one: _Result) -> str:
    """Give the policy: a property with some servers, `p=` in a comment with others.

    A server that tells no policy is believed to have a strict one only if it
    says so; the comment is our own server's, so reading it gives away nothing.
    """
    for name in ("policy.published-domain-policy", "policy.p", "policy.dmarc", "p"):
        if name in one.properties:
            return one.properties[name]
    action = one.properties.get("action", "")
    return one.properties.get("comment.p", action.removeprefix("o"))


def _is_aligned(one: _Result, host: str) -> bool:
    """Ask for the same domain or a parent of it (RFC 7489 3.1, relaxed).

    Without a list of public suffixes a parent must have a dot and be above the From;
    a sibling is not aligned. Both servers and signers are named in the header.
    """
    match one.method:
        case "dkim":
            names: tuple[str, ...] = ("header.d", "header.i")
        case "spf":
            names = ("smtp.mailfrom", "smtp.mfrom", "smtp.envelope-from")
        case _:
            return False
    said = next((one.properties[name] for name in names if name in one.properties), "")
    signer = domain(f"x@{said.rpartition('@')[2]}")
    if signer == host:
        return True
    wide = signer.count(".") >= 1 and host.endswith(f".{signer}")
    narrow = host.count(".") >= 1 and signer.endswith(f".{host}")
    return (wide and not _is_suffix(signer)) or narrow


_SECOND_LEVELS = frozenset(
    ("co", "com", "org", "net", "ac", "gov", "edu", "or", "ne", "go")
)


def _is_suffix(name: str) -> bool:
    """Say whether a short name like co.uk is a public suffix, without their list."""
    first, _, last = name.partition(".")
    return first in _SECOND_LEVELS and "." not in last


def _read(value: str) -> tuple[str, list[_Result]]:
    """Read `id 1; method=result (comment) property=value; …` (RFC 8601 2.2)."""
    tokens = _tokens(value)
    end = tokens.index((";", "")) if (";", "") in tokens else len(tokens)
    words = [text for kind, text in tokens[:end] if kind == "word"]
    found: list[_Result] = []
    current: _Result | None = None
    for kind, text in tokens[end:]:
        if kind == ";":
            current = None
        elif current is None:
            current = _begin(text, found) if kind == "word" else None
        elif kind == "comment":
            _comment(current, text)
        else:
            name, _, said = text.partition("=")
            current.properties.setdefault(name.casefold(), said.casefold())
    return words[0].casefold() if words else "", found


def _begin(text: str, found: list[_Result]) -> _Result | None:
    method, equals, result = text.casefold().partition("=")
    if not equals or len(found) >= _MOST_RESULTS:
        return None
    found.append(_Result(method.partition("/")[0], result))
    return found[-1]


def _comment(result: _Result, text: str) -> None:
    for word in text.casefold().replace(";", " ").replace(",", " ").split():
        if word.startswith("p="):
            result.properties.setdefault("comment.p", word[2:])


def _tokens(value: str) -> list[tuple[str, str]]:
    """Split into words, semicolons and comments; quoted strings join their word."""
    tokens: list[tuple[str, str]] = []
    word: list[str] = []
    at = 0

    def end_word() -> None:
        if word:
            tokens.append(("word", "".join(word)))
            word.clear()

    while at < len(value):
        letter = value[at]
        at += 1
        if letter == "(":
            end_word()
            text, at = _until(value, at)
            tokens.append(("comment", text))
        elif letter == '"':
            text, at = _string(value, at)
            word.append(text.replace("=", "").replace(";", ""))
        elif letter == ";":
            end_word()
            tokens.append((";", ""))
        elif letter.isspace():
            end_word()
        else:
            word.append(letter)
    end_word()
    return _glue(tokens)


def _glue(tokens: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Join `a = b`, which the grammar allows."""
    out: list[tuple[str, str]] = []
    for kind, text in tokens:
        last = out[-1] if out else ("", "")
        if (
            kind == last[0] == "word"
            and len(last[1]) < 300
            and (last[1].endswith("=") or text.startswith("="))
        ):
            out[-1] = "word", last[1] + text
        else:
            out.append((kind, text))
    return out


def _until(value: str, at: int) -> tuple[str, int]:
    """Read a comment, nested or not; an open one takes the rest."""
    start, depth = at, 1
    while at < len(value) and depth:
        letter = value[at]
        depth += (letter == "(") - (letter == ")")
        at += 2 if letter == "\\" else 1
    return value[start : at - 1], at


def _string(value: str, at: int) -> tuple[str, int]:
    out: list[str] = []
    while at < len(value) and value[at] != '"':
        at += value[at] == "\\"
        out.append(value[at : at + 1])
        at += 1
    return "".join(out), at + 1

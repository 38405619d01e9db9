"""Turns the raw values of a settings file or the environment into checked ones."""

import dataclasses
import difflib
import ipaddress
import math
import os
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

UNIX = "unix:"
MOST_SOCKET_OCTETS = 107
"""What fits into `sun_path` of Linux beside its closing NUL (unix(7))."""


class SettingsError(Exception):
    """The settings are wrong; the message is one line: key, what is wrong, remedy."""

    def __init__(self, key: str, problem: str, source: str = "") -> None:
        """Take the key ("smtp.listen"), the problem with its remedy, the file."""
        self.key = key
        self.problem = problem
        where = ": ".join(part for part in (source, key) if part)
        super().__init__(" ".join(f"{where}: {problem}".split()))


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a door listens: a port, or a Unix socket."""

    host: str = ""
    port: int = 0
    path: Path | None = None
    """The socket's file; then there is no host and no port."""

    def __str__(self) -> str:
        """Write it as the settings do: host:port, IPv6 in brackets; unix:/path."""
        if self.path is not None:
            return f"{UNIX}{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Source:
    """One table of the settings with what is needed to read it."""

    name: str
    """How the table is called in messages: "smtp", "desk 2"; "" at the top."""
    values: Mapping[str, Any]
    folder: Path
    """What relative paths are relative to."""

    def key(self, name: str) -> str:
        """Give the full name of a key in this table."""
        return f"{self.name}.{name}" if self.name else name

    def wrong(self, name: str, problem: str) -> SettingsError:
        """Make the error for one key."""
        return SettingsError(self.key(name), problem)


def nearest(word: str, known: Iterable[str]) -> str:
    """Give " (did you mean ...?)" for a misspelt key, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def refuse_unknown(source: Source, known: Iterable[str]) -> None:
    """Raise SettingsError for the first key that nobody knows."""
    names = set(known)
    for name in source.values:
        if name not in names:
            raise source.wrong(
                name, f"unknown key{nearest(name, names)}; remove it or correct it"
            )


def fill(kind: type[T], source: Source) -> T:
    """Make a settings dataclass from one table.

    Each field's type says how its value is read; what is absent keeps its default.
    Raises SettingsError for an unknown key, a wrong value, or a missing one.
    """
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]
    refuse_unknown(source, [field.name for field in fields])
    found = {}
    for field in fields:
        if field.name in source.values:
            found[field.name] = convert(hints[field.name], source, field.name)
        elif (
            field.default is dataclasses.MISSING
            and field.default_factory is dataclasses.MISSING
        ):
            raise source.wrong(field.name, "is missing; it has no default")
    return kind(**found)


def convert(hint: Any, source: Source, name: str) -> Any:
    """Read one value as the type says; raise SettingsError where it does not fit."""
    if isinstance(hint, types.UnionType):
        hint = next(part for part in hint.__args__ if part is not types.NoneType)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(one_of(source, name, hint))
    return _READERS[hint](source, name)


def text(source: Source, name: str) -> str:
    """Read a string."""
    value = source.values[name]
    if not isinstance(value, str):
        raise source.wrong(name, f'must be text in quotes, like {name} = "..."')
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        raise source.wrong(name, "has a control character in it; remove it")
    return value


def texts(source: Source, name: str) -> tuple[str, ...]:
    """Read a list of strings; in the environment they are separated by commas."""
    value = source.values[name]
    if isinstance(value, FromEnvironment):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list):
        raise source.wrong(name, f'must be a list of texts, like {name} = ["..."]')
    return tuple(
        text(dataclasses.replace(source, values={name: part}), name) for part in value
    )


def truth(source: Source, name: str) -> bool:
    """Read true or false."""
    value = source.values[name]
    if isinstance(value, FromEnvironment) and value in {"true", "false"}:
        return value == "true"
    if not isinstance(value, bool):
        raise source.wrong(name, "must be true or false, without quotes")
    return value


def whole(source: Source, name: str) -> int:
    """Read a whole number of 0 or more."""
    value = source.values[name]
    if isinstance(value, FromEnvironment) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise source.wrong(name, "must be a whole number, 0 or more, without quotes")
    return value


def number(source: Source, name: str) -> float:
    """Read a number of 0 or more."""
    value = source.values[name]
    if isinstance(value, FromEnvironment):
        try:
            value = float(value)
        except ValueError:
            value = None
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not math.isfinite(value) or value < 0:
        raise source.wrong(name, "must be a number, 0 or more, without quotes")
    return float(value)


def path(source: Source, name: str) -> Path | None:
    """Read a path; a relative one starts at the folder of the settings file."""
    written = text(source, name)
    return (source.folder / Path(written).expanduser()) if written else None


def listen(source: Source, name: str) -> Listen:
    """Read "host:port", IPv6 addresses in brackets, or "unix:" and a path."""
    written = text(source, name)
    if written.startswith(UNIX):
        return Listen(path=_socket_path(source, name, written.removeprefix(UNIX)))
    host, colon, port = written.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    host = host[1:-1] if bracketed else host
    good = colon and host and port.isascii() and port.isdigit() and int(port) < 65536
    if not good or (":" in host) != bracketed:
        raise source.wrong(
            name, f'"{written}" is not host:port; write for example 127.0.0.1:8025'
        )
    return Listen(host, int(port))


def _socket_path(source: Source, name: str, written: str) -> Path:
    found = source.folder / Path(written).expanduser()
    octets = len(os.fsencode(found))
    if not written or written.endswith("/"):
        raise source.wrong(name, "names no file; write unix:/run/parlour/lmtp.sock")
    if octets > MOST_SOCKET_OCTETS:
        raise source.wrong(
            name,
            f"{found} has {octets} octets, a Unix socket's path {MOST_SOCKET_OCTETS} "
            "at most; choose a shorter one, such as unix:/run/parlour/lmtp.sock",
        )
    return found


def one_of(source: Source, name: str, allowed: Iterable[str]) -> str:
    """Read a word out of a list."""
    written = text(source, name)
    words = list(allowed)
    if written not in words:
        raise source.wrong(
            name,
            f'"{written}" is not one of {", ".join(words)}{nearest(written, words)}',
        )
    return written


def networks(source: Source, name: str, written: Iterable[str]) -> None:
    """Check that each is an IP address or a network such as 10.0.0.0/8."""
    for entry in written:
        try:
            ipaddress.ip_network(entry)
        except ValueError:
            raise source.wrong(
                name,
                f'"{entry}" is no IP address or network; write 192.0.2.1 or '
                "192.0.2.0/24",
            ) from None


class FromEnvironment(str):
    """A value from the environment, where everything is text."""

    __slots__ = ()


_READERS: dict[Any, Callable[[Source, str], Any]] = {
    str: text,
    tuple[str, ...]: texts,
    bool: truth,
    int: whole,
    float: number,
    Path: path,
    Listen: listen,
}

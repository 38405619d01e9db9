"""A Maildir with its subfolders (Maildir++, or folders in folders), read as it lies."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gateway.inbound.sources.item import (
    HEAD_OCTETS,
    MOST_OCTETS,
    Item,
    SourceError,
    header_of,
    written,
)
from parsers.folder import from_imap

_BOXES = ("cur", "new")
_DEEPEST = 20
_TAB = "\t"


class Maildir:
    """A folder with `cur` and `new` as a source, and those below it.

    A position is folder and unique name, so that flags may change while we read.
    """

    def __init__(
        self, path: Path, *, head_only: bool = False, most: int = MOST_OCTETS
    ) -> None:
        """Take the folder; `head_only` leaves the bodies out, `most` bounds one mail.

        Raises SourceError when no Maildir is there.
        """
        self._path = path
        self._most = most
        self._head_only = head_only
        self._folders = sorted(_folders(path), key=lambda found: found[0])
        if not self._folders:
            raise SourceError(
                f"{path}: is no Maildir, nor is there one in it; a Maildir has the "
                "folders cur and new"
            )

    @property
    def name(self) -> str:
        """The path, in full."""
        return f"maildir {written(self._path.resolve())}"

    def count(self) -> int | None:
        """Count the files."""
        return sum(len(_names(path)) for _, path in self._folders)

    def items(self, after: str = "") -> Iterator[Item]:
        """Give the mails behind a position, by folder and unique name."""
        last_folder, _, last_name = after.partition(_TAB)
        for folder, path in self._folders:
            if after and folder < last_folder:
                continue
            for name, file in sorted(_names(path).items()):
                if after and folder == last_folder and name <= last_name:
                    continue
                if (item := self._item(folder, name, file)) is not None:
                    yield item

    def _item(self, folder: str, name: str, file: Path) -> Item | None:
        position = f"{folder}{_TAB}{name}"
        try:
            octets, touched, raw = self._read(_where_now(file, name))
        except FileNotFoundError:
            # Moved elsewhere or deleted since it was listed.
            return None
        except OSError as error:
            return Item(
                position, b"", folder, None, fault=error.strerror or "no answer"
            )
        cut = 0 if self._head_only else max(0, octets - len(raw))
        raw = header_of(raw) if self._head_only else raw
        return Item(position, raw, folder, touched, octets, cut)

    def _read(self, file: Path) -> tuple[int, datetime, bytes]:
        with file.open("rb") as opened:
            status = os.fstat(opened.fileno())
            raw = opened.read(HEAD_OCTETS if self._head_only else self._most)
        return status.st_size, datetime.fromtimestamp(status.st_mtime, UTC), raw


def _folders(top: Path) -> Iterator[tuple[str, Path]]:
    """Give each Maildir at or below a path, with the name people know it by."""
    try:
        os.listdir(top)  # noqa: PTH208 (walk would be silent about it)
    except OSError as error:
        raise SourceError(f"{top}: cannot be read: {error.strerror}") from error
    for found, below, _ in os.walk(top):
        path = Path(found)
        depth = len(path.relative_to(top).parts)
        if depth <= _DEEPEST and {"cur", "new"} <= set(below):
            yield _folder_name(path.relative_to(top)), path
        below[:] = [name for name in below if name not in {"cur", "new", "tmp"}]
        if depth >= _DEEPEST:
            below.clear()


def _folder_name(relative: Path) -> str:
    """Write `.Sent.2024` (Maildir++) and `Sent/2024` alike; the top is INBOX."""
    parts = [
        from_imap(part)
        for step in relative.parts
        for part in written(step)
        .removeprefix(".")
        .split("." if step[0] == "." else "/")
    ]
    return "/".join(parts).replace(_TAB, " ") or "INBOX"


def _steps(name: str) -> list[str]:
    return name[1:].split(".") if name.startswith(".") else [name]


def _names(path: Path) -> dict[str, Path]:
    """Give the files of a folder by unique name, without the flags behind the colon."""
    found: dict[str, Path] = {}
    for box in _BOXES:
        try:
            with os.scandir(path / box) as entries:
                for entry in entries:
                    if not entry.name.startswith(".") and not entry.is_dir(
                        follow_symlinks=False
                    ):
                        found[_unique(entry.name)] = Path(entry.path)
        except OSError as error:
            raise SourceError(
                f"{path / box}: cannot be read: {error.strerror}"
            ) from error
    return found


def _unique(name: str) -> str:
    return written(name).partition(":")[0].replace(_TAB, " ")


def _where_now(file: Path, name: str) -> Path:
    """Find a file again whose flags changed since the folder was listed."""
    if file.exists():
        return file
    for box in _BOXES:
        for other in (file.parent.parent / box).glob(f"{_escaped(name)}*"):
            if _unique(other.name) == name:
                return other
    return file


def _escaped(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)

"""A folder of mbox files, as Thunderbird, Apple Mail and Google Takeout leave them."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

from gateway.inbound.sources.item import MOST_OCTETS, Item, SourceError, written
from gateway.inbound.sources.mbox import Mbox

_TAB = "\t"


class MboxFolder:
    """All mbox files below a folder as one source; other files are left out.

    A position is a file, by its path from there, and the position in it.
    """

    def __init__(
        self, path: Path, *, head_only: bool = False, most: int = MOST_OCTETS
    ) -> None:
        """Take the folder; raise SourceError when there is no mbox file in it."""
        self._path = path
        self._files = [
            (_text(file.relative_to(path)), Mbox(file, head_only=head_only, most=most))
            for file in _mbox_files(path)
        ]
        if not self._files:
            raise SourceError(f"{path}: there is no mbox file in it")

    @property
    def name(self) -> str:
        """The path, in full."""
        return f"mbox {_text(self._path.resolve())}"

    def count(self) -> int | None:
        """Count the mails, which reads each file once, quickly."""
        return sum(file.count() or 0 for _, file in self._files)

    def items(self, after: str = "") -> Iterator[Item]:
        """Give the mails behind a position, file by file."""
        begun, _, place = after.rpartition(_TAB)
        for name, file in self._files:
            if name >= begun:
                for item in file.items(place if name == begun else ""):
                    yield dataclasses.replace(
                        item,
                        position=f"{name}{_TAB}{item.position}",
                        folder=_folder(name),
                    )


def _mbox_files(top: Path) -> Iterator[Path]:
    found = [
        Path(folder) / name
        for folder, _, names in os.walk(top)
        for name in names
        if _is_mbox(Path(folder) / name)
    ]
    return iter(sorted(found, key=lambda file: _text(file.relative_to(top))))


def _is_mbox(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(5) == b"From "
    except OSError:
        return False


def _folder(name: str) -> str:
    """Name the folder: `Inbox.sbd/Old` is Inbox/Old, `Sent.mbox/mbox` is Sent."""
    parts = [
        part.removesuffix(".sbd").removesuffix(".mbox") for part in name.split("/")
    ]
    if len(parts) > 1 and parts[-1] == "mbox":
        parts.pop()
    return "/".join(parts)


def _text(path: Path) -> str:
    """Give a path as text that can be stored, whatever its octets are."""
    return written(path).replace(_TAB, " ")

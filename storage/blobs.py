"""Large mails as plain files, named by what they hold."""

import os
import re
import tempfile
from pathlib import Path

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Blobs:
    """A folder of files whose names are the SHA-256 of their octets.

    Safe to use from any thread and from several processes.
    """

    def __init__(self, folder: Path) -> None:
        """Use `folder`; it is made when the first file is kept."""
        self.folder = folder

    def keep(self, digest: str, data: bytes) -> None:
        """Put `data` on stable storage under its `digest`; twice is once.

        Raises OSError when the disk cannot take it, ValueError for a bad digest.
        """
        path = self._path(digest)
        if not path.exists():
            self._make(path.parent)
            self._write(path, data)
        # Also when the file was there: whoever renamed it may have died before this.
        _sync_folder(path.parent)

    def get(self, digest: str) -> bytes:
        """Give the octets back; raises FileNotFoundError when there are none."""
        return self._path(digest).read_bytes()

    def drop(self, digest: str) -> None:
        """Remove a file; nothing if there is none."""
        self._path(digest).unlink(missing_ok=True)

    def has(self, digest: str) -> bool:
        """Say whether a file of this digest is there."""
        return self._path(digest).exists()

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"not a SHA-256 in lower-case hexadecimal: {digest!r}")
        return self.folder / digest[:2] / digest

    def _make(self, folder: Path) -> None:
        if folder.exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        _sync_folder(folder.parent)
        _sync_folder(folder.parent.parent)

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

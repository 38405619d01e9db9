"""The Unix socket of the LMTP door: taken with its rights, removed when it is ours."""

import contextlib
import grp
import os
import socket
import stat
from dataclasses import dataclass
from pathlib import Path

from gateway.app.build import SiteError
from gateway.settings import Lmtp

_KNOCK_SECONDS = 1.0


@dataclass(slots=True)
class LocalSocket:
    """A bound Unix socket and its file."""

    bound: socket.socket
    path: Path
    identity: tuple[int, int]
    """Device and inode: the file of that name may be another's by the end."""

    @classmethod
    def bind(cls, path: Path, lmtp: Lmtp) -> "LocalSocket":
        """Take the path, in place of a file that a dead process left.

        Nobody can connect before it listens, so its mode and group are right from the
        start. Raises SiteError that says what to do.
        """
        group = _group(lmtp.socket_group)
        _make_way(path)
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            bound.bind(str(path))
            if group is not None:
                os.chown(path, -1, group)
            path.chmod(int(lmtp.socket_mode, 8))
        except OSError as error:
            bound.close()
            raise _cannot(path, lmtp, error) from error
        found = path.stat()
        return cls(bound, path, (found.st_dev, found.st_ino))

    def remove(self) -> None:
        """Remove the file, unless another process has put its own there."""
        with contextlib.suppress(OSError):
            found = self.path.stat()
            if (found.st_dev, found.st_ino) == self.identity:
                self.path.unlink()


def _make_way(path: Path) -> None:
    """Remove the socket of a dead process; raise SiteError for anything else there."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        # Nothing there, or no way there; binding finds out.
        return
    if not stat.S_ISSOCK(mode):
        raise _wrong(path, "there is a file that is no socket; remove it")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as visitor:
        visitor.settimeout(_KNOCK_SECONDS)
        try:
            visitor.connect(str(path))
        except ConnectionRefusedError:
            with contextlib.suppress(OSError):
                path.unlink()
            return
        except PermissionError:
            raise _wrong(path, "another user's socket is there; remove it") from None
        except OSError:
            # A queue that is full, or a slow answer: somebody is there.
            pass
    raise _wrong(path, "the socket is in use; stop the other program or choose another")


def _group(name: str) -> int | None:
    if not name:
        return None
    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        raise SiteError(
            f'lmtp.socket_group: there is no group "{name}"; make it or name another'
        ) from None


def _cannot(path: Path, lmtp: Lmtp, error: OSError) -> SiteError:
    match error:
        case FileNotFoundError():
            why = f"there is no folder {path.parent}; make it, for this user to write"
        case PermissionError() if path.exists():
            path.unlink()
            return SiteError(
                f"lmtp.socket_group: this user may not give a file to the group "
                f'"{lmtp.socket_group}"; make it a member of that group'
            )
        case PermissionError():
            why = f"no permission; give this user the right to write in {path.parent}"
        case _:
            why = error.strerror or str(error)
    return _wrong(path, why)


def _wrong(path: Path, why: str) -> SiteError:
    return SiteError(f"lmtp.listen: cannot listen on unix:{path}: {why}")

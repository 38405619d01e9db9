"""Where the demo lives: its folder, its ports, its settings, its log."""

import errno
import os
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from string import Template

from gateway.demo.program import AUTHSERV_ID

HOST = "127.0.0.1"
MARK = "made-by-parlour-demo"
"""A file that says: this folder may be wiped."""


class DemoError(Exception):
    """The demo cannot start; one line says why and what to do."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens on the loopback."""

    smtp: int
    web: int

    @property
    def base_url(self) -> str:
        """Where its pages are."""
        return f"http://{HOST}:{self.web}"


def choose_ports(smtp: int, web: int) -> Ports:
    """Make sure that the ports are free; 0 asks for any. Raises DemoError."""
    return Ports(_free("mail", "--port-smtp", smtp), _free("pages", "--port-web", web))


def _free(what: str, flag: str, port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            # Two may share a bound port, as long as none listens on it.
            probe.listen()
        except OSError as error:
            reason = "is in use" if error.errno == errno.EADDRINUSE else error.strerror
            raise DemoError(
                f"port {port} for {what} {reason}; end the other program, or choose "
                f"another port with {flag}"
            ) from error
        return int(probe.getsockname()[1])


def make_folder(folder: Path) -> None:
    """Give an empty folder; what an earlier demo left there is removed.

    Raises DemoError for a folder with anything else in it, and when it cannot be made.
    """
    try:
        if folder.exists():
            if any(folder.iterdir()) and not (folder / MARK).exists():
                raise DemoError(
                    f"{folder} is not empty and no folder of the demo; name another one"
                )
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        (folder / MARK).write_text("Wiped at each start of `parlour demo`.\n")
    except OSError as error:
        raise DemoError(
            f"{folder} cannot be used ({error.strerror}); name another folder"
        ) from error


def write_settings(folder: Path, ports: Ports, smarthost: int) -> Path:
    """Write the settings of the demo's site; gives the file."""
    text = resources.files("gateway.demo").joinpath("story/parlour.toml").read_text()
    settings = folder / "parlour.toml"
    settings.write_text(
        Template(text).substitute(
            base_url=ports.base_url,
            secret=secrets.token_urlsafe(32),
            smtp=f"{HOST}:{ports.smtp}",
            web=f"{HOST}:{ports.web}",
            host=HOST,
            smarthost=smarthost,
            authserv_id=AUTHSERV_ID,
        )
    )
    settings.chmod(0o600)
    return settings


@contextmanager
def logging_into(file: Path) -> Iterator[None]:
    """Send standard error to a file, that of child processes too.

    A visitor looks at a few plain lines; the log is there for those who want it.
    """
    before = os.dup(2)
    with file.open("ab") as log:
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(before, 2)
        os.close(before)

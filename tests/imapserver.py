"""An IMAP server for tests: Debian's Dovecot on loopback, else pymap from pip.

    with imap_server() as server:
        box = server.account()              # a fresh user with an empty INBOX
        box.append(b"From: ...")            # deliver a mail
        [mail] = box.mails("INBOX")         # what lies in a folder

Every user has the password `server.password`. With CI set a test that needs what is not
there fails rather than skips.
"""

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

import imapclient

from tests.sink import LOOPBACK_PEM

HOST = "127.0.0.1"
PASSWORD = "only-for-tests"
SECONDS = 30
DOVECOT = "/usr/sbin/dovecot"
PYMAP = "import sys; from pymap.main import main; sys.exit(main())"
#: What Debian's Dovecot 2.3 offers, so that a test can take something out.
OFFERS = [
    "IMAP4rev1",
    "SASL-IR",
    "LOGIN-REFERRALS",
    "ID",
    "ENABLE",
    "IDLE",
    "SORT",
    "THREAD=REFERENCES",
    "MULTIAPPEND",
    "URL-PARTIAL",
    "CATENATE",
    "UNSELECT",
    "CHILDREN",
    "NAMESPACE",
    "UIDPLUS",
    "LIST-EXTENDED",
    "I18NLEVEL=1",
    "CONDSTORE",
    "QRESYNC",
    "ESEARCH",
    "ESORT",
    "SEARCHRES",
    "WITHIN",
    "CONTEXT=SEARCH",
    "LIST-STATUS",
    "BINARY",
    "MOVE",
    "SPECIAL-USE",
]


@dataclass(frozen=True, slots=True)
class Lying:
    """A mail as it lies in a folder."""

    uid: int
    raw: bytes
    flags: frozenset[str]
    at: datetime


@dataclass(frozen=True)
class Account:
    """A user of the server."""

    server: "Server"
    name: str

    @contextlib.contextmanager
    def client(self) -> Iterator[imapclient.IMAPClient]:
        """A client that is logged in."""
        client = imapclient.IMAPClient(
            self.server.host, self.server.port, ssl=False, timeout=SECONDS
        )
        client.normalise_times = False
        with client:
            client.login(self.name, self.server.password)
            yield client

    def append(
        self, *mails: bytes, folder: str = "INBOX", at: datetime | None = None
    ) -> None:
        """Put mails into a folder, as a delivery does."""
        with self.client() as client:
            if not client.folder_exists(folder):
                # Somebody who looks at that moment may have made it.
                with contextlib.suppress(imapclient.exceptions.IMAPClientError):
                    client.create_folder(folder)
            for mail in mails:
                client.append(folder, mail, msg_time=at)

    def mails(self, folder: str = "INBOX") -> list[Lying]:
        """Give what lies in a folder, oldest first; nothing when there is none."""
        with self.client() as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            uids = client.search()
            wanted = ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"]
            found = client.fetch(uids, wanted) if uids else {}
        return [
            Lying(
                uid,
                data[b"BODY[]"],
                frozenset(flag.decode() for flag in data[b"FLAGS"]),
                data[b"INTERNALDATE"],
            )
            for uid, data in sorted(found.items())
        ]

    def drop(self, mail: bytes) -> None:
        """Put a file into the inbox, which may be what no server would append."""
        if not isinstance(self.server, Dovecot):
            say_missing()
        self.server.drop(self.name, mail)

    def renumber(self, folder: str = "INBOX") -> None:
        """Give a folder another UIDVALIDITY, as servers do that lost their index."""
        if not isinstance(self.server, Dovecot):
            say_missing()
        self.server.renumber(self.name, folder)


@dataclass(kw_only=True)
class Server:
    """A server that runs."""

    host: str = HOST
    port: int = 0
    tls_port: int = 0
    """TLS from the first octet, with the certificate of tests/loopback.pem; 0: none."""
    password: str = PASSWORD
    is_dovecot: bool = False
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def account(self) -> Account:
        """Give a user that nobody had before."""
        return Account(self, f"user{next(self._numbers)}@acme.example")


def has_dovecot() -> bool:
    """Say whether Debian's Dovecot is installed."""
    return Path(DOVECOT).exists()


@contextlib.contextmanager
def imap_server(without: Iterable[str] = (), extra: str = "") -> Iterator[Server]:
    """Start a server; `without` names capabilities that it shall not offer.

    `extra` is more configuration for Dovecot, which then must be there.
    """
    left_out = set(without)
    if has_dovecot():
        server = Dovecot(without=left_out, extra=extra)
        with server:
            yield server
    elif not left_out and not extra and _has_pymap():
        with Pymap() as server:
            yield server
    else:
        say_missing()


def say_missing() -> None:
    """Skip a test that needs Dovecot; in CI it fails."""
    import pytest  # noqa: PLC0415 (the bench has none)

    said = "no Dovecot: install Debian's dovecot-imapd"
    if os.environ.get("CI"):
        pytest.fail(said)
    pytest.skip(said)


@dataclass(kw_only=True)
class Dovecot(Server):
    """Debian's Dovecot with a configuration of its own; users are made as they come."""

    without: set[str] = field(default_factory=set)
    is_dovecot: bool = True
    extra: str = ""
    """More configuration, at the end."""
    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # A short path: names of sockets may have 107 octets.
        self._folder = Path(tempfile.mkdtemp(prefix="parlour-imap-", dir="/tmp"))
        self._folder.chmod(0o755)
        self.port, self.tls_port = _free_port(), _free_port()
        self._mail = self._folder / "mail"
        self._mail.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self._mail, *_user())
        (self._folder / "conf").write_text(self._configuration())
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        """Start, or start again with the same ports and mail."""
        with (self._folder / "out").open("ab") as out:
            self._process = subprocess.Popen(
                [*_dies_with_us(), DOVECOT, "-F", "-c", self._folder / "conf"],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                # A group of its own: sessions outlive the master by ten seconds.
                start_new_session=True,
            )
        _await(self.port, self._process, self._folder)

    def stop(self) -> None:
        """End it and every session."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(SECONDS)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None

    def drop(self, name: str, mail: bytes) -> None:
        """Deliver a file as Maildir does: written beside, then renamed."""
        box = self._mail / name
        if not (box / "new").exists():
            with Account(self, name).client() as client:
                client.select_folder("INBOX")
        file = f"{time.time_ns()}.drop"
        (box / "tmp" / file).write_bytes(mail)
        (box / "tmp" / file).chmod(0o644)
        (box / "tmp" / file).rename(box / "new" / file)

    def renumber(self, name: str, folder: str) -> None:
        """Give a folder another UIDVALIDITY."""
        place = self._mail / name / ("" if folder == "INBOX" else f".{folder}")
        listing = place / "dovecot-uidlist"
        head, _, _ = listing.read_text().partition("\n")
        words = [
            f"V{int(word[1:]) + 7}" if word.startswith("V") else word
            for word in head.split(" ")
        ]
        for index in place.glob("dovecot.index*"):
            index.unlink()
        # Only the head: the mails get new numbers too.
        words = ["N1" if word.startswith("N") else word for word in words]
        listing.write_text(" ".join(words) + "\n")

    def _configuration(self) -> str:
        owner, group = _user()
        root = os.geteuid() == 0
        login = "dovenull" if root else owner
        internal = "dovecot" if root else owner
        offers = " ".join(word for word in OFFERS if word not in self.without)
        chroot = "" if root else "chroot ="
        return f"""
base_dir = {self._folder}/run
state_dir = {self._folder}/state
log_path = {self._folder}/log
protocols = imap
listen = {HOST}
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {internal if root else group}
first_valid_uid = 1
mail_uid = {owner}
mail_gid = {group}
mail_location = maildir:~/
mailbox_list_index = no
mailbox_idle_check_interval = 1s
mail_max_userip_connections = 1000
maildir_stat_dirs = no
mail_fsync = never
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
ssl = yes
ssl_cert = <{LOOPBACK_PEM}
ssl_key = <{LOOPBACK_PEM}
ssl_dh =
passdb {{
  driver = static
  args = password={self.password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={self._mail}/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
protocol imap {{
  imap_capability = {offers}
}}
service imap-login {{
  {chroot}
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  {chroot}
}}
{self.extra}
"""


def _user() -> tuple[str, str]:
    """Give whom the mail belongs to: Dovecot refuses root."""
    names = ("nobody",) if os.geteuid() == 0 else (pwd.getpwuid(os.geteuid()).pw_name,)
    import grp  # noqa: PLC0415 (there is none on other systems)

    user = pwd.getpwnam(names[0])
    return user.pw_name, grp.getgrgid(user.pw_gid).gr_name


def _dies_with_us() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    ends = time.monotonic() + SECONDS
    while True:
        try:
            with socket.create_connection((HOST, port), timeout=5) as connection:
                if connection.recv(1):
                    return
        except OSError:
            pass
        if process.poll() is not None or time.monotonic() > ends:
            said = [
                path.read_text() for path in folder.glob("[ol]o*") if path.is_file()
            ]
            said += [(folder / "out").read_text()]
            raise RuntimeError("".join(said))
        time.sleep(0.02)


def _has_pymap() -> bool:
    try:
        import pymap  # noqa: F401, PLC0415 (asked only where there is no Dovecot)
    except ImportError:
        return False
    return True


class Pymap(Server):
    """The server from pip, which knows one user: a process for each."""

    def __enter__(self) -> Self:
        self._lives = contextlib.ExitStack()
        return self

    def __exit__(self, *_: object) -> None:
        self._lives.close()

    def account(self) -> Account:
        """Start a server for a user that nobody had before."""
        account = super().account()
        port = _free_port()
        folder = Path(tempfile.mkdtemp(prefix="parlour-imap-"))
        self._lives.callback(shutil.rmtree, folder)
        with (folder / "out").open("wb") as out:
            process = subprocess.Popen(
                [
                    *(*_dies_with_us(), sys.executable, "-c", PYMAP),
                    *("--host", HOST, "--port", str(port), "--no-tls", "dict"),
                    *("--demo-user", account.name, "--demo-password", self.password),
                ],
                stdout=out,
                stderr=out,
            )
        self._lives.callback(process.wait, SECONDS)
        self._lives.callback(process.terminate)
        _await(port, process, folder)
        return Account(Server(port=port), account.name)

"""A real Postfix of our own on loopback, set up by the lines of docs/mail-servers.md.

    with Postfix(relay=sink.port) as postfix:
        postfix.lmtp_socket             # where it hands the desk's mail over
        postfix.port                    # the world's door
        postfix.submission              # letters out: STARTTLS, and AUTH by Dovecot

Everybody but the desk is relayed to `relay`. It is ended by the pid of its master. With
CI set a test that needs what is not there fails rather than skips.
"""

import contextlib
import grp
import os
import pwd
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest

HOST = "127.0.0.1"
SECONDS = 60
PROGRAMS = Path("/usr/lib/postfix/sbin")
DOVECOT = Path("/usr/sbin/dovecot")
RECIPES = Path(__file__).parents[1] / "docs" / "mail-servers.md"
EDGE = "main.cf: unknown reply addresses are refused at the edge"
USER, PASSWORD = "parlour", "only for tests, söds"

#: What a private instance needs beside the recipes; later lines win.
_OWN = """
compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.acme.example
mydestination =
mynetworks =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtp_host_lookup = native
relayhost = [127.0.0.1]:{relay}
# So that a test need not wait for what comes again.
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
transport_retry_time = 1s
"""
_SERVICES = """
{port} inet n - - - - smtpd
cleanup unix n - - - 0 cleanup
qmgr unix n - - 1 1 qmgr
tlsmgr unix - - - 1000? 1 tlsmgr
rewrite unix - - - - - trivial-rewrite
bounce unix - - - - 0 bounce
defer unix - - - - 0 bounce
trace unix - - - - 0 bounce
verify unix - - - - 1 verify
flush unix n - - 1000? 0 flush
proxymap unix - - - - - proxymap
proxywrite unix - - - - 1 proxymap
smtp unix - - - - - smtp
relay unix - - - - - smtp
showq unix n - - - - showq
error unix - - - - - error
retry unix - - - - - error
discard unix - - - - - discard
lmtp unix - - - - - lmtp
anvil unix - - - - 1 anvil
scache unix - - - - 1 scache
postlog unix-dgram n - - - 1 postlogd
"""
_DOVECOT = """
base_dir = {folder}/dovecot
log_path = {folder}/dovecot.log
protocols =
auth_mechanisms = plain login
auth_failure_delay = 0
ssl = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
"""
_QUEUES = (
    *("incoming", "active", "deferred", "defer", "bounce", "trace", "hold", "flush"),
    *("corrupt", "saved", "private", "public"),
)


def recipes(title: str) -> str:
    """Give what stands in the recipes below this comment: `main.cf: submission`."""
    blocks = re.findall(
        r"^```\w*\n(.*?)^```", RECIPES.read_text(), re.MULTILINE | re.DOTALL
    )
    found = [block for block in blocks if block.startswith(f"# {title}\n")]
    assert found, f"docs/mail-servers.md has no block that begins with # {title}"
    return "".join(found)


def main_cf(*, edge: bool) -> str:
    """Give every line for main.cf that the recipes have, those about the edge if so."""
    titles = re.findall(r"^# (main\.cf: .*)$", RECIPES.read_text(), re.MULTILINE)
    assert EDGE in titles
    return "".join(recipes(title) for title in titles if edge or title != EDGE)


def require() -> None:
    """Skip a test that needs Postfix where it cannot be; in CI it fails."""
    missing = [
        said
        for said, there in (
            ("install Debian's postfix", (PROGRAMS / "master").exists()),
            ("install Debian's dovecot-core", DOVECOT.exists()),
            ("install openssl", shutil.which("openssl")),
            ("run as root: Postfix' master wants to", os.geteuid() == 0),
        )
        if not there
    ]
    if not missing:
        return
    said = f"no Postfix of our own: {'; '.join(missing)}"
    if os.environ.get("CI"):
        pytest.fail(said)
    pytest.skip(said)


def free_ports(count: int) -> list[int]:
    """Give ports that nobody has at this moment."""
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@dataclass
class Postfix:
    """Postfix and the Dovecot that checks its passwords; a context manager."""

    relay: int
    """Port of the server that gets everything but the desk's mail."""
    lmtp: str = ""
    """Where the desk's mail goes instead of the recipes' Unix socket."""
    edge: bool = False
    """Asks Parlour about recipients during the dialogue."""
    more: str = ""
    """Further lines of main.cf."""
    self_signed: bool = False
    """The certificate is nobody's but its own."""
    port: int = field(default=0, init=False)
    submission: int = field(default=0, init=False)

    def __enter__(self) -> Self:
        require()
        # A short name, and one that the user postfix may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="parlour-mx-", dir="/tmp"))
        with contextlib.ExitStack() as stack:
            stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
            self.folder.chmod(0o755)
            self.port, self.submission = free_ports(2)
            self._make_queue()
            _make_certificates(self.folder, self_signed=self.self_signed)
            self._write()
            self._run(stack, [DOVECOT, "-F", "-c", self.folder / "dovecot.conf"])
            self._await_file(self.spool / "private" / "auth")
            self._run(stack, [PROGRAMS / "master", "-c", self.folder / "etc", "-d"])
            self._await_greeting(self.port)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def spool(self) -> Path:
        """Its queue directory."""
        return self.folder / "spool"

    @property
    def lmtp_socket(self) -> Path:
        """Where it looks for Parlour."""
        return self.spool / "parlour" / "lmtp.sock"

    @property
    def ca(self) -> Path:
        """The certificate of who vouches for its own."""
        return self.folder / "ca.pem"

    def client(self, port: int | None = None) -> smtplib.SMTP:
        """Connect as the world does."""
        return smtplib.SMTP(HOST, port or self.port, "client.example", SECONDS)

    def queued(self) -> int:
        """Say how many mails it holds."""
        return sum(
            1
            for queue in ("incoming", "active", "deferred")
            for path in (self.spool / queue).rglob("*")
            if path.is_file()
        )

    def log(self) -> str:
        """Give what it has logged so far."""
        file = self.folder / "log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    # How it is made.

    def _make_queue(self) -> None:
        user, drop = pwd.getpwnam("postfix"), grp.getgrnam("postdrop").gr_gid
        (self.folder / "spool").mkdir(mode=0o755)
        for name in _QUEUES:
            (self.spool / name).mkdir(mode=0o700)
            os.chown(self.spool / name, user.pw_uid, 0)
        os.chown(self.spool / "public", user.pw_uid, drop)
        (self.spool / "public").chmod(0o2710)
        (self.spool / "pid").mkdir()
        (self.spool / "maildrop").mkdir()
        os.chown(self.spool / "maildrop", user.pw_uid, drop)
        (self.spool / "maildrop").chmod(0o1730)
        (self.folder / "data").mkdir(mode=0o700)
        os.chown(self.folder / "data", user.pw_uid, user.pw_gid)
        # As the recipe says, for a Parlour that runs as we do.
        self.lmtp_socket.parent.mkdir()
        os.chown(self.lmtp_socket.parent, os.geteuid(), user.pw_gid)
        self.lmtp_socket.parent.chmod(0o2750)

    def _write(self) -> None:
        etc = self.folder / "etc"
        etc.mkdir()
        own = _OWN.format(folder=self.folder, relay=self.relay)
        (etc / "main.cf").write_text(
            self._here(main_cf(edge=self.edge)) + own + self.more + "\n"
        )
        submission = recipes("master.cf: submission").replace(
            "\nsubmission ", f"\n{HOST}:{self.submission} "
        )
        services = _SERVICES.format(port=f"{HOST}:{self.port}")
        (etc / "master.cf").write_text(services + submission)
        for table in ("transport", "relay_recipients", "recipient_access"):
            text = recipes(table)
            if table == "transport" and self.lmtp:
                text = text.replace("lmtp:unix:parlour/lmtp.sock", self.lmtp)
            (etc / table).write_text(text)
            subprocess.run(
                ["/usr/sbin/postmap", "-c", etc, f"hash:{etc / table}"],
                check=True,
                timeout=SECONDS,
            )
        (self.folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}:::::\n")
        (self.folder / "users").chmod(0o644)
        (self.folder / "dovecot.conf").write_text(
            _DOVECOT.format(folder=self.folder) + self._here(recipes("dovecot.conf"))
        )

    def _here(self, text: str) -> str:
        text = text.replace("/var/spool/postfix", str(self.spool))
        for name in ("mx.pem", "mx.key"):
            text = text.replace(f"/etc/postfix/{name}", str(self.folder / name))
        return text.replace("/etc/postfix", str(self.folder / "etc"))

    def _run(self, stack: contextlib.ExitStack, command: list) -> None:
        setpriv = shutil.which("setpriv")
        dies_with_us = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
        with (self.folder / "out").open("ab") as out:
            process = subprocess.Popen(
                [*dies_with_us, *command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                # The master ends its process group.
                start_new_session=True,
            )
        stack.callback(_end, process)
        self._process = process

    def _await_file(self, path: Path) -> None:
        self._await(path.exists)

    def _await_greeting(self, port: int) -> None:
        def greets() -> bool:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.client(port).quit()
                return True
            return False

        self._await(greets)

    def _await(self, is_so) -> None:
        ends = time.monotonic() + SECONDS
        while not is_so():
            if self._process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError((self.folder / "out").read_text() + self.log())
            time.sleep(0.02)


def _end(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _make_certificates(folder: Path, *, self_signed: bool) -> None:
    """Make an authority, and by it the certificate of localhost; or one by itself."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    name = ["-addext", "subjectAltName=DNS:localhost,DNS:mx.acme.example"]
    issuer = ["-CA", "ca.pem", "-CAkey", "ca.key"]
    made = [["-subj", "/CN=Acme tests", "-keyout", "ca.key", "-out", "ca.pem"]]
    mine = ["-subj", "/CN=mx.acme.example", "-keyout", "mx.key", "-out", "mx.pem"]
    leaf = ["-addext", "basicConstraints=critical,CA:FALSE"]
    made.append([*mine, *name, *([] if self_signed else [*issuer, *leaf])])
    for options in made:
        subprocess.run(
            ["openssl", "req", "-x509", "-days", "2", *key, *options],
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=SECONDS,
        )

"""Runs `parlour` as its users do: as a process, with a settings file of its own."""

import os
import queue
import signal
import smtplib
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECRET = "k3epm3s4fek3epm3s4fek3epm3s4fe-0"
SECONDS = 60


def write_settings(folder, database="sqlite:///data/parlour.db", more="", top=""):
    """Write a settings file whose doors take any free port."""
    path = folder / "parlour.toml"
    path.write_text(
        f"""
secret = "{SECRET}"
{top}
[database]
url = "{database}"
[smtp]
listen = "127.0.0.1:0"
[web]
listen = "127.0.0.1:0"
[outbound]
host = "127.0.0.1"
port = 9
[[desk]]
address = "support@acme.example"
team = ["Ana Ruiz <ana@acme.example>"]
{more}
"""
    )
    return path


def parlour_variables():
    """Name the settings of whoever runs the tests."""
    return [name for name in os.environ if name.startswith("PARLOUR_")]


def environment(**more):
    """Give what a command needs, and no setting of whoever runs the tests."""
    kept = {k: v for k, v in os.environ.items() if k not in parlour_variables()}
    return kept | {"PYTHONPATH": str(ROOT)} | more


def parlour(*arguments, folder, stdin="", **variables):
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "gateway.cli", *arguments],
        cwd=folder,
        env=environment(**variables),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


class Served:
    """A `parlour serve` that is read line by line; ended with the test."""

    def __init__(self, settings, *arguments, **variables):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "serve", *arguments],
            cwd=settings.parent,
            env=environment(PARLOUR_CONFIG=str(settings), **variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.log = []
        self._said = queue.SimpleQueue()
        self._readers = [
            threading.Thread(
                target=self._read, args=(self.process.stdout, self._said.put)
            ),
            threading.Thread(
                target=self._read, args=(self.process.stderr, self.log.append)
            ),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(SECONDS)

    @staticmethod
    def _read(stream, tell):
        with stream:
            for line in stream:
                tell(line.rstrip("\n"))
        tell("(the end)")

    def ready(self):
        """Wait until it is; give the port of each door, or its Unix socket."""
        ports = {}
        while (line := self._said.get(timeout=SECONDS)) != "ready":
            assert line != "(the end)", self.log
            door, _, place = line.partition(" listening on ")
            port = place.rpartition(":")[2]
            ports[door] = int(port) if port.isdigit() else port
        return ports

    def tell(self, number):
        self.process.send_signal(number)

    def ended(self):
        """Wait until it ends; give its exit status."""
        return self.process.wait(SECONDS)

    def logged(self, words):
        """Wait for a line of the log."""
        return until(lambda: next((line for line in self.log if words in line), None))

    def children(self):
        return children(self.process.pid)


def until(look):
    """Look until there is something to see."""
    ends = time.monotonic() + SECONDS
    while not (found := look()):
        assert time.monotonic() < ends, f"never came: {look}"
        time.sleep(0.02)
    return found


def children(pid):
    """Give the processes that this one started."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


def is_alive(pid):
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def end(pid):
    os.kill(pid, signal.SIGKILL)


def send(port, text="Hello, it does not work.", subject="Broken"):
    """Send a mail to the desk; give the reply code."""
    mail = (
        f"From: Carla <carla@customer.example>\r\nTo: support@acme.example\r\n"
        f"Subject: {subject}\r\n"
        f"Message-ID: <{time.monotonic_ns()}@customer.example>\r\n"
        f"\r\n{text}\r\n"
    )
    with smtplib.SMTP("127.0.0.1", port, timeout=SECONDS) as smtp:
        smtp.ehlo("customer.example")
        for code, _ in (
            smtp.mail("carla@customer.example"),
            smtp.rcpt("support@acme.example"),
        ):
            if code != 250:
                return code
        return smtp.data(mail.encode())[0]

"""A site under siege: `parlour serve` that is killed or halted, and patient senders.

The senders behave as mail servers do: a mail without a 250 is offered again later, the
very same octets under the same Message-ID. Now and then one hangs up behind the last
dot, before it can hear the 250.
"""

import contextlib
import os
import queue
import random
import signal
import smtplib
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tests.cli.served import Served, children, is_alive, until

HOST = "127.0.0.1"
LONG = bool(os.environ.get("PARLOUR_LONG_SIEGE"))
"""`make kills` lays a long siege; any other run of the tests lays a short one."""
_ANSWER_SECONDS = 30
_FINISH_SECONDS = 120


class Victim(StrEnum):
    """Whom a kill ends."""

    EVERYTHING = "everything"
    DOORS = "doors"
    """The process that was started; the work stops by itself and is started anew."""
    WORK = "work"
    """Its parent starts it again."""
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill, and when its victims were dead."""

    victim: Victim
    at: float

    @property
    def ends_sending(self) -> bool:
        """Whether a mail may have been on its way to the smarthost."""
        return self.victim in {Victim.EVERYTHING, Victim.WORK}


@dataclass(frozen=True, slots=True)
class Halt:
    """A time in which no process of a site could do anything."""

    begun: float
    ended: float


@dataclass(kw_only=True)
class Site:
    """Parlour on ports that stay; started again when it was killed."""

    settings: Path
    chance: random.Random
    kills: list[Kill] = field(default_factory=list, init=False)
    slowest_start: float = field(default=0.0, init=False)
    """Seconds until the doors were open again."""

    def __enter__(self):
        with contextlib.ExitStack() as lives:
            self._served = lives.enter_context(Served(self.settings))
            self._ports = self._served.ready()
            self._lives = lives.pop_all()
        self._opens = False
        return self

    def __exit__(self, *_):
        # What stands behind the doors ends by itself when they are gone.
        family = self._family()
        self._lives.close()
        until(lambda: not any(map(is_alive, family)))

    @property
    def port(self):
        """Where mail is taken."""
        return self._ports["smtp"]

    @property
    def log(self):
        """What this life has logged so far."""
        return self._served.log

    def ready(self):
        """Wait until the doors are open, if they are about to open."""
        if self._opens:
            self._served.ready()
            self._opens = False
            waited = time.monotonic() - self.kills[-1].at
            self.slowest_start = max(self.slowest_start, waited)

    def kill(self, victim):
        """End these processes by SIGKILL; start again what does not by itself."""
        pids = self._pids(victim)
        self.chance.shuffle(pids)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not any(map(is_alive, pids)))
        self.kills.append(Kill(victim, time.monotonic()))
        if victim in {Victim.EVERYTHING, Victim.DOORS}:
            self._again()

    @contextlib.contextmanager
    def halted(self):
        """Stop every process in the middle of what it does, and let it go on."""
        family = self._family()
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in family:
                os.kill(pid, signal.SIGCONT)

    def _again(self):
        ports = {
            f"PARLOUR_{door.upper()}__LISTEN": f"{HOST}:{port}"
            for door, port in self._ports.items()
        }
        self._served = self._lives.enter_context(Served(self.settings, **ports))
        self._opens = True

    def _family(self):
        doors = self._served.process.pid
        work = _children(doors)
        return [doors, *work, *(child for one in work for child in _children(one))]

    def _pids(self, victim):
        match victim:
            case Victim.EVERYTHING:
                return self._family()
            case Victim.DOORS:
                return self._family()[:1]
            case Victim.WORK:
                return until(lambda: self._family()[1:2])
            case Victim.READER:
                return until(lambda: self._family()[2:3])


def _children(pid):
    try:
        return children(pid)
    except FileNotFoundError:
        return []  # It ended while we looked.


@dataclass(slots=True)
class Mail:
    """One mail on its way to the site."""

    message_id: str
    sender: str
    recipient: str
    octets: bytes
    hangs_up: bool = False
    """Its first try ends behind the last dot, before the answer."""
    tries: int = 0


def submit(port, mail):
    """Offer a mail once; says whether 250 was heard."""
    try:
        with smtplib.SMTP(HOST, port, "client.example", _ANSWER_SECONDS) as smtp:
            mail.tries += 1
            smtp.ehlo_or_helo_if_needed()
            for code, said in (
                smtp.mail(mail.sender),
                smtp.rcpt(mail.recipient),
                smtp.docmd("DATA"),
            ):
                if code not in {250, 354}:
                    return _is_taken(code, said)
            smtp.send(mail.octets + b".\r\n")
            if mail.hangs_up and mail.tries == 1:
                smtp.close()
                return False
            return _is_taken(*smtp.getreply())
    except (OSError, smtplib.SMTPException):
        return False


def _is_taken(code, said):
    # Nothing is wrong with these mails: no fault of ours may cost one (promises R5).
    assert code < 500, (code, said)
    return code == 250


class Senders:
    """Mail servers that hold mails for a site; `release` lets some of them go."""

    def __init__(self, mails, chance, *, port, threads=3):
        self._port = port
        self._waiting = queue.SimpleQueue()
        for mail in mails:
            self._waiting.put(mail)
        self._may = threading.Semaphore(0)
        self._faults = []
        self._threads = [
            threading.Thread(target=self._run, args=(random.Random(chance.random()),))
            for _ in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def release(self, count):
        """Let so many more mails go."""
        self._may.release(count)

    def finish(self):
        """Wait until every mail is answered 250."""
        self._may.release(len(self._threads))
        for thread in self._threads:
            thread.join(_FINISH_SECONDS)
            assert not thread.is_alive(), "a mail is never answered"
        assert not self._faults, self._faults

    def _run(self, chance):
        try:
            while mail := self._next():
                while not submit(self._port(), mail):
                    time.sleep(chance.uniform(0.05, 0.4))
                # They come one by one, not in a heap.
                time.sleep(chance.uniform(0, 0.3))
        except Exception as fault:
            self._faults.append(fault)

    def _next(self):
        self._may.acquire()
        with contextlib.suppress(queue.Empty):
            return self._waiting.get(block=False)
        return None

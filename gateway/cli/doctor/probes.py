"""Sends probes through the smarthost and watches the journal for what comes back."""

import contextlib
import smtplib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.activities import probe
from gateway.activities.house import House
from gateway.activities.probe import Probe
from gateway.outbound.courier import (
    Courier,
    Later,
    Never,
    Parcel,
    Sent,
    Unreachable,
)
from gateway.outbound.smarthost import AwayError, Smarthost, enter
from gateway.outbound.splice import header
from gateway.routing.desk import Desk
from parsers.mail import ParsedMail, read
from parsers.reply_address import ReplyAddress
from storage import journal
from storage.journal import Inbound

LOOK_SECONDS = 0.2
_MOST_OCTETS = 200_000
"""What comes of a probe is small; larger mails are not looked into."""
_OVERLAP = 200
_SECONDS = 10.0
_REFUSED = 400
_SHOWN_LETTERS = 200


@dataclass(frozen=True, slots=True)
class Back:
    """It came back as it was sent."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Bare:
    """It came back without its token."""

    to: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Somebody said no: the smarthost at once, or a server in a report."""

    said: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing was heard of it in time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class NotSent:
    """The smarthost is away, so nothing can be said of the address."""

    reason: str


Answer = Back | Bare | Refused | Lost | NotSent


@dataclass(slots=True)
class Trial:
    """One form of reply address of one desk, tried by one mail."""

    desk: Desk
    reply: ReplyAddress
    sent: Probe
    sent_at: float = 0.0
    answer: Answer | None = None


@dataclass(kw_only=True)
class Mailer:
    """Sends probes and waits for them; nothing of it goes through the outbox."""

    house: House
    smarthost: Smarthost
    clock: Callable[[], datetime]
    wait: float
    _courier: Courier = field(init=False)
    _newest: int = field(init=False, default=0)
    _seen: set[int] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        """Connect to nothing yet."""
        self._courier = Courier(self.smarthost)

    def close(self) -> None:
        """Hang up."""
        self._courier.close()

    def run(self, trials: Sequence[Trial]) -> None:
        """Try all of them at once; each has its answer afterwards."""
        with self.house.database.reading() as session:
            self._newest = journal.newest(session)
            self._seen.clear()
        for trial in trials:
            self._send(trial)
        ends = time.monotonic() + self.wait
        while any(trial.answer is None for trial in trials):
            self._look(trials)
            if time.monotonic() > ends:
                break
            time.sleep(LOOK_SECONDS)
        for trial in trials:
            trial.answer = trial.answer or Lost(self.wait)

    def _send(self, trial: Trial) -> None:
        to = trial.reply.write(trial.sent.token)
        text = probe.write(
            trial.sent,
            sender=trial.desk.address,
            to=to,
            domain=trial.reply.domain,
            now=self.clock(),
        )
        if not trial.reply.is_plain and (
            said := self._refuses_to_send(to, trial.desk.address)
        ):
            trial.answer = Refused(f"as the sender of letters: {said}")
            return
        trial.sent_at = time.monotonic()
        # Reports come to the plain address: whether others work is the question.
        parcel = Parcel(0, trial.desk.address, to, header(to) + text)
        match self._courier.carry(parcel):
            case Sent():
                pass
            case Never(_, reply) | Later(reply):
                trial.answer = Refused(reply)
            case Unreachable(reason):
                trial.answer = NotSent(reason)

    def _refuses_to_send(self, sender: str, to: str) -> str:
        """Ask whether the smarthost takes mail from such an address, as letters are.

        Gives what it said if not; nothing is sent. Many providers let somebody send
        only as an address that they know, and some say so at RCPT.
        """
        try:
            with contextlib.closing(enter(self.smarthost, _SECONDS)) as smtp:
                if smtp.sock is not None:
                    smtp.sock.settimeout(_SECONDS)
                code, said = smtp.mail(sender)
                if code < _REFUSED:
                    code, said = smtp.rcpt(to)
        except (AwayError, OSError, smtplib.SMTPException):
            return ""  # The courier will say so.
        if code < _REFUSED:
            return ""
        return f"{code} {said.decode('utf-8', 'replace')}"[:_SHOWN_LETTERS]

    def _look(self, trials: Sequence[Trial]) -> None:
        """Look at what came into the journal since the last look."""
        with self.house.database.reading() as session:
            rows = journal.since(session, self._newest, largest=_MOST_OCTETS)
            new = [row for row in rows if row.id not in self._seen]
            mails = [(row, self._octets(row)) for row in new]
        self._seen.update(row.id for row in new)
        # Two doors may write at once, and the later number be seen first.
        self._newest = max(self._newest, max(self._seen, default=0) - _OVERLAP)
        for row, octets in mails:
            for trial in trials:
                if trial.answer is None:
                    trial.answer = self._told(trial, row, octets)

    def _octets(self, row: Inbound) -> bytes:
        return journal.octets(row, self.house.blobs)

    def _told(self, trial: Trial, row: Inbound, octets: bytes) -> Answer | None:
        """Say what a mail tells of a probe; None for nothing."""
        seconds = time.monotonic() - trial.sent_at
        number, token = trial.sent.number, trial.sent.token
        if probe.in_addresses(self.house, row.recipients) == number:
            return Back(seconds)
        if token.encode() not in octets.lower():
            return None
        mail = read(octets, envelope_sender=row.sender)
        if probe.in_mail(self.house, mail) != number:
            return None
        if mail.bounce.is_:
            return _refusal(mail)
        if mail.automatic.kind == "reply":
            return None  # Somebody's absence note, from where the probe lies now.
        is_plain = trial.reply.is_plain
        return Back(seconds) if is_plain else Bare(", ".join(row.recipients))


def _refusal(mail: ParsedMail) -> Refused | None:
    """Read a report; None for one that only says that it takes longer."""
    said = [each for each in mail.bounce.recipients if each.action != "delayed"]
    if mail.bounce.recipients and not said:
        return None
    words = next((each.diagnostic or each.status for each in said), "a report")
    return Refused(" ".join(words.split())[:_SHOWN_LETTERS])

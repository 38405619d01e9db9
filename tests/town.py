"""A town for stories: Parlour behind a real SMTP door, a smarthost, and people.

People write through the door by smtplib and read what the smarthost got. Time stands
still unless a test moves it. Everything else is the real thing.
"""

import asyncio
import re
import smtplib
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Self

from sqlalchemy import func, select, text

from digests import schedule
from gateway.activities import bounces, former
from gateway.activities.confirming import let_through
from gateway.activities.domains import hold_back
from gateway.activities.explain import Explained, explain
from gateway.activities.house import House
from gateway.activities.letters import may_go
from gateway.activities.process import offered_of, process_some
from gateway.activities.reading import Reader
from gateway.inbound.receive import Journalist
from gateway.inbound.recipients import Recipients
from gateway.inbound.smtp import Door, Manners
from gateway.outbound.dispatch import Dispatch
from gateway.routing.decision import Post
from gateway.routing.desk import Desk, Desks
from gateway.routing.limits import Limits
from parsers.address import Mailbox
from parsers.message_id import Ids
from parsers.reply_address import ReplyAddress, Sealer
from storage import acceptance, journal, lease, ledger, outbox, waiting
from storage.acceptance import Entry
from storage.blobs import Blobs
from storage.database import Database
from storage.event import Event, Kind
from storage.journal import Inbound, State
from storage.outbox import Progress
from storage.roster import address_of
from storage.wake import Wake
from tests.carrier import Carrier
from tests.cli.served import until
from tests.sink import Kept, Sink

ACME = Desk(
    name="Acme Support",
    address="support@acme.example",
    reply=ReplyAddress("support+{token}@acme.example"),
    team=(
        Mailbox("Ana Ruiz", "ana@acme.example"),
        Mailbox("Bo Berg", "bo@acme.example"),
    ),
    staff_domains=("acme.example",),
)
_PATIENCE = 30.0
# Python folds an id of 78 letters into something else; mail programs do not.
_WRITTEN = policy.SMTP.clone(max_line_length=998)


@dataclass(frozen=True)
class Letter:
    """One mail as its reader sees it."""

    kept: Kept
    mail: EmailMessage

    @property
    def to(self) -> str:
        """The one recipient."""
        return self.kept.rcpt

    @property
    def kind(self) -> str:
        """X-Parlour-Kind."""
        return str(self.mail["X-Parlour-Kind"])

    @property
    def text(self) -> str:
        """The text twin."""
        return self.mail.get_body(("plain",)).get_content()

    def link(self, letter: str, purpose: str = "") -> str:
        """The token of the first link to these pages, of their own purpose letter."""
        own = purpose or letter
        found = re.search(rf"/{letter}/({own}-[a-z2-7]{{26}})", self.text)
        assert found, f"no /{letter}/ link in the {self.kind} to {self.to}"
        return found[1]


def read_letter(kept: Kept) -> Letter:
    """Read a mail as the sink kept it."""
    return Letter(kept, _mail_of(kept.octets))


@dataclass
class Town:
    """Parlour and its people; a context manager."""

    database_url: str
    folder: Path
    reader: Reader
    desks: Sequence[Desk] = (ACME,)
    limits: Limits = field(default_factory=Limits)
    trusted: tuple[str, ...] = ()
    sealers: tuple[str, ...] = ()
    """Whose Authentication-Results are believed."""
    trusted_peers: tuple[str, ...] = ("127.0.0.0/8",)
    mailboxes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Whose Authentication-Results are believed in which mailbox."""
    now: datetime = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)
    secret: str = "a secret for tests, long enough to be taken"
    carrier: Carrier = field(default_factory=Carrier)
    """By which way mail comes and letters go."""
    letters: list[Letter] = field(default_factory=list, init=False)
    """Every letter that the smarthost got, in order."""
    rules: list[str] = field(default_factory=list, init=False)
    """The rules that decided, mail by mail."""
    wrote: dict[str, bytes] = field(default_factory=dict, init=False)
    """The newest mail that somebody wrote, by address."""
    _mails: int = field(default=0, init=False)

    def __enter__(self) -> Self:
        self.database = Database(self.database_url)
        self.sink = Sink(port=self.carrier.sink_port)
        self.sink.__enter__()
        wake = Wake(self.database)
        sealer = Sealer(self.secret)
        self.house = House(
            database=self.database,
            blobs=Blobs(self.folder / "blobs"),
            wake=wake,
            desks=Desks(self.desks),
            sealer=sealer,
            ids=Ids(sealer),
            base_url="http://127.0.0.1:8080",
            limits=self.limits,
            chance=_counted_chance(),
            authserv_ids=self.trusted,
            arc_sealers=self.sealers,
            mailbox_authserv_ids=self.mailboxes,
        )
        self._open_door()
        self._start_dispatch(wake, sealer)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self.house.wake.tell()
        self._dispatcher.join()
        self._ask(self._door.stop())
        self.carrier.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._door_thread.join()
        self._loop.close()
        self._journalist.close()
        self.house.wake.close()
        self.sink.__exit__()
        self.database.close()

    def _open_door(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._door_thread = threading.Thread(target=self._loop.run_forever)
        self._door_thread.start()
        self._journalist = Journalist(self.database, self.house.blobs)
        self._door = Door(
            self._journalist,
            Recipients(self.house.desks, self.house.sealer),
            manners=Manners(
                hostname="mail.acme.example",
                trusted_peers=self.trusted_peers,
                is_lmtp=self.carrier.is_lmtp,
            ),
            limits=self.limits,
            clock=lambda: self.now,
        )
        self.port = self._ask(self.carrier.open(self._door))

    def _ask(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_PATIENCE)

    def _start_dispatch(self, wake: Wake, sealer: Sealer) -> None:
        self._stop = threading.Event()

        dispatch = Dispatch(
            database=self.database,
            wake=wake,
            sealer=sealer,
            smarthost=self.carrier.smarthost(self.sink),
            node="town",
            clock=lambda: self.now,
            # Looked up each time: a test may change the house.
            on_refusal=lambda number, **said: bounces.refused(
                self.house, number, **said
            ),
            may_go=lambda to, octets: may_go(self.house, to, octets),
            hold_back=lambda *claimed: hold_back(self.house.limits, *claimed),
        )
        self._dispatcher = threading.Thread(target=dispatch.run, args=(self._stop,))
        self._dispatcher.start()

    # What people do.

    def write(
        self,
        sender: str,
        to: str,
        subject: str,
        text: str,
        *,
        headers: Sequence[tuple[str, str]] = (),
        envelope_sender: str | None = None,
        recipients: Sequence[str] | None = None,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> list[Letter]:
        """Write a new mail; gives the letters that it caused."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        self._stamp(mail, headers)
        mail.set_content(text)
        _attach(mail, files)
        ours = recipients if recipients is not None else [parseaddr(to)[1]]
        own = parseaddr(sender)[1]
        return self.deliver(
            mail.as_bytes(policy=_WRITTEN),
            envelope_sender if envelope_sender is not None else own,
            ours,
        )

    def reply(
        self,
        sender: str,
        text: str,
        *,
        to: Letter | None = None,
        headers: Sequence[tuple[str, str]] = (),
        envelope_sender: str | None = None,
        also: Sequence[str] = (),
        forgets: Sequence[str] = (),
        files: Sequence[tuple[str, bytes]] = (),
    ) -> list[Letter]:
        """Press reply on a letter, the last one by default, and type a text above.

        `also` are further envelope recipients; `forgets` names headers that the mail
        program does not write, and `headers` with the same names replace its own.
        """
        letter = to or self.last(parseaddr(sender)[1])
        mail = reply_mail(letter, sender, text)
        for name in (*forgets, *(name for name, _ in headers)):
            if name.lower() != "cc":
                del mail[name]
        self._stamp(mail, headers)
        _attach(mail, files)
        own = parseaddr(sender)[1]
        return self.deliver(
            mail.as_bytes(policy=_WRITTEN),
            envelope_sender if envelope_sender is not None else own,
            [parseaddr(reply_address(letter))[1], *also],
        )

    def write_past_us(
        self,
        sender: str,
        to: str,
        subject: str,
        text: str,
        *,
        files: Sequence[tuple[str, bytes]] = (),
    ) -> None:
        """Write a mail that never comes to us; somebody may forward it."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        self._stamp(mail, ())
        mail.set_content(text)
        _attach(mail, files)
        self.wrote[parseaddr(sender)[1]] = mail.as_bytes(policy=policy.SMTP)

    def forward(
        self,
        sender: str,
        writer: str,
        to: str,
        text: str,
        *,
        attached: bool = False,
        headers: Sequence[tuple[str, str]] = (),
    ) -> list[Letter]:
        """Forward the newest mail of somebody, as its text or as it is."""
        original = _mail_of(self.wrote[writer])
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, to
        mail["Subject"] = f"Fwd: {original['Subject']}"
        self._stamp(mail, headers)
        head = "".join(
            f"{name}: {original[name]}\n" for name in ("From", "Date", "Subject", "To")
        )
        body = original.get_body(("plain",)).get_content()
        below = f"---------- Forwarded message ---------\n{head}\n{body}"
        mail.set_content(text if attached else f"{text}\n\n{below}")
        if attached:
            mail.add_attachment(original)
        return self.deliver(
            mail.as_bytes(policy=policy.SMTP), parseaddr(sender)[1], [to]
        )

    def by_hand(
        self,
        sender: str,
        to: str,
        text: str,
        *,
        subject: str = "",
        answers: Letter | None = None,
        headers: Sequence[tuple[str, str]] = (),
        forgets: Sequence[str] = (),
        desk: str = "support@acme.example",
        copy_to: Sequence[str] = (),
    ) -> list[Letter]:
        """Write from a mailbox that we watch, past us; it lies in its sent folder.

        It answers what `answers` is, else the newest mail that its reader wrote.
        `copy_to` are addresses of ours that get it by the door too, afterwards.
        """
        mail = self.mail_by_hand(sender, to, text, subject=subject, answers=answers)
        for name in (*forgets, *(name for name, _ in headers)):
            if name.lower() != "cc":
                del mail[name]
        self._stamp(mail, headers)
        octets = mail.as_bytes(policy=_WRITTEN)
        letters = self.find_sent(octets, desk=desk)
        if copy_to:
            letters += self.deliver(octets, parseaddr(sender)[1], copy_to)
        return letters

    def mail_by_hand(
        self,
        sender: str,
        to: str,
        text: str,
        *,
        subject: str = "",
        answers: Letter | None = None,
    ) -> EmailMessage:
        """Write what a mail program sends when somebody answers in it."""
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, to
        own = self.wrote.get(parseaddr(to)[1])
        last = answers.mail if answers else own and _mail_of(own)
        base = str(last["Subject"]).removeprefix("Re: ") if last else "Hello"
        mail["Subject"] = subject or f"Re: {base}"
        if last is not None:
            mail["In-Reply-To"] = str(last["Message-ID"])
            before = f"{last['References'] or ''} {last['Message-ID']}"
            mail["References"] = before.strip()
        mail.set_content(text)
        return mail

    def find_sent(
        self, octets: bytes, *, desk: str = "support@acme.example"
    ) -> list[Letter]:
        """Put a mail into the journal as it is found in a folder of sent mail."""
        entry = acceptance.Entry(
            received_at=self.now,
            door="imap",
            peer="support@imap.acme.example/Sent",
            trusted=True,
            sender="",
            recipients=(desk,),
            raw=octets,
            values={"by_hand": True},
        )
        acceptance.keep(self.database, self.house.blobs, [entry])
        return self.settle()

    def _stamp(self, mail: EmailMessage, headers: Sequence[tuple[str, str]]) -> None:
        self._mails += 1
        given = {name.lower() for name, _ in headers}
        if "date" not in given:
            mail["Date"] = self.now
        if "message-id" not in given:
            mail["Message-ID"] = f"<{self._mails}.mail@people.example>"
        for name, value in headers:
            mail[name] = value

    def deliver(
        self, octets: bytes, sender: str, recipients: Sequence[str]
    ) -> list[Letter]:
        """Hand a mail to the door; gives the letters that it caused."""
        refused = self.carrier.bring(octets, sender, recipients)
        assert not refused, refused
        self.wrote[sender] = octets
        return self.settle()

    def fetched(
        self, octets: bytes, mailbox: str, sender: str, recipients: Sequence[str]
    ) -> list[Letter]:
        """Let a mail come out of a mailbox; gives the letters that it caused."""
        entry = Entry(
            received_at=self.now,
            door="imap",
            peer=mailbox,
            trusted=True,
            sender=sender,
            recipients=tuple(recipients),
            raw=octets,
        )
        acceptance.keep(self.database, self.house.blobs, [entry])
        return self.settle()

    def refuses(self, recipient: str) -> int | None:
        """Give the door's refusal of a recipient; None when it is taken."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=_PATIENCE) as smtp:
            smtp.ehlo()
            smtp.mail("somebody@elsewhere.example")
            code, _ = smtp.rcpt(recipient)
        return None if code == 250 else code

    def release(self, said: str = "admit") -> list[Letter]:
        """Do what `parlour inbound release [--as-written]` does to the newest mail."""
        with self.database.transaction() as session:
            newest = journal.listing(session, most=1)[0].id
            row = journal.by_id(session, newest)
            passed = let_through(row)
            released = {"released": said, **passed}
            journal.release(session, newest, released, by="cli", now=self.now)
        return self.settle()

    def tick(self, at: datetime | None = None) -> list[Letter]:
        """Do all that is due by now, as the schedule role does every half minute."""
        ran = schedule.run_due(
            self.house, at or self.now, node="town", clock=lambda: self.now
        )
        assert ran is not None, "another node has the lease"
        assert not [each.error for each in ran if each.error]
        return self.settle()

    def live(self, **span: float) -> list[Letter]:
        """Let time pass while the schedule role looks after what is due."""
        ends, letters = self.now + timedelta(**span), []
        while self.now < ends:
            self.now = min(ends, self.now + timedelta(hours=12))
            letters += self.tick()
        return letters

    # What happens then.

    def settle(self) -> list[Letter]:
        """Let Parlour work until nothing is left to do; gives the new letters."""
        self._settle()
        new = [read_letter(kept) for kept in self.sink.mails[len(self.letters) :]]
        self.letters += new
        return new

    def _settle(self) -> None:
        while True:
            until(self.carrier.is_idle)
            while self._process():
                pass
            self._wait_for_outbox()
            # What left may come back, as a bounce.
            if self.carrier.is_idle() and not self._pending():
                return

    def _process(self) -> bool:
        """One round; explain must have said beforehand what process then does."""
        pending = self._pending()
        if not pending:
            return False
        row = pending[0]
        mail = self.reader.read(journal.octets(row, self.house.blobs))
        explained = explain(self.house, offered_of(row), mail)
        expected = [each.rule for each in explained]
        with self.database.reading() as session:
            newest = session.scalar(select(func.max(Event.id))) or 0
        process_some(self.house, self.reader, node="town", clock=lambda: self.now)
        settled = self.inbound(row.id)
        unruled = {State.PENDING, State.FAILED}
        if settled.state not in unruled and len(pending) == 1:
            assert settled.settled_by in expected, (settled.reason, expected)
            self.rules.append(settled.settled_by)
            self._compare_hearers(newest, explained)
        return True

    def _compare_hearers(self, before: int, explained: list[Explained]) -> None:
        """Who got a mail must be who explain said would.

        It does not tell of guests whom the mail itself invites, nor what its other
        commands change.
        """
        if any(
            command.word not in {"note", "promise", "take", "urgent", "wait", "who"}
            for each in explained
            if isinstance(each.decision, Post)
            for command in each.decision.commands
        ):
            return
        foreseen = {
            (hearer.address, str(hearer.heard), hearer.reason)
            for each in explained
            for hearer in each.hearers
        }
        with self.database.reading() as session:
            posts = session.scalars(
                select(Event).where(Event.id > before, Event.kind == Kind.POST)
            )
            written = {
                (address_of(session, row.person_id), str(row.outcome), row.reason)
                for post in posts
                for row in ledger.of_event(session, post.id)
            }
        invited = {each for each in written - foreseen if each[1] == "invited"}
        assert foreseen == written - invited

    def _pending(self) -> list[Inbound]:
        with self.database.reading() as session:
            numbers = [row.id for row in journal.listing(session, State.PENDING)]
        return [self.inbound(number) for number in reversed(numbers)]

    def _wait_for_outbox(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self._due():
            assert time.monotonic() < deadline, "the outbox does not empty"
            time.sleep(0.005)

    def _due(self) -> bool:
        with self.database.reading() as session:
            if not self.database.is_sqlite:
                # One look: while we ask twice, what was leased may have been settled
                # and have left something else to be sent.
                session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            # What waits behind an earlier one that is not due waits with it.
            is_due = lease.is_due(session, node="town", now=self.now)
            return is_due or bool(outbox.listing(session, Progress.LEASED, 1))

    # What one can ask.

    def last(self, address: str, kind: str | None = None) -> Letter:
        """The newest letter to somebody, of a kind."""
        found = [
            letter
            for letter in self.letters
            if letter.to == address and kind in {None, letter.kind}
        ]
        assert found, f"no {kind or 'letter'} ever reached {address}"
        return found[-1]

    def first(self, address: str, kind: str | None = None) -> Letter:
        """The first letter to somebody, of a kind."""
        found = (each for each in self.letters if each.to == address)
        return next(each for each in found if kind in {None, each.kind})

    def state(self) -> str:
        """What became of the newest mail."""
        with self.database.reading() as session:
            return str(journal.listing(session, most=1)[0].state)

    def inbound(self, number: int) -> Inbound:
        """One row of the journal as it is now."""
        with self.database.reading() as session:
            return journal.by_id(session, number)

    def unseen(self) -> list[str]:
        """Who waits unseen, by the reason (promises R16)."""
        with self.database.reading() as session:
            return [str(each.why) for each in waiting.exceptions(session, self.now)]

    def change_desk(self, at: int = 0, /, **changes) -> None:
        """Let the operator change one desk, the first, and restart Parlour."""
        desks = list(self.desks)
        desks[at] = replace(desks[at], **changes)
        self.desks = tuple(desks)
        self.house = replace(self.house, desks=Desks(self.desks))
        former.keep_in_step(self.house, self.now)

    def pass_time(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


def _mail_of(octets: bytes) -> EmailMessage:
    return message_from_bytes(octets, policy=policy.default)


def reply_address(letter: Letter) -> str:
    """Where a reply to a letter goes."""
    return str(letter.mail["Reply-To"] or letter.mail["From"])


def reply_mail(letter: Letter, sender: str, text: str) -> EmailMessage:
    """Write what a sound mail program makes of a reply; its id and date come later."""
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, reply_address(letter)
    mail["Subject"] = "Re: " + str(letter.mail["Subject"]).removeprefix("Re: ")
    mail["In-Reply-To"] = str(letter.mail["Message-ID"])
    references = f"{letter.mail['References'] or ''} {letter.mail['Message-ID']}"
    mail["References"] = references.strip()
    quoted = "\n".join(f"> {line}" for line in letter.text.splitlines())
    writer = letter.mail["From"]
    mail.set_content(
        f"{text}\n\nOn Fri, 20 Nov 2026 at 10:00, {writer} wrote:\n{quoted}\n"
    )
    return mail


def _attach(mail: EmailMessage, files: Sequence[tuple[str, bytes]]) -> None:
    for name, content in files:
        mail.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name
        )


def _counted_chance():
    """Chance for tests: never the same twice, always the same story."""
    state = 0

    def chance(octets: int) -> bytes:
        nonlocal state
        state += 1
        return state.to_bytes(octets, "big")

    return chance


def gist(letters: Sequence[Letter]) -> list[tuple[str, str]]:
    """Kind and reader of each letter, sorted: what a step must have caused."""
    return sorted((letter.kind, letter.to) for letter in letters)

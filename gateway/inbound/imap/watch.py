"""Watches one mailbox in a thread of its own, for as long as the door is open.

The library blocks and belongs to one thread, so each mailbox has one: whatever a server
does, it does it to its own thread alone.
"""

import random
import selectors
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import structlog
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from gateway.inbound.imap import connection, patience
from gateway.inbound.imap.account import Account
from gateway.inbound.imap.folder import Folder
from gateway.inbound.imap.idle import Idle
from gateway.inbound.imap.login import LoginRefused
from gateway.inbound.imap.office import Office, Refused, Stopped
from gateway.inbound.imap.pull import Pull
from gateway.inbound.imap.setbacks import Setbacks
from storage import mailbox as mailboxes
from storage.watching import Claim

IDLE_SECONDS = 300.0
"""How long one IDLE lasts: well below the 29 minutes of RFC 2177, and below what
middleboxes remember of a silent connection."""
OTHERS_SECONDS = 5.0
"""How often a mailbox is asked for that another node watches."""
HEALTH_SECONDS = 300.0
"""How often it is noted that all is well."""
CALM_SECONDS = 3.0
"""How long a batch in hand may take when the door closes."""
CLOSE_SECONDS = 5.0
"""How long the door takes to close, whatever the servers do (promises R11)."""
STEADY_SECONDS = 60.0
"""A connection that lasted so long and breaks is tried again as soon as the first."""
TALK_SECONDS, MOST_TALK = 1.0, 3
"""So many times in a row IDLE may end within so long for nothing."""
ROUNDS = 50
"""Looks in a row before others get their turn to be seen (sent folder, health)."""

_log = structlog.get_logger()


class Watch:
    """One mailbox under watch."""

    def __init__(
        self, office: Office, account: Account, *, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        """Take what is shared and the account; nothing is connected yet."""
        self._office = office
        self.account = account
        self._idle_seconds = idle_seconds
        self._stop = threading.Event()
        self._bell, self._rope = socket.socketpair()
        self._failures = 0
        self._refusals = 0
        self._connected_at = float("inf")
        self._client: IMAPClient | None = None
        self._setbacks: dict[str, Setbacks] = {}
        self._trouble: dict[str, str] = {}
        self._noted_at: dict[str, float] = {}
        self._thread = threading.Thread(
            target=self._run, name=f"imap {account.name}", daemon=True
        )

    @property
    def trouble(self) -> str:
        """Why it cannot be watched just now; empty when all is well."""
        return "; ".join(self._trouble.values())

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Say that it is enough; `end` waits for it."""
        self._stop.set()
        with suppress(OSError):  # The thread has ended already.
            self._rope.send(b".")

    def cut(self) -> None:
        """Hang up on a server that keeps us waiting."""
        client = self._client
        if client is not None:
            connection.cut(client)

    def join(self, seconds: float) -> bool:
        """Wait for the end; False when the thread lives on.

        Then it ends by itself and does nothing any more.
        """
        self._thread.join(seconds)
        return not self._thread.is_alive()

    # The thread.

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._live()
            except Stopped:
                break
            except Exception as error:
                # Whatever it is: it must not end the watch, nor be tried in a hurry.
                self._fail(error)
        self._bell.close()
        self._rope.close()

    def _live(self) -> None:
        """Watch as the only node that does, until something breaks."""
        with self._office.database.transaction() as session:
            row = mailboxes.keep(session, self.account.name)
        claim = Claim(self._office.database, row.id)
        try:
            while not claim.take():
                self._sleep(OTHERS_SECONDS)
            self._converse(claim)
        finally:
            claim.release()

    def _converse(self, claim: Claim) -> None:
        client = connection.connect(
            self.account, most_octets=2 * self._office.most_octets + 1_000_000
        )
        self._client = client
        self._connected_at, self._refusals = time.monotonic(), 0
        try:
            idle = Idle(client)
            _log.info(
                "mailbox watched",
                mailbox=self.account.name,
                by="idle" if idle.is_offered else "polling",
            )
            pulls = self._pulls(client)
            idly = 0
            while not self._stop.is_set() and claim.take():
                begun = time.monotonic()
                kept = self._round(pulls)
                self._wait(idle, pulls)
                # A server that speaks all the time with nothing to say is not heeded.
                is_idle_talk = not kept and time.monotonic() - begun < TALK_SECONDS
                idly = idly + 1 if is_idle_talk else 0
                if idly > MOST_TALK:
                    self._sleep(TALK_SECONDS)
        finally:
            self._client = None
            connection.leave(client)

    def _pulls(self, client: IMAPClient) -> list[tuple[Folder, Pull]]:
        """The folders to look through, that of the desk first."""
        account = self.account
        found = [(account.folder, False)]
        if account.sent_folder:
            found.append((account.sent_folder, True))
        pulls = []
        for name, by_hand in found:
            with self._office.database.transaction() as session:
                row = mailboxes.keep(session, account.name_of(name))
            pull = Pull(
                self._office,
                account,
                row,
                by_hand=by_hand,
                setbacks=self._setbacks.setdefault(name, Setbacks()),
                is_stopping=self._stop.is_set,
            )
            only_reads = by_hand or account.only_reads
            folder = Folder(client, account, name, only_reads=only_reads)
            pulls.append((folder, pull))
        return pulls

    def _round(self, pulls: list[tuple[Folder, Pull]]) -> int:
        """Look through every folder until there is nothing new; ends in the first.

        Gives how many mails were kept.
        """
        (main, pull), *others = pulls
        total = 0
        for _ in range(ROUNDS):
            kept = pull.look(main)
            kept += sum(self._look_aside(folder, other) for folder, other in others)
            if others:
                kept += pull.look(main)
            self._well(main.name)
            if not kept:
                break
            total += kept
        return total

    def _look_aside(self, folder: Folder, pull: Pull) -> int:
        """Look through the sent folder, whose faults are its own."""
        try:
            kept = pull.look(folder)
        except (IMAPClientError, ValueError) as error:
            if isinstance(error, IMAPClientError) and not connection.refusal(error):
                raise
            self._note(folder.name, connection.in_short(error, self.account))
            return 0
        self._well(folder.name)
        return kept

    def _wait(self, idle: Idle, pulls: list[tuple[Folder, Pull]]) -> None:
        """Wait until there may be something new."""
        seconds = self._idle_seconds if idle.is_offered else self.account.poll_seconds
        # No news come from a folder that is not selected, nor of what failed before.
        if len(pulls) > 1 or any(pull.has_rest for _, pull in pulls):
            seconds = min(seconds, self.account.poll_seconds)
        if idle.is_offered:
            idle.begin()
        if not idle.is_offered:
            self._sleep(min(seconds, self.account.poll_seconds))
            return
        self._listen(idle, seconds)
        idle.end()

    def _listen(self, idle: Idle, seconds: float) -> None:
        if idle.has_news():
            return
        with selectors.DefaultSelector() as selector:
            selector.register(idle.socket, selectors.EVENT_READ)
            selector.register(self._bell, selectors.EVENT_READ)
            selector.select(seconds)

    def _sleep(self, seconds: float) -> None:
        """Wait; raises Stopped when the door closes."""
        if self._stop.wait(seconds):
            raise Stopped

    # How it is.

    def _fail(self, error: Exception) -> None:
        if self._stop.is_set():
            return
        lasted = time.monotonic() - self._connected_at
        self._failures = 1 if lasted > STEADY_SECONDS else self._failures + 1
        self._connected_at = float("inf")
        reason = (
            f"{error} (the mail stays in the mailbox)"
            if isinstance(error, Refused)
            else connection.in_short(error, self.account)
        )
        refused = isinstance(error, LoginRefused)
        self._refusals = self._refusals + 1 if refused else 0
        pause = patience.pause(
            self._refusals or self._failures, random.random(), refused=refused
        )
        _log.error(
            "a mailbox cannot be watched",
            mailbox=self.account.name,
            reason=reason,
            again_in=round(pause, 1),
        )
        self._note(self.account.folder, reason)
        self._stop.wait(pause)

    def _note(self, folder: str, trouble: str) -> None:
        """Remember what is wrong with a folder, here and for who asks the database."""
        if self._trouble.get(folder) == trouble:
            return
        if trouble and folder != self.account.folder:
            _log.error(
                "a folder cannot be read",
                mailbox=self.account.name_of(folder),
                reason=trouble,
            )
        self._trouble[folder] = trouble
        self._write_health(folder, trouble)

    def _well(self, folder: str) -> None:
        last = self._noted_at.get(folder, float("-inf"))
        if not self._trouble.pop(folder, "") and (
            time.monotonic() - last < HEALTH_SECONDS
        ):
            return
        self._write_health(folder, "")
        self._noted_at[folder] = time.monotonic()

    def _write_health(self, folder: str, trouble: str) -> None:
        # The database may be the trouble; what is noted there is a courtesy.
        with (
            suppress(Exception),
            self._office.database.transaction(lax=True) as session,
        ):
            row = mailboxes.keep(session, self.account.name_of(folder))
            mailboxes.note_health(
                session, row.id, trouble=trouble, at=self._office.clock()
            )


def end(watches: Sequence[Watch], seconds: float = CLOSE_SECONDS) -> list[Watch]:
    """End watches together, however many hang, and give those that live on.

    What is in hand may become finished; then the servers are hung up on.
    """
    begun = time.monotonic()
    for watch in watches:
        watch.stop()
    living = _living(watches, begun + min(seconds, CALM_SECONDS))
    for watch in living:
        watch.cut()
    return _living(living, begun + seconds)


def _living(watches: Sequence[Watch], until: float) -> list[Watch]:
    """Wait for them until then; give those that have not ended."""
    return [
        watch for watch in watches if not watch.join(max(0.0, until - time.monotonic()))
    ]

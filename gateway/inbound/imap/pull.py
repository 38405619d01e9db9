"""One look through a folder: what is new goes to the journal, then out of the way.

The order is the promise (R14): the mail is in the journal, together with its name in
the mailbox, before anything is changed there. Whatever breaks in between, the name is
found again and only what was left to do is done.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import structlog
from imapclient.exceptions import IMAPClientError

from gateway.inbound.imap.account import Account
from gateway.inbound.imap.arrival import Arrival, entry_of
from gateway.inbound.imap.away import Away
from gateway.inbound.imap.connection import refusal
from gateway.inbound.imap.folder import Folder, Listed
from gateway.inbound.imap.office import Office, Refused, Stopped
from gateway.inbound.imap.setbacks import Setbacks
from gateway.inbound.receive import normalised
from gateway.inbound.replies import Refusal
from storage import mailbox as mailboxes
from storage.acceptance import Entry
from storage.mailbox import Fetched, Mailbox, Todo

CHUNK = 200
"""Mails whose size and time are asked for at once."""
BATCH = 100
"""Mails that are fetched, kept and moved together."""
BATCH_OCTETS = 4_000_000
TURN_SECONDS = 0.5
"""How often who waits for a turn with a large mail asks whether the door closes."""

_log = structlog.get_logger()


class Pull:
    """Looks through one folder of an account, again and again."""

    def __init__(
        self,
        office: Office,
        account: Account,
        mailbox: Mailbox,
        *,
        by_hand: bool,
        setbacks: Setbacks,
        is_stopping: Callable[[], bool],
    ) -> None:
        """Take the folder's row; `by_hand` reads answers that were sent by hand.

        `setbacks` outlive the connection.
        """
        self._office = office
        self._account = account
        self._row = mailbox
        self._by_hand = by_hand
        self._only_reads = account.only_reads or by_hand
        self._is_stopping = is_stopping
        self._away = Away(office.database, mailbox.id)
        self._is_renumbered: bool | None = None
        self._is_warned = False
        self.setbacks = setbacks

    def look(self, folder: Folder) -> int:
        """Fetch and keep what is new; give how many mails were kept.

        Raises what the connection raises, Refused when the journal takes nothing, and
        Stopped between two batches.
        """
        seen = folder.select()
        if self._row.uidvalidity != seen.uidvalidity:
            self._sight(folder)
        self._check_next(folder)
        if not self._only_reads:
            self._away.put_rest(folder)
        numbers = self._numbers(folder)
        self.setbacks.keep_only(numbers)
        kept = 0
        for chunk in _chunks(numbers):
            for batch in self._batches(folder, chunk):
                kept += self._keep(folder, batch)
            self._advance(chunk[-1])
        # What was there before us and is not among the numbers stays.
        self._advance(self._row.first_uid - 1)
        return kept

    @property
    def has_rest(self) -> bool:
        """Whether something waits for another look that no news will bring."""
        return bool(self.setbacks) or self._away.has_rest

    # What is new.

    def _sight(self, folder: Folder) -> None:
        """See a folder for the first time, or with other numbers than before."""
        seen, now = folder.seen, self._office.clock()
        is_first = self._row.uidvalidity is None
        with self._office.database.transaction() as session:
            self._row = mailboxes.sight(
                session,
                self._row.id,
                uidvalidity=seen.uidvalidity,
                first_uid=seen.uidnext,
                # Of sent mail as far back, or who was answered would seem to wait.
                taken_from=now - self._account.backlog,
            )
        self.setbacks.keep_only(())
        self._is_renumbered = None
        if not is_first:
            _log.warning(
                "a mailbox has new numbers, known mails are told by their octets",
                mailbox=self._row.name,
            )
        if not self._by_hand:
            self._count_backlog(folder)

    def _check_next(self, folder: Folder) -> None:
        """Say once that numbers are given anew under the same UIDVALIDITY."""
        seen = folder.seen
        if self._is_warned or not seen.tells_next or seen.uidnext > self._row.seen_uid:
            return
        self._is_warned = True
        # RFC 9051 section 2.3.1.1 forbids it: a mail could be taken for a known one.
        _log.error(
            "the numbers of a mailbox went back, as after restoring an old copy: "
            "new mail is not fetched; the server must give it a new UIDVALIDITY",
            mailbox=self._row.name,
            next=seen.uidnext,
            seen=self._row.seen_uid,
        )

    def _count_backlog(self, folder: Folder) -> None:
        """Say once how many mails stay where they are."""
        taken = sum(
            not self._stays(mail)
            for chunk in _chunks(self._numbers(folder))
            for mail in folder.listed(chunk)
        )
        if stays := max(0, folder.seen.exists - taken):
            _log.info(
                "older mails stay in the mailbox; `parlour import imap` takes them",
                mailbox=self._row.name,
                count=stays,
                older_than_days=self._account.backlog.total_seconds() / 86_400,
            )

    def _numbers(self, folder: Folder) -> list[int]:
        """Give the numbers that may be new, without those known to be too old."""
        row, first = self._row, self._row.seen_uid + 1
        assert row.taken_from is not None
        if first >= row.first_uid:
            return folder.numbers(first)
        # A day earlier: the server counts days in a zone of its own.
        since = (row.taken_from - timedelta(days=1)).date()
        early = [uid for uid in folder.numbers(first, since) if uid < row.first_uid]
        return early + folder.numbers(row.first_uid)

    def _batches(
        self, folder: Folder, uids: Sequence[int]
    ) -> Iterator[tuple[Listed, ...]]:
        """Give what is to be fetched, in pieces that memory can hold."""
        row = self._row
        with self._office.database.reading() as session:
            known = mailboxes.known(
                session, row.id, uidvalidity=folder.seen.uidvalidity, uids=uids
            )
        wanted = [
            uid for uid in uids if uid not in known and self.setbacks.may_try(uid)
        ]
        # Another node was quicker with some of them.
        self.setbacks.forget(*known)
        batch: list[Listed] = []
        octets = 0
        for mail in self._listed(folder, wanted):
            if self._stays(mail):
                continue
            is_full = len(batch) == BATCH or octets + mail.octets > BATCH_OCTETS
            if batch and (is_full or self.setbacks.is_alone(mail.uid)):
                yield tuple(batch)
                batch, octets = [], 0
            batch.append(mail)
            octets += mail.octets
            if self.setbacks.is_alone(mail.uid) or mail.octets > self._most:
                yield tuple(batch)
                batch, octets = [], 0
        if batch:
            yield tuple(batch)

    def _listed(self, folder: Folder, uids: Sequence[int]) -> Sequence[Listed]:
        """List mails; the next look tells the gone from those the server forgot."""
        found = folder.listed(uids) if uids else []
        for uid in set(uids) - {mail.uid for mail in found}:
            self.setbacks.suspect(uid)
        return found

    @property
    def _most(self) -> int:
        return self._office.most_octets

    def _stays(self, mail: Listed) -> bool:
        """Whether it is too old (backlog_days), or among the sent ones a draft."""
        row = self._row
        if self._by_hand and mail.is_draft:
            return True
        assert row.taken_from is not None
        return (
            mail.uid < row.first_uid
            and mail.at is not None
            and mail.at.tzinfo is not None
            and mail.at < row.taken_from
        )

    # Fetch, keep, put away.

    def _keep(self, folder: Folder, batch: Sequence[Listed]) -> int:
        """Take a batch as far as it goes; give how many mails were kept."""
        if self._is_stopping():
            raise Stopped
        if not self._office.journalist.has_space():
            raise Refused("less free disk than limits.free_disk_mb")
        if sum(mail.octets for mail in batch) > BATCH_OCTETS:
            # The door may close while others have their turn.
            while not self._office.large.acquire(timeout=TURN_SECONDS):
                if self._is_stopping():
                    raise Stopped
            try:
                return self._take(folder, batch)
            finally:
                self._office.large.release()
        return self._take(folder, batch)

    def _take(self, folder: Folder, batch: Sequence[Listed]) -> int:
        with self.setbacks.in_hand([mail.uid for mail in batch]):
            entries = self._fetch(folder, batch)
        if not entries:
            return 0
        kept, doubles = self._journal(entries)
        self._away.put(folder, [*kept, *doubles])
        return len(kept)

    def _fetch(self, folder: Folder, batch: Sequence[Listed]) -> list[Entry]:
        """Fetch whole mails, and of those that are too large the header sections."""
        small = [mail.uid for mail in batch if mail.octets <= self._most]
        entries = []
        for uid, raw in self._mails(folder, small).items():
            entries.append(self._entry(folder, uid, raw))
        for mail in batch:
            if mail.octets > self._most:
                head = folder.head(mail.uid, self._office.head_octets)
                if head is not None:
                    entries.append(self._entry(folder, mail.uid, head, mail.octets))
        for uid in {mail.uid for mail in batch} - set(map(_uid, entries)):
            if self.setbacks.may_try(uid):
                # Gone, or left out by the server: the next look knows.
                self.setbacks.note(uid)
        return sorted(entries, key=_uid)

    def _entry(
        self, folder: Folder, uid: int, raw: bytes, oversize: int | None = None
    ) -> Entry:
        arrival = Arrival(
            raw=normalised(raw),
            fetched=Fetched(
                mailbox=self._row.id,
                uidvalidity=folder.seen.uidvalidity,
                uid=uid,
                todo=self._todo(oversize),
            ),
            by_hand=self._by_hand,
            oversize=oversize,
        )
        office = self._office
        return entry_of(arrival, self._account, office.recipients, office.clock())

    def _todo(self, oversize: int | None) -> Todo:
        if self._only_reads:
            return Todo.NOTHING
        return Todo.MOVE if oversize is None else Todo.FLAG

    def _mails(self, folder: Folder, uids: Sequence[int]) -> dict[int, bytes]:
        """Fetch mails; one that the server cannot give harms no other."""
        if not uids:
            return {}
        try:
            return folder.mails(uids)
        except IMAPClientError as error:
            said = refusal(error)
            if said is None:
                raise
        if len(uids) > 1:
            found: dict[int, bytes] = {}
            for uid in uids:
                found |= self._mails(folder, [uid])
            return found
        self.setbacks.note(uids[0])
        _log.error(
            "a mail cannot be fetched and stays in the mailbox",
            mailbox=self._row.name,
            uid=uids[0],
            reason=said,
        )
        return {}

    def _journal(self, entries: list[Entry]) -> tuple[list[Fetched], list[Fetched]]:
        """Keep mails; give those that were kept, and those that had been before.

        Raises Refused when none was taken.
        """
        doubles = self._doubles(entries)
        fresh = [entry for entry in entries if entry.fetched not in doubles]
        kept: list[Fetched] = []
        refused: Refusal | None = None
        answers = self._office.journalist.keep_all(fresh)
        for entry, answer in zip(fresh, answers, strict=True):
            assert entry.fetched is not None
            if isinstance(answer, Refusal):
                refused = answer
                self.setbacks.note(entry.fetched.uid)
            else:
                self.setbacks.forget(entry.fetched.uid)
                kept.append(entry.fetched)
        if refused is not None and not kept and not doubles:
            self.setbacks.forget(*(_uid(entry) for entry in fresh))
            raise Refused(refused.reason or "the journal takes nothing")
        if kept:
            _log.info(
                "mail fetched",
                mailbox=self._row.name,
                mails=len(kept),
                octets=sum(len(entry.raw) for entry in fresh),
            )
        return kept, doubles

    def _doubles(self, entries: Sequence[Entry]) -> list[Fetched]:
        """Note mails that have a new number but came through this mailbox before."""
        row = self._row
        early = [each for each in _named(entries) if each[1].uid < row.first_uid]
        if not early or not self._renumbered():
            return []
        digests = {fetched.uid: _digest(entry) for entry, fetched in early}
        database = self._office.database
        with database.reading() as session:
            same = mailboxes.same_octets(session, row.id, set(digests.values()))
        found = [
            (fetched, same[digests[fetched.uid]])
            for _, fetched in early
            if digests[fetched.uid] in same
        ]
        if found:
            with database.transaction() as session:
                mailboxes.write(session, found)
        return [fetched for fetched, _ in found]

    def _renumbered(self) -> bool:
        """Whether mails that are there may have been fetched by another number."""
        if self._is_renumbered is None:
            row = self._row
            assert row.uidvalidity is not None
            with self._office.database.reading() as session:
                self._is_renumbered = mailboxes.was_renumbered(
                    session, row.id, uidvalidity=row.uidvalidity
                )
        return self._is_renumbered

    def _advance(self, uid: int) -> None:
        """Let the next look begin behind what was dealt with."""
        row = self._row
        assert row.uidvalidity is not None
        uid = min([uid, *(each - 1 for each in self.setbacks.all())])
        if uid <= row.seen_uid:
            return
        with self._office.database.transaction(lax=True) as session:
            mailboxes.advance(session, row.id, uidvalidity=row.uidvalidity, uid=uid)
        row.seen_uid = uid


def _chunks(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(uids), CHUNK):
        yield uids[start : start + CHUNK]


def _named(entries: Sequence[Entry]) -> list[tuple[Entry, Fetched]]:
    return [(entry, entry.fetched) for entry in entries if entry.fetched is not None]


def _uid(entry: Entry) -> int:
    return entry.fetched.uid if entry.fetched is not None else 0


def _digest(entry: Entry) -> str:
    return hashlib.sha256(entry.raw).hexdigest()

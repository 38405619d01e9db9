"""Takes mails one by one, keeps little of each, and reports at the end."""

from collections import Counter
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from sys import intern

from gateway.survey import figures
from gateway.survey.ours import Known, recognise
from gateway.survey.record import People, Record
from gateway.survey.report import Counts, Report, Unreadable
from parsers import heading
from parsers.address import Mailbox, key
from parsers.folder import Kind, kind_of
from parsers.heading import Heading
from parsers.threads import Letter, Threads

_OLDEST = datetime(1980, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)
_MOST_NAMED = 100
"""Mails that could not be read and are named one by one."""
_MOST_PEOPLE = 200
_ASIDE = frozenset({Kind.DRAFTS, Kind.JUNK, Kind.TRASH})


class Survey:
    """A mailbox as it is being looked at."""

    def __init__(self, now: datetime) -> None:
        """Start with nothing; mails from later than `now` have a broken date."""
        self._now = now
        self._threads = Threads()
        self._people = People()
        self._records: list[Record] = []
        self._seen: set[bytes] = set()
        self._read = 0
        self._repeats = 0
        self._failed = 0
        self._aside = Counter[str]()
        self._machines = Counter[str]()
        self._machine_times: list[float] = []
        self._unreadable: list[Unreadable] = []

    def add(
        self,
        raw: bytes,
        *,
        folder: str,
        position: str,
        received_at: datetime | None,
        fault: str = "",
        is_sent: bool = False,
    ) -> None:
        """Take one mail, of which the header section is enough; never raises.

        `fault` says why it could not be read at its source, `is_sent` that it lies
        where sent mail does, by more than the folder's name.
        """
        self._read += 1
        why = fault
        if not why:
            try:
                head = heading.read(raw)
                kinds = {kind_of(folder), *(kind_of(label) for label in head.labels)}
                kinds |= {Kind.SENT} if is_sent else set()
                why = self._take(head, kinds, received_at)
            except Exception as error:
                # A fault of ours must not end the look at ninety thousand others.
                why = f"a fault in reading it ({type(error).__name__})"
        if why:
            self._failed += 1
            if len(self._unreadable) < _MOST_NAMED:
                self._unreadable.append(
                    Unreadable(position=position, folder=folder, why=why)
                )

    def _take(
        self, head: Heading, kinds: set[Kind], received_at: datetime | None
    ) -> str:
        """Sort one mail in; give the reason when that cannot be done."""
        if head.is_expunged:
            kinds.add(Kind.TRASH)
        if aside := sorted(kinds & _ASIDE):
            self._aside[aside[0]] += 1
            return ""
        at = self._time(head, received_at)
        if head.is_empty or at is None:
            return "no header" if head.is_empty else "no date"
        if self._is_repeat(head):
            self._repeats += 1
        elif head.automatic.is_:
            self._machines[head.automatic.kind] += 1
            self._machine_times.append(at.timestamp())
        elif head.sender.address:
            self._records.append(self._record(head, at, is_sent=Kind.SENT in kinds))
        else:
            return "no sender"
        return ""

    def _time(self, head: Heading, received_at: datetime | None) -> datetime | None:
        """Give when it was sent; the first date that can be true."""
        for at in (head.date, head.received, received_at):
            if at is not None and _OLDEST <= at <= self._now + _AHEAD:
                return min(at, self._now)
        return None

    def _is_repeat(self, head: Heading) -> bool:
        """Say whether this mail was here before: same id (if any), writer and date.

        Without an id the subject and the recipients must be the same as well.
        """
        parts = [head.message_id, key(head.sender.address), str(head.date)]
        if not head.message_id:
            parts += [head.subject, *(key(box.address) for box in (*head.to, *head.cc))]
        text = "\n".join(parts).encode("utf_8", "replace")
        mark = blake2b(text, digest_size=16).digest()
        if mark in self._seen:
            return True
        self._seen.add(mark)
        return False

    def _record(self, head: Heading, at: datetime, *, is_sent: bool) -> Record:
        named = (*head.references, *head.in_reply_to)
        node = self._threads.add(head.message_id, named)
        parent = (*head.in_reply_to, *head.references[-1:])[:1]
        to = dict.fromkeys(self._numbers((*head.to, *head.cc)))
        reply_to = self._numbers(head.reply_to[:1])
        return Record(
            node=node,
            answers=self._threads.node(parent[0]) if parent else -1,
            at=at.timestamp(),
            writer=self._people.number(head.sender),
            to=tuple(to),
            reply_to=reply_to[0] if reply_to else -1,
            subject=intern(head.subject_base),
            is_answer=bool(named) or head.subject_base != head.subject.strip(),
            is_sent=is_sent,
        )

    def _numbers(self, mailboxes: Collection[Mailbox]) -> list[int]:
        return [self._people.number(box) for box in tuple(mailboxes)[:_MOST_PEOPLE]]

    def report(self, known: Known) -> Report:
        """Make the figures; call it once, after the last mail."""
        ours = recognise(known, self._records, self._people)
        self._threads.join_by_subject(
            Letter(
                node=record.node,
                at=record.at,
                subject=record.subject,
                people=ours.outsiders(record),
                is_answer=record.is_answer,
            )
            for record in self._records
        )
        counts = Counts(
            read=self._read,
            in_threads=len(self._records),
            machines=dict(self._machines.most_common()),
            repeats=self._repeats,
            aside=dict(self._aside.most_common()),
            unreadable=self._failed,
        )
        return figures.report(
            figures.Taken(
                records=self._records,
                threads=self._threads,
                people=self._people,
                machine_times=self._machine_times,
                counts=counts,
                unreadable=tuple(self._unreadable),
            ),
            known,
            ours,
            self._now,
        )

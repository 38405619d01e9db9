"""From the door to stable storage: line ends are cleaned, one thread commits.

Whatever arrives while a commit runs shares the next one, so that a sync of the disk is
paid once for many mails. Nothing is parsed here.
"""

import asyncio
import queue
import re
import shutil
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from gateway.inbound.replies import (
    Fault,
    HeaderTooLarge,
    LineTooLong,
    NoSpace,
    Refusal,
)
from gateway.routing.limits import Limits
from storage import acceptance
from storage.acceptance import Entry
from storage.blobs import Blobs
from storage.database import Database, is_full
from storage.wake import Wake

LINGER_SECONDS = 0.005
"""How long after a commit more mail is expected at once."""
GROUP = 100
"""Mails in one commit at most."""
ALONE_SECONDS = 10.0
"""How long a failed group is tried one by one; the rest hears 451."""
ANSWER_SECONDS = 120.0
"""How long a thread waits for a commit."""
LOOK_SECONDS = 1.0
"""How old the answer about free disk may be."""

PIECE = 1_000_000
"""Octets that are cleaned in one go."""

# After it begins neither the LF of a CR LF nor the dot of a stuffed line.
_CUT = re.compile(rb"[^\r\n]|\n(?!\.)")
_CR_RUN = re.compile(rb"(?<!\r)\r{2,}+\n")

_log = structlog.get_logger()


def unstuffed(data: bytes) -> bytes:
    """Give a mail as it was meant from the octets of DATA (RFC 5321 section 4.5.2).

    `data` starts with the CRLF before its first line and ends with the final dot. Only
    CRLF makes a line here, so no bare line end can hide a dot (T17).
    """
    pieces = _pieces(data[: -len(b".\r\n")])
    return b"".join(piece.replace(b"\r\n.", b"\r\n") for piece in pieces)[2:]


def normalised(raw: bytes) -> bytes:
    """Make every bare CR and bare LF a CRLF, and CR CR LF too; linear.

    What we keep can then be handed on without becoming the smuggler (T17).
    """
    return b"".join(_normalised(piece) for piece in _pieces(raw))


def _normalised(raw: bytes) -> bytes:
    ends = raw.count(b"\r\n")
    if raw.count(b"\n") == ends and raw.count(b"\r") == ends:
        return raw
    raw = _CR_RUN.sub(b"\r\n", raw)
    raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw.replace(b"\n", b"\r\n")


def _pieces(raw: bytes) -> Iterator[bytes]:
    """Cut where no line end is split, so that other threads get their turn between."""
    start = 0
    while len(raw) - start > PIECE:
        cut = _CUT.search(raw, start + PIECE)
        end = cut.end() if cut else len(raw)
        yield raw[start:end]
        start = end
    yield raw[start:]


def check(raw: bytes, limits: Limits) -> None:
    """Raise HeaderTooLarge or LineTooLong; `raw` has CRLF line ends."""
    most = limits.header_kb * 1000
    end = 0 if raw.startswith(b"\r\n") else raw.find(b"\r\n\r\n", 0, most + 4)
    if end < 0 and len(raw) > most:
        raise HeaderTooLarge(f"more than {most} octets")
    if _has_line_above(raw, limits.line_octets):
        raise LineTooLong(f"more than {limits.line_octets} octets")


def _has_line_above(raw: bytes, most: int) -> bool:
    """Jump from line end to line end, as far as one line may reach."""
    start = 0
    while len(raw) - start > most + 2:
        end = raw.rfind(b"\n", start, start + most + 2)
        if end < 0:
            return True
        start = end + 1
    return False


@dataclass(slots=True)
class _Waiting:
    """A mail on its way, and whom to tell."""

    entry: Entry
    loop: asyncio.AbstractEventLoop | None
    """None: the one who waits is a thread."""
    answer: "asyncio.Future[int] | Future[int]"
    row: acceptance.Row | None = None


class Journalist:
    """The one thread that writes mail into the journal, in groups."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        *,
        wake: Wake | None = None,
        free_disk_mb: int = 0,
    ) -> None:
        """Write to `database` and `blobs`; `wake` is told of each commit."""
        self._database = database
        self._blobs = blobs
        self._wake = wake
        self._free_octets = free_disk_mb * 1_000_000
        self._looked_at = float("-inf")
        self._has_space = True
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        # Large mails are hashed and synced beside the commits of the small ones.
        self._porters = ThreadPoolExecutor(2, thread_name_prefix="journal-large")
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    async def keep(self, entry: Entry) -> int:
        """Return its row number once `entry` is on stable storage.

        Raises Refusal when it is not. Cancelling the caller does not stop it: the
        sender may have gone, the mail is kept all the same.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[int] = loop.create_future()
        self._take(_Waiting(entry, loop, answer))
        return await answer

    def keep_all(self, entries: Sequence[Entry]) -> list[int | Refusal]:
        """Wait until each is on stable storage or refused; give its row, or why not.

        For threads. They share a commit, and one that is refused harms no other.
        """
        answers: list[Future[int]] = [Future() for _ in entries]
        for entry, answer in zip(entries, answers, strict=True):
            self._take(_Waiting(entry, None, answer))
        return [_outcome(answer) for answer in answers]

    def _take(self, waiting: _Waiting) -> None:
        if len(waiting.entry.raw) > acceptance.ROW_OCTETS:
            self._porters.submit(self._carry, waiting)
        else:
            self._queue.put(waiting)

    def has_space(self) -> bool:
        """Say whether the disk has more room than `free_disk_mb`."""
        at = time.monotonic()
        if at - self._looked_at > LOOK_SECONDS:
            self._looked_at = at
            self._has_space = self._look()
        return self._has_space

    def close(self) -> None:
        """Finish what was handed over, then end the thread."""
        self._porters.shutdown(wait=True)
        self._queue.put(None)
        self._thread.join()

    def _look(self) -> bool:
        folder = self._blobs.folder
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            return shutil.disk_usage(folder).free >= self._free_octets
        except OSError as error:
            _log.warning("free disk unknown", error=type(error).__name__)
            return True

    def _carry(self, waiting: _Waiting) -> None:
        try:
            waiting.row = acceptance.prepare(self._blobs, waiting.entry)
        except Exception as error:
            _tell([(waiting, _refusal(error))])
        else:
            self._queue.put(waiting)

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, is_last = self._group(first)
            # As long as mail keeps coming, long work elsewhere steps aside.
            with self._database.in_front():
                while group:
                    self._commit(group)
                    if is_last:
                        return
                    group, is_last = self._next()

    def _group(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """Take what arrived meanwhile; it shares the commit."""
        group = [first]
        while len(group) < GROUP and not self._queue.empty():
            more = self._queue.get()
            if more is None:
                return group, True
            group.append(more)
        return group, False

    def _next(self) -> tuple[list[_Waiting], bool]:
        try:
            following = self._queue.get(timeout=LINGER_SECONDS)
        except queue.Empty:
            return [], False
        if following is None:
            self._queue.put(None)
            return [], False
        return self._group(following)

    def _commit(self, group: Sequence[_Waiting]) -> None:
        try:
            numbers = self._write(group)
        except Exception as error:
            if len(group) == 1:
                _tell([(group[0], _refusal(error))])
            else:
                self._commit_alone(group)
            return
        _tell(list(zip(group, numbers, strict=True)))
        if self._wake is not None:
            self._wake.tell()

    def _commit_alone(self, group: Sequence[_Waiting]) -> None:
        """Find the culprit: each gets a transaction of its own, while time lasts."""
        ends = time.monotonic() + ALONE_SECONDS
        for waiting in group:
            if time.monotonic() < ends:
                self._commit([waiting])
            else:
                _tell([(waiting, Fault("no time to try it alone"))])

    def _write(self, group: Sequence[_Waiting]) -> list[int]:
        rows = [
            waiting.row or acceptance.prepare(self._blobs, waiting.entry)
            for waiting in group
        ]
        return acceptance.write(self._database, rows)


def _refusal(error: Exception) -> Refusal:
    _log.error("mail not kept", error=type(error).__name__, detail=str(error)[:200])
    reason = f"{type(error).__name__} at the journal"
    return NoSpace(reason) if is_full(error) else Fault(reason)


def _outcome(answer: "Future[int]") -> int | Refusal:
    try:
        return answer.result(ANSWER_SECONDS)
    except Refusal as refusal:
        return refusal
    except TimeoutError:
        return Fault("the journal does not answer")


def _tell(answers: Sequence[tuple[_Waiting, int | Refusal]]) -> None:
    """Answer those who wait, with one call into each of their loops."""
    by_loop = defaultdict(list)
    for waiting, answer in answers:
        by_loop[waiting.loop].append((waiting.answer, answer))
    for loop, those in by_loop.items():
        if loop is None:
            _answer(those)
            continue
        try:
            loop.call_soon_threadsafe(_answer, those)
        except RuntimeError:
            # The loop is closed: nobody waits any more, the mail is kept.
            continue


def _answer(
    answers: Sequence[tuple["asyncio.Future[int] | Future[int]", int | Refusal]],
) -> None:
    for future, answer in answers:
        if future.done():
            continue
        if isinstance(answer, Refusal):
            future.set_exception(answer)
        else:
            future.set_result(answer)

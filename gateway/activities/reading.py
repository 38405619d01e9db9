"""Reads mail in a child process, which is killed when a mail takes too long."""

import contextlib
import os
import pickle
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import IO

from gateway.activities.gather import TOO_SLOW
from gateway.activities.reader_child import LENGTH, READY
from gateway.routing.limits import Limits
from parsers.mail import Bounds, ParsedMail, unreadable

_START_SECONDS = 60.0
# On a busy machine a child may wait for its turn; only its own work counts, up to
# this many times the limit.
_PATIENCE = 10
_LOOK_SECONDS = 0.25


def bounds_of(limits: Limits) -> Bounds:
    """Give the numbers that bound one reading."""
    return Bounds(
        header_lines=limits.header_lines,
        depth=limits.mime_depth,
        parts=limits.mime_parts,
        files=limits.attachments,
        text_kb=limits.text_kb,
    )


class Reader:
    """A child that reads one mail at a time; safe to share between threads."""

    def __init__(self, limits: Limits) -> None:
        """Take the limits; the child starts with the first mail, or `start`."""
        self._bounds = bounds_of(limits)
        self._seconds = limits.parse_seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the child now; OSError or EOFError when it does not."""
        with self._lock:
            if self._child is None:
                self._start()

    def read(self, raw: bytes) -> ParsedMail:
        """Read one mail.

        A mail that takes longer than the limit, or kills the child twice, is given by
        its headers alone, with a defect that says so. Once may be another's doing.
        """
        with self._lock:
            for _ in range(2):
                try:
                    return self._ask(raw)
                except TimeoutError:
                    self._end()
                    break
                except (OSError, EOFError, pickle.UnpicklingError):
                    self._end()
            return unreadable(raw, TOO_SLOW)

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, raw: bytes) -> ParsedMail:
        child = self._child or self._start()
        to_child, from_child = _pipes(child)
        to_child.write(LENGTH.pack(len(raw)))
        to_child.write(raw)
        to_child.flush()
        self._await(child, from_child)
        answer: ParsedMail = pickle.loads(_exactly(from_child))  # noqa: S301
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        bounds = pickle.dumps(asdict(self._bounds)).hex()
        child = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "gateway.activities.reader_child", bounds],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        self._child = child
        _, from_child = _pipes(child)
        if not _readable(from_child, _START_SECONDS) or from_child.read(1) != READY:
            raise EOFError("the reader did not start")
        return child

    def _await(self, child: subprocess.Popen[bytes], answer: IO[bytes]) -> None:
        """Wait until the child answers; TimeoutError when it works for too long."""
        begun, worked = time.monotonic(), _work_seconds(child.pid)
        while not _readable(answer, _LOOK_SECONDS):
            waited = time.monotonic() - begun
            now = _work_seconds(child.pid)
            work = waited if now is None or worked is None else now - worked
            if work > self._seconds or waited > self._seconds * _PATIENCE:
                raise TimeoutError("took too long")

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in _pipes(child):
            # What a dead child did not take is still in the pipe's buffer.
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        child.wait()


def _pipes(child: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if child.stdin is None or child.stdout is None:
        raise EOFError("the reader has no pipes")
    return child.stdin, child.stdout


def _readable(pipe: IO[bytes], seconds: float) -> bool:
    with DefaultSelector() as selector:
        selector.register(pipe, EVENT_READ)
        return bool(selector.select(seconds))


def _exactly(pipe: IO[bytes]) -> bytes:
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError("the reader died")
    (size,) = LENGTH.unpack(head)
    answer = pipe.read(size)
    if len(answer) < size:
        raise EOFError("the reader died")
    return answer


def _work_seconds(pid: int) -> float | None:
    """The processor time of a process; None where there is no /proc."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

"""The log: one line per event on standard error, safe to read in a terminal."""

import json
import logging
import re
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_FRAMES = 4
"""How many places of a fault are told, innermost first."""
_PLAIN = re.compile(r"[\w.:@/+<>~,-]+", re.ASCII)


def configure() -> None:
    """Send our events and the warnings of the libraries to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_Libraries()], force=True)


def render(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """Write `time level event key=value ...`.

    Odd values are written as JSON, which has no ends of line, no control characters
    and no letters outside ASCII (promises T22).
    """
    del logger
    if event.pop("exc_info", None) and (error := sys.exc_info()[1]):
        event.update(in_short(error))
    head = [event.pop("timestamp", ""), event.pop("level", method), event.pop("event")]
    return " ".join(
        [*(_word(part, spaces=True) for part in head)]
        + [f"{name}={_word(value)}" for name, value in event.items()]
    )


def in_short(error: BaseException) -> dict[str, str]:
    """Describe a fault for the log: its type and where, never what was in hand.

    The text of an exception may hold the mail that caused it, so only that of the
    driver of the database and of the operating system is told.
    """
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    found = {"error": type(error).__name__}
    if frames:
        found["at"] = "<".join(
            f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
            for frame in reversed(frames)
        )
    cause = getattr(error, "orig", error)
    if isinstance(error, OSError) or (cause is not error and _is_absence(cause)):
        found["text"] = " ".join(str(cause).split())[:200]
    return found


def _is_absence(cause: Any) -> bool:
    """Say whether a driver's error is about the database, not about a value."""
    return type(cause).__name__ == "OperationalError"


def _word(value: Any, *, spaces: bool = False) -> str:
    written = str(value)
    plain = written.replace(" ", "") if spaces else written
    return written if _PLAIN.fullmatch(plain) else json.dumps(written)


class _Libraries(logging.Handler):
    """Hands the warnings of libraries to our log, without their tracebacks."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line, whatever the library has to say."""
        fault = (
            in_short(record.exc_info[1])
            if record.exc_info and record.exc_info[1]
            else {}
        )
        structlog.get_logger().log(
            record.levelno,
            "library",
            name=record.name,
            message=record.getMessage()[:500],
            **fault,
        )

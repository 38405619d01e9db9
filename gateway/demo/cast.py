"""The people of the gallery, and when their letters are written."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources

from templates.promised import Promise

NOW = datetime(2026, 11, 21, 9, 20, tzinfo=UTC)
COMES_AT = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
"""Digests come at 08:00 in Madrid."""
PROMISE = Promise(at=datetime(2026, 11, 23, 14, 0, tzinfo=UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who writes to whom, and their words; the letter around it is ours."""

    desk: str
    customer: str
    organisation: str
    owner: str
    mate: str
    colleague: str
    subject: str
    question: str
    answer: str
    note: str
    reason: str


def read_casts() -> dict[str, Cast]:
    """Read the casts; each says only what is otherwise than in the first."""
    text = (
        resources.files("gateway.demo").joinpath("story/casts.toml").read_text("utf-8")
    )
    told = tomllib.loads(text)
    return {name: Cast(**{**told["plain"], **row}) for name, row in told.items()}

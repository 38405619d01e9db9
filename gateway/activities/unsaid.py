"""Answers to commands that wait for the next letter to a person (docs: commands)."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from storage.activity import Participant
from storage.roster import Seat
from templates.understood import Understood


def say_later(participant: Participant, answers: Iterable[Understood]) -> None:
    """Keep answers for the next letter to this person."""
    participant.unsaid = [*participant.unsaid, *map(_kept, answers)]


def _kept(said: Understood) -> dict[str, Any]:
    """Give an answer to a command as it is kept until the next letter."""
    at = said.at.isoformat() if said.at else None
    return asdict(said) | {"names": list(said.names), "at": at}


def understood(seat: Seat | None) -> tuple[Understood, ...]:
    """Give the answers to commands that wait for the next letter to this person."""
    return tuple(map(_told, seat.participant.unsaid)) if seat else ()


def _told(said: dict[str, Any]) -> Understood:
    at = said.get("at")
    return replace(
        Understood(**said),
        names=tuple(said.get("names", ())),
        at=datetime.fromisoformat(at) if at else None,
    )

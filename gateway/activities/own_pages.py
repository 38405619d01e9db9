"""What somebody who is signed in finds of their own: their cases, their settings."""

from dataclasses import dataclass
from datetime import datetime

from gateway.activities import looking
from gateway.activities.house import House
from gateway.activities.visiting import Visitor
from parsers.address import key
from parsers.reply_address import Purpose, number
from storage import own_cases, web_session
from storage.database import Session
from storage.queue import queue
from templates.queued import QueuePlace

_MOST = 50


@dataclass(frozen=True, kw_only=True)
class OwnCase:
    """One case that somebody takes part in."""

    public_id: str
    subject: str
    desk: str
    is_solved: bool
    hears: str
    """each, digest, urgent or muted."""
    preferences: str
    """The path where that is changed; it bears their own token."""


@dataclass(frozen=True, kw_only=True)
class DeskQueue:
    """The queue of one desk, in the fair order (decision 42)."""

    desk: str
    places: tuple[QueuePlace, ...]
    more: int


@dataclass(frozen=True, kw_only=True)
class StartPage:
    """What `/` shows to somebody who is signed in."""

    queues: tuple[DeskQueue, ...]
    cases: tuple[OwnCase, ...]
    """Their own, as customer or guest; those of their desks stand in the queues."""


@dataclass(frozen=True, kw_only=True)
class SettingsPage:
    """What `/settings` shows."""

    cases: tuple[OwnCase, ...]
    sessions: tuple[tuple[datetime, bool], ...]
    """When each browser was signed in, and whether it is this one."""


def start(house: House, who: Visitor, now: datetime) -> StartPage:
    """Give the queues of a visitor's desks, and the cases they are in."""
    with house.database.reading() as session:
        queues = []
        for desk in who.desks:
            first, count = queue(
                session, key(desk.address), _MOST, now=now, asker=who.person
            )
            places = tuple(
                looking.placed(each, desk, who.person, now) for each in first
            )
            queues.append(
                DeskQueue(desk=desk.name, places=places, more=count - len(first))
            )
        found = _cases(session, who)
        ours = {desk.address for desk in who.desks}
        return StartPage(
            queues=tuple(queues),
            cases=tuple(
                _own(house, each)
                for each in found
                if not (each.in_team_lane and each.desk_address in ours)
            ),
        )


def settings(house: House, who: Visitor) -> SettingsPage:
    """Give what a visitor can settle for themselves."""
    with house.database.reading() as session:
        found = _cases(session, who)
        return SettingsPage(
            cases=tuple(_own(house, each) for each in found if not each.is_solved),
            sessions=tuple(
                (each.began_at, each.id == who.session)
                for each in web_session.of_person(session, who.person)
            ),
        )


def _cases(session: Session, who: Visitor) -> list[own_cases.OwnCase]:
    """Give a visitor's cases; a seat of the team counts while they are of it."""
    ours = {desk.address for desk in who.desks}
    return [
        each
        for each in own_cases.own_cases(session, who.person, _MOST)
        if not each.is_staff or who.is_marked or each.desk_address in ours
    ]


def _own(house: House, found: own_cases.OwnCase) -> OwnCase:
    sealed = number(found.seat, found.generation)
    token = house.sealer.seal(Purpose.UNSUBSCRIBE, sealed)
    return OwnCase(
        public_id=found.public_id,
        subject=found.subject,
        desk=found.desk_name,
        is_solved=found.is_solved,
        hears=str(found.hearing),
        preferences=f"/u/{token}",
    )

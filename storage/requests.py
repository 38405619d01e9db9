"""What the digest of a customer tells of their own cases: a query for each noun."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from storage.activity import (
    Activity,
    Hearing,
    Lane,
    Membership,
    Participant,
    Role,
    Turn,
)
from storage.base import among
from storage.event import Event, Kind
from storage.people import Person
from storage.person_schedule import PersonSchedule
from storage.theme import Status, Theme, ThemeTold


def asked(session: Session, kind: str, every: str) -> frozenset[int]:
    """Give who chose to get a kind of digest so often."""
    wanted = select(PersonSchedule.person_id).where(
        PersonSchedule.kind == kind, PersonSchedule.every == every
    )
    return frozenset(session.scalars(wanted))


class OwnRequest(NamedTuple):
    """One case of a customer who takes part in it."""

    person: int
    desk: int
    activity: int
    opened_at: datetime
    resolved_at: datetime | None


def own(session: Session, people: Collection[int]) -> list[OwnRequest]:
    """Give the cases of some customers that are open, or were closed and not dropped.

    Those that they muted or left are left out.
    """
    return [OwnRequest(*row) for row in session.execute(_OWN, {"people": people})]


# Asked for each case that was closed, by the index of its events.
_DROPPED = exists().where(
    Event.activity_id == Activity.id, Event.kind.in_((Kind.DROPPED, Kind.SPAM))
)
_OWN = (
    select(
        Activity.customer_id,
        Activity.desk_id,
        Activity.id,
        Activity.opened_at,
        Activity.resolved_at,
    )
    .join(
        Participant,
        (Participant.activity_id == Activity.id)
        & (Participant.person_id == Activity.customer_id),
    )
    .where(
        Activity.customer_id.in_(among("people")),
        Activity.redirect_id.is_(None),
        or_(
            Activity.turn != Turn.RESOLVED,
            Activity.resolved_at.is_not(None) & ~_DROPPED,
        ),
        Participant.membership.in_((Membership.TOLD, Membership.JOINED)),
        Participant.hearing != Hearing.MUTED,
    )
    .order_by(Activity.id)
)


class Words(NamedTuple):
    """What stands in one case in the lane that its customer reads."""

    activity: int
    first: str
    """What its customer wrote first."""
    last: str
    """What a human of the house wrote last; empty when nobody has."""
    answers_first: bool
    """The customer has written since then."""


_ALL = 2**62
"""More than any event is numbered."""


def words(
    session: Session, activities: Collection[int], until: int = _ALL
) -> dict[int, Words]:
    """Give the first text of some cases' customers and the last one of the house.

    What was said after the event `until` is for the next digest.
    """
    if not activities:
        return {}
    named = {"activities": activities, "until": until}
    rows = session.execute(_ENDS, named).all()
    wanted = {one for *_, first, last, _ in rows for one in (first, last) if one}
    rows_of_texts = session.execute(_TEXTS, {"numbers": sorted(wanted)})
    texts = {number: text for number, text in rows_of_texts}  # noqa: C416
    return {
        activity: Words(
            activity,
            texts.get(first or 0, ""),
            texts.get(last or 0, ""),
            bool(last and latest and latest > last),
        )
        for activity, first, last, latest in rows
    }


_IS_THEIRS = Event.actor_id == Activity.customer_id
_OF_THE_HOUSE = (Role.TEAM, Role.COLLEAGUE)
_ENDS = (
    select(
        Activity.id,
        func.min(Event.id).filter(_IS_THEIRS),
        func.max(Event.id).filter(Participant.role.in_(_OF_THE_HOUSE)),
        func.max(Event.id).filter(_IS_THEIRS),
    )
    .join(Event, Event.activity_id == Activity.id)
    .join(
        Participant,
        (Participant.activity_id == Activity.id)
        & (Participant.person_id == Event.actor_id),
    )
    .where(
        Activity.id.in_(among("activities")),
        Event.kind == Kind.POST,
        Event.lane == Lane.EVERYONE,
        Event.id <= bindparam("until"),
    )
    .group_by(Activity.id)
)
_TEXTS = select(Event.id, Event.text).where(Event.id.in_(among("numbers")))


class Helper(NamedTuple):
    """Somebody of the house who takes part in a case, or once did."""

    person: int
    title: str
    is_here: bool
    """Else they have left."""


def helpers(session: Session, activities: Collection[int]) -> dict[int, list[Helper]]:
    """Give who of the house was ever in some activities, first come first."""
    found: dict[int, list[Helper]] = {}
    if activities:
        rows = session.execute(_HELPERS, {"activities": activities})
        for activity, person, title, is_here in rows:
            found.setdefault(activity, []).append(Helper(person, title, is_here))
    return found


_HELPERS = (
    select(
        Participant.activity_id,
        Person.id,
        Person.title,
        Participant.membership == Membership.JOINED,
    )
    .join(Person, Person.id == Participant.person_id)
    .where(
        Participant.activity_id.in_(among("activities")),
        Participant.role.in_(_OF_THE_HOUSE),
    )
    .order_by(Participant.id)
)


class Moved(NamedTuple):
    """What became of a theme, in the words that somebody approved for customers."""

    theme: int
    desk: int
    status: Status
    answer: str
    changed_at: datetime | None


def moved_themes(
    session: Session, desks: Collection[int], since: datetime
) -> list[Moved]:
    """Give the themes of some desks that were answered since, the newest first."""
    rows = session.execute(_MOVED, {"desks": desks, "since": since})
    return [Moved(*row) for row in rows]


_MOVED = (
    select(Theme.id, Theme.desk_id, Theme.status, Theme.answer, Theme.changed_at)
    .where(
        Theme.desk_id.in_(among("desks")),
        Theme.status != Status.HEARD,
        Theme.answer != "",
        Theme.changed_at > bindparam("since"),
    )
    .order_by(Theme.changed_at.desc(), Theme.id.desc())
)


def told_themes(
    session: Session, themes: Collection[int], people: Collection[int]
) -> set[tuple[int, Status, int]]:
    """Give who of some was told of themes in a case of their own, with the status."""
    rows = session.execute(_TOLD, {"themes": themes, "people": people})
    return {(theme, status, person) for theme, status, person in rows}


_TOLD = select(ThemeTold.theme_id, ThemeTold.status, ThemeTold.person_id).where(
    ThemeTold.theme_id.in_(among("themes")), ThemeTold.person_id.in_(among("people"))
)

"""A card per person: who they are to a case, and what they know (decisions D37, D38).

Customers and guests read what people confirmed of themselves, and never an address;
the team reads also what a signature or an inviter said of them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from storage import solved
from storage.activity import Activity, Membership, Role
from storage.database import Session
from storage.people import Person
from storage.roster import Seat, display_name
from templates.face import Face

_TO_THEM = re.compile(r"^you(?: are|['\u2019]re)?\s+", re.IGNORECASE)


def said_of(reason: str) -> str:
    """Give an inviter's "you wrote the importer" as the others read it."""
    return _TO_THEM.sub("", reason)


def face(seat: Seat, activity: Activity, *, at: datetime | None = None) -> Face:
    """Give a person as the others see them in a line; never their address (D37).

    `at` is now, for those who are away.
    """
    person = seat.person
    if person.id == activity.owner_id:
        says = "owner"
    elif person.id == activity.customer_id:
        says = "customer"
    else:
        says = said_of(seat.participant.reason) or str(seat.participant.role)
    return Face(
        name=seat.name,
        says=says,
        organisation=person.organisation,
        away_until=person.away_until if at and person.is_away(at) else None,
    )


def cards(
    session: Session,
    seats: Iterable[Seat],
    activity: Activity,
    *,
    at: datetime | None = None,
    for_staff: bool = False,
    among: Iterable[Seat] = (),
) -> tuple[Face, ...]:
    """Give people with all that their readers may know of them, in one query.

    Who brought them, if it is one `among` these, is told to the team alone.
    """
    shown = list(seats)
    names = {seat.person.id: seat.name for seat in among} if for_staff else {}
    helped = solved.helped(session, [seat.person.id for seat in shown])
    return tuple(
        replace(
            _with_card(face(seat, activity, at=at), seat.person, helped),
            unconfirmed=unconfirmed(seat.person) if for_staff else (),
            brought_by=names.get(seat.participant.invited_by_id or 0, ""),
        )
        for seat in shown
    )


def card(session: Session, person: Person) -> Face:
    """Give somebody who is in no case as the team reads them."""
    shown = Face(
        name=display_name(session, person.id), organisation=person.organisation
    )
    found = _with_card(shown, person, solved.helped(session, [person.id]))
    return replace(found, unconfirmed=unconfirmed(person))


def _with_card(shown: Face, person: Person, helped: Mapping[int, int]) -> Face:
    return replace(
        shown,
        title=person.title,
        skills=tuple(person.skills),
        about=person.about,
        helped=helped.get(person.id, 0),
    )


def signed(person: Person) -> tuple[str, ...]:
    """Give what their signature said, and they have not said themselves."""
    skill = person.proposed.get("skill")
    return tuple(each for each in unconfirmed(person) if each != skill)


def unconfirmed(person: Person) -> tuple[str, ...]:
    """Give what a signature or an inviter said, and they have not said themselves."""
    proposed = person.proposed
    own = {
        "title": person.title,
        "organisation": person.organisation,
        "skill": bool(person.skills),
    }
    names = ("title", "organisation", "telephone", "skill")
    return tuple(
        str(proposed[name])
        for name in names
        if proposed.get(name) and not own.get(name)
    )


def present(
    seats: Iterable[Seat], *, without: int | None = None, backstage: bool = False
) -> list[Seat]:
    """Give those who take part: the customer and all who joined.

    Whom the team consults is there only for the team, `backstage`.
    """
    return [
        seat
        for seat in seats
        if seat.participant.membership is Membership.JOINED
        and seat.person.id != without
        and (backstage or seat.participant.role is not Role.CONSULTED)
    ]

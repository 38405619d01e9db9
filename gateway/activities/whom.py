"""Whom a command may name, and what is said when it names nobody (decisions D37)."""

from collections.abc import Iterable

from gateway.activities.floor import Floor
from gateway.routing.naming import Card
from storage.activity import Membership, Role
from storage.roster import Seat
from templates.understood import Understood

_KNOWN = frozenset({Membership.JOINED, Membership.LEFT})


def cards(floor: Floor, seats: Iterable[Seat]) -> list[Card]:
    """Give those whom somebody may name in an activity: whom they know there.

    Who is outside the team does not know those of it who were only told.
    """
    own = floor.participant
    return [
        Card(seat.person.id, seat.name, seat.keys)
        for seat in seats
        if seat.person.id != own.person_id and (own.in_team_lane or _is_seen(seat))
    ]


def _is_seen(seat: Seat) -> bool:
    """Say whether somebody outside the team knows a person of the case."""
    is_behind = seat.participant.role is Role.CONSULTED
    return seat.participant.membership in _KNOWN and not is_behind


def unclear(command: str, words: str, found: Iterable[Card]) -> Understood:
    """Say that a name is nobody's here, or that of several."""
    several = tuple(card.name for card in found)
    return Understood(
        command=command,
        outcome="several_called" if several else "nobody_called",
        names=several or ((words.strip(),) if words.strip() else ()),
    )

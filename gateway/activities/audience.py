"""Who hears a post: the rules of hearing, asked for everybody of an activity.

The same for a mail that is processed and for one that is only explained.
"""

from dataclasses import dataclass
from datetime import datetime

from gateway.activities.house import House
from gateway.activities.letters import may_be_written
from gateway.routing.desk import Desk
from gateway.routing.facts import Standing
from gateway.routing.health import refuses
from gateway.routing.hearing import Heard, Reader, Spoken, hear
from gateway.routing.pace import Pace
from storage.activity import Role
from storage.address_health import Health
from storage.roster import Seat, seat_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """Where a post is heard: what of its activity decides who gets it."""

    house: House
    desk: Desk
    customer: int
    owner: int | None
    """Who has the case, be it by this very post."""
    direct: frozenset[str]
    """Address keys in To and Cc of the author's own mail."""
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What of a post itself decides who gets it."""

    author: int | None
    team_lane: bool
    opens: bool = False
    takes: bool = False
    by_hand: bool = False
    pace: Pace = Pace.CALM
    quiet: bool = False


def hearing(
    hall: Hall, seats: list[Seat], utterance: Utterance
) -> dict[int, tuple[Heard, str]]:
    """Say of each person what they get of a post, and by which rule; writes nothing."""
    post = _spoken(hall, seats, utterance)
    return hear([_reader(seat, hall, utterance) for seat in seats], post)


def _reader(seat: Seat, hall: Hall, utterance: Utterance) -> Reader:
    participant = seat.participant
    return Reader(
        person=seat.person.id,
        standing=Standing(participant.membership),
        in_team_lane=participant.in_team_lane,
        on_team=participant.role is Role.TEAM,
        is_customer=seat.person.id == hall.customer,
        is_owner=seat.person.id == hall.owner,
        wants=participant.hearing,
        reachable=seat.reachable,
        got_it_directly=bool(seat.keys & hall.direct),
        may_be_written=may_be_written(hall.house, hall.desk, seat.address),
        given_up=seat.health is Health.DEAD,
        refuses=refuses(
            seat.refused,
            "note" if utterance.team_lane else "message",
            # Whoever is on the team stopped each case by itself; none may be unheard.
            answers_them=seat.person.id == hall.customer
            or participant.role is Role.TEAM,
        ),
    )


def _spoken(hall: Hall, seats: list[Seat], utterance: Utterance) -> Spoken:
    owner = seat_of(seats, hall.owner)
    author = seat_of(seats, utterance.author)
    by_customer = utterance.author == hall.customer
    return Spoken(
        author=utterance.author,
        team_lane=utterance.team_lane,
        opens=utterance.opens,
        takes=utterance.takes,
        # With an owner whose mail comes back nobody would hear the customer (R16).
        taken=owner is not None
        and owner.reachable
        and "message" not in owner.refused
        and not (by_customer and owner.person.is_away(hall.now)),
        by_customer=by_customer,
        all_follow=hall.desk.team_follow == "all",
        by_hand=utterance.by_hand,
        by_team=author is not None and author.participant.in_team_lane,
        pace=utterance.pace,
        quiet=utterance.quiet,
    )

"""Who hears a post: the rules of hearing, asked for everybody of an activity.

The same for a mail that is processed and for one that is only explained.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol

from gateway.activities.house import House
from gateway.activities.letters import may_be_written, zone_of
from gateway.activities.timetables import of_readers, quiet_end
from gateway.routing.desk import Desk
from gateway.routing.facts import Standing
from gateway.routing.health import refuses
from gateway.routing.hearing import Heard, Reader, Spoken, hear
from gateway.routing.pace import Pace
from gateway.routing.timetable import Timetable
from parsers.called import called, is_called
from parsers.zone import zone_named
from storage.activity import Hearing, Membership, Role
from storage.address_health import Health
from storage.database import Session
from storage.people import Person
from storage.roster import Seat, seat_of

_STAYS = frozenset({Membership.TOLD, Membership.JOINED})
_BY_DIGEST = frozenset({Hearing.DIGEST, Hearing.URGENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """Where a post is heard: what of its activity decides who gets it."""

    session: Session
    house: House
    desk: Desk
    customer: int
    owner: int | None
    """Who has the case, be it by this very post."""
    direct: frozenset[str]
    """Address keys in To and Cc of the author's own mail."""
    now: datetime
    is_urgent: bool = False
    """One of the team has put the activity first."""


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
    text: str = ""
    """The new text, in which somebody may be called by name."""
    assigns: bool = False
    """The mail gave the case to its owner."""
    is_thanks: bool = False
    thanks: int | None = None
    """Whom it thanks, if it is thanks and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What is known of all readers together."""

    words: frozenset[str]
    """Names by which the text may speak to somebody."""
    author: int | None
    deputy: int | None
    """Who hears the customer in place of an owner who is away."""
    owner_away: bool
    on_duty: frozenset[str] | None
    """Address keys; None: everybody is."""
    in_quiet_hours: frozenset[int]
    no_digests: frozenset[int]
    """Who turned theirs off, of those who read this case by digest."""


class Present(Protocol):
    """Whoever may have paused or be away: a person, or a row of one."""

    @property
    def paused_until(self) -> datetime | None:
        """Until then nothing goes to them at once."""

    def is_away(self, at: datetime) -> bool:
        """Say whether they are away at a moment."""


def is_paused(person: Present, at: datetime) -> bool:
    """Say whether somebody wants nothing at once at an instant."""
    return person.paused_until is not None and person.paused_until > at


def is_gone(person: Present, at: datetime) -> bool:
    """Say whether somebody has paused or is away, so that others hear for them."""
    return is_paused(person, at) or person.is_away(at)


def back_at(person: Person, desk: Desk, at: datetime) -> datetime | None:
    """Give when somebody who is gone is back; None for who is there."""
    if is_paused(person, at):
        return person.paused_until
    if person.away_until is None or not person.is_away(at):
        return None
    return datetime.combine(
        person.away_until, time(), zone_named(zone_of(person, desk))
    )


def stand_in(seats: list[Seat], owner: Seat | None, at: datetime) -> Seat | None:
    """Give who hears the customer while the owner is away: their deputy, if there.

    None while the owner is there, and when nobody stands in: then it is the team (D35).
    """
    if owner is None or not is_gone(owner.person, at):
        return None
    deputy = seat_of(seats, owner.person.deputy_id)
    if deputy is None or not deputy.participant.is_staff:
        return None
    is_there = deputy.participant.membership in _STAYS and deputy.reachable
    return deputy if is_there and not is_gone(deputy.person, at) else None


def hearing(
    hall: Hall, seats: list[Seat], utterance: Utterance
) -> dict[int, tuple[Heard, str]]:
    """Say of each person what they get of a post, and by which rule; writes nothing."""
    owner = seat_of(seats, hall.owner)
    deputy = stand_in(seats, owner, hall.now)
    tables = _timetables(hall, seats)
    scene = _Scene(
        words=called(utterance.text),
        author=utterance.author,
        deputy=deputy.person.id if deputy else None,
        owner_away=owner is not None and is_gone(owner.person, hall.now),
        on_duty=_on_duty(hall, seats),
        # What quiet hours put off waits for a digest; without one it comes at once.
        in_quiet_hours=frozenset(
            person
            for person, table in tables.items()
            if table.is_on and quiet_end(table, hall.now)
        ),
        no_digests=frozenset(
            person for person, table in tables.items() if not table.is_on
        ),
    )
    post = _spoken(hall, seats, utterance, scene)
    return hear([_reader(seat, hall, utterance, scene) for seat in seats], post)


def _timetables(hall: Hall, seats: list[Seat]) -> dict[int, Timetable]:
    """Ask for those alone whom it can matter to: who gets each message gets it."""
    by_digest = {
        seat.person.id: (seat.participant.role, seat.person.zone)
        for seat in seats
        if seat.participant.hearing in _BY_DIGEST
    }
    return of_readers(hall.session, hall.desk, by_digest)


def _on_duty(hall: Hall, seats: list[Seat]) -> frozenset[str] | None:
    """Give who receives new cases; None when nobody of them would hear."""
    at = hall.now
    on_duty = hall.desk.on_duty(at)
    if not on_duty:
        return None
    for seat in seats:
        is_there = seat.participant.membership in _STAYS and seat.reachable
        hears = seat.participant.hearing is Hearing.EACH and not seat.refused
        if is_there and hears and seat.keys & on_duty and not is_gone(seat.person, at):
            return on_duty
    return None


def _reader(seat: Seat, hall: Hall, utterance: Utterance, scene: _Scene) -> Reader:
    participant, person = seat.participant, seat.person
    return Reader(
        person=seat.person.id,
        standing=Standing(participant.membership),
        in_team_lane=participant.in_team_lane,
        on_team=participant.role is Role.TEAM and not participant.is_former,
        is_consulted=participant.role is Role.CONSULTED,
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
        paused=is_paused(person, hall.now),
        ignores_author=scene.author is not None and scene.author in person.ignores,
        in_quiet_hours=person.id in scene.in_quiet_hours,
        no_digests=person.id in scene.no_digests,
        called=bool(scene.words)
        and is_called((seat.name, seat.address.partition("@")[0]), scene.words),
        stands_in=person.id == scene.deputy,
        on_duty=scene.on_duty is None or bool(seat.keys & scene.on_duty),
    )


def _spoken(
    hall: Hall, seats: list[Seat], utterance: Utterance, scene: _Scene
) -> Spoken:
    owner = seat_of(seats, hall.owner)
    author = seat_of(seats, utterance.author)
    by_customer = utterance.author == hall.customer
    return Spoken(
        author=utterance.author,
        team_lane=utterance.team_lane,
        opens=utterance.opens,
        takes=utterance.takes,
        # With an owner whose mail comes back nobody would hear the customer (R16).
        # So it is with one who is away and has no deputy there (decisions D35).
        taken=owner is not None
        and owner.reachable
        and "message" not in owner.refused
        and not (scene.owner_away and by_customer and scene.deputy is None),
        by_customer=by_customer,
        all_follow=hall.desk.team_follow == "all",
        by_hand=utterance.by_hand,
        by_team=author is not None and author.participant.in_team_lane,
        pace=utterance.pace,
        quiet=utterance.quiet,
        assigns=utterance.assigns,
        owner_away=scene.owner_away,
        is_thanks=utterance.is_thanks,
        thanks=utterance.thanks,
        is_urgent=hall.is_urgent,
    )

"""Customers who wait in a case: the state of it is held against its history (R16)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from storage import held, pace
from storage.activity import (
    Activity,
    Lane,
    Membership,
    Participant,
    Role,
    Turn,
)
from storage.event import DOOR_OF_OLD_MAIL, Event, Kind
from storage.held import DEAD
from storage.ledger import Ledger, Outcome
from storage.old_mail import in_parts
from storage.outbox import Delivery, Letter
from storage.people import PersonAddress
from storage.unseen import Unseen, Why
from storage.unsettled import (
    Case,
    answered_in_old_mail,
    find_unsettled,
    open_cases,
    split_off,
)

_HERE = frozenset({Membership.TOLD, Membership.JOINED})


def unseen_cases(session: Session) -> Iterator[Unseen]:
    """Give the cases whose customer waits unseen."""
    waiting = []
    cases = list(open_cases(session, find_unsettled(session)))
    misjudged = {case_.id: why for case_ in cases if (why := _misjudged(case_))}
    # The answer may be old mail that was imported since, by another number.
    answered = answered_in_old_mail(
        session,
        [each for each in cases if each.id in misjudged and not each.waiting_since],
    )
    for case_ in cases:
        if case_.id in misjudged and case_.id not in answered:
            yield case_.is_unseen(misjudged[case_.id])
        elif case_.waiting_since is not None or case_.promised_at is not None:
            waiting.append(case_)
    seats = _seats(session, waiting)
    unseen = _unseen_posts(session, [each for each in waiting if seats[each.id]], seats)
    for case_ in waiting:
        team = seats[case_.id]
        if team and not any(team.values()):
            yield case_.is_unseen(Why.NOBODY)
        elif case_.owner is not None and case_.owner not in team:
            yield case_.is_unseen(Why.OWNER_GONE)
        elif case_.id in unseen:
            yield case_.is_unseen(Why.UNSEEN)


def _misjudged(found: Case) -> Why | None:
    """Say whether the state of a case is not what its history tells."""
    if found.waiting_since is None and not found.unsettled:
        return None
    if found.turn is Turn.CUSTOMERS:
        return Why.CUSTOMERS_TURN
    if found.turn is Turn.RESOLVED:
        return Why.AFTER_RESOLUTION
    if found.waiting_since is None:
        return Why.FORGOTTEN
    if found.promised_at is None and not found.since_old_mail:
        return Why.NO_PROMISE
    return None


_Seats = dict[int, dict[int, bool]]
"""By case, who of its team is there, and whether mail reaches them."""


def _seats(session: Session, cases: Collection[Case]) -> _Seats:
    gone = held.paused(session)
    found: _Seats = {case.id: {} for case in cases}
    for some in in_parts(found):
        rows = session.execute(
            select(
                Participant.activity_id,
                Participant.person_id,
                Participant.membership,
                PersonAddress.key,
            )
            .outerjoin(PersonAddress, PersonAddress.person_id == Participant.person_id)
            .where(
                Participant.activity_id.in_(some),
                Participant.in_team_lane,
                # Whose advice is asked owes the customer nothing.
                Participant.role != Role.CONSULTED,
            )
            # The address that is written to comes last, and wins.
            .order_by(PersonAddress.is_primary, PersonAddress.id.desc())
        )
        for activity, person, membership, address in rows:
            if membership in _HERE:
                found[activity][person] = address not in gone
            else:
                # Whoever is there no longer shows that there is a team.
                found[activity].setdefault(-person, False)
    return found


def _unseen_posts(
    session: Session, cases: Iterable[Case], seats: _Seats
) -> dict[int, list[int]]:
    """Give, by case, the customer's texts that nobody who is there has got.

    Got is what went to them, be it directly; what waits in the digest of somebody who
    knows that the customer waits, or is in haste; and what a later notice told them.
    """
    posts = _unanswered(session, cases)
    live = {
        number: {person for person, is_live in seats[number].items() if is_live}
        for number in posts
    }
    got, digest = _heard(session, posts, live)
    missed: dict[int, set[int]] = {}
    """By post, in whose digest it waits who is there."""
    for number, all_ in posts.items():
        here = live[number]
        know = {person for post in all_ for person in got[post] & here}
        missed |= {
            post: digest[post] & here
            for post in all_
            if not (got[post] & here or digest[post] & know)
        }
    hasty: dict[int, set[int]] = {}
    for some in in_parts(post for post, readers in missed.items() if readers):
        hasty |= pace.told_of_haste(session, some)
    found = {
        number: [
            post
            for post in all_
            if post in missed and not missed[post] & hasty.get(post, set())
        ]
        for number, all_ in posts.items()
    }
    return {number: unseen for number, unseen in found.items() if unseen}


def _unanswered(session: Session, cases: Iterable[Case]) -> dict[int, list[int]]:
    by_part = {part: each for each in cases for part in each.unsettled}
    elsewhere = set(split_off(session))
    found: defaultdict[int, list[int]] = defaultdict(list)
    for some in in_parts(by_part):
        # Whose they are is asked here: by the index of actors a database would find
        # all that a customer ever wrote, for each of their cases.
        rows = session.execute(
            select(Event.activity_id, Event.id, Event.actor_id)
            .where(
                Event.activity_id.in_(some),
                Event.kind == Kind.POST,
                Event.lane == Lane.EVERYONE,
                Event.door != DOOR_OF_OLD_MAIL,
                Event.is_thanks.is_(False),
            )
            .order_by(Event.id)
        )
        for part, post, actor in rows:
            owed = by_part[part]
            is_open = post > owed.unsettled[part] and post not in elsewhere
            if is_open and actor == owed.customer:
                found[owed.id].append(post)
    return found


_Readers = defaultdict[int, set[int]]


def _heard(
    session: Session, posts: Mapping[int, list[int]], live: Mapping[int, set[int]]
) -> tuple[_Readers, _Readers]:
    """Give who of those that are there got each post, and in whose digest it waits."""
    got: _Readers = defaultdict(set)
    digest: _Readers = defaultdict(set)
    case_of = {post: number for number, all_ in posts.items() for post in all_}
    for some in in_parts(case_of):
        here = set().union(*(live[case_of[post]] for post in some))
        rows = session.execute(
            select(Ledger.event_id, Ledger.person_id, Ledger.outcome, Delivery.state)
            .outerjoin(Delivery, Delivery.id == Ledger.delivery_id)
            # A thousand may read along. The sum keeps the database from looking each
            # of those who are there up for each post.
            .where(Ledger.event_id.in_(some), (Ledger.person_id + 0).in_(here))
        )
        for post, person, outcome, state in rows:
            is_sent = outcome is Outcome.COPY and state not in {None, *DEAD}
            if is_sent or outcome is Outcome.DIRECT:
                got[post].add(person)
            elif outcome is Outcome.DIGEST:
                digest[post].add(person)
        for newest, person in _notices(session, some):
            for post in posts[case_of[newest]]:
                if post <= newest:
                    got[post].add(person)
    return got, digest


def _notices(session: Session, posts: list[int]) -> list[tuple[int, int]]:
    """Give the notices that name one of some posts, and whom they told.

    A notice that names a post tells all that the customer wrote until then. Not one
    that the ledger knows, with what was missed: that names the first of all.
    """
    rows = session.execute(
        select(Letter.event_id, Delivery.person_id)
        .join(Delivery, Delivery.letter_id == Letter.id)
        .outerjoin(
            Ledger,
            and_(
                Ledger.event_id == Letter.event_id,
                Ledger.person_id == Delivery.person_id,
                Ledger.delivery_id == Delivery.id,
            ),
        )
        .where(
            Letter.event_id.in_(posts),
            Letter.kind == "notice",
            Delivery.state.not_in(DEAD),
            Ledger.event_id.is_(None),
        )
    )
    return [(newest, person) for newest, person in rows if newest is not None]


def unheard(session: Session, only: Activity | None = None) -> dict[int, list[int]]:
    """Give, by case, the customer's texts that somebody who is there should get.

    Those alone where somebody is there whom a letter could reach.
    """
    families = _families(session) if only is None else {only.id: only.family}
    parts = [number for family in families.values() for number in family]
    cases = [
        each
        for each in open_cases(session, find_unsettled(session, parts))
        if each.id in families
        and each.waiting_since is not None
        and each.turn in {Turn.NEW, Turn.OURS}
    ]
    seats = _seats(session, cases)
    there = [each for each in cases if any(seats[each.id].values())]
    return _unseen_posts(session, there, seats)


def _families(session: Session) -> dict[int, tuple[int, ...]]:
    """Give the cases whose customer waits, each with what was merged into it."""
    rows = session.execute(
        select(Activity.id, Activity.merged).where(
            Activity.waiting_since.is_not(None), Activity.redirect_id.is_(None)
        )
    )
    return {number: (number, *merged) for number, merged in rows}

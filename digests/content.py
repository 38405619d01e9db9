"""What digests say: gathered for many readers at once, read anew when they are written.

A text that was taken back since, whoever left since, a lane that a reader is no longer
in: nothing of it goes out, whatever the ledger said when the post came (digests 3.1).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from digests import select
from digests.cadence import Slot
from gateway.routing.desk import Desk
from gateway.routing.hearing import IGNORED
from gateway.routing.timetable import Kind, Timetable
from parsers.reply_address import number
from storage import digest_content
from storage.activity import Activity, Hearing, Lane, Membership, Participant, Turn
from storage.database import Session
from storage.digest_content import Reading
from storage.event import Event
from storage.event import Kind as Happened
from storage.untold import Untold
from templates.promised import Promise
from templates.values import Digest, DigestItem, Told

_HERE = frozenset({Membership.TOLD, Membership.JOINED})
SUBJECT_LETTERS, LINE_LETTERS, NAME_LETTERS = 100, 50, 30


class Due(Protocol):
    """What is asked of a digest that is due (digests.digest)."""

    @property
    def person(self) -> int:
        """Whose it is."""

    @property
    def desk(self) -> Desk:
        """Of which desk."""

    @property
    def kind(self) -> Kind:
        """Which kind."""

    @property
    def timetable(self) -> Timetable:
        """When it comes."""

    @property
    def slot(self) -> Slot:
        """For which slot it is."""

    @property
    def range_lo(self) -> int:
        """After which event it begins."""

    @property
    def range_hi(self) -> int:
        """With which event it ends."""


@dataclass(frozen=True, slots=True)
class Library:
    """All that the digests of one transaction may say."""

    readers: Mapping[int, Reading]
    into: Mapping[int, int]
    """By the activity of an event: the one that it belongs to today."""
    cases: Mapping[int, Activity]
    posts: Mapping[int, Event]
    seats: Mapping[tuple[int, int], Participant]
    names: Mapping[int, tuple[str, str]]
    mailed: Mapping[tuple[int, int], Sequence[tuple[int, datetime]]]
    changes: Mapping[int, Sequence[Event]]
    muted: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Written:
    """One digest as its letter needs it."""

    reader: Reading
    values: Digest
    cases: Mapping[int, tuple[int, int, str]]
    """By number: seat, generation of its token, and lane."""
    numbers: list[int]
    """What the letter's numbered tokens seal."""


def gather(session: Session, due: Collection[Due], told: Iterable[Untold]) -> Library:
    """Look up what some digests tell, a query for each noun."""
    rows = list(told)
    people = sorted({each.person for each in due})
    into, cases = {}, {}
    wanted = sorted({row.activity for row in rows})
    for activity, found in digest_content.cases(session, wanted).items():
        into[activity], cases[found.id] = found.id, found
    where = sorted(cases)
    posts = digest_content.events_of(session, sorted({row.event for row in rows}))
    low = min(each.range_lo for each in due)
    changes = defaultdict(list)
    until = max(each.range_hi for each in due)
    for event in digest_content.changes(session, where, low, until):
        changes[event.activity_id].append(event)
    mailed = defaultdict(list)
    for person, activity, post, at in digest_content.mailed(
        session, people, where, low
    ):
        mailed[person, activity].append((post, at))
    named = {each.actor_id for each in posts.values()}
    named |= {each.actor_id for some in changes.values() for each in some}
    named |= {each.customer_id for each in cases.values()}
    return Library(
        readers=digest_content.readers(session, people),
        into=into,
        cases=cases,
        posts=posts,
        seats=digest_content.seats(session, people, where),
        names=digest_content.names(session, sorted(each for each in named if each)),
        mailed=mailed,
        changes=changes,
        muted=digest_content.muted(session, people),
    )


def write(library: Library, due: Due, rows: Iterable[Untold]) -> Written | None:
    """Write what one digest says; None when nothing of it may be told any more."""
    page = _Page(library, due)
    by_case = defaultdict(list)
    for row in rows:
        if (case := library.into.get(row.activity)) is not None:
            by_case[case].append(row)
    cases = [page.case(case, found) for case, found in by_case.items()]
    told = [each for each in cases if each is not None]
    ignored = sum(post.ignored for each in told for post in each.posts)
    heard = [each for each in told if not all(post.ignored for post in each.posts)]
    chosen = select.choose(heard, due.slot.at)
    if not chosen.items:
        return None
    items = tuple(page.item(each, at) for at, each in enumerate(chosen.items, 1))
    full, lines = items[: len(chosen.full)], items[len(chosen.full) :]
    seats = [library.seats[each.case.activity, due.person] for each in chosen.items]
    values = Digest(
        desk=due.desk.name,
        kind=str(due.kind),
        at=due.slot.at,
        every=str(due.timetable.every),
        weekdays=tuple(sorted(due.timetable.weekdays)),
        needs=tuple(each for each in full if each.needs_you),
        changed=tuple(each for each in full if not each.needs_you),
        lines=lines,
        rest=chosen.rest,
        count_needs=chosen.needs,
        count_changed=chosen.changed,
        muted=library.muted.get(due.person, 0),
        ignored=ignored,
    )
    return Written(
        reader=library.readers[due.person],
        values=values,
        cases={
            one.number: (seat.id, seat.generation, one.lane)
            for one, seat in zip(items, seats, strict=True)
        },
        numbers=[number(seat.id, seat.generation) for seat in seats[: len(full)]],
    )


@dataclass(frozen=True, slots=True)
class _Page:
    """One digest as it is written."""

    library: Library
    due: Due

    def case(self, activity: int, rows: Sequence[Untold]) -> select.Case | None:
        """Give what is new for the reader in one activity, as far as they may know."""
        seat = self.library.seats.get((activity, self.due.person))
        if seat is None or seat.membership not in _HERE:
            return None
        if seat.hearing is Hearing.MUTED:
            return None
        row = self.library.cases[activity]
        posts = tuple(
            self._post(self.library.posts[each.event], row, each.reason)
            for each in rows
            if self._may_read(self.library.posts.get(each.event), seat)
        )
        if not posts:
            return None
        is_owner = row.owner_id == self.due.person
        return select.Case(
            activity=activity,
            posts=posts,
            is_owner=is_owner,
            waiting_since=row.waiting_since,
            promised_at=row.promised_at,
            is_open=row.turn is not Turn.RESOLVED,
            changes=len(self._changes(activity, posts[0].event)),
            watching_only=seat.membership is Membership.TOLD,
        )

    def _may_read(self, post: Event | None, seat: Participant) -> bool:
        if post is None or post.kind is not Happened.POST:
            return False
        if post.lane is Lane.TEAM and not seat.in_team_lane:
            return False
        return not seat.since_event_id or post.id > seat.since_event_id

    def _post(self, event: Event, row: Activity, reason: str) -> select.Post:
        name, _ = self._name(self.due.person)
        names = {name, name.partition(" ")[0]}
        return select.Post(
            event=event.id,
            author=event.actor_id,
            at=event.received_at,
            asks=select.asks(event.text, names),
            by_customer=event.actor_id == row.customer_id,
            ignored=reason == IGNORED,
        )

    def _name(self, person: int | None) -> tuple[str, str]:
        if person == self.due.person:
            reader = self.library.readers[self.due.person]
            name = reader.person.name or reader.address.partition("@")[0]
            return name, reader.person.organisation
        return self.library.names.get(person or 0, (self.due.desk.name, ""))

    def _shortened(self, person: int | None) -> str:
        return select.excerpt(self._name(person)[0], NAME_LETTERS)

    def _changes(self, activity: int, first: int) -> list[Event]:
        """Give what became of it since the last digest, in the first since a post."""
        after = self.due.range_lo or first
        return [
            each
            for each in self.library.changes.get(activity, ())
            if after < each.id <= self.due.range_hi and each.actor_id != self.due.person
        ]

    def item(self, item: select.Item, at: int) -> DigestItem:
        """Give one activity as the letter says it."""
        case, library = item.case, self.library
        row = library.cases[case.activity]
        customer, organisation = self._name(row.customer_id)
        posts = [library.posts[each.event] for each in item.shown]
        heard = [each for each in case.posts if not each.ignored]
        newest = library.posts[heard[-1].event]
        asked = next((each for each in heard if each.asks), None)
        by = asked or heard[-1]
        mailed = [
            when
            for event, when in library.mailed.get((self.due.person, case.activity), ())
            if self.due.range_lo < event <= self.due.range_hi
        ]
        return DigestItem(
            number=at,
            needs_you=item.needs_you,
            subject=select.excerpt(
                row.subject, SUBJECT_LETTERS if item.shown else LINE_LETTERS
            ),
            customer=""
            if row.customer_id == self.due.person
            else select.excerpt(customer, NAME_LETTERS),
            organisation=select.excerpt(organisation, NAME_LETTERS)
            if item.shown
            else "",
            why=item.why,
            by=self._shortened(by.author),
            at=by.at,
            waiting_since=row.waiting_since if case.is_owner else None,
            promise=Promise(
                at=row.promised_at,
                day_only=row.promised_day_only,
                zone=self.due.desk.zone if row.promised_day_only else "",
            )
            if row.promised_at is not None
            else None,
            is_solved=not case.is_open,
            changes=tuple(
                (
                    str(each.kind),
                    select.excerpt(self._name(each.actor_id)[0], NAME_LETTERS),
                )
                for each in self._changes(case.activity, case.posts[0].event)[
                    :_MOST_CHANGES
                ]
            ),
            posts=tuple(self._told(each) for each in posts),
            more=item.more,
            mailed=tuple(mailed),
            lane=str(newest.lane),
        )

    def _told(self, post: Event) -> Told:
        return Told(
            author=self._shortened(post.actor_id),
            at=post.received_at,
            text=select.excerpt(post.text),
            is_note=post.lane is Lane.TEAM,
        )


_MOST_CHANGES = 4

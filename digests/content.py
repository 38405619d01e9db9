"""What digests say: gathered for many readers at once, read anew when they are written.

A text that was taken back since, whoever left since, a lane that a reader is no longer
in: nothing of it goes out, whatever the ledger said when the post came (digests 3.1).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digests import echoes, requests, select, work_content, work_item
from digests.cadence import comes_at, is_late
from digests.due import Due
from digests.helping import are_news
from digests.library import Library
from digests.sections import Section, Standing, find
from gateway.activities.house import House
from gateway.routing.hearing import IGNORED
from parsers.reply_address import number
from storage.activity import Hearing, Lane, Membership, Turn
from storage.database import Session
from storage.digest_content import Case, Happening, Reading, Seat
from storage.event import Kind as Happened
from storage.untold import Taken
from templates.digested import Digest, DigestItem, Told
from templates.helped import Wanted
from templates.promised import Promise
from templates.request import Request

_HERE = frozenset({Membership.TOLD, Membership.JOINED})
SUBJECT_LETTERS, LINE_LETTERS, NAME_LETTERS = 100, 50, 30


@dataclass(frozen=True, slots=True)
class Written:
    """One digest as its letter needs it."""

    reader: Reading
    values: Digest
    cases: Mapping[int, tuple[int, int, str]]
    """By number: seat, generation of its token, and lane."""
    numbers: list[int]
    """What the letter's numbered tokens seal."""
    answers: Mapping[str, object]
    """What further numbers mean: mails that wait, and ready nudges."""
    tells_of: tuple[int, ...]
    """The mails whose notice it is (promises R16)."""
    promises: frozenset[int]
    """The cases of whose promise it tells, which no reminder says again (F52)."""


def write(
    session: Session, house: House, library: Library, due: Due, rows: Iterable[Taken]
) -> Written | None:
    """Write what one digest says; None when nothing of it may be told any more."""
    page, foremost = _Page(library, due), due.foremost
    by_case: dict[int, list[Taken]] = {
        case: [] for case in (*foremost.standings, *due.own_cases)
    }
    for row in rows:
        event, _ = row
        if (case := library.where.get(event)) is not None:
            by_case.setdefault(case, []).append(row)
    cases = [page.case(case, found) for case, found in by_case.items()]
    told = [each for each in cases if each is not None]
    ignored = sum(post.ignored for each in told for post in each.posts)
    heard = [
        each
        for each in told
        if each.standing or each.turn or not all(post.ignored for post in each.posts)
    ]
    chosen = select.choose(heard, due.slot.at, due.window)
    unread = len(foremost.left_out - by_case.keys())
    desk = work_content.write(session, house, due, library.names)
    is_reason_enough = desk.is_reason_enough or are_news(due.offers)
    if not chosen.items and not is_reason_enough:
        return None
    first = [each for each in chosen.full if each.section in _OF_THE_DESK]
    # Numbers run in the order in which a reader sees them: mails stand between.
    behind = len(first) + desk.count
    items = tuple(
        page.item(each, at if at <= len(first) else at - len(first) + behind)
        for at, each in enumerate(chosen.items, 1)
    )
    full, lines = items[: len(chosen.full)], items[len(chosen.full) :]
    section = {
        one.number: each.section for one, each in zip(items, chosen.items, strict=True)
    }
    by_section = {
        wanted: tuple(one for one in full if section[one.number] is wanted)
        for wanted in Section
    }
    seats = {
        one.number: seat
        for one, each in zip(items, chosen.items, strict=True)
        if (seat := library.seats.get((each.case.activity, due.person))) is not None
    }
    work = desk.numbered(len(first)) if due.office else None
    wanted = tuple(
        Wanted(
            number=at,
            word=select.excerpt(each.word, NAME_LETTERS),
            waiting_since=each.waiting_since,
            has_owner=each.has_owner,
        )
        for at, each in enumerate(due.offers, len(items) + desk.count + 1)
    )
    values = Digest(
        desk=due.desk.name,
        kind=str(due.kind),
        at=due.slot.at,
        comes_at=comes_at(due.timetable, due.slot),
        every=str(due.timetable.every),
        weekdays=tuple(sorted(due.timetable.weekdays)),
        promised=by_section[Section.PROMISED],
        waiting=by_section[Section.WAITING],
        silent=by_section[Section.SILENT],
        unowned=by_section[Section.UNOWNED],
        needs=by_section[Section.NEEDS],
        changed=by_section[Section.CHANGED],
        closed=by_section[Section.CLOSED],
        is_of_requests=due.requests is not None,
        answered=requests.answered(library.requests, due),
        lines=lines,
        rest=chosen.rest + unread,
        count_needs=chosen.needs + unread + (work.count_needs if work else 0),
        count_changed=chosen.changed,
        muted=library.muted.get(due.person, 0),
        ignored=ignored,
        work=work,
        wanted=wanted,
        echoes=echoes.echoes(
            library,
            due,
            zip((one.number for one in items), chosen.items, strict=True),
            page.name,
        ),
    )
    means: dict[str, object] = {}
    if due.office:
        means["items"] = desk.answers(len(first))
        means["nudges"] = {str(one.number): one.nudge for one in full if one.nudge}
    if wanted:
        means["offers"] = {
            str(one.number): [each.activity, each.word]
            for one, each in zip(wanted, due.offers, strict=True)
        }
    sealed = {key: number(seat.id, seat.generation) for key, seat in seats.items()}
    last = max((one.number for one in full), default=0)
    return Written(
        reader=library.readers[due.person],
        values=values,
        cases={
            one.number: (seat.id, seat.generation, one.lane)
            for one in items
            if (seat := seats.get(one.number)) is not None
        },
        # 0 stands where nothing is sealed: for a mail, or where they have no seat.
        numbers=[sealed.get(key, 0) for key in range(1, last + 1)],
        answers=means,
        tells_of=desk.tells_of,
        promises=frozenset(
            each.case.activity
            for each in chosen.full
            if each.section is Section.PROMISED
        ),
    )


_OF_THE_DESK = frozenset(
    {Section.PROMISED, Section.WAITING, Section.SILENT, Section.UNOWNED}
)


@dataclass(frozen=True, slots=True)
class _Page:
    """One digest as it is written."""

    library: Library
    due: Due

    def case(self, activity: int, rows: Sequence[Taken]) -> select.Case | None:
        """Give what is new for the reader in one activity, as far as they may know."""
        seat = self.library.seats.get((activity, self.due.person))
        standing = self._standing(activity)
        is_here = seat is not None and seat.membership in _HERE
        if not is_here and (standing is None or seat is not None):
            return None
        if standing is None and seat is not None and seat.hearing is Hearing.MUTED:
            return None
        row = self.library.cases[activity]
        posts = tuple(self._posts(row, seat, rows)) if seat is not None else ()
        is_asked = activity in self.due.own_cases
        if not posts and standing is None and not is_asked:
            return None
        is_owner = row.owner_id == self.due.person
        return select.Case(
            activity=activity,
            posts=posts,
            is_owner=is_owner,
            waiting_since=row.waiting_since,
            promised_at=row.promised_at,
            is_open=row.turn is not Turn.RESOLVED,
            changes=len(self._changes(activity, posts)),
            watching_only=seat is not None and seat.membership is Membership.TOLD,
            standing=standing,
            turn=str(row.turn) if is_asked else "",
        )

    def _standing(self, activity: int) -> Standing | None:
        """Give how a case stands for who answers for it, if there is more to say."""
        office, window = self.due.office, self.due.window
        found = office.standing(self.due.person, activity) if office else None
        if found is None or window is None or find(found, window) is None:
            return None
        return found

    def _posts(
        self, row: Case, seat: Seat, rows: Sequence[Taken]
    ) -> tuple[select.Post, ...]:
        """Give those posts that the reader may still read.

        Nearly all who follow a case are told the same of it, and share it.
        """
        key = (row.id, seat.in_team_lane, seat.since_event_id, tuple(rows))
        texts = self.library.posts
        if (found := self.library.told.get(key)) is None:
            posts = tuple(self._readable(row, seat, rows))
            called = select.called(texts[each.event].text for each in posts)
            found = self.library.told[key] = posts, called
        posts, called = found
        name, _ = self.name(self.due.person)
        names = {name.casefold(), name.partition(" ")[0].casefold()}
        if called.isdisjoint({*names, "@"}):
            return posts
        return tuple(
            each._replace(asks=select.asks(texts[each.event].text, names))
            for each in posts
        )

    def _readable(
        self, row: Case, seat: Seat, rows: Sequence[Taken]
    ) -> Iterator[select.Post]:
        for which, reason in rows:
            event = self.library.posts.get(which)
            if event is None or event.kind is not Happened.POST:
                continue
            if event.lane is Lane.TEAM and not seat.in_team_lane:
                continue
            if seat.since_event_id and event.id <= seat.since_event_id:
                continue
            yield select.Post(
                event=event.id,
                author=event.actor_id,
                at=event.received_at,
                by_customer=event.actor_id == row.customer_id,
                ignored=reason == IGNORED,
            )

    def name(self, person: int | None) -> tuple[str, str]:
        if person == self.due.person:
            reader = self.library.readers[self.due.person]
            name = reader.person.name or reader.address.partition("@")[0]
            return name, reader.person.organisation
        return self.library.names.get(person or 0, (self.due.desk.name, ""))

    def _shortened(self, person: int | None) -> str:
        return select.excerpt(self.name(person)[0], NAME_LETTERS)

    def _changes(self, activity: int, posts: Sequence[select.Post]) -> list[Happening]:
        """Give what became of it since the last digest, in the first since a post.

        Nobody outside the team lane hears who came into it.
        """
        asked = self.due.requests if activity in self.due.own_cases else None
        if not posts and asked is None:
            return []
        after = 0 if asked else self.due.range_lo or posts[0].event
        seat = self.library.seats.get((activity, self.due.person))
        sees_all = seat is None or seat.in_team_lane
        return [
            each
            for each in self.library.changes.get(activity, ())
            if after < each.id <= self.due.range_hi
            and each.actor_id != self.due.person
            and (sees_all or not _is_backstage(each))
            # Who is on it stands there already.
            and (asked is None or _is_news_since(each, asked.since))
        ]

    def item(self, item: select.Item, at: int) -> DigestItem:
        """Give one activity as the letter says it."""
        case, library = item.case, self.library
        row = library.cases[case.activity]
        customer, organisation = self.name(row.customer_id)
        posts = [library.posts[each.event] for each in item.shown]
        heard = [each for each in case.posts if not each.ignored]
        asked = next((each for each in heard if each.asks), None)
        by = asked or (heard[-1] if heard else None)
        is_desk = item.section in _OF_THE_DESK
        mailed = [
            when
            for event, when in library.mailed.get((self.due.person, case.activity), ())
            if self.due.range_lo < event <= self.due.range_hi
            and (self.due.requests is None or when > self.due.requests.since)
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
            by=self._shortened(by.author) if by else "",
            at=by.at if by else None,
            waiting_since=row.waiting_since if case.is_owner or is_desk else None,
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
                    select.excerpt(self.name(each.actor_id)[0], NAME_LETTERS),
                )
                for each in self._changes(case.activity, case.posts)[:_MOST_CHANGES]
            ),
            posts=tuple(self._told(each) for each in posts),
            more=item.more,
            mailed=() if is_desk else tuple(mailed),
            lane=str(library.posts[heard[-1].event].lane)
            if heard and not is_desk
            else str(Lane.EVERYONE),
            request=self._request(row) if case.turn else None,
            **(
                work_item.facts(library, self.due, item, row, self.name)
                if is_desk
                else {}
            ),
        )

    def _request(self, row: Case) -> Request:
        due, promised = self.due, row.promised_at
        late = promised is not None and is_late(
            promised, due.slot.at, due.desk, by_day=row.promised_day_only
        )
        found = requests.request(self.library.requests, row, self.library.names)
        return replace(found, is_late=late)

    def _told(self, post: Happening) -> Told:
        return Told(
            author=self._shortened(post.actor_id),
            at=post.received_at,
            text=select.excerpt(post.text),
            is_note=post.lane is Lane.TEAM,
        )


def _is_news_since(change: Happening, since: datetime) -> bool:
    return change.received_at > since and change.kind is not Happened.TAKEN


def _is_backstage(change: Happening) -> bool:
    """Whoever the team consults comes and goes behind the scenes (decisions B16)."""
    is_coming = change.kind in {Happened.JOINED, Happened.LEFT}
    return is_coming and change.lane is Lane.TEAM


_MOST_CHANGES = 4

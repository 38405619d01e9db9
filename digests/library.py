"""What the digests of one transaction may say: looked up a query for each noun."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digests import requests, work_content, work_item
from digests.due import Due
from digests.likeness import Alike
from digests.select import Post
from gateway.routing.timetable import Kind
from storage import digest_content, heeded
from storage.database import Session
from storage.digest_content import Case, Happening, Reading, Seat
from storage.heeded import Heeded
from storage.untold import Taken

SameTold = tuple[int, bool, int, tuple[Taken, ...]]
"""Who has this in common may read the same: the case, whether they read the team's
notes, the event since which they read, and each post with why it waited."""


@dataclass(frozen=True, slots=True)
class Library:
    """All that the digests of one transaction may say."""

    readers: Mapping[int, Reading]
    where: Mapping[int, int]
    """By the number of a post: the activity that it belongs to today."""
    cases: Mapping[int, Case]
    posts: Mapping[int, Happening]
    seats: Mapping[tuple[int, int], Seat]
    names: Mapping[int, tuple[str, str]]
    mailed: Mapping[tuple[int, int], Sequence[tuple[int, datetime]]]
    changes: Mapping[int, Sequence[Happening]]
    muted: Mapping[int, int]
    languages: Mapping[int, str]
    """Of the customers of cases that somebody answers for."""
    requests: requests.Told
    unowned: Mapping[int, str]
    """What customers wrote first, of cases that nobody has."""
    alike: Mapping[int, Sequence[Alike]]
    """Which other open cases may be about the same, by cases that nobody has."""
    wrote: Mapping[tuple[int, int], int]
    """By case and person, of who was invited: the first event that they wrote."""
    heeded: Mapping[tuple[int, int], Sequence[Heeded]]
    """By case and person: what its customer wrote right after them."""
    told: dict[SameTold, tuple[tuple[Post, ...], frozenset[str]]] = field(
        default_factory=dict
    )
    """What some readers are told alike, and whom its texts may ask (select.called)."""


def gather(
    session: Session, due: Collection[Due], told: Iterable[Sequence[Taken]]
) -> Library:
    """Look up what some digests tell, a query for each noun."""
    people = sorted({each.person for each in due})
    into, cases = {}, {}
    worked = {one for each in due for one in each.foremost.standings}
    asked = {one for each in due for one in each.own_cases}
    posts = digest_content.events_of(
        session, sorted({event for some in told for event, _ in some})
    )
    wanted = sorted(
        {each.activity_id for each in posts.values()}
        | worked
        | asked
        | work_item.others(due)
    )
    for activity, found in digest_content.cases(session, wanted).items():
        into[activity], cases[found.id] = found.id, found
    where = sorted(cases)
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
    named |= {each.owner_id for each in cases.values() if each.id in worked}
    told_of = requests.gather(session, due)
    named |= told_of.named
    for each in due:
        named |= work_content.named(each.office)
        named |= set(each.office.skills) if each.office else set()
    invited = sorted({each.person for each in due if each.kind is Kind.COLLEAGUE})
    wrote = heeded.wrote(session, invited, where)
    said = defaultdict(list)
    for one in heeded.heeded(session, wrote, low):
        said[one.activity, one.person].append(one)
    first = work_item.first_words(session, due)
    alike = work_item.alike(session, due, first)
    near = {one.activity for some in alike.values() for one in some}
    return Library(
        readers=digest_content.readers(session, people),
        where={
            number: into[each.activity_id]
            for number, each in posts.items()
            if each.activity_id in into
        },
        cases=cases,
        posts=posts,
        seats=digest_content.seats(session, people, sorted(near.union(where))),
        names=digest_content.names(session, sorted(each for each in named if each)),
        mailed=mailed,
        changes=changes,
        muted=digest_content.muted(session, people),
        languages=digest_content.languages(
            session, sorted({cases[each].customer_id for each in worked & cases.keys()})
        ),
        requests=told_of,
        unowned=first,
        alike=alike,
        wrote=wrote,
        heeded=said,
    )

"""What became of what a colleague said since the last digest (digests 3.2).

Only what the tables know, and only in cases of which the digest tells anyway: that the
customer wrote right after them, thanked them, or that it was solved after they wrote.
Nobody's reading is looked at.
"""

from collections.abc import Callable, Iterable

from digests import select
from digests.due import Due
from digests.library import Library
from gateway.routing.timetable import Kind
from storage.event import Kind as Happened
from templates.digested import Echo

MOST = 5
NAME_LETTERS, LINE_LETTERS = 30, 50


def echoes(
    library: Library,
    due: Due,
    items: Iterable[tuple[int, select.Item]],
    name: Callable[[int | None], tuple[str, str]],
) -> tuple[Echo, ...]:
    """Give what became of their words in the cases of one digest, by its numbers."""
    if due.kind is not Kind.COLLEAGUE:
        return ()
    found = []
    for number, item in items:
        whose = (item.case.activity, due.person)
        seat = library.seats.get(whose)
        wrote = library.wrote.get(whose)
        if wrote is None or seat is None:
            continue
        first = item.case.posts[0].event - 1 if item.case.posts else due.range_hi
        after = max(due.range_lo or first, seat.since_event_id)
        said = [
            each
            for each in library.heeded.get(whose, ())
            if after < each.event <= due.range_hi
        ]
        solved = not item.case.is_open and any(
            each.kind is Happened.RESOLVED
            and each.actor_id != due.person
            and max(after, wrote) < each.id <= due.range_hi
            for each in library.changes.get(item.case.activity, ())
        )
        if not said and not solved:
            continue
        row = library.cases[item.case.activity]
        thanks = [each for each in said if each.is_thanks]
        last = (thanks or said)[-1] if said else None
        found.append(
            Echo(
                number=number,
                subject=select.excerpt(row.subject, LINE_LETTERS),
                customer=select.excerpt(name(row.customer_id)[0], NAME_LETTERS),
                at=last.at if last else None,
                is_thanks=bool(thanks),
                has_helped=solved,
            )
        )
    return tuple(found[:MOST])

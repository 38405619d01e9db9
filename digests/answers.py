"""What became of what a colleague said since the last digest (digests 3.2).

Only what the tables know, and only in cases of which the digest tells anyway: that the
customer wrote right after them, thanked them, or that it was solved after they wrote.
Nobody's reading is looked at.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from digests import select
from gateway.routing.timetable import Kind
from storage.digest_content import Case, Happening, Seat
from storage.event import Kind as Happened
from storage.heeded import Heeded
from templates.digested import Echo

MOST = 5
NAME_LETTERS, LINE_LETTERS = 30, 50


class Due(Protocol):
    """What is asked of a digest that is due (digests.due)."""

    @property
    def person(self) -> int:
        """Whose it is."""

    @property
    def kind(self) -> Kind:
        """Which kind."""

    @property
    def range_lo(self) -> int:
        """After which event it begins."""

    @property
    def range_hi(self) -> int:
        """With which event it ends."""


class Library(Protocol):
    """What was looked up for the digests of one transaction (digests.library)."""

    @property
    def cases(self) -> Mapping[int, Case]:
        """Those that they tell of."""

    @property
    def seats(self) -> Mapping[tuple[int, int], Seat]:
        """By case and person."""

    @property
    def changes(self) -> Mapping[int, Sequence[Happening]]:
        """What became of cases."""

    @property
    def wrote(self) -> Collection[tuple[int, int]]:
        """Who wrote in which case."""

    @property
    def heeded(self) -> Mapping[tuple[int, int], Sequence[Heeded]]:
        """By case and person: what its customer wrote right after them."""


def answers(
    library: Library,
    due: Due,
    items: Iterable[tuple[int, select.Item]],
    name: Callable[[int | None], tuple[str, str]],
) -> tuple[Echo, ...]:
    """Give what became of their words in the cases of one digest, by its numbers."""
    if due.kind is not Kind.COLLEAGUE or not library.wrote:
        return ()
    found = []
    for number, item in items:
        whose = (item.case.activity, due.person)
        seat = library.seats.get(whose)
        if whose not in library.wrote or seat is None:
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
            and after < each.id <= due.range_hi
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

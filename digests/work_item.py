"""What a digest says of a case to whoever answers for it, beside what is new there."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from digests import likeness, select
from digests.due import Due
from digests.likeness import Alike, Held, marks
from digests.office import Office
from digests.sections import Section
from parsers.words import sought
from storage import requests, search
from storage.database import Session
from storage.digest_content import Case, Seat
from templates.nudge import nudge

NAME_LETTERS, LINE_LETTERS = 30, 50
_MOST_HELD = 50
"""Of so many posts with the same words, the newest, it is asked whose they are."""
_MOST_READ = 40
"""Of so many cases that nobody has the first text is read, those that wait longest."""


class Library(Protocol):
    """What was looked up for the digests of one transaction (digests.library)."""

    @property
    def cases(self) -> Mapping[int, Case]:
        """Those that they tell of."""

    @property
    def seats(self) -> Mapping[tuple[int, int], Seat]:
        """By case and person."""

    @property
    def languages(self) -> Mapping[int, str]:
        """Of customers."""

    @property
    def alike(self) -> Mapping[int, Sequence[Alike]]:
        """Which other cases may be about the same, by cases that nobody has."""

    @property
    def unowned(self) -> Mapping[int, str]:
        """What customers wrote first, of cases that nobody has."""


Name = Callable[[int | None], tuple[str, str]]


def others(due: Iterable[Due]) -> set[int]:
    """Give the other cases of the customers whose case nobody has."""
    return {
        other
        for each in due
        if each.office is not None
        for one in each.foremost.standings
        for other in each.office.others_of(one)
    }


def first_words(session: Session, due: Iterable[Due]) -> dict[int, str]:
    """Read what customers wrote first in the cases that nobody has."""
    wanted: dict[int, Any] = {}
    for each in due:
        for one, standing in each.foremost.standings.items():
            if not standing.has_owner:
                wanted[one] = standing.waiting_since or standing.opened_at
    longest = sorted(wanted, key=lambda one: (wanted[one], one))[:_MOST_READ]
    found = requests.words(session, longest)
    return {activity: said.first for activity, said in found.items()}


def alike(
    session: Session, due: Iterable[Due], first: Mapping[int, str]
) -> dict[int, tuple[Alike, ...]]:
    """Look which open cases may be about the same as those that nobody has.

    One query for a desk, and none where no text has anything to look for.
    """
    found: dict[int, tuple[Alike, ...]] = {}
    offices = {each.desk_id: each.office for each in due if each.office is not None}
    for row, office in offices.items():
        wanted = {
            case: said
            for case, text in first.items()
            if case in office.cases and (said := marks(text))
        }
        pairs = [
            (phrase, one)
            for phrase in sorted({each for some in wanted.values() for each in some})
            for one in sought(f'"{phrase}"')[:1]
        ]
        rows = search.open_cases_with(
            session, row, [one for _, one in pairs], most=_MOST_HELD
        )
        customers = {each: office.cases[each].customer for each in wanted}
        held = (Held(pairs[at][0], *told) for at, told in rows)
        found |= likeness.alike(customers, wanted, held)
    return found


def facts(
    library: Library, due: Due, item: select.Item, row: Case, name: Name
) -> dict[str, Any]:
    """Give what an item of a desk's work says beside the rest, by field."""
    office, activity = due.office, item.case.activity
    assert office is not None
    assert item.case.standing is not None
    noted = office.cases[activity].noted_by
    is_silent = item.section is Section.SILENT
    found = {
        "is_work": True,
        "is_yours": item.case.standing.is_owner,
        "holder": _short(name, row.owner_id)
        if row.owner_id not in {None, due.person}
        else "",
        "noted_by": _short(name, noted) if noted not in {None, due.person} else "",
        "silent": office.silent_days(activity) if is_silent else 0,
        "nudge": _nudge(library, due, row, name) if item.why == "silent" else "",
        "is_open_to_reader": (activity, due.person) in library.seats,
    }
    if row.owner_id is not None or activity not in office.cases:
        return found
    return found | _suggested(library, office, row, due.person, name)


def _short(name: Name, person: int | None) -> str:
    return select.excerpt(name(person)[0], NAME_LETTERS)


def _nudge(library: Library, due: Due, row: Case, name: Name) -> str:
    """Give a ready text that asks the customer, in their language."""
    return nudge(
        library.languages.get(row.customer_id) or due.desk.language,
        customer=name(row.customer_id)[0].partition(" ")[0],
        author=name(due.person)[0].partition(" ")[0],
    )


def _may_read(seat: Seat | None) -> bool:
    """One of the team who is the customer or guest of a case is that alone (0054)."""
    return seat is None or seat.in_team_lane


def _suggested(
    library: Library, office: Office, row: Case, person: int, name: Name
) -> dict[str, Any]:
    """Give who may know a case that nobody has, and what else its customer has."""
    said = library.unowned.get(row.id, "")
    found = office.may_know(f"{row.subject} {said}")
    known = (library.cases.get(each) for each in office.others_of(row.id))
    alike = (
        each
        for each in library.alike.get(row.id, ())
        if _may_read(library.seats.get((each.activity, person)))
    )
    return {
        "alike": tuple(
            (
                select.excerpt(each.subject, LINE_LETTERS),
                select.excerpt(each.mark, LINE_LETTERS),
            )
            for each in alike
        ),
        "may_know": _short(name, found.person) if found else "",
        "knows": select.excerpt(found.skill, NAME_LETTERS) if found else "",
        "others": tuple(
            select.excerpt(each.subject, LINE_LETTERS)
            for each in known
            if each is not None
        ),
    }

"""What one of the team looks for at the desk alone: `/find WORDS` (decision 0044)."""

from datetime import UTC, date, datetime, time, timedelta

from gateway.activities import looking
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import zone_of
from parsers.address import key
from parsers.mail import Command
from parsers.words import Days, Sought, around, sought, stands_in, words_of
from parsers.zone import zone_named
from storage import activity as activities
from storage import people as everybody
from storage import search, tag
from storage.activity import Lane
from storage.event import Event
from storage.people import Person
from storage.queue import queued_of
from storage.roster import display_name
from storage.search import Hit, Wanted
from templates.found import Found, FoundCase
from templates.queued import QueuePlace
from templates.understood import Understood

_MOST = 20
_LETTERS = 240
_MOST_PEOPLE = 500
"""Persons of one name; who looks for more common ones adds a word."""
_MOST_TAGS = 500
_EPOCH, _END = date(1970, 1, 1), date(9000, 1, 1)


def find(box: Letterbox, command: Command) -> Understood | None:
    """Answer `/find`: the cases of this desk in which all words are found.

    Notes are searched too, and so only its team is answered. Nothing is changed.
    """
    if not looking.is_of_the_team(box):
        return Understood(command="/find", outcome="team_is_told")
    wanted = sought(command.argument)
    if not wanted:
        return Understood(command="/find", outcome="find_what")
    reader = looking.reader_of(box)
    people, tags = _people(box, wanted), _tags(box, wanted)
    hits, count = search.find(
        box.session,
        key(box.desk.address),
        [
            Wanted(
                sought=one,
                people=people[at],
                tags=tags[at],
                span=_span(box, reader, one.days),
            )
            for at, one in enumerate(wanted)
        ],
        most=_MOST,
        asker=reader.id,
    )
    values = Found(
        desk=box.desk.name,
        wanted=command.argument.strip(),
        cases=_cases(box, reader, hits, wanted),
        more=count - len(hits),
    )
    looking.send_to(box, reader, values)
    return None


def _people(box: Letterbox, wanted: tuple[Sought, ...]) -> list[list[int]]:
    """Give for each thing looked for whose name or address it is."""
    found: list[list[int]] = [[] for _ in wanted]
    for person, name, address in everybody.names(box.session):
        named, written = words_of(name), words_of(address)
        for one, persons in zip(wanted, found, strict=True):
            if len(persons) < _MOST_PEOPLE and (
                stands_in(one, named) or stands_in(one, written)
            ):
                persons.append(person)
    return found


def _tags(box: Letterbox, wanted: tuple[Sought, ...]) -> list[list[str]]:
    """Give for each thing looked for the tags of this desk's cases that it is."""
    desk = activities.desk_named(box.session, key(box.desk.address))
    used = tag.words_of(box.session, desk.id, _MOST_TAGS) if desk else {}
    return [[each for each in used if stands_in(one, words_of(each))] for one in wanted]


def _span(
    box: Letterbox, reader: Person, days: Days | None
) -> tuple[datetime, datetime] | None:
    """Give from when until before when days last, where the reader is."""
    if days is None:
        return None
    zone = zone_named(zone_of(reader, box.desk))
    first = min(max(days.first, _EPOCH), _END)
    after = min(max(days.last, _EPOCH), _END) + timedelta(days=1)
    begins = datetime.combine(first, time(), zone)
    return begins.astimezone(UTC), datetime.combine(after, time(), zone).astimezone(UTC)


def _cases(
    box: Letterbox, reader: Person, hits: list[Hit], wanted: tuple[Sought, ...]
) -> tuple[FoundCase, ...]:
    numbers = [hit.activity for hit in hits]
    queued = queued_of(box.session, numbers)
    return tuple(
        _case(box, hit, looking.place_of(box, queued[hit.activity], reader), wanted)
        for hit in hits
        if hit.activity in queued
    )


def _case(
    box: Letterbox, hit: Hit, place: QueuePlace, wanted: tuple[Sought, ...]
) -> FoundCase:
    post = box.session.get(Event, hit.post) if hit.post else None
    if post is None:
        return FoundCase(place=place, excerpt="", author="", at=None, is_note=False)
    author = display_name(box.session, post.actor_id) if post.actor_id else ""
    text = search.text_of(post.text, post.values)
    return FoundCase(
        place=place,
        excerpt=around(text, wanted, _LETTERS),
        author=author or box.desk.name,
        at=post.written_at or post.received_at,
        is_note=post.lane is Lane.TEAM,
    )

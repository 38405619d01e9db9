"""What a slow transaction commits late is told all the same (decisions A8)."""

from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, text

from gateway.activities.process import process_some
from tests.digests.test_deaths import MONDAY
from tests.periods.__main__ import place_of
from tests.periods.story import ANA, BEGINNINGS, CARLA, SUBJECTS, Story


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with place_of("postgresql", tmp_path_factory.mktemp("late")) as found:
        yield found


def test_an_event_that_is_committed_late_is_told(place):
    """Its number is older than one that a digest could have told meanwhile.

    Two real connections: the first has written Carla's post and not committed it, when
    Ana's, which is younger, is written, and the digests of the morning are made.
    """
    story = Story(place, BEGINNINGS[2])
    place.now = MONDAY - timedelta(days=3)
    place.run()
    place.settle()
    told_before = len(place.letters)
    says(story, place, CARLA, 1, at=MONDAY - timedelta(minutes=20))

    def meanwhile():
        with place.another() as house:
            says(story, place, ANA, 2, at=MONDAY - timedelta(minutes=15), house=house)
            assert process_some(
                house, place.reader, node="two", clock=lambda: place.now
            )
            place.now = MONDAY
            place.run(house)

    with before_the_commit(place, "w0w", meanwhile):
        process_some(place.house, place.reader, node="one", clock=lambda: place.now)
    for _ in range(2):
        place.now += timedelta(days=1)
        place.run()
        place.settle()
    for letter in place.letters[told_before:]:
        story.expected.read(letter, 0, place.now)
    for reader in ("mei@acme.example", "gil@elsewhere.example", "bo@acme.example"):
        assert story.expected.got[reader] == {"w0w": 1, "w1w": 1}


@contextmanager
def before_the_commit(place, word, meanwhile):
    """Do something right before the commit of whoever wrote an event with this word."""
    happened = []
    newest = text("SELECT count(*) FROM event WHERE text LIKE :word")

    def look(connection):
        found = connection.execute(newest, {"word": f"%{word}%"}).scalar()
        if found and not happened:
            happened.append(word)
            meanwhile()

    engines = (place.house.database.engine, place.house.database._lax)
    for engine in engines:
        event.listen(engine, "commit", look)
    try:
        yield
    finally:
        for engine in engines:
            event.remove(engine, "commit", look)
    assert happened, "nothing was written in between"


def says(story, place, who, case, *, at: datetime, house=None):
    """Write a mail that waits to be processed."""
    place.now = at
    reader = story._reader(who)
    word = story.expected.says(reader.address, case, at, calls="", is_note=False)
    story.case_of[word] = case
    subject = SUBJECTS[case - 1]
    own = place.last(reader.address, "message", subject).reply_to
    place.write(who, own, f"Re: {subject}", word, house=house)

"""Who makes or sends digests dies at each statement, and in each phase of a mail (R7).

Three readers are due; somebody dies; somebody else goes on. Judged by the sink's mails:
each reader has one digest with all three posts.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tests.periods.__main__ import place_of
from tests.periods.deaths import How
from tests.periods.expected import WORD
from tests.periods.story import ANA, BEGINNINGS, CARLA, GIL, Story
from tests.sink import DROP

MONDAY = datetime(2026, 4, 6, 8, 5, tzinfo=UTC)
READERS = {"mei@acme.example", "gil@elsewhere.example", "bo@acme.example"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def due(kind, tmp_path_factory):
    """A place in which three digests are due, to begin from again and again."""
    with place_of(kind, tmp_path_factory.mktemp("due")) as place:
        story = Story(place, BEGINNINGS[2])
        for who, case in ((CARLA, 1), (ANA, 2), (GIL, 3)):
            story._says((who, case, "plain"))
        place.now = MONDAY
        place.keep()
        yield place


def digests(place):
    """Give (reader, words) and the Message-ID of each digest that came."""
    return [
        (letter.to, tuple(sorted(WORD.findall(letter.text))), letter.name)
        for letter in place.letters
        if letter.kind == "digest" and WORD.search(letter.text)
    ]


def goes_on(place):
    """Let whoever is left do all there is to do, for a day."""
    for later in (timedelta(minutes=5), timedelta(days=1)):
        place.now += later
        place.tick()
        place.settle()


def told_once(place, *, window=False):
    """Each reader was told each post in one digest; in R3's window it may come again.

    Then it is the same mail: under one Message-ID, to one recipient, twice.
    """
    found = Counter(digests(place))
    assert {to for to, _, _ in found} == READERS
    assert len(found) == len(READERS)
    for to, words, _ in found:
        own = {"w2w"} if to.startswith("gil") else set()
        assert set(words) == {"w0w", "w1w", "w2w"} - own, to
    assert found.total() == len(READERS) + window


def at_each_statement(place, act, *hows):
    """Die at the first statement, at the second and so on; gives how many there are.

    Of several ways to die it is each in its turn.
    """
    left, died = 0, True
    while died:
        left += 1
        place.renew()
        died = place.dying(act, left, hows[left % len(hows)])
        goes_on(place)
        told_once(place)
    return left - 1


def test_a_run_dies_at_each_of_its_statements(due, kind):
    """By an exception and because the connection is gone, by turns.

    On one database at the odd ones by that, on the other at the even ones: the
    statements are the same, and each dies in both ways.
    """
    hows = [How.FAULT, How.LOSS] if kind == "sqlite" else [How.LOSS, How.FAULT]
    assert at_each_statement(due, due.run, *hows) > 20


def test_the_answer_to_a_commit_is_lost(due):
    """It was done, and whoever asked for it does not know."""
    left, died = 0, True
    while died:
        left += 8
        due.renew()
        died = due.dying(due.run, left, How.DEAF)
        goes_on(due)
        told_once(due)
    assert left > 8


def test_the_system_ends_a_process_at_some_of_its_statements(due):
    killed = 0
    for left in range(1, 60, 7):
        due.renew()
        killed += due.killed(due.run, left)
        goes_on(due)
        told_once(due)
    assert killed > 3


@pytest.mark.parametrize(
    ("stage", "reply", "window"),
    [
        ("MAIL", DROP, False),
        ("RCPT", DROP, False),
        ("DATA", DROP, False),
        ("END", "451 4.3.0 not kept", False),
        ("END", "421 4.3.0 not kept", False),
        # It was kept, and the 250 never came: once more, under the same Message-ID.
        ("END", DROP, True),
    ],
)
@pytest.mark.parametrize("in_one_packet", [True, False])
def test_a_connection_ends_in_each_phase_of_a_mail(
    due, stage, reply, window, in_one_packet
):
    due.renew()
    due.run()
    due.sink.pipelining = in_one_packet
    due.loses(stage, reply)
    due.settle()
    goes_on(due)
    due.sink.pipelining = True
    told_once(due, window=window)


def test_the_sender_dies_behind_the_250(due):
    """R3's window: one mail, and one recipient, per death."""
    due.renew()
    due.run()
    due.dies_unsaid()
    due.settle()
    goes_on(due)
    told_once(due, window=True)


def test_the_sender_dies_at_each_of_its_statements(due):
    left, died = 0, True
    while died:
        left += 1
        due.renew()
        due.run()
        died = due.dying(due._office.work, left, How.DEATH)
        due._renew_office()
        goes_on(due)
        told_once(due)
    assert left > 3


@pytest.mark.parametrize("left", [1, 9, 17])
def test_two_processes_make_them_at_once(due, left):
    """Without any lease; and one of them is ended in the midst of it."""
    due.renew()
    children = [due.child(due.run, 0), due.child(due.run, left)]
    for child in children:
        due.ended(child)
    goes_on(due)
    told_once(due)


def test_of_two_processes_one_has_the_lease(due):
    for _ in range(3):
        due.renew()
        nodes = [partial(due.tick, node=name) for name in ("one", "two")]
        for child in [due.child(act, 0) for act in nodes]:
            due.ended(child)
        due.settle()
        told_once(due)

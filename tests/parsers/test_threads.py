"""Threads by ids, and by subject where those are lost."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.threads import ANSWER_DAYS, FRESH_DAYS, Letter, Threads

DAY = 86_400.0
CARLA, DAN = 1, 2


def together(threads, *nodes):
    return len({threads.thread(node) for node in nodes}) == 1


def test_an_answer_names_what_it_answers():
    threads = Threads()
    question = threads.add("<q@x>")
    answer = threads.add("<a@x>", ["<q@x>"])
    other = threads.add("<o@x>")
    assert together(threads, question, answer)
    assert not together(threads, question, other)


def test_answers_may_come_before_the_question():
    threads = Threads()
    answer = threads.add("<a@x>", ["<q@x>"])
    question = threads.add("<q@x>")
    assert together(threads, question, answer)


def test_two_answers_to_a_mail_that_is_not_here():
    threads = Threads()
    one, other = threads.add("<a@x>", ["<gone@x>"]), threads.add("<b@x>", ["<gone@x>"])
    assert together(threads, one, other)


def test_a_loop_in_references_is_a_thread():
    threads = Threads()
    nodes = [
        threads.add("<a@x>", ["<c@x>"]),
        threads.add("<b@x>", ["<a@x>"]),
        threads.add("<c@x>", ["<b@x>", "<c@x>"]),
    ]
    assert together(threads, *nodes)


def test_mails_without_an_id_are_alone():
    threads = Threads()
    assert not together(threads, threads.add(""), threads.add(""))


def lost(threads, *letters):
    """Add mails without ids, each (day, subject, people, is_answer); join them."""
    nodes = []
    found = []
    for day, subject, people, is_answer in letters:
        nodes.append(threads.add(""))
        found.append(Letter(nodes[-1], day * DAY, subject, people, is_answer))
    threads.join_by_subject(found)
    return nodes


@pytest.mark.parametrize(
    ("second", "joined"),
    [
        ((ANSWER_DAYS, "Printer", (CARLA,), True), True),
        ((ANSWER_DAYS + 1, "Printer", (CARLA,), True), False),
        ((FRESH_DAYS, "printer", (CARLA,), False), True),
        ((FRESH_DAYS + 1, "Printer", (CARLA,), False), False),
        ((1, "Printer", (DAN, CARLA), True), True),
        ((1, "Printer", (DAN,), True), False),
        ((1, "Scanner", (CARLA,), True), False),
        ((1, "Printer", (), True), False),
    ],
)
def test_what_lost_its_ids_is_joined_by_subject_and_people(second, joined):
    threads = Threads()
    nodes = lost(threads, (0, "Printer", (CARLA,), False), second)
    assert together(threads, *nodes) is joined


def test_mails_without_a_subject_are_never_joined():
    threads = Threads()
    nodes = lost(threads, (0, "", (CARLA,), False), (1, "", (CARLA,), True))
    assert not together(threads, *nodes)


def test_the_days_count_from_the_latest_mail_of_the_thread():
    threads = Threads()
    days = range(0, 100, ANSWER_DAYS)
    nodes = lost(threads, *((day, "Printer", (CARLA,), True) for day in days))
    assert together(threads, *nodes)


def test_one_person_does_not_join_the_threads_of_two_others():
    threads = Threads()
    carla, dan, both = lost(
        threads,
        (0, "Printer", (CARLA,), False),
        (1, "Printer", (DAN,), False),
        (2, "Printer", (CARLA, DAN), True),
    )
    assert together(threads, dan, both)
    assert not together(threads, carla, both)


IDS = st.sampled_from([f"<{n}@x>" for n in range(12)])
MAILS = st.lists(st.tuples(IDS | st.just(""), st.lists(IDS, max_size=4)), max_size=30)


def parts(mails, order):
    """Give which mails are together, as sets of their numbers."""
    threads = Threads()
    nodes = {number: threads.add(*mails[number]) for number in order}
    found = {}
    for number, node in nodes.items():
        found.setdefault(threads.thread(node), set()).add(number)
    return {frozenset(group) for group in found.values()}


@given(MAILS, st.randoms())
def test_the_order_of_mails_does_not_matter(mails, chance):
    order = list(range(len(mails)))
    expected = parts(mails, order)
    chance.shuffle(order)
    assert parts(mails, order) == expected


@given(MAILS)
def test_each_mail_is_in_one_thread_with_all_that_it_names(mails):
    groups = parts(mails, range(len(mails)))
    assert sorted(number for group in groups for number in group) == list(
        range(len(mails))
    )
    where = {number: group for group in groups for number in group}
    for number, (_, named) in enumerate(mails):
        for other, (message_id, _) in enumerate(mails):
            if message_id in named:
                assert where[number] == where[other]


LETTERS = st.lists(
    st.tuples(
        st.floats(0, 100),
        st.sampled_from(["", "Printer", "Scanner"]),
        st.lists(st.sampled_from([CARLA, DAN, 3]), max_size=3, unique=True).map(tuple),
        st.booleans(),
    ),
    max_size=30,
)


@given(LETTERS)
def test_joined_by_subject_is_only_what_shares_one(letters):
    threads = Threads()
    nodes = lost(threads, *letters)
    by_thread = {}
    for node, letter in zip(nodes, letters, strict=True):
        by_thread.setdefault(threads.thread(node), []).append(letter)
    for found in by_thread.values():
        if len(found) > 1:
            assert len({subject for _, subject, _, _ in found}) == 1
            assert all(subject and people for _, subject, people, _ in found)


def test_a_long_chain_takes_linear_time():
    took = []
    for count in (5_000, 40_000):
        threads = Threads()
        start = time.perf_counter()
        for number in range(count):
            named = [f"<{n}@x>" for n in range(max(0, number - 10), number)]
            threads.add(f"<{number}@x>", named)
        nodes = [threads.node(f"<{number}@x>") for number in range(count)]
        assert together(threads, *nodes)
        took.append((time.perf_counter() - start) / count)
    # Eight times the mails; a quadratic way would take eight times as long for each.
    assert took[1] < 4 * took[0] + 0.0001

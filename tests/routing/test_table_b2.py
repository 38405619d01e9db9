"""Table B2: the life of an address, row by row, and what always holds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routing.health import (
    ALL,
    PROBES,
    Aged,
    AskedAgain,
    Failed,
    Follows,
    Heard,
    Life,
    OptedIn,
    Refused,
    Scored,
    State,
    after,
    refuses,
)
from gateway.routing.limits import Limits

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LIMITS = Limits()
DAY = timedelta(days=1)


def failed(class_="hard", at=NOW, **changes):
    return Failed(at=at, class_=class_, written_at=at, **changes)


def watched(*days, class_="soft", now=NOW):
    """An address with bounces so many days ago."""
    score = tuple(Scored(now - each * DAY, class_) for each in days)
    return Life(state=State.WATCH, since=now - DAY, score=score, due_at=now + DAY)


def paused(**changes):
    plain = {
        "state": State.PAUSED,
        "since": NOW - DAY,
        "due_at": NOW,
        "told_at": NOW - DAY,
        "missed_from": NOW - DAY,
    }
    return Life(**plain | changes)


def probing(sent, **changes):
    return paused(**{"state": State.PROBING, "probes": sent} | changes)


def dead(**changes):
    return paused(**{"state": State.DEAD, "due_at": None, "probes": 3} | changes)


WATCH = watched(1)
ROWS = [
    # state, event, next, what follows: in the order of the table
    ("ok, soft", Life(), failed("soft", lost=False), "watch", ()),
    ("ok, soft that is lost", Life(), failed("soft"), "watch", ("tell",)),
    ("ok, full", Life(), failed("full", lost=False), "watch", ()),
    ("ok, hard, fine lately", Life(), failed(fine_lately=True), "watch", ("retry",)),
    ("watch, hard, fine lately", WATCH, failed(fine_lately=True), "watch", ("retry",)),
    (
        "watch, hard, the same glitch",
        watched(0, class_="hard"),
        failed(fine_lately=True),
        "watch",
        ("retry",),
    ),
    (
        "watch, hard again after the re-try",
        watched(0, class_="hard"),
        failed(fine_lately=True, tried_again=True),
        "paused",
        ("tell",),
    ),
    (
        "watch, hard, not the only one",
        watched(3, class_="hard"),
        failed(fine_lately=True),
        "paused",
        ("tell",),
    ),
    ("ok, hard, never delivered", Life(), failed(), "paused", ("tell",)),
    ("watch, hard, never delivered", WATCH, failed(), "paused", ("tell",)),
    ("watch, soft on 4 days", watched(1, 2, 3), failed("soft"), "watch", ("tell",)),
    (
        "watch, soft on 5 days",
        watched(1, 2, 3, 4),
        failed("soft", lost=False),
        "paused",
        ("tell",),
    ),
    (
        "watch, soft on 5 days, one too old",
        watched(1, 2, 3, 15),
        failed("soft", lost=False),
        "watch",
        (),
    ),
    (
        "watch, soft five times on 1 day",
        watched(0, 0, 0, 0),
        failed("soft", lost=False),
        "watch",
        (),
    ),
    (
        "watch, full for 6 days",
        watched(6, class_="full"),
        failed("full", lost=False),
        "watch",
        (),
    ),
    (
        "watch, full for 7 days",
        watched(7, class_="full"),
        failed("full", lost=False),
        "paused",
        ("tell",),
    ),
    ("watch, mail from them", WATCH, Heard(at=NOW, proved=True), "ok", ()),
    ("watch, mail that may be theirs", WATCH, Heard(at=NOW, proved=False), "watch", ()),
    (
        "watch, 72 h of silence",
        watched(4),
        Aged(at=NOW + DAY, left_at=NOW - 2 * DAY),
        "ok",
        (),
    ),
    (
        "watch, 71 h of silence",
        watched(4),
        Aged(at=NOW + DAY, left_at=NOW - 2 * DAY + timedelta(hours=1)),
        "watch",
        (),
    ),
    ("watch, nothing sent", watched(4), Aged(at=NOW + DAY), "watch", ()),
    ("watch, 14 d without", watched(13), Aged(at=NOW + DAY), "ok", ()),
    ("paused, hard", paused(), failed(), "paused", ()),
    ("paused, not yet due", paused(due_at=NOW + DAY), Aged(at=NOW), "paused", ()),
    ("paused, 1 d", paused(), Aged(at=NOW), "probing", ("probe",)),
    ("probing, 4 d", probing(1), Aged(at=NOW), "probing", ("probe",)),
    ("probing, 10 d", probing(2), Aged(at=NOW), "probing", ("probe",)),
    ("probing, a probe bounces", probing(2), failed(is_probe=True), "probing", ()),
    (
        "probing, the last probe bounces",
        probing(3),
        failed(is_probe=True),
        "dead",
        ("give up",),
    ),
    (
        "probing, the last probe is only late",
        probing(3),
        failed("soft", is_probe=True, lost=False),
        "probing",
        (),
    ),
    ("probing, a post bounces", probing(3), failed(), "probing", ()),
    ("probing, 21 d silent", probing(3), Aged(at=NOW), "dead", ("give up",)),
    ("probing, reply", probing(2), Heard(at=NOW, proved=True), "ok", ("catch up",)),
    ("probing, forged?", probing(2), Heard(at=NOW, proved=False), "watch", ()),
    ("dead, inbound mail", dead(), Heard(at=NOW, proved=True), "ok", ("welcome",)),
    ("dead, bounces", dead(), failed(), "dead", ()),
    ("dead, asked again", dead(), AskedAgain(at=NOW), "probing", ("try",)),
    (
        "dead, asked again too soon",
        dead(tried_at=NOW - 29 * DAY),
        AskedAgain(at=NOW),
        "dead",
        (),
    ),
    (
        "dead, asked again after 30 d",
        dead(tried_at=NOW - 30 * DAY),
        AskedAgain(at=NOW),
        "probing",
        ("try",),
    ),
    ("ok, asked again", Life(), AskedAgain(at=NOW), "ok", ()),
    ("any, complaint", Life(), Refused(kind="message"), "ok", ("complaint",)),
    ("dead, complaint", dead(), Refused(kind="message"), "dead", ("complaint",)),
    (
        "any, complaint again",
        Life(refused=frozenset({"message"})),
        Refused(kind="message"),
        "ok",
        (),
    ),
    ("any, unsubscribe all", Life(), Refused(kind=ALL, complained=False), "ok", ()),
    ("ok, ours", Life(), failed("ours", told_otherwise=True), "ok", ()),
    ("ok, ours, told before", Life(), failed("ours"), "ok", ("tell",)),
    ("ok, content", Life(), failed("content", lost=False), "ok", ()),
    ("ok, note", Life(), failed("note", lost=False), "ok", ()),
]


@pytest.mark.parametrize(
    ("life", "event", "state", "follows"),
    [pytest.param(*row[1:], id=row[0]) for row in ROWS],
)
def test_each_row_of_b2(life, event, state, follows):
    found, done = after(life, event, LIMITS)
    assert (found.state, done) == (
        State(state),
        tuple(Follows(each) for each in follows),
    )


def test_probes_go_after_1_4_and_10_days_and_patience_ends_after_21():
    life, _ = after(Life(), failed(), LIMITS)
    assert life.due_at == NOW + PROBES[0]
    days = []
    while life.due_at:
        days.append((life.due_at - NOW).days)
        life, _ = after(life, Aged(at=life.due_at), LIMITS)
    assert days == [1, 4, 10, 21]
    assert life.state is State.DEAD


def test_who_slept_does_not_probe_thrice_at_once():
    life, _ = after(Life(), failed(), LIMITS)
    late = NOW + 40 * DAY
    life, follows = after(life, Aged(at=late), LIMITS)
    assert follows == (Follows.PROBE,)
    assert life.due_at == late + 3 * DAY
    assert after(life, Aged(at=late), LIMITS) == (life, ())


def test_a_refusal_never_ends_by_itself_but_by_their_own_word():
    life, _ = after(Life(), Refused(kind="message"), LIMITS)
    for event in (Heard(at=NOW, proved=True), failed(), Aged(at=NOW + 99 * DAY)):
        life, _ = after(life, event, LIMITS)
        assert life.refused == {"message"}
    life, _ = after(life, OptedIn(kinds=frozenset({"invitation"})), LIMITS)
    assert life.refused == {"message"}
    life, _ = after(life, OptedIn(), LIMITS)
    assert life.refused == frozenset()


@pytest.mark.parametrize(
    ("refused", "kind", "answers_them", "is_refused"),
    [
        ({"message"}, "message", True, True),
        ({"message"}, "invitation", False, False),
        ({ALL}, "message", False, True),
        ({ALL}, "message", True, False),
        ({ALL}, "digest", False, True),
        ({ALL}, "acknowledgement", False, False),
        ({ALL}, "confirmation", False, False),
        (set(), "message", False, False),
    ],
)
def test_what_a_refusal_covers(refused, kind, answers_them, is_refused):
    assert refuses(frozenset(refused), kind, answers_them=answers_them) is is_refused


hours = st.integers(min_value=0, max_value=24 * 40)
events = st.one_of(
    st.builds(
        lambda class_, lost, fine, again, probe: (
            lambda at: Failed(
                at=at,
                class_=class_,
                written_at=at,
                lost=lost,
                fine_lately=fine,
                tried_again=again,
                is_probe=probe,
            )
        ),
        st.sampled_from(["hard", "soft", "full", "ours", "content", "note"]),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(lambda proved: lambda at: Heard(at=at, proved=proved), st.booleans()),
    st.just(lambda at: Aged(at=at)),
    st.just(lambda at: Aged(at=at, left_at=at - timedelta(hours=80))),
    st.just(lambda at: AskedAgain(at=at)),
    st.just(lambda at: Refused(kind="message")),
)


@given(st.lists(st.tuples(hours, events), max_size=40))
def test_what_holds_in_every_life(story):
    life, at = Life(), NOW
    for pause, make in story:
        at += timedelta(hours=pause)
        event = make(at)
        before = life
        life, follows = after(life, event, LIMITS)
        # Nobody is bothered twice in one fall, and a fall is never silent.
        if Follows.TELL in follows:
            assert before.told_at is None or before.state is State.OK
        if life.state in {State.PAUSED, State.PROBING}:
            assert life.told_at is not None
            assert life.due_at is not None
        # Time changes nothing twice at one instant.
        again, nothing = after(life, Aged(at=at), LIMITS)
        if isinstance(event, Aged):
            assert (again, nothing) == (life, ())
        # One hard and one soft bounce count for a day, and old ones do not.
        days = [(one.at.date(), one.class_ == "hard") for one in life.score]
        assert len(days) == len(set(days))
        # A complaint stays, and ours, content and notes blame nobody.
        assert before.refused <= life.refused
        if isinstance(event, Failed) and event.class_ in {"ours", "content", "note"}:
            assert life.state is before.state
        if isinstance(event, Heard) and event.proved:
            assert life.state is State.OK
            assert life.missed_from is None

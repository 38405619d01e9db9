"""What an old thread tells, as a table: customer, owner, state, dates, who saw what."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.routing import past
from gateway.routing.desk import Desk, Desks
from gateway.routing.past import Post, Side, Sides, arrived, knows, story
from parsers.address import Mailbox
from parsers.reply_address import ReplyAddress

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
QUIET = timedelta(days=14)
SIDES = {"ana": Side.TEAM, "bo": Side.TEAM, "eve": Side.OURS, None: Side.OURS}


def post(days_ago, writer, *to):
    return Post(
        at=NOW - timedelta(days=days_ago),
        name=f"{days_ago}",
        writer=writer,
        side=SIDES.get(writer, Side.OTHER),
        to=to,
        outsiders=tuple(each for each in to if each not in SIDES),
    )


def told(*posts):
    return story(past.in_order(posts), now=NOW, quiet=QUIET)


@pytest.mark.parametrize(
    ("posts", "customer"),
    [
        ([post(3, "carla")], "carla"),
        ([post(3, "ana", "carla"), post(2, "carla")], "carla"),
        # A supplier is asked in the middle of it.
        ([post(3, "carla"), post(2, "ana", "mei"), post(1, "mei", "ana")], "carla"),
        # We began to nobody in particular, or among ourselves.
        ([post(3, "ana"), post(2, "carla")], "carla"),
        ([post(3, "ana", "bo"), post(2, "bo", "ana")], "ana"),
        ([post(3, None, "bo")], "bo"),
    ],
)
def test_whose_case_it_is(posts, customer):
    assert told(*posts).customer == customer


def test_the_desk_by_itself_is_no_case():
    assert told(post(3, None)) is None


@pytest.mark.parametrize(
    ("posts", "waits", "repeats", "owner"),
    [
        ([post(3, "carla")], 3, 0, None),
        ([post(3, "carla"), post(2, "carla")], 3, 1, None),
        ([post(3, "carla"), post(2, "ana", "carla")], None, 0, "ana"),
        ([post(3, "carla"), post(2, "ana", "bo")], 3, 0, None),
        ([post(4, "carla"), post(3, "bo", "carla"), post(2, "ana", "carla"),
          post(1, "carla")], 1, 0, "bo"),
        ([post(3, "carla"), post(2, None, "carla")], None, 0, None),
        ([post(3, "carla"), post(2, "eve", "carla")], None, 0, None),
        ([post(3, "carla"), post(2, "max", "carla")], 3, 0, None),
        ([post(15, "carla")], None, 0, None),
    ],
)  # fmt: skip
def test_who_waits_since_when_and_who_has_it(posts, waits, repeats, owner):
    found = told(*posts)
    since = None if waits is None else NOW - timedelta(days=waits)
    assert (found.waiting_since, found.repeats, found.owner) == (since, repeats, owner)
    assert found.resolved_at == (found.last_at if posts[0].at < NOW - QUIET else None)


@pytest.mark.parametrize(
    ("known", "writer", "to", "belongs"),
    [
        ({"carla"}, "carla", (), True),
        ({"carla"}, "ana", ("mei",), True),
        ({"carla"}, "max", ("carla",), True),
        ({"carla"}, "max", (), False),
        (set(), "max", (), True),
    ],
)
def test_who_belongs_to_a_thread(known, writer, to, belongs):
    assert knows(known, post(1, writer, *to)) is belongs


def days(number):
    return None if number is None else NOW - timedelta(days=number)


@pytest.mark.parametrize(
    ("stored", "passed_on", "written", "at"),
    [
        (9, None, None, 9),
        (9, 9, 9.5, 9),
        # Copied today: the server's word, else the writer's.
        (0, 9, 9.5, 9),
        (0, None, 9, 9),
        # Under way for days, or a clock in another zone.
        (9, None, 14, 9),
        (9, None, 8.5, 9),
        # Broken clocks.
        (9, None, -4000, 9),
        (None, None, -4000, 0),
        (9, None, 25_000, 9),
        (None, None, -0.5, 0),
        (None, None, None, 0),
    ],
)
def test_when_a_mail_came(stored, passed_on, written, at):
    found = arrived(days(stored), days(passed_on), days(written), NOW)
    assert found == days(at)


def test_sides_know_our_addresses_however_they_are_written():
    desk = Desk(
        name="Acme Support",
        address="support@acme.example",
        reply=ReplyAddress("support+{token}@acme.example"),
        team=(Mailbox("Ana Ruiz", "Ana@acme.example"),),
        aliases=("help@acme.example",),
    )
    sides = Sides(Desks([desk]), desk, ["Eve@acme.example"])
    assert sides.of("ana@acme.example") is Side.TEAM
    assert sides.of("eve@acme.example") is Side.OURS
    assert sides.of("help@acme.example") is Side.OURS
    assert sides.of("carla@customer.example") is Side.OTHER
    shared = Mailbox("ana ruiz", "SUPPORT@acme.example")
    assert sides.author(shared) == desk.team[0]
    assert sides.author(Mailbox("Acme", "help@acme.example")) is None

"""When the customer hears from us next (decisions F52), around closing and clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routing.desk import Hours
from gateway.routing.promise import Span, next_contact, read_span
from tests.routing.build import desk

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours(by_weekday=dict.fromkeys(range(5), (9 * 60, 17 * 60)))
SHORT_FRIDAY = Hours(by_weekday=OFFICE.by_weekday | {4: (9 * 60, 13 * 60)})
LATE_TUESDAY = Hours(by_weekday=OFFICE.by_weekday | {1: (11 * 60, 17 * 60)})
ROUND_THE_CLOCK = Hours(by_weekday=dict.fromkeys(range(7), (0, 24 * 60)))
SUNDAYS = Hours(by_weekday={6: (10 * 60, 12 * 60)})


def promised(written, next_contact_in, hours=OFFICE, zone="Europe/Berlin"):
    """The promise of a desk for a mail at this local time, as a local time."""
    at = datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone))
    found, _ = next_contact(
        desk(next_contact=next_contact_in, hours=hours, zone=zone), at.astimezone(UTC)
    )
    assert found.tzinfo is UTC
    return f"{found.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("written", "span", "due"),
    [
        # 2026-03-02 is a Monday.
        ("2026-03-02 10:15", "1 business day", "Tue 2026-03-03 10:15"),
        ("2026-03-06 10:15", "1 business day", "Mon 2026-03-09 10:15"),
        ("2026-03-06 10:15", "3 business days", "Wed 2026-03-11 10:15"),
        # Outside the hours it counts from the next opening.
        ("2026-03-02 08:59", "1 business day", "Tue 2026-03-03 09:00"),
        ("2026-03-02 17:00", "1 business day", "Wed 2026-03-04 09:00"),
        ("2026-03-06 19:00", "1 business day", "Tue 2026-03-10 09:00"),
        ("2026-03-07 12:00", "1 business day", "Tue 2026-03-10 09:00"),
        ("2026-03-02 09:00", "4 hours", "Mon 2026-03-02 13:00"),
        ("2026-03-02 13:00", "4 hours", "Mon 2026-03-02 17:00"),
        ("2026-03-02 15:30", "4 hours", "Tue 2026-03-03 11:30"),
        ("2026-03-06 16:59", "1 hour", "Mon 2026-03-09 09:59"),
        ("2026-03-02 20:00", "4 hours", "Tue 2026-03-03 13:00"),
        ("2026-03-02 09:00", "20 hours", "Wed 2026-03-04 13:00"),
        ("2026-03-02 10:15", "2 days", "Wed 2026-03-04 10:15"),
        # Days that end on a day off end with the next opening.
        ("2026-03-06 10:15", "2 days", "Mon 2026-03-09 09:00"),
        ("2026-03-07 12:00", "1 day", "Tue 2026-03-10 09:00"),
    ],
)
def test_office_hours(written, span, due):
    assert promised(written, span) == due


@pytest.mark.parametrize(
    ("written", "hours", "due"),
    [
        # The same time of the next working day, but inside its hours.
        ("2026-03-05 16:00", SHORT_FRIDAY, "Fri 2026-03-06 13:00"),
        ("2026-03-05 12:00", SHORT_FRIDAY, "Fri 2026-03-06 12:00"),
        ("2026-03-02 09:30", LATE_TUESDAY, "Tue 2026-03-03 11:00"),
        ("2026-03-07 23:59", ROUND_THE_CLOCK, "Sun 2026-03-08 23:59"),
        ("2026-03-02 10:00", SUNDAYS, "Sun 2026-03-15 10:00"),
        ("2026-03-08 11:00", SUNDAYS, "Sun 2026-03-15 11:00"),
        ("2026-03-08 12:00", SUNDAYS, "Sun 2026-03-22 10:00"),
    ],
)
def test_a_business_day_of_odd_hours(written, hours, due):
    assert promised(written, "1 business day", hours) == due


@pytest.mark.parametrize(
    ("written", "span", "hours", "zone", "due"),
    [
        # Clocks go forward in Berlin on Sunday 2026-03-29, back on 2026-10-25.
        ("2026-03-27 15:00", "1 business day", OFFICE, "Europe/Berlin", "Mon 15:00"),
        ("2026-10-23 15:00", "1 business day", OFFICE, "Europe/Berlin", "Mon 15:00"),
        ("2026-03-27 16:00", "2 hours", OFFICE, "Europe/Berlin", "Mon 10:00"),
        ("2026-10-23 16:00", "2 hours", OFFICE, "Europe/Berlin", "Mon 10:00"),
        # 02:30 is not on the clock that day; it is said as 03:30.
        ("2026-03-28 02:30", "1 day", ROUND_THE_CLOCK, "Europe/Berlin", "Sun 03:30"),
        ("2026-10-24 02:30", "1 day", ROUND_THE_CLOCK, "Europe/Berlin", "Sun 02:30"),
        ("2026-10-25 02:30", "1 day", ROUND_THE_CLOCK, "Europe/Berlin", "Mon 02:30"),
        # New York, on 2026-03-08 and 2026-11-01.
        ("2026-03-06 09:30", "1 business day", OFFICE, "America/New_York", "Mon 09:30"),
        ("2026-10-30 09:30", "1 business day", OFFICE, "America/New_York", "Mon 09:30"),
        # A half-hour zone, and one far east.
        ("2026-03-06 16:30", "1 hour", OFFICE, "Asia/Kolkata", "Mon 09:30"),
        ("2026-03-06 10:00", "1 business day", OFFICE, "Pacific/Auckland", "Mon 10:00"),
    ],
)
def test_the_clock_on_the_wall_counts(written, span, hours, zone, due):
    day, _, clock = promised(written, span, hours, zone).split()
    assert f"{day} {clock}" == due


def test_the_zone_of_the_desk_decides_what_day_it_is():
    friday_evening = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)
    in_tokyo, _ = next_contact(
        desk(hours=ROUND_THE_CLOCK, zone="Asia/Tokyo"), friday_evening
    )
    assert in_tokyo == datetime(2026, 3, 7, 23, 30, tzinfo=UTC)
    on_weekdays, _ = next_contact(desk(hours=OFFICE, zone="Asia/Tokyo"), friday_evening)
    assert on_weekdays == datetime(2026, 3, 10, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "span", "day"),
    [
        ("2026-03-04 10:00", "1 business day", "Thu 2026-03-05"),
        ("2026-03-06 22:00", "1 business day", "Mon 2026-03-09"),
        ("2026-03-07 10:00", "1 business day", "Tue 2026-03-10"),
        ("2026-03-04 10:00", "4 hours", "Wed 2026-03-04"),
        ("2026-03-06 22:00", "4 hours", "Mon 2026-03-09"),
        ("2026-03-06 10:00", "2 days", "Sun 2026-03-08"),
    ],
)
def test_without_hours_a_day_is_promised_and_no_time(written, span, day):
    assert promised(written, span, hours=None).startswith(day)
    plain = desk(next_contact=span, hours=None)
    _, day_only = next_contact(plain, datetime(2026, 3, 4, tzinfo=UTC))
    assert day_only


def test_with_hours_the_time_is_promised_too():
    assert not next_contact(desk(hours=OFFICE), datetime(2026, 3, 4, tzinfo=UTC))[1]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("1 business day", Span(1, "business day")),
        ("  2   Business\tDays ", Span(2, "business day")),
        ("4 hours", Span(4, "hour")),
        ("1 hour", Span(1, "hour")),
        ("999 days", Span(999, "day")),
    ],
)
def test_a_span_is_read(text, span):
    assert read_span(text) == span


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "0 days",
        "-1 day",
        "1000 days",
        "1.5 hours",
        "1 week",
        "business day",
        "1 day 2 hours",
        "4hours",
        "\u0663 days",
    ],
)
def test_a_bad_span_says_what_may_be_written(text):
    with pytest.raises(ValueError, match='write for example "1 business day"') as said:
        read_span(text)
    assert repr(text) in str(said.value)


spans = st.builds(
    Span, st.integers(1, 60), st.sampled_from(["hour", "day", "business day"])
)
clock_times = st.tuples(
    st.integers(5 * 60, 12 * 60), st.integers(13 * 60, 24 * 60)
) | st.just((0, 24 * 60))
opening = st.dictionaries(st.integers(0, 6), clock_times, min_size=1).map(
    lambda days: Hours(by_weekday=days)
)
zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
)
moments = st.datetimes(
    min_value=datetime(2025, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone)
    max_value=datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def written(span):
    return f"{span.count} {span.unit}{'s' if span.count > 1 else ''}"


@given(spans)
def test_what_is_written_is_read(span):
    assert read_span(written(span)) == span


@given(spans, opening | st.none(), zones, moments)
def test_a_promise_lies_ahead(span, hours, zone, now):
    at, day_only = next_contact(
        desk(next_contact=written(span), hours=hours, zone=zone), now
    )
    assert at > now
    assert day_only is (hours is None)


@given(spans, opening, zones, moments)
def test_a_promise_falls_into_the_hours_of_the_desk(span, hours, zone, now):
    at, _ = next_contact(desk(next_contact=written(span), hours=hours, zone=zone), now)
    assert is_open(at.astimezone(ZoneInfo(zone)), hours)


def is_open(moment, hours):
    """From opening to closing, the very minute of closing included."""
    before = moment - timedelta(days=1)
    at_midnight = moment.time() == datetime.min.time()
    if at_midnight and hours.by_weekday.get(before.weekday(), (0, 0))[1] == 24 * 60:
        return True
    opens, closes = hours.by_weekday.get(moment.weekday(), (1, 0))
    since_midnight = timedelta(
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return timedelta(minutes=opens) <= since_midnight <= timedelta(minutes=closes)


@given(opening, zones, moments, st.integers(1, 20), st.integers(1, 20))
def test_more_time_is_never_due_sooner(hours, zone, now, one, other):
    few, many = sorted((one, other))
    for unit in ("hour", "day", "business day"):
        soon, late = (
            next_contact(
                desk(next_contact=written(Span(count, unit)), hours=hours, zone=zone),
                now,
            )[0]
            for count in (few, many)
        )
        assert soon <= late

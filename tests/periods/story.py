"""What happens in a town, day by day, and what its people must find in their mail.

A story is a list of days, each a list of steps; a step is a name and a value, so that
hypothesis and a seed can both draw it, and a failure can be told again. One day with
its slots is one period (promises R7).
"""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parseaddr

from gateway.activities import preferences
from gateway.activities.preferences import Wish
from gateway.activities.timetables import set_schedule
from gateway.routing.timetable import Kind
from parsers.reply_address import Purpose, number
from storage.activity import participant_of
from storage.people import by_address
from tests.periods.deaths import How
from tests.periods.expected import Broken, Expected, Reader, Seat
from tests.periods.place import Place
from tests.sink import DROP
from tests.town import ACME

Step = tuple[str, object]
Day = Sequence[Step]

ANA, BO = "Ana Ruiz <ana@acme.example>", "Bo Berg <bo@acme.example>"
CARLA = "Carla Gomez <carla@gomez.example>"
MEI, GIL = "Mei Tan <mei@acme.example>", "Gil Roy <gil@elsewhere.example>"
SUBJECTS = ("Import fails", "Export hangs", "Prices")
_CASES = (1, 2, 3)
_CHOOSE = (MEI, GIL, BO, CARLA)
"""Who changes their mind; the owner hears everybody at once."""
_ZONES = (
    "",
    "Europe/Madrid",
    "America/Los_Angeles",
    "Asia/Tokyo",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "America/St_Johns",
)
_WEEKDAYS = frozenset(range(5))
_TABLES: dict[str, tuple[str, int | None, frozenset[int]]] = {
    "daily 08:00": ("daily", 480, _WEEKDAYS),
    "daily 02:30": ("daily", 150, _WEEKDAYS),
    "daily 23:45": ("daily", 1425, _WEEKDAYS),
    "weekly monday": ("weekly", None, frozenset({0})),
    "weekly friday": ("weekly", None, frozenset({4})),
    "hourly": ("hourly", None, _WEEKDAYS),
    "off": ("off", None, _WEEKDAYS),
    "quiet 22:00-07:00": ("", None, _WEEKDAYS),
    "quiet off": ("", None, _WEEKDAYS),
}
BEGINNINGS = tuple(
    datetime.combine(date.fromisoformat(day), time(9), UTC)
    for day in ("2026-03-05", "2026-03-26", "2026-04-02", "2026-10-22", "2026-10-29")
)
"""Shortly before clocks are changed somewhere, and where nothing happens."""

_SATURDAY = 5
_QUIET_WEEKENDS = 0.75
"""So many of them pass without any of this."""
_HOUR = timedelta(hours=1)
_DEFERRED = 18 * _HOUR
_CLOCK = (24, -24, 24, -24, 1, -1, 3, -7)
"""Hours by which a clock is set."""
_MODES = ("each", "digest", "urgent", "muted")
STEPS: dict[str, Sequence[object]] = {
    "says": [
        (who, case, how)
        for who in (CARLA, ANA, MEI, GIL)
        for case in _CASES
        for how in ("plain", "plain", "plain", "calls", "note")
    ],
    "chooses": [
        (who, case, mode)
        for who in _CHOOSE
        for case in _CASES
        for mode in (*_MODES, "digest", "digest")
        # What needs its customer is all that is said in a case.
        if (who, mode) != (CARLA, "urgent")
    ],
    "timetable": [(who, words) for who in _CHOOSE for words in _TABLES],
    "travels": [(who, zone) for who in _CHOOSE for zone in _ZONES],
    "pauses": [(who, days) for who in _CHOOSE for days in (1, 2, 5)],
    "resumes": [*_CHOOSE],
    "is away": [(who, days) for who in (MEI, GIL) for days in (1, 3, 0)],
    "leaves": [(who, case) for who in (MEI, GIL) for case in _CASES],
    "has a clock ahead": [timedelta(days=each) for each in (2, 5, 40, 400)],
    "sets the clock": [timedelta(hours=each) for each in _CLOCK],
    "ends": [
        (how, left)
        for how in (How.FAULT, How.DEATH, How.LOSS, How.DEAF)
        for left in range(1, 81)
    ],
    "is killed": [*range(1, 61)],
    "meets another": [(left, leased) for left in range(1, 30) for leased in (0, 1)],
    "smarthost": [
        ("RCPT", DROP),
        ("DATA", DROP),
        ("END", DROP),
        ("END", "451 4.3.0 try again"),
        ("END", "421 4.3.0 closing"),
        ("MAIL", "421 4.3.0 closing"),
    ],
    "sender dies": [None],
    "defers": [*_CHOOSE],
    "says at the last moment": [(who, case) for who in (CARLA, ANA) for case in _CASES],
}
WEIGHTS = {
    "says": 16,
    "chooses": 4,
    "timetable": 3,
    "travels": 2,
    "pauses": 1,
    "resumes": 1,
    "is away": 1,
    "leaves": 1,
    "sets the clock": 2,
    "has a clock ahead": 1,
    "ends": 5,
    "is killed": 1,
    "meets another": 3,
    "smarthost": 2,
    "sender dies": 1,
    "defers": 1,
    "says at the last moment": 2,
}


def found(place: Place) -> None:
    """Let two cases begin, with all five in each; each story goes on from here."""
    for case, subject in zip(_CASES, SUBJECTS, strict=True):
        place.write(CARLA, ACME.address, subject, "It stops since Monday.")
        place.settle()
        for guest in (MEI, GIL):
            own = place.last("ana@acme.example", "message", subject).reply_to
            text = f"/invite {parseaddr(guest)[1]}\n\nCan you help, number {case}?"
            place.write(ANA, str(own), f"Re: {subject}", text)
            place.settle()
            own = place.last(parseaddr(guest)[1], "invitation").reply_to
            place.write(guest, str(own), "Re: invited", "yes")
            place.settle()
        own = place.last("ana@acme.example", "message", subject).reply_to
        place.write(ANA, str(own), f"Re: {subject}", "Now we are all here.")
        place.settle()
    place.keep()


class Story:
    """One story, told in a place that was founded."""

    def __init__(self, place: Place, begins: datetime) -> None:
        """Begin where the founding ended; Mei, Gil, Bo and Carla may read digests."""
        place.renew()
        place.now = max(place.now, begins)
        self.place, self.case_of = place, {}
        self.expected = Expected(
            {
                parseaddr(who)[1]: Reader(
                    parseaddr(who)[1],
                    on_team=who in {ANA, BO},
                    seats={case: Seat() for case in _CASES},
                )
                for who in (ANA, BO, CARLA, MEI, GIL)
            },
            given_up=place.given_up,
        )
        self.begins_at = self._read = len(place.letters)
        self.periods = 0
        self._was_ahead = False
        self._sets(self._reader(CARLA), "daily 08:00")
        self._chooses((CARLA, _CASES[0], "digest"))
        for case in _CASES:
            self._chooses((MEI, case, "digest"))
            self._chooses((GIL, case, "digest"))

    def day(self, steps: Day, chance: random.Random) -> None:
        """Let a day pass in which all this happens, each followed by a tick."""
        if self.place.now.weekday() == _SATURDAY and chance.random() < _QUIET_WEEKENDS:
            self.place.now += timedelta(days=2)
            self._goes_on()
        begun = self.place.now
        self.periods += begun.weekday() in _WEEKDAYS
        hours = sorted(chance.uniform(0, 24) for _ in steps)
        passed = 0.0
        for (name, value), hour in zip(steps, hours, strict=True):
            self.place.now += timedelta(hours=hour - passed)
            passed = hour
            getattr(self, "_" + name.replace(" ", "_"))(value)
            self.place.counts[f"steps: {name}"] += 1
            self._goes_on()
        self.place.now += timedelta(hours=24 - passed)
        self.place.now = max(self.place.now, begun)
        self._goes_on()

    def end(self) -> None:
        """Let so much time pass that everybody has had two slots; then judge."""
        now = max(self.place.now, self.expected.relived or self.place.now)
        for each in self.expected.readers.values():
            if each.every == "off":
                self._sets(each, "daily 08:00")
        ends = max(each.is_done(now) for each in self.expected.readers.values())
        while self.place.now < ends:
            self.place.now += timedelta(hours=12)
            self._goes_on()

    def _goes_on(self, *, judges: bool = True) -> None:
        """What Parlour does every half minute, and what people then read."""
        place = self.place
        place.tick()
        place.settle()
        self._reads()
        if judges:
            self.expected.judge(place.now)

    def _reads(self) -> None:
        for letter in self.place.letters[self._read :]:
            self.expected.read(letter, self.place.windows, self.place.now)
        self._read = len(self.place.letters)

    # Steps.

    def _reader(self, who: str) -> Reader:
        return self.expected.readers[parseaddr(who)[1]]

    def _says(self, said: tuple[str, int, str]) -> None:
        who, case, how = said
        reader, place = self._reader(who), self.place
        if not (
            reader.seats[case].is_here and self.expected.has_room(self.case_of, case)
        ):
            return
        is_note = how == "note" and reader.on_team
        calls = MEI if how == "calls" and who != MEI else ""
        word = self.expected.says(
            reader.address,
            case,
            place.now,
            calls=parseaddr(calls)[1],
            is_note=is_note,
        )
        self.case_of[word] = case
        subject, own = SUBJECTS[case - 1], self._own(reader, case)
        text = f"Mei, do you know {word}?" if calls else word
        place.write(who, own, f"Re: {subject}", f"/note\n\n{text}" if is_note else text)
        place.settle()

    def _says_at_the_last_moment(self, said: tuple[str, int]) -> None:
        """Somebody writes a minute before Mei's digest is due: it waits for more."""
        place, who = self.place, self._reader(MEI)
        place.now = who.next_slot(place.now) - timedelta(minutes=1)
        self._says((*said, "plain"))
        place.now += timedelta(minutes=2)

    def _chooses(self, chosen: tuple[str, int, str]) -> None:
        """Press a button of the page behind a letter's link."""
        who, case, mode = chosen
        reader, place = self._reader(who), self.place
        seat = reader.seats[case]
        if not seat.is_here:
            return
        self._wishes(reader, case, Wish.HEAR, mode)
        if mode == "muted":
            self.expected.wants_no_more(reader, self.case_of, case)
        if mode == "digest" and reader.every == "off":
            # Whoever asks for a digest gets them again (decision 40).
            reader.every = "weekly" if len(reader.weekdays) == 1 else "daily"
        seat.hearing = mode
        self.expected.changes(place.now, [reader])

    def _wishes(self, reader: Reader, case: int, wish: Wish, value: str) -> None:
        token = self._token(reader, case, Purpose.UNSUBSCRIBE)
        done = preferences.wish(
            self.place.house, token, wish, value, now=self.place.now
        )
        assert done is not None
        assert done[1] not in {"unclear", "pause_when"}, done[1]

    def _token(self, reader: Reader, case: int, purpose: Purpose) -> str:
        """Give what stands in the newest letter to somebody about a case."""
        house = self.place.house
        with house.database.reading() as session:
            person = by_address(session, reader.address)
            assert person is not None
            seat = participant_of(session, case, person.id)
            assert seat is not None
            return house.sealer.seal(purpose, number(seat.id, seat.generation))

    def _own(self, reader: Reader, case: int) -> str:
        """Give the address by which somebody answers in a case."""
        return ACME.reply.write(self._token(reader, case, Purpose.EVERYONE))

    def _timetable(self, chosen: tuple[str, str]) -> None:
        who, words = chosen
        self._sets(self._reader(who), words)

    def _sets(self, reader: Reader, words: str) -> None:
        """Say when the digest shall come."""
        place = self.place
        kind = Kind.TEAM if reader.on_team else Kind.COLLEAGUE
        if reader is self._reader(CARLA):
            kind = Kind.CUSTOMER
        with place.house.database.transaction() as session:
            person = by_address(session, reader.address)
            assert person is not None
            table = set_schedule(session, ACME, person, kind, words, place.now)
        assert table is not None
        reader.every, reader.minute = str(table.every), table.minute
        reader.weekdays = table.weekdays
        self.expected.changes(place.now, [reader])

    def _travels(self, where: tuple[str, str]) -> None:
        who, zone = where
        reader = self._reader(who)
        with self.place.house.database.transaction() as session:
            person = by_address(session, reader.address)
            assert person is not None
            person.zone = reader.zone = zone
        self.expected.changes(self.place.now, [reader])

    def _pauses(self, for_days: tuple[str, int]) -> None:
        who, days = for_days
        reader, now = self._reader(who), self.place.now
        case = self._here(reader)
        if not case:
            return
        day = (now + timedelta(days=days + 1)).date()
        self._wishes(reader, case, Wish.PAUSE, day.isoformat())
        reader.paused_until = datetime.combine(day, time(), UTC) + timedelta(hours=14)
        with self.place.house.database.reading() as session:
            person = by_address(session, reader.address)
            assert person is not None
            assert person.paused_until is not None
            reader.paused_until = person.paused_until
        self.expected.changes(now, [reader])

    def _resumes(self, who: str) -> None:
        reader = self._reader(who)
        if case := self._here(reader):
            self._wishes(reader, case, Wish.RESUME, "")
            reader.paused_until = None
            self.expected.changes(self.place.now, [reader])

    def _is_away(self, for_days: tuple[str, int]) -> None:
        who, days = for_days
        reader = self._reader(who)
        until = self.place.now.date() + timedelta(days=days) if days else None
        with self.place.house.database.transaction() as session:
            person = by_address(session, reader.address)
            assert person is not None
            person.away_until = reader.away_until = until
        self.expected.changes(self.place.now, [reader])

    def _here(self, reader: Reader) -> int:
        return next((case for case, seat in reader.seats.items() if seat.is_here), 0)

    def _leaves(self, where: tuple[str, int]) -> None:
        """Leave a case, or be asked again and come back."""
        who, case = where
        reader, place, subject = self._reader(who), self.place, SUBJECTS[where[1] - 1]
        seat = reader.seats[case]
        if seat.is_here:
            own = self._own(reader, case)
            place.write(who, own, f"Re: {subject}", "/leave")
            place.settle()
            self.expected.wants_no_more(reader, self.case_of, case)
            seat.is_here = False
        else:
            before = len(place.letters)
            own = self._own(self._reader(ANA), case)
            place.write(ANA, own, f"Re: {subject}", f"/invite {reader.address}")
            place.settle()
            asked = {each.kind for each in place.letters[before:]}
            if "invitation" not in asked:
                return
            own = place.last(reader.address, "invitation").reply_to
            place.write(who, own, "Re: invited", "yes")
            place.settle()
            seat.is_here = True
            # Whoever comes back hears each message, until they choose.
            self._chooses((who, case, "digest"))
        self.expected.changes(place.now, [reader])

    def _sets_the_clock(self, step: timedelta) -> None:
        if step < timedelta():
            self.expected.sets_back(self.place.now)
        self.place.now += step
        self.expected.changes(self.place.now)

    def _has_a_clock_ahead(self, span: timedelta) -> None:
        """For a tick the clock shows another year; once in a story.

        Each time somebody gets a digest for a day that will come, and so one less then.
        """
        place = self.place
        if not self._was_ahead:
            self._was_ahead = True
            self.expected.used_up = 1
            place.now += span
            self.expected.changes(place.now)
            self._goes_on(judges=False)
            place.now -= span
            self.expected.changes(place.now)

    def _ends(self, when: tuple[How, int]) -> None:
        """A schedule ends at its nth statement; the lease that it had runs out."""
        how, left = when
        if self.place.dying(self.place.tick, left, how):
            self.place.counts[f"schedules ended by {how}"] += 1
        self.place.now += timedelta(seconds=61)

    def _is_killed(self, left: int) -> None:
        if self.place.killed(self.place.run, left):
            self.place.counts["processes killed"] += 1

    def _meets_another(self, when: tuple[int, int]) -> None:
        """Another schedule is at work in the midst of ours."""
        left, leased = when
        place = self.place
        with place.another() as house:

            def meet() -> None:
                if leased:
                    held = place.tick(house, "two")
                    met.append(held)
                else:
                    place.run(house)

            met: list[bool] = []
            place.deaths.left, place.deaths.meets = left, meet
            with place.deaths.at_work():
                if leased:
                    place.tick()
                else:
                    place.run()
        place.counts["schedules that met another"] += place.deaths.happened
        place.deaths.happened = 0
        if any(met):
            raise Broken("two schedules had the lease at once")

    def _smarthost(self, said: tuple[str, str]) -> None:
        """The smarthost breaks off the next mail; at its end it keeps it first."""
        self.place.loses(*said)

    def _defers(self, who: str) -> None:
        """A mailbox takes no mail for longer than a digest waits."""
        place, reader = self.place, self._reader(who)
        place.sink.say("RCPT", "451 4.2.0 not now", to=reader.address)
        self.expected.changes(place.now + _DEFERRED, [reader])
        for _ in range(int(_DEFERRED / _HOUR)):
            place.now += _HOUR
            self._goes_on()
        place.sink.say_nothing_special()

    def _sender_dies(self, _: object) -> None:
        self.place.dies_unsaid()


def drawn(chance: random.Random, days: int) -> list[list[Step]]:
    """Draw a story of so many days."""
    names = list(WEIGHTS)
    weights = [WEIGHTS[name] for name in names]
    return [
        [
            (name, chance.choice(list(STEPS[name])))
            for name in chance.choices(names, weights, k=chance.randint(1, 3))
        ]
        for _ in range(days)
    ]

"""Holds the letters of a step against what must have come, and may not have."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from tests.model.memory import ON_CARDS, Case, Forecast, Said
from tests.model.people import ADDRESS, IDS, TEAM, TOKEN, WORD, whole
from tests.model.world import BEGINS, Fate
from tests.town import Letter

_POSTS = frozenset({"message", "note"})
TO_TEAM = {
    (kind, one)
    for kind in ("notice", "confirmation", "reminder", "digest")
    for one in TEAM
}


class Broken(AssertionError):  # noqa: N818 (what is broken is a promise)
    """A promise that does not hold."""


def demand(holds: object, says: str) -> None:
    """Raise Broken, with these words, for what does not hold."""
    if not holds:
        raise Broken(says)


class Judge:
    """Who knows what may be told to whom, and has seen every letter."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.cases: list[Case] = []
        self.said: dict[str, Said] = {}
        self.closed: set[str] = set()
        """Whose mailbox refuses everything."""
        self.returned: set[str] = set()
        """Whose mailbox ever refused or sent back a letter."""
        self.came_back: Counter[tuple[str, str]] = Counter()
        """How often the copy of a text was sent back by its reader's server."""
        self.secret_ids: set[str] = set()
        self.wrote: defaultdict[str, set[str]] = defaultdict(set)
        """Which addresses somebody named."""
        self.spoken: set[str] = set()
        """Addresses in what people quoted: it is their text now."""
        self._token_of: dict[str, str] = {}
        self._door: set[str] = set()
        """Of whose texts at the door the team was told."""
        self._got: Counter[tuple[str, str, str]] = Counter()
        self._asked: Counter[tuple[str, str]] = Counter()
        """How often somebody was invited, and reminded of it."""
        self.now = BEGINS
        self.behind: dict[str, datetime] = {}
        """Until when a letter that came back may be tried again, before all others."""
        self.second: dict[str, str] = {}
        """Whose a second address is."""

    def judge(
        self, letters: list[Letter], told: Iterable[tuple[Forecast, Fate | None]]
    ) -> None:
        """Hold the letters of a step against what must have come."""
        told = list(told)
        for forecast, _ in told:
            self._name_case(forecast, letters)
        for letter in letters:
            self._judge_letter(letter, [forecast for forecast, _ in told])
        for forecast, fate in told:
            self._judge_mail(letters, forecast, fate)

    def _name_case(self, forecast: Forecast, letters: list[Letter]) -> None:
        known = {case.public_id for case in self.cases}
        for letter in letters:
            name = str(letter.mail["X-Parlour-Activity"] or "")
            if forecast.case and not forecast.case.public_id and name not in known:
                forecast.case.public_id = name

    def case_of(self, letter: Letter) -> Case | None:
        """Say which case a letter is about."""
        name = str(letter.mail["X-Parlour-Activity"] or "")
        return next((one for one in self.cases if name and one.public_id == name), None)

    def _judge_letter(self, letter: Letter, forecasts: list[Forecast]) -> None:
        text, reader, kind = whole(letter), letter.to, letter.kind
        what = f"the {kind} to {reader}"
        self._judge_words(letter, text, what)
        self._judge_tokens(text, letter, what)
        if reader not in TEAM:
            named = set(ADDRESS.findall(text)) - {reader, "support@acme.example"}
            named -= self.wrote[reader] | self.spoken
            shows = {each for one in forecasts for each in one.shows}
            named -= {address for asked, address in shows if asked == reader}
            demand(not named, f"{what} shows the address of {named}")
            ids = f"{letter.mail['References']} {letter.mail['In-Reply-To']}"
            leaked = self.secret_ids & set(IDS.findall(ids))
            demand(not leaked, f"{what} names an id of the team lane: {leaked}")
        if kind == "note":
            self.secret_ids.add(str(letter.mail["Message-ID"]))
            ids = IDS.findall(str(letter.mail["References"] or ""))
            self.secret_ids.update(ids)
            where = TOKEN.search(str(letter.mail["Reply-To"]))
            demand(where and where[0][0] == "t", f"{what} is answered elsewhere")
        if kind in _POSTS:
            self._judge_copy(letter, text, forecasts, what)
            return
        if kind == "digest":
            for word in set(WORD.findall(text)):
                self._got[reader, word] += 1
                most = 1 + self.came_back[reader, word]
                demand(self._got[reader, word] <= most, f"{what} says {word} again")
        if kind in {"invitation", "reminder"} and reader not in TEAM:
            self._asked[reader, kind] += 1
            times = self._asked[reader, "reminder"]
            is_once = times <= self._asked[reader, "invitation"]
            demand(is_once or reader in self.returned, f"{what} came again")
        neutral = {one.word for one in forecasts if one.neutral}
        if kind == "acknowledgement":
            demand(not neutral & set(WORD.findall(text)), f"{what} quotes the unproved")
        expected = {each for one in forecasts for each in one.wanted | one.allowed}
        # The team is asked and told of more than is forecast here; never outsiders.
        # Whom mail did not reach hears of it when it does (table B2).
        is_free = (kind, reader) in expected | TO_TEAM or reader in self.returned
        is_free = is_free or self._is_due(letter)
        demand(is_free, f"{what} was not to be expected")

    def _is_due(self, letter: Letter) -> bool:
        """Whether it is a digest of who takes part, or reminds who was invited once."""
        here = [case.seats.get(letter.to) for case in self.cases]
        seats = [seat for seat in here if seat is not None]
        if letter.kind == "digest":
            return any(seat.takes_part for seat in seats)
        return letter.kind == "reminder" and any(
            "invited" in {seat.standing, seat.before} for seat in seats
        )

    def _judge_words(self, letter: Letter, text: str, what: str) -> None:
        for word in set(WORD.findall(text)):
            said = self.said.get(word)
            demand(said, f"{what} says {word}, which nobody wrote")
            may = self._may_read(said, letter)
            demand(may, f"{what} says {word}, which is not for them")

    def _may_read(self, said: Said, letter: Letter) -> bool:
        reader = self.second.get(letter.to, letter.to)
        if reader in TEAM or reader == said.author or reader in said.also:
            return True
        for number, place in said.places:
            seat = self.cases[number].seats.get(reader)
            if seat is None:
                continue
            if letter.kind in {"invitation", "reminder"}:
                if place == ON_CARDS or (seat.by_staff and place == 0):
                    return True
                continue
            joined = {seat.standing, seat.before} & {"joined", "told"}
            since = 0 if seat.role != "guest" else seat.since
            if joined and (place >= since or (place == 0 and seat.by_staff)):
                return True
        return False

    def _judge_tokens(self, text: str, letter: Letter, what: str) -> None:
        tokens = TOKEN.findall(f"{text}\n{letter.kept.mail_from}")
        for token in set(tokens):
            owner = self._token_of.setdefault(token, letter.to)
            demand(owner == letter.to, f"{what} holds a token of {owner}")
        addressed = letter.mail.get_all("To")
        demand(len(addressed) == 1, f"{what} has several readers")
        demand(str(addressed[0]) == letter.to, f"{what} names another reader")

    def _judge_copy(
        self, letter: Letter, text: str, forecasts: list[Forecast], what: str
    ) -> None:
        found = WORD.findall(text)
        words = [word for word in found if not self.said[word].is_reason]
        demand(words, f"{what} holds no text")
        newest = max(words, key=lambda word: self.said[word].number)
        copy = (letter.to, newest, letter.kind)
        self._got[copy] += 1
        most = 1 + self.came_back[letter.to, newest]
        demand(self._got[copy] <= most, f"{what} says {newest} again")
        self._note_id(letter, newest)
        for forecast in forecasts:
            if forecast.word == newest and forecast.kind == letter.kind:
                outcome = forecast.heard.get(letter.to, "none")
                demand(outcome.startswith("copy"), f"{what} although {outcome}")
                return
        # A letter that came back is tried once more, and what nobody of the team got
        # is given to all of them (table B2).
        late = {letter.to} | (TEAM if letter.to in TEAM else set())
        demand(late & self.returned, f"{what} says {newest}, which is no news")

    def _note_id(self, letter: Letter, word: str) -> None:
        """Remember under which id a text is held."""
        case = self.case_of(letter)
        for post in case.log if case else ():
            if post.word == word and post.private == (letter.kind == "note"):
                post.ids.add(str(letter.mail["Message-ID"]))

    def _judge_mail(
        self, letters: list[Letter], forecast: Forecast, fate: Fate | None
    ) -> None:
        came = {(letter.kind, letter.to) for letter in letters}
        for kind, reader in forecast.wanted:
            is_there = (kind, reader) in came or self._may_be_late(reader)
            demand(is_there, f"no {kind} came to {reader}")
        # The only notice may be on its way to a mailbox that is closed.
        if forecast.notice and not self.closed & TEAM:
            told = [
                letter.to
                for letter in letters
                if letter.kind == "notice" and forecast.notice in whole(letter)
            ]
            # Further texts of the same stranger are told together, once a day (E48).
            author = self.said[forecast.notice].author
            demand(
                TEAM & set(told) or author in self._door,
                f"nobody was told that {forecast.notice} waits",
            )
        if forecast.at_door:
            self._door.add(forecast.at_door)
        got = {
            letter.to
            for letter in letters
            if letter.kind in _POSTS
            and forecast.word
            and forecast.word in whole(letter)
        }
        for who, outcome in forecast.heard.items():
            if outcome == "copy" and not self._may_be_late(who):
                demand(who in got, f"{forecast.word} did not reach {who}")
        if fate is None:
            return
        says = f"the mail is {fate.state} by {fate.rule} ({fate.reason})"
        demand(str(fate.state) in forecast.states, f"{says}, not {forecast.states}")
        demand(fate.reason or fate.state == "done", f"{says}, and nobody knows why")
        self._judge_ledger(forecast, fate)

    def _may_be_late(self, who: str) -> bool:
        """Whether a letter to them waits, or waits behind one that came back (B2)."""
        return who in self.closed or self.behind.get(who, self.now) > self.now

    def _judge_ledger(self, forecast: Forecast, fate: Fate) -> None:
        demand(fate.posts <= 1, f"the mail was posted {fate.posts} times")
        if not forecast.heard:
            demand(not fate.posts, "the mail was posted")
            return
        for who, outcome in forecast.heard.items():
            found = fate.heard.get(who, "nothing")
            is_so = found == outcome or outcome.endswith("?")
            demand(is_so, f"the ledger has {found} for {who}, not {outcome}")

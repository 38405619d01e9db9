"""What Parlour owes to everybody in a story, from what they wrote alone; and the check.

`Promises` looks into no table of Parlour. It is told each mail before it is sent, says
what must come of it (a `Forecast`), and judges the letters that came.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.model.people import ADDRESS, TEAM, TOKEN, WORD, Holding, Mail, whole
from tests.model.world import Fate
from tests.town import Letter

_POSTS = frozenset({"message", "note"})
_MOST_GUESTS = 5
_MOST_CC = 5
_MOST_A_MONTH = 3
_ON_CARDS = 1 << 30
"""The place of a word that the invited and all in the case read beside a name."""
_MONTH = timedelta(days=30)
_IDS = re.compile(r"<[^<>\s]+>")


class Broken(AssertionError):
    """A promise that does not hold."""


def demand(holds: object, says: str) -> None:
    """Raise Broken, with these words, for what does not hold."""
    if not holds:
        raise Broken(says)


@dataclass
class Seat:
    """How somebody stands to a case."""

    standing: str
    """told, joined, invited, declined or left."""
    role: str
    """customer, team, colleague or guest."""
    hearing: str = "each"
    since: int = 0
    """The first of the case's texts that a guest may read."""
    by_staff: bool = False
    """Invited by the team, and so shown how the case began."""
    turn: int = 0
    """How often their token was renewed; older letters of theirs are stale."""
    before: str = ""
    """How they stood when the step began."""

    @property
    def takes_part(self) -> bool:
        """May post."""
        return self.standing in {"told", "joined"}

    @property
    def is_team(self) -> bool:
        """Reads the team lane."""
        return self.role == "team"


@dataclass
class Case:
    """One activity."""

    number: int
    customer: str
    seats: dict[str, Seat]
    public_id: str = ""
    """As letters have it; unknown until the first of them."""
    owner: str = ""
    resolved_at: datetime | None = None
    said: int = 0
    """How many texts the everyone lane has."""


@dataclass
class Said:
    """A text: where it was told, and who may read it besides."""

    number: int
    author: str
    places: list[tuple[int, int]] = field(default_factory=list)
    """Cases, with its place in their everyone lane; nowhere for a note."""
    also: set[str] = field(default_factory=set)


@dataclass
class Forecast:
    """What must come of a mail, or of anything else that somebody did."""

    states: frozenset[str] = frozenset({"done"})
    word: str = ""
    kind: str = ""
    """Of the copies: message or note; empty when there must be none."""
    heard: dict[str, str] = field(default_factory=dict)
    """Outcome by address as the ledger has it; a question mark allows another."""
    wanted: set[tuple[str, str]] = field(default_factory=set)
    """Letters that must come, by kind and reader."""
    allowed: set[tuple[str, str]] = field(default_factory=set)
    """Letters that may come."""
    notice: str = ""
    """A word that some notice to the team must hold."""
    neutral: bool = False
    """An acknowledgement may hold nothing of the text: its sender is unproved (T7)."""
    case: Case | None = None
    """A case that this opens; its letters say under which id."""


def quiet(*states: str) -> Forecast:
    """Nobody gets any letter."""
    return Forecast(frozenset(states or {"done"}))


_TO_TEAM = {(kind, one) for kind in ("notice", "confirmation") for one in TEAM}


class Promises:
    """The model's memory of a story, and its judge."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self.cases: list[Case] = []
        self.said: dict[str, Said] = {}
        self.shaky: set[str] = set()
        """Whose mail came back since they last wrote."""
        self.closed: set[str] = set()
        """Whose mailbox refuses everything."""
        self.never: set[str] = set()
        self.asked: defaultdict[str, list[datetime]] = defaultdict(list)
        self.gone_told: set[tuple[int, str]] = set()
        self.secret_ids: set[str] = set()
        self.wrote: defaultdict[str, set[str]] = defaultdict(set)
        """Which addresses somebody named."""
        self.spoken: set[str] = set()
        """Addresses in what people quoted: it is their text now."""
        self._token_of: dict[str, str] = {}
        self._got: Counter[tuple[str, str]] = Counter()
        self.now = datetime.min

    # What people do, and what must come of it.

    def begin(self, now: datetime) -> None:
        """Begin a step."""
        self.now = now
        for case in self.cases:
            for seat in case.seats.values():
                seat.before = seat.standing

    def writes(self, mail: Mail) -> None:
        """Note a text, before anybody may read it."""
        if mail.word:
            self.said[mail.word] = Said(len(self.said), mail.author)
        named = ADDRESS.findall(" ".join((*mail.commands, *mail.cc)))
        self.wrote[mail.author].update(named)
        self.spoken.update(ADDRESS.findall(mail.quote))

    def fresh(self, mail: Mail) -> Forecast:
        """A mail to the desk that answers nothing."""
        if mail.machine:
            return quiet("held")
        if mail.proof == "fail":
            return self._held(mail)
        return self._opens(mail)

    def answers(self, mail: Mail, *, by_token: bool) -> Forecast:
        """A mail that answers a letter, at its address or with its ids alone."""
        holding = mail.answers
        case, author = self.cases[holding.case], mail.author
        if mail.proof == "fail":
            return quiet("held") if mail.machine else self._held(mail)
        if mail.machine:
            return quiet()
        if by_token:
            return self._by_token(mail, case, holding)
        seat = case.seats.get(author)
        if seat and seat.standing in {"invited", "declined"}:
            return self._invited(mail, case, private=holding.is_private)
        if seat and seat.standing == "left":
            return self._gone(mail, case, told=author)
        if seat and seat.takes_part and (seat.is_team or not holding.is_private):
            return self._posts(mail, case, private=holding.is_private)
        return self._opens(mail)

    def answers_past(self, mail: Mail) -> Forecast:
        """A mail to the desk that answers what somebody mailed past us."""
        case = self.cases[mail.past]
        if mail.proof == "fail":
            return self._held(mail)
        seat = case.seats.get(mail.author)
        if mail.proof == "pass" and seat:
            if seat.standing == "invited":
                return self._invited(mail, case, private=False)
            if seat.takes_part:
                return self._posts(mail, case, private=False)
        return self._opens(mail)

    def bounced(self, holding: Holding) -> Forecast:
        """A report that a letter could not be delivered."""
        self.shaky.add(holding.owner)
        return Forecast(frozenset({"done", "discarded"}), allowed=_TO_TEAM)

    def unsubscribes(self, holding: Holding) -> Forecast:
        """A mail to the address that stops what a letter was."""
        seat = self.cases[holding.case].seats[holding.owner]
        if seat.standing == "invited":
            self.never.add(holding.owner)
        else:
            seat.hearing = "muted"
        return quiet()

    def presses(self, holding: Holding, choice: str) -> Forecast:
        """A button on the page of an invitation."""
        case = self.cases[holding.case]
        seat, who = case.seats[holding.owner], holding.owner
        if choice in {"decline", "never"}:
            self._declines(case, who, never=choice == "never")
            return quiet()
        if case.resolved_at or seat.standing not in {"invited", "declined", "joined"}:
            return quiet()
        hearing = "digest" if choice == "digest" else "each"
        if seat.standing == "joined":
            seat.hearing = hearing
            return quiet()
        forecast = Forecast()
        self._joins(case, who, forecast)
        seat.hearing = hearing
        return forecast

    def released(self, mail: Mail, *, by_token: bool) -> Forecast:
        """The operator lets a held mail in, for this once."""
        holding, author, number = mail.answers, mail.author, mail.past
        if holding is not None:
            number = holding.case
        if number is None:
            return self._opens(mail)
        case = self.cases[number]
        seat = case.seats.get(author)
        is_own = holding is None or not by_token or author == holding.owner
        private = holding is not None and holding.is_private
        if private and not (is_own and seat and seat.is_team):
            # Nobody is let into the team lane by that.
            return quiet("held")
        if seat is not None:
            return self._posts(mail, case, private=private)
        case.resolved_at = None
        forecast = Forecast(word=mail.word)
        self._tells(mail, case, forecast, private=False)
        return forecast

    def is_unsure(self, who: str) -> bool:
        """Whether mail to somebody may come back, as far as Parlour can know."""
        return who in self.shaky or who in self.closed

    # The rules.

    def _by_token(self, mail: Mail, case: Case, holding: Holding) -> Forecast:
        author, owner = mail.author, holding.owner
        seat, held_by = case.seats.get(author), case.seats[owner]
        private = holding.purpose == "t"
        is_fit = holding.turn == held_by.turn or mail.proof == "pass"
        if author == owner and held_by.standing in {"invited", "declined"}:
            return self._invited(mail, case, private=private, is_fit=is_fit)
        if held_by.standing == "left":
            comes_back = author == owner and is_fit and "/join" in mail.commands
            if not comes_back:
                return self._gone(mail, case, told=author if author == owner else "")
        if author == owner:
            if is_fit and (held_by.is_team or not private):
                return self._posts(mail, case, private=private)
            return self._held(mail)
        if mail.proof != "pass" or seat is None:
            return self._held(mail)
        if seat.takes_part and (seat.is_team or not private):
            if held_by.takes_part:
                held_by.turn += 1
            return self._posts(mail, case, private=private)
        if seat.standing == "invited" and not private:
            return self._invited(mail, case, private=False)
        return self._held(mail)

    def _held(self, mail: Mail) -> Forecast:
        """It waits; the team is told, and nobody else."""
        return Forecast(frozenset({"held"}), allowed=_TO_TEAM, notice=mail.word)

    def _gone(self, mail: Mail, case: Case, *, told: str) -> Forecast:
        """Who left writes: held, and they hear once how to come back."""
        forecast = self._held(mail)
        if told:
            if (case.number, told) not in self.gone_told:
                forecast.allowed = _TO_TEAM | {("notice", told)}
            self.gone_told.add((case.number, told))
        return forecast

    def _opens(self, mail: Mail) -> Forecast:
        author = mail.author
        seats = {one: Seat("told", "team") for one in sorted(TEAM)}
        seats[author] = Seat("joined", "customer")
        case = Case(len(self.cases), author, seats)
        self.cases.append(case)
        self.shaky.discard(author)
        forecast = Forecast(word=mail.word, kind="message", case=case)
        # What an opening quotes goes along: nobody in the new case has it.
        for word in WORD.findall(mail.quote):
            if self.said[word].places:
                self.said[word].places.append((case.number, 0))
        if author not in TEAM:
            forecast.allowed.add(("acknowledgement", author))
            forecast.neutral = mail.proof != "pass" and mail.answers is None
        self._tells(mail, case, forecast, private=False, opens=True)
        return forecast

    def _invited(
        self, mail: Mail, case: Case, *, private: bool, is_fit: bool = True
    ) -> Forecast:
        said = {"yes": "yes", "no thanks": "no", "never again": "never"}
        answer = "" if mail.word else said.get(mail.text, "")
        if not mail.text:
            answer = "no" if "/leave" in mail.commands else "yes"
        is_over = case.resolved_at and answer not in {"no", "never"}
        if private or not is_fit or is_over:
            return self._held(mail)
        if answer in {"no", "never"}:
            self._declines(case, mail.author, never=answer == "never")
            return quiet()
        if answer == "yes":
            forecast = Forecast()
            self._joins(case, mail.author, forecast)
            self.shaky.discard(mail.author)
            return forecast
        return self._posts(mail, case, private=False, joins=True)

    def _declines(self, case: Case, who: str, *, never: bool) -> None:
        if never:
            self.never.add(who)
        seat = case.seats[who]
        if seat.standing == "invited":
            seat.standing = "declined"

    def _joins(self, case: Case, who: str, forecast: Forecast) -> None:
        seat = case.seats[who]
        if seat.standing != "joined":
            seat.standing, seat.since = "joined", case.said
            forecast.wanted.add(("confirmation", who))
        seat.hearing = "each"

    def _posts(
        self, mail: Mail, case: Case, *, private: bool, joins: bool = False
    ) -> Forecast:
        author, seat = mail.author, case.seats[mail.author]
        is_staff = author in TEAM
        private = private or ("/note" in mail.commands and is_staff)
        if author == case.customer and not private and self._is_another(mail, case):
            return self._opens(mail)
        if "/note" in mail.commands and not is_staff:
            # Held until they say what they want; nothing is posted.
            asked = Forecast(frozenset({"held"}))
            asked.wanted.add(("confirmation", author))
            return asked
        kind = "note" if private else "message"
        forecast = Forecast(word=mail.word, kind=kind)
        self.shaky.discard(author)
        if joins:
            self._joins(case, author, forecast)
        takes = bool(mail.text) and self._takes_part(case, author, private=private)
        forecast.allowed |= {("confirmation", author), *_TO_TEAM}
        for command in mail.commands:
            self._obeys(mail, case, command, forecast, private=private)
        if mail.text:
            self._tells(mail, case, forecast, private=private, takes=takes)
        if "/leave" in mail.commands and seat.takes_part:
            seat.standing = "left"
            if case.owner == author:
                case.owner = ""
            forecast.wanted.add(("notice", author))
        return forecast

    def _is_another(self, mail: Mail, case: Case) -> bool:
        """A closed case, closed long ago or answered with another matter."""
        if case.resolved_at is None:
            return False
        is_old = self.now - case.resolved_at > timedelta(days=14)
        is_new = mail.keeps == "none" and "Another" in mail.subject
        return is_old or is_new

    def _takes_part(self, case: Case, author: str, *, private: bool) -> bool:
        seat = case.seats[author]
        if seat.standing == "told":
            seat.standing = "joined"
        if private:
            return False
        if seat.is_team:
            takes = not case.owner
            case.owner = case.owner or author
            return takes
        case.resolved_at = None
        return False

    def _obeys(
        self, mail: Mail, case: Case, line: str, forecast: Forecast, *, private: bool
    ) -> None:
        author, seat = mail.author, case.seats[mail.author]
        word, _, rest = line.partition(" ")
        is_staff = author in TEAM
        if word == "/mute":
            seat.hearing = "muted"
        elif word == "/unmute":
            seat.hearing = "each"
        elif word == "/join":
            self._joins(case, author, forecast)
        elif word == "/take" and is_staff:
            case.owner = author
            seat.standing = "joined" if seat.standing == "told" else seat.standing
        elif word == "/resolve" and is_staff:
            case.resolved_at = case.resolved_at or self.now
        elif word == "/reopen" and is_staff:
            case.resolved_at = None
        elif word == "/invite":
            whom, _, reason = rest.partition(" ")
            self._invites(case, author, whom, forecast)
            for found in WORD.findall(reason):
                said = self.said.setdefault(found, Said(len(self.said), author))
                if seat.is_team:
                    said.also.add(whom)
                    if not private:
                        said.places.append((case.number, _ON_CARDS))

    def _invites(
        self, case: Case, inviter: str, whom: str, forecast: Forecast
    ) -> None:
        seat = case.seats.get(whom)
        if whom in TEAM or whom in self.never or (seat and seat.standing != "left"):
            return
        is_colleague = whom.endswith("@acme.example")
        guests = [one for one in case.seats.values() if one.role == "guest"]
        lately = [at for at in self.asked[whom] if self.now - at < _MONTH]
        is_much = len(guests) >= _MOST_GUESTS or len(lately) >= _MOST_A_MONTH
        if is_much and not is_colleague:
            return
        if seat is None:
            role = "colleague" if is_colleague else "guest"
            seat = case.seats[whom] = Seat("invited", role)
        else:
            seat.standing = "invited"
            seat.turn += 1
        seat.by_staff = seat.by_staff or case.seats[inviter].is_team
        self.asked[whom].append(self.now)
        forecast.wanted.add(("invitation", whom))

    def _tells(
        self,
        mail: Mail,
        case: Case,
        forecast: Forecast,
        *,
        private: bool,
        opens: bool = False,
        takes: bool = False,
    ) -> None:
        """Enter a text into its lane and say who hears it how."""
        if private:
            self.secret_ids.add(mail.message_id)
        else:
            self.said[mail.word].places.append((case.number, case.said))
            case.said += 1
            self._asks_cc(mail, case, forecast, opens=opens)
        forecast.kind = "note" if private else "message"
        forecast.allowed |= {("notice", one) for one in TEAM}
        direct = {mail.to, *mail.cc}
        for who, seat in case.seats.items():
            outcome = self._hears(
                case, who, mail.author, private=private, opens=opens, takes=takes
            )
            if outcome not in _NEVER:
                if who in direct and not opens:
                    outcome = "direct"
                elif self.is_unsure(who) and seat.role != "customer":
                    outcome = f"{outcome.rstrip('?')}?"
            forecast.heard[who] = outcome

    def _asks_cc(
        self, mail: Mail, case: Case, forecast: Forecast, *, opens: bool
    ) -> None:
        """Whoever is in Cc of a proved mail is asked; else they are suggested."""
        is_proved = mail.proof == "pass" if opens else mail.answers is not None
        strangers = [one for one in mail.cc if one not in case.seats]
        if is_proved:
            for one in strangers[:_MOST_CC]:
                self._invites(case, mail.author, one, forecast)

    def _hears(
        self,
        case: Case,
        who: str,
        author: str,
        *,
        private: bool,
        opens: bool,
        takes: bool,
    ) -> str:
        seat = case.seats[who]
        by_customer = author == case.customer
        is_owner = who == case.owner
        if who == author:
            return "author"
        if seat.standing in {"left", "declined"}:
            return "gone"
        if private and not seat.is_team:
            return "lane"
        if seat.standing == "invited":
            return "invited"
        if seat.hearing != "each" and not (is_owner and by_customer):
            return seat.hearing
        waits = seat.is_team and seat.standing == "told" and not is_owner
        if waits and case.owner and not takes:
            return "copy?" if self.is_unsure(case.owner) else "digest"
        return "copy"

    # The check.

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
            demand(not named, f"{what} shows the address of {named}")
            ids = f"{letter.mail['References']} {letter.mail['In-Reply-To']}"
            leaked = self.secret_ids & set(_IDS.findall(ids))
            demand(not leaked, f"{what} names an id of the team lane: {leaked}")
        if kind == "note":
            self.secret_ids.add(str(letter.mail["Message-ID"]))
            ids = _IDS.findall(str(letter.mail["References"] or ""))
            self.secret_ids.update(ids)
            where = TOKEN.search(str(letter.mail["Reply-To"]))
            demand(where and where[0][0] == "t", f"{what} is answered elsewhere")
        if kind in _POSTS:
            self._judge_copy(letter, text, forecasts, what)
            return
        neutral = {one.word for one in forecasts if one.neutral}
        if kind == "acknowledgement":
            demand(not neutral & set(WORD.findall(text)), f"{what} quotes the unproved")
        expected = {each for one in forecasts for each in one.wanted | one.allowed}
        if self.closed:
            # What is refused is told to the team.
            expected |= _TO_TEAM
        demand((kind, reader) in expected, f"{what} was not to be expected")

    def _judge_words(self, letter: Letter, text: str, what: str) -> None:
        for word in set(WORD.findall(text)):
            said = self.said.get(word)
            demand(said, f"{what} says {word}, which nobody wrote")
            may = self._may_read(said, letter)
            demand(may, f"{what} says {word}, which is not for them")

    def _may_read(self, said: Said, letter: Letter) -> bool:
        reader = letter.to
        if reader in TEAM or reader == said.author or reader in said.also:
            return True
        for number, place in said.places:
            seat = self.cases[number].seats.get(reader)
            if seat is None:
                continue
            if letter.kind == "invitation":
                if place == _ON_CARDS or (seat.by_staff and place == 0):
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
        words = WORD.findall(text)
        demand(words, f"{what} holds no text")
        newest = max(words, key=lambda word: self.said[word].number)
        self._got[letter.to, newest] += 1
        demand(self._got[letter.to, newest] == 1, f"{what} says {newest} again")
        for forecast in forecasts:
            if forecast.word == newest and forecast.kind == letter.kind:
                outcome = forecast.heard.get(letter.to, "none")
                demand(outcome.startswith("copy"), f"{what} although {outcome}")
                return
        raise Broken(f"{what} says {newest}, which is no news")

    def _judge_mail(
        self, letters: list[Letter], forecast: Forecast, fate: Fate | None
    ) -> None:
        came = {(letter.kind, letter.to) for letter in letters}
        for kind, reader in forecast.wanted:
            is_there = (kind, reader) in came or reader in self.closed
            demand(is_there, f"no {kind} came to {reader}")
        # The only notice may be on its way to a mailbox that is closed.
        if forecast.notice and not self.closed & TEAM:
            told = [
                letter.to
                for letter in letters
                if letter.kind == "notice" and forecast.notice in whole(letter)
            ]
            demand(TEAM & set(told), f"nobody was told that {forecast.notice} waits")
        got = {
            letter.to
            for letter in letters
            if letter.kind in _POSTS and forecast.word and forecast.word in whole(letter)
        }
        for who, outcome in forecast.heard.items():
            if outcome == "copy" and who not in self.closed:
                demand(who in got, f"{forecast.word} did not reach {who}")
        if fate is None:
            return
        says = f"the mail is {fate.state} by {fate.rule} ({fate.reason})"
        demand(str(fate.state) in forecast.states, f"{says}, not {forecast.states}")
        demand(fate.reason or fate.state == "done", f"{says}, and nobody knows why")
        self._judge_ledger(forecast, fate)

    def _judge_ledger(self, forecast: Forecast, fate: Fate) -> None:
        demand(fate.posts <= 1, f"the mail was posted {fate.posts} times")
        if not forecast.heard:
            demand(not fate.posts, "the mail was posted")
            return
        for who, outcome in forecast.heard.items():
            found = fate.heard.get(who, "nothing")
            is_so = found == outcome or outcome.endswith("?")
            demand(is_so, f"the ledger has {found} for {who}, not {outcome}")


_NEVER = frozenset({"author", "gone", "lane", "invited"})

"""What Parlour owes to everybody in a story, from what they wrote alone.

`Promises` looks into no table of Parlour. It is told each mail before it is sent and
says what must come of it: a `Forecast`, against which the letters are judged.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from tests.model.judge import TO_TEAM, Judge
from tests.model.memory import ON_CARDS, Case, Forecast, Said, Seat, quiet
from tests.model.people import (
    ADDRESS,
    FAIL,
    PASS,
    TEAM,
    WORD,
    Holding,
    Mail,
    whole,
)
from tests.model.world import BEGINS

_MOST_GUESTS = 5
_MOST_CC = 5
_MOST_A_MONTH = 3
_MONTH = timedelta(days=30)
_NEVER = frozenset({"author", "gone", "lane", "invited"})
"""Outcomes that nothing else comes before."""


class Promises(Judge):
    """The model's memory of a story: what must come of each thing that is done."""

    def __init__(self) -> None:
        """Begin with nobody."""
        super().__init__()
        self.now = BEGINS
        self.shaky: set[str] = set()
        """Whose mail came back since they last wrote."""
        self.never: set[str] = set()
        self.asked: defaultdict[str, list[datetime]] = defaultdict(list)
        self.gone_told: set[tuple[int, str]] = set()

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
        if mail.proof == FAIL:
            return self._held(mail)
        return self._opens(mail)

    def answers(self, mail: Mail, *, by_token: bool) -> Forecast:  # noqa: C901, PLR0911 (as many as there are cases)
        """A mail that answers a letter, at its address or with its ids alone."""
        holding = mail.answers
        case, author = self.cases[holding.case], mail.author
        if mail.proof == FAIL:
            return quiet("held") if mail.machine else self._held(mail)
        if mail.machine:
            return quiet()
        if by_token:
            return self._by_token(mail, case, holding)
        seat = case.seats.get(author)
        is_asked = seat and seat.standing in {"invited", "declined"}
        if is_asked and holding.owner == author:
            return self._invited(mail, case, private=holding.is_private)
        if is_asked and seat.standing == "invited" and mail.proof == PASS:
            return self._invited(mail, case, private=holding.is_private)
        if seat and seat.standing == "left":
            return self._gone(mail, case, told=author)
        if seat and seat.takes_part and (seat.is_team or not holding.is_private):
            is_shared = mail.proof != PASS and not holding.is_private
            if author in TEAM and is_shared and mail.acts_on_others:
                # The id is known to all in the case: a yes must prove it (B18).
                asked = Forecast(frozenset({"held"}))
                asked.wanted.add(("confirmation", author))
                return asked
            return self._posts(mail, case, private=holding.is_private)
        return self._opens(mail)

    def answers_past(self, mail: Mail) -> Forecast:
        """A mail to the desk that answers what somebody mailed past us."""
        case = self.cases[mail.past]
        if mail.proof == FAIL:
            return self._held(mail)
        seat = case.seats.get(mail.author)
        if mail.proof == PASS and seat:
            if seat.standing == "invited":
                return self._invited(mail, case, private=False)
            if seat.takes_part:
                return self._posts(mail, case, private=False)
        return self._opens(mail)

    def bounced(self, holding: Holding) -> Forecast:
        """A report that a letter could not be delivered."""
        self.shaky.add(holding.owner)
        self.returned.add(holding.owner)
        if holding.letter.kind in {"message", "note"}:
            texts = WORD.findall(whole(holding.letter))
            words = [word for word in texts if not self.said[word].is_reason]
            newest = max(words, key=lambda word: self.said[word].number)
            self.came_back[holding.owner, newest] += 1
        return Forecast(frozenset({"done", "discarded"}), allowed=TO_TEAM)

    def waits(self) -> Forecast:
        """Time passes: the team hears what is due, the unreachable are asked."""
        due = {(kind, one) for kind in ("digest", "reminder") for one in TEAM}
        # Whoever chose it, or did until lately.
        due |= {("digest", who) for case in self.cases for who in case.seats}
        asked = {
            (kind, one) for kind in ("notice", "confirmation") for one in self.shaky
        }
        return Forecast(allowed=TO_TEAM | due | asked)

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
        is_current = holding and seat and seat.turn == holding.turn
        bears = by_token and is_own and is_current and mail.proof != FAIL
        mail = replace(mail, bears=bool(bears))
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

    def is_vouched(self, who: str, number: int) -> bool:
        """Whether somebody has no seat, but stood in Cc of a text there."""
        case = self.cases[number]
        return who in case.copied and who not in case.seats

    def is_deserted(self, fault: str) -> bool:
        """Whether it is true that nobody can be reached, as Parlour itself finds (R16).

        Nobody of the team in a case; or not the one who alone was told of a held mail.
        """
        if fault.endswith("waits for a human, and nobody was told of it"):
            return any(map(self.is_unsure, TEAM))
        if not fault.endswith("nobody of the team can be reached there"):
            return False
        # Of a case that nobody could be told of the name is not known.
        here = [one for one in self.cases if one.public_id in fault]
        return any(
            all(
                not case.seats[who].takes_part or self.is_unsure(who)
                for who in TEAM - {case.customer}
            )
            for case in here
        )

    # The rules.

    def _by_token(self, mail: Mail, case: Case, holding: Holding) -> Forecast:  # noqa: C901, PLR0911 (as many as there are cases)
        author, owner = mail.author, holding.owner
        seat, held_by = case.seats.get(author), case.seats[owner]
        private = holding.purpose == "t"
        is_fit = holding.turn == held_by.turn or mail.proof == PASS
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
        if mail.proof != PASS or seat is None:
            held = self._held(mail)
            is_current = holding.turn == held_by.turn and held_by.takes_part
            if is_current and not private and mail.keeps != "none":
                # Their reader is asked whether it was they (decisions B20).
                held.allowed.add(("confirmation", owner))
                held.shows.add((owner, author))
            if not private and mail.proof == PASS:
                # Whoever had them in Cc is asked to let them in (table R2).
                vouchers = case.copied.get(author, set())
                held.allowed |= {("confirmation", one) for one in vouchers}
                held.shows |= {(one, author) for one in vouchers}
            return held
        if seat.takes_part and (seat.is_team or not private):
            if held_by.takes_part:
                held_by.turn += 1
            return self._posts(mail, case, private=private)
        if seat.standing == "invited" and not private:
            return self._invited(mail, case, private=False)
        return self._held(mail)

    def _held(self, mail: Mail) -> Forecast:
        """It waits; the team is told, and nobody else."""
        return Forecast(
            frozenset({"held"}),
            allowed=set(TO_TEAM),
            notice=mail.word,
            at_door=mail.author,
        )

    def _gone(self, mail: Mail, case: Case, *, told: str) -> Forecast:
        """Who left writes: held, and they hear once how to come back."""
        forecast = self._held(mail)
        if told:
            if (case.number, told) not in self.gone_told:
                forecast.allowed = TO_TEAM | {("notice", told)}
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
            forecast.neutral = mail.proof != PASS and mail.answers is None
        self._tells(mail, case, forecast, private=False, opens=True)
        return forecast

    def _invited(
        self, mail: Mail, case: Case, *, private: bool, is_fit: bool = True
    ) -> Forecast:
        said = {"yes": "yes", "no thanks": "no", "never again": "never"}
        answer = "" if mail.word else said.get(mail.text, "")
        has_others = set(mail.commands) - {"/join", "/leave"}
        if not mail.text and not has_others:
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
        forecast.allowed |= {("confirmation", author), *TO_TEAM}
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
        if word in {"/mute", "/unmute"}:
            seat.hearing = "muted" if word == "/mute" else "each"
        elif word == "/join":
            self._joins(case, author, forecast)
        elif is_staff and word in {"/take", "/resolve", "/reopen"}:
            self._handles(case, author, word)
        elif word == "/invite":
            whom, _, reason = rest.partition(" ")
            self._invites(case, author, whom, forecast)
            for found in WORD.findall(reason):
                said = Said(len(self.said), author, is_reason=True)
                said = self.said.setdefault(found, said)
                if seat.is_team:
                    said.also.add(whom)
                if seat.is_team and not private:
                    said.places.append((case.number, ON_CARDS))

    def _handles(self, case: Case, who: str, word: str) -> None:
        """One of the team takes, resolves or reopens a case."""
        if word == "/take":
            case.owner = who
            seat = case.seats[who]
            seat.standing = "joined" if seat.standing == "told" else seat.standing
        elif word == "/resolve":
            case.resolved_at = case.resolved_at or self.now
        else:
            case.resolved_at = None

    def _invites(self, case: Case, inviter: str, whom: str, forecast: Forecast) -> None:
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
            for one in mail.cc:
                case.copied.setdefault(one, set()).add(mail.author)
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
        bears = mail.answers is not None and mail.bears and not opens
        is_proved = mail.proof == PASS or bears
        strangers = [one for one in mail.cc if one not in case.seats]
        if is_proved:
            for one in strangers[:_MOST_CC]:
                self._invites(case, mail.author, one, forecast)

    def _hears(  # noqa: PLR0911 (as many as there are cases)
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

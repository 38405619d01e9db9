"""What Parlour owes to everybody in a story, from what they wrote alone.

`Promises` looks into no table of Parlour. It is told each mail before it is sent and
says what must come of it: a `Forecast`, against which the letters are judged.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.model.judge import TO_TEAM
from tests.model.lanes import Lanes
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

COMMAND, CONFIRM = "unknown command", "confirm command"
"""What somebody is asked about a command of theirs."""
_TRIED_AGAIN = timedelta(minutes=30)
"""By then a letter that came back was tried once more, or given up."""


class Promises(Lanes):
    """The model's memory of a story: what must come of each thing that is done."""

    def __init__(self) -> None:
        """Begin with nobody."""
        super().__init__()
        self.gone_told: set[tuple[int, str]] = set()
        self.blocked: set[str] = set()
        """Whose mail waits unseen, since somebody called it spam."""

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
            writer = mail.forwards or mail.author
            self.said[mail.word] = Said(len(self.said), writer)
        for word in WORD.findall(" ".join(mail.commands)):
            said = Said(len(self.said), mail.author, is_reason=True)
            self.said.setdefault(word, said)
        named = ADDRESS.findall(" ".join((*mail.commands, *mail.cc)))
        self.wrote[mail.author].update(named)
        self.spoken.update(ADDRESS.findall(mail.quote))

    def fresh(self, mail: Mail) -> Forecast:
        """A mail to the desk that answers nothing."""
        if mail.machine or mail.author in self.blocked:
            return quiet("held")
        if mail.proof == FAIL:
            return self._held(mail, cause="failed_proof")
        return self._opens(mail)

    def answers(self, mail: Mail, *, by_token: bool) -> Forecast:  # noqa: C901, PLR0911 (as many as there are cases)
        """A mail that answers a letter, at its address or with its ids alone."""
        holding = mail.answers
        case, author = self.cases[holding.case], mail.author
        if author in self.blocked:
            return quiet("held")
        if mail.proof == FAIL and mail.machine:
            return quiet("held")
        if mail.proof == FAIL:
            private = holding.is_private
            return self._held(mail, case, private=private, cause="failed_proof")
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
            private = holding.is_private
            return self._gone(mail, case, told=author, private=private)
        if seat and seat.takes_part and (seat.is_team or not holding.is_private):
            is_shared = mail.proof != PASS and not holding.is_private
            acts = mail.acts_on_others and CONFIRM not in mail.passed
            if author in TEAM and is_shared and acts:
                # The id is known to all in the case: a yes must prove it (B18).
                asked = Forecast(frozenset({"held"}), cause=CONFIRM, where=case)
                asked.wanted.add(("confirmation", author))
                return asked
            return self._posts(mail, case, private=holding.is_private)
        return self._opens(mail)

    def answers_past(self, mail: Mail) -> Forecast:
        """A mail to the desk that answers what somebody mailed past us."""
        case = self.cases[mail.past]
        if mail.author in self.blocked:
            return quiet("held")
        if mail.proof == FAIL:
            return self._held(mail, case, cause="failed_proof")
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
        self.behind[holding.owner] = self.now + _TRIED_AGAIN
        if holding.letter.kind in {"message", "note"}:
            texts = WORD.findall(whole(holding.letter))
            words = [word for word in texts if not self.said[word].is_reason]
            newest = max(words, key=lambda word: self.said[word].number)
            self.came_back[holding.owner, newest] += 1
        return Forecast(frozenset({"done", "discarded"}), allowed=TO_TEAM)

    def opened(self) -> None:
        """All mailboxes take mail again."""
        self.shaky |= self.closed
        self.behind |= dict.fromkeys(self.closed, self.now + _TRIED_AGAIN)
        self.closed.clear()

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

    def released(self, mail: Mail, *, by_token: bool) -> Forecast:  # noqa: PLR0911 (as many as there are cases)
        """Somebody lets a held mail in, for this once."""
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
        if private and not by_token:
            # Its ids prove nothing, and so it is a case of its own.
            return self._opens(mail)
        if private and not (is_own and seat and seat.is_team):
            # Nobody is let into the team lane by that.
            return quiet("held")
        if seat is not None:
            if not is_own and mail.proof == PASS and seat.takes_part:
                held_by = case.seats[holding.owner]
                return self._in_other_hands(mail, case, held_by, private=private)
            return self._posts(mail, case, private=private)
        if stopped := self._stopped(mail, case, private=False):
            return stopped
        self.met.add(author)
        case.resolved_at = None
        forecast = Forecast(word=mail.word)
        self._tells(mail, case, forecast, private=False)
        return forecast

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
                told = author if author == owner else ""
                return self._gone(mail, case, told=told, private=private)
        if author == owner:
            if is_fit and (held_by.is_team or not private):
                return self._posts(mail, case, private=private)
            return self._held(mail, case, private=private)
        if mail.proof != PASS or seat is None:
            held = self._held(mail, case, private=private)
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
            return self._in_other_hands(mail, case, held_by, private=private)
        if seat.standing == "invited" and not private:
            return self._invited(mail, case, private=False)
        return self._held(mail, case, private=private)

    def _in_other_hands(
        self, mail: Mail, case: Case, held_by: Seat, *, private: bool
    ) -> Forecast:
        """Post what somebody proves to be theirs; the token that leaked is renewed."""
        is_current = held_by.takes_part
        forecast = self._posts(mail, case, private=private)
        if is_current and forecast.states == {"done"} and forecast.case is None:
            held_by.turn += 1
        return forecast

    def _held(
        self,
        mail: Mail,
        case: Case | None = None,
        *,
        private: bool = False,
        cause: str = "stranger",
    ) -> Forecast:
        """It waits; the team is told, and nobody else."""
        return Forecast(
            frozenset({"held"}),
            allowed=set(TO_TEAM),
            notice=mail.word,
            at_door=mail.sender,
            cause=cause,
            where=case,
            private=private,
        )

    def _gone(self, mail: Mail, case: Case, *, told: str, private: bool) -> Forecast:
        """Who left writes: held, and they hear once how to come back."""
        forecast = self._held(mail, case, private=private, cause="left")
        if told:
            if (case.number, told) not in self.gone_told:
                forecast.allowed = TO_TEAM | {("notice", told)}
            self.gone_told.add((case.number, told))
        return forecast

    def _opens(self, mail: Mail, *, takes: str = "") -> Forecast:
        """Open a case of its author, which one of the team `takes` at once."""
        author = mail.author
        seats = {one: Seat("told", "team") for one in sorted(TEAM)}
        seats[author] = Seat("joined", "customer")
        case = Case(len(self.cases), author, seats, owner=takes)
        if takes:
            seats[takes].standing = "joined"
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
        self._tells(mail, case, forecast, private=False, opens=True, takes=bool(takes))
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
            return self._held(mail, case, private=private)
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

    def _posts(  # noqa: C901 (as many as there are cases)
        self, mail: Mail, case: Case, *, private: bool, joins: bool = False
    ) -> Forecast:
        author, seat = mail.author, case.seats[mail.author]
        is_staff = author in TEAM
        private = private or ("/note" in mail.commands and is_staff)
        if author == case.customer and not private and self._is_another(mail, case):
            return self._opens(mail)
        if "/note" in mail.commands and not is_staff:
            # Held until they say what they want; nothing is posted.
            asked = Forecast(frozenset({"held"}), cause=COMMAND, where=case)
            asked.wanted.add(("confirmation", author))
            return asked
        private = private or mail.as_note or (mail.is_blind and is_staff)
        if stopped := self._stopped(mail, case, private=private):
            return stopped
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
            case.waits = False
        else:
            case.resolved_at = None

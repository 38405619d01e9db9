"""What Parlour owes to everybody in a story, from what they wrote alone.

`Promises` looks into no table of Parlour. It is told each mail before it is sent and
says what must come of it: a `Forecast`, against which the letters are judged.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.model.judge import TO_TEAM
from tests.model.memory import Case, Forecast, Said, Seat, quiet
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
from tests.model.posting import CONFIRM, Posting

_TRIED_AGAIN = timedelta(minutes=30)
"""By then a letter that came back was tried once more, or given up."""


class Promises(Posting):
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
        self.troubled = self.has_trouble
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
            seat.mutes()
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

    def released(self, mail: Mail, *, by_token: bool) -> Forecast:  # noqa: C901, PLR0911 (as many as there are cases)
        """Somebody lets a held mail in, for this once."""
        if owner := self.second.get(mail.author):
            # Their second address by now, whatever it was when the mail came.
            mail = replace(mail, author=owner, second=mail.author)
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
            # From where its letter came back once, nobody is told of it by another.
            return any(self.is_unsure(one) or one in self.returned for one in TEAM)
        unreached = "nobody of the team can be reached there"
        unread = "nobody of the team who is there got"
        if not fault.endswith(unreached) and not fault.startswith(unread):
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

    def _gone(self, mail: Mail, case: Case, *, told: str, private: bool) -> Forecast:
        """Who left writes: held, and they hear once how to come back."""
        forecast = self._held(mail, case, private=private, cause="left")
        if told:
            if (case.number, told) not in self.gone_told:
                forecast.allowed = TO_TEAM | {("notice", told)}
            self.gone_told.add((case.number, told))
        return forecast

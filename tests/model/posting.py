"""What becomes of what somebody writes to a case, and of the commands above it."""

from datetime import timedelta

from tests.model.judge import TO_TEAM
from tests.model.lanes import Lanes
from tests.model.memory import ON_CARDS, Case, Forecast, Said, Seat, quiet
from tests.model.people import PASS, TEAM, WORD, Mail

COMMAND, CONFIRM = "unknown command", "confirm command"
"""What somebody is asked about a command of theirs."""


class Posting(Lanes):
    """Opening a case, waiting at its door, coming in, and writing to it."""

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

    def _opens(self, mail: Mail, *, takes: str = "") -> Forecast:
        """Open a case of its author, which one of the team `takes` at once."""
        author = mail.author
        seats = {one: Seat("told", "team") for one in sorted(TEAM)}
        seats[author] = Seat("joined", "customer")
        case = Case(len(self.cases), author, seats, owner=takes)
        if takes:
            seats[takes].standing = "joined"
        self.cases.append(case)
        self.hears_from(mail)
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
            self.hears_from(mail)
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
        self.hears_from(mail)
        if joins:
            self._joins(case, author, forecast)
        takes = bool(mail.text) and self._takes_part(case, author, private=private)
        forecast.allowed |= {("confirmation", author), *TO_TEAM}
        for command in mail.commands:
            self._obeys(mail, case, command, forecast, private=private)
        if "/leave" in mail.commands:
            # Nobody needs to know what was said so far who is gone with it.
            forecast.wanted.discard(("confirmation", author))
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
            (seat.mutes if word == "/mute" else seat.unmutes)()
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

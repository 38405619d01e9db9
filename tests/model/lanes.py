"""What becomes of a text in a case: what stops it, who reads and who hears it."""

import re
from collections import defaultdict
from datetime import datetime, timedelta

from tests.model.judge import TO_TEAM, Judge
from tests.model.memory import Case, Forecast, Post, Seat
from tests.model.people import PASS, TEAM, Mail

_MOST_GUESTS = 5
_MOST_CC = 5
_MOST_A_MONTH = 3
_MONTH = timedelta(days=30)
_BURST, _MOST_AT_ONCE = timedelta(minutes=10), 6
_HOUR, _MOST_AN_HOUR = timedelta(hours=1), 20
_HEARD = re.compile("copy|digest|direct|urgent")
_NEVER = frozenset({"author", "gone", "lane", "invited"})
"""Outcomes that nothing else comes before."""
TEAM_TEXT, COLLISION = "team text", "collision"
"""What an author is asked about before a text goes to everyone."""


class Lanes(Judge):
    """The everyone lane and the team lane of each case."""

    def __init__(self) -> None:
        """Begin with nobody."""
        super().__init__()
        self.shaky: set[str] = set()
        """Whose mail came back since they last wrote."""
        self.troubled = False
        """Whether mail to anybody may have come back before this step."""
        self.never: set[str] = set()
        self.met: set[str] = set()
        """Who is somebody to Parlour, though they have no seat."""
        self.asked: defaultdict[str, list[datetime]] = defaultdict(list)

    def is_unsure(self, who: str) -> bool:
        """Whether mail to somebody may come back, as far as Parlour can know."""
        return who in self.shaky or who in self.closed

    @property
    def has_trouble(self) -> bool:
        """Whether mail to anybody may come back."""
        return bool(self.shaky or self.closed)

    @property
    def had_trouble(self) -> bool:
        """Whether it may, or might until this step."""
        return self.troubled or self.has_trouble

    def hears_from(self, mail: Mail) -> None:
        """Somebody is there who wrote just now; what is let in later shows nothing."""
        if mail.at is None or mail.at >= self.now:
            self.shaky.discard(mail.author)

    def is_somebody(self, address: str) -> bool:
        """Whether Parlour knows an address as somebody's."""
        seats = (case.seats for case in self.cases)
        return address in self.met or any(address in here for here in seats)

    # What stops a text on its way to everyone.

    def _stopped(self, mail: Mail, case: Case, *, private: bool) -> Forecast | None:
        """Ask first whether it shall go to everyone (decisions E40, E42)."""
        if private or not mail.text or mail.as_note:
            return None
        why = ""
        if TEAM_TEXT not in mail.passed and self._repeats_team(mail, case):
            why = TEAM_TEXT
        elif COLLISION not in mail.passed and self._is_late(mail, case):
            why = COLLISION
        if not why:
            return None
        self.hears_from(mail)
        stopped = Forecast(frozenset({"held"}), allowed=set(TO_TEAM), cause=why)
        stopped.where = case
        by_them = mail.author in TEAM and (mail.bears or mail.proof == PASS)
        if by_them or why == COLLISION:
            stopped.wanted.add(("confirmation", mail.author))
        elif case.owner and not self.is_unsure(case.owner):
            # Whoever is not of the team must not learn what they hit upon.
            stopped.wanted.add(("confirmation", case.owner))
        return stopped

    def _repeats_team(self, mail: Mail, case: Case) -> bool:
        """Whether a line stands in it that only the team of the case has read."""
        return any(
            word in case.secrets
            and all(number != case.number for number, _ in self.said[word].places)
            for word in mail.repeats
        )

    def _is_late(self, mail: Mail, case: Case) -> bool:
        """Whether another of the team answered after what this one answers."""
        author = mail.author
        if author not in TEAM or author in {case.customer, case.owner}:
            return False
        answered = next(
            (
                place
                for one in mail.answered_ids
                for place, post in enumerate(case.log)
                if one in post.ids
            ),
            None,
        )
        if answered is None:
            return False
        return any(
            not post.private
            and post.author not in {author, case.customer}
            and post.author in case.seats
            and case.seats[post.author].is_team
            for post in case.log[answered + 1 :]
        )

    # Who comes in.

    def _joins(self, case: Case, who: str, forecast: Forecast) -> None:
        seat = case.seats[who]
        if seat.standing != "joined":
            seat.standing, seat.since = "joined", case.said
            forecast.wanted.add(("confirmation", who))
        seat.hearing = "each"

    def _invites(self, case: Case, inviter: str, whom: str, forecast: Forecast) -> None:
        self.met.add(whom)
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

    # Who hears it.

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
        is_burst = self._is_burst(mail, case) and not (opens or takes)
        self._enters(mail, case, private=private)
        if not private:
            self._asks_cc(mail, case, forecast, opens=opens)
        forecast.kind = "note" if private else "message"
        forecast.allowed |= {("notice", one) for one in TEAM}
        direct = {mail.to, *mail.cc}
        for who, seat in case.seats.items():
            outcome = self._hears(
                case, who, mail.author, private=private, opens=opens, takes=takes
            )
            if is_burst and not (who == case.customer and mail.author in TEAM):
                outcome = outcome.replace("copy?", "digest").replace("copy", "digest")
            if outcome not in _NEVER:
                if mail.is_blind:
                    outcome = "digest"
                elif who in direct and not opens:
                    outcome = "direct"
                elif self.is_unsure(who) and seat.role != "customer":
                    outcome = f"{outcome.rstrip('?')}?"
            forecast.heard[who] = outcome
        self._unless_all_muted(mail, case, forecast)

    def _unless_all_muted(self, mail: Mail, case: Case, forecast: Forecast) -> None:
        """No customer is unheard because each of the team stopped it by themselves."""
        if mail.author != case.customer or forecast.kind == "note":
            return
        team = {who for who, seat in case.seats.items() if seat.is_team}
        if not any(_HEARD.match(forecast.heard[who]) for who in team):
            for who in team:
                if forecast.heard[who] == "muted":
                    forecast.heard[who] = "copy?"

    def _is_burst(self, mail: Mail, case: Case) -> bool:
        """Whether its author writes faster than people do (decisions E46)."""
        own = [mail.at - each.at for each in case.log if each.author == mail.author]
        lately = [each for each in own if timedelta(0) <= each]
        in_minutes = sum(each < _BURST for each in lately)
        in_hour = sum(each < _HOUR for each in lately)
        return in_minutes >= _MOST_AT_ONCE or in_hour >= _MOST_AN_HOUR

    def _enters(self, mail: Mail, case: Case, *, private: bool) -> None:
        """Put a text into its lane, and say who waits for an answer now."""
        if mail.author == case.customer:
            case.waits = True
        elif not private and mail.author in TEAM:
            case.waits = False
        ids = {mail.message_id}
        case.log.append(Post(mail.word, mail.author, private, ids, mail.at))
        if private:
            self.secret_ids.add(mail.message_id)
            case.secrets.update((mail.word, *mail.repeats))
            return
        for word in (mail.word, *mail.repeats):
            self.said[word].places.append((case.number, case.said))
        case.said += 1
        for one in mail.cc:
            case.copied.setdefault(one, set()).add(mail.author)

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

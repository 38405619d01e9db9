"""What must come of a word in answer to a question of ours."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from tests.model.judge import TO_TEAM
from tests.model.lanes import COLLISION, TEAM_TEXT
from tests.model.memory import Forecast, Question, Seat, Waiting, quiet
from tests.model.people import NONE, TEAM, Holding, Mail
from tests.model.posting import COMMAND, CONFIRM
from tests.model.promises import Promises

ADMIT, IS_IT_YOU, LET_IN = "admit", "is it you", "let in"
PUBLISH, FORWARD = "publish", "forward"
_SUBJECTS = {
    "Somebody new wrote|A mail waits": ADMIT,
    "Is that you": IS_IT_YOU,
    ".* answered your mail: let them in": LET_IN,
    "Is this command yours": CONFIRM,
    "Not posted": COMMAND,
    "Not sent yet": COLLISION,
    "A case for": FORWARD,
    "Publish this|Only the team has it": PUBLISH,
}
_MOST_EXPLAINED = 3
_NEVER_FAST = datetime.min.replace(tzinfo=UTC)
"""Somebody looked at it and said yes: that is no burst."""
Fates = list[tuple[Forecast, Waiting]]
"""What must come of mails that waited."""
Said = tuple[Forecast, Fates]
"""What must come of an answer, and of the mails on which it decides."""


def asked(letter: Holding, step: int) -> Question | None:
    """Say what a letter asks, as its reader understands it; None for nothing."""
    address, words = letter.offers
    subject = str(letter.letter.mail["Subject"])
    if not words or subject.startswith(("One word is enough", "Decided already")):
        return None
    asking = next(
        (
            asking
            for begins, asking in _SUBJECTS.items()
            if re.match(begins, subject.removeprefix("[team] "))
        ),
        "",
    )
    if asking == COLLISION and "While you wrote" not in letter.letter.text:
        asking = TEAM_TEXT
    return Question(letter, letter.owner, address, asking, words, step)


class Asked(Promises):
    """Who may answer a question, what each word does, and that it does it once."""

    # Answers that change nothing.

    def answer_of_another(self) -> Forecast:
        """Nobody can answer what another was asked, nor in another's name."""
        held = Forecast(frozenset({"held"}), allowed=set(TO_TEAM))
        held.wanted = {("notice", one) for one in TEAM if not self.is_unsure(one)}
        return held

    def unclear(self, question: Question) -> Forecast:
        """An answer that is none: its writer learns which words are."""
        held = Forecast(frozenset({"held"}), allowed=set(TO_TEAM))
        if question.explained < _MOST_EXPLAINED:
            self._is_answered(held, question)
        question.explained += 1
        return held

    def late(self, question: Question) -> Forecast:
        """It was decided before: the answer changes nothing, and its writer hears."""
        forecast = Forecast()
        self._is_answered(forecast, question)
        return forecast

    def _is_answered(self, forecast: Forecast, question: Question) -> None:
        reader = ("confirmation", question.reader)
        forecast.allowed.add(reader)
        if not self.is_unsure(question.reader):
            forecast.wanted.add(reader)

    # Answers that do something.

    def says(self, question: Question, word: str, waiting: list[Waiting]) -> Said:
        """Somebody says one of the words, while all these mails wait."""
        asking = question.asking
        if asking == PUBLISH:
            return self.publishes(question), []
        if word == "no":
            # Whether the stranger may speak, others decide.
            decides = asking not in {IS_IT_YOU, LET_IN}
            gone = [(quiet("discarded"), question.about)]
            return quiet(), gone if decides else []
        deeds = {
            ADMIT: self.at_door,
            FORWARD: self.opens_forward,
            LET_IN: self.lets_in,
            IS_IT_YOU: self.is_same_person,
        }
        return deeds.get(asking, self.meant)(question, word, waiting)

    def at_door(self, question: Question, word: str, waiting: list[Waiting]) -> Said:
        """One of the team says whether a mail, or its writer, may in (E48)."""
        said = Forecast(allowed=set(TO_TEAM))
        about, word = question.about, word.removeprefix("/")
        together = self.together(about, waiting)
        if word == "spam":
            self.blocked.add(about.mail.sender)
        if word in {"refuse", "spam"}:
            return said, [(quiet("discarded"), each) for each in together]
        if word != "admit":
            return said, [(self._goes_on(about), about)]
        self._seats(about, said)
        return said, [(self._goes_on(each), each) for each in together]

    def together(self, about: Waiting, waiting: list[Waiting]) -> list[Waiting]:
        """Give the mails on which one word at the door decides, in their order."""
        found = [each for each in waiting if each.waits_with(about)]
        return sorted(found, key=lambda each: each.number)

    def _goes_on(self, waiting: Waiting) -> Forecast:
        waiting.again = lambda mail: self.released(mail, by_token=waiting.by_token)
        return waiting.again(waiting.mail)

    def _seats(self, about: Waiting, said: Forecast) -> None:
        """Let a stranger take part, who hears what others hear who join."""
        case, who = about.where, about.mail.author
        if who not in case.seats:
            case.seats[who] = Seat("invited", "guest")
        if not case.seats[who].takes_part:
            self._joins(case, who, said)

    def lets_in(self, question: Question, word: str, waiting: list[Waiting]) -> Said:
        """Somebody lets in whom they had in Cc (table R2)."""
        said = Forecast()
        self._seats(question.about, said)
        return said, [(self._goes_on(question.about), question.about)]

    def is_same_person(
        self,
        question: Question,
        word: str,
        waiting: list[Waiting],
    ) -> Said:
        """An address is their own too; what it wrote to their token is theirs (B20)."""
        reader, address = question.reader, question.about.mail.sender
        if self.is_somebody(address):
            # It stays theirs; the house hears that somebody claims it.
            return Forecast(allowed=set(TO_TEAM)), []
        self.second[address] = reader
        fates = []
        for each in self.of_same_writer(question, waiting):
            each.mail = replace(each.mail, author=reader, second=address)
            self.said[each.mail.word].author = reader
            each.again = partial(self.answers, by_token=each.by_token)
            forecast = each.again(each.mail)
            # Where a long-closed case is left alone, a new one is acknowledged.
            forecast.allowed.add(("acknowledgement", address))
            fates.append((forecast, each))
        return quiet(), fates

    def of_same_writer(
        self, question: Question, waiting: list[Waiting]
    ) -> list[Waiting]:
        """Give what an address wrote to somebody's token, and may not be forged."""
        found = [
            each
            for each in waiting
            if each.mail.sender == question.about.mail.sender
            and each.where is question.about.where
            and each.by_token
            and each.mail.answers.owner == question.reader
            and each.cause != "failed_proof"
        ]
        return sorted(found, key=lambda each: each.number)

    def meant(self, question: Question, word: str, waiting: list[Waiting]) -> Said:
        """The writer of a mail says what they meant by it."""
        about = question.about
        mail = about.mail
        if question.asking == COMMAND:
            mail = replace(mail, commands=("/note",) if word == "/note" else ())
        elif question.asking == CONFIRM or word == "send":
            mail = replace(mail, passed=mail.passed | {question.asking})
        else:
            mail = replace(mail, as_note=True)
        about.mail = mail
        return quiet(), [(about.again(mail), about)]

    def opens_forward(
        self,
        question: Question,
        word: str,
        waiting: list[Waiting],
    ) -> Said:
        """One of the team says whose case it is that they forwarded (C29)."""
        about = question.about
        mail = about.mail
        if word == "mine":
            # It is a text of theirs now, with what their program put above it.
            self.spoken |= {mail.author, mail.forwards}
            return quiet(), [(self._opens(mail), about)]
        was_shaky = mail.forwards in self.shaky
        theirs = replace(mail, author=mail.forwards, proof=NONE)
        takes = mail.author if mail.commands else ""
        forecast = self._opens(theirs, takes=takes)
        # Who brings a case takes part in it, and hears it when a colleague takes it.
        self.cases[-1].seats[mail.author].standing = "joined"
        if was_shaky:
            # It is not they who wrote to us.
            self.shaky.add(mail.forwards)
        return quiet(), [(forecast, about)]

    def publishes(self, question: Question) -> Forecast:
        """A note becomes a message for everyone, in its writer's name (E47)."""
        case, word = question.where, question.note
        if any(number == case.number for number, _ in self.said[word].places):
            # Somebody published it before; whoever asks hears who it was.
            return self.late(question)
        author = self.said[word].author
        seat = case.seats[author]
        has_left = seat.is_team and seat.standing == "left"
        stands_in = question.reader if has_left else author
        forecast = Forecast(word=word, kind="message")
        forecast.allowed |= TO_TEAM
        takes = self._takes_part(case, stands_in, private=False)
        mail = Mail(author=author, to="", word=word, at=_NEVER_FAST)
        self._tells(mail, case, forecast, private=False, takes=takes)
        case.log[-1].at = self.now
        return forecast

"""People answer our questions: by their words, late, unclearly, in another's name."""

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.asked import ADMIT, FORWARD, IS_IT_YOU, LET_IN, PUBLISH
from tests.model.memory import Forecast, Question, Waiting, quiet
from tests.model.mishaps import Mishaps
from tests.model.people import ADDRESS, DESK, FAIL, NONE, PASS, Mail, quoted
from tests.model.posting import COMMAND, CONFIRM
from tests.model.telling import CONVERSATION

_UNCLEAR = "Let me think about it."


class Answering(Mishaps):
    """Rules for the answers to questions."""

    @precondition(lambda self: self.questions)
    @rule(data=st.data())
    def answers_question(self, data: st.DataObject) -> None:
        """Whoever was asked says one of the words."""
        open_ = [each for each in self.questions if not each.answered]
        question = data.draw(st.sampled_from((open_ or self.questions)[-6:]), "which")
        word = data.draw(st.sampled_from(question.words), "says")
        if question.answered:
            self._says_late(data, question, word)
            return
        if not self._can_foretell(question, word):
            return
        self._says(data, question, word)

    @precondition(lambda self: any(each.answered for each in self.questions))
    @rule(data=st.data())
    def answers_late(self, data: st.DataObject) -> None:
        """Somebody answers what was decided before."""
        late = [each for each in self.questions if each.answered]
        question = data.draw(st.sampled_from(late[-6:]), "which")
        word = data.draw(st.sampled_from(question.words), "says")
        self._says_late(data, question, word)

    @precondition(lambda self: self.questions)
    @rule(data=st.data())
    def answers_wrongly(self, data: st.DataObject) -> None:
        """Another answers, or in another's name, or a machine does, or not clearly."""
        question = data.draw(st.sampled_from(self.questions[-6:]), "which")
        word = data.draw(st.sampled_from(question.words), "says")
        how = data.draw(st.sampled_from(["other", "other", "forged", "machine", ""]))
        mail = self._answer(data, question, word)
        self.promises.begin(self.world.now)
        if question.reader in self.promises.blocked:
            return
        if how == "other":
            others = [one for one in self.humans if one != question.reader]
            mail.author = data.draw(st.sampled_from(others), "who")
            mail.proof = data.draw(st.sampled_from([NONE, PASS]), "proof")
            forecast = self.promises.answer_of_another()
            if mail.author in self.promises.blocked:
                forecast = quiet("held")
        elif how == "forged":
            mail.proof = FAIL
            forecast = self.promises.answer_of_another()
        elif how == "machine":
            mail.machine = True
            forecast = quiet("discarded")
        elif question.answered:
            return
        else:
            mail.text = _UNCLEAR
            forecast = self.promises.unclear(question)
        self._sends(mail, [], forecast)

    def _says_late(self, data: st.DataObject, question: Question, word: str) -> None:
        if question.reader in self.promises.blocked:
            return
        mail = self._answer(data, question, word)
        self.promises.begin(self.world.now)
        self._sends(mail, [], self.promises.late(question))

    def _says(self, data: st.DataObject, question: Question, word: str) -> None:
        """Give one of the words that settle the matter."""
        mail = self._answer(data, question, word)
        self.promises.begin(self.world.now)
        forecast, fates = self.promises.says(question, word, self.waiting)
        question.answered = True
        if question.asking == IS_IT_YOU and word == "yes":
            self.closes(question.about)
            if fates:
                self._forget(question.about.mail.sender)
        for fate, each in fates:
            self.settles(each)
            if fate.states == {"held"}:
                self.waits_again(each, fate)
        numbered = [(fate, each.number) for fate, each in fates]
        self._sends(mail, numbered, forecast)

    def _answer(self, data: st.DataObject, question: Question, word: str) -> Mail:
        """Write an answer as its reader would, by the address or id of the letter."""
        letter = question.letter
        keeps = data.draw(st.sampled_from(["all", "last", "none"]), "keeps")
        by_id = keeps != "none" and data.draw(st.integers(0, 3), "by id?") == 0
        mail = Mail(
            author=question.reader,
            to=DESK if by_id else question.address,
            text=word,
            answers=letter,
            keeps=keeps,
            subject=f"Re: {letter.letter.mail['Subject']}",
            proof=data.draw(st.sampled_from([NONE, PASS]), "proof"),
        )
        if data.draw(st.booleans(), "quotes?"):
            mail.quote = quoted(letter, "below")
        return mail

    def _sends(
        self, mail: Mail, fates: list[tuple[Forecast, int]], forecast: Forecast
    ) -> None:
        self.stamp(mail)
        read = ADDRESS.findall(f"{mail.subject} {mail.quote}")
        self.promises.wrote[mail.author].update(read)
        note(f"{mail.author} answers a question ({mail.proof}): {mail.text!r}")
        number = self.world.offer(mail.octets(), mail.author, mail.recipients)
        self.finish([(forecast, number), *fates])

    def _can_foretell(self, question: Question, word: str) -> bool:
        """Whether the model knows all that comes of an answer."""
        about = question.about
        # Whose address turned out to be one of the team's has a case of their own.
        is_ours = about is not None and about.mail.forwards in self.promises.second
        if question.reader in self.promises.blocked or is_ours:
            return False
        if question.asking == PUBLISH:
            note_ = self.promises.said[question.note]
            return note_.author in question.where.seats
        if word in {"no", "/refuse", "/spam"} or question.asking == FORWARD:
            return True
        if question.asking == ADMIT:
            all_ = [about]
            if word == "/admit":
                all_ = self.promises.together(about, self.waiting)
            return all(self._is_plain(each, word) for each in all_)
        if question.asking == IS_IT_YOU:
            return self._knows_theirs(question)
        return self._knows_writer(question)

    def _knows_theirs(self, question: Question) -> bool:
        """Whether all that an address wrote is plainly the reader's."""
        about = question.about
        if self.promises.is_somebody(about.mail.sender):
            return True
        seat = about.where.seats[question.reader]
        theirs = self.promises.of_same_writer(question, self.waiting)
        return seat.takes_part and all(
            seat.turn == each.mail.answers.turn and self._is_plain(each, "yes")
            for each in theirs
        )

    def _knows_writer(self, question: Question) -> bool:
        """Whether its writer stands as when they wrote."""
        about = question.about
        seat = about.where.seats.get(about.mail.author)
        if question.asking == LET_IN:
            is_out = seat is not None and seat.standing in {"declined", "left"}
            return not is_out and self._is_plain(about, "/admit")
        if seat is None or not seat.takes_part:
            # Let in for this one mail, it goes on by the same word.
            return question.asking not in {COMMAND, CONFIRM} and seat is None
        holding = about.mail.answers
        return holding is None or seat.turn == holding.turn or not about.by_token

    def _is_plain(self, waiting: Waiting, word: str) -> bool:
        """Whether a mail that is let in is a text of its own and nothing else."""
        mail, where = waiting.mail, waiting.where
        if mail.commands or not mail.word or waiting.private:
            return False
        if any(map(self.promises.is_unsure, mail.cc)):
            return False
        seat = where.seats.get(mail.author) if where else None
        is_asked = seat is not None and seat.standing in {"invited", "declined"}
        return not is_asked or word == "/admit"

    def _forget(self, address: str) -> None:
        """Nobody but its owner writes from an address from now on."""
        self.seconds[address] = self.promises.second[address]
        for all_ in (self.everybody, self.humans, self.others):
            if address in all_:
                all_.remove(address)

    @precondition(lambda self: self.seconds)
    @rule(data=st.data())
    def writes_from_second_address(self, data: st.DataObject) -> None:
        """Somebody answers from an address that they said is theirs."""
        address = data.draw(st.sampled_from(sorted(self.seconds)), "From")
        owner = self.seconds[address]
        found = self.held_by(owner, CONVERSATION)
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        proof = data.draw(st.sampled_from([NONE, PASS, FAIL]), "proof")
        mail = self.replies(data, owner, holding, proof=proof, second=address)

        def foretell(mail: Mail) -> Forecast:
            forecast = self.promises.answers(mail, by_token=True)
            forecast.allowed.add(("acknowledgement", address))
            return forecast

        self.send(mail, foretell)

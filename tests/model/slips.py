"""What people let slip, pass on, or send by another way than a plain answer."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.answering import Answering
from tests.model.asked import FORWARD
from tests.model.memory import Forecast
from tests.model.people import (
    ANA,
    BO,
    DESK,
    NAMES,
    NONE,
    PASS,
    Mail,
    line_of,
    word_of,
)
from tests.model.telling import CONVERSATION
from tests.model.world import SERVER

_ELSEWHERE = "somebody@elsewhere.example"


class Slips(Answering):
    """Rules for team text, notes that greet, forwards, blind copies and replays."""

    @rule(data=st.data())
    def notes_a_line(self, data: st.DataObject) -> None:
        """One of the team notes what is long enough to be known again, or greets."""
        author = data.draw(st.sampled_from([ANA, BO]), "who")
        found = self.held_by(author, frozenset({"r", "t"}))
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        commands = () if holding.purpose == "t" else ("/note",)
        mail = self.replies(data, author, holding, commands)
        mail.text = line_of(mail.word)
        case = self.promises.cases[holding.case]
        name = NAMES[case.customer].split(" ")[0]
        greets = bool(name) and data.draw(st.booleans(), "greets?")
        if greets:
            mail.text = f"Hello {name},\n\n{mail.text}"

        def foretell(mail: Mail) -> Forecast:
            waits = case.waits
            forecast = self.promises.answers(mail, by_token=True)
            if greets and waits and not commands and forecast.kind == "note":
                # Perhaps it was meant for the customer (decisions E41).
                forecast.wanted.add(("confirmation", author))
            return forecast

        self.send(mail, foretell)
        if mail.word in case.secrets:
            self.lines.append((mail.word, case.number))

    @precondition(lambda self: self.lines)
    @rule(data=st.data())
    def repeats_team_text(self, data: st.DataObject) -> None:
        """Somebody writes a line that the team has noted, by copy or by chance."""
        word, number = data.draw(st.sampled_from(self.lines[-4:]), "which line")
        found = [
            (one, each)
            for one in self.humans
            for each in self.held_by(one, CONVERSATION)
            if each.case == number
        ]
        if not found:
            return
        author, holding = data.draw(st.sampled_from(found), "which letter")
        proof = data.draw(st.sampled_from([NONE, PASS]), "proof")
        mail = self.replies(data, author, holding, proof=proof)
        # Above: below a signature it would be left out and stop nothing (E40).
        mail.text = f"{line_of(word)}\n\n{mail.text}"
        mail.repeats = (word,)
        self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))

    @rule(data=st.data())
    def publishes(self, data: st.DataObject) -> None:
        """One of the team wants a note to go to everyone; they see it first (E47)."""
        author = data.draw(st.sampled_from([ANA, BO]), "who")
        found = [
            each
            for each in self.held_by(author, frozenset({"t"}))
            if each.letter.kind == "note"
        ]
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which note")
        mail = self.replies(data, author, holding, ("/publish",))
        mail.text = mail.word = mail.quote = ""

        def foretell(mail: Mail) -> Forecast:
            forecast = self.promises.answers(mail, by_token=True)
            if forecast.states == {"done"}:
                forecast.wanted.add(("confirmation", author))
            return forecast

        self.send(mail, foretell)

    @rule(data=st.data())
    def forwards(self, data: st.DataObject) -> None:
        """One of the team forwards a customer's mail to the desk (decisions C29)."""
        author = data.draw(st.sampled_from([ANA, BO]), "who")
        outside = [one for one in self.humans if not one.endswith("@acme.example")]
        if not outside:
            return
        writer = data.draw(st.sampled_from(outside), "whose")
        proof = data.draw(st.sampled_from([NONE, PASS]), "proof")
        mail = self.new(data, author, DESK, proof=proof)
        takes = data.draw(st.integers(0, 2), "takes?") == 0
        mail.commands = ("/take",) if takes else ()
        mail.forwards = writer
        mail.subject = f"Fwd: Matter {word_of(self.told)[2:]}"
        asked = Forecast(frozenset({"held"}), cause=FORWARD)
        asked.wanted.add(("confirmation", author))
        self.send(mail, lambda _: asked)

    @rule(data=st.data())
    def sends_blind_copy(self, data: st.DataObject) -> None:
        """One of the team writes to somebody else, and puts it on record here (R3)."""
        author = data.draw(st.sampled_from([ANA, BO]), "who")
        found = self.held_by(author, frozenset({"r", "t"}))
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        mail = self.replies(data, author, holding)
        mail.envelope = (holding.reply_to,)
        mail.is_blind = True
        customer = self.promises.cases[holding.case].customer
        # Nobody writes to themselves to have it on record.
        others = [one for one in (_ELSEWHERE, customer) if one != author]
        mail.to = data.draw(st.sampled_from(others), "to")
        self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))

    @rule(data=st.data())
    def writes_in_a_burst(self, data: st.DataObject) -> None:
        """Somebody sends a thought at a time, faster than others want to hear (E46)."""
        author = data.draw(st.sampled_from(self.humans), "who")
        found = self.held_by(author, frozenset({"r"}))
        if not found or data.draw(st.booleans(), "sleeps on it?"):
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        before, self.pause = self.pause, timedelta(0)
        try:
            for _ in range(data.draw(st.sampled_from([7, 8]), "how many")):
                mail = self.replies(data, author, holding)
                self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))
        finally:
            self.pause = before

    @rule(data=st.data())
    def replays(self, data: st.DataObject) -> None:
        """Somebody sends us what another wrote, signed, to somebody else (T21)."""
        author = data.draw(st.sampled_from(self.everybody[2:]), "whose")
        if author not in self.humans:
            return
        mail = self.new(data, author, _ELSEWHERE)
        mail.subject = f"Matter {word_of(self.told)[2:]}"
        mail.envelope = (DESK,)
        host = author.partition("@")[2]
        signed = f"{SERVER}; dmarc=pass header.from={host}"
        mail.headers = (("Authentication-Results", signed),)
        self.send(mail, self.promises.fresh, sender="eve@evil.example")

"""Random stories: what people do with a support desk, in any order.

A rule draws who does what; `Promises` says what must come of it; the world says what
came. To add something that people can do, add a rule here that sends a mail, and to
`Promises` what must come of it.
"""

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model import world as worlds
from tests.model.courses import Courses
from tests.model.memory import Forecast
from tests.model.people import (
    ANA,
    BO,
    DESK,
    FAIL,
    NONE,
    PASS,
    ROBOT,
    TEAM,
    TOKEN,
    Mail,
    word_of,
)
from tests.model.posting import COMMAND
from tests.model.telling import CARLA, CONVERSATION

_STAFF_SAY = ("/note", "/take", "/resolve", "/reopen", "/invite", "/invite")
_ALL_SAY = ("/mute", "/unmute", "/leave", "/join", "/who", "/help", "/invite")


class Story(Courses):
    """What people do, and what goes wrong meanwhile."""

    @rule(data=st.data())
    def writes_fresh(self, data: st.DataObject) -> None:
        """Somebody writes to the desk."""
        # With Bo's mailbox away there would be nobody to hear Ana.
        alone = [] if self.promises.is_unsure(BO) else [ANA]
        author = data.draw(st.sampled_from(self.everybody[2:] * 3 + alone), "who")
        proof = data.draw(st.sampled_from([NONE, NONE, PASS, PASS, FAIL]), "proof")
        mail = self.new(data, author, DESK, proof=proof, machine=author == ROBOT)
        mail.subject = f"Matter {word_of(self.told)[2:]}"
        mail.cc = self.some_cc(data, author)
        self.send(mail, self.promises.fresh)

    def commands_of(
        self, data: st.DataObject, author: str, *, may: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Write commands above a text, now and then."""
        found = data.draw(
            st.one_of(st.just([]), st.lists(st.sampled_from(may), max_size=2)),
            "commands",
        )
        lines = []
        for command in dict.fromkeys(found):
            if command == "/invite":
                found = self.may_be_invited(author)
                if not found:
                    continue
                whom = data.draw(st.sampled_from(found), "whom")
                self.told += 1
                lines.append(f"/invite {whom} {word_of(self.told)}")
            else:
                lines.append(command)
        return tuple(lines)

    def answers(
        self, data: st.DataObject, author: str, *, say: tuple[str, ...]
    ) -> None:
        """Somebody answers a letter of theirs."""
        found = self.held_by(author, CONVERSATION)
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        commands = self.commands_of(data, author, may=say)
        proof = data.draw(st.sampled_from([NONE, NONE, PASS, PASS, FAIL]), "proof")
        mail = self.replies(data, author, holding, commands, proof=proof)
        mail.cc = self.some_cc(data, author)
        by_token = bool(data.draw(st.integers(0, 3), "by token?"))
        if not by_token and mail.keeps != "none":
            mail.to = DESK
        is_alone = commands and "/note" not in commands
        if is_alone and data.draw(st.booleans(), "commands alone"):
            mail.text = mail.word = mail.quote = ""
            mail.cc = ()
        by_token = mail.to != DESK
        again: tuple[str, ...] = ()
        if mail.text and data.draw(st.integers(0, 7), "twice?") == 0:
            again = tuple(mail.recipients)
        self.send(
            mail,
            lambda mail: self.promises.answers(mail, by_token=by_token),
            again=again,
        )

    @rule(data=st.data())
    def customer_answers(self, data: st.DataObject) -> None:
        """The one whose case it is answers."""
        author = data.draw(st.sampled_from([CARLA, *self.others]), "who")
        self.answers(data, author, say=("/note", *_ALL_SAY))

    @rule(data=st.data())
    def team_answers(self, data: st.DataObject) -> None:
        """One of the team answers."""
        author = data.draw(st.sampled_from([ANA, BO]), "who")
        self.answers(data, author, say=(*_STAFF_SAY, *_ALL_SAY))

    @rule(data=st.data())
    def anybody_answers(self, data: st.DataObject) -> None:
        """Anybody answers whatever they hold."""
        author = data.draw(st.sampled_from(self.humans), "who")
        say = (*_STAFF_SAY, *_ALL_SAY) if author in TEAM else _ALL_SAY
        self.answers(data, author, say=say)

    @rule(data=st.data())
    def leaves(self, data: st.DataObject) -> None:
        """Somebody has enough of a case, or nearly."""
        author = data.draw(st.sampled_from(self.humans), "who")
        found = self.held_by(author, frozenset({"r", "t"}))
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        command = data.draw(st.sampled_from(["/leave", "/leave", "/mute"]), "says")
        mail = self.replies(data, author, holding, (command,))
        mail.text = mail.word = mail.quote = ""
        self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))

    @rule(data=st.data())
    def team_notes(self, data: st.DataObject) -> None:
        """One of the team writes a note."""
        author = data.draw(st.sampled_from([ANA, BO]), "who")
        found = self.held_by(author, frozenset({"r", "t"}))
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        commands = () if holding.purpose == "t" else ("/note",)
        mail = self.replies(data, author, holding, commands)
        self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))

    @rule(data=st.data())
    def team_invites(self, data: st.DataObject) -> None:
        """One of the team invites somebody."""
        found = self.of_team()
        if not found or not self.may_be_invited(""):
            return
        author, holding = data.draw(st.sampled_from(found), "by")
        whom = data.draw(st.sampled_from(self.may_be_invited(author)), "whom")
        self.invites(data, author, holding, whom)

    @precondition(lambda self: self.invited())
    @rule(data=st.data())
    def answers_invitation(self, data: st.DataObject) -> None:
        """Somebody who was invited says yes, no, never, or anything."""
        holding = data.draw(st.sampled_from(self.invited()), "whose")
        mail = self.replies(data, holding.owner, holding)
        said = data.draw(
            st.sampled_from(["", "yes", "yes", "no thanks", "never again"]), "says"
        )
        if said:
            mail.text, mail.word = said, ""
        self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))

    @precondition(lambda self: any(map(self.is_fresh, self.invited(fresh=True))))
    @rule(data=st.data())
    def presses_button(self, data: st.DataObject) -> None:
        """Somebody presses a button on the page of an invitation."""
        found = [each for each in self.invited(fresh=True) if self.is_fresh(each)]
        holding = data.draw(st.sampled_from(found), "whose")
        choice = data.draw(
            st.sampled_from(["join", "join", "digest", "decline", "never"]), "choice"
        )
        self.promises.begin(self.world.now)
        forecast = self.promises.presses(holding, choice)
        note(f"{holding.owner} presses {choice}")
        worlds.press(self.world, holding.letter.link("i"), choice)
        self.finish([(forecast, None)])

    @rule(data=st.data())
    def unsubscribes(self, data: st.DataObject) -> None:
        """Somebody's mail program sends what List-Unsubscribe says."""
        found = self.any_letter(data)
        if found is None or found.case is None:
            return
        listed = str(found.letter.mail["List-Unsubscribe"] or "")
        token = next((one for one in TOKEN.findall(listed) if one[0] == "u"), "")
        if not token or found.owner == ANA:
            return
        mail = Mail(author=found.owner, to=f"support+{token}@acme.example")
        mail.text = "unsubscribe"
        self.send(mail, lambda _: self.promises.unsubscribes(found))

    @rule(data=st.data())
    def misspells(self, data: st.DataObject) -> None:
        """One of the team misspells /note above what the customer must not see."""
        author = data.draw(st.sampled_from([ANA, BO]), "who")
        found = [
            each
            for each in self.held_by(author, frozenset({"r", "t"}))
            if self.standing(author, each) in {"told", "joined"}
            and self.promises.cases[each.case].seats[author].turn == each.turn
        ]
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        mail = self.replies(data, author, holding, ("/ntoe",))
        case = self.promises.cases[holding.case]
        asked = Forecast(frozenset({"held"}), cause=COMMAND, where=case)
        asked.wanted.add(("confirmation", author))
        self.send(
            mail,
            lambda _: asked,
            meant=lambda mail: self.promises.answers(mail, by_token=True),
        )

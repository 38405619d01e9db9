"""What takes two mails in a row, which chance alone brings about too rarely."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.asked import IS_IT_YOU
from tests.model.memory import Case
from tests.model.people import (
    ANA,
    BO,
    FAIL,
    NONE,
    ROBOT,
    TEAM,
    Holding,
    Mail,
    word_of,
)
from tests.model.slips import Slips


class Courses(Slips):
    """Rules for what one person does because of what another did."""

    @precondition(lambda self: self.cases_of_customers())
    @rule(data=st.data())
    def customer_writes_on(self, data: st.DataObject) -> None:
        """The customer of a case has something to add."""
        case = data.draw(st.sampled_from(self.cases_of_customers()), "which case")
        self.writes_on(data, case.customer, self.held_of(case.customer, case))

    @precondition(lambda self: self.owned())
    @rule(data=st.data())
    def owner_mutes(self, data: st.DataObject) -> None:
        """Whoever took a case mutes it; then its customer writes."""
        case = data.draw(st.sampled_from(self.owned()), "which case")
        mail = self.replies(
            data, case.owner, self.held_of(case.owner, case), ("/mute",)
        )
        self.says_no_more(mail)
        if case in self.cases_of_customers():
            self.writes_on(data, case.customer, self.held_of(case.customer, case))

    @precondition(lambda self: self.of_team() and self.may_be_invited(""))
    @rule(data=st.data())
    def comes_in(self, data: st.DataObject) -> None:
        """Somebody is invited and says yes at once."""
        author, holding = data.draw(st.sampled_from(self.of_team()), "by")
        whom = data.draw(st.sampled_from(self.may_be_invited(author)), "whom")
        self.invites(data, author, holding, whom)
        case = self.promises.cases[holding.case]
        found = [each for each in self.invited() if each.case == case.number]
        found = [each for each in found if each.owner == whom]
        if found:
            mail = self.replies(data, whom, found[0])
            self.says_no_more(mail, text="yes")

    @precondition(lambda self: self.promises.never and self.of_team())
    @rule(data=st.data())
    def invites_in_vain(self, data: st.DataObject) -> None:
        """One of the team invites somebody who said that they never want to be."""
        author, holding = data.draw(st.sampled_from(self.of_team()), "by")
        whom = data.draw(st.sampled_from(sorted(self.promises.never)), "whom")
        self.invites(data, author, holding, whom)

    @precondition(lambda self: self.at_hand() and self.strangers())
    @rule(data=st.data())
    def says_that_it_was_they(self, data: st.DataObject) -> None:
        """Somebody wrote from another address; what is forged from it waits (B20)."""
        holding = data.draw(st.sampled_from(self.at_hand()), "which letter")
        address = data.draw(st.sampled_from(self.strangers()), "From")
        for proof in (NONE, FAIL):
            mail = self.replies(data, address, holding, proof=proof)
            mail.keeps = "all"
            self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))
        asked = [
            each
            for each in self.questions
            if each.asking == IS_IT_YOU
            and not each.answered
            and each.reader == holding.owner
            and each.about.mail.sender == address
        ]
        if not asked or not self._can_foretell(asked[0], "yes"):
            return
        self._says(data, asked[0], "yes")
        # Whose it is when somebody lets it in after all, other tests tell.
        self.waiting[:] = [each for each in self.waiting if each.mail.sender != address]
        self.questions[:] = [
            each
            for each in self.questions
            if each.about is None or each.about.mail.sender != address
        ]

    # What they share.

    def strangers(self) -> list[str]:
        """Give who has never been in any case."""
        return [
            one
            for one in self.others
            if one != ROBOT and not self.promises.is_somebody(one)
        ]

    def at_hand(self) -> list[Holding]:
        """Give letters by which those to whom they went can still write to everyone."""
        return [
            each
            for who in self.humans
            for each in self.held_by(who, frozenset({"r"}))[:2]
            if self.standing(who, each) in {"told", "joined"} and self.is_fresh(each)
        ]

    def held_of(self, who: str, case: Case) -> Holding | None:
        """Give the newest letter of a case, among those that somebody can answer."""
        found = self.held_by(who, frozenset({"r", "t"}))
        return next((each for each in found if each.case == case.number), None)

    def cases_of_customers(self) -> list[Case]:
        """Give the cases whose customer holds a letter to answer."""
        return [
            each
            for each in self.promises.cases
            if each.customer in self.humans and self.held_of(each.customer, each)
        ]

    def owned(self) -> list[Case]:
        """Give the cases of which somebody of the team takes care, and has a letter."""
        return [
            each
            for each in self.promises.cases
            if each.owner in TEAM and self.held_of(each.owner, each)
        ]

    def of_team(self) -> list[tuple[str, Holding]]:
        """Give the newest letters that one of the team can answer, and who that is."""
        return [
            (who, each)
            for who in (ANA, BO)
            for each in self.held_by(who, frozenset({"r", "t"}))
        ]

    def writes_on(
        self, data: st.DataObject, author: str, holding: Holding | None
    ) -> None:
        """Answer a letter with a text and nothing else."""
        assert holding is not None
        mail = self.replies(data, author, holding)
        self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))

    def says_no_more(self, mail: Mail, *, text: str = "") -> None:
        """Send commands, or one word, with nothing below."""
        mail.text, mail.word, mail.quote = text, "", ""
        self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))

    def invites(
        self, data: st.DataObject, author: str, holding: Holding, whom: str
    ) -> None:
        """Invite somebody, with a reason and a text."""
        self.told += 1
        line = f"/invite {whom} {word_of(self.told)}"
        mail = self.replies(data, author, holding, (line,))
        self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))

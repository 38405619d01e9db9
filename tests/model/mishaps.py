"""What goes wrong in stories: strangers, robots, reports, closed mailboxes, deaths."""

from datetime import timedelta

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model import world as worlds
from tests.model.asked import FORWARD
from tests.model.kills import Death, Fault
from tests.model.lanes import COLLISION, TEAM_TEXT
from tests.model.memory import Forecast, quiet
from tests.model.people import ANA, DESK, FAIL, NONE, PASS, TEAM, TOKEN
from tests.model.telling import CONVERSATION, Telling
from tests.reports import report

_LONG = 48


class Mishaps(Telling):
    """Rules for what nobody of those who take part wants."""

    @rule(data=st.data())
    def vacation_note(self, data: st.DataObject) -> None:
        """Somebody's mail program answers by itself."""
        author = data.draw(st.sampled_from(self.humans), "who")
        found = self.held_by(author, CONVERSATION)
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        mail = self.replies(data, author, holding, machine=True)
        mail.subject = f"Out of office: {mail.subject}"
        sender = data.draw(st.sampled_from([author, ""]), "return path")
        self.send(
            mail, lambda mail: self.promises.answers(mail, by_token=True), sender=sender
        )

    @rule(data=st.data())
    def letter_bounces(self, data: st.DataObject) -> None:
        """A letter comes back; its reader may be unreachable from now on."""
        found = self.any_letter(data)
        if found is None or found.owner == ANA:
            return
        self.promises.begin(self.world.now)
        forecast = self.promises.bounced(found)
        note(f"the {found.letter.kind} to {found.owner} comes back")
        number = self.world.offer(
            report(found.letter), "", [found.letter.kept.mail_from]
        )
        self.finish([(forecast, number)])

    @rule(data=st.data())
    def forged_bounce(self, data: st.DataObject) -> None:
        """Somebody writes a report himself; it must switch nobody off (T11)."""
        found = self.any_letter(data)
        if found is None:
            return
        where = data.draw(st.sampled_from([DESK, found.reply_to]), "where")
        if TOKEN.search(where) and TOKEN.search(where)[0][0] not in CONVERSATION:
            where = DESK
        self.promises.begin(self.world.now)
        note(f"a forged report about {found.owner} to {where}")
        number = self.world.offer(report(found.letter), "eve@evil.example", [where])
        # Of a second one that is the same nothing is kept.
        self.finish([(quiet("discarded", "done"), number)])

    @precondition(lambda self: self.last is not None)
    @rule(data=st.data())
    def comes_again(self, data: st.DataObject) -> None:
        """The same mail is offered once more, or by another address."""
        mail, octets, state, sender = self.last
        where = tuple(mail.recipients)
        if state == "done" and mail.word and not mail.machine:
            where = data.draw(st.sampled_from([where, (DESK,)]), "where")
        self.promises.begin(self.world.now)
        note(f"the last mail comes again, to {where}")
        number = self.world.offer(octets, sender, where)
        self.finish([(quiet("discarded"), number)])

    @rule(data=st.data())
    def stranger_answers(self, data: st.DataObject) -> None:
        """Somebody answers a letter that was passed on to them."""
        found = [
            each for who in self.humans for each in self.held_by(who, CONVERSATION)
        ]
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        others = [one for one in self.humans if one != holding.owner]
        author = data.draw(st.sampled_from(others), "who")
        proof = data.draw(st.sampled_from([NONE, PASS, FAIL]), "proof")
        mail = self.replies(data, author, holding, proof=proof)
        if holding.is_private:
            mail.quote = ""
        by_token = True
        if not holding.is_private and mail.keeps != "none":
            by_token = data.draw(st.booleans(), "by token")
        if not by_token:
            if proof == PASS and self.promises.is_vouched(author, holding.case):
                # Held or a case of its own, by what was asked before: not forecast.
                return
            mail.to = DESK
        self.send(mail, lambda mail: self.promises.answers(mail, by_token=by_token))

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def answers_direct_copy(self, data: st.DataObject) -> None:
        """Somebody answers a mail that its author also sent to them, past Parlour.

        They know its Message-ID and no address of ours but the desk's; the From may
        be anybody's.
        """
        written, case = data.draw(st.sampled_from(self.known[-5:]), "which mail")
        author = data.draw(st.sampled_from(self.humans), "From")
        proof = data.draw(st.sampled_from([NONE, NONE, PASS, FAIL]), "proof")
        if proof == PASS and self.promises.is_vouched(author, case):
            return
        mail = self.new(data, author, DESK, proof=proof, past=case)
        mail.subject = f"Re: {written.subject}"
        mail.headers = (("In-Reply-To", written.message_id),)
        self.send(mail, self.promises.answers_past)

    @rule(data=st.data())
    def mail_is_poison(self, data: st.DataObject) -> None:
        """A mail breaks *process* each time; the team hears, the operator helps."""
        author = data.draw(st.sampled_from(self.humans[2:]), "who")
        mail = self.new(data, author, DESK)
        mail.subject = f"Matter {mail.word[2:]}"
        self.mails += 1
        mail.message_id, mail.at = f"<{self.mails}.mail@people.example>", self.world.now
        self.promises.begin(self.world.now)
        note(f"{author} writes what breaks process: {mail.word}")
        self.world.kills.plan[:] = [(9, Fault)] * 3
        number = self.world.offer(mail.octets(), author, mail.recipients)
        failed = Forecast(
            frozenset({"failed"}), allowed={("notice", one) for one in TEAM}
        )
        failed.wanted = {("notice", ANA)}
        self.finish([(failed, number)])
        self.promises.begin(self.world.now)
        self.promises.writes(mail)
        forecast = self.promises.released(mail, by_token=False)
        note("the operator lets it in")
        worlds.release(self.world, number, "admit")
        self.finish([(forecast, number)])

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def operator_admits(self, data: st.DataObject) -> None:
        """The operator lets a held mail in."""
        place = data.draw(st.integers(0, len(self.waiting) - 1), "which")
        waiting = self.waiting[place]
        mail, by_token = waiting.mail, waiting.by_token
        asks_writer = waiting.cause in {TEAM_TEXT, COLLISION, FORWARD}
        is_unsure = any(map(self.promises.is_unsure, mail.cc))
        if mail.commands or not mail.word or asks_writer or is_unsure:
            return
        stands = mail.answers and self.standing(mail.author, mail.answers)
        if stands in {"invited", "declined"}:
            return
        self.promises.begin(self.world.now)
        note(f"the operator admits the mail of {mail.sender}: {mail.word}")
        forecast = self.promises.released(mail, by_token=by_token)
        if forecast.states != {"held"}:
            self.settles(waiting)
        worlds.release(self.world, waiting.number, "admit")
        self.finish([(forecast, waiting.number)])

    @rule(hours=st.sampled_from([1, 5, 30, 80, 24 * 15]))
    def time_passes(self, hours: int) -> None:
        """Nothing happens for a while."""
        self.promises.begin(self.world.now + timedelta(hours=hours))
        note(f"{hours} hours pass")
        forecast = self.promises.waits()
        # Of a long silence once a day is enough: what is missed is made good.
        stride = 8 if hours < _LONG else 24
        for passed in [stride] * (hours // stride) + [hours % stride]:
            self.world.now += timedelta(hours=passed)
            worlds.tick(self.world)
        self.finish([(forecast, None)])

    @rule(data=st.data())
    def mailbox_closes(self, data: st.DataObject) -> None:
        """A mailbox is no more: the smarthost refuses it."""
        who = data.draw(st.sampled_from(self.everybody[1:]), "whose")
        note(f"the mailbox of {who} is closed")
        self.promises.closed.add(who)
        self.promises.returned.add(who)
        self.world.close_mailbox(who)

    @precondition(lambda self: self.promises.closed)
    @rule()
    def mailboxes_open(self) -> None:
        """All mailboxes take mail again."""
        for who in self.promises.closed:
            self.world.open_mailbox(who)
        self.promises.begin(self.world.now)
        self.promises.opened()

    @rule(
        first=st.integers(1, 60),
        second=st.integers(0, 60),
        how=st.sampled_from([Fault, Death]),
    )
    def process_will_die(
        self, first: int, second: int, how: type[BaseException]
    ) -> None:
        """*process* dies in the midst of the next mails, once or twice."""
        note(f"process will break at statement {first}, then {second} ({how.__name__})")
        self.world.kills.plan[:] = [(each, how) for each in (first, second) if each]

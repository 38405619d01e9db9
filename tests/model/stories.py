"""Random stories: everything that people do to a support desk, in any order.

A rule draws who does what; `Promises` says what must come of it; the world says what
came. To add something that people can do, add a rule here that sends a mail, and to
`Promises` what must come of it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from tests.model import world as worlds
from tests.model.people import (
    ANA,
    BO,
    DESK,
    FAIL,
    NAMES,
    NONE,
    PASS,
    ROBOT,
    TEAM,
    TEXTS,
    TOKEN,
    Holding,
    Mail,
    quoted,
    word_of,
)
from tests.model.promises import Broken, Forecast, Promises, quiet
from tests.model.world import Death, Fault, World
from tests.reports import report
from tests.town import Letter

Foretell = Callable[[Mail], Forecast]

CARLA = "carla@gomez.example"
_OTHERS = [one for one in NAMES if one not in {ANA, BO, CARLA}]
_STAFF_SAY = ("/note", "/take", "/resolve", "/reopen", "/invite", "/invite")
_ALL_SAY = ("/mute", "/unmute", "/leave", "/join", "/who", "/help", "/invite")
_CONVERSATION = frozenset({"r", "t", "i"})
_BETWEEN = timedelta(minutes=7)


@dataclass
class Count:
    """How many steps all stories had together, and in which one broke first."""

    steps: int = 0
    broken: int = 0


count = Count()


class Story(RuleBasedStateMachine):
    """One story, from an empty town on."""

    def __init__(self, world: World) -> None:
        super().__init__()
        world.clear()
        self.world = world
        self.promises = Promises()
        self.holds: defaultdict[str, list[Holding]] = defaultdict(list)
        self.passed_on: defaultdict[str, list[Holding]] = defaultdict(list)
        self.waiting: list[tuple[Mail, int, bool]] = []
        self.asked: list[tuple[Mail, int]] = []
        self.last: tuple[Mail, bytes, str] | None = None
        self.known: list[tuple[Mail, int]] = []
        """Texts for everyone, by which somebody may answer past us."""
        self.mails = 0
        self.told = 0

    @initialize(
        others=st.lists(st.sampled_from(_OTHERS), min_size=1, max_size=5, unique=True),
        data=st.data(),
    )
    def begins(self, others: list[str], data: st.DataObject) -> None:
        """Three to eight people live here, and one of them writes."""
        self.others = others
        self.everybody = [ANA, BO, CARLA, *others]
        self.humans = [one for one in self.everybody if one != ROBOT]
        mail = self.new(data, CARLA, DESK, subject="Import fails")
        mail.proof = data.draw(st.sampled_from([NONE, PASS]), "proof")
        mail.cc = self.some_cc(data, CARLA)
        self.send(mail, self.promises.fresh)

    # What happens in each step.

    def new(self, data: st.DataObject, author: str, to: str, **given: object) -> Mail:
        """Begin a mail with a text of its own."""
        self.told += 1
        word = word_of(self.told)
        text = data.draw(st.sampled_from(TEXTS), label="text")
        name = NAMES.get(author) or "somebody"
        text = text.format(word=word, name=name)
        return Mail(author=author, to=to, word=word, text=text, **given)

    def send(
        self,
        mail: Mail,
        foretell: Foretell,
        *,
        sender: str | None = None,
        again: tuple[str, ...] = (),
    ) -> None:
        """Send a mail, and once more to `again`; judge what comes of it."""
        self.mails += 1
        mail.message_id = f"<{self.mails}.mail@people.example>"
        mail.at = self.world.now
        self.promises.begin(self.world.now)
        self.promises.writes(mail)
        forecast = foretell(mail)
        octets = mail.octets()
        sender = mail.author if sender is None else sender
        note(
            f"{mail.author} to {mail.recipients} ({mail.proof}"
            f"{', a machine' if mail.machine else ''}): {mail.says!r}"
        )
        number = self.world.offer(octets, sender, mail.recipients)
        told: list[tuple[Forecast, int | None]] = [(forecast, number)]
        if again:
            told.append(
                (quiet("discarded"), self.world.offer(octets, sender, again))
            )
        self.finish(told)
        [state] = forecast.states
        self.last = (mail, octets, state)
        if forecast.kind == "message" and mail.word:
            where = self.promises.said[mail.word].places[-1][0]
            self.known.append((mail, where))
        if state == "held":
            by_token = mail.recipients[0] != DESK
            self.waiting.append((mail, number, by_token))

    def finish(self, told: list[tuple[Forecast, int | None]]) -> None:
        """Let Parlour work, and judge what came."""
        count.steps += 1
        try:
            self.judge(told)
        except Exception:
            count.broken = count.broken or count.steps
            raise
        self.world.now += _BETWEEN

    def judge(self, told: list[tuple[Forecast, int | None]]) -> None:
        """Hold what came against what must come."""
        letters = self.world.work()
        for letter in letters:
            note(f"  {letter.kind} to {letter.to}")
        fates = [
            (forecast, None if number is None else worlds.fate(self.world, number))
            for forecast, number in told
        ]
        for _, fate in fates:
            note(f"  = {fate and (str(fate.state), fate.rule, fate.reason)}")
        self.promises.judge(letters, fates)
        found = worlds.unsettled(self.world) + worlds.faults(self.world)
        if found:
            raise Broken("; ".join(found))
        self.keep(letters)

    def keep(self, letters: list[Letter]) -> None:
        """Put letters into the hands of their readers."""
        for letter in letters:
            case = self.promises.case_of(letter)
            seat = case.seats.get(letter.to) if case else None
            self.holds[letter.to].append(
                Holding(
                    letter,
                    case.number if case and seat else None,
                    letter.to,
                    count.steps,
                    seat.turn if seat else 0,
                )
            )

    def held_by(self, who: str, purposes: frozenset[str]) -> list[Holding]:
        """Give the newest letters that somebody can answer, the last first."""
        found = [
            each
            for each in self.holds[who]
            if each.case is not None and each.purpose in purposes
        ]
        return found[-1:-6:-1]

    def standing(self, who: str, holding: Holding) -> str:
        """How somebody stands to the case of a letter."""
        seat = self.promises.cases[holding.case].seats.get(who)
        return seat.standing if seat else ""

    # What people do.

    @rule(data=st.data())
    def writes_fresh(self, data: st.DataObject) -> None:
        """Somebody writes to the desk."""
        author = data.draw(st.sampled_from(self.everybody[2:] * 3 + [ANA]), "who")
        proof = data.draw(st.sampled_from([NONE, NONE, PASS, PASS, FAIL]), "proof")
        mail = self.new(data, author, DESK, proof=proof, machine=author == ROBOT)
        mail.subject = f"Matter {word_of(self.told)[2:]}"
        mail.cc = self.some_cc(data, author)
        self.send(mail, self.promises.fresh)

    def some_cc(self, data: st.DataObject, author: str) -> tuple[str, ...]:
        """Put somebody into Cc, now and then."""
        if data.draw(st.integers(0, 3), "cc?"):
            return ()
        others = [one for one in self.humans if one not in TEAM and one != author]
        found = data.draw(
            st.lists(st.sampled_from(others), max_size=3, unique=True)
            if others
            else st.just([]),
            "cc",
        )
        return tuple(found)

    def replies(
        self,
        data: st.DataObject,
        author: str,
        holding: Holding,
        commands: tuple[str, ...] = (),
        **given: object,
    ) -> Mail:
        """Answer a letter, in one of the ways of mail programs."""
        keeps = data.draw(st.sampled_from(["all", "all", "last", "none"]), "keeps")
        quote = data.draw(st.sampled_from(["below", "none", "outlook"]), "quote")
        mail = self.new(data, author, holding.reply_to, **given)
        mail.answers, mail.keeps, mail.commands = holding, keeps, commands
        mail.quote = quoted(holding, quote)
        subject = str(holding.letter.mail["Subject"]).removeprefix("Re: ")
        mail.subject = f"Re: {subject}"
        if data.draw(st.integers(0, 5), "subject") == 0:
            mail.subject = f"Another matter {mail.word[2:]}"
        return mail

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
                whom = data.draw(
                    st.sampled_from([one for one in self.others if one != author])
                    if [one for one in self.others if one != author]
                    else st.just(CARLA),
                    "whom",
                )
                self.told += 1
                lines.append(f"/invite {whom} you know of {word_of(self.told)}")
            else:
                lines.append(command)
        return tuple(lines)

    def answers(self, data: st.DataObject, author: str, *, say: tuple[str, ...]) -> None:
        """Somebody answers a letter of theirs."""
        found = self.held_by(author, _CONVERSATION)
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
            mail, lambda mail: self.promises.answers(mail, by_token=by_token), again=again
        )
        self.note_question()

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
        author = data.draw(st.sampled_from([ANA, BO]), "who")
        found = self.held_by(author, frozenset({"r", "t"}))
        if not found:
            return
        holding = data.draw(st.sampled_from(found), "which letter")
        whom = data.draw(st.sampled_from(self.others), "whom")
        self.told += 1
        line = f"/invite {whom} you know of {word_of(self.told)}"
        mail = self.replies(data, author, holding, (line,))
        self.send(mail, lambda mail: self.promises.answers(mail, by_token=True))

    def invited(self, *, fresh: bool = False) -> list[Holding]:
        """Give the invitations that somebody can still answer."""
        return [
            each
            for who in self.others
            for each in self.held_by(who, frozenset({"i"}))
            if self.standing(who, each) in {"invited", "declined"}
            or (fresh and self.is_fresh(each))
        ]

    def is_fresh(self, holding: Holding) -> bool:
        """Whether its reader's token is still the same."""
        seat = self.promises.cases[holding.case].seats[holding.owner]
        return seat.turn == holding.turn

    @precondition(invited)
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
    def stranger_answers(self, data: st.DataObject) -> None:
        """Somebody answers a letter that was passed on to them."""
        found = [
            each for who in self.humans for each in self.held_by(who, _CONVERSATION)
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
        is_member = self.standing(author, holding) not in {"", "left"}
        if not is_member and not holding.is_private and mail.keeps != "none":
            by_token = data.draw(st.booleans(), "by token")
        if not by_token:
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
        failed = Forecast(frozenset({"failed"}), allowed={("notice", one) for one in TEAM})
        failed.wanted = {("notice", ANA)}
        self.finish([(failed, number)])
        self.promises.begin(self.world.now)
        self.promises.writes(mail)
        forecast = self.promises.released(mail, by_token=False)
        note("the operator lets it in")
        worlds.release(self.world, number, "admit")
        self.finish([(forecast, number)])

    @rule(data=st.data())
    def vacation_note(self, data: st.DataObject) -> None:
        """Somebody's mail program answers by itself."""
        author = data.draw(st.sampled_from(self.humans), "who")
        found = self.held_by(author, _CONVERSATION)
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
        if TOKEN.search(where) and TOKEN.search(where)[0][0] not in _CONVERSATION:
            where = DESK
        self.promises.begin(self.world.now)
        note(f"a forged report about {found.owner} to {where}")
        number = self.world.offer(
            report(found.letter), "eve@evil.example", [where]
        )
        # Of a second one that is the same nothing is kept.
        self.finish([(quiet("discarded", "done"), number)])

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

    def any_letter(self, data: st.DataObject) -> Holding | None:
        """Draw one of the newest letters of anybody."""
        found = [each for who in self.everybody for each in self.holds[who][-4:]]
        return data.draw(st.sampled_from(found), "which letter") if found else None

    @precondition(lambda self: self.last is not None)
    @rule(data=st.data())
    def comes_again(self, data: st.DataObject) -> None:
        """The same mail is offered once more, or by another address."""
        mail, octets, state = self.last
        where = tuple(mail.recipients)
        if state == "done" and mail.word and not mail.machine:
            where = data.draw(st.sampled_from([where, (DESK,)]), "where")
        self.promises.begin(self.world.now)
        note(f"the last mail comes again, to {where}")
        number = self.world.offer(octets, mail.author, where)
        self.finish([(quiet("discarded"), number)])

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def answers_question(self, data: st.DataObject) -> None:
        """Somebody says which command they meant."""
        mail, number = self.asked.pop()
        found = [
            each for each in self.holds[mail.author] if each.purpose == "c"
        ]
        holding = mail.answers
        seat = self.promises.cases[holding.case].seats.get(mail.author)
        if not found or seat is None or not seat.takes_part:
            return
        if seat.turn != holding.turn:
            return
        words = ["/note", "post"] if mail.author in TEAM else ["post"]
        said = data.draw(st.sampled_from(words), "says")
        again = replace(mail, commands=("/note",) if said == "/note" else ())
        answer = Mail(author=mail.author, to=found[-1].reply_to, text=said)
        answer.answers = found[-1]
        self.mails += 1
        answer.message_id = f"<{self.mails}.mail@people.example>"
        answer.at = self.world.now
        self.promises.begin(self.world.now)
        by_token = mail.recipients[0] != DESK
        forecast = self.promises.answers(again, by_token=by_token)
        note(f"{mail.author} answers the question: {said}")
        settled = self.world.offer(
            answer.octets(), answer.author, answer.recipients
        )
        self.waiting = [each for each in self.waiting if each[1] != number]
        self.finish([(quiet(), settled), (forecast, number)])

    def note_question(self) -> None:
        """Remember that the last mail was asked about."""
        if not self.waiting or self.last is None:
            return
        mail, number, _ = self.waiting[-1]
        is_asked = mail is self.last[0] and mail.proof != FAIL and mail.commands
        newest = self.holds[mail.author][-1:]
        if is_asked and newest and newest[0].purpose == "c" and newest[0].at == count.steps:
            self.asked.append((mail, number))
            self.waiting.pop()

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
        asked = Forecast(frozenset({"held"}), wanted={("confirmation", author)})
        self.send(mail, lambda _: asked)
        self.note_question()

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def operator_admits(self, data: st.DataObject) -> None:
        """The operator lets a held mail in."""
        place = data.draw(st.integers(0, len(self.waiting) - 1), "which")
        mail, number, by_token = self.waiting.pop(place)
        if mail.commands or not mail.word:
            return
        if mail.answers is not None:
            if self.standing(mail.author, mail.answers) in {"invited", "declined"}:
                return
        self.promises.begin(self.world.now)
        forecast = self.promises.released(mail, by_token=by_token)
        note(f"the operator admits the mail of {mail.author}: {mail.word}")
        worlds.release(self.world, number, "admit")
        self.finish([(forecast, number)])

    # What happens to everybody.

    @rule(hours=st.sampled_from([1, 5, 30, 80, 24 * 15]))
    def time_passes(self, hours: int) -> None:
        """Nothing happens for a while."""
        self.world.now += timedelta(hours=hours)
        self.promises.begin(self.world.now)
        note(f"{hours} hours pass")
        self.finish([(quiet(), None)])

    @rule(data=st.data())
    def mailbox_closes(self, data: st.DataObject) -> None:
        """A mailbox is no more: the smarthost refuses it."""
        who = data.draw(st.sampled_from(self.everybody[1:]), "whose")
        note(f"the mailbox of {who} is closed")
        self.promises.closed.add(who)
        self.world.close_mailbox(who)

    @precondition(lambda self: self.promises.closed)
    @rule()
    def mailboxes_open(self) -> None:
        """All mailboxes take mail again."""
        for who in self.promises.closed:
            self.world.open_mailbox(who)
        self.promises.shaky |= self.promises.closed
        self.promises.closed.clear()

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

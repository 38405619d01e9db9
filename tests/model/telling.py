"""How a story is told: who lives in it, how a step is made, and how it is judged."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
)

from tests.model import world as worlds
from tests.model.asked import PUBLISH, Asked, asked
from tests.model.judge import Broken
from tests.model.memory import Case, Forecast, Question, Waiting, quiet
from tests.model.people import (
    ANA,
    BO,
    DESK,
    NAMES,
    NONE,
    PASS,
    ROBOT,
    TEAM,
    TEXTS,
    Holding,
    Mail,
    quoted,
    word_of,
)
from tests.model.world import World
from tests.town import Letter

Foretell = Callable[[Mail], Forecast]

CARLA = "carla@gomez.example"
_OTHERS = [one for one in NAMES if one not in {ANA, BO, CARLA}]
CONVERSATION = frozenset({"r", "t", "i"})
_BETWEEN = timedelta(minutes=7)
_TICKS = timedelta(minutes=30)
"""So far apart the schedule runs while all mail arrives."""


@dataclass
class Count:
    """How many steps all stories had together, and in which one broke first."""

    steps: int = 0
    broken: int = 0


count = Count()


class Telling(RuleBasedStateMachine):
    """One story, from an empty town on; its rules stand elsewhere."""

    def __init__(self, world: World) -> None:
        super().__init__()
        world.clear()
        self.world = world
        self.promises = Asked()
        self.holds: defaultdict[str, list[Holding]] = defaultdict(list)
        self.waiting: list[Waiting] = []
        self.questions: list[Question] = []
        self.lines: list[tuple[str, int]] = []
        """Words of long lines that the team noted, and in which case."""
        self.last: tuple[Mail, bytes, str, str] | None = None
        self.known: list[tuple[Mail, int]] = []
        """Texts for everyone, by which somebody may answer past us."""
        self.pause = _BETWEEN
        self.ticked = world.now
        self.is_broken = False
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
        self.seconds: dict[str, str] = {}
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
        meant: Foretell | None = None,
    ) -> None:
        """Send a mail, and once more to `again`; judge what comes of it.

        `meant` foretells what comes of it when it is held and goes on later.
        """
        self.stamp(mail)
        self.promises.begin(self.world.now)
        self.promises.writes(mail)
        forecast = foretell(mail)
        octets = mail.octets()
        sender = mail.sender if sender is None else sender
        note(
            f"{mail.sender} to {mail.recipients} ({mail.proof}"
            f"{', a machine' if mail.machine else ''}): {mail.says!r}"
        )
        number = self.world.offer(octets, sender, mail.recipients)
        told: list[tuple[Forecast, int | None]] = [(forecast, number)]
        if again:
            told.append((quiet("discarded"), self.world.offer(octets, sender, again)))
        [state] = forecast.states
        if state == "held":
            by_token = mail.recipients[0] != DESK
            self.waiting.append(
                Waiting(
                    mail,
                    number,
                    by_token,
                    forecast.cause,
                    forecast.where,
                    forecast.private,
                    meant or foretell,
                    count.steps + 1,
                )
            )
        self.finish(told)
        self.last = (mail, octets, state, sender)
        if forecast.kind == "message" and mail.word:
            where = self.promises.said[mail.word].places[-1][0]
            self.known.append((mail, where))

    def stamp(self, mail: Mail) -> None:
        """Give a mail its id and its date."""
        self.mails += 1
        mail.message_id = f"<{self.mails}.mail@people.example>"
        mail.at = self.world.now

    def finish(self, told: list[tuple[Forecast, int | None]]) -> None:
        """Let Parlour work, and judge what came."""
        count.steps += 1
        try:
            self.judge(told)
        except Exception:
            self.breaks()
            raise
        self.world.now += self.pause

    def judge(self, told: list[tuple[Forecast, int | None]]) -> None:
        """Hold what came against what must come."""
        letters = self.world.work()
        unseen = worlds.unseen(self.world)
        # The schedule mends what a closed mailbox left unheard; all else must hold
        # without it.
        is_mended = bool(unseen) and self.promises.had_trouble
        if is_mended or self.world.now - self.ticked >= _TICKS:
            self.ticked = self.world.now
            worlds.tick(self.world)
            letters += self.world.work()
            unseen = worlds.unseen(self.world)
        for letter in letters:
            note(f"  {letter.kind} to {letter.to}")
        fates = [
            (forecast, None if number is None else worlds.fate(self.world, number))
            for forecast, number in told
        ]
        for _, fate in fates:
            note(f"  = {fate and (str(fate.state), fate.rule, fate.reason)}")
        self.promises.judge(letters, fates)
        self.demand_none(worlds.unsettled(self.world) + unseen)
        self.keep(letters)

    def teardown(self) -> None:
        """Check the whole store when the story is told: nothing in it goes away."""
        if self.is_broken:
            return
        try:
            self.demand_none(worlds.faults(self.world))
        except Exception:
            self.breaks()
            raise

    def breaks(self) -> None:
        """Note in which step a promise was broken first."""
        self.is_broken = True
        count.broken = count.broken or count.steps

    def demand_none(self, faults: list[str]) -> None:
        """Raise Broken for what the checks of Parlour found, and must not."""
        found = [each for each in faults if not self.promises.is_deserted(each)]
        if found:
            raise Broken("; ".join(found))

    def keep(self, letters: list[Letter]) -> None:
        """Put letters into the hands of their readers."""
        for letter in letters:
            case = self.promises.case_of(letter)
            seat = case.seats.get(letter.to) if case else None
            holding = Holding(
                letter,
                case.number if case and seat else None,
                letter.to,
                count.steps,
                seat.turn if seat else 0,
            )
            self.holds[letter.to].append(holding)
            self.keep_question(holding, case)

    def keep_question(self, letter: Holding, case: Case | None) -> None:
        """Remember what a letter asks, and about which mail or note."""
        question = asked(letter, count.steps)
        known = {each.address for each in self.questions}
        if question is None or not question.asking or question.address in known:
            return
        words = letter.words
        if question.asking == PUBLISH:
            question.where = case
            question.note = max(words, key=lambda word: self.promises.said[word].number)
        else:
            newest = self.waiting[-1:]
            about = [each for each in newest if each.at == count.steps]
            about = about or [each for each in self.waiting if each.mail.word in words]
            if not about:
                return
            question.about = about[-1]
        self.questions.append(question)

    def settles(self, waiting: Waiting) -> None:
        """Somebody decided on a held mail: whoever else answers is late."""
        waiting.is_open = False
        if waiting in self.waiting:
            self.waiting.remove(waiting)
        self.closes(waiting)

    def closes(self, waiting: Waiting) -> None:
        """Nobody is asked about a mail any more."""
        for each in self.questions:
            each.answered = each.answered or each.about is waiting

    def waits_again(self, waiting: Waiting, forecast: Forecast) -> None:
        """What was let in is held once more, for another reason."""
        waiting.cause, waiting.at = forecast.cause, count.steps + 1
        waiting.is_open = True
        self.waiting.append(waiting)

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

    # What rules share.

    def some_cc(self, data: st.DataObject, author: str) -> tuple[str, ...]:
        """Put somebody into Cc, now and then."""
        if data.draw(st.integers(0, 3), "cc?"):
            return ()
        others = [
            one
            for one in self.humans
            if one not in TEAM and one != author and not self.promises.is_unsure(one)
        ]
        found = data.draw(
            st.lists(st.sampled_from(others), max_size=3, unique=True)
            if others
            else st.just([]),
            "cc",
        )
        return tuple(found)

    def may_be_invited(self, author: str) -> list[str]:
        """Give whom somebody can invite, and mail goes to as usual.

        Whether others are asked, and how often, the tests of table B2 tell.
        """
        return [
            one
            for one in self.others
            if one != author and not self.promises.is_unsure(one)
        ]

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

    def any_letter(self, data: st.DataObject) -> Holding | None:
        """Draw one of the newest letters of anybody."""
        found = [each for who in self.everybody for each in self.holds[who][-4:]]
        return data.draw(st.sampled_from(found), "which letter") if found else None

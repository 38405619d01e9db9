"""Whole stories through the front door; `dialogues/*.txt` are the tests.

A step is what a person does, then every letter that it causes and no other:

    > Carla Gomez <carla@gomez.example> writes to support@acme.example: Subject
      Cc: Max <max@gomez.example>          header lines first, if any
                                           (an empty line ends them)
      The text of the mail.
    < message to ana@acme.example          kind and reader of a letter that came
      ~ words that stand in its text
      ! words that do not
    > Ana Ruiz <ana@acme.example> replies [to [first] KIND] [of ADDRESS]
                                           to the newest letter of a kind, or the first;
                                           to one that somebody else got, if said
    > Ana Ruiz <ana@acme.example> sends by hand to carla@gomez.example[: Subject]
                                           from a mailbox whose sent mail we read, as an
                                           answer to the last mail of that person
    > Carla Gomez <carla@gomez.example> writes past us to ana@acme.example: Subject
                                           a mail that we never see
    > Ana Ruiz <ana@acme.example> forwards [attached] carla@gomez.example to ADDRESS
                                           the newest mail of somebody, a text above it
    > mei@elsewhere.example answers the inviter alone
                                           by the second address in their invitation
    > mei@elsewhere.example presses join   the page of their invitation, by POST
    > the operator releases [--as-written] the newest mail, as the command line does
    > the message to carla@gomez.example comes back
                                           a report to where its return path says
    > 3 days pass
    = held                                 what became of the mail

Above the first step, `* trusts mx.acme.example` names a server whose
Authentication-Results are believed, and `* desk team_follow=all` changes the desk;
`* desk reply=support@acme.example` gives it no token addresses. `* beside Acme Sales
<sales@acme.example>, Lea <lea@acme.example>` is another desk, with its team.
Between steps seven minutes pass, or so many as `* pause 1` says.
"""

import re
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from gateway.activities import optin
from gateway.routing.desk import Desk
from gateway.web.app import build
from parsers.address import read_mailboxes
from parsers.reply_address import ReplyAddress
from tests.carrier import ByImap, ByPostfix, Carrier
from tests.reports import report
from tests.robots import Scanner
from tests.templates.specimens import SPECIMENS
from tests.town import ACME, Letter, Town, gist

DIALOGUES = sorted((Path(__file__).parent / "dialogues").glob("*.txt"))
WRITES = re.compile(r"> (?P<who>.+) writes to (?P<to>[^:]+): (?P<subject>.*)")
PAST_US = re.compile(r"> (?P<who>.+) writes past us to (?P<to>[^:]+): (?P<subject>.*)")
FORWARDS = re.compile(
    r"> (?P<who>.+) forwards (?P<attached>attached )?(?P<whose>\S+) to (?P<to>\S+)"
)
REPLIES = re.compile(
    r"> (?P<who>.+?) replies(?: to (?P<first>first )?(?P<kind>\w+))?"
    r"(?: of (?P<whose>\S+))?"
)
BY_HAND = re.compile(
    r"> (?P<who>.+) sends by hand to (?P<to>[^:]+)(?:: (?P<subject>.*))?"
)
ALONE = re.compile(r"> (?P<who>.+) answers the inviter alone")
RELEASES = re.compile(r"> the operator releases(?P<post> --as-written)?")
PASSES = re.compile(r"> (?P<number>\d+) (?P<unit>minutes|hours|days) pass")
PRESSES = re.compile(r"> (?P<who>\S+) presses (?P<answer>\w+)")
COMES_BACK = re.compile(r"> the (?P<kind>\w+) to (?P<who>\S+) comes back")
EXPECTS = re.compile(r"< (?P<kind>\w+) to (?P<who>\S+)")


@dataclass
class Expected:
    """One letter that a step must cause."""

    kind: str
    to: str
    says: list[str] = field(default_factory=list)
    hides: list[str] = field(default_factory=list)


@dataclass
class Step:
    """One act and its letters."""

    act: str
    lines: list[str] = field(default_factory=list)
    letters: list[Expected] = field(default_factory=list)
    state: str = "done"

    def content(self) -> tuple[list[tuple[str, str]], str]:
        """Header lines, and the text below the empty line that ends them."""
        text = "\n".join(self.lines)
        head, empty, body = text.partition("\n\n")
        pairs = [tuple(line.split(": ", 1)) for line in head.splitlines()]
        if empty and all(len(pair) == 2 and pair[0].istitle() for pair in pairs):
            return pairs, body
        return [], text


def _read_into(steps: list[Step], line: str, where: str) -> None:
    if found := EXPECTS.fullmatch(line):
        steps[-1].letters.append(Expected(found["kind"], found["who"]))
    elif line.startswith("  ~ "):
        steps[-1].letters[-1].says.append(line[4:])
    elif line.startswith("  ! "):
        steps[-1].letters[-1].hides.append(line[4:])
    elif line.startswith("= "):
        steps[-1].state = line[2:]
    elif line.startswith("  ") or (steps and not line and not steps[-1].letters):
        steps[-1].lines.append(line[2:])
    else:
        assert not line or line.startswith("#"), f"{where}: {line!r}"


@dataclass
class Setting:
    """Where a dialogue takes place, other than in the usual town."""

    trusted: tuple[str, ...] = ()
    desk: dict[str, str | tuple[str, ...] | ReplyAddress] = field(default_factory=dict)
    pause: int = 7
    beside: tuple[Desk, ...] = ()
    """Further desks of the house."""

    def add(self, line: str) -> None:
        """Read one line that begins with an asterisk."""
        word, _, rest = line.removeprefix("* ").partition(" ")
        if word == "trusts":
            self.trusted = tuple(rest.split())
        elif word == "pause":
            self.pause = int(rest)
        elif word == "beside":
            desk, *team = read_mailboxes(rest)
            reply = ReplyAddress(desk.address.replace("@", "+{token}@"))
            name, address = desk.name, desk.address
            self.beside += (
                Desk(name=name, address=address, reply=reply, team=tuple(team)),
            )
        else:
            assert word == "desk", line
            name, _, value = rest.partition("=")
            self.desk[name] = ReplyAddress(value) if name == "reply" else value
            if name == "staff_domains":
                self.desk[name] = tuple(value.split())

    def desks(self) -> tuple[Desk, ...]:
        """Give the desk of the town as this dialogue wants it."""
        return (replace(ACME, **self.desk), *self.beside)


def read_dialogue(path: Path) -> tuple[Setting, list[Step]]:
    """Read a dialogue file."""
    setting = Setting()
    steps: list[Step] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("*"):
            setting.add(line)
        elif line.startswith(">"):
            steps.append(Step(line))
        else:
            _read_into(steps, line, path.name)
    return setting, steps


def play(town: Town, step: Step) -> list[Letter]:
    """Do what a step says; gives the letters that it caused."""
    headers, text = step.content()
    if PAST_US.fullmatch(step.act) or FORWARDS.fullmatch(step.act):
        return hands_on(town, step)
    if found := WRITES.fullmatch(step.act):
        return town.write(
            found["who"], found["to"], found["subject"], text.rstrip(), headers=headers
        )
    if found := REPLIES.fullmatch(step.act):
        address = found["who"].split("<")[-1].rstrip(">")
        which = town.first if found["first"] else town.last
        letter = which(found["whose"] or address, found["kind"])
        return town.reply(found["who"], text.rstrip(), to=letter, headers=headers)
    if found := ALONE.fullmatch(step.act):
        letter = town.last(found["who"].split("<")[-1].rstrip(">"), "invitation")
        alone = re.search(r"\S+\+a-[a-z2-7]{26}@\S+", letter.text)[0]
        return town.write(found["who"], alone, "Re: to you alone", text.rstrip())
    if found := BY_HAND.fullmatch(step.act):
        return town.by_hand(
            found["who"],
            found["to"],
            text.rstrip(),
            subject=found["subject"] or "",
            headers=headers,
        )
    return happens(town, step)


def hands_on(town: Town, step: Step) -> list[Letter]:
    """Do what people do with mail that did not come to us."""
    headers, text = step.content()
    if found := PAST_US.fullmatch(step.act):
        town.write_past_us(found["who"], found["to"], found["subject"], text.rstrip())
        return []
    found = FORWARDS.fullmatch(step.act)
    assert found, step.act
    return town.forward(
        found["who"],
        found["whose"],
        found["to"],
        text.rstrip(),
        attached=bool(found["attached"]),
        headers=headers,
    )


def happens(town: Town, step: Step) -> list[Letter]:
    """Do what nobody does by writing a mail."""
    if found := RELEASES.fullmatch(step.act):
        return town.release("post" if found["post"] else "admit")
    if found := PASSES.fullmatch(step.act):
        town.pass_time(**{found["unit"]: int(found["number"])})
        return town.settle()
    if found := COMES_BACK.fullmatch(step.act):
        letter = town.last(found["who"], found["kind"])
        return town.deliver(report(letter), "", [letter.kept.mail_from])
    found = PRESSES.fullmatch(step.act)
    assert found, step.act
    token = town.last(found["who"], "invitation").link("i")
    choice = optin.Choice(found["answer"])
    assert optin.answer(town.house, token, choice, door="web", now=town.now)
    return town.settle()


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_dialogue(path, database_url, tmp_path, reader):
    """On SQLite something looks behind each link first; then people press theirs."""
    scanned = database_url.startswith("sqlite")
    play_all(path, database_url, tmp_path, reader, scanned=scanned)


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_dialogue_by_postfix(path, sqlite, tmp_path, reader, postfix):
    """Each mail comes by LMTP, each letter leaves by submission."""
    url = f"sqlite:///{tmp_path / 'parlour.db'}"
    play_all(path, url, tmp_path, reader, carrier=ByPostfix(postfix))


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_dialogue_by_imap(path, sqlite, tmp_path, reader, imap_server):
    """Each mail is delivered into a mailbox and fetched from there."""
    url = f"sqlite:///{tmp_path / 'parlour.db'}"
    play_all(path, url, tmp_path, reader, carrier=ByImap(imap_server))


def test_the_dialogues_hold_every_kind_of_letter_that_there_is():
    told = {
        each.kind
        for path in DIALOGUES
        for step in read_dialogue(path)[1]
        for each in step.letters
    }
    # What time brings has tests of its own, with a scanner (tests/digests).
    by_time = {"reminder", "digest"}
    assert told >= {specimen.kind for specimen in SPECIMENS.values()} - by_time


def play_all(path, database_url, tmp_path, reader, carrier=None, *, scanned=False):
    setting, steps = read_dialogue(path)
    carrier = carrier or Carrier()
    with (
        Town(
            database_url,
            tmp_path,
            reader,
            desks=setting.desks(),
            trusted=setting.trusted,
            carrier=carrier,
            mailboxes=carrier.believed(setting.trusted),
        ) as town,
        ExitStack() as ends,
    ):
        scanner = scanner_of(town, ends) if scanned else None
        for step in steps:
            pressing = PRESSES.fullmatch(step.act) if scanner else None
            letters = press(town, scanner, pressing) if pressing else play(town, step)
            expected = sorted((each.kind, each.to) for each in step.letters)
            assert gist(letters) == expected, step.act
            check_texts(step, letters)
            check_state(town, step)
            if scanner:
                scanner.press(town, letters)
            town.pass_time(minutes=setting.pause)


def scanner_of(town: Town, ends: ExitStack) -> Scanner:
    """Give a scanner with a browser that sees the town's pages."""
    pages = build(town.house, clock=lambda: town.now)
    return Scanner(ends.enter_context(TestClient(pages)))


def press(town: Town, scanner: Scanner, step: re.Match[str]) -> list[Letter]:
    """Press a button of the page behind somebody's invitation."""
    token = town.last(step["who"], "invitation").link("i")
    answer = scanner.browser.post(f"/i/{token}", data={"answer": step["answer"]})
    assert answer.status_code == 200, answer.text
    return town.settle()


def check_texts(step: Step, letters: list[Letter]) -> None:
    for expected in step.letters:
        texts = [
            " ".join(letter.text.split())
            for letter in letters
            if (letter.kind, letter.to) == (expected.kind, expected.to)
        ]
        for words in expected.says:
            assert any(words in text for text in texts), (step.act, words, texts)
        for words in expected.hides:
            assert not any(words in text for text in texts), (step.act, words, texts)


def check_state(town: Town, step: Step) -> None:
    if " presses " in step.act or step.act.endswith(" pass") or PAST_US.match(step.act):
        return
    expected = step.state
    if town.carrier.writes_above and COMES_BACK.fullmatch(step.act):
        # The same report is no longer the same octets; it changes nothing all the same.
        expected = "done"
    assert town.state() == expected, step.act

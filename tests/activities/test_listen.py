"""A desk that only listens: its team is told, nobody else is ever written to."""

import ast
import random
from email.utils import parseaddr
from pathlib import Path

import pytest
from sqlalchemy import select

from gateway.activities import optin
from gateway.activities.letters import Addressee, Sheet, send
from parsers.reply_address import Purpose, number
from storage import activity as activities
from storage import event as events
from storage import ledger, outbox, reports
from storage.activity import Lane, Participant
from storage.people import by_address
from templates.seated import Left
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, MEI, open_case, verified
from tests.cli.served import until
from tests.test_dialogues import DIALOGUES, play, read_dialogue
from tests.town import ACME, Town, gist

TEAM = {"ana@acme.example", "bo@acme.example"}


def listening(town):
    for at in range(len(town.desks)):
        town.change_desk(at, mode="listen")


def team_alone(letters):
    assert {each.to for each in letters} <= TEAM
    return letters


def posts(town, lane=Lane.EVERYONE):
    with town.database.reading() as session:
        return [each.text for each in events.posts(session, [1], {lane})]


def outcomes(town, address):
    """What somebody got of each post, in order."""
    with town.database.reading() as session:
        person = by_address(session, address).id
        rows = [
            row
            for post in events.posts(session, [1], {Lane.EVERYONE, Lane.TEAM})
            for row in ledger.of_event(session, post.id)
            if row.person_id == person
        ]
        return [str(row.outcome) for row in rows]


def crowded(town):
    """A case with an answer, a guest and an invited."""
    open_case(town)
    town.reply(
        ANA,
        "/invite mei@elsewhere.example why\n/invite max@gomez.example\n\nTell me?",
        to=town.last("ana@acme.example", "message"),
    )
    town.reply(
        MEI, "Here I am, with the importer.", to=town.last("mei@elsewhere.example")
    )


@pytest.fixture
def between(town):
    """A case of earlier days; from now on the desk listens."""
    crowded(town)
    listening(town)
    return town


def test_nobody_is_acknowledged_or_invited(town):
    listening(town)
    letters = town.write(
        CARLA, DESK, "Import fails", "It stops.", headers=[("Cc", MAX), verified("x")]
    )
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]


def test_an_answer_to_a_letter_of_before_is_a_note_and_its_writer_is_told(between):
    town = between
    letters = town.reply(
        ANA, "Use commas.", to=town.last("ana@acme.example", "message")
    )
    assert gist(team_alone(letters)) == [("confirmation", "ana@acme.example")]
    assert "Carla Gomez did not get it" in letters[0].text
    assert "held only commands" not in letters[0].text
    assert posts(town, Lane.TEAM) == ["Use commas."]
    assert outcomes(town, "carla@gomez.example")[-1] == "lane"
    with town.database.reading() as session:
        assert activities.find(session, 1).waiting_since is None


def test_a_customer_and_a_guest_of_before_are_heard_and_told_nothing(between):
    town = between
    team_alone(town.reply(CARLA, "Row 5.", to=town.last("carla@gomez.example")))
    team_alone(town.reply(MEI, "Commas.", to=town.last("mei@elsewhere.example")))
    assert posts(town)[-2:] == ["Row 5.", "Commas."]
    assert outcomes(town, "mei@elsewhere.example")[-2:] == ["listen", "author"]
    assert outcomes(town, "carla@gomez.example")[-1] == "listen"


def test_what_outsiders_command_is_text(between):
    town = between
    letters = town.reply(
        CARLA,
        "/note\n/invite dan@gomez.example\n/leave\nHm.",
        to=town.last("carla@gomez.example"),
    )
    assert {each.kind for each in team_alone(letters)} == {"message"}
    assert posts(town)[-1].startswith("/note")


def test_an_invitation_of_before_is_not_taken_and_says_why(between):
    town = between
    token = town.last("max@gomez.example", "invitation").link("i")
    assert optin.look(town.house, token).state == "unheard"
    shown = optin.answer(town.house, token, optin.Choice.JOIN, door="web", now=town.now)
    assert shown.state == "unheard"
    assert town.settle() == []
    team_alone(town.reply(MAX, "Yes.", to=town.last("max@gomez.example")))


def test_a_stranger_at_a_token_is_held_and_the_team_is_told(between):
    town = between
    carlas = town.last("carla@gomez.example")
    letters = team_alone(town.reply("eve@evil.example", "Hello!", to=carlas))
    assert {each.kind for each in letters} == {"notice"}
    assert town.state() == "held"


def test_an_unknown_command_of_the_team_is_asked_about_as_ever(between):
    town = between
    letters = town.reply(ANA, "/tkae", to=town.last("ana@acme.example", "message"))
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    assert "Carla" not in letters[0].text


def test_what_the_customer_has_got_is_never_held_for_a_command(between):
    town = between
    town.reply(
        ANA,
        "/etc/parlour is the folder.",
        to=town.last("ana@acme.example", "message"),
        headers=[("Cc", CARLA)],
    )
    assert posts(town)[-1] == "/etc/parlour is the folder."
    assert outcomes(town, "carla@gomez.example")[-1] == "direct"


def test_replies_go_to_the_team_lane_and_nowhere_else(town):
    listening(town)
    letters = town.write(CARLA, DESK, "Import fails", "The import stops.")
    for letter in letters:
        assert "support+r-" not in letter.kept.octets.decode()
        assert str(letter.mail["Reply-To"]).strip("<").startswith("support+t-")
    confirmation = town.reply(ANA, "/help", to=letters[0])
    assert "/invite" not in confirmation[0].text
    assert str(confirmation[0].mail["Reply-To"]).strip("<").startswith("support+t-")


def test_one_place_lets_no_letter_out_whatever_a_deed_forgot(between):
    town = between
    desk = town.house.desks.all[0]
    with town.database.transaction() as session:
        activity = activities.find(session, 1)
        before = len(outbox.listing(session, None, 1000))
        sheet = Sheet(desk=desk, activity=activity, at=town.now, reason="left")
        to = [
            Addressee(person=1, address="carla@gomez.example", token=1),
            Addressee(person=2, address="ANA@acme.example", token=1),
            Addressee(person=1, address="bo@elsewhere.example", token=1),
        ]
        values = Left(subject="x", desk="x")
        got = send(session, town.house, sheet, values, to)
        assert [each is None for each in got] == [True, False, True]
        assert send(session, town.house, sheet, values, to[:1]) == [None]
        assert len(outbox.listing(session, None, 1000)) == before + 1


def test_what_was_queued_before_goes_to_the_team_alone(between):
    """The desk was switched, or somebody tries an old letter again by hand."""
    town, before = between, len(between.sink.mails)
    with town.database.transaction() as session:
        old = outbox.listing(session, None, 1000)
        team = [each.id for each in old if each.address in TEAM]
        others = [each.id for each in old if each.address not in TEAM]
        for each in old:
            each.state = outbox.Progress.GIVEN_UP
            outbox.retry(session, each.id, now=town.now)
    assert team
    assert others
    town.house.wake.tell()

    def settled():
        with town.database.reading() as session:
            rows = [outbox.by_id(session, number) for number in (*team, *others)]
            states = {each.id: each.state for each in rows}
        is_open = {outbox.Progress.WAITING, outbox.Progress.LEASED}
        return {} if is_open & set(states.values()) else states

    until(settled)
    states = settled()
    assert {states[each] for each in team} == {outbox.Progress.SENT}
    assert {states[each] for each in others} == {outbox.Progress.GIVEN_UP}
    assert len(town.sink.mails) == before + len(team)
    assert {kept.rcpt for kept in town.sink.mails[before:]} <= TEAM


def test_nothing_else_queues_letters():
    """The property holds of every letter: there are two ways out, and one gate."""
    called = {
        str(path): _called(path)
        for folder in ("gateway", "storage", "digests")
        for path in Path(folder).rglob("*.py")
    }
    queuing = {path for path, names in called.items() if "NewDelivery" in names}
    # One letter for its readers, and a run's letters at once.
    assert queuing == {
        "gateway/activities/letters.py",
        "gateway/activities/mailing.py",
    }
    assert all("is_wanted" in called[path] for path in queuing)


def _called(path):
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    calls = [node.func for node in nodes if isinstance(node, ast.Call)]
    names = {node.attr for node in calls if isinstance(node, ast.Attribute)}
    return names | {node.id for node in calls if isinstance(node, ast.Name)}


@pytest.mark.parametrize("path", DIALOGUES, ids=lambda path: path.stem)
def test_in_every_dialogue_only_the_team_is_written_to(make_town, path):
    """After some of its steps the desk begins to listen."""
    normal_for = 5
    setting, steps = read_dialogue(path)
    town = make_town(desks=setting.desks(), trusted=setting.trusted)
    for step in steps[:normal_for]:
        play(town, step)
        town.pass_time(minutes=7)
    listening(town)
    teams = {each.address for desk in town.desks for each in desk.team}
    for step in steps[normal_for:]:
        try:
            letters = play(town, step)
        except (AssertionError, ValueError) as error:
            # What the step answers was never sent, or what it releases never held.
            known = ("ever reached", "cannot become")
            assert any(words in str(error) for words in known), step.act  # noqa: PT017
            continue
        assert {each.to for each in letters} <= teams, step.act
        town.pass_time(minutes=7)
    assert_sound(town)


def assert_sound(town):
    with town.database.reading() as session:
        faults = reports.faults(session, town.house.blobs, now=town.now)
        assert list(faults) == []


class Story:
    """Anybody does anything, in an order that a seed tells."""

    WHO = (CARLA, CARLA, MEI, MAX, ANA, BO, "support@acme.example", "eve@evil.example")
    TEXTS = (
        "It stops.",
        "Yes.",
        "No thanks.",
        "/leave",
        "/join",
        "/note\nSecret.",
        "/invite dan@gomez.example come\nHello.",
        "/take",
        "/tkae\nHm.",
        "/who",
        "/resolve",
        "/reopen",
        "Is it better now?",
        "/consult dan@gomez.example",
    )
    HEADERS = (
        [],
        [],
        [("Cc", MAX)],
        [("Cc", CARLA)],
        [("Auto-Submitted", "auto-replied")],
        [verified("gomez.example")],
        [verified("acme.example")],
    )

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.any = town, random.Random(seed)

    def step(self):
        """Do one thing; gives the letters that it caused."""
        act = self.any.choice([self.writes, self.to_token, self.to_token, self.by_hand])
        letters = act(self.any.choice(self.WHO), self.any.choice(self.TEXTS))
        return letters + self.town.live(minutes=self.any.choice([1, 30, 6000]))

    def writes(self, who, text):
        subject = self.any.choice(["Import fails", "Re: Import fails", "Other"])
        return self.town.write(who, DESK, subject, text, headers=self.some_headers())

    def some_headers(self):
        known = [f"<{n}.mail@people.example>" for n in range(1, 40)]
        ids = [[], [("In-Reply-To", self.any.choice(known))]]
        return self.any.choice(self.HEADERS) + self.any.choice(ids)

    def to_token(self, who, text):
        """To any of our addresses: mostly the writer's own, else somebody else's."""
        with self.town.database.reading() as session:
            person = by_address(session, parseaddr(who)[1])
            everybody = session.scalars(select(Participant)).all()
            own = [each for each in everybody if person and each.person_id == person.id]
            theirs = own if own and self.any.random() < 0.7 else everybody
            seats = [number(each.id, each.generation) for each in theirs]
        if not seats:
            return []
        purpose = self.any.choice(
            [
                *(Purpose.EVERYONE, Purpose.EVERYONE, Purpose.TEAM),
                *(Purpose.INVITATION, Purpose.UNSUBSCRIBE),
            ]
        )
        token = self.town.house.sealer.seal(purpose, self.any.choice(seats))
        to = ACME.reply.write(token)
        return self.town.write(who, to, "Re: It", text, headers=self.some_headers())

    def by_hand(self, who, text):
        to = self.any.choice([CARLA, MEI, MAX])
        return self.town.by_hand(who, to, text)


@pytest.mark.parametrize("seed", range(6))
def test_in_no_story_is_anybody_but_the_team_written_to(make_town, seed):
    town = make_town(trusted=("mx.acme.example",) if seed % 2 else ())
    story = Story(town, seed)
    if seed % 3:
        crowded(town)
        for _ in range(4):
            story.step()
    listening(town)
    for _ in range(20):
        assert {each.to for each in story.step()} <= TEAM
    assert_sound(town)

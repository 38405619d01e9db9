"""Four models of mail programs: an answer always comes back to its thread (issue 5).

One keeps References, one keeps In-Reply-To alone, one answers a letter whose Message-ID
the smarthost replaced and keeps no References, one changes the subject. Each of them in
the hands of a customer, of the team in either lane and of a guest; with reply addresses
that bear a token and where ids must do.
"""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select

from parsers.reply_address import ReplyAddress
from storage.activity import Activity, Lane
from storage.event import Event, Kind
from tests.activities.people import ANA, BO, CARLA, DESK, MEI
from tests.town import ACME, Town, gist

SES = ("250 Ok {id}", "<{id}@eu-west-1.amazonses.com>")
EXCHANGE = (
    "250 2.6.0 <{id}@AM0PR04.prod.outlook.com> [InternalId=36283] Queued mail",
    "<{id}@AM0PR04.prod.outlook.com>",
)
# It says nothing of the id that it gives.
SECRET = ("250 2.0.0 Ok: queued as 4XYZ12", "<{id}@relay.example>")


@dataclass(frozen=True)
class Program:
    """What a mail program does to an answer, or a smarthost to a letter."""

    forgets: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    renames: tuple[str, str] | None = None


KEEPS_REFERENCES = Program(forgets=("In-Reply-To",))
KEEPS_IN_REPLY_TO = Program(forgets=("References",))
CHANGES_SUBJECT = Program(headers=(("Subject", "Quite another matter"),))
PROGRAMS = {
    "keeps References": KEEPS_REFERENCES,
    "keeps only In-Reply-To": KEEPS_IN_REPLY_TO,
    "SES renamed it": Program(forgets=("References",), renames=SES),
    "Exchange renamed it": Program(forgets=("References",), renames=EXCHANGE),
    "subject changed": CHANGES_SUBJECT,
}
TOKENS = ReplyAddress("support+{token}@acme.example")
IDS_ALONE = ReplyAddress(DESK)


@pytest.fixture
def found(database_url, tmp_path, reader):
    """A function that founds a town with a reply address and a smarthost."""
    towns = []

    def found(program, reply, **settings):
        desks = (replace(ACME, reply=reply),)
        town = Town(database_url, tmp_path, reader, desks=desks, **settings)
        towns.append(town.__enter__())
        town.sink.renames = program.renames
        return Story(town, program)

    yield found
    for town in towns:
        town.__exit__()


@dataclass
class Story:
    """A case in which everybody uses the same mail program."""

    town: Town
    program: Program

    def replies(self, who, text, kind=None):
        """Press reply on one's last letter, of a kind if that matters."""
        letter = self.town.last(who.partition("<")[2].rstrip(">"), kind)
        return self.town.reply(
            who,
            text,
            to=letter,
            forgets=self.program.forgets,
            headers=self.program.headers,
        )

    def orders(self, who, text, kind=None):
        """Reply with a command; where ids must do, a word confirms it."""
        self.replies(who, text, kind)
        if self.town.state() == "held":
            self.replies(who, "yes", "confirmation")

    def begins(self):
        """Carla asks, Ana answers, Mei joins as a guest, and Bo writes a note."""
        self.town.write(CARLA, DESK, "Import fails", "It stops since Monday.")
        self.orders(ANA, "/invite mei@elsewhere.example\nWhich row is it?")
        self.replies(MEI, "yes")
        self.replies(BO, "/note\nShe is our oldest customer.")
        self.orders(ANA, "/take\nI look at row 7 now.", "message")

    def activities(self):
        """How many cases there are."""
        with self.town.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Activity))

    def last_post(self):
        """The newest post: its text and its lane."""
        with self.town.database.reading() as session:
            wanted = select(Event).where(Event.kind == Kind.POST)
            post = session.scalar(wanted.order_by(Event.id.desc()).limit(1))
            return post.text, post.lane

    def comes_back(self, who, kind, lane):
        """Somebody answers twice: each time it is a post of this case and lane."""
        name = who.partition(" ")[0]
        for words in ("what I found", "one thing more"):
            text = f"This is {words}. {name}, {lane}"
            letters = self.replies(who, text, kind)
            assert self.town.state() == "done", self.town.rules[-1]
            assert self.last_post() == (text, lane)
            assert self.activities() == 1
            readers = {reader for each, reader in gist(letters) if each != "notice"}
            outside = {"carla@gomez.example", "mei@elsewhere.example"}
            author = who.partition("<")[2].rstrip(">")
            expected = outside - {author} if lane is Lane.EVERYONE else set()
            assert readers & outside == expected


PEOPLE = {
    "customer": (CARLA, "message", Lane.EVERYONE),
    "staff to everyone": (ANA, "message", Lane.EVERYONE),
    "staff to the team": (ANA, "note", Lane.TEAM),
    "guest": (MEI, "message", Lane.EVERYONE),
}


@pytest.mark.parametrize("reply", [TOKENS, IDS_ALONE], ids=["tokens", "ids alone"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_an_answer_comes_back_to_its_thread(found, program, reply):
    """Each of them in their turn, in one case."""
    story = found(PROGRAMS[program], reply)
    story.begins()
    for who, kind, lane in PEOPLE.values():
        story.comes_back(who, kind, lane)
        rule = "known_ids" if reply is IDS_ALONE else "token"
        assert story.town.rules[-1] == rule, who
        story.town.pass_time(hours=1)


def test_a_token_needs_no_id_at_all(found):
    """The smarthost keeps to itself what it made of our id."""
    program = Program(forgets=("References",), renames=SECRET)
    story = found(program, TOKENS)
    story.begins()
    for person in PEOPLE.values():
        story.comes_back(*person)
        story.town.pass_time(hours=1)


def test_where_ids_must_do_an_unknown_one_is_told_to_the_team(found):
    """No evidence is left: nothing is posted, and nobody waits unseen."""
    story = found(CHANGES_SUBJECT, IDS_ALONE)
    story.begins()
    story.town.sink.renames = SECRET
    story.replies(ANA, "One row, please.", "message")
    story.program = Program(forgets=("References",))
    letters = story.replies(CARLA, "It is row 7.", "message")
    assert ("message", "ana@acme.example") in gist(letters)
    assert ("message", "mei@elsewhere.example") not in gist(letters)
    assert story.activities() == 2


@pytest.mark.parametrize("renames", [SES, EXCHANGE], ids=["ses", "exchange"])
def test_an_assigned_id_in_other_hands_is_held_as_ours_is(found, renames):
    """Whoever got a forward has the id, and does not take part (R2)."""
    story = found(Program(forgets=("References",), renames=renames), IDS_ALONE)
    story.begins()
    letter = story.town.last("carla@gomez.example", "message")
    story.town.reply(
        "Max Fremd <max@far.example>", "Me too.", to=letter, forgets=["References"]
    )
    assert (story.town.rules[-1], story.town.state()) == ("leaked_id", "held")


def test_an_assigned_id_bears_what_ours_bears(found):
    """It is evidence as an id of ours is, neither less nor more (mail-rules 0)."""
    program = Program(forgets=("References",), renames=SES)
    story = found(program, TOKENS, trusted=("mx.acme.example",))
    story.begins()
    letter = story.town.last("mei@elsewhere.example", "message")
    answered = [("In-Reply-To", str(letter.mail["Message-ID"]))]
    story.town.write(CARLA, DESK, "Re: Import fails", "Row 7.", headers=answered)
    assert story.town.rules[-1] == "known_ids"
    said = "mx.acme.example; dmarc=fail (p=reject) header.from=gomez.example"
    failed = ("Authentication-Results", said)
    story.town.write(
        CARLA, DESK, "Re: Import fails", "Row 8.", headers=[failed, *answered]
    )
    assert story.town.state() == "held"


def test_a_question_and_a_report_are_known_by_an_assigned_id(found):
    """Where ids must do: what was asked is answered, what came back is known."""
    program = Program(forgets=("References",), renames=SES)
    story = found(program, IDS_ALONE)
    story.begins()
    story.replies(ANA, "/ntoe\nShe pays late.", "message")
    assert story.town.state() == "held"
    letters = story.replies(ANA, "/note", "confirmation")
    assert gist(letters) == [("note", "bo@acme.example")]


def test_a_letter_names_no_id_that_was_given_to_another_copy(found):
    """Each copy got another id; what all hold is ours, and it stays the parent."""
    story = found(Program(renames=SES), TOKENS)
    story.begins()
    for letter in story.town.letters:
        ids = f"{letter.mail['In-Reply-To']} {letter.mail['References']}"
        assert "amazonses" not in ids

"""What one of the team looks up at the desk: `/queue`, `/mine`, `/show ID`."""

import random

import pytest
from sqlalchemy import select

from gateway.routing.desk import Desk
from parsers.address import Mailbox
from parsers.reply_address import ReplyAddress
from storage import activity as activities
from storage import people
from storage.event import Event
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, MEI
from tests.town import ACME, gist, reply_address

SALES = Desk(
    name="Acme Sales",
    address="sales@acme.example",
    reply=ReplyAddress("sales+{token}@acme.example"),
    team=(Mailbox("Lea Lang", "lea@acme.example"),),
)
LEA = "Lea Lang <lea@acme.example>"


def says(letter, words):
    return words in " ".join(letter.text.split())


def ask(town, who, command, desk=DESK):
    """Write a command to a desk; gives the only letter that this causes."""
    (letter,) = town.write(who, desk, "hello", command)
    assert f"<{letter.to}>" in who
    return letter


def order(letter, *subjects):
    """Give the subjects as the letter lists them."""
    found = {letter.text.find(f"“{each}”"): each for each in subjects}
    return [found[at] for at in sorted(found) if at >= 0]


def id_of(town, subject):
    with town.database.reading() as session:
        wanted = select(activities.Activity).where(
            activities.Activity.subject == subject
        )
        return session.scalars(wanted).one().public_id


def three_cases(town):
    """Carla, then Max, then Mei, an hour apart, each of whom is owed an answer."""
    for who, subject in ((CARLA, "Import"), (MAX, "Login"), (MEI, "Prices")):
        town.write(who, DESK, subject, f"I have a question on {subject.lower()}.")
        town.pass_time(hours=1)


def test_who_waited_longest_stands_first_and_shouting_moves_nobody(each_town):
    town = each_town
    three_cases(town)
    for _ in range(3):
        town.reply(MEI, "Hello?! It is URGENT!", to=town.first("mei@elsewhere.example"))
    queue = ask(town, ANA, "/queue")
    assert queue.kind == "confirmation"
    assert order(queue, "Prices", "Login", "Import") == ["Import", "Login", "Prices"]
    assert says(queue, "1 · Carla Gomez: “Import”. An answer is promised by")
    assert says(queue, "Waiting since")
    assert says(queue, f"Nobody has it yet. /show {id_of(town, 'Import')}")
    # An answer that asks nothing leaves the turn with us, and nobody waiting.
    town.reply(ANA, "It works again.", to=copy_of(town, "ana@acme.example", "Import"))
    queue = ask(town, BO, "/queue")
    assert order(queue, "Prices", "Login", "Import") == ["Login", "Prices", "Import"]
    assert says(queue, "Nobody waits; the next step is ours. Ana Ruiz has it.")
    # A question passes the turn on; the case is still hers.
    town.reply(ANA, "Which one?", to=copy_of(town, "ana@acme.example", "Login"))
    assert order(ask(town, BO, "/queue"), "Login", "Prices") == ["Prices"]
    mine = ask(town, ANA, "/mine")
    assert order(mine, "Prices", "Login", "Import") == ["Import", "Login"]
    below = mine.text.index("These wait for their customers")
    assert mine.text.index("“Import”") < below < mine.text.index("“Login”")
    assert says(
        mine, "It is the customer\N{RIGHT SINGLE QUOTATION MARK}s turn. You have it."
    )
    assert says(ask(town, BO, "/mine"), "You have no open case here.")
    town.pass_time(days=5)
    assert says(ask(town, BO, "/queue"), "“Prices”. Late: an answer was promised by")


def copy_of(town, address, subject):
    """Give the first copy that somebody got of a case."""
    return next(
        each
        for each in town.letters
        if each.to == address and subject in str(each.mail["Subject"])
    )


def test_a_case_is_shown_to_its_team_and_answered_from_the_letter(each_town):
    town = each_town
    three_cases(town)
    public_id = id_of(town, "Import")
    note = "/note\nShe is our oldest customer."
    town.reply(BO, note, to=copy_of(town, "bo@acme.example", "Import"))
    with town.database.reading() as session:
        before = len(session.scalars(select(Event)).all())
    shown = ask(town, ANA, f"/show {public_id.lower()}")
    assert str(shown.mail["Subject"]) == "Team: Import"
    assert says(shown, "Carla Gomez <carla@gomez.example>: “Import”.")
    assert says(shown, "I have a question on import.")
    assert says(shown, "Bo Berg (team only), ")
    assert says(shown, "She is our oldest customer.")
    # What is ours in the letter is kept from everybody; nothing else was recorded.
    with town.database.reading() as session:
        events = session.scalars(select(Event)).all()[before:]
    assert [str(each.kind) for each in events] == ["context"]
    told = town.reply(ANA, "I know her well.", to=shown)
    assert gist(told) == [("note", "bo@acme.example")]
    answer = next(
        line.partition(": ")[2]
        for line in shown.text.splitlines()
        if line.startswith("Answer ")
    )
    told = town.write(ANA, answer, "Re: Import", "Please try again.")
    assert ("message", "carla@gomez.example") in gist(told)
    # From anybody else it is prose.
    letters = town.write(CARLA, DESK, "Another", "/queue")
    assert sorted(each.kind for each in letters) == [
        "acknowledgement",
        "message",
        "message",
    ]


@pytest.mark.parametrize("wanted", ["/show", "/show NOSUCHID"])
def test_an_id_that_is_none_is_answered_so(town, wanted):
    three_cases(town)
    letter = ask(town, ANA, wanted)
    assert says(letter, "Which case?") or says(letter, "no such case")
    assert says(letter, "/queue lists those that wait")


def test_another_desk_learns_nothing(make_each_town):
    town = make_each_town(desks=(ACME, SALES))
    three_cases(town)
    public_id = id_of(town, "Import")
    assert says(ask(town, LEA, "/queue", SALES.address), "Nothing waits for us here.")
    letter = ask(town, LEA, f"/show {public_id}", SALES.address)
    assert says(letter, f"There is no such case at this desk: {public_id}.")
    # A colleague is staff at this desk too, but not of its team.
    with town.database.transaction() as session:
        people.by_address(session, "lea@acme.example").is_staff = True
    letter = ask(town, LEA, f"/show {public_id}")
    assert says(letter, "There is no such case at this desk")
    for command in ("/queue", "/mine"):
        letter = ask(town, LEA, command)
        assert says(letter, "Only the team of this desk is told of its cases.")
        assert "Import" not in letter.text


def test_who_came_to_the_team_later_reads_and_has_no_address_there(town):
    three_cases(town)
    team = (*ACME.team, Mailbox("Kim Late", "kim@acme.example"))
    town.change_desk(team=team)
    shown = ask(town, "Kim Late <kim@acme.example>", f"/show {id_of(town, 'Import')}")
    assert says(shown, "I have a question on import.")
    assert says(shown, "You are not in this case")
    assert reply_address(shown) == shown.mail["From"]
    assert "support+" not in shown.text


def test_only_thirty_are_listed_and_the_rest_is_counted(town):
    three_cases(town)
    with town.database.transaction() as session:
        desk = activities.desk_named(session, DESK)
        carla = people.meet(session, Mailbox("Carla", "carla@x.example"), now=town.now)
        for number in range(33):
            session.add(
                activities.Activity(
                    public_id=f"CASE{number:04}",
                    desk_id=desk.id,
                    subject=f"Case {number}",
                    customer_id=carla.id,
                    opened_at=town.now,
                    waiting_since=town.now,
                )
            )
    queue = ask(town, ANA, "/queue")
    assert queue.text.count("“Case ") == 30
    assert says(queue, "And 6 more cases.")
    assert "“Case 29”" in queue.text
    assert "“Case 30”" not in queue.text


@pytest.mark.parametrize("seed", range(3))
def test_how_often_they_write_never_changes_the_order(town, seed):
    chance = random.Random(seed)
    three_cases(town)
    writers = {
        who: town.first(address)
        for who, address in (
            (CARLA, "carla@gomez.example"),
            (MAX, "max@gomez.example"),
            (MEI, "mei@elsewhere.example"),
        )
    }
    for _ in range(8):
        town.pass_time(minutes=chance.randrange(20, 90))
        who = chance.choice(list(writers))
        town.reply(who, f"Still waiting, {chance.random()}!", to=writers[who])
        queue = ask(town, ANA, "/queue")
        listed = order(queue, "Import", "Login", "Prices")
        assert listed == ["Import", "Login", "Prices"]

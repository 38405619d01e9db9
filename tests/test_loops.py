"""Robots wired together for an hour: so many mails, stated, and no human is lost (T10).

Two Parlours with secrets of their own, a vacation responder and a ticket robot answer
whatever they get. Every round takes twenty seconds of the hour. The numbers below are
what follows from `[limits]`, not what was measured.
"""

import re
import shutil
from dataclasses import replace

import pytest

from parsers.address import Mailbox
from parsers.reply_address import ReplyAddress
from storage.activity import Activity, Membership, Participant
from storage.event import Event, Kind
from tests.activities.people import ANA, CARLA, DESK, open_case
from tests.robots import TicketRobot, VacationResponder, Wires
from tests.town import ACME, Town, gist

OTHER = replace(
    ACME,
    name="Bolt Help",
    address="help@bolt.example",
    reply=ReplyAddress("help+{token}@bolt.example"),
    team=(Mailbox("Lea Lang", "lea@bolt.example"),),
    staff_domains=("bolt.example",),
)
AWAY, TICKETS = "max@away.example", "service@tickets.example"
ROUND_SECONDS = 20
ROUNDS = 3600 // ROUND_SECONDS
CAP = 400
#: Three acknowledgements a day to each of four senders, two answers of a person, and
#: what each of these letters brings back.
MOST = 2 * (4 * 3 + 2)
#: In one case: each of three robots is heard six times by the two others; the letters
#: that began it, and what Ana wrote.
MOST_IN_A_CASE = 3 * 6 * 2 + 10


@pytest.fixture
def two_towns(database_url, sqlite_template, tmp_path, reader):
    """Two Parlours on databases of their own; the first on each kind in turn."""

    def url(name):
        path = tmp_path / name / "parlour.db"
        path.parent.mkdir()
        shutil.copy(sqlite_template, path)
        return f"sqlite:///{path}"

    (tmp_path / "acme").mkdir()
    with (
        Town(database_url, tmp_path / "acme", reader) as acme,
        Town(
            url("bolt"),
            tmp_path / "bolt",
            reader,
            desks=(OTHER,),
            secret="another secret for tests, long enough too",
        ) as bolt,
    ):
        yield acme, bolt


def pass_hour(wires, *, middle=None):
    """Let the hour pass round by round; something may happen in the middle."""
    for number in range(ROUNDS):
        if number == ROUNDS // 2 and middle:
            middle()
        wires.round()
        for town in wires.towns:
            town.pass_time(seconds=ROUND_SECONDS)


# Robots are the same on every database: one story of each is enough there.
@pytest.mark.parametrize(
    ("database_url", "marked", "to_reply"),
    [
        pytest.param("sqlite", True, True, id="rfc3834, to Reply-To"),
        pytest.param("sqlite", True, False, id="rfc3834, to From"),
        pytest.param("sqlite", False, True, id="no header, to Reply-To"),
        pytest.param("sqlite", False, False, id="no header, to From"),
        pytest.param("postgresql", False, True, id="on PostgreSQL"),
    ],
    indirect=["database_url"],
)
def test_two_parlours_a_vacation_responder_and_a_ticket_robot_for_an_hour(
    two_towns, marked, to_reply
):
    acme, bolt = two_towns
    robots = (
        VacationResponder(AWAY, marked=marked, to_reply_address=to_reply),
        TicketRobot(TICKETS, to_reply_address=to_reply),
    )
    wires = Wires((acme, bolt), robots, cap=CAP)
    # Each writes once to a desk, as if a person had; one desk writes to the other.
    for sender in (AWAY, TICKETS, OTHER.address):
        subject = f"A question of {sender.partition('@')[0]}"
        wires.take(acme, acme.write(sender, DESK, subject, "Where is our order?"))
    wires.take(
        bolt, bolt.write(TICKETS, OTHER.address, "An order", "Where is our order?")
    )
    letters = []

    def carla_writes():
        letters.extend(acme.write(CARLA, DESK, "Rows", "Row 7 is missing."))
        for sender in (AWAY, TICKETS):
            # A person of the team answers in the midst of it, once in each case.
            case = _case_of(acme, sender)
            wires.take(acme, acme.reply(ANA, "On it.", to=case))

    pass_hour(wires, middle=carla_writes)
    print(f"carried between robots and towns within the hour: {wires.carried}")
    assert wires.carried <= MOST
    # A human who writes in the midst of it is answered and heard as ever.
    assert gist(letters) == [
        ("acknowledgement", "carla@gomez.example"),
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    more = acme.reply(CARLA, "And row 8.", to=acme.last("carla@gomez.example"))
    assert gist(more) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    # It has come to rest: nothing more is under way.
    assert wires.round() == 0


@pytest.mark.parametrize(
    ("database_url", "marked"),
    [
        pytest.param("sqlite", True, id="rfc3834"),
        pytest.param("sqlite", False, id="no header"),
        pytest.param("postgresql", False, id="on PostgreSQL"),
    ],
    indirect=["database_url"],
)
def test_three_robots_that_take_part_in_one_case_for_an_hour(two_towns, marked):
    """Customer, guest and one of the team: each post goes to the other two (E46)."""
    acme, bolt = two_towns
    robots = (
        VacationResponder(AWAY, marked=marked),
        TicketRobot(TICKETS, to_reply_address=True),
        VacationResponder("bo@acme.example", marked=marked),
    )
    wires = Wires((acme, bolt), robots, cap=CAP)
    wires.take(acme, acme.write(AWAY, DESK, "A question of max", "Where is it?"))
    case = _case_of(acme, AWAY)
    wires.take(acme, acme.reply(ANA, f"/invite {TICKETS}\nWe look.", to=case))
    heard = []

    def ana_writes():
        heard.extend(acme.reply(ANA, "Still looking.", to=case))
        wires.take(acme, heard)

    pass_hour(wires, middle=ana_writes)
    print(f"carried between the robots of one case within the hour: {wires.carried}")
    assert wires.carried <= MOST_IN_A_CASE
    # The customer always gets what one of the team writes.
    assert ("message", AWAY) in gist(heard)
    assert wires.round() == 0
    told = [each for each in acme.letters if each.to == "ana@acme.example"]
    bursts = [each for each in told if "messages within the hour about" in each.text]
    assert len(bursts) <= 3, "once for each robot"
    assert marked or bursts


def _case_of(town, sender):
    """The first message to Ana about what a sender wrote."""
    words = f"A question of {sender.partition('@')[0]}"
    return next(
        each
        for each in town.letters
        if each.to == "ana@acme.example" and words in str(each.mail["Subject"])
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("marked", [True, False], ids=["rfc3834", "no header"])
def test_who_is_away_joins_nothing_they_are_asked_for(two_towns, marked):
    """Letters of `/invite` and `/consult`, and what was written to an inviter alone."""
    town, _ = two_towns
    open_case(town)
    own = town.last("ana@acme.example", "message")
    lea = "lea@acme.example"
    asked = town.reply(ANA, f"/invite {AWAY}\n/consult {lea}", to=own)
    alone = re.search(r"support\+a-\S+", town.last(AWAY, "invitation").text)[0]
    asked += town.write(AWAY, alone, "Re: x", "Between us: not me.")
    # The inviter's answers the desk: that is no new case of theirs.
    robots = [VacationResponder(each, marked) for each in (AWAY, lea)]
    robots.append(VacationResponder("ana@acme.example", marked, to_reply_address=False))
    wires = Wires((town,), robots, cap=CAP)
    wires.take(town, [each for each in asked if each.kind != "confirmation"])
    assert wires.round() == 3
    with town.database.reading() as session:
        seats = [each.membership for each in session.query(Participant)]
        posts = session.query(Event).filter_by(kind=Kind.POST).all()
        cases = session.query(Activity).count()
    assert seats.count(Membership.INVITED) == 2
    assert [each.text for each in posts] == ["The import stops since Monday."]
    assert not [each for each in town.letters if each.kind in {"note", "reminder"}]
    # The inviter reads what only may be a machine's, and nobody else does.
    told = [each.to for each in town.letters if "I am on holiday" in each.text]
    assert told == ([] if marked else ["ana@acme.example"] * 2)
    assert cases == 1

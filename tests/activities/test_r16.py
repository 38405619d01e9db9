"""Nobody waits unseen (promises R16): each exception is found, and nothing else is.

Each story ends with what `parlour check` would name. Where a deed cannot go wrong any
more, the store is bent by hand.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from gateway.activities import posting
from storage import journal, reports
from storage.activity import Activity, Hearing, Membership, Participant, Turn
from storage.address_health import AddressHealth, Health
from storage.event import Event, Kind
from storage.held import Held, Notice
from storage.journal import Inbound, State
from storage.ledger import Ledger, Outcome
from storage.outbox import Delivery, Progress
from storage.people import by_address
from tests.activities.people import ANA, BO, CARLA, DESK, MEI, open_case, taken_case
from tests.town import ACME, gist

STRANGER = "Karl Fremd <karl@elsewhere.example>"
ROBOT = ("Auto-Submitted", "auto-generated")


def bend(town, statement):
    with town.database.transaction() as session:
        session.execute(statement)


def bend_case(town, **values):
    bend(town, update(Activity).values(**values))


def bend_seat(town, address, **values):
    with town.database.transaction() as session:
        person = by_address(session, address).id
        where = Participant.person_id == person
        session.execute(update(Participant).where(where).values(**values))


def pause(town, *addresses):
    with town.database.transaction() as session:
        for address in addresses:
            session.merge(AddressHealth(key=address, state=Health.PAUSED))


def held_mail(town):
    """A stranger answers with her address: Ana is told."""
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    assert gist(town.reply(STRANGER, "I am her consultant.", to=hers)) == [
        ("confirmation", "carla@gomez.example"),
        ("notice", "ana@acme.example"),
    ]
    assert town.state() == "held"


# Nothing is wrong in these.


def test_r16_a_case_is_promised_answered_resolved_and_reopened(each_town):
    town = each_town
    open_case(town)
    assert town.unseen() == []
    town.reply(ANA, "Which row?", to=town.last("ana@acme.example", "message"))
    assert town.unseen() == []
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example", "message"))
    assert town.unseen() == []
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    assert town.unseen() == []
    town.reply(CARLA, "Once more.", to=town.last("carla@gomez.example", "message"))
    assert town.unseen() == []


def test_r16_a_promise_that_is_past_is_late_and_no_exception(each_town):
    town = each_town
    open_case(town)
    town.pass_time(days=30)
    assert town.unseen() == []


def test_r16_a_statement_of_the_team_is_an_answer(town):
    taken_case(town, answer="It is mended.")
    assert town.unseen() == []


def test_r16_what_is_sent_by_hand_is_an_answer(town):
    open_case(town)
    town.by_hand(DESK, "carla@gomez.example", "It is mended.")
    assert town.unseen() == []


def test_r16_a_held_mail_has_its_notice_and_its_deadline(each_town):
    town = each_town
    held_mail(town)
    assert town.unseen() == []
    with town.database.reading() as session:
        [held] = session.scalars(select(Held))
        assert (held.desk, held.is_quiet) == (DESK, False)
        # The desk's next contact, one business day: from Friday to Monday.
        assert held.deadline_at == town.now + timedelta(days=3)
        assert len(session.scalars(select(Notice)).all()) == 1


def test_r16_a_held_mail_of_a_case_that_all_of_the_team_left(each_town):
    town = each_town
    taken_case(town)
    for one in (ANA, BO):
        held = town.last(one.partition("<")[2].rstrip(">"), "message")
        town.reply(one, "/leave", to=held)
    hers = town.last("carla@gomez.example", "message")
    town.reply(STRANGER, "I am her consultant.", to=hers)
    for one in ("ana@acme.example", "bo@acme.example"):
        assert "I am her consultant." in town.last(one, "notice").text
    notice = town.last("bo@acme.example", "notice")
    town.reply(BO, "/admit", to=notice)
    assert "I am her consultant." in town.last("carla@gomez.example", "message").text


def test_r16_a_held_mail_that_somebody_dismissed_waits_no_more(town):
    held_mail(town)
    with town.database.transaction() as session:
        [row] = journal.listing(session, State.HELD)
        journal.settle(
            session, row.id, State.DISCARDED, reason="no", by="cli", now=town.now
        )
    town.pass_time(days=30)
    assert town.unseen() == []


def test_r16_a_newsletter_waits_for_the_digest(each_town):
    town = each_town
    assert town.write(STRANGER, DESK, "News", "Buy.", headers=[ROBOT]) == []
    assert town.state() == "held"
    assert town.unseen() == []
    town.live(days=30)
    assert town.unseen() == []


def test_r16_an_absence_note_of_the_customer_is_no_exception(town):
    taken_case(town)
    note = [("Auto-Submitted", "auto-replied"), ("Subject", "Out of office")]
    hers = town.last("carla@gomez.example", "message")
    assert town.reply(CARLA, "I am away.", to=hers, headers=note) == []
    town.pass_time(days=30)
    assert town.unseen() == []


def test_r16_the_only_one_of_the_team_asks_her_own_desk(make_town):

    town = make_town(desks=[replace(ACME, team=ACME.team[:1])])
    town.write(ANA, DESK, "A test", "Does it work?")
    assert town.unseen() == []


def test_r16_old_mail_waits_for_nobody(town):
    open_case(town)
    bend(town, update(Event).values(door="import"))
    bend_case(town, promised_at=None)
    assert town.unseen() == []


def test_r16_what_everybody_muted_is_heard_all_the_same(each_town):
    """No limit on notices may suppress the only notice of a text (F53)."""
    town = each_town
    open_case(town)
    for address in ("ana@acme.example", "bo@acme.example"):
        bend_seat(town, address, hearing=Hearing.MUTED)
    more = town.reply(CARLA, "Please.", to=town.last("carla@gomez.example"))
    assert gist(more) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    assert town.unseen() == []


def test_r16_the_owner_leaves_and_the_others_are_told(each_town):
    """D35: whoever waits then does not wait for nobody."""
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    assert gist(town.reply(CARLA, "Row 7.", to=hers)) == [
        ("message", "ana@acme.example")
    ]
    letters = town.reply(ANA, "/leave", to=town.last("ana@acme.example", "message"))
    assert gist(letters) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    notice = town.last("bo@acme.example", "notice")
    assert "Row 7." in notice.text
    assert town.unseen() == []
    # He answers from that letter, and has the case.
    letters = town.reply(BO, "Found it. Is it good now?", to=notice)
    assert ("message", "carla@gomez.example") in gist(letters)
    assert town.unseen() == []


def test_r16_the_owner_leaves_when_nobody_waits(town):
    taken_case(town)
    letters = town.reply(ANA, "/leave", to=town.last("ana@acme.example", "message"))
    assert gist(letters) == [("notice", "ana@acme.example")]


def test_r16_mail_to_the_owner_comes_back_and_the_tick_tells_the_others(each_town):
    town = each_town
    taken_case(town)
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example", "message"))
    pause(town, "ana@acme.example")
    assert town.unseen() == ["unseen"]
    letters = town.tick()
    assert ("notice", "bo@acme.example") in gist(letters)
    assert "Row 7." in town.last("bo@acme.example", "notice").text
    assert town.unseen() == []
    assert "notice" not in {letter.kind for letter in town.tick()}


# Each of these is found.


def waiting_case(town):
    open_case(town)
    assert town.unseen() == []


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"promised_at": None}, "no_promise"),
        ({"waiting_since": None, "turn": Turn.OURS}, "forgotten"),
        ({"waiting_since": None, "promised_at": None}, "forgotten"),
        ({"turn": Turn.CUSTOMERS}, "customers_turn"),
        ({"turn": Turn.CUSTOMERS, "waiting_since": None}, "customers_turn"),
        ({"turn": Turn.RESOLVED, "waiting_since": None}, "after_resolution"),
        ({"turn": Turn.RESOLVED}, "after_resolution"),
    ],
)
def test_r16_a_state_that_the_history_does_not_bear_out(each_town, values, why):
    town = each_town
    waiting_case(town)
    bend_case(town, **values)
    assert town.unseen() == [why]


def test_r16_resolved_by_nobody_dismisses_nobody(town):
    taken_case(town)
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example", "message"))
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    bend(town, update(Event).where(Event.kind == Kind.RESOLVED).values(actor_id=None))
    assert town.unseen() == ["after_resolution"]


def test_r16_a_text_after_the_resolution(each_town):
    town = each_town
    taken_case(town)
    town.reply(ANA, "/resolve", to=town.last("ana@acme.example", "message"))
    town.reply(CARLA, "Not yet!", to=town.last("carla@gomez.example", "message"))
    assert town.unseen() == []
    bend_case(town, turn=Turn.RESOLVED, waiting_since=None, promised_at=None)
    assert town.unseen() == ["after_resolution"]


def test_r16_an_owner_who_left_keeps_no_promise(each_town):
    town = each_town
    taken_case(town)
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example", "message"))
    bend_seat(town, "ana@acme.example", membership=Membership.LEFT)
    assert town.unseen() == ["owner_gone"]


@pytest.mark.parametrize("how", ["left", "paused"])
def test_r16_nobody_of_the_team_is_there(each_town, how):
    town = each_town
    waiting_case(town)
    team = ("ana@acme.example", "bo@acme.example")
    if how == "paused":
        pause(town, *team)
    else:
        for address in team:
            bend_seat(town, address, membership=Membership.LEFT)
    assert town.unseen() == ["nobody"]
    assert "nobody of the team can be reached" in faults(town)


@pytest.mark.parametrize(
    "outcome", [Outcome.MUTED, Outcome.DIGEST, Outcome.UNREACHABLE]
)
def test_r16_a_text_that_nobody_of_the_team_got(each_town, outcome):
    town = each_town
    waiting_case(town)
    copies = Ledger.outcome == Outcome.COPY
    bend(town, update(Ledger).where(copies).values(outcome=outcome, delivery_id=None))
    assert town.unseen() == ["unseen"]


@pytest.mark.parametrize("state", [Progress.GIVEN_UP, Progress.CANCELLED])
def test_r16_copies_that_never_left(town, state):
    waiting_case(town)
    bend(town, update(Delivery).values(state=state))
    assert town.unseen() == ["unseen"]


def test_r16_one_text_of_several_that_nobody_got(town):
    open_case(town)
    town.reply(CARLA, "And row 7.", to=town.last("carla@gomez.example"))
    with town.database.transaction() as session:
        last = max(session.scalars(select(Event.id).where(Event.kind == Kind.POST)))
        session.execute(
            update(Ledger)
            .where(Ledger.event_id == last, Ledger.outcome == Outcome.COPY)
            .values(outcome=Outcome.MUTED, delivery_id=None)
        )
    assert town.unseen() == ["unseen"]


def test_r16_what_waits_in_the_digest_of_one_who_knows(town):
    """It reaches them; who knows of nothing at all would not look (E46)."""
    open_case(town)
    town.reply(CARLA, "And row 7.", to=town.last("carla@gomez.example"))
    with town.database.transaction() as session:
        last = max(session.scalars(select(Event.id).where(Event.kind == Kind.POST)))
        session.execute(
            update(Ledger)
            .where(Ledger.event_id == last, Ledger.outcome == Outcome.COPY)
            .values(outcome=Outcome.DIGEST, delivery_id=None)
        )
    assert town.unseen() == []


def test_r16_mail_that_nobody_reads(each_town):
    town = each_town
    open_case(town)
    number = newest(town).id
    bend(town, update(Inbound).values(state=State.PENDING, leased_until=None))
    assert town.unseen() == []
    town.pass_time(minutes=11)
    assert town.unseen() == ["unread"]
    assert f"mail {number} was accepted" in faults(town)
    # In hand it may take as long as the lease; left behind it is an exception again.
    bend(town, update(Inbound).values(leased_until=town.now))
    assert town.unseen() == []
    town.pass_time(minutes=11)
    assert town.unseen() == ["unread"]


def test_r16_a_mail_let_in_a_moment_ago_was_received_long_before(town):
    held_mail(town)
    town.pass_time(days=2)
    with town.database.transaction() as session:
        [row] = journal.listing(session, State.HELD)
        journal.release(session, row.id, {"released": "post"}, by="cli", now=town.now)
    assert town.unseen() == []


def newest(town):
    with town.database.reading() as session:
        return journal.listing(session, most=1)[0]


def faults(town):
    with town.database.reading() as session:
        found = reports.faults(session, town.house.blobs, now=town.now)
        return "\n".join(each.text for each in found)


def test_r16_a_held_mail_without_a_notice(each_town):
    town = each_town
    held_mail(town)
    bend(town, delete(Notice))
    assert town.unseen() == ["untold"]


@pytest.mark.parametrize("how", ["comes back", "is cancelled"])
def test_r16_a_held_mail_whose_only_notice(town, how):
    held_mail(town)
    if how == "comes back":
        pause(town, "ana@acme.example")
    else:
        bend(town, update(Delivery).values(state=Progress.CANCELLED))
    assert "untold" in town.unseen()


def test_r16_a_held_mail_without_a_deadline(each_town):
    town = each_town
    held_mail(town)
    bend(town, delete(Held))
    assert town.unseen() == ["no_deadline"]
    town.tick()
    assert town.unseen() == []


def test_r16_a_held_mail_of_which_nobody_is_reminded(each_town):
    """The deadline is Monday; the team's digest must have said it by Friday."""
    town = each_town
    held_mail(town)
    town.pass_time(days=6)
    assert town.unseen() == []
    town.pass_time(days=2)
    assert town.unseen() == ["unreminded"]


def test_r16_a_held_mail_of_which_the_team_is_reminded(each_town):
    town = each_town
    held_mail(town)
    for _ in range(10):
        town.live(days=1)
        assert town.unseen() == []


def test_r16_a_newsletter_that_no_letter_tells_of(each_town):
    town = each_town
    town.write(STRANGER, DESK, "News", "Buy.", headers=[ROBOT])
    town.pass_time(days=8)
    assert town.unseen() == ["untold"]


def test_r16_a_customers_mail_that_was_taken_for_a_machines(each_town):
    """A mailing list's mark on a human's answer: it must not vanish in the case."""
    town = each_town
    taken_case(town)
    hers = town.last("carla@gomez.example", "message")
    listed = ("List-Id", "<all.gomez.example>")
    told = town.reply(CARLA, "It is row 7, I think.", to=hers, headers=[listed])
    assert "It is row 7, I think." in told[0].text
    assert town.unseen() == []


def test_r16_a_human_who_writes_too_often_is_told_of(each_town):
    """R4 collapses like openings; the team is shown them, and asked."""
    town = each_town
    for number in range(6):
        town.write(CARLA, DESK, f"Row {number} fails", f"It is row {number}.")
    assert town.rules[-1] == "loop_at_desk"
    told = [letter.text for letter in town.letters if letter.kind == "notice"]
    assert any("It is row 5." in text for text in told)
    assert town.unseen() == []


@pytest.fixture
def poison(monkeypatch):
    """Break the deed that keeps a post."""

    def broken(*_):
        raise RuntimeError("no such thing")

    monkeypatch.setattr(posting.events, "record", broken)
    return monkeypatch


def test_r16_a_failed_mail_is_told_and_has_a_deadline(each_town, poison):
    town = each_town
    assert {letter.kind for letter in town.write(CARLA, DESK, "Poison", "Oh.")} == {
        "notice"
    }
    assert town.state() == "failed"
    assert town.unseen() == []


def test_r16_a_failed_mail_that_could_not_be_told(each_town, poison):
    def broken(*_):
        raise RuntimeError("no letters today")

    town = each_town
    poison.setattr("gateway.activities.holding.tell_broken", broken)
    assert town.write(CARLA, DESK, "Poison", "Oh.") == []
    assert town.unseen() == ["no_deadline"]
    # The team's next digest has it.
    letters = town.tick()
    assert town.unseen() == []
    assert ("digest", "ana@acme.example") in gist(letters)
    assert "could not be read" in letters[0].text


def test_r16_a_held_mail_that_fails_when_it_is_let_in(each_town, monkeypatch):
    """Whoever let it in believes it is there: the notice from before is past."""
    town = each_town
    held_mail(town)

    def broken(*_):
        raise RuntimeError("no such thing")

    monkeypatch.setattr(posting.events, "record", broken)
    town.pass_time(minutes=5)
    letters = town.release()
    assert town.state() == "failed"
    assert ("notice", "ana@acme.example") in gist(letters)
    assert town.unseen() == []
    with town.database.transaction() as session:
        newest_notice = max(session.scalars(select(Notice.at)))
        session.execute(delete(Notice).where(Notice.at == newest_notice))
    assert town.unseen() == ["untold"]


def test_r16_guests_and_their_mail_change_nothing(town):
    open_case(town)
    case = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example\n\nWhich row?", to=case)
    town.reply(MEI, "I know it.", to=town.last("mei@elsewhere.example"))
    assert town.unseen() == []


# Cases that became one, and one that became two.


def two_cases(town):
    """Carla waits in two cases; gives Ana's first copies."""
    found = []
    for subject in ("Import fails", "Invoice 4711"):
        town.write(CARLA, DESK, subject, f"Please look at {subject}.")
        found.append(town.last("ana@acme.example", "message"))
    return found


def public_id(letter):
    return str(letter.mail["X-Parlour-Activity"])


def test_r16_who_waits_in_a_merged_case_waits_in_what_remains(each_town):
    town = each_town
    one, other = two_cases(town)
    town.reply(ANA, "It is mended.", to=one)
    town.reply(ANA, f"/merge {public_id(one)}", to=other)
    assert town.unseen() == []
    # What remains must answer for what was asked in the other.
    bend(town, update(Activity).where(Activity.id == 1).values(turn=Turn.CUSTOMERS))
    assert town.unseen() == ["customers_turn"]
    bend(town, update(Activity).where(Activity.id == 1).values(waiting_since=None))
    assert town.unseen() == ["customers_turn"]
    town.reply(ANA, "The invoice is mended too.", to=one)
    assert town.unseen() == []


def test_r16_parted_again_both_answer_for_themselves(each_town):
    town = each_town
    one, other = two_cases(town)
    town.reply(ANA, f"/merge {public_id(one)}", to=other)
    assert town.unseen() == []
    town.reply(ANA, f"/split {public_id(other)}", to=one)
    assert town.unseen() == []


def test_r16_what_was_split_off_waits_where_it_went(each_town):
    town = each_town
    open_case(town)
    first = town.last("ana@acme.example", "message")
    town.reply(ANA, "It is mended.", to=first)
    town.reply(
        CARLA, "And the invoice?", to=town.last("carla@gomez.example", "message")
    )
    town.reply(ANA, "/split The invoice", to=town.last("ana@acme.example", "message"))
    assert town.unseen() == []
    bend(town, update(Activity).where(Activity.id == 2).values(promised_at=None))
    assert town.unseen() == ["no_promise"]

"""Old mail becomes cases; nobody is written to, and life goes on in them."""

import os
import re
import shutil
import signal
from collections import Counter
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.activities import old_rows
from gateway.activities.importing import Import, ImportTakenError, Order
from gateway.activities.old_mail import Fate
from gateway.activities.reading import Reader
from gateway.activities.view import activity
from gateway.inbound.sources import Maildir
from gateway.routing.limits import Limits
from storage import reports
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, MEI, verified
from tests.cli.served import children
from tests.oldmail import OldMailbox, cases, journal_rows, made, people
from tests.town import Town, gist

SERVER = "mx.acme.example"
PROVED = verified("gomez.example")
CARLAS, ANAS, BOS = "carla@gomez.example", "ana@acme.example", "bo@acme.example"


@pytest.fixture
def old(tmp_path, town):
    return OldMailbox(tmp_path / "Maildir", town.now)


def is_sound(town):
    with town.database.reading() as session:
        faults = reports.faults(session, town.house.blobs, now=town.now)
        assert [fault.text for fault in faults] == []


def thread(old, *, days_ago=600.0, sent="", subject="Import fails"):
    """Carla asks, Ana answers from another folder, Carla answers her."""
    asked = old.put(CARLA, DESK, subject, "The import stops.", days_ago=days_ago)
    told = old.put(
        ANA, CARLA, f"Re: {subject}", "Which row is it?",
        days_ago=days_ago - 0.5, answers=[asked], folder=sent,
    )  # fmt: skip
    more = old.put(
        CARLA, DESK, f"Re: {subject}", "Row 7.",
        days_ago=days_ago - 0.7, answers=[asked, told],
    )  # fmt: skip
    return asked, told, more


def test_an_old_thread_is_a_case_with_its_dates_and_nobody_is_written_to(
    tmp_path, each_town
):
    old = OldMailbox(tmp_path / "Maildir", each_town.now)
    thread(old)
    report = old.bring(each_town)
    assert made(report) == {"posts": 3}
    assert (report.cases, report.people, report.waiting) == (1, 3, 0)
    (case,) = cases(each_town)
    assert case.posts == [
        (CARLAS, "everyone", "The import stops."),
        (ANAS, "everyone", "Which row is it?"),
        (CARLAS, "everyone", "Row 7."),
    ]
    assert case.opened_at == each_town.now - timedelta(days=600)
    assert (case.subject, case.customer, case.owner) == ("Import fails", CARLAS, ANAS)
    assert case.seats == {
        CARLAS: ("customer", "joined"),
        ANAS: ("team", "joined"),
        BOS: ("team", "told"),
    }
    assert people(each_town)[CARLAS] == "Carla Gomez"
    assert each_town.settle() == []
    assert each_town.sink.mails == []
    is_sound(each_town)


@pytest.mark.parametrize(
    ("days", "turn", "waits"),
    [(2, "ours", True), (13, "ours", True), (15, "resolved", False)],
)
def test_whoever_wrote_last_lately_waits_since_then(town, old, days, turn, waits):
    thread(old, days_ago=days)
    report = old.bring(town)
    (case,) = cases(town)
    assert case.turn == turn
    assert case.waiting_since == (
        town.now - timedelta(days=days - 0.7) if waits else None
    )
    assert case.resolved_at == (
        None if waits else town.now - timedelta(days=days - 0.7)
    )
    assert report.waiting == waits
    is_sound(town)


def test_an_answered_customer_has_the_turn_and_a_new_one_waits(town, old):
    asked = old.put(CARLA, DESK, "Import fails", days_ago=3)
    old.put(ANA, CARLA, "Re: Import fails", days_ago=2, answers=[asked])
    old.put(MEI, DESK, "Export fails", days_ago=1)
    old.bring(town)
    assert [case.turn for case in cases(town)] == ["customers", "new"]


def dated(number, sender, to, text, days_ago, **more):
    return {
        "name": f"<{number}@x>",
        "sender": sender,
        "to": to,
        "text": text,
        "subject": "Re: Import fails" if more else "Import fails",
        "days_ago": days_ago,
        **more,
    }


CASE = [
    dated(1, CARLA, DESK, "It stops.", 3),
    dated(2, ANA, BO, "Any idea?", 2, answers=["<1@x>"]),
    dated(3, ANA, CARLA, "Which row?", 1.5, answers=["<1@x>"]),
    # A telephone that writes no References.
    dated(4, CARLA, DESK, "Row 7.", 1, headers=[("In-Reply-To", "<3@x>")]),
]


def in_short(order):
    return "-".join(mail["name"][1] for mail in order)


@pytest.mark.parametrize("order", list(permutations(CASE)), ids=in_short)
def test_mails_in_every_order_are_the_same_case(town, old, order):
    """The Sent folder may come before the INBOX, an answer before its question."""
    for mail in order:
        old.put(**mail)
    report = old.bring(town)
    assert report.cases == 1
    (case,) = cases(town)
    assert case.posts == [
        (CARLAS, "everyone", "It stops."),
        (ANAS, "team", "Any idea?"),
        (ANAS, "everyone", "Which row?"),
        (CARLAS, "everyone", "Row 7."),
    ]
    assert (case.customer, case.owner, case.turn) == (CARLAS, ANAS, "ours")
    assert case.opened_at == town.now - timedelta(days=3)
    assert case.waiting_since == town.now - timedelta(days=1)
    assert set(case.seats) == {CARLAS, ANAS, BOS}
    is_sound(town)


def test_what_the_customer_never_saw_stays_with_the_team(town, old):
    """An internal mail of the thread, and one to a supplier who answers."""
    asked, told, _ = thread(old)
    old.put(ANA, BO, "Fwd: Import fails", "She is slow.", days_ago=599.25,
            answers=[asked, told])  # fmt: skip
    to_mei = old.put(ANA, MEI, "Import fails", "Is this yours?", days_ago=599.2,
                     answers=[asked])  # fmt: skip
    old.put(MEI, ANA, "Re: Import fails", "It is.", days_ago=599,
            answers=[asked, to_mei])  # fmt: skip
    old.bring(town)
    (case,) = cases(town)
    assert [lane for _, lane, _ in case.posts] == ["everyone"] * 3 + ["team"] * 3
    assert "mei@elsewhere.example" not in case.seats


def test_whoever_was_not_in_a_thread_begins_their_own(town, old):
    """As with live mail: a case is not opened to whom it was forwarded."""
    asked, told, _ = thread(old)
    old.put(MAX, DESK, "Fwd: Import fails", "I have it too.", days_ago=599,
            answers=[asked, told])  # fmt: skip
    old.bring(town)
    first, second = cases(town)
    assert (first.customer, second.customer) == (CARLAS, "max@gomez.example")
    assert second.linked == first.subject


def test_a_colleague_whom_the_customer_wrote_to_is_in_it_but_has_no_seat(town, old):
    asked = old.put(CARLA, f"{DESK}, {MAX}", "Import fails", days_ago=600)
    old.put(MAX, f"{DESK}, {CARLA}", "Re: Import fails", "Me too.", days_ago=599,
            answers=[asked])  # fmt: skip
    old.bring(town)
    (case,) = cases(town)
    assert case.posts[1][:2] == ("max@gomez.example", "everyone")
    assert set(case.seats) == {CARLAS, ANAS, BOS}


def test_without_ids_the_subject_of_the_same_customer_finds_the_case(town, old):
    old.put(CARLA, DESK, "Import fails", days_ago=600)
    old.put(CARLA, DESK, "Re: Import fails", days_ago=590)
    old.put(CARLA, DESK, "Re: Import fails", days_ago=200)
    old.put(MEI, DESK, "Re: Import fails", days_ago=599)
    old.put(CARLA, DESK, "Help", days_ago=400)
    old.put(CARLA, DESK, "Help", days_ago=399)
    old.bring(town)
    assert [(case.customer, len(case.posts)) for case in cases(town)] == [
        (CARLAS, 2),
        ("mei@elsewhere.example", 1),
        (CARLAS, 1),
        (CARLAS, 1),
        (CARLAS, 1),
    ]


def test_an_answer_from_the_shared_address_is_its_writers_by_name(town, old):
    first = old.put(CARLA, DESK, "Import fails", days_ago=5)
    second = old.put(CARLA, DESK, "Export fails", days_ago=5)
    named, bare = f"Ana Ruiz <{DESK}>", f"Acme Support <{DESK}>"
    old.put(named, CARLA, "Re: Import fails", days_ago=4, answers=[first])
    old.put(bare, CARLA, "Re: Export fails", days_ago=4, answers=[second])
    old.bring(town)
    export, fails = cases(town)
    assert (fails.owner, fails.turn) == (ANAS, "customers")
    assert (export.owner, export.turn) == (None, "customers")
    assert export.posts[1][0] is None
    is_sound(town)


def test_a_former_colleague_answers_but_owns_nothing(town, old):
    eve = "Eve Old <eve@acme.example>"
    asked = old.put(CARLA, DESK, "Import fails", days_ago=5)
    old.put(eve, CARLA, "Re: Import fails", days_ago=4, answers=[asked])
    old.bring(town, ours=("eve@acme.example",))
    (case,) = cases(town)
    assert (case.turn, case.owner) == ("customers", None)
    assert "eve@acme.example" not in case.seats


def test_what_lies_among_sent_mail_is_ours_whoever_wrote_it(town, old, monkeypatch):
    monkeypatch.setattr("gateway.activities.importing.BATCH", 1)
    eve = "Eve Old <eve@acme.example>"
    told = old.put(eve, CARLA, "Your contract", days_ago=5, folder=".Sent")
    old.put(CARLA, eve, "Re: Your contract", days_ago=4, answers=[told])
    asked = old.put(MEI, DESK, "Import fails", days_ago=3)
    old.put(eve, MEI, "Re: Import fails", days_ago=2, answers=[asked], folder=".Sent")
    old.bring(town)
    assert [(case.customer, case.turn) for case in cases(town)] == [
        (CARLAS, "ours"),
        ("mei@elsewhere.example", "customers"),
    ]


def test_a_thread_that_we_began_is_the_case_of_whom_we_wrote_to(town, old):
    told = old.put(ANA, CARLA, "Your contract", days_ago=5)
    old.put(CARLA, ANA, "Re: Your contract", days_ago=4, answers=[told])
    old.bring(town)
    (case,) = cases(town)
    assert (case.customer, case.owner, case.turn) == (CARLAS, ANAS, "ours")


def test_mail_of_machines_is_kept_and_no_case(town, old):
    asked, told, _ = thread(old)
    old.put("News <news@vendor.example>", DESK, "News", headers=[("List-Id", "<n.x>")])
    old.put("noreply@vendor.example", DESK, "Your order")
    old.put(CARLA, DESK, "Out of office", answers=[asked, told],
            headers=[("Auto-Submitted", "auto-replied")])  # fmt: skip
    report = old.bring(town)
    assert made(report) == {"posts": 3, "machine": 3}
    assert report.cases == 1
    rows = Counter((state, by) for state, by, _ in journal_rows(town))
    assert rows == {
        ("done", "import: posts"): 3,
        ("done", "import: machine"): 1,
        ("discarded", "import: machine"): 2,
    }
    is_sound(town)


def test_every_mail_is_counted_whatever_it_is(town, old):
    at = town.now - timedelta(days=300)
    mail = b"From: Carla <carla@gomez.example>\nTo: support@acme.example\n\nHello.\n"
    for octets in (
        mail,
        mail,
        b"",
        b"\n\n\n",
        b"Subject: nobody\n\nwrote this\n",
        b"From: \xff\xfe\x00@x\nTo: support@acme.example\n\n\x00\x01\x02\n",
        b"From: support@acme.example\nTo: support@acme.example\n\nTest.\n",
        b"From: c@x.example\nDate: Thu, 1 Jan 9999 00:00:00 +0000\n\nFuture.\n",
        b"From: c@x.example\nDate: Mon, 1 Jan 0001 00:00:00 +1200\n\nPast.\n",
        b"From: c@x.example\nSubject: "
        + b"=?utf-8?q?=00=ED=A0=80?= " * 20
        + b"\n\nBad.",
        b"From: c@x.example\nReferences: <" + b"a" * 5000 + b"@x>\n\nLong.",
    ):
        old.put_octets(octets, at)
    old.put(CARLA, DESK, "Thrown away", folder=".Trash")
    report = old.bring(town, leaves_out=lambda folder: folder == "Trash")
    assert report.read == 12
    assert made(report) == {
        "posts": 6, "repeats": 1, "no sender": 3, "internal": 1, "left out": 1,
    }  # fmt: skip
    assert len(journal_rows(town)) == 10
    is_sound(town)


def test_the_same_mail_is_one_wherever_it_lies(town, old):
    """In two folders, in another mailbox, or received at the door before."""
    town.write(
        CARLA, DESK, "Import fails", "It stops.", headers=[("Message-ID", "<1@x>")]
    )
    before = len(town.letters)
    old.put(CARLA, DESK, "Import fails", "It stops.", name="<1@x>")
    asked, *_ = thread(old, subject="Export fails")
    old.put(CARLA, DESK, "Export fails", "The import stops.", name=asked,
            folder=".All Mail", headers=[("X-Labels", "Important")])  # fmt: skip
    report = old.bring(town)
    assert made(report) == {"posts": 3, "repeats": 2}
    assert len(town.letters) == before


def test_the_same_id_with_another_text_is_another_mail(town, old):
    """Decisions C27."""
    old.put(CARLA, DESK, "Import fails", "It stops.", name="<1@x>")
    old.put(CARLA, DESK, "Invoice", "It is wrong.", name="<1@x>")
    assert made(old.bring(town)) == {"posts": 2}


def test_dates_are_those_of_the_mails_also_in_a_copied_mailbox(town, old):
    """A copy's files are of today; a broken Date is not believed either."""
    old.put(CARLA, DESK, "Copied", days_ago=500, touched=town.now)
    old.put(CARLA, DESK, "Broken clock", days_ago=-4000,
            touched=town.now - timedelta(days=400))  # fmt: skip
    at = town.now - timedelta(days=300)
    old.put(CARLA, DESK, "Late", days_ago=320, touched=town.now,
            headers=[("Received", f"by mx; {at:%d %b %Y %H:%M:%S} +0000")])  # fmt: skip
    report = old.bring(town)
    assert [(case.subject, case.opened_at) for case in cases(town)] == [
        ("Copied", town.now - timedelta(days=500)),
        ("Broken clock", town.now - timedelta(days=400)),
        ("Late", at),
    ]
    assert report.first_at == town.now - timedelta(days=500)


# Life goes on.


def test_a_customer_answers_an_old_answer_and_the_team_gets_it(make_town, tmp_path):
    town = make_town(trusted=(SERVER,))
    old = OldMailbox(tmp_path / "Maildir", town.now)
    asked, told, more = thread(old, days_ago=5)
    old.put(MAX, f"{DESK}, {CARLA}", "Re: Import fails", "Me too.", days_ago=4,
            answers=[asked, told, more], headers=[("Cc", CARLA)])  # fmt: skip
    old.bring(town)
    answer = [PROVED, ("In-Reply-To", told), ("References", f"{asked} {told}")]
    letters = town.write(CARLA, DESK, "Re: Import fails", "Still.", headers=answer)
    # To the owner; Bo hears by digest, Max nothing at all, and nobody is acknowledged.
    assert gist(letters) == [("message", ANAS)]
    (case,) = cases(town)
    assert len(case.posts) == 5
    # Her answer goes to Carla alone.
    letters = town.reply(ANA, "Fixed.", to=town.last(ANAS))
    assert gist(letters) == [("message", CARLAS)]
    is_sound(town)


def test_without_proof_an_answer_to_old_mail_opens_a_linked_case(town, old):
    """The ids of others prove nothing (mail-rules R1)."""
    _, told, _ = thread(old, days_ago=5)
    old.bring(town)
    letters = town.write(CARLA, DESK, "Re: Import fails", "Still.",
                         headers=[("In-Reply-To", told)])  # fmt: skip
    assert ("acknowledgement", CARLAS) in gist(letters)
    assert [case.linked for case in cases(town)] == [None, "Import fails"]


def test_a_case_that_lives_is_added_to_and_else_left_alone(town, old):
    letters = town.write(CARLA, DESK, "Import fails", "It stops.",
                         headers=[("Message-ID", "<1@x>")])  # fmt: skip
    town.reply(ANA, "Which row?", to=town.last(ANAS, "message"))
    before = cases(town)[0]
    old.put(BO, ANA, "Import fails", "She is slow.", days_ago=1, answers=["<1@x>"])
    old.put(CARLA, DESK, "Before", "Is anybody there?", days_ago=2,
            answers=["<1@x>"])  # fmt: skip
    assert letters
    sent = len(town.letters)
    assert made(old.bring(town)) == {"posts": 2}
    (case,) = cases(town)
    assert case.posts[:2] == [
        (CARLAS, "everyone", "Is anybody there?"),
        (BOS, "team", "She is slow."),
    ]
    kept = ("subject", "customer", "owner", "turn", "opened_at", "seats")
    assert [getattr(case, name) for name in kept] == [
        getattr(before, name) for name in kept
    ]
    assert len(town.letters) == sent
    is_sound(town)


def page_of(town, reader):
    token = re.search(r"/a/(v-[a-z2-7]{26})", town.last(reader).text)[1]
    return activity(town.house, token, town.now)


def test_who_joined_later_sees_nothing_of_what_is_imported_then(town, old):
    town.write(CARLA, DESK, "Import fails", "It stops.",
               headers=[("Message-ID", "<1@x>")])  # fmt: skip
    town.reply(
        ANA,
        "/invite mei@elsewhere.example\n\nLet me ask.",
        to=town.last(ANAS, "message"),
    )
    town.reply(MEI, "yes", to=town.last("mei@elsewhere.example"))
    old.put(ANA, CARLA, "Re: Import fails", "A secret of hers.", days_ago=1,
            answers=["<1@x>"])  # fmt: skip
    old.bring(town)
    town.reply(ANA, "One more.", to=town.last(ANAS, "message"))
    page = page_of(town, "mei@elsewhere.example")
    assert [post.text for post in page.posts] == ["One more."]


def test_the_customers_page_shows_old_mail_by_time_and_no_team_mail(
    make_town, tmp_path
):
    town = make_town(trusted=(SERVER,))
    old = OldMailbox(tmp_path / "Maildir", town.now)
    # The Sent folder is read first: .Sent sorts before INBOX by its file names here.
    asked, told, _ = thread(old, days_ago=5, sent=".A Sent")
    old.put(ANA, BO, "Fwd: Import fails", "She is slow.", days_ago=4.4,
            answers=[asked, told])  # fmt: skip
    old.bring(town)
    town.write(CARLA, DESK, "Re: Import fails", "Still.",
               headers=[PROVED, ("In-Reply-To", told)])  # fmt: skip
    town.reply(ANA, "Fixed.", to=town.last(ANAS))
    page = page_of(town, CARLAS)
    assert [post.text.strip() for post in page.posts] == [
        "The import stops.", "Which row is it?", "Row 7.", "Still.", "Fixed.",
    ]  # fmt: skip


# Stops, kills and rivals.


def test_an_import_that_was_stopped_goes_on(town, old, monkeypatch):
    monkeypatch.setattr("gateway.activities.importing.BATCH", 2)
    for number in range(5):
        thread(old, days_ago=500 - number, subject=f"Matter {number}")
    part = old.bring(town, stopping=lambda: True)
    assert (part.read, part.is_finished) == (2, False)
    whole = old.bring(town)
    assert (whole.read, whole.cases, whole.is_finished) == (15, 5, True)
    # Once more all is known; an import that ended begins anew by itself.
    assert made(old.bring(town)) == {"repeats": 15}
    assert len(cases(town)) == 5


def test_two_imports_of_one_source_do_not_meet(town, old):
    thread(old)
    first = _work(town, old, "one")
    first.begin()
    with pytest.raises(ImportTakenError, match="is being imported by one"):
        _work(town, old, "two").begin()
    # Unless the first is gone, or has not been heard of for a minute.
    _work(town, old, "two", is_alive=lambda _: False).begin()
    with pytest.raises(ImportTakenError, match="taken over"):
        first.take_all(old_items(old), [town.reader])
    town.pass_time(minutes=2)
    _work(town, old, "three").begin()
    assert cases(town) == []


def _work(town, old, node, **more):
    order = Order(source="a maildir", desk=old.desk, node=node, **more)
    return Import(town.house, order, lambda: town.now)


def old_items(old):
    return Maildir(old.path).items()


def test_a_mail_that_breaks_us_is_kept_and_the_others_come(town, old, monkeypatch):
    thread(old)
    old.put(MEI, DESK, "The culprit", "boom")
    whole = old_rows.Rows._event

    def breaks(self, batch, mail, *rest):
        if "boom" in mail.text:
            raise ValueError("boom")
        return whole(self, batch, mail, *rest)

    monkeypatch.setattr(old_rows.Rows, "_event", breaks)
    report = old.bring(town)
    assert made(report) == {"posts": 3, "unreadable": 1}
    assert journal_rows(town)[-1][0] == "discarded"
    is_sound(town)


def test_a_mail_that_hangs_its_reader_is_counted_and_kept(town, old):
    thread(old)
    others = set(children(os.getpid()))
    slow = Reader(Limits(parse_seconds=0.1))
    slow.start()
    try:
        (child,) = set(children(os.getpid())) - others
        os.kill(child, signal.SIGSTOP)
        report = old.bring(town, reader=slow)
    finally:
        slow.close()
    assert made(report) == {"posts": 2, "unreadable": 1}
    assert journal_rows(town)[-1] == (
        "discarded",
        "import: unreadable",
        "took too long to read",
    )
    is_sound(town)


# Any mailbox at all.

PEOPLE = (CARLA, MEI, MAX, ANA, BO, f"Acme Support <{DESK}>")


SOME = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)


@st.composite
def mailboxes(draw):
    """Mails among six addresses that answer each other, in any order of places."""
    count = draw(st.integers(1, 14))
    mails = []
    for number in range(count):
        answered = draw(st.one_of(st.none(), st.integers(0, count - 1)))
        mails.append(
            {
                "name": f"<{number}@x>",
                "sender": draw(st.sampled_from(PEOPLE)),
                "to": ", ".join(
                    draw(
                        st.lists(
                            st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True
                        )
                    )
                ),
                "subject": draw(st.sampled_from(["Import", "Re: Import", "Export"])),
                "days_ago": 100 - number,
                "answers": [] if answered is None else [f"<{answered}@x>"],
            }
        )
    return draw(st.permutations(mails))


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(mails=mailboxes(), batch=st.integers(1, 5))
def test_whatever_is_brought_is_counted_and_shown_only_to_who_saw_it(
    tmp_path_factory, sqlite_template, reader, monkeypatch, mails, batch
):
    folder = tmp_path_factory.mktemp("any")
    shutil.copy(sqlite_template, folder / "parlour.db")
    monkeypatch.setattr("gateway.activities.importing.BATCH", batch)
    with Town(f"sqlite:///{folder / 'parlour.db'}", folder, reader) as town:
        old = OldMailbox(folder / "Maildir", town.now)
        for mail in mails:
            old.put(text=mail["name"], **mail)
        report = old.bring(town)
        assert report.read == len(mails)
        found = cases(town)
        assert report.cases == len(found)
        posts = [(case, *post) for case in found for post in case.posts]
        assert len(posts) == report.fates[Fate.POST]
        by_text = {mail["name"]: mail for mail in mails}
        for case, writer, lane, text in posts:
            mail = by_text[text]
            saw = case.customer == writer or case.customer in mail["to"]
            assert (lane == "everyone") == saw, (case, mail)
        assert report.people <= len(PEOPLE)
        assert made(old.bring(town)) == {"repeats": len(mails)}
        is_sound(town)
        assert town.sink.mails == []

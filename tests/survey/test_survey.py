"""What a mailbox says of those who wrote to it."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routing.desk import Hours
from gateway.survey import Known, KnownDesk
from tests.survey.town import (
    ANA,
    BO,
    CARLA,
    DAN,
    DESK,
    KNOWN,
    NOW,
    START,
    Mailbox,
    hours,
)


def test_a_question_and_its_answer():
    box = Mailbox()
    question = box.mail(0, CARLA)
    box.mail(3, ANA, CARLA, subject="Re: Printer", answers=question)
    report = box.report()
    assert (report.threads, report.by_customers) == (1, 1)
    assert report.never_answered == 0
    assert report.waiting == ()
    assert report.times.median == report.times.p90 == hours(3)
    assert [share.count for share in report.times.shares] == [0, 1, 1]


def test_who_was_never_answered_waits():
    box = Mailbox()
    box.mail(0, CARLA, subject="Re: Printer stops")
    box.mail(20, CARLA, subject="Printer stops")
    report = box.report()
    (one,) = report.waiting
    assert (one.name, one.address) == ("Carla Gomez", "carla@shop.example")
    assert (one.subject, one.since, one.mails) == ("Printer stops", START, 2)
    assert one.never_answered
    assert report.never_answered == 1
    assert report.times.median is None


def test_who_wrote_again_waits_since_then():
    box = Mailbox()
    question = box.mail(0, CARLA)
    box.mail(1, ANA, CARLA, answers=question)
    box.mail(5, CARLA, answers=question)
    box.mail(6, CARLA, answers=question)
    (one,) = box.report().waiting
    assert (one.since, one.mails, one.never_answered) == (START + hours(5), 2, False)


def test_the_longest_wait_comes_first():
    box = Mailbox()
    box.mail(5, CARLA, subject="Second")
    box.mail(1, DAN, subject="First")
    assert [one.subject for one in box.report().waiting] == ["First", "Second"]


def test_what_we_say_among_us_is_no_answer():
    box = Mailbox()
    question = box.mail(0, CARLA)
    box.mail(1, ANA, BO, subject="Fwd: Printer", answers=question)
    box.mail(2, BO, "Supplier <help@printers.example>", subject="Printer")
    (one,) = box.report().waiting
    assert one.never_answered


def test_an_answer_to_another_address_of_theirs_is_one():
    box = Mailbox()
    question = box.mail(0, CARLA)
    box.mail(1, ANA, "Carla at home <carla@home.example>", answers=question)
    assert box.report().waiting == ()


def test_what_we_began_is_no_question():
    box = Mailbox()
    first = box.mail(0, ANA, CARLA)
    box.mail(1, CARLA, answers=first)
    report = box.report()
    assert (report.threads, report.by_customers) == (1, 0)
    assert report.times.answered == report.never_answered == 0


def test_two_of_us_answered_the_same_mail():
    box = Mailbox()
    question = box.mail(0, CARLA)
    box.mail(1, ANA, CARLA, answers=question)
    box.mail(100, BO, CARLA, answers=question)
    report = box.report()
    (one,) = report.twice
    assert (one.subject, one.customer, one.at) == ("Printer", "Carla Gomez", START)
    assert one.by == ("Ana Ruiz", "Bo Berg")
    assert (report.answered_twice, report.twice_by_two) == (1, 1)


@pytest.mark.parametrize(("later", "found"), [(24, 1), (25, 0)])
def test_two_answers_within_a_day(later, found):
    box = Mailbox()
    question = box.mail(0, CARLA)
    answer = box.mail(1, ANA, CARLA, answers=question)
    box.mail(1 + later, ANA, CARLA, answers=answer)
    report = box.report()
    assert (report.answered_twice, report.twice_by_two) == (found, 0)


def test_an_answer_to_each_of_two_mails_is_not_twice():
    box = Mailbox()
    first = box.mail(0, CARLA)
    box.mail(1, ANA, CARLA, answers=first)
    second = box.mail(2, CARLA, answers=first)
    box.mail(3, BO, CARLA, answers=second)
    assert box.report().answered_twice == 0


def test_a_form_writes_for_somebody_else():
    box = Mailbox()
    box.mail(0, "Website <www@acme.example>", fields=[f"Reply-To: {CARLA}"])
    (one,) = box.report(
        Known(desks=KNOWN.desks, team=(*KNOWN.team, "www@acme.example"))
    ).waiting
    assert one.address == "carla@shop.example"


def test_one_of_us_may_have_an_address_for_answers():
    box = Mailbox()
    box.mail(0, ANA, CARLA, fields=["Reply-To: ana@home.example"])
    assert box.report().by_customers == 0


def test_a_clock_that_is_fast_waits_for_nothing():
    box = Mailbox()
    box.mail(14 * 24 + 40, CARLA)
    (one,) = box.report().waiting
    assert one.since == NOW


def test_machines_are_counted_apart():
    box = Mailbox()
    box.mail(0, CARLA)
    box.mail(1, "News <news@list.example>", fields=["List-Id: <l.example>"])
    box.mail(2, "news@shop.example", fields=["List-Unsubscribe: <https://x.example>"])
    box.mail(3, "MAILER-DAEMON@mx.example", subject="Undelivered")
    box.mail(4, CARLA, subject="Out of office: Printer")
    # An automatic acknowledgement of ours answers nobody.
    box.mail(0.1, DESK, CARLA, fields=["Auto-Submitted: auto-replied"])
    report = box.report()
    assert report.counts.machines == {"reply": 2, "list": 1, "bulk": 1, "bounce": 1}
    assert report.counts.in_threads == report.never_answered == 1


def test_the_same_mail_in_two_folders_is_one():
    box = Mailbox()
    for folder in ("INBOX", "[Gmail]/All Mail"):
        box.mail(0, CARLA, name="<q@x>", folder=folder)
        box.mail(1, DAN, name="none", folder=folder)
    report = box.report()
    assert (report.counts.in_threads, report.counts.repeats) == (2, 2)


def test_another_mail_with_the_same_id_is_kept():
    box = Mailbox()
    box.mail(0, CARLA, name="<1@x>")
    box.mail(0, DAN, name="<1@x>")
    assert box.report().counts.repeats == 0


@pytest.mark.parametrize("folder", ["Drafts", "Spam", "INBOX/Papierkorb"])
def test_what_lies_in_drafts_junk_and_trash_is_left_aside(folder):
    box = Mailbox()
    question = box.mail(0, CARLA)
    box.mail(1, ANA, CARLA, answers=question, folder=folder)
    report = box.report()
    assert sum(report.counts.aside.values()) == 1
    assert report.never_answered == 1


def test_labels_of_a_takeout_are_folders():
    box = Mailbox()
    question = box.mail(0, CARLA)
    home = "Ana at home <ana@home.example>"
    box.mail(1, home, CARLA, answers=question, fields=["X-Gmail-Labels: Sent,Opened"])
    box.mail(2, DAN, fields=["X-Gmail-Labels: Spam"])
    report = box.report()
    assert report.waiting == ()
    assert report.counts.aside == {"junk": 1}


def test_what_cannot_be_read_is_named():
    box = Mailbox()
    box.mail(0, CARLA)
    box.raw(b"", fault="Permission denied")
    box.raw(b"\xff\xfe\n\nno header")
    box.raw(b"From: x@y.example\n\nno date")
    box.raw(b"Subject: nobody\nDate: Mon, 2 Nov 2026 10:00:00 +0000\n\n")
    report = box.report()
    assert report.counts.unreadable == 4
    assert [one.why for one in report.unreadable] == [
        "Permission denied",
        "no header",
        "no date",
        "no sender",
    ]


def test_a_date_that_cannot_be_true_gives_way():
    box = Mailbox()
    late = format_datetime(NOW + timedelta(days=400))
    at = format_datetime(START)
    box.raw(
        f"From: {CARLA}\r\nDate: {late}\r\nReceived: by mx; {at}\r\n\r\n".encode(),
    )
    box.raw(f"From: {DAN}\r\n\r\n".encode(), received_at=START)
    report = box.report()
    assert {one.since for one in report.waiting} == {START}


HOURS = Hours(by_weekday=dict.fromkeys(range(5), (9 * 60, 17 * 60)))


def test_waiting_is_measured_in_the_hours_of_the_desk():
    desk = KnownDesk(addresses=(DESK,), hours=HOURS, zone="UTC")
    box = Mailbox()
    # Friday 16:00 to Monday 10:00: two hours of opening.
    question = box.mail(4 * 24 + 7, CARLA)
    box.mail(7 * 24 + 1, ANA, CARLA, answers=question)
    times = box.report(Known(desks=(desk,), team=KNOWN.team)).times
    assert times.in_working_hours
    assert times.median == hours(2)
    assert [(share.within, share.count) for share in times.shares] == [
        (hours(1), 0),
        (hours(4), 1),
        (hours(8), 1),
    ]


def test_median_and_ninth_of_ten():
    box = Mailbox()
    for number in range(1, 11):
        question = box.mail(0, f"c{number}@c.example", subject=str(number))
        box.mail(number, ANA, f"c{number}@c.example", answers=question)
    times = box.report().times
    assert (times.median, times.p90) == (hours(5), hours(9))
    assert [share.part for share in times.shares] == [0.1, 0.4, 1.0]


def test_months_have_no_gaps():
    box = Mailbox(NOW)
    box.mail(-24 * 70, CARLA)
    box.mail(0, ANA, DAN, subject="Hello")
    box.mail(1, "n@l.example", fields=["List-Id: <l>"])
    assert [
        (one.year, one.month, one.customers, one.ours, one.machines)
        for one in box.report().months
    ] == [
        (2026, 8, 1, 0, 0),
        (2026, 9, 0, 0, 0),
        (2026, 10, 0, 0, 0),
        (2026, 11, 0, 1, 1),
    ]


def test_the_desk_is_guessed_and_the_guess_is_told():
    box = Mailbox()
    question = box.mail(0, CARLA)
    box.mail(1, DAN)
    box.mail(2, ANA, CARLA, answers=question)
    report = box.report(Known())
    assert report.us.desks == (DESK,)
    assert report.us.domains == ("acme.example",)
    assert report.us.guessed_desk
    assert report.us.guessed_team
    assert report.us.writers == ("ana@acme.example",)
    assert [one.address for one in report.waiting] == ["dan@ito.example"]


def test_a_desk_that_nobody_wrote_to_is_guessed_anew():
    box = Mailbox()
    box.mail(0, CARLA)
    report = box.report(Known(desks=(KnownDesk(addresses=("x@other.example",)),)))
    assert (report.us.desks, report.us.guessed_desk) == ((DESK,), True)


def test_a_provider_is_nobodys_domain():
    box = Mailbox()
    own = "acme.support@gmail.com"
    question = box.mail(0, "Carla <carla@gmail.com>", own)
    box.mail(1, own, "carla@gmail.com", answers=question)
    box.mail(2, "Dan <dan@gmail.com>", own, subject="Other")
    report = box.report(Known())
    assert report.us.desks == (own,)
    assert report.us.domains == ()
    assert [one.address for one in report.waiting] == ["dan@gmail.com"]


def test_sent_mail_tells_who_is_ours():
    box = Mailbox()
    home = "Ana <ana@home.example>"
    for number in range(3):
        question = box.mail(number, CARLA, subject=str(number))
        box.mail(number + 0.5, home, CARLA, answers=question, folder="Gesendet")
    # Redirected by hand: a customer's mail among those that were sent.
    box.mail(9, CARLA, BO, subject="0", folder="Gesendet", name="<r@x>")
    report = box.report()
    assert report.never_answered == 0
    assert "ana@home.example" in report.us.writers


KINDS = st.sampled_from(["theirs", "ours", "machine", "again", "broken", "draft"])


@given(st.lists(st.tuples(KINDS, st.integers(0, 300), st.integers(0, 5)), max_size=40))
def test_counts_add_up(mails):
    box = Mailbox()
    names = []
    for kind, at, which in mails:
        answers = names[which] if which < len(names) else None
        match kind:
            case "theirs":
                names.append(box.mail(at, CARLA, answers=answers))
            case "ours":
                names.append(box.mail(at, ANA, CARLA, answers=answers))
            case "machine":
                box.mail(at, DAN, fields=["Precedence: bulk"])
            case "again":
                box.mail(7, DAN, name="<again@x>")
            case "broken":
                box.raw(b"", fault="gone")
            case "draft":
                box.mail(at, ANA, CARLA, folder="Drafts")
    report = box.report()
    counts = report.counts
    assert counts.read == len(mails)
    assert counts.read == (
        counts.in_threads
        + sum(counts.machines.values())
        + counts.repeats
        + sum(counts.aside.values())
        + counts.unreadable
    )
    assert report.by_customers == report.times.answered + report.never_answered
    assert report.never_waiting == report.never_answered
    assert sum(month.people for month in report.months) == counts.in_threads

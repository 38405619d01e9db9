"""What leaves the outbox, in which order, and what happens when it cannot."""

import time
from datetime import timedelta

import pytest

from gateway.outbound import dispatch as dispatching
from parsers.reply_address import Purpose, ReplyAddress, Token
from storage import lease as leases
from storage.outbox import Priority, Progress
from tests.outbound.office import (
    PLACEHOLDER,
    RETURN_PATH,
    SEALER,
    now,
    running,
)
from tests.sink import DROP, Sink

ANN, BO, CY = "ann@customer.example", "bo@customer.example", "cy@customer.example"


def token_in(address: str) -> Token | None:
    text = ReplyAddress(RETURN_PATH).read(address)
    return SEALER.unseal(text) if text else None


def quick() -> float:
    """Chance that makes every pause as short as it can be."""
    return 0.999


def test_each_recipient_gets_a_copy_with_tokens_of_their_own(office):
    with Sink() as sink, office.sending(sink):
        [first] = office.queue(ANN, token_number=5 << 4 | 1)
        [second] = office.queue(BO, token_number=6 << 4)
        office.until_state(Progress.SENT, first, second)
        [ann], [bo] = sink.to(ANN), sink.to(BO)
    assert ann.header("To") == ANN
    assert ann.octets.startswith(b"To: ")
    assert PLACEHOLDER.encode() not in ann.octets
    assert token_in(ann.mail_from) == Token(Purpose.RETURN, first << 4)
    reply_to = ann.header("Reply-To").strip("<>")
    assert token_in(reply_to) == Token(Purpose.EVERYONE, 5 << 4 | 1)
    page = SEALER.seal(Purpose.VIEW, 6 << 4)
    assert f"https://acme.example/a/{page}\r\n".encode() in bo.octets
    assert f"ENVID={second}" in bo.mail_options
    assert office.delivery(first).last_reply == "250 2.0.0 kept"


def test_a_refusal_goes_out_with_the_null_return_path(small_office):
    with Sink() as sink, small_office.sending(sink):
        small_office.queue(ANN, null_sender=True)
        [mail] = sink.wait_for(1)
    assert mail.mail_from == ""
    assert mail.rcpt_options == ("NOTIFY=NEVER",)


def test_one_person_hears_in_the_order_in_which_it_was_said(office):
    ids = [office.queue(ANN, BO, CY) for _ in range(8)]
    with Sink() as sink, office.sending(sink, smarthost={"connections": 4}):
        office.until_state(Progress.SENT, *(one for letter in ids for one in letter))
        for address in (ANN, BO, CY):
            told = [mail.header("Message-ID") for mail in sink.to(address)]
            assert told == [f"<p.{n}.mac@acme.example>" for n in range(2, 10)]


def test_conversations_go_before_digests(small_office):
    for n in range(3):
        small_office.queue(f"d{n}@x.example", activity=None, priority=Priority.DIGEST)
    small_office.queue(ANN, priority=Priority.CONVERSATION)
    with Sink() as sink, small_office.sending(sink, smarthost={"connections": 1}):
        mails = sink.wait_for(4)
    assert mails[0].rcpt == ANN


def test_a_conversation_passes_the_digests_that_wait_for_a_courier(small_office):
    readers = [f"d{n}@x.example" for n in range(12)]
    small_office.queue(*readers, activity=None, priority=Priority.DIGEST)
    slow = {"connections": 1}
    with Sink(delay=0.2) as sink, small_office.sending(sink, smarthost=slow):
        sink.wait_for(1)
        small_office.queue(ANN, priority=Priority.CONVERSATION)
        small_office.until(lambda: sink.to(ANN))
        assert len(sink.mails) < 8


def test_one_dead_recipient_delays_nobody_but_their_own_mail(office):
    with Sink() as sink, office.sending(sink):
        sink.say("RCPT", "450 4.2.1 mailbox busy", to=ANN)
        [first], [second] = office.queue(ANN), office.queue(ANN)
        others = office.queue(BO, CY)
        office.until_state(Progress.SENT, *others)
        office.until(lambda: office.delivery(first).attempts)
        deferred, behind = office.delivery(first), office.delivery(second)
        assert sink.to(ANN) == []
    assert deferred.state == Progress.WAITING
    assert deferred.last_reply == "450 4.2.1 mailbox busy"
    wait = deferred.due_at - now()
    assert timedelta(seconds=50) < wait < timedelta(seconds=70)
    assert (behind.state, behind.attempts) == (Progress.WAITING, 0)


def test_deferred_mail_goes_out_when_its_time_has_come_in_the_old_order(office):
    with Sink() as sink, office.sending(sink):
        sink.say("RCPT", "450 4.2.1 mailbox busy", to=ANN, times=2)
        [first], [second] = office.queue(ANN), office.queue(ANN)
        for attempts in (1, 2):
            office.until(lambda n=attempts: office.delivery(first).attempts == n)
            office.clock.ahead += timedelta(minutes=6)
        office.until_state(Progress.SENT, first, second)
        assert [mail.header("Message-ID") for mail in sink.to(ANN)] == [
            "<p.2.mac@acme.example>",
            "<p.3.mac@acme.example>",
        ]
    assert office.delivery(first).attempts == 2


def test_a_refusal_for_good_is_told_and_blocks_nothing(office):
    with Sink() as sink, office.sending(sink):
        sink.say("RCPT", "550 5.1.1 no such user", to=ANN, times=1)
        [first], [second] = office.queue(ANN), office.queue(ANN)
        office.until_state(Progress.SENT, second)
    assert office.delivery(first).state == Progress.GIVEN_UP
    assert office.refusals == [(first, "5.1.1", "550 5.1.1 no such user")]


def test_a_refusal_that_could_not_be_told_is_tried_again(small_office):
    faults = iter([RuntimeError("the database was away")])

    def tell(delivery_id, **what):
        for fault in faults:
            raise fault
        small_office.note_refusal(delivery_id, **what)

    with Sink() as sink, small_office.sending(sink, on_refusal=tell):
        sink.say("RCPT", "550 5.1.1 no such user")
        [first] = small_office.queue(ANN)
        small_office.until(lambda: small_office.delivery(first).attempts == 1)
        assert small_office.delivery(first).state == Progress.WAITING
        small_office.clock.ahead += timedelta(minutes=2)
        small_office.until_state(Progress.GIVEN_UP, first)
    assert [status for _, status, _ in small_office.refusals] == ["5.1.1"]


def test_out_of_patience_is_a_refusal_but_not_for_a_digest(small_office):
    with Sink() as sink:
        sink.say("RCPT", "450 4.2.1 mailbox busy")
        patience = {"patience": timedelta(0), "digest_patience": timedelta(0)}
        with small_office.sending(sink, **patience):
            [letter] = small_office.queue(ANN)
            [digest] = small_office.queue(BO, activity=None, priority=Priority.DIGEST)
            small_office.until_state(Progress.GIVEN_UP, letter, digest)
    assert small_office.refusals == [(letter, "5.4.7", "450 4.2.1 mailbox busy")]


def test_a_smarthost_that_is_away_costs_no_attempt(office):
    with Sink() as sink:
        sink.away()
        with office.sending(sink, chance=quick) as dispatch:
            ids = [*office.queue(ANN, BO, CY), *office.queue(ANN, BO, CY)]
            office.until(lambda: dispatch.smarthost_failures >= 2)
            for one in ids:
                assert office.delivery(one).state in {Progress.WAITING, Progress.LEASED}
            assert any("refused" in office.delivery(one).last_reply for one in ids)
            sink.back()
            office.until_state(Progress.SENT, *ids)
        assert [office.delivery(one).attempts for one in ids] == [0] * 6
        assert len(sink.mails) == 6
        assert sink.most_sessions <= 2
        told = [mail.header("Message-ID") for mail in sink.to(ANN)]
        assert told == ["<p.2.mac@acme.example>", "<p.3.mac@acme.example>"]
    assert office.refusals == []


def test_a_smarthost_that_takes_no_mail_at_all_costs_no_attempt(small_office):
    with Sink() as sink:
        sink.say("MAIL", "452 4.3.1 disk full")
        with small_office.sending(sink, chance=quick) as dispatch:
            ids = small_office.queue(ANN, BO)
            small_office.until(lambda: dispatch.smarthost_failures >= 2)
            sink.say_nothing_special()
            small_office.until_state(Progress.SENT, *ids)
    assert [small_office.delivery(one).attempts for one in ids] == [0, 0]


def test_a_death_between_250_and_our_note_repeats_the_same_mail(office):
    with Sink() as sink, office.sending(sink):
        sink.say("END", DROP, times=1)
        [only] = office.queue(ANN)
        office.until(lambda: office.delivery(only).attempts == 1)
        office.clock.ahead += timedelta(minutes=2)
        office.until_state(Progress.SENT, only)
        first, second = sink.to(ANN)
    assert first.octets == second.octets
    assert first.mail_from == second.mail_from


def test_two_nodes_send_each_letter_once(office):
    people = [f"p{n}@customer.example" for n in range(60)]
    ids = [*office.queue(*people), *office.queue(*people)]
    with Sink() as sink:
        one, two = office.dispatch(sink), office.dispatch(sink, node="two")
        one.batch = two.batch = 7
        with running(one), running(two):
            office.until_state(Progress.SENT, *ids)
        proof = [(mail.header("Message-ID"), mail.rcpt) for mail in sink.mails]
    assert len(proof) == len(set(proof)) == 120


def test_a_zombie_sends_nothing_that_another_node_has_taken_over(office):
    """SIGSTOP for 90 seconds, in short: its clock jumps when it wakes."""
    ids = office.queue(*(f"p{n}@customer.example" for n in range(6)))
    with Sink(delay=0.3) as sink:
        with office.sending(sink, smarthost={"connections": 1}):
            sink.wait_for(1)
            later = now() + timedelta(seconds=61)
            with office.database.transaction() as session:
                taken = leases.claim(
                    session,
                    node="other",
                    now=later,
                    lease=timedelta(seconds=60),
                    most=50,
                )
            office.clock.ahead = timedelta(seconds=62)
            office.until(lambda: len(sink.mails) + len(taken) >= 6)
            time.sleep(1)  # a zombie that goes on would have sent two more by then
        sent = {mail.rcpt for mail in sink.mails}
        begun = 1  # the one that it was sending when it was stopped
        assert len(sent & {one.address for one in taken}) <= begun
        assert len(taken) >= 4
    states = {office.delivery(one.id).leased_by for one in taken}
    assert states == {"other"}
    assert len(ids) == 6


def test_a_slow_smarthost_is_no_reason_to_lose_a_lease(office):
    [only] = office.queue(ANN)
    short = {"lease": timedelta(seconds=1), "smarthost": {"connections": 1}}
    with Sink(delay=2.5) as sink:
        with office.sending(sink, **short), office.sending(sink, node="two", **short):
            office.until_state(Progress.SENT, only)
        assert len(sink.mails) == 1


def test_a_stop_finishes_what_is_in_hand_and_gives_back_the_rest(office):
    ids = office.queue(*(f"p{n}@customer.example" for n in range(10)))
    with Sink(delay=0.5) as sink:
        with office.sending(sink, smarthost={"connections": 1}):
            sink.wait_for(1)
        kept = len(sink.mails)
    found = [office.delivery(one) for one in ids]
    assert sum(one.state == Progress.SENT for one in found) == kept < 4
    rest = [one for one in found if one.state != Progress.SENT]
    assert {(one.state, one.attempts, one.leased_by) for one in rest} == {
        (Progress.WAITING, 0, "")
    }


def test_a_stop_does_not_wait_for_a_smarthost_that_hangs(small_office, monkeypatch):
    monkeypatch.setattr(dispatching, "_FINISH_SECONDS", 0.2)
    with Sink(delay=30) as sink:
        with small_office.sending(sink):
            [only] = small_office.queue(ANN)
            small_office.until(lambda: "DATA" in sink.commands)
            stopped = time.monotonic()
        assert time.monotonic() - stopped < 5
    assert small_office.delivery(only).state == Progress.WAITING
    assert small_office.delivery(only).leased_by == ""


def test_a_broken_letter_does_not_stop_the_others(small_office):
    with Sink() as sink, small_office.sending(sink):
        [broken] = small_office.queue(ANN, token_number=None)
        [sound] = small_office.queue(BO)
        small_office.until_state(Progress.SENT, sound)
        small_office.until(lambda: small_office.delivery(broken).attempts == 1)
    assert small_office.delivery(broken).state == Progress.WAITING


def test_no_more_a_second_than_the_smarthost_wants(small_office):
    with Sink() as sink:
        pace = {"connections": 4, "max_per_second": 10}
        with small_office.sending(sink, smarthost=pace):
            small_office.queue(*(f"p{n}@customer.example" for n in range(6)))
            mails = sink.wait_for(6)
    assert mails[5].at - mails[0].at > 0.45


@pytest.mark.parametrize("size", [1_000, 300_000])
def test_letters_of_any_size_arrive_octet_for_octet(small_office, size):
    body = (b"x" * 70 + b"\r\n") * (size // 72)
    octets = b"Subject: large\r\n\r\n" + body
    with Sink() as sink, small_office.sending(sink):
        small_office.queue(ANN, octets=octets, token_number=None)
        [mail] = sink.wait_for(1)
    assert mail.octets == b"To: " + ANN.encode() + b"\r\n" + octets

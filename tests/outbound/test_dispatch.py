"""What leaves the outbox, in which order, and what happens when it cannot."""

from storage.outbox import Progress
from tests.sink import DROP, Sink


def test_a_letter_reaches_each_recipient_with_tokens_of_their_own(office):
    with Sink() as sink, office.sending(sink):
        ids = office.queue("ann@customer.example", "bo@customer.example")
        sink.wait_for(2)
        office.until_state(Progress.SENT, *ids)
        [ann], [bo] = sink.to("ann@customer.example"), sink.to("bo@customer.example")
    assert ann.header("To") == "ann@customer.example"
    assert ann.mail_from != bo.mail_from

"""An office for the tests of mail out: people, an activity, letters, a dispatcher."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import storage.event
import storage.journal  # noqa: F401 (the tables that letters refer to)
from gateway.outbound.dispatch import Dispatch
from gateway.outbound.smarthost import Smarthost
from parsers.address import Mailbox
from parsers.reply_address import Sealer
from storage import outbox, people
from storage.activity import Activity, Desk
from storage.database import Database
from storage.outbox import Delivery, Letter, NewDelivery
from storage.wake import Wake
from tests.sink import Sink

SEALER = Sealer("a secret of the tests, long enough to be one")
PLACEHOLDER = "placeholderplaceholder2345"
RETURN_PATH = "support+{token}@acme.example"


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 (the composition root of these tests)


class Clock:
    """A clock that can be put forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return now() + self.ahead


def raw(message_id: str = "<p.1.mac@acme.example>") -> bytes:
    return (
        f"From: Ana Ruiz, Acme Support <support@acme.example>\r\n"
        f"Message-ID: {message_id}\r\n"
        f"Reply-To: <support+r-{PLACEHOLDER}@acme.example>\r\n"
        f"Subject: Re: printer on fire\r\n"
        f"\r\n"
        f"Unplug it.\r\n"
        f".\r\n"
        f"Page: https://acme.example/a/v-{PLACEHOLDER}\r\n"
    ).encode()


class Office:
    """Puts letters into an outbox and looks at what became of them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.wake = Wake(database)
        self.refusals: list[tuple[int, str, str]] = []
        self.clock = Clock()
        self._numbers = itertools.count(1)
        with database.transaction() as session:
            desk = Desk(address="support@acme.example", name="Acme")
            session.add(desk)
            session.flush()
            self.desk_id = desk.id
        self.activity_id = self.activity()

    def person(self, address: str) -> int:
        with self.database.transaction() as session:
            return people.meet(session, Mailbox("", address), now=now()).id

    def activity(self) -> int:
        customer = self.person("customer@customer.example")
        with self.database.transaction() as session:
            activity = Activity(
                public_id=f"ACT{next(self._numbers)}",
                desk_id=self.desk_id,
                subject="printer on fire",
                customer_id=customer,
                opened_at=now(),
            )
            session.add(activity)
            session.flush()
            return activity.id

    def queue(
        self, *addresses: str, activity: int | None = -1, **more: Any
    ) -> list[int]:
        """Queue a new letter to these people; gives the ids of its deliveries."""
        number = next(self._numbers)
        octets = more.pop("octets", raw(f"<p.{number}.mac@acme.example>"))
        letter = Letter(
            kind="message",
            message_id=f"<p.{number}.mac@acme.example>",
            made_at=now(),
            raw=octets,
            placeholder=PLACEHOLDER,
            return_path=RETURN_PATH,
            activity_id=self.activity_id if activity == -1 else activity,
        )
        given = {"due_at": self.clock(), "token_number": 77 << 4} | more
        rows = [
            NewDelivery(person_id=self.person(address), address=address, **given)
            for address in addresses
        ]
        with self.database.transaction() as session:
            ids = outbox.queue(session, letter, rows)
        self.wake.tell()
        return ids

    def delivery(self, number: int) -> Delivery:
        with self.database.reading() as session:
            found = outbox.by_id(session, number)
            assert found is not None
            session.expunge(found)
            return found

    def until(self, is_so: Callable[[], object], seconds: float = 15) -> None:
        """Wait until something is so; AssertionError when it does not come."""
        ends = now() + timedelta(seconds=seconds)
        while not is_so():
            assert now() < ends, "it did not come to pass"
            threading.Event().wait(0.01)

    def until_state(self, state: outbox.Progress, *ids: int) -> None:
        self.until(lambda: all(self.delivery(one).state == state for one in ids))

    def dispatch(self, sink: Sink, *, node: str = "one", **more: Any) -> Dispatch:
        settings = {"host": sink.host, "port": sink.port, "connections": 2}
        settings |= more.pop("smarthost", {})
        return Dispatch(
            database=self.database,
            wake=self.wake,
            sealer=SEALER,
            smarthost=Smarthost(**settings),
            node=node,
            clock=more.pop("clock", self.clock),
            may_go=lambda to, octets: True,
            on_refusal=more.pop("on_refusal", self.note_refusal),
            **more,
        )

    def note_refusal(self, delivery_id, *, status, text, now) -> None:
        self.refusals.append((delivery_id, status, text))

    @contextmanager
    def sending(self, sink: Sink, **more: Any) -> Iterator[Dispatch]:
        """Run a dispatcher for the length of a block."""
        dispatch = self.dispatch(sink, **more)
        with running(dispatch):
            yield dispatch


@contextmanager
def running(dispatch: Dispatch) -> Iterator[threading.Thread]:
    stop = threading.Event()
    thread = threading.Thread(target=dispatch.run, args=(stop,), name="dispatch")
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(15)
        assert not thread.is_alive()

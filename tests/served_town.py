"""A town whose Parlour is a real `parlour serve`, with time as it is.

Its people write and read as in `tests.town`; the database shows what is on its way.
"""

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from gateway.app import clock
from storage import journal, outbox
from storage.database import Database
from storage.outbox import Delivery, Progress
from tests.cli.served import SECRET, Served, until
from tests.sink import Sink
from tests.town import Letter, Town, read_letter

_SETTINGS = """
secret = "{secret}"
[database]
url = "{url}"
[smtp]
listen = "127.0.0.1:0"
trusted_authserv_ids = {trusted}
[web]
listen = "127.0.0.1:0"
{doors}
[limits]
free_disk_mb = 0
[[desk]]
name = "Acme Support"
address = "support@acme.example"
team = ["Ana Ruiz <ana@acme.example>", "Bo Berg <bo@acme.example>"]
staff_domains = ["acme.example"]
{mailbox}
"""


@dataclass
class ServedTown(Town):
    """Parlour in processes of its own; a context manager."""

    reader: None = None
    outbound: Mapping[str, object] = field(default_factory=dict)
    """What stands in [outbound] otherwise than the carrier has it; None: nothing."""
    served: Served | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self.now = clock()
        self.settings = Path(self.folder) / "parlour.toml"
        self.write_settings(**self.outbound)
        self.sink = Sink(port=self.carrier.sink_port)
        self.sink.__enter__()
        self.database = Database(self.database_url)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.sink.__exit__()
        self.database.close()

    def write_settings(self, **outbound: object) -> None:
        """Write the file; `outbound` says what is otherwise there."""
        self.settings.write_text(
            _SETTINGS.format(
                secret=SECRET,
                url=self.database_url,
                trusted=list(self.trusted),
                doors=self.carrier.settings(outbound),
                mailbox=self.carrier.mailbox(),
            )
        )

    def start(self) -> None:
        """Start it, for the first time or again."""
        self.served = Served(self.settings)
        self.carrier.opened(self.served.ready())

    def kill(self) -> None:
        """End it in the middle of what it does."""
        if self.served is not None:
            self.served.__exit__()
            self.served = None

    def stop(self) -> None:
        """Tell it to stop, and wait until it has."""
        assert self.served is not None
        self.served.tell(signal.SIGTERM)
        assert self.served.ended() == 0
        self.kill()

    def reread(self, **outbound: object) -> None:
        """Give it other settings while it runs."""
        assert self.served is not None
        self.write_settings(**outbound)
        self.served.tell(signal.SIGHUP)
        self.carrier.opened(self.served.ready())

    @property
    def log(self) -> Sequence[str]:
        """What this life of it has logged."""
        assert self.served is not None
        return self.served.log

    def settle(self) -> list[Letter]:
        """Wait until nothing is on its way; gives the new letters."""
        self._settle()
        new = [read_letter(kept) for kept in self.sink.mails[len(self.letters) :]]
        self.letters += new
        return new

    def _settle(self) -> None:
        try:
            # Twice: what goes from one place to the next while we look is seen then.
            until(lambda: self._is_quiet() and self._is_quiet())
        except AssertionError as error:
            raise AssertionError(self._what_is_left()) from error

    def _what_is_left(self) -> str:
        waiting = [
            f"{each.address}: {each.state}, due {each.due_at}, {each.last_reply}"
            for each in self.waiting()
        ]
        log = "\n".join(self.log[-30:]) if self.served else "not running"
        return (
            f"never quiet: carrier {'idle' if self.carrier.is_idle() else 'busy'}, "
            f"{self._pending()} pending, waiting {waiting}\n{log}\n"
            f"{self.carrier.said()}"
        )

    def _is_quiet(self) -> bool:
        return (
            self.carrier.is_idle()
            and not self._pending()
            and not self.waiting()
            and self.carrier.is_idle()
        )

    def waiting(self) -> list[Delivery]:
        """Give what is still to be sent."""
        with self.database.reading() as session:
            found = [
                *outbox.listing(session, Progress.WAITING, 1000),
                *outbox.listing(session, Progress.LEASED, 1000),
            ]
            session.expunge_all()
            return found

    def kept(self) -> int:
        """Say how many mails the journal holds."""
        with self.database.reading() as session:
            return sum(journal.counts(session).values())

"""An old mailbox that tests fill and bring: a real Maildir, in any order of mails."""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import make_msgid
from itertools import count
from pathlib import Path

from sqlalchemy import select

from gateway.activities.importing import Import, Order
from gateway.inbound.sources import Maildir
from gateway.routing.desk import Desk
from storage.activity import Activity, Participant
from storage.event import Event, Kind
from storage.journal import Inbound
from storage.people import Person, PersonAddress
from tests.town import ACME


@dataclass
class OldMailbox:
    """A Maildir whose mails lie in the order in which they were put there."""

    path: Path
    now: datetime
    desk: Desk = ACME
    _names: count = field(default_factory=count)

    def put(
        self,
        sender,
        to,
        subject,
        text="Something was said.",
        *,
        days_ago=600.0,
        answers=(),
        folder="",
        headers=(),
        name=None,
        touched=None,
    ):
        """Put a mail there; gives its Message-ID.

        `answers` are the ids of the thread, the nearest last; `touched` is what the
        file system says, else the mail's own time.
        """
        at = self.now - timedelta(days=days_ago)
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Date"] = at
        own = name if name is not None else make_msgid(domain="people.example")
        if own:
            mail["Message-ID"] = own
        if answers:
            mail["In-Reply-To"] = answers[-1]
            mail["References"] = " ".join(answers)
        for header, value in headers:
            mail[header] = value
        mail.set_content(text)
        self.put_octets(mail.as_bytes(policy=policy.default), touched or at, folder)
        return own

    def put_octets(self, octets, at, folder=""):
        """Put a file there, as it is."""
        place = self.path / folder if folder else self.path
        for box in ("cur", "new", "tmp"):
            (place / box).mkdir(parents=True, exist_ok=True)
        file = place / "cur" / f"{next(self._names):06}.mail:2,S"
        file.write_bytes(octets)
        os.utime(file, (at.timestamp(), at.timestamp()))

    def bring(
        self,
        town,
        *,
        anew=False,
        node="test",
        stopping=lambda: False,
        reader=None,
        **order,
    ):
        """Import it into a town; gives the report."""
        source = Maildir(self.path)
        work = Import(
            town.house,
            Order(source=source.name, desk=self.desk, node=node, **order),
            lambda: town.now,
        )
        work.begin(anew=anew)
        report = work.take_all(
            source.items(work.position), [reader or town.reader], stopping=stopping
        )
        assert report.read == sum(report.fates.values())
        return report


def made(report):
    """The fates of a report that are not zero, by word."""
    return {str(fate): number for fate, number in report.fates.items() if number}


@dataclass
class Told:
    """One case as it stands in the database, told by addresses."""

    subject: str
    customer: str
    owner: str | None
    turn: str
    opened_at: datetime
    waiting_since: datetime | None
    resolved_at: datetime | None
    posts: list
    """(writer, lane, text) by time."""
    seats: dict
    """(role, membership) by address."""
    linked: str | None = None


def cases(town):
    """Give the cases that are there, by the time of their first mail."""
    return cases_of(town.database)


def cases_of(database):
    """Give the cases in a database, by the time of their first mail."""
    with database.reading() as session:
        names = dict(
            session.execute(select(PersonAddress.person_id, PersonAddress.key)).all()
        )
        found = session.scalars(
            select(Activity)
            .where(Activity.redirect_id.is_(None))
            .order_by(Activity.opened_at, Activity.subject)
        ).all()
        subjects = {each.id: each.subject for each in found}
        return [
            Told(
                subject=each.subject,
                customer=names[each.customer_id],
                owner=names.get(each.owner_id),
                turn=str(each.turn),
                opened_at=each.opened_at,
                waiting_since=each.waiting_since,
                resolved_at=each.resolved_at,
                posts=[
                    (names.get(post.actor_id), str(post.lane), post.text.strip())
                    for post in session.scalars(
                        select(Event)
                        .where(Event.activity_id == each.id, Event.kind == Kind.POST)
                        .order_by(Event.received_at, Event.id)
                    )
                ],
                seats={
                    names[seat.person_id]: (str(seat.role), str(seat.membership))
                    for seat in session.scalars(
                        select(Participant).where(Participant.activity_id == each.id)
                    )
                },
                linked=subjects.get(each.linked_id),
            )
            for each in found
        ]


def people(town):
    """Give the addresses of everybody who is known, with their names."""
    with town.database.reading() as session:
        return dict(
            session.execute(
                select(PersonAddress.key, Person.name).join(
                    Person, Person.id == PersonAddress.person_id
                )
            ).all()
        )


def journal_rows(town):
    """Give the imported rows of the journal: (state, settled by, reason)."""
    with town.database.reading() as session:
        return [
            (str(row.state), row.settled_by, row.reason)
            for row in session.scalars(
                select(Inbound).where(Inbound.door == "import").order_by(Inbound.id)
            )
        ]

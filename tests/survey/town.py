"""A small mailbox for the survey, written as one would tell it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from gateway.survey import Known, KnownDesk, Survey

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""A Monday."""
NOW = START + timedelta(days=14)
DESK = "support@acme.example"
ANA, BO = "Ana Ruiz <ana@acme.example>", "Bo Berg <bo@acme.example>"
CARLA, DAN = "Carla Gomez <carla@shop.example>", "Dan Ito <dan@ito.example>"
KNOWN = Known(
    desks=(KnownDesk(addresses=(DESK,)),), team=("ana@acme.example", "bo@acme.example")
)


class Mailbox:
    """Mails at hours after START; each is a Survey's in the end."""

    def __init__(self, now=NOW):
        self.survey = Survey(now)
        self._count = 0

    def mail(
        self,
        hours,
        sender,
        to=DESK,
        *,
        subject="Printer",
        answers=None,
        folder="INBOX",
        name=None,
        fields=(),
    ):
        """Add a mail; give its name, by which others can answer it."""
        self._count += 1
        name = name or f"<{self._count}@test.example>"
        lines = [
            f"From: {sender}",
            f"To: {to}",
            f"Subject: {subject}",
            f"Date: {format_datetime(START + timedelta(hours=hours))}",
            *([f"Message-ID: {name}"] if name != "none" else []),
            *([f"In-Reply-To: {answers}"] if answers else []),
            *fields,
        ]
        self.raw("\r\n".join([*lines, "", ""]).encode(), folder=folder)
        return name

    def raw(self, raw, *, folder="INBOX", received_at=None, fault=""):
        self.survey.add(
            raw,
            folder=folder,
            position=str(self._count),
            received_at=received_at,
            fault=fault,
        )

    def report(self, known=KNOWN):
        return self.survey.report(known)


def hours(count):
    return timedelta(hours=count)

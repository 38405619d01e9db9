"""What a customer is owed in a case: the next contact, and what puts a case first."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column


class Owed(MappedAsDataclass, kw_only=True):
    """The columns of a case that say what is owed there, and by whom (support.md 3).

    There is one promise at a time; what became of those before it stands in the
    history as events (promised, kept, kept late, broken; decision 0043).
    """

    promised_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the customer hears from us next (decisions F52); None: no promise."""
    promised_day_only: Mapped[bool] = mapped_column(default=False)
    """Only its day is promised, because no time was named or the desk has no hours."""
    promised_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None
    )
    """Who of the team made it; None: the desk, in its acknowledgement."""
    promise_made_at: Mapped[datetime | None] = mapped_column(default=None)
    promise_moves: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often its date was moved before a human message kept it."""
    promise_due_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the schedule has to look at it next: to remind its owner, then to tell the
    team that it is late; None: all is said."""
    promise_said_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a reminder or a digest last told whoever is to keep it."""
    promise_late_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the team was told that it is late; that happens once."""
    waiting_since: Mapped[datetime | None] = mapped_column(default=None)
    """Since when the customer waits for a human answer; None: nobody waits."""
    repeats: Mapped[int] = mapped_column(default=0)
    """How often the customer wrote again before an answer; never moves the rank."""
    urgent_until: Mapped[datetime | None] = mapped_column(default=None)
    """Until then the case is first in the queue (support.md 4); past: it is not."""
    urgent_why: Mapped[str] = mapped_column(default="", server_default="")
    """The reason, in the words of who said so; for the team alone."""
    urgent_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None
    )

    def is_urgent(self, at: datetime) -> bool:
        """Say whether one of the team has put the case first at an instant."""
        return self.urgent_until is not None and self.urgent_until > at

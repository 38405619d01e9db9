"""Jobs that time asks for: one row for each that was begun (decisions G56)."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base


class Job(Base):
    """One run of one job; name and slot are unlike any other's."""

    __tablename__ = "job"

    name: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(primary_key=True)
    """What it was run for: a day, an hour, a person's day."""
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    leased_until: Mapped[datetime | None] = mapped_column(default=None)
    leased_by: Mapped[str] = mapped_column(default="")

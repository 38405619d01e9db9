"""What happened: one append-only table; a post is an event with a text."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, bindparam, false, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage import search
from storage.activity import Lane
from storage.base import Base, Number, never_reused, word

DOOR_OF_OLD_MAIL = "import"
"""The door of mail from before: nobody was mailed, so the ledger has no rows of it."""
DOOR_OF_SMARTHOST = "smarthost"
"""The door of what the smarthost itself said of a letter, which never left."""


class Kind(StrEnum):
    """What an event says."""

    POST = "post"
    OPENED = "opened"
    INVITED = "invited"
    DOOR_CLOSED = "door closed"
    """From here on only the owner invites."""
    DOOR_OPENED = "door opened"
    ASIDE = "aside"
    """The invited wrote to their inviter alone; what they wrote is kept nowhere."""
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"
    MUTED = "muted"
    UNMUTED = "unmuted"
    TAKEN = "taken"
    PROMISED = "promised"
    """Somebody told the customer when they hear from us next (decision 0043)."""
    KEPT = "kept"
    """A human message of the team to the customer came in time."""
    KEPT_LATE = "kept late"
    """It came, later than it was promised."""
    BROKEN = "broken"
    """The case was closed later than was promised, and without a word."""
    WAITS = "waits"
    """One of the team passed the turn to the customer, or took it back."""
    URGENT = "urgent"
    """One of the team put the case first, with the reason as its text."""
    CALMED = "calmed"
    """They took that back before it ended by itself."""
    RESOLVED = "resolved"
    REOPENED = "reopened"
    MACHINE = "machine"
    """Mail of a machine, kept for the team and fanned out to nobody."""
    UNREACHABLE = "unreachable"
    FILED = "filed"
    """The files of a post wait behind links: for somebody they were too large."""
    MERGED = "merged"
    """Another activity became part of this one, or this one of another."""
    PARTED = "parted"
    """A merge was undone."""
    SPLIT = "split"
    """A post became an activity of its own."""
    ASKED = "asked"
    """A private question was asked about this activity (`into` in the values), or this
    one is such a question (`of`; decisions D36)."""
    MOVED = "moved"
    """To another desk, by the row numbers of both in the values."""
    HELD = "held"
    TAGGED = "tagged"
    """Somebody said what it is about; the words are in the values."""
    UNTAGGED = "untagged"
    DROPPED = "dropped"
    """Closed without a word to its customer (decisions E50)."""
    SPAM = "spam"
    """Dropped, and its customer blocked."""
    BURST = "burst"
    """From here on posts of one person wait for the digest; the owner was told."""
    ADMITTED = "admitted"
    """Somebody let the subject in, whose mail was held (decisions E48)."""
    REFUSED = "refused"
    """Somebody refused what was held; whose mail that was is in the values."""
    HEARING = "hearing"
    """Somebody chose what they hear of the activity, or of one person."""
    REACTION = "reaction"
    """A mark on a post: an emoji, mailed to nobody (decisions E44)."""
    TAKEN_BACK = "taken back"
    """Somebody took the text of a post back (decision 45). In the team lane; in its
    values the posts, and the marks by which the text is known again."""
    CONTEXT = "context"
    """Lines that a letter told the team beside what people wrote; like every text of
    the team lane they must not go to everyone (decisions E40)."""


class Event(Base):
    """One thing that happened in an activity; never deleted.

    Nor is it changed, but for a text that is taken back (storage.taking_back).
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_activity", "activity_id", "id"),
        Index("ix_event_subject", "subject_id", "received_at"),
        Index("ix_event_actor", "actor_id", "received_at"),
        never_reused(),
    )

    id: Mapped[int] = mapped_column(Number, primary_key=True, init=False)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    lane: Mapped[Lane] = mapped_column(word(Lane))
    kind: Mapped[Kind] = mapped_column(word(Kind))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    door: Mapped[str]
    """smtp, web, cli, settings, schedule, import: by which way it came."""
    proof: Mapped[str]
    """The proof level of a mail, or "page"; mail-rules section 0."""
    received_at: Mapped[datetime]
    written_at: Mapped[datetime | None] = mapped_column(default=None)
    inbound_id: Mapped[int | None] = mapped_column(
        ForeignKey("inbound.id"), default=None
    )
    subject_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id"), default=None
    )
    """Whom it concerned, when that is not the actor: the invited, the bounced."""
    text: Mapped[str] = mapped_column(default="")
    """The new text of a post, the lines of a context; mostly empty for other kinds."""
    values: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    is_thanks: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A post of pure thanks: nobody has to answer it (decisions E44, F54)."""
    is_promise: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A line that says when the customer hears from us next; it answers nothing."""

    @property
    def is_taken_back(self) -> bool:
        """Whether its text now only says who took it back."""
        return "taken_back" in self.values

    @property
    def below(self) -> tuple[str, ...]:
        """What a post bears below its text: what nobody in the thread has yet."""
        return tuple(part["text"] for part in self.values.get("below", ()))


def record(session: Session, event: Event) -> Event:
    """Append an event; its number is known afterwards, and a post's words are kept."""
    session.add(event)
    session.flush()
    if event.kind is Kind.POST:
        said = search.text_of(event.text, event.values)
        number = search.post_number(event.id)
        search.keep(session.connection(), [(number, said)])
    return event


def split_from(session: Session, event_id: int) -> int:
    """Give the activity from which a post was split off; 0 for any other post."""
    event = session.get(Event, event_id)
    return int(event.values.get("split_from", 0)) if event else 0


def of_kind(session: Session, activity_id: int, kind: Kind) -> list[Event]:
    """Give the events of one kind in an activity, oldest first."""
    return list(
        session.scalars(
            select(Event)
            .where(Event.activity_id == activity_id, Event.kind == kind)
            .order_by(Event.id)
        )
    )


def split_into(session: Session, activity_id: int, post_id: int) -> int:
    """Give the activity that a post was made; 0 while it stands where it came."""
    splits = of_kind(session, activity_id, Kind.SPLIT)
    found = [each.values["into"] for each in splits if each.values["post"] == post_id]
    return int(found[-1]) if found else 0


def got_by_hand(session: Session, event_id: int) -> frozenset[str]:
    """Give the address keys to which the mail of a post was sent by hand, if it was."""
    event = session.get(Event, event_id)
    return frozenset(event.values.get("by_hand", ())) if event else frozenset()


def held(session: Session, activity_id: int) -> list[Event]:
    """Give what each mail left in an activity that was held at its door."""
    return of_kind(session, activity_id, Kind.HELD)


def posts(
    session: Session,
    family: Collection[int],
    lanes: Collection[Lane],
    *,
    after: int = 0,
    most: int = 1000,
) -> list[Event]:
    """Give the newest posts of some lanes after an event number, oldest first.

    `family` are the numbers of one activity and of what was merged into it; who came
    later than its beginning sees nothing of the latter.

    By time, since old mail may have been imported in any order. It is older than its
    number: whoever sees a lane from some event on sees none of it.
    """
    own, *_ = family
    wanted = select(Event).where(
        Event.activity_id.in_([own] if after else family),
        Event.kind == Kind.POST,
        Event.lane.in_(lanes),
        Event.id > after,
    )
    if after:
        wanted = wanted.where(Event.door != DOOR_OF_OLD_MAIL)
    newest = session.scalars(
        wanted.order_by(Event.received_at.desc(), Event.id.desc()).limit(most)
    )
    return list(newest)[::-1]


def posts_since(
    session: Session, family: Collection[int], lane: Lane, after: int
) -> list[Event]:
    """Give the posts of a lane after an event, wherever in a family; of no old mail."""
    wanted = select(Event).where(
        Event.activity_id.in_(family),
        Event.kind == Kind.POST,
        Event.lane == lane,
        Event.id > after,
        Event.door != DOOR_OF_OLD_MAIL,
    )
    return list(session.scalars(wanted.order_by(Event.id)))


def first_post(session: Session, activity_id: int, lane: Lane) -> Event | None:
    """Give the post with which a lane of an activity begins."""
    return session.scalar(
        select(Event)
        .where(
            Event.activity_id == activity_id,
            Event.kind == Kind.POST,
            Event.lane == lane,
        )
        .order_by(Event.received_at, Event.id)
        .limit(1)
    )


def values_of_posts(session: Session, activity_id: int, name: str) -> list[Any]:
    """Give what the posts of an activity keep under one name, both lanes together."""
    rows = session.scalars(
        select(Event.values).where(
            Event.activity_id == activity_id, Event.kind == Kind.POST
        )
    )
    return [kept[name] for kept in rows if name in kept]


def between(
    session: Session, activity_id: int, kinds: Collection[Kind], after: int, before: int
) -> list[Event]:
    """Give the events of some kinds between two event numbers, in order."""
    return list(
        session.scalars(
            select(Event)
            .where(
                Event.activity_id == activity_id,
                Event.kind.in_(kinds),
                Event.id > after,
                Event.id < before,
            )
            .order_by(Event.id)
        )
    )


def texts(
    session: Session, family: Collection[int], most: int, *, team_lane: bool
) -> list[str]:
    """Give what the last posts say that the readers of a lane have, newest first."""
    lanes = list(Lane) if team_lane else [Lane.EVERYONE]
    named = {"family": family, "most": most, "lanes": lanes}
    return list(session.scalars(_TEXTS, named))


_TEXTS = (
    select(Event.text)
    .where(
        Event.activity_id.in_(bindparam("family", expanding=True)),
        Event.kind == Kind.POST,
        Event.lane.in_(bindparam("lanes", expanding=True)),
    )
    .order_by(Event.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Written:
    """All that is written in a lane."""

    texts: list[str]
    marks: list[str]
    """Of what was written and is taken back (parsers.veiled)."""


def written(
    session: Session,
    family: Collection[int],
    lane: Lane,
    *,
    but_held_of: tuple[int | None, int | None] = (None, None),
) -> Written:
    """Give every text of a lane, of whatever kind, and what stands below posts.

    Left out is what was held or kept of one person, and of one mail.
    """
    person, inbound = but_held_of
    found = Written([], [])
    rows = session.execute(_WRITTEN, {"family": family, "lane": lane})
    for text, values, kind, actor, mail in rows:
        is_own = (actor is not None and actor == person) or (mail and mail == inbound)
        if is_own and kind in _NOT_SPOKEN:
            continue
        found.texts.append(text)
        found.texts.extend(part["text"] for part in values.get("below", ()))
        found.marks.extend(values.get("marks", ()))
    return found


_NOT_SPOKEN = frozenset({Kind.HELD, Kind.MACHINE})
_WRITTEN = select(
    Event.text, Event.values, Event.kind, Event.actor_id, Event.inbound_id
).where(
    Event.activity_id.in_(bindparam("family", expanding=True)),
    Event.lane == bindparam("lane"),
    Event.text != "",
)


def of_mail(
    session: Session, activity_id: int, inbound_id: int, lane: Lane
) -> Event | None:
    """Give the post that a mail became in a lane of an activity."""
    return session.scalar(
        select(Event)
        .where(
            Event.activity_id == activity_id,
            Event.inbound_id == inbound_id,
            Event.lane == lane,
            Event.kind == Kind.POST,
        )
        .limit(1)
    )


def newest_note(session: Session, family: Collection[int]) -> Event | None:
    """Give the newest post of the team lane; of old mail there is none to publish."""
    return session.scalar(
        select(Event)
        .where(
            Event.activity_id.in_(family),
            Event.lane == Lane.TEAM,
            Event.kind == Kind.POST,
            Event.door != DOOR_OF_OLD_MAIL,
        )
        .order_by(Event.id.desc())
        .limit(1)
    )


def invitations(
    session: Session, since: datetime, *, by: int | None = None, of: int | None = None
) -> int:
    """Count invitations since a moment, by an inviter or of an invited person."""
    query = (
        select(func.count())
        .select_from(Event)
        .where(Event.kind == Kind.INVITED, Event.received_at >= since)
    )
    if by is not None:
        query = query.where(Event.actor_id == by)
    if of is not None:
        query = query.where(Event.subject_id == of)
    return session.scalar(query) or 0


def newest(session: Session, activity_id: int) -> int:
    """Give the number of the newest event of an activity."""
    return (
        session.scalar(
            select(func.max(Event.id)).where(Event.activity_id == activity_id)
        )
        or 0
    )


def has_come(session: Session, activity_id: int, inbound_id: int) -> bool:
    """Say whether a mail did anything in an activity but wait at its door."""
    return (
        session.scalar(
            select(Event.id)
            .where(
                Event.activity_id == activity_id,
                Event.inbound_id == inbound_id,
                Event.kind != Kind.HELD,
            )
            .limit(1)
        )
        is not None
    )


def held_before(session: Session, activity_id: int, actor_id: int | None) -> bool:
    """Say whether a mail of this person to this activity was held already."""
    if actor_id is None:
        return False
    return (
        session.scalar(
            select(Event.id)
            .where(
                Event.activity_id == activity_id,
                Event.kind == Kind.HELD,
                Event.actor_id == actor_id,
            )
            .limit(1)
        )
        is not None
    )


def reactions(
    session: Session, family: Collection[int], lane: Lane
) -> list[tuple[int, int, str]]:
    """Give the marks on posts of a lane: post, person, mark; oldest first."""
    rows = session.execute(
        select(Event.actor_id, Event.values)
        .where(
            Event.activity_id.in_(family),
            Event.kind == Kind.REACTION,
            Event.lane == lane,
            Event.actor_id.is_not(None),
        )
        .order_by(Event.id)
    )
    return [(values["post"], person, values["mark"]) for person, values in rows]

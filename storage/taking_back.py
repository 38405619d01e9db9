"""A text is taken back: out of posts, journal and outbox (decision 45)."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, event, or_, select, update
from sqlalchemy.orm import Session

from storage import journal, search
from storage.activity import Activity
from storage.blobs import Blobs
from storage.event import Event, Kind
from storage.journal import Inbound
from storage.outbox import Delivery, Letter, Progress

_TEXTUAL = frozenset({Kind.POST, Kind.HELD, Kind.MACHINE})
_OF_NO_CASE = ("confirmation", "digest")
_MOST_LETTERS = 5000
_GONE = ("below", "attachments", "linked", "pictures", "repeated")
"""What a post keeps of its mail beside the text.

The hashes of its pictures stay: by them a quote that brings one back is without it."""


def copies(session: Session, post: Event, family: Collection[int]) -> list[Event]:
    """Give a post and wherever else the same was said again, by us or by one mail.

    That is in the activity (a note that was published), in one that it was split into
    or from, in the case that a private question is about, and whatever the same mail
    left that was held before.
    """
    places = set(family)
    for each in (post, *_split_copies(session, post)):
        places |= {each.activity_id, int(each.values.get("split_from", 0))}
    where: list[ColumnElement[bool]] = [Event.activity_id.in_(places)]
    if post.inbound_id is not None:
        where.append(Event.inbound_id == post.inbound_id)
    wanted = select(Event).where(
        Event.kind.in_(_TEXTUAL), Event.text == post.text, or_(*where)
    )
    found = {each.id: each for each in session.scalars(wanted.order_by(Event.id))}
    if post.inbound_id is not None:
        held = select(Event).where(
            Event.inbound_id == post.inbound_id,
            Event.kind.in_(_TEXTUAL - {Kind.POST}),
        )
        found |= {each.id: each for each in session.scalars(held)}
    return [post, *(each for each in found.values() if each.id != post.id)]


def _split_copies(session: Session, post: Event) -> Iterator[Event]:
    wanted = select(Event).where(
        Event.kind == Kind.SPLIT, Event.activity_id == post.activity_id
    )
    for split in session.scalars(wanted):
        if split.values.get("post") == post.id:
            copy = select(Event).where(
                Event.activity_id == split.values["into"],
                Event.kind == Kind.POST,
                Event.text == post.text,
            )
            yield from session.scalars(copy.limit(1))


def filed(session: Session, posts: Collection[Event]) -> list[Event]:
    """Give the events that put files of some posts behind links afterwards."""
    numbers = {each.id for each in posts}
    wanted = select(Event).where(
        Event.kind == Kind.FILED,
        Event.activity_id.in_({each.activity_id for each in posts}),
    )
    found = session.scalars(wanted)
    return [each for each in found if each.values.get("post") in numbers]


def take_back(session: Session, post: Event, said: str, who: dict[str, object]) -> None:
    """Put `said` in place of all that an event keeps of a text.

    `who` is kept beside it: by whom, and when.
    """
    post.text = said
    kept = {name: it for name, it in post.values.items() if name not in _GONE}
    post.values = {**kept, "taken_back": who}
    if post.kind is Kind.POST:
        search.forget(session.connection(), search.post_number(post.id))


def leave_out(
    session: Session, post: Event, text: str, below: list[dict[str, str]]
) -> None:
    """Give a post the text that is left without what it quotes; nothing if it is."""
    if text == post.text and len(below) == len(post.values.get("below", ())):
        return
    post.text = text
    post.values = {**post.values, "below": below}
    number = search.post_number(post.id)
    search.forget(session.connection(), number)
    search.keep(session.connection(), [(number, search.text_of(text, post.values))])


def letters(
    session: Session,
    posts: Collection[int],
    family: Collection[int],
    since: datetime,
) -> Iterator[Letter]:
    """Give the letters in which a text of some posts may stand, the newest first.

    Those that carry the posts, and since then those about their activities and about
    none (what was found at the desk, digests). A digest that still waits is not among
    them: it tells of other things too.
    """
    waits = select(Delivery.letter_id).where(
        Delivery.state.in_([Progress.WAITING, Progress.LEASED])
    )
    of_none = and_(
        Letter.activity_id.is_(None),
        Letter.kind.in_(_OF_NO_CASE),
        Letter.made_at >= since,
        or_(Letter.kind != "digest", Letter.id.not_in(waits)),
    )
    of_case = and_(Letter.activity_id.in_(family), Letter.made_at >= since)
    which = or_(Letter.event_id.in_(posts), of_case, of_none)
    wanted = select(Letter).where(which).order_by(Letter.id.desc())
    yield from session.scalars(wanted.limit(_MOST_LETTERS)).all()


def replace_letter(session: Session, letter: Letter, raw: bytes) -> None:
    """Give a letter other octets, for whoever has not got it and for the record.

    Whoever dispatches may hold the old ones by the number of the letter, so that its
    deliveries get a letter of another number; save those that are in hand.
    """
    fresh = Letter(
        kind=letter.kind,
        message_id=letter.message_id,
        made_at=letter.made_at,
        raw=raw,
        placeholder=letter.placeholder,
        return_path=letter.return_path,
        activity_id=letter.activity_id,
        event_id=letter.event_id,
        lane=letter.lane,
        numbers=letter.numbers,
    )
    session.add(fresh)
    session.flush()
    letter.raw = raw
    session.execute(
        update(Delivery)
        .where(Delivery.letter_id == letter.id, Delivery.state != Progress.LEASED)
        .values(letter_id=fresh.id)
    )


def journal_rows(session: Session, ids: Iterable[int]) -> list[Inbound]:
    """Give mails of the journal, with whatever rows hold the same octets."""
    digests = select(Inbound.digest).where(Inbound.id.in_(list(ids)))
    return list(session.scalars(select(Inbound).where(Inbound.digest.in_(digests))))


def blot(session: Session, blobs: Blobs, row: Inbound, octets: bytes) -> None:
    """Keep other octets of a mail; its file, if it had one, is removed on commit."""
    had_file = row.raw is None
    row.raw = journal.packed(octets)
    if had_file:
        drop_file(session, blobs, row.digest)


def drop_file(session: Session, blobs: Blobs, digest: str) -> None:
    """Remove a file on commit, unless a post or another mail still names it."""
    session.flush()
    named = select(Event.id).where(cast(Event.values, String).contains(digest)).limit(1)
    is_mail = select(Inbound.id).where(Inbound.digest == digest, Inbound.raw.is_(None))
    if session.scalar(named) or session.scalar(is_mail.limit(1)):
        return

    # Removed before it, a transaction that fails would have lost the file.
    event.listen(session, "after_commit", lambda _: blobs.drop(digest), once=True)


def family_of(session: Session, posts: Iterable[Event]) -> set[int]:
    """Give the activities of some posts, with what was merged into each."""
    found: set[int] = set()
    for post in posts:
        activity = session.get_one(Activity, post.activity_id)
        found |= {*activity.family}
    return found

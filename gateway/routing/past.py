"""What an old thread tells: its customer, owner, state, and who saw which mail; pure.

An import knows the mails of a thread in the order in which they lie in the mailbox, and
that may be any order. So nothing here depends on it: a thread is judged by the set of
its mails, and judged anew whenever one is added.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.routing.desk import Desk, Desks
from parsers.address import Mailbox, key

Who = str
"""Somebody, told apart from everybody else by the key of one of their addresses."""

_REMEMBERED = 10_000
_UNDER_WAY = timedelta(days=7)
_CLOCKS_DIFFER = timedelta(days=1)


class Side(StrEnum):
    """Where somebody stands in a thread of the desk."""

    TEAM = "team"
    """On the team of this desk today."""
    OURS = "ours"
    """Another desk's team, a former colleague, or the desk's address itself."""
    OTHER = "other"


class Sides:
    """Tells ours from others, by address and name as the settings have them."""

    def __init__(self, desks: Desks, desk: Desk, ours: Iterable[str] = ()) -> None:
        """Take the desk that the mailbox is of; `ours` are further addresses."""
        self._desks = desks
        self._team = {key(member.address) for member in desk.team}
        self._ours = {key(address) for address in ours} | {
            key(member.address) for each in desks.all for member in each.team
        }
        self._by_name = {
            member.name.casefold(): member for member in desk.team if member.name
        }
        self._known: dict[str, bool] = {}

    def is_own(self, address: str) -> bool:
        """Say whether this is an address of a desk, not of a person."""
        found = self._known.get(address)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            desks = self._desks
            found = bool(desks.by_address(address) or desks.token_in(address))
            self._known[address] = found
        return found

    def of(self, address: str) -> Side:
        """Say on which side an address is, given by its key."""
        if address in self._team:
            return Side.TEAM
        if address in self._ours or self.is_own(address):
            return Side.OURS
        return Side.OTHER

    def author(self, sender: Mailbox) -> Mailbox | None:
        """Give who wrote a mail; None when only the desk's address says so.

        From a shared mailbox a member of the team is known by name.
        """
        if not self.is_own(sender.address):
            return sender
        return self._by_name.get(sender.name.strip().casefold())


@dataclass(frozen=True, slots=True)
class Post:
    """One mail of a thread, as far as its place in it goes."""

    at: datetime
    name: str
    """Sets the order of two of the same second, whichever came first to us."""
    writer: Who | None
    """None: the desk's address, and nobody knows who."""
    side: Side
    to: tuple[Who, ...]
    """Whom it went to, addresses of desks left out."""
    outsiders: tuple[Who, ...]
    """Those of them who are not ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the mails of a thread say together."""

    customer: Who
    opened_at: datetime
    last_at: datetime
    owner: Who | None = None
    taken_at: datetime | None = None
    answered: bool = False
    """Somebody of ours has ever answered the customer."""
    waiting_since: datetime | None = None
    repeats: int = 0
    resolved_at: datetime | None = None
    team: frozenset[Who] = field(default=frozenset())
    """Of the team, whoever wrote in it."""


def in_order(posts: Iterable[Post]) -> list[Post]:
    """Sort the mails of a thread by time."""
    return sorted(posts, key=lambda post: (post.at, post.name))


def customer_of(posts: Sequence[Post]) -> Who | None:
    """Say whose case a thread in order is; None when nobody but the desk is in it.

    The first writer who is not ours; where ours began, whom the first mail went to.
    A thread among ourselves belongs to whoever began it.
    """
    first = posts[0]
    if first.side is Side.OTHER:
        return first.writer
    outsiders = (*first.outsiders, *_others(posts))
    ours = (first.writer, *first.to, *(post.writer for post in posts))
    return next((who for who in (*outsiders, *ours) if who is not None), None)


def _others(posts: Sequence[Post]) -> list[Who | None]:
    """Give the outsiders of a thread: the writers, then those written to."""
    writers = [post.writer for post in posts if post.side is Side.OTHER]
    return [*writers, *(who for post in posts for who in post.outsiders)]


def saw(customer: Who, post: Post) -> bool:
    """Say whether the customer wrote a mail or was written to by it."""
    return customer == post.writer or customer in post.to


def story(posts: Sequence[Post], *, now: datetime, quiet: timedelta) -> Story | None:
    """Tell the story of a thread in order; None when nobody but the desk is in it.

    After `quiet` days without a word it is over, at its last word.
    """
    customer = customer_of(posts)
    if customer is None:
        return None
    said = [post for post in posts if saw(customer, post)]
    team = [post for post in said if post.side is Side.TEAM and post.writer != customer]
    last_at = posts[-1].at
    is_over = now - last_at > quiet
    asked = [] if is_over else _unanswered(said, customer)
    owner = next((post for post in team if post.writer is not None), None)
    return Story(
        customer=customer,
        opened_at=posts[0].at,
        last_at=last_at,
        owner=owner.writer if owner else None,
        taken_at=owner.at if owner else None,
        answered=any(_answers(post, customer) for post in said),
        waiting_since=asked[0].at if asked else None,
        repeats=max(0, len(asked) - 1),
        resolved_at=last_at if is_over else None,
        team=frozenset(
            post.writer for post in posts if post.side is Side.TEAM and post.writer
        )
        - {customer},
    )


def _answers(post: Post, customer: Who) -> bool:
    return post.side is not Side.OTHER and post.writer != customer


def _unanswered(said: Sequence[Post], customer: Who) -> list[Post]:
    """Give the customer's mails that nobody of ours answered."""
    asked: list[Post] = []
    for post in said:
        if _answers(post, customer):
            asked = []
        elif post.writer == customer:
            asked.append(post)
    return asked


def outsiders(posts: Iterable[Post]) -> set[Who]:
    """Give everybody in a thread who is not ours, by writing or being written to."""
    found: set[Who] = set()
    for post in posts:
        found.update(post.outsiders)
        if post.side is Side.OTHER and post.writer is not None:
            found.add(post.writer)
    return found


def knows(known: AbstractSet[Who], post: Post) -> bool:
    """Say whether a mail that names a thread belongs to it; `known` are its outsiders.

    Ours do. Others must have been in it, or write to somebody who was, as with live
    mail: whoever was forwarded a mail, or got it in Bcc, begins a case of their own.
    """
    if post.side is not Side.OTHER or not known:
        return True
    return post.writer in known or not known.isdisjoint(post.outsiders)


def arrived(
    stored: datetime | None,
    passed_on: datetime | None,
    written: datetime | None,
    now: datetime,
) -> datetime:
    """Say when a mail came: never in the future.

    `stored` is what the mailbox says, which is true unless the mailbox was copied; so
    it must agree with when the last server passed the mail on, else with its Date.
    """
    witness = _past(passed_on, now) or _past(written, now)
    at = _past(stored, now)
    if at is None or witness is None:
        return at or witness or now
    agrees = -_CLOCKS_DIFFER <= at - witness <= _UNDER_WAY
    return at if agrees else witness


_FIRST_MAIL = 1971
"""Nothing was mailed before; such years come from broken clocks."""


def _past(at: datetime | None, now: datetime) -> datetime | None:
    if at is None or at.year < _FIRST_MAIL:
        return None
    # A clock that is a little fast is no reason to disbelieve it.
    return min(at, now) if at <= now + _CLOCKS_DIFFER else None

"""The ids that hold a thread together in every mail program (mail-rules 1.2)."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.activities.place import Place
from parsers.message_id import OwnKind, thread
from storage import activity as activities
from storage import alias
from storage import event as events
from storage.activity import Lane
from storage.event import Event, Kind

_ANCESTORS = 12


@dataclass(frozen=True, slots=True)
class Ancestry:
    """What a letter about an activity refers to."""

    references: tuple[str, ...]
    parent_post: int
    """The number of the post that is answered; 0 for the first."""
    parent: str
    """Our id of the post that is answered; empty for the first."""
    parents_own: str
    """The id its author gave it; what they hold of it themselves."""
    parent_author: int | None

    def answers(self, reader: int | None) -> str:
        """Give the In-Reply-To for a reader: the id of the parent that they hold."""
        if self.parents_own and reader == self.parent_author:
            return self.parents_own
        return self.parent


def root_id(place: Place, lane: Lane) -> str:
    """Give the root id of a lane; no mail ever bears it (decisions E41)."""
    kind: OwnKind = "t" if lane is Lane.TEAM else "a"
    return place.house.ids.write(kind, place.activity.id, _domains(place)(0))


def _domains(place: Place) -> Callable[[int], str]:
    """Give by what domain an id of ours was written, by the number of its event.

    Where a case moved from a desk of another domain, the ids that people hold are that
    one's. Asked only of a house that has several.
    """
    desks = place.house.desks
    if len({each.reply.domain for each in desks.all}) == 1:
        return lambda _: place.domain
    moves = []
    for each in events.of_kind(place.session, place.activity.id, Kind.MOVED):
        row = place.session.get(activities.Desk, each.values["from"])
        before = desks.by_address(row.address) if row else None
        moves.append((each.id, before.reply.domain if before else place.domain))
    return lambda number: next(
        (domain for at, domain in moves if number < at), place.domain
    )


def ancestry(place: Place, lane: Lane, *, before: int | None = None) -> Ancestry:
    """Give what the next letter of a lane refers to.

    Each earlier post contributes the id its author gave it, which they hold, and
    ours, which everybody else holds. `before` is the number of the post that the
    letter carries; None for a letter that comes after all posts.
    """
    house, domain = place.house, _domains(place)
    earlier = alias.ancestors(
        place.session, place.activity.family, lane, before, _ANCESTORS
    )
    chain: list[str] = []
    for post in earlier:
        if post.message_id:
            chain.append(post.message_id)
        chain.append(house.ids.write("p", post.id, domain(post.id)))
    parent = earlier[-1] if earlier else alias.Ancestor(0, None, "")
    return Ancestry(
        references=thread(root_id(place, lane), chain, house.limits.references),
        parent_post=parent.id,
        parent=chain[-1] if chain else "",
        parents_own=parent.message_id,
        parent_author=parent.author,
    )


def post_id(place: Place, post: Event) -> str:
    """Give the one Message-ID that every copy of a post bears."""
    return place.house.ids.write("p", post.id, _domains(place)(post.id))

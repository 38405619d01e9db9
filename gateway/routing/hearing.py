"""Who hears a post: at once, in the digest, or not; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gateway.routing.facts import Standing
from gateway.routing.pace import Pace


class Heard(StrEnum):
    """What a reader gets of a post; the ledger keeps it under the same words."""

    COPY = "copy"
    AUTHOR = "author"
    DIRECT = "direct"
    DIGEST = "digest"
    MUTED = "muted"
    INVITED = "invited"
    GONE = "gone"
    LANE = "lane"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    LISTEN = "listen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One participant, as far as hearing goes."""

    person: int
    standing: Standing
    in_team_lane: bool
    on_team: bool
    is_customer: bool
    is_owner: bool
    wants: str
    """each, digest or muted."""
    reachable: bool
    got_it_directly: bool
    """Stood in To or Cc of the author's own mail (decisions D43)."""
    may_be_written: bool
    """False outside the team of a desk that only listens."""
    given_up: bool = False
    """Mail to them came back for so long that not even a customer is tried."""
    refuses: bool = False
    """They complained of such letters, or unsubscribed from all (B2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One post, as far as hearing goes."""

    author: int | None
    team_lane: bool
    opens: bool
    """It opened the activity."""
    takes: bool
    """It gave the activity its owner."""
    taken: bool
    """The activity has an owner, be it by this post."""
    by_customer: bool
    all_follow: bool
    """The desk's team follows every case (`team_follow = "all"`)."""
    by_hand: bool
    """Somebody sent it from the mailbox itself, past us."""
    by_team: bool = False
    pace: Pace = Pace.CALM
    """Whether it comes faster than people write (decisions E46)."""
    quiet: bool = False
    """One of the team put it on record by a blind copy."""


def hear(readers: Iterable[Reader], post: Spoken) -> dict[int, tuple[Heard, str]]:
    """Say what each reader gets of a post, and by which rule.

    What the customer writes is always heard by somebody of the team, whoever muted
    the case or reads digests: no wish may suppress the only notice of a text (R16).
    What comes faster than people write has a notice of its own (decisions E46).
    """
    all_ = list(readers)
    heard = {reader.person: hears(reader, post) for reader in all_}
    team = [reader for reader in all_ if reader.in_team_lane]
    if (
        not post.by_customer
        or post.pace is not Pace.CALM
        or any(heard[reader.person][0] in {Heard.COPY, Heard.DIRECT} for reader in team)
    ):
        return heard
    for reader in team:
        if heard[reader.person][0] in {Heard.MUTED, Heard.DIGEST}:
            heard[reader.person] = Heard.COPY, "nobody else hears"
    return heard


def hears(reader: Reader, post: Spoken) -> tuple[Heard, str]:
    """Say what a reader gets of a post, and by which rule."""
    for rule in (_never, _past_us, _as_wished, _too_fast, _not_now):
        if found := rule(reader, post):
            return found
    return Heard.COPY, _why(reader)


def _never(reader: Reader, post: Spoken) -> tuple[Heard, str] | None:
    if reader.person == post.author:
        return Heard.AUTHOR, "wrote it"
    if reader.standing in {Standing.LEFT, Standing.DECLINED}:
        return Heard.GONE, str(reader.standing)
    if post.team_lane and not reader.in_team_lane:
        return Heard.LANE, "team lane"
    if reader.standing is Standing.INVITED:
        return Heard.INVITED, "has not joined"
    if post.quiet:
        return Heard.DIGEST, "filed quietly"
    return None


def _past_us(reader: Reader, post: Spoken) -> tuple[Heard, str] | None:
    """Whoever has it from elsewhere, and whom the desk may not or cannot write to."""
    if reader.got_it_directly and (post.by_hand or not reader.may_be_written):
        return Heard.DIRECT, "had it already"
    if not reader.may_be_written:
        return Heard.LISTEN, "the desk only listens"
    # The team's first copy carries the address by which they answer, and a Cc can
    # be claimed by anybody: it is never left out.
    if reader.got_it_directly and not post.opens:
        return Heard.DIRECT, "stood in To or Cc"
    if reader.refuses:
        return Heard.REFUSED, "wants no such mail"
    if reader.given_up or not (reader.reachable or reader.is_customer):
        return Heard.UNREACHABLE, "mail to them comes back"
    return None


def _as_wished(reader: Reader, post: Spoken) -> tuple[Heard, str] | None:
    # An owner cannot mute the customer of their own case (decisions D35).
    must_hear = reader.is_owner and post.by_customer
    if reader.wants == "muted" and not must_hear:
        return Heard.MUTED, "muted this activity"
    if reader.wants == "digest" and not must_hear:
        return Heard.DIGEST, "reads the digest"
    return None


def _too_fast(reader: Reader, post: Spoken) -> tuple[Heard, str] | None:
    """Nobody is stopped: it waits for the digest, and the owner was told of it."""
    # What opens or takes a case says it to all, and an answer reaches its customer.
    if post.pace is Pace.CALM or post.opens or post.takes:
        return None
    if reader.is_customer and post.by_team:
        return None
    return Heard.DIGEST, str(post.pace)


def _not_now(reader: Reader, post: Spoken) -> tuple[Heard, str] | None:
    if post.by_hand and not reader.in_team_lane:
        return Heard.DIGEST, "sent by hand"
    if (
        reader.on_team
        and not reader.is_owner
        and reader.standing is Standing.TOLD
        and post.taken
        and not (post.takes or post.all_follow)
    ):
        return Heard.DIGEST, "the case is taken"
    return None


def _why(reader: Reader) -> str:
    if reader.is_customer:
        return "customer"
    if reader.is_owner:
        return "owner"
    return "team" if reader.on_team else "participant"

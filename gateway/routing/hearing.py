"""Who hears a post: at once, in the digest, or not; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from gateway.routing.facts import Standing
from gateway.routing.pace import Pace

# Reasons that others ask for by name: the digests fold or put off what they say.
PAUSED = "paused"
"""The reader wants nothing at once until a day; all of it waits for that day."""
IGNORED = "ignores the writer"
"""Told to nobody but the reader, and there as a number (digests 3.1)."""
QUIET = "quiet hours"
THANKS = "thanks"
BY_NAME = "asked by name"
URGENT = "urgent"
ASSIGNED = "assigned"


class Heard(StrEnum):
    """What a reader gets of a post; the ledger keeps it under the same words.

    Whatever is to be told later is DIGEST, and the reason says why it waits (decision
    0036); MUTED is never told.
    """

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
    is_consulted: bool = False
    """In the team lane for advice; nobody counts on them to answer."""
    is_customer: bool
    is_owner: bool
    wants: str
    """each, digest, urgent or muted."""
    reachable: bool
    got_it_directly: bool
    """Stood in To or Cc of the author's own mail (decisions D43)."""
    may_be_written: bool
    """False outside the team of a desk that only listens."""
    given_up: bool = False
    """Mail to them came back for so long that not even a customer is tried."""
    refuses: bool = False
    """They complained of such letters, or unsubscribed from all (B2)."""
    paused: bool = False
    """Wants nothing at once for now, or is away."""
    ignores_author: bool = False
    in_quiet_hours: bool = False
    no_digests: bool = False
    """They read this case by digest, and turned the digests of its kind off."""
    called: bool = False
    """The post speaks to them by name (decisions D33)."""
    stands_in: bool = False
    """The owner is away, and they are the deputy (decisions D35)."""
    on_duty: bool = True
    """False while others of the team are on duty (decisions D32)."""


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
    assigns: bool = False
    """The mail gave the case to its owner."""
    owner_away: bool = False
    """The owner has paused or is away, and so somebody else hears the customer."""
    is_thanks: bool = False
    """It is thanks and nothing else (decisions E44)."""
    thanks: int | None = None
    """Whom it thanks; None: nobody, or nobody we know."""
    is_urgent: bool = False
    """One of the team has put the case first (support.md 4)."""


def hear(readers: Iterable[Reader], post: Spoken) -> dict[int, tuple[Heard, str]]:
    """Say what each reader gets of a post, and by which rule.

    What the customer writes is always heard by somebody of the team, whoever muted
    the case or reads digests: no wish may suppress the only notice of a text (R16).
    What comes faster than people write has a notice of its own (decisions E46).
    """
    all_ = list(readers)
    heard = {reader.person: hears(reader, post) for reader in all_}
    team = [each for each in all_ if each.in_team_lane and not each.is_consulted]
    if (
        not post.by_customer
        or post.pace is not Pace.CALM
        or post.is_thanks
        or any(heard[reader.person][0] in {Heard.COPY, Heard.DIRECT} for reader in team)
    ):
        return heard
    silent = [
        reader
        for reader in team
        if heard[reader.person][0] in {Heard.MUTED, Heard.DIGEST}
    ]
    # Whose hours are quiet, and then who has paused, is woken up only where nobody
    # else is left.
    there = [each for each in silent if not each.paused] or silent
    for reader in [each for each in there if not each.in_quiet_hours] or there:
        heard[reader.person] = Heard.COPY, "nobody else hears"
    return heard


def hears(reader: Reader, post: Spoken) -> tuple[Heard, str]:
    """Say what a reader gets of a post, and by which rule."""
    for rule in (_never, _past_us, _silenced, _as_wished, _too_fast, _not_now):
        if found := rule(reader, post):
            return found
    return Heard.COPY, _why(reader, post)


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


def _silenced(reader: Reader, post: Spoken) -> tuple[Heard, str] | None:
    # An owner cannot mute the customer of their own case, nor can who stands in for
    # them (decisions D35).
    must_hear = _hears_customer(reader, post)
    if reader.wants == "muted" and not must_hear:
        return Heard.MUTED, "muted this activity"
    if reader.paused:
        return Heard.DIGEST, PAUSED
    if reader.ignores_author and not must_hear:
        return Heard.DIGEST, IGNORED
    return None


def _as_wished(reader: Reader, post: Spoken) -> tuple[Heard, str] | None:
    if _hears_customer(reader, post):
        # Somebody else of the team hears instead, else they are woken up (R16).
        waits = reader.in_quiet_hours and not post.is_urgent
        return (Heard.DIGEST, QUIET) if waits else None
    if _thanks_another(reader, post):
        return Heard.DIGEST, THANKS
    # The answer to a question of their own waits for no digest that never comes.
    in_vain = reader.is_customer and reader.no_digests and reader.wants == "digest"
    if in_vain or reader.wants not in {"digest", "urgent"}:
        return None
    if why := _urgent(reader, post):
        # Nothing interrupts quiet hours but what was put first (decisions D33).
        waits = reader.in_quiet_hours and why != URGENT
        return (Heard.DIGEST, QUIET) if waits else None
    if reader.wants == "urgent":
        return Heard.MUTED, "only what is urgent"
    return Heard.DIGEST, "reads the digest"


def _thanks_another(reader: Reader, post: Spoken) -> bool:
    """Say whether a post only thanks, and somebody else than this reader."""
    # What takes a case says to all of the team who has it; and of whom we do not know
    # whom they thank, all may be meant.
    if not post.is_thanks or post.opens or post.takes:
        return False
    is_known = post.thanks is not None or post.by_customer
    return is_known and reader.person != post.thanks


def _hears_customer(reader: Reader, post: Spoken) -> bool:
    """Say whether it is their customer who asks; thanks ask nothing of anybody."""
    if not post.by_customer or post.is_thanks or reader.paused:
        return False
    return reader.is_owner or reader.stands_in


def _urgent(reader: Reader, post: Spoken) -> str:
    """Say why a post goes at once to who reads digests; empty: it waits (D33)."""
    if post.is_thanks:
        return THANKS if reader.person == post.thanks else ""
    if post.is_urgent and (reader.on_team or reader.is_owner):
        return URGENT
    if post.assigns and reader.is_owner:
        return ASSIGNED
    return BY_NAME if reader.called else ""


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
        not reader.on_team
        or reader.is_owner
        or reader.stands_in
        or reader.standing is not Standing.TOLD
        or reader.called
        or reader.person == post.thanks
    ):
        return None
    if post.taken and not (post.takes or post.all_follow):
        return Heard.DIGEST, "the case is taken"
    if not (reader.on_duty or post.takes):
        return Heard.DIGEST, "not on duty"
    return None


def _why(reader: Reader, post: Spoken) -> str:
    """Give the short name by which a letter says why it came (X-Parlour-Reason)."""
    if reader.is_customer:
        return "customer"
    if reader.is_owner:
        return ASSIGNED if post.assigns else "owner"
    if reader.stands_in and post.by_customer:
        return "deputy"
    if urgent := _urgent(reader, post):
        return urgent
    if reader.on_team and post.owner_away and post.by_customer:
        return "owner away"
    return "team" if reader.on_team else "participant"

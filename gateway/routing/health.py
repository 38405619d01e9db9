"""The life of an address (mail-rules B2): bounces, mail from it, time; pure.

`after` is the whole table: a life and an event give the next life and what must follow.
What somebody refuses (a complaint, unsubscribe all) stands beside the state, since it
is about letters of a kind and not about whether mail arrives (decision 0025).
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from gateway.routing.limits import Limits

ALL = "all"
"""What who unsubscribed from everything refuses: all but answers and receipts."""
_OF_THEIR_OWN = frozenset({"acknowledgement", "confirmation", "notice"})
"""Kinds of letters that answer what somebody did, or tell what befell it."""

PROBES = (timedelta(days=1), timedelta(days=4), timedelta(days=10))
"""When a probe goes to a paused address, counted from its fall."""


class State(StrEnum):
    """Whether mail reaches an address."""

    OK = "ok"
    WATCH = "watch"
    PAUSED = "paused"
    PROBING = "probing"
    DEAD = "dead"


class Follows(StrEnum):
    """What must be done when a life has changed."""

    RETRY = "retry"
    """The same letter once more, after `hard_retry_minutes`."""
    TELL = "tell"
    """Owner or inviter hear that mail comes back, with the reason."""
    PROBE = "probe"
    GIVE_UP = "give up"
    """Owner or inviter hear that nothing goes there any more."""
    CATCH_UP = "catch up"
    """One letter with what was missed, if anything was."""
    WELCOME = "welcome"
    """The same, and a line that says welcome back; also when nothing was missed."""
    TRY = "try"
    """An invitation, or else a probe, may go to a dead address once."""
    COMPLAINT = "complaint"
    """The owner hears that a kind of letter is refused."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One bounce that counts."""

    at: datetime
    class_: str
    """hard, soft or full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """All that is remembered of an address."""

    state: State = State.OK
    since: datetime | None = None
    """When it came into this state; while probing, when it was paused."""
    score: tuple[Scored, ...] = ()
    probes: int = 0
    due_at: datetime | None = None
    """When time is to be asked again."""
    told_at: datetime | None = None
    """When somebody heard of it; nobody hears twice until it is ok again."""
    missed_from: datetime | None = None
    """When the first letter was written that did not arrive."""
    tried_at: datetime | None = None
    """When somebody last asked to try a dead address again."""
    refused: frozenset[str] = frozenset()
    """Kinds of letters (X-Parlour-Kind), or `ALL`."""

    @property
    def is_reached(self) -> bool:
        """Mail goes there as usual."""
        return self.state in {State.OK, State.WATCH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A letter did not arrive, or not yet."""

    at: datetime
    class_: str
    """Of table B1: hard, soft, full, ours, content or note."""
    written_at: datetime
    """When the first of what the letter tells was written."""
    lost: bool = True
    """Nobody will try it again, if not we."""
    fine_lately: bool = False
    """Some letter arrived in the last `delivered_days`."""
    tried_again: bool = False
    """This was the one re-try already."""
    is_probe: bool = False
    told_otherwise: bool = False
    """Those who would be told hear of it by a letter about the domain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """They wrote, replied or pressed a button."""

    at: datetime
    proved: bool
    """At least bearer; what only claims to be from them shows no more than hope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """Time has passed."""

    at: datetime
    left_at: datetime | None = None
    """When the first letter left after the last bounce, and none came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedAgain:
    """A colleague says explicitly: try again."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """They want no more letters of a kind: a complaint, or `ALL` by choice."""

    kind: str
    complained: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedIn:
    """They ask for letters again; only they can. No kind means every kind."""

    kinds: frozenset[str] = frozenset()


Happening = Failed | Heard | Aged | AskedAgain | Refused | OptedIn
Outcome = tuple[Life, tuple[Follows, ...]]


@dataclass(frozen=True, slots=True)
class Again:
    """A letter that was refused is to be tried once more."""

    at: datetime | None = None
    """None: as after any temporary failure."""


def after(life: Life, event: Happening, limits: Limits) -> Outcome:
    """Give what an event makes of a life, and what follows (mail-rules B2)."""
    match event:
        case Failed():
            return _failed(_decayed(life, event.at, limits), event, limits)
        case Heard():
            return _heard(life, event, limits)
        case Aged():
            return _aged(life, event, limits)
        case AskedAgain():
            return _asked_again(life, event, limits)
        case Refused():
            is_news = event.kind not in life.refused
            told = (Follows.COMPLAINT,) if event.complained and is_news else ()
            return replace(life, refused=life.refused | {event.kind}), told
        case OptedIn():
            left = life.refused - event.kinds if event.kinds else frozenset()
            return replace(life, refused=left), ()
        case _:
            assert_never(event)


def refuses(refused: frozenset[str], kind: str, *, answers_them: bool) -> bool:
    """Say whether somebody refuses a letter of a kind.

    `answers_them`: it belongs to a case of their own, or to one that is theirs to keep.
    """
    if kind in refused:
        return True
    return ALL in refused and kind not in _OF_THEIR_OWN and not answers_them


def _decayed(life: Life, at: datetime, limits: Limits) -> Life:
    """Forget bounces that are too old to count."""
    oldest = at - timedelta(days=limits.bounce_days)
    life = replace(life, score=tuple(one for one in life.score if one.at > oldest))
    if life.state is State.OK and life.told_at is not None and life.told_at <= oldest:
        return replace(life, told_at=None, missed_from=None)
    return life


def _failed(life: Life, event: Failed, limits: Limits) -> Outcome:
    match event.class_:
        case "hard" | "soft" | "full" if life.is_reached:
            judge = _hard if event.class_ == "hard" else _soft
            return judge(life, event, limits)
        case "hard" | "soft" | "full":
            is_last = event.is_probe and event.lost and life.probes >= len(PROBES)
            if life.state is State.PROBING and is_last:
                return _dead(life, event.at)
            return _missed(life, event)
        case "ours" | "content":
            # The fault of our server or of a file: nothing against the person.
            return _missed(life, event)
        case _:
            return life, ()


def _hard(life: Life, event: Failed, limits: Limits) -> Outcome:
    today = event.at.date()
    before = [one for one in life.score if one.class_ == "hard"]
    is_single = all(one.at.date() == today for one in before)
    life = _scored(life, event)
    if is_single and event.fine_lately and not event.tried_again:
        # Directories have their moments; whoever got mail lately gets it once more.
        return _watched(life, event.at, limits), (Follows.RETRY,)
    return _paused(life, event)


def _soft(life: Life, event: Failed, limits: Limits) -> Outcome:
    full_since = [one.at for one in life.score if one.class_ == "full"]
    life = _scored(life, event)
    days = {one.at.date() for one in life.score if one.class_ != "hard"}
    long_full = event.class_ == "full" and any(
        event.at - since >= timedelta(days=limits.full_days) for since in full_since
    )
    if len(days) >= limits.soft_days or long_full:
        return _paused(life, event)
    return _missed(_watched(life, event.at, limits), event)


def _scored(life: Life, event: Failed) -> Life:
    """Count at most one hard and one soft bounce for each calendar day."""
    is_hard = event.class_ == "hard"
    counted = any(
        one.at.date() == event.at.date() and (one.class_ == "hard") is is_hard
        for one in life.score
    )
    if counted:
        return life
    return replace(life, score=(*life.score, Scored(event.at, event.class_)))


def _watched(life: Life, at: datetime, limits: Limits) -> Life:
    due = at + timedelta(hours=limits.silence_hours)
    since = life.since if life.state is State.WATCH else at
    return replace(life, state=State.WATCH, since=since, due_at=due)


def _paused(life: Life, event: Failed) -> Outcome:
    paused = replace(
        life,
        state=State.PAUSED,
        since=event.at,
        probes=0,
        due_at=event.at + PROBES[0],
    )
    return _missed(paused, event, pauses=True)


def _missed(life: Life, event: Failed, *, pauses: bool = False) -> Outcome:
    """Remember from when on letters are missing; somebody hears of it once."""
    if not (event.lost or pauses):
        return life, ()
    first = min(life.missed_from or event.written_at, event.written_at)
    life = replace(life, missed_from=first)
    is_quiet = event.is_probe and not pauses
    if is_quiet or life.told_at is not None or event.told_otherwise:
        return life, ()
    return replace(life, told_at=event.at), (Follows.TELL,)


def _dead(life: Life, at: datetime) -> Outcome:
    dead = replace(life, state=State.DEAD, since=at, due_at=None, told_at=at)
    return dead, (Follows.GIVE_UP,)


def _recovered(life: Life, at: datetime) -> Outcome:
    follows = Follows.WELCOME if life.state is State.DEAD else Follows.CATCH_UP
    has_missed = life.missed_from is not None
    ok = Life(since=at, tried_at=life.tried_at, refused=life.refused)
    return ok, (follows,) if has_missed or follows is Follows.WELCOME else ()


def _heard(life: Life, event: Heard, limits: Limits) -> Outcome:
    if event.proved:
        is_spotless = life.state is State.OK and life.missed_from is None
        return (life, ()) if is_spotless else _recovered(life, event.at)
    if life.is_reached:
        return life, ()
    # Whoever it was: a mail may go there again, and nothing flows back unasked.
    return replace(_watched(life, event.at, limits), probes=0, told_at=None), ()


def _aged(life: Life, event: Aged, limits: Limits) -> Outcome:
    if life.due_at is None or event.at < life.due_at:
        return life, ()
    match life.state:
        case State.WATCH:
            return _watched_long(life, event, limits)
        case State.PAUSED | State.PROBING if life.probes < len(PROBES):
            sent = life.probes + 1
            steps = (*PROBES, timedelta(days=limits.dead_days))
            # The gap, not the date: whoever slept must not probe thrice at once.
            due = event.at + steps[sent] - steps[sent - 1]
            probing = replace(life, state=State.PROBING, probes=sent, due_at=due)
            return probing, (Follows.PROBE,)
        case State.PAUSED | State.PROBING:
            return _dead(life, event.at)
        case State.OK | State.DEAD:
            return replace(life, due_at=None), ()
        case _:
            assert_never(life.state)


def _watched_long(life: Life, event: Aged, limits: Limits) -> Outcome:
    silence = timedelta(hours=limits.silence_hours)
    last = max((one.at for one in life.score), default=life.since or event.at)
    forgotten = last + timedelta(days=limits.bounce_days)
    if event.at >= forgotten:
        return _recovered(life, event.at)
    if event.left_at is None:
        return replace(life, due_at=min(event.at + silence, forgotten)), ()
    if event.at - event.left_at >= silence:
        return _recovered(life, event.at)
    return replace(life, due_at=event.left_at + silence), ()


def _asked_again(life: Life, event: AskedAgain, limits: Limits) -> Outcome:
    rest = timedelta(days=limits.try_again_days)
    lately = life.tried_at is not None and event.at - life.tried_at < rest
    if life.state is not State.DEAD or lately:
        return life, ()
    probing = replace(
        life,
        state=State.PROBING,
        since=event.at,
        probes=1,
        due_at=event.at + PROBES[1] - PROBES[0],
        tried_at=event.at,
    )
    return probing, (Follows.TRY,)

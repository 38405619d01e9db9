"""When to try again: a letter that was deferred, a smarthost that is away."""

from datetime import timedelta

_FIRST = (1, 5, 30)
_THEN = 60
"""Minutes; mail-rules B2 and decisions A15."""
_PAUSE_FIRST = timedelta(seconds=2)
_PAUSE_MOST = timedelta(minutes=1)


def wait(attempts: int, patience: timedelta, chance: float) -> timedelta | None:
    """Say how long to wait after so many failed tries (1 or more).

    None when the tries so far took all of `patience`. `chance` (0 up to 1) moves a wait
    by a tenth to either side, so that what failed together does not return together.
    """
    minutes = [*_FIRST, *[_THEN] * (attempts - len(_FIRST))][:attempts]
    if timedelta(minutes=sum(minutes)) > patience:
        return None
    return timedelta(minutes=minutes[-1]) * (0.9 + 0.2 * chance)


def pause(failures: int, chance: float) -> timedelta:
    """Say how long to leave a smarthost alone that failed so often in a row (F58).

    A few seconds first, doubled up to a minute; `chance` (0 up to 1) takes up to half.
    """
    # Bounded before it is raised, for a smarthost may be away for weeks.
    doubled = _PAUSE_FIRST * (1 << min(failures - 1, 10))
    return min(doubled, _PAUSE_MOST) * (1 - chance / 2)

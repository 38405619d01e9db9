"""How long to wait before a mailbox that failed is tried again. Pure."""

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 300.0
REFUSED_SECONDS = 300.0
LONGEST_REFUSED_SECONDS = 3600.0
"""After a refused log-in: who tries in a hurry is taken for an attacker and locked out,
and the operator, who alone can help, starts us anew."""


def pause(failures: int, chance: float, *, refused: bool = False) -> float:
    """Give the seconds until the next try, after so many failures in a row.

    Doubles from a second to five minutes, after a refused log-in from five minutes to
    an hour; `chance`, between 0 and 1, spreads it downwards by up to a quarter, so
    that many mailboxes do not come back at once.
    """
    first = REFUSED_SECONDS if refused else FIRST_SECONDS
    most = LONGEST_REFUSED_SECONDS if refused else LONGEST_SECONDS
    doublings = min(max(failures, 1) - 1, 20)
    longest = min(most, first * float(2**doublings))
    return longest * (1 - chance / 4)

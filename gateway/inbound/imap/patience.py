"""How long to wait before a mailbox that failed is tried again. Pure."""

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 300.0


def pause(failures: int, chance: float) -> float:
    """Give the seconds until the next try, after so many failures in a row.

    Doubles from a second to five minutes; `chance`, between 0 and 1, spreads it
    downwards by up to a quarter, so that many mailboxes do not come back at once.
    """
    doublings = min(max(failures, 1) - 1, 20)
    longest = min(LONGEST_SECONDS, FIRST_SECONDS * float(2**doublings))
    return longest * (1 - chance / 4)

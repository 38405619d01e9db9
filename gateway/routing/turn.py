"""Whose turn it is after a post (decisions F51); pure."""

_QUESTION_MARKS = ("?", "\N{FULLWIDTH QUESTION MARK}", "\N{ARABIC QUESTION MARK}")


def asks(text: str) -> bool:
    """Say whether a text asks something, so that the turn passes to its reader."""
    return any(mark in text for mark in _QUESTION_MARKS)

"""Whose turn it is after a post (decisions F51); pure."""

_QUESTION_MARKS = ("?", "\N{FULLWIDTH QUESTION MARK}", "\N{ARABIC QUESTION MARK}")
_CLOSERS = ".,;:!)]}>\"'"


def asks(text: str) -> bool:
    """Say whether a text asks something, so that the turn passes to its reader."""
    return any(_is_question(word) for word in text.split())


def _is_question(word: str) -> bool:
    # The query of a link asks nobody anything; a mark at its end does.
    if "://" in word:
        return word.rstrip(_CLOSERS).endswith(_QUESTION_MARKS)
    return any(mark in word for mark in _QUESTION_MARKS)

"""A ready text that asks a customer once more, for whoever has the case to send."""

from templates.render import Reader, letter


def nudge(language: str, *, customer: str, author: str) -> str:
    """Write it in the customer's language, in the name of its author.

    It asks something, so that the turn stays with the customer (decisions F51).
    """
    named = {"customer": customer, "author": author}
    return letter("digest/nudge.txt", "txt", Reader(language), named).strip()

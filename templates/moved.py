"""What two cases say of each other, where one goes on in the other."""

from templates import render
from templates.render import Reader


def goes_on(subject: str, public_id: str, reader: Reader, *, onward: bool) -> str:
    """Give the note in a case that it goes on in another, or that it comes from one."""
    seen = {"subject": subject, "id": public_id, "onward": onward}
    return render.letter("goes_on/sentence.txt", "txt", reader, seen).strip()

"""Letters of the gallery that answer commands: what was found, what is taken back."""

from datetime import datetime

from templates.found import Found, FoundCase
from templates.promised import Promise
from templates.queued import QueuePlace
from templates.signing import SignInLink
from templates.taken_back import TakeBack


def found(
    desk: str,
    people: tuple[str, str, str],
    subject: str,
    said: tuple[str, str],
    promise: Promise,
    at: datetime,
) -> Found:
    """Give the answer to `/find`: two cases, one with words of a note.

    `people` are a customer, the owner and a colleague; `said` a post and a note.
    """
    customer, owner, mate = people
    text, note = said

    def place(public_id: str, *, is_yours: bool) -> QueuePlace:
        return QueuePlace(
            public_id=public_id,
            customer=customer,
            subject=subject,
            turn="ours",
            promise=promise,
            is_late=False,
            since=at,
            owner=owner,
            is_yours=is_yours,
        )

    return Found(
        desk=desk,
        wanted=subject.split(maxsplit=1)[0],
        cases=(
            FoundCase(
                place=place("K3M9X2AB", is_yours=True),
                excerpt=text,
                author=customer,
                at=at,
                is_note=False,
            ),
            FoundCase(
                place=place("H7Q2WZ4C", is_yours=False),
                excerpt=note,
                author=mate,
                at=at,
                is_note=True,
            ),
        ),
        more=3,
    )


def take_back(
    subject: str, text: str, author: str, sent_to: tuple[str, ...]
) -> TakeBack:
    """Give the question that follows `/redact`, before anything is taken back."""
    return TakeBack(
        subject=subject,
        text=text,
        author=author,
        is_note=False,
        files=("rows.csv",),
        sent_to=sent_to,
    )


def sign_in(desk: str, until: datetime) -> SignInLink:
    """Give the letter with a link to sign in."""
    return SignInLink(desk=desk, until=until)

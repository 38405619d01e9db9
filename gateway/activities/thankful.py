"""Whether a mail only thanks or reacts, and whom it thanks (decisions E44)."""

from parsers import reaction, thanks
from parsers.mail import ParsedMail
from storage.activity import Activity
from storage.database import Session
from storage.event import Event
from storage.roster import Seat, roster, seat_of


def reaction_of(mail: ParsedMail, prose: str) -> str:
    """Give the emoji that a mail consists of, without what it quotes."""
    return mail.reaction or ("" if mail.attachments else reaction.reaction(prose))


def is_thanks(
    session: Session, activity: Activity, mail: ParsedMail, prose: str
) -> bool:
    """Say whether a mail to an activity is thanks and nothing else.

    Asks the database only about what looks like it.
    """
    if mail.attachments or not thanks.may_thank(prose):
        return False
    names = [seat.name for seat in roster(session, activity.id)]
    return thanks.only_thanks(prose, [*names, mail.sender.name])


def thanked(
    seats: list[Seat],
    author: int | None,
    text: str,
    answered: Event | None,
    owner: int | None,
) -> int | None:
    """Give whom a text of thanks thanks: whom it names, else whom it answers.

    Else the owner. None when that is its author, or nobody.
    """
    words = set("".join(c if c.isalnum() else " " for c in text.casefold()).split())
    named = [
        seat.person.id
        for seat in seats
        if seat.person.id != author
        and not words.isdisjoint(seat.name.casefold().split())
    ]
    if len(named) == 1:
        return named[0]
    wrote = answered.actor_id if answered else None
    if wrote is not None and wrote != author and seat_of(seats, wrote):
        return wrote
    return owner if owner != author else None

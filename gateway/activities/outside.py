"""Who of those that a mail names is outside, and so can be a customer (C29)."""

from typing import Any

from gateway.activities import private
from gateway.activities.house import House
from gateway.routing.facts import Writer
from gateway.routing.for_customer import named_by_open
from parsers.address import Mailbox, is_address, is_role
from parsers.mail import Command, ParsedMail
from storage import alias
from storage.activity import Activity
from storage.database import Session


def forwards(
    session: Session, house: House, mail: ParsedMail, writer: Writer
) -> Mailbox | None:
    """Say whose mail one of the team forwards, if that is anybody outside.

    A mail that is here already, by its own id, is not forwarded to be opened.
    """
    found = mail.forwarded
    if found is None or not writer.is_staff or not is_outside(house, found.sender):
        return None
    known = found.message_id and alias.known_as(session, [found.message_id])
    return None if known else found.sender


def opens_for(house: House, commands: tuple[Command, ...]) -> Mailbox | None:
    """Say whom `/open` names, if that can be a customer."""
    for each in commands:
        if each.word == "open":
            box, _ = named_by_open(each.argument)
            return box if box and is_outside(house, box) else None
    return None


def asks(
    session: Session,
    house: House,
    commands: tuple[Command, ...],
    activity: Activity | None,
) -> dict[str, Any]:
    """Say whom `/ask` names, if that can be somebody outside, and if it may be them.

    Gives the facts of these names; none where nobody is asked.
    """
    said = next((each for each in commands if each.word == "ask"), None)
    box = named_by_open(said.argument)[0] if said else None
    if activity is None or box is None or not is_outside(house, box):
        return {}
    hidden = private.customers(session, activity)
    return {
        "asks": box,
        "asks_customer": private.is_of(session, box.address, hidden),
    }


def is_outside(house: House, box: Mailbox) -> bool:
    """Say whether an address can be a customer's: no desk, team, token or robot."""
    address = box.address
    if not is_address(address) or is_role(address) or house.desks.token_in(address):
        return False
    return not any(
        desk.is_own(address) or desk.is_team(address) for desk in house.desks.all
    )

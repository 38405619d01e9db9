"""What tests of bounces share: letters that come back, and what is remembered."""

from gateway.activities.health import age_addresses
from storage import address_health, journal, outbox
from tests.reports import POSTFIX, report


def comes_back(town, letter, shape=POSTFIX, **said):
    """Let another server report on a letter of ours."""
    return town.deliver(report(letter, shape, **said), "", [letter.kept.mail_from])


def health(town, address):
    """The state of an address."""
    with town.database.reading() as session:
        row = session.get(address_health.AddressHealth, address)
        return str(row.state) if row else "ok"


def refused(town, address):
    """The kinds of letters that somebody complained of."""
    with town.database.reading() as session:
        row = session.get(address_health.AddressHealth, address)
        return row.refused if row else []


def ages(town, **span):
    """Let time pass and do what it asks for; gives the letters of it."""
    town.pass_time(**span)
    age_addresses(town.house, town.now)
    letters = town.settle()
    # Twice does nothing twice (decisions G56).
    age_addresses(town.house, town.now)
    assert town.settle() == []
    return letters


def reason(town):
    """Why the newest mail was settled as it was."""
    with town.database.reading() as session:
        return journal.listing(session, most=1)[0].reason


def deliveries(town, address):
    """The states of all deliveries to an address, oldest first."""
    with town.database.reading() as session:
        found = outbox.listing(session, None, 1000)[::-1]
        return [str(each.state) for each in found if each.address == address]

"""Keeps the desk rows in step with the settings (decisions G61)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from parsers.address import key
from storage.activity import Desk


def keep_in_step(
    session: Session, desks: Mapping[str, str], *, now: datetime
) -> list[str]:
    """Make the rows say what the settings say; `desks` is name by address.

    Gives the addresses that are gone from the settings, now or earlier. A desk that
    comes back is the same one as before.
    """
    rows = {row.address: row for row in session.scalars(select(Desk))}
    wanted = {key(address): name for address, name in desks.items()}
    for address, name in wanted.items():
        row = rows.get(address)
        if row is None:
            session.add(Desk(address=address, name=name))
        else:
            row.name, row.gone_at = name, None
    gone = sorted(rows.keys() - wanted.keys())
    for address in gone:
        rows[address].gone_at = rows[address].gone_at or now
    return gone

"""Looks whether anybody of a desk's team gets its digest; else nobody is told."""

from collections.abc import Iterator

from gateway.activities.house import House
from gateway.cli.doctor.finding import Finding, failed, ok
from parsers.address import key
from storage import desk_work, digest_content


def look_at_readers(house: House) -> Iterator[Finding]:
    """Say of each desk whether somebody of its team reads digests.

    Who is away or turned them off does: when nobody else would, all get them
    (decision 50). Nobody gets one who complained of digests, who stopped everything, or
    whose mail comes back. Whoever is not known yet was never asked.
    """
    with house.database.reading() as session:
        for desk in house.desks.all:
            team = [key(one.address) for one in desk.team]
            known = desk_work.people_of(session, team)
            who = digest_content.readers(session, list(known.values()))
            deaf = {
                each
                for each, reader in who.items()
                if not reader.is_reached or "digest" in reader.refused
            }
            if len(deaf) < len(set(team)) or not team:
                continue
            yield failed(
                "team's digest",
                f"nobody of the team of {desk.address} gets it",
                "one of them writes /join in answer to any letter, or the team gets a "
                "reader whom mail reaches",
            )
            return
    yield ok("team's digest", "each desk has somebody who gets it")

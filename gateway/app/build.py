"""Builds the house from the settings and makes its store ready."""

import secrets
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from gateway.activities import former
from gateway.activities.house import House
from gateway.app.log import in_short
from gateway.inbound.imap.account import name_of
from gateway.inbound.imap.provider import authserv_ids
from gateway.settings import Settings
from parsers.address import key
from parsers.message_id import Ids
from parsers.reply_address import Sealer
from storage import activity, reports, revision
from storage.blobs import Blobs
from storage.database import Database, DatabaseError
from storage.wake import Wake

_log = structlog.get_logger()


class SiteError(Exception):
    """The site cannot start or a command cannot work; one line says what to do."""


class Clock:
    """The clock of this process: the only place that reads the machine's.

    It shows the machine's time until somebody advances it, which the demo alone does
    (decision 41); then it goes on from there.
    """

    def __init__(self) -> None:
        """Begin with the machine's time."""
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """Give the time: an aware datetime in UTC."""
        real = datetime.now(UTC)  # noqa: TID251 (this is the composition root)
        return real + self._ahead

    def advance(self, to: datetime) -> None:
        """Show the aware instant `to` from now on; an earlier one changes nothing.

        Never back: leases, limits and waiting letters count on time that passes.
        """
        self._ahead += max(to - self(), timedelta())


clock = Clock()


def build_house(settings: Settings) -> House:
    """Build what every deed is handed; connects to nothing yet.

    Raises SiteError when the place of the database cannot be made.
    """
    try:
        database = Database(settings.database_url)
    except (DatabaseError, OSError) as error:
        raise SiteError(f"database.url: {error}") from error
    sealer = Sealer(settings.secret, settings.previous_secrets)
    return House(
        database=database,
        blobs=Blobs(settings.data_dir / "mail"),
        wake=Wake(database),
        desks=settings.desks,
        sealer=sealer,
        ids=Ids(sealer),
        base_url=settings.base_url,
        limits=settings.limits,
        chance=secrets.token_bytes,
        authserv_ids=settings.smtp.trusted_authserv_ids,
        mailbox_authserv_ids={
            name_of(section.username, section.host, section.folder): authserv_ids(
                section.host, section.authserv_ids
            )
            for _, section in settings.mailboxes
        },
        arc_sealers=settings.smtp.trusted_arc_sealers,
    )


def close_house(house: House) -> None:
    """Let go of the database."""
    house.wake.close()
    house.database.close()


def prepare(house: House, settings: Settings) -> None:
    """Make the store ready: folder, database, schema, desks, and who is of a team.

    Raises SiteError, saying what is wrong and what to do.
    """
    check_folder(settings.data_dir)
    try:
        reports.reach(house.database)
        if settings.auto_migrate and not revision.is_current(house.database):
            # Alembic takes a second to load, and most starts do not need it.
            from storage import schema

            schema.migrate(house.database)
        require_current(house)
        with house.database.transaction() as session:
            gone = activity.keep_desks(
                session,
                {key(desk.address): desk.name for desk in house.desks.all},
                clock(),
            )
        changed = former.keep_in_step(house, clock())
    except DatabaseError as error:
        raise SiteError(str(error)) from error
    for address in gone:
        _log.warning("a desk is gone from the settings", desk=address, answer=451)
    if changed:
        _log.info("a team is another one in the settings", cases=changed)


def former_desks(house: House) -> list[str]:
    """Give the addresses of desks that are gone from the settings; mail to them waits.

    Nothing while the database is away; the door answers 451 to all mail then.
    """
    try:
        with house.database.reading() as session:
            return reports.former_desks(session)
    except Exception as error:
        _log.warning("former desks unknown", **in_short(error))
        return []


def require_current(house: House) -> None:
    """Raise SiteError unless the database has the schema of this program."""
    if not revision.is_current(house.database):
        raise SiteError(
            f"the schema of {house.database.name} is not that of this program; "
            "run `parlour migrate`"
        )


def check_folder(folder: Path) -> None:
    """Make the data folder and prove that it can be written; raise SiteError if not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SiteError(
            f"data_dir: {folder} cannot be written ({error.strerror}); give this user "
            "the right to, or name another folder"
        ) from error

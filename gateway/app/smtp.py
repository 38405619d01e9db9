"""Opens the doors for mail that is brought: SMTP and LMTP."""

import asyncio
import ipaddress
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from gateway.activities.house import House
from gateway.app.build import SiteError, clock
from gateway.app.keeping import Keeping
from gateway.app.local import LocalSocket
from gateway.app.ports import cannot_listen
from gateway.app.roles import Role
from gateway.inbound.smtp import Door, Manners
from gateway.inbound.smtp import tls_context as read_certificate
from gateway.settings import Listen, Settings, Smtp
from parsers.address import domain

CLOSE_SECONDS = 5
"""How long a mail in hand may take when the door closes."""


class MailDoors:
    """SMTP, LMTP or both."""

    def __init__(
        self, house: House, settings: Settings, roles: frozenset[Role]
    ) -> None:
        """Take what they need; the certificate is read now.

        Raises SiteError for a certificate that cannot be used.
        """
        self._house = house
        self._settings = settings
        self._tls = tls_context(settings.smtp)
        self._places: Mapping[Role, Listen] = {
            role: listen
            for role, listen in (
                (Role.SMTP, settings.smtp.listen),
                (Role.LMTP, settings.lmtp and settings.lmtp.listen),
            )
            if role in roles and listen
        }
        self._doors: list[Door] = []
        self._socket: LocalSocket | None = None

    async def open(self, keeping: Keeping) -> dict[Role, Listen]:
        """Take mail; give where. Raises SiteError when a port cannot be had."""
        found = {}
        for role, listen in self._places.items():
            door = Door(
                keeping.journalist,
                keeping.recipients,
                manners=self._manners(role),
                limits=self._house.limits,
                clock=clock,
            )
            self._doors.append(door)
            found[role] = await self._start(door, role, listen)
        return found

    async def _start(self, door: Door, role: Role, listen: Listen) -> Listen:
        if listen.path is not None:
            assert self._settings.lmtp is not None
            self._socket = await asyncio.to_thread(
                LocalSocket.bind, listen.path, self._settings.lmtp
            )
            await door.start_local(self._socket.bound)
            return listen
        try:
            return Listen(listen.host, await door.start(listen.host, listen.port))
        except OSError as error:
            raise cannot_listen(role, listen, error) from error

    async def close(self) -> None:
        """Take no more mail and let those inside finish, for a while."""
        await asyncio.gather(*(door.stop(CLOSE_SECONDS) for door in self._doors))
        self._doors.clear()
        if self._socket is not None:
            self._socket.remove()
            self._socket = None

    def _manners(self, role: Role) -> Manners:
        smtp = self._settings.smtp
        return Manners(
            hostname=greeting_name(self._settings),
            max_message_mb=smtp.max_message_mb,
            trusted_peers=smtp.trusted_peers,
            tls=self._tls,
            is_lmtp=role is Role.LMTP,
        )


def greeting_name(settings: Settings) -> str:
    """Choose what the greeting names: the site's host, else the first desk's domain."""
    host = urlsplit(settings.base_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if "." in host:
            return host
    return domain(settings.desks.all[0].address)


def tls_context(smtp: Smtp) -> ssl.SSLContext | None:
    """Load the certificate for STARTTLS; None without one. Raises SiteError."""
    if smtp.tls_cert is None or smtp.tls_key is None:
        return None
    try:
        return read_certificate(smtp.tls_cert, smtp.tls_key)
    except (OSError, ValueError) as error:
        raise SiteError(
            f"smtp.tls_cert: {smtp.tls_cert} and {smtp.tls_key} are not a certificate "
            f"and its key ({error})"
        ) from error

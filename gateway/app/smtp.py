"""Opens the door for mail: the journal writer and the SMTP server before it."""

import ssl

from gateway.activities.house import House
from gateway.app.build import SiteError
from gateway.settings import Listen, Settings, Smtp


class SmtpDoor:
    """The SMTP door with its journal writer."""

    def __init__(self, house: House, settings: Settings) -> None:
        """Take what it needs; the certificate is read now.

        Raises SiteError for a certificate that cannot be used.
        """
        self._house = house
        self._settings = settings
        self._tls = tls_context(settings.smtp)

    async def open(self) -> Listen:
        """Take mail; give where. Raises SiteError when the port cannot be had."""
        raise SiteError("smtp is not built yet")

    async def close(self) -> None:
        """Take no more mail; what was answered 250 is in the journal."""


def tls_context(smtp: Smtp) -> ssl.SSLContext | None:
    """Load the certificate for STARTTLS; None without one. Raises SiteError."""
    if smtp.tls_cert is None or smtp.tls_key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(smtp.tls_cert, smtp.tls_key)
    except (OSError, ValueError) as error:
        raise SiteError(
            f"smtp.tls_cert: {smtp.tls_cert} and {smtp.tls_key} are not a certificate "
            f"and its key ({error})"
        ) from error
    return context

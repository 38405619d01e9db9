"""Looks at the settings and the machine: certificate, clock, disk, base URL."""

import grp
import os
import shutil
import ssl
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from gateway.app.build import SiteError, check_folder
from gateway.app.smtp import tls_context
from gateway.cli.doctor.finding import Finding, failed, ok, warning
from gateway.settings import Settings
from gateway.settings.sections import is_loopback

#: Stands in the documentation, so everybody can sign with it.
KNOWN_SECRET = "at least 32 characters; signs addresses and links"  # noqa: S105
SOON = timedelta(days=21)
ODD_CLOCK = timedelta(minutes=1)


def look_at_settings(path: Path, settings: Settings) -> Iterator[Finding]:
    """Say what is wrong with settings that can be read."""
    count = len(settings.desks.all)
    yield ok("settings", f"{path}: {count} desk{'s' if count > 1 else ''}")
    if settings.secret == KNOWN_SECRET:
        yield failed(
            "secret",
            "is the example of the documentation; anybody can sign with it",
            "make one: python3 -c 'import secrets; print(secrets.token_urlsafe(36))'",
        )
    if os.name == "posix" and path.exists() and path.stat().st_mode & stat.S_IROTH:
        yield warning("secret", f"{path} can be read by everybody", f"chmod 600 {path}")
    # Who fetches mail from mailboxes is told of each of them (doctor.mailbox).
    if not settings.smtp.trusted_authserv_ids and not settings.mailboxes:
        yield warning(
            "proof",
            "nobody counts as verified; customers get the neutral letter until "
            "trusted_authserv_ids is set",
            "set smtp.trusted_authserv_ids to the name that your mail server writes "
            "into Authentication-Results",
        )
    if settings.base_url.startswith("http://"):
        yield warning(
            "base_url",
            f"{settings.base_url} is not https; one-click unsubscribing in the world "
            "needs it",
            "put a web server with a certificate in front and set base_url to https",
        )


def look_at_certificate(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Say whether STARTTLS can be offered and for how long."""
    smtp = settings.smtp
    try:
        context = tls_context(smtp)
    except SiteError as error:
        yield failed("certificate", str(error), "correct smtp.tls_cert and tls_key")
        return
    if context is None:
        if not is_loopback(smtp.listen.host):
            yield warning(
                "certificate",
                f"none; mail comes to {smtp.listen} in clear",
                "set smtp.tls_cert and smtp.tls_key",
            )
        return
    assert smtp.tls_cert is not None
    ends = _ends_at(smtp.tls_cert)
    if ends is None:
        yield ok("certificate", f"{smtp.tls_cert} is used")
    elif ends < now:
        yield failed("certificate", f"ended on {ends:%Y-%m-%d}", "renew it")
    elif ends < now + SOON:
        yield warning("certificate", f"ends on {ends:%Y-%m-%d}", "renew it")
    else:
        yield ok("certificate", f"good until {ends:%Y-%m-%d}")


def look_at_lmtp(settings: Settings) -> Iterator[Finding]:
    """Say whether the Unix socket of the LMTP door can be made where it is wanted."""
    if settings.lmtp is None or settings.lmtp.listen.path is None:
        return
    lmtp, folder = settings.lmtp, settings.lmtp.listen.path.parent
    if not folder.is_dir():
        yield failed("lmtp", f"there is no folder {folder}", "make it")
    elif not os.access(folder, os.W_OK):
        yield failed("lmtp", f"{folder} cannot be written", "give this user the right")
    elif lmtp.socket_group and lmtp.socket_group not in _groups():
        yield failed("lmtp", f"no group {lmtp.socket_group}", "make it or name another")
    else:
        group = f", group {lmtp.socket_group}" if lmtp.socket_group else ""
        yield ok("lmtp", f"{lmtp.listen}, mode {lmtp.socket_mode}{group}")


def _groups() -> set[str]:
    return {group.gr_name for group in grp.getgrall()}


def _ends_at(path: Path) -> datetime | None:
    """Read when a certificate ends; None when the library does not say."""
    try:
        # The only reader of certificates that the standard library has.
        found = ssl._ssl._test_decode_cert(str(path))  # type: ignore[attr-defined]  # noqa: SLF001
        return parsedate_to_datetime(_as_mail_date(str(found["notAfter"])))
    except (AttributeError, KeyError, ValueError, OSError):
        return None


def _as_mail_date(written: str) -> str:
    """Turn "Jun  1 12:00:00 2031 GMT" into the order of a mail's Date."""
    month, day, clock, year, _ = written.split()
    return f"{day} {month} {year} {clock} +0000"


def look_at_disk(settings: Settings) -> Iterator[Finding]:
    """Say whether the data folder can be written and has room."""
    try:
        check_folder(settings.data_dir)
    except SiteError as error:
        yield failed("disk", str(error), "")
        return
    free_mb = shutil.disk_usage(settings.data_dir).free // 1_000_000
    least = settings.limits.free_disk_mb
    text = f"{free_mb} MB free at {settings.data_dir}"
    if free_mb < least:
        yield failed("disk", f"{text}; the door answers 452 below {least}", "make room")
    elif free_mb < 10 * least:
        yield warning("disk", text, "make room soon")
    else:
        yield ok("disk", text)


def look_at_clock(now: datetime, there: datetime | None) -> Iterator[Finding]:
    """Compare our clock with the database's; on this machine there is nobody to ask."""
    if there is None:
        if now.year < 2026:
            yield failed("clock", f"says {now:%Y-%m-%d}", "set it, best by NTP")
        else:
            yield ok("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC")
        return
    apart = abs(now - there)
    text = f"{apart.total_seconds():.0f} s apart from the database's"
    if apart > ODD_CLOCK:
        yield failed("clock", text, "set both, best by NTP; leases depend on it")
    else:
        yield ok("clock", text)

"""Looks whether the smarthost can be reached and what it offers; sends nothing."""

import contextlib
import smtplib
import ssl
from collections.abc import Iterator

from gateway.cli.doctor.finding import Finding, failed, ok, warning
from gateway.settings import Outbound
from gateway.settings.sections import is_loopback

SECONDS = 10
OFFERS = ("size", "pipelining", "8bitmime", "smtputf8", "dsn", "starttls")


def look_at_smarthost(outbound: Outbound) -> Iterator[Finding]:
    """Connect, secure and sign in as dispatch does; say what was offered."""
    where = f"{outbound.host}:{outbound.port}"
    context = ssl.create_default_context()
    try:
        with contextlib.closing(_connected(outbound, context)) as smtp:
            smtp.ehlo_or_helo_if_needed()
            if outbound.tls == "starttls":
                smtp.starttls(context=context)
                smtp.ehlo()
            if outbound.username:
                smtp.login(outbound.username, outbound.password)
            offered = dict(smtp.esmtp_features)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
    except (OSError, smtplib.SMTPException) as error:
        why = " ".join(str(error).split())[:200] or type(error).__name__
        yield failed(
            "smarthost",
            f"{where}: {why}",
            "start it, or correct [outbound]; until then letters wait",
        )
        return
    names = [name.upper() for name in OFFERS if name in offered]
    yield ok("smarthost", f"{where} offers {', '.join(names) or 'nothing special'}")
    yield from _lacks(outbound, offered)


def _connected(outbound: Outbound, context: ssl.SSLContext) -> smtplib.SMTP:
    name = "localhost"  # Else the library asks the DNS for our name.
    if outbound.tls == "tls":
        return smtplib.SMTP_SSL(
            outbound.host, outbound.port, name, timeout=SECONDS, context=context
        )
    return smtplib.SMTP(outbound.host, outbound.port, name, timeout=SECONDS)


def _lacks(outbound: Outbound, offered: dict[str, str]) -> Iterator[Finding]:
    if outbound.tls == "none" and not is_loopback(outbound.host):
        yield warning(
            "smarthost", "letters go to it in clear", 'set outbound.tls to "starttls"'
        )
    if "smtputf8" not in offered:
        yield warning(
            "smarthost",
            "has no SMTPUTF8; people with such addresses cannot be answered",
            "turn it on there",
        )
    if "dsn" not in offered:
        yield warning(
            "smarthost", "has no DSN; some bounces will say less", "turn it on there"
        )

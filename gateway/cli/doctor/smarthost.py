"""Looks whether the smarthost can be reached and what it offers; sends nothing."""

import contextlib
import smtplib
from collections.abc import Iterator

from gateway.app.work import smarthost
from gateway.cli.doctor.finding import Finding, failed, ok, warning
from gateway.outbound.smarthost import AwayError, enter
from gateway.settings import Outbound
from gateway.settings.sections import is_loopback

SECONDS = 10
OFFERS = ("size", "pipelining", "8bitmime", "smtputf8", "dsn", "starttls")


def look_at_smarthost(outbound: Outbound) -> Iterator[Finding]:
    """Connect, secure and sign in as dispatch does; say what was offered."""
    where = f"{outbound.host}:{outbound.port}"
    yield from _trust(outbound)
    try:
        smtp = enter(smarthost(outbound), SECONDS)
    except AwayError as why:
        yield failed(
            "smarthost",
            f"{where}: {why}",
            "start it, or correct [outbound]; until then letters wait",
        )
        return
    offered = dict(smtp.esmtp_features)
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if smtp.sock is not None:
            smtp.sock.settimeout(1)
        smtp.quit()
    smtp.close()
    names = [name.upper() for name in OFFERS if name in offered]
    yield ok("smarthost", f"{where} offers {', '.join(names) or 'nothing special'}")
    yield from _lacks(offered)


def _trust(outbound: Outbound) -> Iterator[Finding]:
    if outbound.tls == "none" and not is_loopback(outbound.host):
        yield warning(
            "smarthost", "letters go to it in clear", 'set outbound.tls to "starttls"'
        )
    if outbound.tls != "none" and not outbound.tls_verify:
        yield warning(
            "smarthost",
            "its certificate is not checked; whoever sits on the line can read letters "
            "and the password",
            "remove outbound.tls_verify; name its CA in outbound.tls_ca if it has its "
            "own",
        )


def _lacks(offered: dict[str, str]) -> Iterator[Finding]:
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

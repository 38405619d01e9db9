"""Looks the desks' domains up in the DNS: MX, SPF, DMARC."""

from collections.abc import Iterator

import dns.exception
import dns.resolver

from gateway.cli.doctor.finding import Finding, ok, warning
from gateway.routing.desk import Desks
from parsers.address import domain

SECONDS = 3.0


def look_at_names(desks: Desks) -> Iterator[Finding]:
    """Check every domain that mail goes to or comes from, as long as there is DNS."""
    wanted: dict[str, set[str]] = {}
    for desk in desks.all:
        for own in (desk.address, *desk.aliases):
            wanted.setdefault(domain(own), set()).add("from")
        wanted.setdefault(desk.reply.domain, set()).add("return")
    try:
        resolver = dns.resolver.Resolver()
        resolver.lifetime = SECONDS
        for name in sorted(wanted):
            yield from _look_at(resolver, name)
    except (dns.resolver.NoNameservers, dns.resolver.LifetimeTimeout):
        yield _no_dns()
    except dns.exception.DNSException:
        yield _no_dns()


def _no_dns() -> Finding:
    return warning(
        "dns",
        "no name server answers; MX, SPF and DMARC were not looked up",
        "run it where there is DNS",
    )


def _look_at(resolver: dns.resolver.Resolver, name: str) -> Iterator[Finding]:
    subject = f"dns {name}"
    servers = _texts(resolver, name, "MX")
    if servers:
        yield ok(subject, f"MX {', '.join(servers)}")
    else:
        yield warning(
            subject,
            "has no MX; answers may not arrive",
            "point an MX at the mail server that hands its mail to Parlour",
        )
    spf = [text for text in _texts(resolver, name, "TXT") if text.startswith("v=spf1")]
    if len(spf) == 1:
        yield ok(subject, f"SPF {spf[0]}")
    else:
        yield warning(
            subject,
            "has no SPF record" if not spf else "has more than one SPF record",
            "publish one that names the smarthost",
        )
    policy = _dmarc(resolver, name)
    if policy:
        yield ok(subject, f"DMARC {policy}")
    else:
        yield warning(
            subject,
            "has no DMARC record; big providers ask for one",
            f'publish _dmarc.{name} TXT "v=DMARC1; p=none"',
        )


def _dmarc(resolver: dns.resolver.Resolver, name: str) -> str:
    """Find the policy of a domain, or of the ones above it (RFC 7489 section 6.6.3)."""
    labels = name.split(".")
    for start in range(max(1, len(labels) - 1)):
        above = ".".join(labels[start:])
        for text in _texts(resolver, f"_dmarc.{above}", "TXT"):
            if text.startswith("v=DMARC1"):
                return text
    return ""


def _texts(resolver: dns.resolver.Resolver, name: str, kind: str) -> list[str]:
    """Give the records of one kind as text; none when there are none.

    Raises DNSException when nobody answers.
    """
    try:
        answer = resolver.resolve(name, kind)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    if kind == "MX":
        return [str(record.exchange) for record in answer]
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]

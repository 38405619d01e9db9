"""What is known of the big providers: whose word on a sender stands in their mailboxes.

Each entry was seen in mail as those providers deliver it, forged mail included;
docs/decisions/0017 tells what was seen, and why others have none.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of mailboxes."""

    name: str
    hosts: tuple[str, ...]
    """Names of its IMAP servers; `*` stands for any letters."""
    authserv_ids: tuple[str, ...] = ()
    """What it writes first in its Authentication-Results; none: not to be believed."""
    why_not: str = ""
    """Why nothing can be believed, for the operator."""


PROVIDERS = (
    Provider("Gmail", ("imap.gmail.com", "imap.googlemail.com"), ("mx.google.com",)),
    Provider("Fastmail", ("imap.fastmail.com",), ("*.messagingengine.com",)),
    Provider(
        "Yahoo and AOL",
        ("imap.mail.yahoo.com", "*.imap.mail.yahoo.com", "imap.aol.com"),
        ("*.yahoo.com",),
    ),
    Provider("GMX", ("imap.gmx.net", "imap.gmx.com"), ("gmx.net",)),
    Provider("Zoho", ("imap.zoho.com", "imappro.zoho.com"), ("mx.zohomail.com",)),
    Provider("Zoho", ("imap.zoho.eu", "imappro.zoho.eu"), ("mx.zohomail.eu",)),
    Provider("Zoho", ("imap.zoho.in", "imappro.zoho.in"), ("mx.zohomail.in",)),
    Provider(
        "Microsoft 365",
        ("outlook.office365.com", "*.outlook.com", "outlook.office.com"),
        why_not="Microsoft does not name its server in Authentication-Results, so its "
        "word cannot be told from a sender's",
    ),
    Provider(
        "iCloud",
        ("imap.mail.me.com",),
        why_not="iCloud spreads its word over several fields of several names, below "
        "which a sender can add more",
    ),
)


def provider_of(host: str) -> Provider | None:
    """Find the provider of an IMAP server by its name; None for one that is unknown."""
    name = host.casefold().rstrip(".")
    for provider in PROVIDERS:
        if any(fnmatchcase(name, pattern) for pattern in provider.hosts):
            return provider
    return None


def authserv_ids(host: str, given: tuple[str, ...]) -> tuple[str, ...]:
    """Say whose Authentication-Results are believed in a mailbox at `host`.

    `given` by the settings wins; else the provider's, none for one that is unknown.
    """
    provider = provider_of(host)
    return given or (provider.authserv_ids if provider else ())


def why_unproved(host: str) -> str:
    """Say why nobody counts as verified in a mailbox without ids; for one line."""
    provider = provider_of(host)
    if provider is not None and provider.why_not:
        return provider.why_not
    return f"nothing is known of what {host} writes into Authentication-Results"

"""Existing mail, read where it lies and left as it is: mbox, Maildir and IMAP."""

from gateway.inbound.sources.item import MOST_OCTETS, Item, Source, SourceError
from gateway.inbound.sources.maildir import Maildir
from gateway.inbound.sources.mbox import Mbox
from gateway.inbound.sources.mbox_folder import MboxFolder

__all__ = [
    "MOST_OCTETS",
    "Item",
    "Maildir",
    "Mbox",
    "MboxFolder",
    "Source",
    "SourceError",
]

"""What mail servers write when they could not deliver: data, no logic.

All in lower case, and compared as such.
"""

FULL = (
    "mailbox full",
    "mailbox is full",
    "quota",
    "over limit",
    "storage",
    "user is overquota",
    "not enough space",
    "exceeded its",
    "insufficient disk",
)
"""The mailbox takes nothing more for now."""

POLICY = (
    "spam",
    "blocked",
    "blacklist",
    "block list",
    "blocklist",
    "policy",
    "spf",
    "dkim",
    "dmarc",
    "reputation",
    "rejected for",
    "denied",
    "not authorized",
    "banned",
    "unsolicited",
    "client host",
    "relay",
)
"""They do not want it from us: our fault, not the person's."""

SIZE = ("too large", "too big", "size limit", "message size", "maximum size")
"""Too big as it is."""

DEAD = (
    "user unknown",
    "unknown user",
    "no such user",
    "does not exist",
    "doesn't exist",
    "doesn't have a",
    "not a valid mailbox",
    "unknown recipient",
    "recipient unknown",
    "recipient not found",
    "user not found",
    "no mailbox",
    "mailbox unavailable",
    "mailbox not found",
    "invalid recipient",
    "no such mailbox",
    "account is disabled",
    "account has been disabled",
    "no longer",
    "unrouteable",
    "unroutable",
    "host not found",
    "host unknown",
    "name service error",
    "domain not found",
    "not known",
    "isn't in",
    "not our customer",
    "unknown address",
    "address unknown",
    "no one by that name",
    "wasn't able to establish",
    "this user doesn't have",
)
"""Nobody lives there."""

SUBJECTS = (
    "undeliver",
    "undelivered",
    "delivery status notification",
    "delivery failure",
    "delivery failed",
    "delivery notification",
    "mail delivery",
    "failure notice",
    "returned mail",
    "mail system error",
    "message delivery",
    "delivery report",
    "could not be delivered",
    "non-delivery",
    "nondeliverable",
    "unzustellbar",
    "non remis",
    "undeliverable",
    "mail failure",
    "mail could not",
    "warning: could not send",
    "delayed mail",
    "delivery delayed",
    "delivery error",
    "permanent fatal",
    "no se puede entregar",
    "mancato recapito",
    "returned to sender",
)
"""Anywhere in a subject."""

SENDERS = (
    "mailer-daemon",
    "postmaster",
    "mailerdaemon",
    "mail-daemon",
    "maildelivery",
)
"""How the local part of a reporting server begins."""

TEXTS = (
    "could not be delivered",
    "couldn't be delivered",
    "wasn't able to deliver",
    "was not able to deliver",
    "unable to deliver",
    "not been able to deliver",
    "delivery to the following",
    "did not reach the following",
    "failed permanently",
    "was not delivered",
    "not yet been delivered",
    "error delivering your mail",
    "delivery failed",
    "cannot be delivered",
    "was undeliverable",
    "user unknown",
    "invalid user address",
    "no such user",
    "permanent fatal errors",
    "returned to sender",
)
"""Anywhere in the first lines."""

ENDS = (
    "--- below this line",
    "------ this is a copy",
    "-- this is a copy",
    "--- original message",
    "----- original message",
    "-----original message",
    "----- message header",
    "--- unsent message",
    "----- unsent message",
    "original message follows",
    "received: from",
    "return-path:",
    "message headers follow",
    "original message headers",
    "----- returned message",
    "the header of the original",
    "your message was:",
)
"""Here the copy of the returned mail begins."""

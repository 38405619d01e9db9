"""The roles of a site: what `serve --only` can name."""

from enum import StrEnum


class Role(StrEnum):
    """One kind of duty; a process has any number of them."""

    SMTP = "smtp"
    LMTP = "lmtp"
    IMAP = "imap"
    WEB = "web"
    PROCESS = "process"
    DISPATCH = "dispatch"
    SCHEDULE = "schedule"


#: Where mail and people come in; they and the journal writer share one process.
DOORS = frozenset({Role.SMTP, Role.LMTP, Role.IMAP, Role.WEB})
#: What is done with it; in a process of its own (decisions A1).
WORK = frozenset({Role.PROCESS, Role.DISPATCH, Role.SCHEDULE})

"""What the door says: every SMTP reply, with its code, and every refusal.

Codes are those of RFC 5321 section 4.2 and RFC 3463. Whatever is our fault is 4xx, so
that the sender keeps the mail and tries again (promises R5).
"""

from typing import ClassVar

READY = "220 {host} ESMTP"
"""No name and no version of the program."""
READY_LMTP = "220 {host} LMTP"
HELLO = "250 {host}"
OK = "250 2.0.0 OK"
SENDER_OK = "250 2.1.0 OK"
RECIPIENT_OK = "250 2.1.5 OK"
KEPT = "250 2.6.0 OK, kept"
GO_AHEAD = "354 End data with <CR><LF>.<CR><LF>"
START_TLS = "220 2.0.0 Ready to start TLS"
GOODBYE = "221 2.0.0 Goodbye"
HELP = "214 2.0.0 https://www.rfc-editor.org/rfc/rfc5321"
CANNOT_VERIFY = "252 2.5.0 Send some mail, and it will be tried"

# The ends of a session that we choose: sent once, then the connection is closed.
TOO_SLOW = "421 4.4.2 Took too long"
TOO_MANY_ERRORS = "421 4.7.0 Too many errors"
TOO_MANY_COMMANDS = "421 4.7.0 Too many commands"
TOO_MANY_CONNECTIONS = "421 4.7.0 Too many connections"
SHUTTING_DOWN = "421 4.3.2 Closing for a restart; please come back"
NO_MAIL_COMMAND = "421 4.7.0 This is a mail server"
TOO_MUCH_DATA = "421 4.3.4 Message too big"


class Refusal(Exception):  # noqa: N818 (the house's word)
    """Something we do not take: `public` for the world, `reason` for our log.

    The reason never holds a whole address, a subject or a token.
    """

    public: ClassVar[str] = "451 4.3.0 Please try again later"

    def __init__(self, reason: str = "") -> None:
        """Keep `reason` for the log; the class says what the world hears."""
        super().__init__(reason)
        self.reason = reason


class Fault(Refusal):
    """Something of ours failed; nothing of it is told."""

    public = "451 4.3.0 Something failed here; please try again later"


class NoSpace(Refusal):
    """The disk is full, or will soon be."""

    public = "452 4.3.1 Not enough space; please try again later"


class Busy(Refusal):
    """More mail is being taken at this moment than memory allows."""

    public = "451 4.3.2 Busy; please try again later"


class TooLarge(Refusal):
    """Above the size that EHLO told (RFC 1870)."""

    public = "552 5.3.4 Message too big"


class HeaderTooLarge(Refusal):
    """The header section is above its limit (T15)."""

    public = "552 5.3.4 Header section too big"


class LineTooLong(Refusal):
    """A line is above its limit."""

    public = "554 5.6.0 Message has a line that is too long"


class UnknownRecipient(Refusal):
    """No desk, no token of ours."""

    public = "550 5.1.1 No such address here"


class DeskGone(Refusal):
    """A desk that is missing from the settings, maybe by mistake (decisions G61)."""

    public = "451 4.2.1 This address is out of service for now"


class TooManyRecipients(Refusal):
    """The sender is to send the rest in another transaction (RFC 5321 4.5.3.1.10)."""

    public = "452 4.5.3 Too many recipients"


class BadSender(Refusal):
    """No address that could stand in an envelope."""

    public = "553 5.1.7 Bad sender address"


class BadRecipient(Refusal):
    """No address that could stand in an envelope."""

    public = "553 5.1.3 Bad recipient address"


class BadSyntax(Refusal):
    """A command whose words are wrong."""

    public = "501 5.5.4 Syntax error"


class BadParameter(Refusal):
    """A parameter that we do not know, so may not ignore (RFC 5321 4.1.1.11)."""

    public = "555 5.5.4 Parameter not known"


class UnknownCommand(Refusal):
    """A word that is no command."""

    public = "500 5.5.1 Command not known"


class NotOffered(Refusal):
    """A command that we do not do."""

    public = "502 5.5.1 Command not offered"


class CommandTooLong(Refusal):
    """More octets than any command needs."""

    public = "500 5.5.2 Line too long"


class HelloFirst(Refusal):
    """No EHLO or HELO yet."""

    public = "503 5.5.1 Say EHLO first"


class SenderFirst(Refusal):
    """No MAIL yet."""

    public = "503 5.5.1 Say MAIL first"


class RecipientFirst(Refusal):
    """No recipient was taken."""

    public = "503 5.5.1 Say RCPT first"


class SenderKnown(Refusal):
    """A second MAIL in one transaction."""

    public = "503 5.5.1 Sender already given"


class TlsKnown(Refusal):
    """STARTTLS inside TLS."""

    public = "503 5.5.1 TLS already started"

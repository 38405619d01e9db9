"""The courier: one kept connection to the smarthost, and what it said to each mail.

The dialogue is ours, on the standard library's connection: MAIL, RCPT and DATA go in
one packet where the smarthost allows it (RFC 2920), and every outcome has a name. What
is the smarthost's state (it is away, it does not let us in) is never counted against a
recipient.
"""

import contextlib
import re
import smtplib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.outbound.smarthost import (
    COMMAND_SECONDS,
    AwayError,
    Reply,
    Smarthost,
    enter,
    said_by,
    text_of,
)
from gateway.outbound.splice import clean, is_fit

# RFC 5321 section 4.5.3.2.6; giving up early after the dot would double mail.
_DOT_SECONDS = 600.0

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
# "Sign in first", "not this way", "wrong password": nothing about the mail
# (RFC 4954 section 6).
_NOT_LET_IN = frozenset({530, 534, 535, 538})
# About our return path, so about one desk at most (RFC 3463 section 3.2).
_SENDER_STATUS = frozenset({"4.1.7", "4.1.8"})
_TOO_LARGE = frozenset({"5.3.4", "5.2.3"})


@dataclass(frozen=True, slots=True)
class Parcel:
    """One mail to be carried to one recipient."""

    delivery_id: int
    return_path: str
    """ "" is the null return path."""
    recipient: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """The smarthost has it; the promise is its."""

    reply: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not now, for this mail."""

    reply: str


@dataclass(frozen=True, slots=True)
class Never:
    """Refused for good; `status` is that of RFC 3463."""

    status: str
    reply: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The smarthost is away or does not let us in; nothing about the mail."""

    reason: str


Outcome = Sent | Later | Never | Unreachable

IsOurs = Callable[[], bool]
"""Says whether a mail is still ours to send."""


class _LostError(Exception):
    """The connection ended in the middle; whether before or after the dot."""

    def __init__(self, reason: str, *, after_dot: bool) -> None:
        super().__init__(reason)
        self.after_dot = after_dot


class Courier:
    """Carries parcels over one connection; used by one thread.

    Only `abort` may be called from another.
    """

    def __init__(self, smarthost: Smarthost) -> None:
        """Know the smarthost; nothing is connected yet."""
        self._smarthost = smarthost
        self._smtp: smtplib.SMTP | None = None
        self._aborted = False

    def carry(self, parcel: Parcel, is_ours: IsOurs = lambda: True) -> Outcome:
        """Hand one mail to the smarthost; never raises for what the other side does.

        `is_ours` is asked right before the text goes: greetings and replies may have
        taken so long, or we may have slept, that another sends the mail by now.

        A connection that ended before the mail's last dot is made anew and the mail
        offered once more; after the dot it may have been taken, so that is for later.
        """
        if problem := _unfit(parcel):
            return problem
        try:
            return self._offer(parcel, is_ours)
        except _LostError as first:
            return self._once_more(parcel, is_ours, first)
        except AwayError as away:
            return Unreachable(str(away))

    def close(self) -> None:
        """Say QUIT and hang up."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                if smtp.sock is not None:
                    smtp.sock.settimeout(1)
                smtp.quit()
            smtp.close()

    def abort(self) -> None:
        """Break the connection under the thread that uses it, for good."""
        self._aborted = True
        smtp = self._smtp
        if smtp is not None and (sock := smtp.sock) is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _once_more(self, parcel: Parcel, is_ours: IsOurs, lost: _LostError) -> Outcome:
        try:
            # Is it the smarthost that is away, or this mail that ends connections?
            self._connection()
            if not lost.after_dot:
                return self._offer(parcel, is_ours)
        except AwayError as away:
            return Unreachable(str(away))
        except _LostError as again:
            return Later(f"connection lost twice: {again}")
        return Later(f"connection lost: {lost}")

    def _hang_up(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()

    # One mail.

    def _offer(self, parcel: Parcel, is_ours: IsOurs) -> Outcome:
        smtp = self._connection()
        needs_utf8 = not parcel.recipient.isascii()
        if needs_utf8 and not smtp.has_extn("smtputf8"):
            # RFC 6531 section 3.7.4; a mangled address would reach somebody else.
            return Never("5.6.7", "the smarthost does not offer SMTPUTF8")
        try:
            replies = self._talk(smtp, _commands(smtp, parcel, utf8=needs_utf8))
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise _LostError(said_by(error), after_dot=False) from error
        if replies[-1][0] == 354 and all(code // 100 == 2 for code, _ in replies[:-1]):
            if not self._may_go_on(is_ours):
                return Later("the lease was lost")
            return self._text(smtp, parcel)
        return self._refused(smtp, replies)

    def _may_go_on(self, is_ours: IsOurs) -> bool:
        """Ask whether the mail is still ours; hang up when it is not, or who knows."""
        may = False
        try:
            may = is_ours()
        finally:
            if not may:
                # Behind DATA there is no other way to take a mail back.
                self._hang_up()
        return may

    def _talk(self, smtp: smtplib.SMTP, commands: Sequence[bytes]) -> list[Reply]:
        """Say MAIL, RCPT and DATA; gives one reply each up to the first refusal."""
        if smtp.has_extn("pipelining"):
            smtp.send(b"".join(commands))
            return [_heard(smtp) for _ in commands]
        replies: list[Reply] = []
        for command in commands:
            smtp.send(command)
            replies.append(_heard(smtp))
            if replies[-1][0] // 100 > 3:
                break
        return replies

    def _text(self, smtp: smtplib.SMTP, parcel: Parcel) -> Outcome:
        after_dot = False
        try:
            assert smtp.sock is not None
            text = stuffed(parcel.octets)
            # The last octets may not have left when this fails, but who can know.
            after_dot = True
            smtp.sock.settimeout(_DOT_SECONDS)
            smtp.send(text)
            reply = _heard(smtp)
            smtp.sock.settimeout(COMMAND_SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            raise _LostError(said_by(error), after_dot=after_dot) from error
        if reply[0] == 421:
            self._hang_up()
        return _outcome(reply)

    def _refused(self, smtp: smtplib.SMTP, replies: Sequence[Reply]) -> Outcome:
        """Judge a refusal before the text, and clear the table for the next mail."""
        at, reply = next(
            (n, one) for n, one in enumerate(replies) if one[0] // 100 not in {2, 3}
        )
        if reply[0] == 421:
            # Closing: the smarthost counts mails or seconds; a new connection may do.
            self._hang_up()
            raise _LostError(text_of(reply), after_dot=False)
        self._clear(smtp, replies)
        if reply[0] in _NOT_LET_IN or (at == 0 and _is_state(reply)):
            self._hang_up()
            raise AwayError(text_of(reply))
        if at == 0 and _status(reply) not in _TOO_LARGE and reply[0] != 552:
            # Our return path is refused: the recipient has no part in it, and whoever
            # runs the smarthost can mend it.
            return Later(text_of(reply))
        return _outcome(reply)

    def _clear(self, smtp: smtplib.SMTP, replies: Sequence[Reply]) -> None:
        try:
            if replies[-1][0] == 354:
                # It took a DATA without a recipient (RFC 2920 section 3.1).
                smtp.send(b".\r\n")
                _heard(smtp)
            smtp.send(b"RSET\r\n")
            if _heard(smtp)[0] != 250:
                self._hang_up()
        except (OSError, smtplib.SMTPException):
            self._hang_up()

    # The connection.

    def _connection(self) -> smtplib.SMTP:
        """Give the kept connection, or a new one that is greeted and signed in."""
        if self._aborted:
            raise AwayError("stopping")
        if self._smtp is None:
            self._smtp = enter(self._smarthost)
        return self._smtp


def stuffed(octets: bytes) -> bytes:
    """Give what goes over the wire after 354: clean CRLF, dots doubled, the last dot.

    RFC 5321 section 4.5.2; nothing else is changed, least of all an encoding.
    """
    octets = clean(octets)
    if octets.startswith(b"."):
        octets = b"." + octets
    if b"\r\n." in octets:
        octets = octets.replace(b"\r\n.", b"\r\n..")
    return octets + (b".\r\n" if octets.endswith(b"\r\n") else b"\r\n.\r\n")


def _unfit(parcel: Parcel) -> Never | None:
    """Refuse what must not stand in a command line (promises T16)."""
    if not is_fit(parcel.recipient):
        return Never("5.1.3", "the recipient is no mail address")
    if parcel.return_path and not is_fit(parcel.return_path):
        return Never("5.1.7", "the return path is no mail address")
    return None


def _commands(smtp: smtplib.SMTP, parcel: Parcel, *, utf8: bool) -> list[bytes]:
    offers = smtp.esmtp_features
    mail, rcpt = f"MAIL FROM:<{parcel.return_path}>", f"RCPT TO:<{parcel.recipient}>"
    if "size" in offers:
        mail += f" SIZE={len(parcel.octets)}"
    # Without 8BITMIME it goes all the same: re-encoding would break our octets, and no
    # server in use clears the eighth bit.
    if "8bitmime" in offers and not parcel.octets.isascii():
        mail += " BODY=8BITMIME"
    if utf8:
        mail += " SMTPUTF8"
    if "dsn" in offers:
        rcpt += _notify(parcel)
        if parcel.return_path:
            mail += f" RET=HDRS ENVID={parcel.delivery_id}"
    return [f"{mail}\r\n".encode(), f"{rcpt}\r\n".encode(), b"DATA\r\n"]


def _notify(parcel: Parcel) -> str:
    """Ask for reports (RFC 3461 section 4); to nobody about mail from nobody."""
    if not parcel.return_path:
        return " NOTIFY=NEVER"
    if not parcel.recipient.isascii():
        return " NOTIFY=FAILURE,DELAY"
    written = re.sub(r"[+=]", lambda m: f"+{ord(m[0]):02X}", parcel.recipient)
    return f" NOTIFY=FAILURE,DELAY ORCPT=rfc822;{written}"


# Replies.


def _heard(smtp: smtplib.SMTP) -> Reply:
    return _decoded(smtp.getreply())


def _decoded(reply: tuple[int, bytes]) -> Reply:
    return reply[0], reply[1].decode("utf-8", "replace")


def _status(reply: Reply) -> str:
    """Give the status of RFC 3463, made from the code if there is none."""
    found = _STATUS.match(reply[1])
    return found[0] if found else f"{reply[0] // 100}.0.0"


def _outcome(reply: Reply) -> Outcome:
    match reply[0] // 100:
        case 2:
            return Sent(text_of(reply))
        case 5:
            return Never(_status(reply), text_of(reply))
        case _:
            return Later(text_of(reply))


def _is_state(reply: Reply) -> bool:
    """Say whether a refusal of MAIL is about the smarthost: 4xx, as a rule."""
    return reply[0] // 100 == 4 and _status(reply) not in _SENDER_STATUS

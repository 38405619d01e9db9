"""What MAIL and RCPT say: a path in angle brackets, and parameters. Pure."""

import re

from gateway.inbound import replies
from gateway.inbound.replies import Refusal
from parsers.address import is_address

_PATH = re.compile(r"[A-Z]+:[ \t]*<([^<>]*)>(?:[ \t]+(.*))?", re.IGNORECASE)

# RFC 3461: taken from those who send them unasked, and of no effect.
_DSN_OF_MAIL = frozenset({"RET", "ENVID"})
_DSN_OF_RCPT = frozenset({"NOTIFY", "ORCPT"})
# RFC 4954 section 5: of no effect for who believes nobody.
_IGNORED_AT_MAIL = _DSN_OF_MAIL | {"AUTH"}


def read_sender(text: str, *, max_octets: int) -> str:
    """Give the address of `FROM:<...> ...`, empty for the null sender.

    Raises a Refusal; TooLarge when SIZE (RFC 1870) says so.
    """
    sender, parameters = _read(text, "FROM", replies.BadSender)
    if sender and not is_address(sender):
        raise replies.BadSender("no address")
    for name, value in parameters.items():
        if name not in _IGNORED_AT_MAIL:
            _check_mail_parameter(name, value, max_octets)
    return sender


def read_recipient(text: str) -> str:
    """Give what stands in `TO:<...> ...`, unchecked; raises a Refusal."""
    recipient, parameters = _read(text, "TO", replies.BadRecipient)
    if not parameters.keys() <= _DSN_OF_RCPT:
        raise replies.BadParameter("parameter of RCPT")
    return recipient


def _check_mail_parameter(name: str, value: str, max_octets: int) -> None:
    match name, value.upper():
        case "SIZE", digits:
            if not re.fullmatch("[0-9]{1,20}", digits):
                raise replies.BadSyntax("SIZE without a number")
            if int(digits) > max_octets:
                raise replies.TooLarge("SIZE at MAIL")
        # RFC 6152 and RFC 6531.
        case ("BODY", "7BIT" | "8BITMIME") | ("SMTPUTF8", ""):
            return
        case _:
            raise replies.BadParameter("parameter of MAIL")


def _read(text: str, keyword: str, bad: type[Refusal]) -> tuple[str, dict[str, str]]:
    """Split `KEYWORD:<path> NAME=VALUE ...`; a path without brackets is none."""
    if not text.upper().startswith(f"{keyword}:"):
        raise replies.BadSyntax(keyword)
    found = _PATH.fullmatch(text)
    if found is None:
        raise bad("no path in angle brackets")
    parameters = {}
    for part in (found[2] or "").split():
        name, _, value = part.partition("=")
        parameters[name.upper()] = value
    return found[1], parameters

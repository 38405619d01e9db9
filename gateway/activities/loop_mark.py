"""Loop marks: whose letter a mail is, and how many letters caused each other.

The mark of a letter is `ACTIVITY.COUNT.MAC`. A letter that is caused by a marked mail
counts one more, be that mail ours or another Parlour's, whose MAC we cannot check: a
wrong count can only stop the mail of whoever wrote it (mail-rules 1.7, T10).
"""

import re
from collections.abc import Sequence

from gateway.activities.house import House
from parsers.automatic import Automatic
from parsers.mail import ParsedMail

_COUNTED = re.compile(r"[A-Z0-9]{1,16}\.(\d{1,3})\.[a-z0-9]{8,64}")
_PERSON = Automatic(is_=False, kind="", reason="")


def loop_mark(house: House, public_id: str, hops: int = 0) -> str:
    """Write the mark of a letter about an activity."""
    payload = f"{public_id}.{hops}"
    return f"{payload}.{house.sealer.mac('loop', payload)}"


def is_own_mark(house: House, mark: str) -> bool:
    """Say whether a mark is ours, by its MAC."""
    payload, _, mac = mark.strip().rpartition(".")
    return bool(payload) and house.sealer.verify("loop", payload, mac)


def is_own_letter(house: House, mail: ParsedMail) -> bool:
    """Say whether a mail is a letter of ours as it went out: mark and id are ours."""
    return house.ids.read(mail.message_id) is not None and any(
        is_own_mark(house, mark) for mark in mail.loop_marks
    )


def hops(marks: Sequence[str]) -> int:
    """Give how many letters caused each other before a mail; 0 without a mark."""
    found = [_COUNTED.fullmatch(mark.strip()) for mark in marks]
    return max((int(each[1]) + 1 for each in found if each), default=0)


def automatic(house: House, mail: ParsedMail) -> Automatic:
    """Say what wrote a mail, knowing our own mark from that of another Parlour.

    The people of another Parlour write to us through it: a mark that is not ours
    makes nobody a machine.
    """
    judged = mail.automatic
    if judged.kind != "own" or any(
        is_own_mark(house, mark) for mark in mail.loop_marks
    ):
        return judged
    return _PERSON

"""The answer to a letter with numbered items: a word for each, as in `#3 open`.

A list stays open: who decides on one item today may decide on the next tomorrow.
"""

import re
from collections.abc import Callable, Mapping

from gateway.activities import blocking, questions
from gateway.activities.letterbox import Letterbox
from gateway.routing import guards
from parsers import heading
from parsers.address import key
from storage import blocked, journal
from storage.held import WAITS
from storage.journal import Inbound, State
from storage.question import Question
from templates.values import Decision, ListAnswered

_LINE = re.compile(r"#(\d{1,4})[ \t:.]+([a-z]+)[.!,]?\s*", re.IGNORECASE)
_MOST_LINES = 100
_FORGED = guards.forged.__name__
"""The rule that held it: its From names somebody who did not write it."""


def settle(box: Letterbox, question: Question, answer: str) -> None:
    """Do what each line says, and tell its writer what was done."""
    lines = [line.strip() for line in answer.splitlines()]
    said = [line for line in lines if line.startswith("#")][:_MOST_LINES]
    values = ListAnswered(
        decisions=tuple(_settle_line(box, question, line) for line in said)
    )
    questions.answer(box, question, values)


def _settle_line(box: Letterbox, question: Question, line: str) -> Decision:
    found = _LINE.fullmatch(line)
    deed = found and _DEEDS.get(found[2].lower())
    if not found or not deed:
        return Decision(said=line, outcome="which_word")
    number = question.values.get("items", {}).get(found[1])
    row = journal.by_id(box.session, number) if number is not None else None
    if row is None:
        return Decision(said=line, outcome="no_such_item")
    subject = ""
    if row.state is not State.FAILED:
        subject = heading.read(journal.octets(row, box.house.blobs)).subject
    if row.state not in WAITS:
        return Decision(said=line, outcome="decided", subject=subject)
    return Decision(said=line, outcome=deed(box, question, row), subject=subject)


Deed = Callable[[Letterbox, Question, Inbound], str]
"""Does one thing with a mail that waits; gives its outcome as the letter knows it."""


def _open(box: Letterbox, question: Question, row: Inbound) -> str:
    journal.release(
        box.session,
        row.id,
        {"released": "admit"},
        by=_by(question),
        now=box.offered.received_at,
    )
    return "opened"


def _refuse(box: Letterbox, question: Question, row: Inbound) -> str:
    _discard(box, question, row, "refused")
    return "refused"


def _spam(box: Letterbox, question: Question, row: Inbound) -> str:
    """Drop it and block its sender, unless the From is forged or one of ours."""
    mail = heading.read(journal.octets(row, box.house.blobs))
    sender = key(mail.sender.address or row.sender)
    is_theirs = row.settled_by != _FORGED and blocking.may_be_blocked(
        box.session, box.house, sender
    )
    if is_theirs:
        blocked.block(
            box.session,
            sender,
            by=question.person_id,
            at=box.offered.received_at,
        )
    _discard(box, question, row, "spam")
    return "blocked" if is_theirs else "refused"


def _discard(box: Letterbox, question: Question, row: Inbound, reason: str) -> None:
    journal.settle(
        box.session,
        row.id,
        State.DISCARDED,
        reason=reason,
        by=_by(question),
        now=box.offered.received_at,
    )


def _by(question: Question) -> str:
    return f"person {question.person_id}"


_DEEDS: Mapping[str, Deed] = {
    "open": _open,
    "admit": _open,
    "refuse": _refuse,
    "spam": _spam,
}

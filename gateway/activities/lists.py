"""The answer to a letter with numbered items: a word for each, as in `#3 open`.

A list stays open: who decides on one item today may decide on the next tomorrow.
"""

import re

from gateway.activities import deciding, helping, questions
from gateway.activities.letterbox import Letterbox
from parsers import heading
from storage import journal
from storage.journal import State
from storage.question import Question
from templates.asked import Decision, ListAnswered

_LINE = re.compile(r"#(\d{1,4})[ \t:.]+([a-z]+)[.!,]?\s*", re.IGNORECASE)
_BEGINS = re.compile(r"#(\d{1,4})")
_MOST_LINES = 100


def settle(box: Letterbox, question: Question, answer: str) -> None:
    """Do what each line says, and tell its writer what was done."""
    lines = [line.strip() for line in answer.splitlines()]
    said = [line for line in lines if line.startswith("#")][:_MOST_LINES]
    values = ListAnswered(
        decisions=tuple(_settle_line(box, question, line) for line in said)
    )
    questions.answer(box, question, values)


def _settle_line(box: Letterbox, question: Question, line: str) -> Decision:
    number = _BEGINS.match(line)
    offer = question.values.get("offers", {}).get(number[1]) if number else None
    if number and offer:
        text = line[number.end() :].strip(" .:")
        return Decision(
            said=f"{number[0]} {text}".strip(),
            outcome=helping.answer(box, question, tuple(offer), text),
        )
    found = _LINE.fullmatch(line)
    word = found[2].lower() if found else ""
    if not found or word not in deciding.WORDS:
        return Decision(said=line, outcome="which_word")
    number = question.values.get("items", {}).get(found[1])
    row = journal.by_id(box.session, number) if number is not None else None
    if row is None:
        return Decision(said=line, outcome="no_such_item")
    subject = ""
    if row.state is not State.FAILED:
        subject = heading.read(journal.octets(row, box.house.blobs)).subject
    at = box.offered.received_at
    outcome = deciding.decide(box.session, box.house, row, word, question.person_id, at)
    return Decision(said=line, outcome=outcome, subject=subject)

"""Plays the story by SMTP, each step when the letters of the one before have come."""

from collections.abc import Callable

from gateway.demo.mailboxes import Mailboxes
from gateway.demo.people import Person, Step, Story
from gateway.demo.program import Draft, MailProgram, reply

SECONDS = 60
"""How long the letters of one step may take before the story stops."""


class StoryError(Exception):
    """A step did not bring what it should; the text says which and what."""


def play(
    program: MailProgram,
    *,
    tell: Callable[[str], None],
    is_over: Callable[[], bool],
    seconds: int = SECONDS,
) -> None:
    """Play every step; `tell` gets a line each, `is_over` ends the play early.

    Raises StoryError when a letter does not come within `seconds`, and SendError
    when a mail is refused.
    """
    story, mailboxes = program.story, program.mailboxes
    for step in story.steps:
        if is_over():
            return
        before = mailboxes.count()
        person = _person(story, step.by)
        program.send(person, _draft(step, person, mailboxes))
        for slug, kind in step.brings.items():
            reader = _person(story, slug)
            if _has_come(mailboxes, reader, kind, before, is_over, seconds):
                continue
            if is_over():
                return
            raise StoryError(
                f"no {kind} came to {reader.name} within {seconds} seconds"
            )
        tell(_line(story, step, person))


def _draft(step: Step, person: Person, mailboxes: Mailboxes) -> Draft:
    if not step.answers:
        return Draft(to=step.to, subject=step.subject, text=step.text)
    letter = mailboxes.newest(person.address, step.answers)
    if letter is None:
        raise StoryError(f"{person.name} has no {step.answers} to answer")
    return reply(letter.mail, step.text)


def _has_come(
    mailboxes: Mailboxes,
    reader: Person,
    kind: str,
    before: int,
    is_over: Callable[[], bool],
    seconds: int,
) -> bool:
    for _ in range(seconds):
        if mailboxes.wait(reader.address, kind, after=before, seconds=1):
            return True
        if is_over():
            break
    return False


def _line(story: Story, step: Step, person: Person) -> str:
    readers = ", ".join(
        f"{_person(story, slug).name} ({kind})" for slug, kind in step.brings.items()
    )
    return f"{person.name} wrote; letters came to {readers}"


def _person(story: Story, slug: str) -> Person:
    person = story.find(slug)
    if person is None:
        raise StoryError(f"nobody in the story is called {slug}")
    return person

"""`/demo/dare`: try to make the customer see a note that is for the team alone."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from gateway.demo.mailboxes import Kept
from gateway.demo.people import Person
from gateway.demo.program import Draft, SendError, forward, reply, reply_all
from gateway.demo.shell import Shell, see_other, texts
from gateway.demo.shown import Shown

OWNER, MATE, CUSTOMER = "ana", "bo", "carla"
PROPOSED = (
    "She was close to leaving us in March. If it is not mended today, give her the old "
    "importer for a week and do not charge for it."
)
_RUN = 5
"""So many words of the note in a row are the note."""


@dataclass(frozen=True, slots=True)
class Letters:
    """What the tricks are played with."""

    note: Shown
    """As Bo got it."""
    text: str
    """Of the note."""
    to_owner: Shown
    """The customer's newest message, as its owner got it."""
    to_mate: Shown
    """The same, or the last one of hers that Bo got."""


@dataclass(frozen=True, slots=True)
class Trick:
    """One way in which such a thing goes wrong elsewhere."""

    by: str
    label: str
    says: str
    draft: Callable[[Letters], Draft]


def _quoted(it: Letters) -> Draft:
    lines = "\n".join(f"> {line}" for line in it.text.splitlines())
    words = f"Hello Carla,\n\nwe are on it.\n\nBo Berg wrote:\n{lines}\n\nAna"
    return reply(it.to_owner, words)


def _misspelt(it: Letters) -> Draft:
    return reply(it.to_owner, f"/ntoe\n\n{it.text}\n\nAna")


def _too_late(it: Letters) -> Draft:
    return reply(it.to_owner, f"Hello Bo,\n\n/note\n\n{it.text}\n\nAna")


def _forwarded(it: Letters) -> Draft:
    draft = forward(it.note)
    return Draft(to=it.to_mate.reply_to, subject=draft.subject, text=draft.text)


TRICKS: Mapping[str, Trick] = {
    "all": Trick(
        MATE,
        "Reply to all",
        "Bo gets the note and presses “reply to all”.",
        lambda it: reply_all(it.note, f"I agree.\n\n{it.text}"),
    ),
    "quote": Trick(
        OWNER,
        "Quote it to the customer",
        "Ana answers Carla, with the note quoted in her answer.",
        _quoted,
    ),
    "forward": Trick(
        MATE,
        "Forward it into the case",
        "Bo forwards the note to the address by which he answers Carla.",
        _forwarded,
    ),
    "typo": Trick(
        OWNER,
        "Mistype the command",
        "Ana answers Carla, means /note and writes /ntoe.",
        _misspelt,
    ),
    "late": Trick(
        OWNER,
        "Say it too late",
        "Ana answers Carla and writes /note below the greeting.",
        _too_late,
    ),
    "elsewhere": Trick(
        "ana.at.home@private.example",
        "Write from another address",
        "Ana answers the note from her private address, which nobody here knows.",
        lambda it: reply(it.note, f"Yes.\n\n{it.text}"),
    ),
}


@dataclass(slots=True)
class Round:
    """One note, and what was tried on it."""

    text: str = ""
    since: int = 0
    """The newest mail before the note was written."""
    tried: dict[str, tuple[int, int]] = field(default_factory=dict)
    """The newest mail before and after each trick, by its name."""


@dataclass(frozen=True, slots=True)
class Dare:
    """The page that takes a visitor through it."""

    shell: Shell
    round: Round = field(default_factory=Round)

    def routes(self) -> list[BaseRoute]:
        """Give what stands under `/demo/dare`."""
        return [
            Route("/demo/dare", self.show, methods=["GET"]),
            Route("/demo/dare/note", self.note, methods=["POST"]),
            Route("/demo/dare/try", self.attempt, methods=["POST"]),
        ]

    def show(self, _: Request) -> Response:
        """Show the note, the tricks, and what the customer has got since."""
        return self._page()

    async def note(self, request: Request) -> Response:
        """Write the note as the owner of the case."""
        async with request.form(max_files=0, max_fields=20) as form:
            text = texts(form).get("text", "").strip()
        return await run_in_threadpool(self._write, text)

    async def attempt(self, request: Request) -> Response:
        """Play one trick."""
        async with request.form(max_files=0, max_fields=20) as form:
            name = texts(form).get("trick", "")
        if name not in TRICKS or not self.round.text:
            return see_other("/demo/dare")
        return await run_in_threadpool(self._play, name)

    def _write(self, text: str) -> Response:
        mailboxes = self.shell.program.mailboxes
        owner, mate = self._person(OWNER), self._person(MATE)
        asked = self._asked(owner)
        if asked is None or not text:
            return self._page(refused="There is nothing to write, or nobody to answer.")
        before = mailboxes.count()
        try:
            self.shell.program.send(owner, reply(asked, f"/note\n\n{text}"))
        except SendError as error:
            return self._page(refused=str(error))
        if not mailboxes.wait(mate.address, "note", after=before, seconds=20):
            return self._page(refused="The note has not reached Bo yet; try again.")
        self.round.text, self.round.since = text, before
        self.round.tried.clear()
        return see_other("/demo/dare#try")

    def _play(self, name: str) -> Response:
        trick, letters = TRICKS[name], self._letters()
        if letters is None:
            return self._page(refused="The note has not reached Bo yet; try again.")
        before = self.shell.program.mailboxes.count()
        try:
            self.shell.program.send(self._person(trick.by), trick.draft(letters))
        except SendError as error:
            return self._page(refused=str(error))
        self.shell.machine.settle()
        self.round.tried[name] = before, self.shell.program.mailboxes.count()
        return see_other("/demo/dare#got")

    def _letters(self) -> Letters | None:
        owner, mate = self._person(OWNER), self._person(MATE)
        note = self.shell.program.mailboxes.newest(mate.address, "note")
        to_owner, to_mate = self._asked(owner), self._asked(mate)
        if note is None or to_owner is None or to_mate is None:
            return None
        return Letters(note.mail, self.round.text, to_owner, to_mate)

    def _asked(self, reader: Person) -> Shown | None:
        """Give the customer's newest message of the story's case, as somebody got it.

        Of another case that Ana takes, Bo hears in his digest alone.
        """
        subject = self.shell.program.story.steps[0].subject
        name = self._person(CUSTOMER).name
        for kept in self.shell.program.mailboxes.of(reader.address):
            mail = kept.mail
            is_hers = mail.kind == "message" and mail.sender.startswith(name)
            if is_hers and mail.subject.endswith(subject):
                return mail
        return None

    def _page(self, refused: str = "") -> Response:
        since = self.round.since
        got = self._since(CUSTOMER, since) if self.round.text else []
        note = self.shell.program.mailboxes.newest(self._person(MATE).address, "note")
        return self.shell.page(
            "demo_dare",
            refused=refused,
            note=self.round.text,
            proposed=PROPOSED,
            tricks=TRICKS,
            answers={
                name: self._between(*span) for name, span in self.round.tried.items()
            },
            at_mate=note.number if note else 0,
            customer=self._person(CUSTOMER),
            mate=self._person(MATE),
            got=[(kept, holds(kept.mail, self.round.text)) for kept in got],
        )

    def _since(self, slug: str, before: int) -> list[Kept]:
        found = self.shell.program.mailboxes.of(self._person(slug).address)
        return [kept for kept in found if kept.number > before and not kept.is_own]

    def _between(self, before: int, after: int) -> list[tuple[Person, Kept]]:
        """Give what a trick brought to whomever."""
        return [
            (self._person(address), kept)
            for address, kept in self.shell.program.mailboxes.since(before)
            if kept.number <= after
        ]

    def _person(self, slug: str) -> Person:
        person = self.shell.program.story.find(slug)
        if person is None:
            raise LookupError(slug)
        return person


def holds(mail: Shown, note: str) -> bool:
    """Say whether a mail shows the note, in either twin: some of its words in a row."""
    wanted = _words(note)
    runs = {
        " ".join(wanted[at : at + _RUN])
        for at in range(max(1, len(wanted) - _RUN + 1))
        if wanted
    }
    html = unescape(re.sub(r"<[^>]*>", " ", mail.html))
    shown = [" ".join(_words(text)) for text in (mail.subject, mail.text, html)]
    return any(run in text for run in runs for text in shown)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())

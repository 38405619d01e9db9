"""Who takes part in the demo, and the story they play; read from story/story.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources

from parsers.address import domain, is_address, key


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whose mailbox a visitor may open."""

    slug: str
    name: str
    address: str
    who: str = ""
    """What they are in the story, in a few words."""
    hint: str = ""
    """What a visitor could try as this person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One mail of the story."""

    by: str
    text: str
    to: str = ""
    subject: str = ""
    answers: str = ""
    """The kind of the letter it answers; empty for a new mail."""
    brings: Mapping[str, str] = field(default_factory=dict)
    """Whose mailbox gets a letter of which kind, by slug."""


@dataclass(frozen=True, slots=True)
class Story:
    """The cast and the steps."""

    people: tuple[Person, ...]
    steps: tuple[Step, ...]

    def find(self, slug: str) -> Person | None:
        """Find one of the cast by slug; a mail address is somebody of that address."""
        for person in self.people:
            if slug == person.slug or key(slug) == key(person.address):
                return person
        if not is_address(slug):
            return None
        name = slug.partition("@")[0].replace(".", " ").title()
        return Person(slug=slug, name=name, address=slug, who="somebody else")

    def is_desk(self, address: str, desk: str) -> bool:
        """Say whether mail to `address` goes to Parlour rather than to a person."""
        if any(key(address) == key(person.address) for person in self.people):
            return False
        return domain(address) == domain(desk)


def read_story() -> Story:
    """Read the story that comes with the demo."""
    text = (
        resources.files("gateway.demo").joinpath("story/story.toml").read_text("utf-8")
    )
    told = tomllib.loads(text)
    people = tuple(
        Person(
            slug=row["slug"],
            name=row["name"],
            address=row["address"],
            who=row["who"],
            hint=row["try"],
        )
        for row in told["person"]
    )
    steps = tuple(Step(**{**row, "text": row["text"].strip()}) for row in told["step"])
    return Story(people, steps)

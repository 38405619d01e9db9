"""A person as the readers of letters and pages see them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Face:
    """One person as a reader sees them."""

    name: str
    """Never empty: the name, or the part of the address before the @."""
    says: str = ""
    """What they are here, in a few words: "has your case", "wrote the importer"."""
    organisation: str = ""
    away_until: date | None = None
    """The day on which they are back, while they are away."""
    title: str = ""
    """Their role where they work; this and what follows only on a card."""
    skills: tuple[str, ...] = ()
    about: str = ""
    helped: int = 0
    """With how many cases that were solved, their own left out."""
    unconfirmed: tuple[str, ...] = ()
    """What a signature or an inviter said of them; only for the team."""

    brought_by: str = ""
    """Who invited them; only for the team."""

    @property
    def is_card(self) -> bool:
        """Say whether there is more to tell than fits among other names."""
        return bool(
            self.title or self.skills or self.about or self.helped or self.unconfirmed
        )

"""Letters on tags and themes, for the gallery."""

from templates.themes import Proposed, WhichTag
from templates.values import Values


def which_tag(subject: str) -> Values:
    """Make the question to who closed a case."""
    return WhichTag(
        subject=subject,
        proposed=(
            Proposed(word="bad date", customers=3, is_tag=True),
            Proposed(word="csv import", customers=2, is_tag=False),
        ),
    )

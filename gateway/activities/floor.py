"""Where commands are given, and who speaks there."""

from dataclasses import dataclass

from gateway.activities.place import By, Place
from storage.activity import Participant
from storage.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Where commands are given: the activity and who speaks."""

    place: Place
    participant: Participant
    by: By
    team_lane: bool = False
    """They are given in a mail for the team alone."""
    leaves: bool = False
    """Whatever else the mail says, its writer leaves with it."""
    reaches_customer: bool = False
    """What the mail says goes to the customer in a letter of ours."""
    asks_about: Event | None = None
    """The post that the mail answers, where its writer may read that one."""
    answers: Event | None = None
    """The post that the mail answers, as far as its ids tell."""

"""What is checked of every post before it goes its way to one lane or the other.

A rule says that a mail is a post; these say whether it may be one for everyone
(decisions E40 to E42). The first that speaks decides instead of the rule.
"""

from dataclasses import replace

from gateway.routing.asking import Asking
from gateway.routing.decision import Confirm, Decision, Post
from gateway.routing.facts import Facts
from gateway.routing.instructions import PRIVATE
from gateway.routing.proof import Proof


def meant_as_note(facts: Facts, post: Post) -> Decision | None:
    """A mail that somebody called a note when asked is one for the team alone."""
    if facts.as_note and not post.team_lane:
        return replace(post, team_lane=True)
    return None


def team_text(facts: Facts, post: Post) -> Decision | None:
    """A text with a line that only the team has read goes to nobody unasked (E40)."""
    if post.team_lane or not facts.team_text or facts.listens:
        return None
    if Asking.TEAM_TEXT in facts.passed:
        return None
    return Confirm(
        asking=Asking.TEAM_TEXT,
        activity=post.activity,
        # Whoever is not staff, or may be forged, must not learn what matched.
        of_writer=facts.writer.is_staff and facts.proof >= Proof.BEARER,
    )


def collision(facts: Facts, post: Post) -> Decision | None:
    """An answer to an older state than a colleague's answer waits for a word (E42)."""
    if post.team_lane or not facts.newer_answers or not facts.has_text:
        return None
    if Asking.COLLISION in facts.passed:
        return None
    if facts.desk is None or not facts.desk.collision_hold or facts.listens:
        return None
    return Confirm(asking=Asking.COLLISION, activity=post.activity, of_writer=True)


def greets_customer(facts: Facts, post: Post) -> Decision | None:
    """A note that greets the waiting customer is one; its writer is asked (E41)."""
    if not (post.team_lane and facts.greets_customer and facts.has_text):
        return None
    said_so = any(each.word in PRIVATE for each in post.commands)
    if said_so or facts.listens or not facts.writer.in_team_lane:
        return None
    return replace(post, offers=True)

"""Rules for mail that names a second activity by weaker evidence (table R1)."""

from dataclasses import replace

from gateway.routing.asking import Asking
from gateway.routing.decision import Decision, Hold, Told
from gateway.routing.facts import Elsewhere, Facts
from gateway.routing.proof import Proof
from gateway.routing.threads import post

_HERE, _THERE = "here", "there"


def closed_token(facts: Facts) -> Decision | None:
    """The token of a closed case and ids of an open one: a human says which (R1)."""
    there, thread = facts.elsewhere, facts.thread
    if there is None or thread is None or not _writes_at_both(facts, there):
        return None
    if not thread.is_resolved or there.thread.is_resolved:
        return None
    if facts.released == _THERE:
        return post(_gone_there(facts, there), there.thread)
    if facts.released:
        return None
    return Hold(
        cause="which_case",
        reason="the token of a closed case, and the ids of an open one",
        told=Told.OWNER,
        asks=Asking.WHICH_CASE,
    )


def tagged(facts: Facts) -> Decision | None:
    """The number in a subject leads only who is verified, to their own case (R1)."""
    there = facts.elsewhere
    if there is None or facts.thread is not None or facts.is_form:
        return None
    if facts.proof is not Proof.VERIFIED or not there.writer.standing.takes_part:
        return None
    # It answers no letter, which would say who reads it: the team's stays in the team.
    there = replace(there, team_lane=there.writer.in_team_lane)
    return post(_gone_there(facts, there), there.thread)


def _writes_at_both(facts: Facts, there: Elsewhere) -> bool:
    """Whether the writer bears the token, and may write where the ids lead too."""
    bearer = facts.bearer
    if bearer is None or bearer.person != facts.writer.person:
        return False
    lane = facts.team_lane or there.team_lane
    return (
        facts.proof >= Proof.BEARER
        and bearer.standing.takes_part
        and there.writer.standing.takes_part
        and (there.writer.in_team_lane or not lane)
    )


def _gone_there(facts: Facts, there: Elsewhere) -> Facts:
    """The same mail, seen from the other activity."""
    return replace(
        facts,
        thread=there.thread,
        writer=there.writer,
        team_lane=facts.team_lane or there.team_lane,
    )

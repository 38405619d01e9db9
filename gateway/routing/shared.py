"""Rules for addresses that are nobody's own: a desk's, and contact forms."""

from dataclasses import replace

from gateway.routing.asking import Asking
from gateway.routing.decision import Ask, Decision, Hold, Told
from gateway.routing.facts import Facts, Standing, Writer
from gateway.routing.threads import post

MINE, FORM, OPEN = "mine", "form", "open"
"""What a human may say of such a mail; see `Facts.released`."""
_GONE = frozenset({Standing.INVITED, Standing.DECLINED, Standing.LEFT})


def unlisted_form(facts: Facts) -> Decision | None:
    """Nobody answers the sender, but the Reply-To: the team says if it is a form."""
    if not facts.maybe_form or facts.released or facts.thread is not None:
        return None
    if facts.is_form or facts.writer.is_staff:
        return None
    return Hold(
        cause="form",
        reason="a contact form that is not listed, perhaps (`forms`)",
        told=Told.TEAM,
        asks=Asking.FORM,
    )


def own_address(facts: Facts) -> Decision | None:
    """A desk's own address speaks for nobody, unless a team token names them (B21)."""
    if not facts.from_own_address:
        return None
    if facts.released == MINE:
        return _claimed(facts)
    # Opened as a case it would be the desk's own: somebody must claim it first.
    if facts.released and facts.released != OPEN:
        return None
    if facts.by_machine and not facts.is_form:
        return None
    # A question would go to the desk itself, where nobody reads it.
    said = _by_team_token(facts)
    if said is not None and not isinstance(said, Ask):
        return said
    return Hold(
        cause="own_address",
        reason="from an address of a desk: nobody can tell who wrote it",
        told=Told.TEAM,
        asks=Asking.WHO_WROTE,
    )


def _claimed(facts: Facts) -> Decision | None:
    """Posted as whoever of the team said that it is theirs, by their own address."""
    thread, writer = facts.thread, facts.writer
    if thread is None or not writer.is_staff or writer.standing in _GONE:
        return None
    return post(facts, thread)


def _by_team_token(facts: Facts) -> Decision | None:
    """What is said by whoever of the team the token names."""
    thread, bearer = facts.thread, facts.bearer
    if thread is None or bearer is None or not bearer.standing.takes_part:
        return None
    if not (bearer.in_team_lane and bearer.is_current):
        return None
    author = Writer(
        person=bearer.person,
        standing=bearer.standing,
        participant=bearer.participant,
        is_staff=True,
        in_team_lane=True,
        is_customer=False,
    )
    return post(replace(facts, writer=author), thread)

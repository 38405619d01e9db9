"""A mail to several cases: who wrote it hears which of them did not take it."""

from collections.abc import Sequence

from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import Sheet, addressee, send
from gateway.activities.references import ancestry
from gateway.routing.decision import Ask, Decision, Hold, Post
from gateway.routing.proof import Proof
from storage.activity import Lane
from storage.roster import roster, seat_of
from templates.seated import NotEverywhere


def report(done: Sequence[tuple[Letterbox, Decision]]) -> None:
    """Tell the writer that some addresses did not take a mail (table R3).

    Only whom one of the cases knows, and nothing of the cases that they may not
    write to.
    """
    waiting = [each for each in done if isinstance(each[1], Hold | Ask)]
    # Whoever let it in sees what became of it.
    if len(done) == len(waiting) or not waiting or done[0][0].offered.released:
        return
    for box, decision in done:
        if isinstance(decision, Post) and decision.proof >= Proof.BEARER:
            _tell(box, decision, len(waiting))
            return


def _tell(box: Letterbox, decision: Post, count: int) -> None:
    place = box.place(decision.activity)
    seat = seat_of(roster(box.session, place.activity.id), decision.author)
    if seat is None:
        return
    is_staff = seat.participant.in_team_lane
    lane = Lane.TEAM if is_staff else Lane.EVERYONE
    sheet = Sheet(
        desk=place.desk,
        activity=place.activity,
        at=box.offered.received_at,
        reason="asked",
        lane=lane,
        references=ancestry(place, lane).references,
        language=seat.person.language,
        zone=seat.person.zone,
        by_mail=True,
    )
    values = NotEverywhere(subject=place.activity.subject, count=count)
    send(box.session, box.house, sheet, values, [addressee(seat)])

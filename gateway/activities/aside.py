"""What the invited write to their inviter alone: passed on, and kept nowhere (D31)."""

from gateway.activities import files
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import Addressee, Sheet, language_of, send, zone_of
from gateway.activities.place import note
from gateway.activities.references import root_id
from gateway.activities.telling import owners
from gateway.routing.decision import TellInviter
from storage import activity as activities
from storage.activity import Lane, Participant
from storage.event import Kind
from storage.outbox import Priority
from storage.people import Person
from storage.roster import address_of, display_name, roster, seat_of
from templates.invited import Aside


def tell(box: Letterbox, decision: TellInviter) -> None:
    """Send a private answer to the inviter; it neither joins its writer nor posts.

    The inviter answers by ordinary mail, past the case. Who invited without a name,
    or is gone, is stood in for by the owner.
    """
    session, house = box.session, box.house
    sealed = session.get_one(Participant, decision.participant)
    participant = activities.present_seat(session, sealed)
    place = box.place(participant.activity_id)
    seats = roster(session, place.activity.id)
    invited = seat_of(seats, participant.person_id)
    sender = box.facts.sender
    known = address_of(session, participant.person_id)
    # An address that nobody in the case was told yet is not handed on by us.
    back = known if decision.is_theirs else sender.address
    attached = files.divide(box.mail.attachments, box.desk)
    values = Aside(
        text=box.facts.prose,
        name=invited.name if invited else sender.name or sender.address,
        address=back,
        subject=place.activity.subject,
        desk=box.desk.name,
        other_address="" if decision.is_theirs else sender.address,
        left_out=tuple(each.name for each in attached.linked),
    )
    by = box.by(session.get_one(Person, participant.person_id), box.facts.proof)
    note(place, by, Kind.ASIDE, lane=Lane.TEAM, subject=participant.invited_by_id)
    if decision.is_theirs:
        box.heard_from()
    readers = [participant.invited_by_id]
    if participant.invited_by_id is None:
        readers = [each.person.id for each in owners(place.activity, seats, by.at)]
    for number in readers:
        reader = session.get_one(Person, number)
        sheet = Sheet(
            desk=box.desk,
            activity=place.activity,
            at=by.at,
            reason="inviter",
            author=display_name(session, participant.person_id),
            lane=Lane.EVERYONE,
            references=(root_id(place, Lane.EVERYONE),),
            language=language_of(reader, box.desk),
            zone=zone_of(reader, box.desk),
            priority=Priority.CONVERSATION,
            reply_to=back,
        )
        to = Addressee(
            person=reader.id, address=address_of(session, reader.id), token=None
        )
        send(session, house, sheet, values, [to], attached.carried)

"""Who writes, and whose secret a mail brings back."""

from gateway.activities import answering
from gateway.activities.house import House
from gateway.activities.routes import Route
from gateway.routing.asking import OF_TEAM, Asking
from gateway.routing.desk import Desk
from gateway.routing.facts import Bearer, Standing, Writer
from gateway.routing.timetable import Kind
from parsers.address import Mailbox
from parsers.mail import ParsedMail
from storage import activity as activities
from storage import outbox, people
from storage.activity import Activity, Participant, Role
from storage.database import Session
from storage.question import Question


def writer_of(
    session: Session,
    desk: Desk | None,
    sender: Mailbox,
    person: people.Person | None,
    activity: Activity | None,
) -> Writer:
    """Give what the rules ask about a writer on one route."""
    participant = (
        activities.participant_of(session, activity.id, person.id)
        if activity and person
        else None
    )
    on_team = desk is not None and desk.is_team(sender.address)
    in_team_lane = bool(participant and participant.in_team_lane)
    is_consulted = participant is not None and participant.role is Role.CONSULTED
    return Writer(
        person=person.id if person else None,
        standing=_standing(participant),
        participant=participant.id if participant else None,
        is_staff=on_team
        or (in_team_lane and not is_consulted)
        or bool(person and person.is_staff),
        in_team_lane=in_team_lane,
        is_consulted=is_consulted,
        is_customer=bool(activity and person and activity.customer_id == person.id),
    )


def _standing(participant: Participant | None) -> Standing:
    return Standing(participant.membership) if participant else Standing.NOBODY


def bearer_of(
    session: Session, house: House, mail: ParsedMail, route: Route, writer: Writer
) -> Bearer | None:
    """Give for whom the secret was made that a mail brings back, if it brings one."""
    if route.question is not None:
        return Bearer(
            person=route.question.person_id,
            participant=0,
            sealed=0,
            standing=Standing.NOBODY,
            in_team_lane=False,
            is_current=True,
        )
    participant = route.participant
    if participant is None and route.answers_own_id and writer.participant:
        # An invited person who answers the invitation to the plain address bears
        # the invitation's id, which was written to nobody else.
        invited = session.get_one(Participant, writer.participant)
        if writer.standing in {Standing.INVITED, Standing.DECLINED} and (
            _answers_letter_to(session, house, mail, invited.person_id)
        ):
            participant = invited
    if participant is None:
        return None
    return Bearer(
        person=participant.person_id,
        participant=participant.id,
        sealed=route.sealed or participant.id,
        standing=_standing(participant),
        in_team_lane=participant.in_team_lane,
        is_current=route.is_current,
        is_former=participant.is_former,
    )


def _answers_letter_to(
    session: Session, house: House, mail: ParsedMail, person: int
) -> bool:
    """Whether a mail answers a letter that went to this person.

    The ids of posts do not count: whoever takes part holds them.
    """
    # A smarthost may have sent it under an id of its own.
    ids = (house.ids.read(each) for each in answering.answered(session, mail).ids)
    letters = [own.number for own in ids if own is not None and own.kind == "l"]
    return any(each.person_id == person for each in outbox.of_letters(session, letters))


def bears(route: Route, writer: Writer, bearer: Bearer | None) -> bool:
    """Whether a secret of ours came back from the person it was made for."""
    if bearer is not None:
        return bearer.is_current and bearer.person == writer.person
    return route.answers_own_id and writer.standing.takes_part


def own_question(session: Session, route: Route, writer: Writer) -> Question | None:
    """Give the question that is answered, if it was the writer who was asked.

    None also where they were asked as one of the team, and are that no more.
    """
    question = route.question
    if question is None or question.person_id != writer.person:
        return None
    return question if _may_answer(session, route, writer, question) else None


def _may_answer(
    session: Session, route: Route, writer: Writer, question: Question
) -> bool:
    if writer.is_staff:
        return True
    is_digest = question.asking == Asking.DIGEST
    if question.asking in OF_TEAM or (
        is_digest and question.values["kind"] == Kind.TEAM
    ):
        # They may write from another address than the one in the settings.
        own = people.address_keys(session, question.person_id)
        return route.desk is None or any(map(route.desk.is_team, own))
    if question.activity_id is None:
        return True
    seat = activities.participant_of(session, question.activity_id, question.person_id)
    return seat is None or not seat.is_former

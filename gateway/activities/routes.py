"""Where an envelope leads: its tokens, ids and desks, looked up.

One mail may have several routes: tokens of two activities are two, and each is
decided by itself. Tokens win over plain addresses; a return path, a question or an
unsubscribe address counts only when no conversation is addressed (table R3).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.activities import returned
from gateway.activities.answering import Answered, answered
from gateway.activities.desks import addressed, desk_of, desks_of, is_operators
from gateway.activities.house import House
from gateway.activities.matters import same_matter
from gateway.activities.named import Named, by_ids, is_of_no_case, tagged
from gateway.activities.pieces import in_pieces
from gateway.routing.asking import Asking
from gateway.routing.desk import Desk
from parsers.address import key
from parsers.mail import ParsedMail
from parsers.reply_address import Purpose, Token
from storage import activity as activities
from storage import digest as digests
from storage import journal, outbox, people
from storage.activity import Activity, Lane, Participant
from storage.database import Session
from storage.outbox import Delivery
from storage.question import Question

_CONVERSATION = frozenset({Purpose.EVERYONE, Purpose.TEAM, Purpose.INVITATION})
# The acts that an address alone asks for, the weightiest first.
_ACTS = (Purpose.CONFIRM, Purpose.DIGEST, Purpose.RETURN, Purpose.UNSUBSCRIBE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One place that a mail leads to."""

    desk: Desk | None = None
    purpose: Purpose | None = None
    to_operator: bool = False
    activity: int | None = None
    participant: Participant | None = None
    """Whom the token names."""
    sealed: int = 0
    """The seat that the token names, when its activity was merged since."""
    is_current: bool = True
    """The token is of the participant's present generation."""
    delivery: int | None = None
    question: Question | None = None
    answers_own_id: bool = False
    got_by_hand: frozenset[str] = frozenset()
    """Who got the mail, sent by hand, whose id led here: their address keys."""
    team_lane: bool = False
    other_threads: int = 0
    elsewhere: Named | None = None
    """Another activity of its desk that ids or subject name (R1 rows 5 and 7)."""
    also: tuple[int, ...] = ()
    """Further activities whose tokens it was written to (table R3)."""
    by_header: bool = False
    """Its token stood in the header alone, not in the envelope (R1 row 8)."""
    other_desks: tuple[Desk, ...] = ()
    """Further desks that a mail was written to; their teams see it too (table R3)."""
    said: str | None = None
    """What of an answer to a digest is meant for this place."""
    is_first: bool = True
    """It is the first part of that answer."""
    answers_digest: bool = False
    """It may quote other activities, of which nobody here shall read."""
    answers_no_case: bool = False
    """It answers a letter of ours that is about no activity: a queue, say."""


def find_routes(
    session: Session,
    house: House,
    recipients: Sequence[str],
    mail: ParsedMail,
    *,
    by_hand_at: datetime | None = None,
) -> list[Route]:
    """Give the places that a mail leads to; at least one.

    `by_hand_at` is when a mail sent by hand was found: one without any id is looked
    for among the customer's open cases.
    """
    answers = answered(session, mail)
    routes = _find(session, house, recipients, mail, answers, by_hand_at)
    if any(own.kind == "d" for own in map(house.ids.read, answers.ids) if own):
        return [replace(route, answers_digest=True) for route in routes]
    return routes


def _find(
    session: Session,
    house: House,
    recipients: Sequence[str],
    mail: ParsedMail,
    answers: Answered,
    by_hand_at: datetime | None,
) -> list[Route]:
    tokens = [
        found for address in recipients if (found := _token(house, address)) is not None
    ]
    if aside := _acts(session, house, tokens, (Purpose.ASIDE,)):
        # For one reader alone: the narrowest, whatever else it was written to.
        return aside
    threads = by_ids(session, house, answers)
    routes = _talks(session, house, tokens, threads, mail)
    if routes := routes or _acts(session, house, tokens, _ACTS):
        return parted(session, house, routes, mail)
    written = _in_header(house, mail) if by_hand_at is None else []
    routes = _acts(session, house, written, (Purpose.ASIDE,))
    routes = routes or _talks(session, house, written, threads, mail)
    acts = (Purpose.CONFIRM, Purpose.DIGEST)
    if routes := routes or _acts(session, house, written, acts):
        routes = parted(session, house, routes, mail)
        return [replace(route, by_header=True) for route in routes]
    if by_hand_at is None and (by_id := _act_by_id(session, house, mail, answers)):
        return parted(session, house, [by_id], mail)
    plain = _plain(session, house, recipients, mail, threads)
    if by_hand_at and plain.desk and plain.activity is None:
        where = key(plain.desk.address)
        matter = same_matter(session, where, mail, by_hand_at)
        return [replace(plain, activity=matter.id if matter else None)]
    return [replace(plain, answers_no_case=is_of_no_case(session, house, answers))]


def _talks(
    session: Session,
    house: House,
    tokens: Sequence[Token],
    threads: list[Named],
    mail: ParsedMail,
) -> list[Route]:
    """The conversations that some tokens lead to."""
    talks = _conversations(session, house, tokens, threads)
    if not talks:
        return []
    private = _team_addressed(session, house, mail)
    everywhere = [talk.activity for talk in talks if talk.activity is not None]
    return [
        replace(
            _by_own_token(session, tokens, _narrowed(talk, private), mail),
            also=tuple(each for each in everywhere if each != talk.activity),
        )
        for talk in talks
    ]


def _acts(
    session: Session,
    house: House,
    tokens: Sequence[Token],
    purposes: Sequence[Purpose],
) -> list[Route]:
    """The weightiest of the acts that some tokens ask for."""
    for purpose in purposes:
        acts = [
            route
            for token in tokens
            if token.purpose is purpose
            and (route := _act(session, house, token)) is not None
        ]
        if acts:
            return acts
    return []


def _in_header(house: House, mail: ParsedMail) -> list[Token]:
    """The tokens in the mail's own header (R1 row 8); a forward hands on none of ours.

    Some servers strip what follows the plus, or hand over a Cc to the plain address.
    """
    boxes = (*mail.to, *mail.cc, *mail.handed_to)
    found = (_token(house, box.address) for box in boxes)
    return [token for token in found if token is not None]


def _act_by_id(
    session: Session, house: House, mail: ParsedMail, answers: Answered
) -> Route | None:
    """Give the act that a mail without a token asks for by what it answers.

    A report names the letter that it is about, the answer to a question its letter.
    """
    if mail.bounce.is_ or mail.complaint.is_:
        delivery = returned.complained(session, house, mail) or returned.delivery(
            session, house, mail
        )
        return _of_delivery(session, house, delivery) if delivery else None
    own = house.ids.read(answers.ids[0]) if answers.ids else None
    if own is not None and own.kind == "d":
        told = digests.by_message_id(session, answers.ids[0])
        question = session.get(Question, told.question_id) if told else None
    elif own is not None and own.kind == "c":
        question = session.get(Question, own.number)
    else:
        return None
    return _of_question(session, house, question) if question else None


def _desk_behind(
    session: Session, house: House, activity_id: int | None
) -> Desk | None:
    return desk_of(session, house, activity_id) if activity_id else None


def _token(house: House, address: str) -> Token | None:
    text = house.desks.token_in(address)
    return house.sealer.unseal(text) if text else None


def _conversations(
    session: Session, house: House, tokens: Iterable[Token], threads: list[Named]
) -> list[Route]:
    routes: dict[int, Route] = {}
    for token in tokens:
        if token.purpose not in _CONVERSATION:
            continue
        participant = session.get(Participant, token.row)
        if participant is None:
            continue
        activity = _led_to(session, participant, threads)
        if activity is None:
            continue
        held = activities.held_now(session, participant)
        seat: Participant | None = held
        if held.activity_id != activity.id:
            person = held.person_id
            seat = activities.participant_of(session, activity.id, person)
        is_team = token.purpose is Purpose.TEAM
        known = routes.get(activity.id)
        if known is None:
            desk = desk_of(session, house, activity.id)
            others = [each for each in threads if each.activity != activity.id]
            routes[activity.id] = Route(
                desk=desk,
                purpose=token.purpose,
                activity=activity.id,
                participant=seat or participant,
                sealed=participant.id,
                is_current=token.generation == participant.generation,
                team_lane=is_team,
                answers_own_id=any(
                    named.by_own_id and named.activity == activity.id
                    for named in threads
                ),
                other_threads=len({each.activity for each in others}),
                elsewhere=_of_desk(session, house, desk, others),
            )
        elif is_team and not known.team_lane:
            # Two tokens of one activity are one post; the team's is the narrower.
            routes[activity.id] = replace(known, purpose=Purpose.TEAM, team_lane=True)
    return list(routes.values())


def _led_to(
    session: Session, participant: Participant, threads: list[Named]
) -> Activity | None:
    """Give the activity that a seat's token leads to today.

    That is the one it was merged into; and for the answer to a post that became an
    activity of its own, that one.
    """
    activity = activities.find(session, participant.activity_id)
    first = threads[0] if threads else None
    if activity is None or first is None or first.split_from not in activity.family:
        return activity
    seat = activities.participant_of(session, first.activity, participant.person_id)
    return activities.find(session, first.activity) if seat else activity


def _team_addressed(session: Session, house: House, mail: ParsedMail) -> set[int]:
    """The activities whose team addresses stand in To and Cc.

    Some mail servers hand over a mail once for each recipient: one that went to the
    team too is for the team, by whichever address it comes first (table R3).
    """
    found = set()
    for box in (*mail.to, *mail.cc):
        token = _token(house, box.address)
        if token is None or token.purpose is not Purpose.TEAM:
            continue
        participant = session.get(Participant, token.row)
        activity = participant and activities.find(session, participant.activity_id)
        if activity:
            found.add(activity.id)
    return found


def _narrowed(route: Route, private: set[int]) -> Route:
    if route.team_lane or route.activity not in private:
        return route
    return replace(route, purpose=Purpose.TEAM, team_lane=True)


def _by_own_token(
    session: Session,
    tokens: Sequence[Token],
    route: Route,
    mail: ParsedMail,
) -> Route:
    """Of several tokens of one activity, let the writer's own speak (table R3)."""
    if len(tokens) == 1:
        return route
    writer = people.by_address(session, mail.sender.address)
    if writer is None:
        return route
    for token in tokens:
        if token.purpose not in _CONVERSATION:
            continue
        own = session.get(Participant, token.row)
        leads = own and _is_of(session, own, route.activity)
        if own and leads and activities.held_now(session, own).person_id == writer.id:
            return replace(
                route,
                participant=activities.present_seat(session, own),
                sealed=own.id,
                is_current=token.generation == own.generation,
            )
    return route


def _is_of(session: Session, seat: Participant, activity_id: int | None) -> bool:
    activity = activities.find(session, seat.activity_id)
    return activity is not None and activity.id == activity_id


def _act(session: Session, house: House, token: Token) -> Route | None:
    match token.purpose:
        case Purpose.RETURN:
            delivery = outbox.by_id(session, token.row)
            if delivery is None:
                return Route(purpose=Purpose.RETURN)
            return _of_delivery(session, house, delivery)
        case Purpose.CONFIRM | Purpose.DIGEST:
            question = session.get(Question, token.row)
            is_digest = question is not None and question.asking == Asking.DIGEST
            if token.purpose is Purpose.DIGEST and not is_digest:
                return None
            return _of_question(session, house, question) if question else None
        case _:
            participant = session.get(Participant, token.row)
            if participant is None:
                return None
            participant = activities.present_seat(session, participant)
            return Route(
                purpose=token.purpose,
                participant=participant,
                activity=participant.activity_id,
                desk=desk_of(session, house, participant.activity_id),
            )


def _of_delivery(session: Session, house: House, delivery: Delivery) -> Route:
    return Route(
        purpose=Purpose.RETURN,
        delivery=delivery.id,
        activity=delivery.activity_id,
        desk=_desk_behind(session, house, delivery.activity_id),
        # Whoever answers where a note came from may quote it (B23).
        team_lane=outbox.letter_of(session, delivery).lane is Lane.TEAM,
    )


def _of_question(session: Session, house: House, question: Question) -> Route:
    return Route(
        purpose=Purpose.CONFIRM,
        question=question,
        desk=_asking_desk(session, house, question),
    )


def parted(
    session: Session, house: House, routes: list[Route], mail: ParsedMail
) -> list[Route]:
    """Part an answer to a digest into answers to its activities (digests section 1).

    Each goes where the address under its item leads; what names none stays a question.
    """
    found = []
    for route in routes:
        question = route.question
        if question is None or question.asking != Asking.DIGEST:
            found.append(route)
            continue
        rest, pieces = in_pieces(mail, question.values)
        found += [
            _of_item(session, house, question.values["cases"][number], said)
            for number, said in pieces.items()
        ]
        if rest or not pieces:
            found.append(replace(route, said=rest))
    return [replace(route, is_first=not at) for at, route in enumerate(found)]


def _of_item(session: Session, house: House, seat: Sequence[Any], said: str) -> Route:
    number, generation, lane = seat
    sealed = session.get_one(Participant, number)
    participant = activities.present_seat(session, sealed)
    is_team = lane == Lane.TEAM
    return Route(
        desk=desk_of(session, house, participant.activity_id),
        purpose=Purpose.TEAM if is_team else Purpose.EVERYONE,
        activity=participant.activity_id,
        participant=participant,
        sealed=sealed.id,
        is_current=generation == sealed.generation,
        team_lane=is_team,
        said=said,
    )


def _asking_desk(session: Session, house: House, question: Question) -> Desk | None:
    """Give the desk whose team may answer with commands of the team."""
    if question.activity_id is not None:
        return desk_of(session, house, question.activity_id)
    if named := question.values.get("desk"):
        return house.desks.by_address(named)
    waiting = question.inbound_id and journal.by_id(session, question.inbound_id)
    recipients = waiting.recipients if waiting else []
    return next(filter(None, (addressed(house, each) for each in recipients)), None)


def _plain(
    session: Session,
    house: House,
    recipients: Sequence[str],
    mail: ParsedMail,
    threads: list[Named],
) -> Route:
    desks = desks_of(house, recipients, mail)
    desk, others = next(iter(desks), None), tuple(desks[1:])
    if desk is None and any(is_operators(house, address) for address in recipients):
        return Route(to_operator=True)
    if not threads:
        elsewhere = _of_desk(session, house, desk, tagged(session, mail))
        return Route(desk=desk, other_desks=others, elsewhere=elsewhere)
    first = threads[0]
    return Route(
        desk=desk_of(session, house, first.activity) or desk,
        other_desks=others,
        activity=first.activity,
        answers_own_id=first.by_own_id,
        got_by_hand=first.got_by_hand,
        team_lane=first.lane is Lane.TEAM,
        other_threads=len({named.activity for named in threads}) - 1,
    )


def _of_desk(
    session: Session, house: House, desk: Desk | None, found: Sequence[Named]
) -> Named | None:
    """The first activity of the same desk: letters of another would be of no use."""
    for each in found:
        if desk is not None and desk_of(session, house, each.activity) is desk:
            return each
    return None

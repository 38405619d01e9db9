"""Where an envelope leads: its tokens, ids and desks, looked up.

One mail may have several routes: tokens of two activities are two, and each is
decided by itself. Tokens win over plain addresses; a return path, a question or an
unsubscribe address counts only when no conversation is addressed (table R3).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from gateway.activities import returned
from gateway.activities.answering import Answered, answered
from gateway.activities.house import House
from gateway.activities.matters import same_matter
from gateway.routing.desk import Desk
from parsers.address import key
from parsers.mail import ParsedMail
from parsers.message_id import OwnId
from parsers.reply_address import Purpose, Token
from storage import activity as activities
from storage import event as events
from storage import journal, outbox, people
from storage.activity import Activity, Lane, Participant
from storage.database import Session
from storage.outbox import Delivery
from storage.question import Question

_OPERATOR = frozenset({"postmaster", "abuse"})
_CONVERSATION = frozenset({Purpose.EVERYONE, Purpose.TEAM, Purpose.INVITATION})
# The acts that an address alone asks for, the weightiest first.
_ACTS = (Purpose.CONFIRM, Purpose.RETURN, Purpose.UNSUBSCRIBE)


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
    other_desks: tuple[Desk, ...] = ()
    """Further desks that a mail was written to; their teams see it too (table R3)."""


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
    tokens = [
        found for address in recipients if (found := _token(house, address)) is not None
    ]
    answers = answered(session, mail)
    threads = _named_by_ids(session, house, answers)
    if talks := _conversations(session, house, tokens, threads):
        private = _team_addressed(session, house, mail)
        return [
            _by_own_token(session, tokens, _narrowed(talk, private), mail)
            for talk in talks
        ]
    for purpose in _ACTS:
        acts = [
            route
            for token in tokens
            if token.purpose is purpose
            and (route := _act(session, house, token)) is not None
        ]
        if acts:
            return acts
    if by_hand_at is None and (by_id := _act_by_id(session, house, mail, answers)):
        return [by_id]
    plain = _plain(session, house, recipients, mail, threads)
    if by_hand_at and plain.desk and plain.activity is None:
        where = key(plain.desk.address)
        matter = same_matter(session, where, mail, by_hand_at)
        return [replace(plain, activity=matter.id if matter else None)]
    return [plain]


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
    if own is None or own.kind != "c":
        return None
    question = session.get(Question, own.number)
    return _of_question(session, house, question) if question else None


def desk_of(session: Session, house: House, activity_id: int) -> Desk | None:
    """Give the desk of an activity; None when it is gone from the settings."""
    activity = activities.find(session, activity_id)
    if activity is None:
        return None
    row = session.get_one(activities.Desk, activity.desk_id)
    return house.desks.by_address(row.address)


def _desk_behind(
    session: Session, house: House, activity_id: int | None
) -> Desk | None:
    return desk_of(session, house, activity_id) if activity_id else None


def _token(house: House, address: str) -> Token | None:
    text = house.desks.token_in(address)
    return house.sealer.unseal(text) if text else None


@dataclass(frozen=True, slots=True)
class Named:
    """An activity that an id of the mail names."""

    activity: int
    lane: Lane
    by_own_id: bool
    got_by_hand: frozenset[str] = frozenset()
    split_from: int = 0
    """The activity from which the post was split off."""


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
        seat = activities.participant_of(session, activity.id, participant.person_id)
        is_team = token.purpose is Purpose.TEAM
        known = routes.get(activity.id)
        if known is None:
            routes[activity.id] = Route(
                desk=desk_of(session, house, activity.id),
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
                other_threads=len(
                    {named.activity for named in threads} - {activity.id}
                ),
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
        if own and leads and own.person_id == writer.id:
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
        case Purpose.CONFIRM:
            question = session.get(Question, token.row)
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
    desks = _desks(house, recipients, mail)
    desk, others = next(iter(desks), None), tuple(desks[1:])
    if desk is None and any(_is_operators(house, address) for address in recipients):
        return Route(to_operator=True)
    if not threads:
        return Route(desk=desk, other_desks=others)
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


def _desks(house: House, recipients: Sequence[str], mail: ParsedMail) -> list[Desk]:
    """The desks of the envelope; first the one first in To and Cc (decisions G62)."""
    desks = [desk for address in recipients if (desk := addressed(house, address))]
    written = [house.desks.by_address(box.address) for box in (*mail.to, *mail.cc)]
    first = [desk for desk in written if desk in desks]
    return list({id(desk): desk for desk in (*first, *desks) if desk}.values())


def addressed(house: House, address: str) -> Desk | None:
    """Give the desk of an address: its own, an alias, or a token address of it."""
    return house.desks.by_address(address) or house.desks.behind_token(address)


def _is_operators(house: House, address: str) -> bool:
    local, _, host = key(address).partition("@")
    # RFC 5321 section 4.1.1.3: postmaster counts even without a domain.
    return local in _OPERATOR and (not host or host in house.desks.hosts)


def answered_post(
    session: Session, house: House, mail: ParsedMail
) -> events.Event | None:
    """Give the post that a mail answers, by our id or its author's; None for none."""
    return next(answered_posts(session, house, mail), None)


def answered_posts(
    session: Session, house: House, mail: ParsedMail
) -> Iterator[events.Event]:
    """Give the posts that the ids of a mail name, the nearest first."""
    answers = answered(session, mail)
    for message_id in answers.ids:
        own = house.ids.read(message_id)
        alias = answers.aliases.get(message_id)
        number = own.number if own is not None and own.kind == "p" else None
        if own is None and alias is not None:
            number = alias.event_id
        if number and (post := session.get(events.Event, number)) is not None:
            yield post


def _named_by_ids(session: Session, house: House, answers: Answered) -> list[Named]:
    """The activities that the answered ids name; the lane is that of the first."""
    found: dict[int, Named] = {}
    for message_id in answers.ids:
        named = by_own_id(session, house, message_id)
        alias = answers.aliases.get(message_id)
        # Others may call their mail as we called ours; what we say ourselves counts.
        if alias is not None and (named is None or not alias.sender):
            got = events.got_by_hand(session, alias.event_id)
            named = Named(
                alias.activity_id,
                alias.lane,
                by_own_id=named is not None,
                got_by_hand=got,
                split_from=events.split_from(session, alias.event_id),
            )
        if named is None:
            continue
        activity = activities.find(session, named.activity)
        if activity is None:
            continue
        known = found.setdefault(activity.id, replace(named, activity=activity.id))
        found[activity.id] = replace(
            known,
            got_by_hand=known.got_by_hand | named.got_by_hand,
            # Whoever answers a mail of their own names ours in References alone.
            by_own_id=known.by_own_id or named.by_own_id,
        )
    return list(found.values())


def by_own_id(session: Session, house: House, message_id: str) -> Named | None:
    """Give the activity that an id of ours names; None for any other id."""
    own = house.ids.read(message_id)
    where = _place_of(session, own) if own else None
    return Named(*where, by_own_id=True) if where else None


def _place_of(session: Session, own: OwnId) -> tuple[int, Lane] | None:
    """Give the activity and the lane of what an id of ours names."""
    match own.kind:
        case "p":
            event = session.get(events.Event, own.number)
            return (event.activity_id, event.lane) if event else None
        case "l":
            letter = session.get(outbox.Letter, own.number)
            if letter is None or letter.activity_id is None:
                return None
            return letter.activity_id, letter.lane or Lane.EVERYONE
        case "c":
            question = session.get(Question, own.number)
            asked_in = question and question.activity_id
            # Whatever follows a question is for the team alone, to be safe.
            return (asked_in, Lane.TEAM) if asked_in else None
        case "t":
            return own.number, Lane.TEAM
        case "a":
            return own.number, Lane.EVERYONE
        case _:
            assert_never(own.kind)

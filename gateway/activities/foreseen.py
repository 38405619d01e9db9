"""Who would get a mail that is only explained, by the very rules of fan-out.

Nothing is written. Those whom the mail itself would invite are not told of: they hear
nothing before they join.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gateway.activities import bursts, on_behalf, private, promising, relaying, themes
from gateway.activities.audience import Hall, Utterance, hearing
from gateway.activities.duties import assignee
from gateway.activities.house import House
from gateway.activities.matters import written_to
from gateway.activities.place import Place
from gateway.activities.posting import direct_keys, reaches_customer
from gateway.activities.publishing import publication
from gateway.activities.thankful import thanked
from gateway.routing import asking as asked
from gateway.routing.decision import (
    AskOutside,
    ByHand,
    Decision,
    Open,
    OpenFor,
    OpenForward,
    Post,
    Settle,
)
from gateway.routing.desk import Desk
from gateway.routing.facts import Facts
from gateway.routing.hearing import Heard
from gateway.routing.pace import Pace
from parsers.address import Mailbox, key
from parsers.mail import ParsedMail
from storage import activity as activities
from storage import people
from storage.activity import Activity, Lane, Membership, Participant, Role
from storage.address_health import AddressHealth, Health
from storage.database import Session
from storage.event import Event, Kind
from storage.people import Person
from storage.question import Question
from storage.roster import Seat, address_of, roster, seat_of

# Who is not known yet; rows have positive numbers, those of the team from -2 down.
_NEW = -1
_OPENER = -1_000_000
# The number that the next event would have, or a later one.
_LATER = 2**62


@dataclass(frozen=True, slots=True)
class Hearer:
    """One person, and what they would get."""

    name: str
    address: str
    heard: Heard
    reason: str
    """By which rule (gateway.routing.hearing)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """Everything that is known of a mail on one route."""

    session: Session
    house: House
    desk: Desk
    facts: Facts
    mail: ParsedMail


def foresee(  # noqa: PLR0911 (one arm for each decision)
    session: Session,
    house: House,
    facts: Facts,
    decision: Decision,
    mail: ParsedMail,
) -> tuple[Hearer, ...]:
    """Give everybody of the activity with what they would get, and why.

    Empty for a mail that posts nothing.
    """
    stage = _Stage(
        session=session,
        house=house,
        desk=facts.desk or house.desks.all[0],
        facts=facts,
        mail=mail,
    )
    match decision:
        case Open():
            return _of_new(stage)
        case OpenForward():
            return _of_forward(stage, decision)
        case OpenFor():
            return _of_opened_for(stage, decision)
        case AskOutside():
            return _of_question(stage, decision)
        case Post():
            return _of_commands(stage, decision)
        case ByHand():
            return _by_hand(stage, decision)
        case Settle(answer=asked.YES, is_late=False):
            tells = _TELLS.get(facts.asking or asked.Asking.REACHED)
            return tells(stage, decision.question) if tells else ()
        case _:
            return ()


def _of_new(stage: _Stage) -> tuple[Hearer, ...]:
    seats = _seats_of_new(stage, stage.facts.sender)
    customer = seats[0].person.id
    hall = _hall(stage, customer, None)
    post = _utterance(stage, author=customer, team_lane=False, opens=True)
    return tuple(_told(hall, seats, post))


def _of_forward(stage: _Stage, decision: OpenForward) -> tuple[Hearer, ...]:
    """Who would get the mail that is forwarded, and then the words above it."""
    seats = _seats_of_new(stage, decision.customer)
    customer, forwarder = seats[0].person.id, _opener(stage, seats)
    hall = _hall(stage, customer, forwarder if decision.takes else None)
    theirs = replace(
        _utterance(stage, author=customer, team_lane=False),
        opens=True,
        takes=decision.takes,
        text=stage.mail.forwarded.text if stage.mail.forwarded else "",
    )
    # Whom the forward itself went to has not got the letter of the case.
    found = [*_told(replace(hall, direct=frozenset()), seats, theirs)]
    mail = stage.mail.forwarded
    if mail is not None and on_behalf.has_own_words(stage.mail, mail):
        note = replace(
            _utterance(stage, author=forwarder, team_lane=True), text=mail.words
        )
        found += _told(hall, seats, note)
    return tuple(dict.fromkeys(found))


def _of_opened_for(stage: _Stage, decision: OpenFor) -> tuple[Hearer, ...]:
    seats = _seats_of_new(stage, decision.customer)
    customer, writer = seats[0].person.id, _opener(stage, seats)
    hall = _hall(stage, customer, writer)
    post = _utterance(stage, author=writer, team_lane=decision.only_note, takes=True)
    return tuple(_told(hall, seats, post))


def _of_question(stage: _Stage, decision: AskOutside) -> tuple[Hearer, ...]:
    seats = _seats_of_new(stage, decision.whom)
    asked, asker = seats[0].person.id, _opener(stage, seats)
    hall = replace(_hall(stage, asked, asker), direct=frozenset())
    post = _utterance(stage, author=asker, team_lane=False, takes=True)
    return tuple(_told(hall, seats, post))


def _seats_of_new(stage: _Stage, of: Mailbox) -> list[Seat]:
    """Give the seats of a case that would be opened; its customer comes first."""
    seats = [_seat(stage, of, Role.CUSTOMER, _NEW)]
    desks = (stage.desk, *stage.facts.other_desks)
    for number, mailbox in enumerate((box for desk in desks for box in desk.team), 2):
        seat = _seat(stage, mailbox, Role.TEAM, -number)
        if not any(seat.keys & other.keys for other in seats):
            seats.append(seat)
    return seats


def _opener(stage: _Stage, seats: list[Seat]) -> int:
    """Seat whoever opens a case for somebody, as one who takes part."""
    sender = stage.facts.sender
    found = next((seat for seat in seats if key(sender.address) in seat.keys), None)
    if found is None:
        role = Role.TEAM if stage.desk.is_team(sender.address) else Role.COLLEAGUE
        found = _seat(stage, sender, role, _OPENER)
        found.participant.in_team_lane = True
        seats.append(found)
    found.participant.membership = Membership.JOINED
    return found.person.id


def _of_commands(stage: _Stage, decision: Post) -> tuple[Hearer, ...]:
    """Who would get the text of a mail, and before it the line of a promise."""
    has_text = stage.facts.has_text or decision.as_written
    line = _of_line(stage, decision, has_text=has_text)
    found = (*line, *(_of_post(stage, decision) if has_text else ()))
    return tuple(dict.fromkeys(found))


def _of_line(stage: _Stage, decision: Post, *, has_text: bool) -> tuple[Hearer, ...]:
    """Who would get the line that `/promise` sends where no text goes out."""
    words = [each.argument for each in decision.commands if each.word == "promise"]
    activity = activities.find(stage.session, decision.activity) if words else None
    if activity is None or decision.author is None:
        return ()
    place = Place(stage.session, stage.house, stage.desk, activity)
    if has_text and reaches_customer(stage.session, stage.mail, decision, place):
        return ()
    author = stage.session.get_one(Person, decision.author)
    meant = promising.understand(place, author, words[-1], stage.facts.now)
    if not isinstance(meant, promising.Meant):
        return ()
    takes = activity.owner_id is None
    hall = replace(
        _hall(stage, activity.customer_id, author.id if takes else activity.owner_id),
        direct=frozenset(),
        is_urgent=_is_urgent(stage, activity, decision),
    )
    post = Utterance(author=author.id, team_lane=False, takes=takes)
    return tuple(_told(hall, roster(stage.session, activity.id), post))


def _is_urgent(stage: _Stage, activity: Activity, decision: Post) -> bool:
    now = stage.facts.now
    return promising.will_be_urgent(activity, decision.commands, now)


def _of_post(stage: _Stage, decision: Post) -> tuple[Hearer, ...]:
    activity = activities.find(stage.session, decision.activity)
    if activity is None:
        return ()
    seats = roster(stage.session, activity.id)
    sender = people.by_address(stage.session, stage.facts.sender.address)
    author = decision.author or (sender.id if sender else _NEW)
    seat = seat_of(seats, author)
    if seat is None and stage.desk.is_team(stage.facts.sender.address):
        # They came to the team after the case was opened.
        seat = _seat(stage, stage.facts.sender, Role.TEAM, author)
        seats.append(seat)
    of_team = seat is not None and seat.participant.in_team_lane
    answers = of_team and not decision.team_lane and author != activity.customer_id
    takes = answers and activity.owner_id is None
    owner = author if takes else activity.owner_id
    before = owner
    for each in decision.commands:
        if each.word == "take":
            owner = author
        elif each.word == "assign":
            found = assignee(each.argument, seats)
            owner = found[0].person if len(found) == 1 else owner
    is_assigned = owner not in {before, author}
    hall = replace(
        _hall(stage, activity.customer_id, owner),
        is_urgent=_is_urgent(stage, activity, decision),
    )
    post = _utterance(
        stage,
        author=author,
        team_lane=decision.team_lane,
        takes=takes,
        pace=_pace(stage, activity, decision, author),
        quiet=decision.quiet,
        assigns=is_assigned,
    )
    if decision.as_written:
        post = replace(post, text=stage.mail.reply)
    if decision.thanks:
        number = stage.facts.answers_post
        answered = stage.session.get(Event, number) if number else None
        whom = thanked(seats, author, post.text, answered, activity.owner_id)
        post = replace(post, is_thanks=True, thanks=whom)
    told = tuple(_told(hall, seats, post))
    return (*told, *_relayed(stage, activity, seats, told, post))


def _relayed(
    stage: _Stage,
    activity: Activity,
    seats: list[Seat],
    told: tuple[Hearer, ...],
    answer: Utterance,
) -> Iterator[Hearer]:
    """Who hears of an answer to a private question in the case that it is about."""
    author = seat_of(seats, answer.author)
    of_team = author is not None and author.participant.in_team_lane
    case = private.case_of(stage.session, activity)
    if case is None or of_team or answer.team_lane:
        return
    got = {hearer.address for hearer in told if hearer.heard is Heard.COPY}
    hall = replace(
        _hall(stage, case.customer_id, case.owner_id),
        direct=relaying.keys_of(seat for seat in seats if seat.address in got),
        is_urgent=case.is_urgent(stage.facts.now),
    )
    post = Utterance(author=answer.author, team_lane=True, text=answer.text)
    yield from _told(hall, roster(stage.session, case.id), post)


def _of_published(stage: _Stage, number: int) -> tuple[Hearer, ...]:
    question = stage.session.get_one(Question, number)
    activity = activities.find(stage.session, question.activity_id or 0)
    if activity is None:
        return ()
    place = Place(stage.session, stage.house, stage.desk, activity)
    due = publication(place, question)
    if due is None or due.is_done:
        return ()
    answers_as = due.answers_as
    answers = answers_as is not None and answers_as.in_team_lane
    takes = answers and due.author != activity.customer_id and activity.owner_id is None
    owner = answers_as.person_id if takes and answers_as else activity.owner_id
    hall = replace(
        _hall(stage, activity.customer_id, owner),
        # The note went to nobody outside, whatever the yes was written to.
        direct=frozenset(),
        is_urgent=activity.is_urgent(stage.facts.now),
    )
    post = Utterance(
        author=due.author,
        team_lane=False,
        takes=takes,
        text=due.note.text,
    )
    return tuple(_told(hall, roster(stage.session, activity.id), post))


def _of_theme(stage: _Stage, number: int) -> tuple[Hearer, ...]:
    """Who would get what those who asked are told, in each of their cases."""
    session, found = stage.session, list[Hearer]()
    question = session.get_one(Question, number)
    author = session.get_one(Person, question.person_id)
    post = Utterance(author=author.id, team_lane=False, text=question.values["text"])
    for activity in themes.would_reach(session, stage.desk, question):
        seats = roster(session, activity.id)
        if seat_of(seats, author.id) is None:
            box = Mailbox(author.name, address_of(session, author.id))
            on_team = stage.desk.is_team(box.address)
            role = Role.TEAM if on_team else Role.COLLEAGUE
            seat = _seat(stage, box, role, author.id)
            seat.participant.in_team_lane = True
            seat.participant.membership = Membership.LEFT
            seats.append(seat)
        hall = _hall(stage, activity.customer_id, activity.owner_id)
        is_urgent = activity.is_urgent(stage.facts.now)
        hall = replace(hall, direct=frozenset(), is_urgent=is_urgent)
        found += _told(hall, seats, post)
    return tuple(found)


_TELLS = {
    asked.Asking.PUBLISH: _of_published,
    asked.Asking.THEME: _of_theme,
}
"""Questions whose yes is a post."""


def _pace(stage: _Stage, activity: Activity, decision: Post, author: int) -> Pace:
    """Say how fast it would go with this post, which nobody keeps."""
    place = Place(stage.session, stage.house, stage.desk, activity)
    post = Event(
        activity_id=activity.id,
        lane=Lane.TEAM if decision.team_lane else Lane.EVERYONE,
        kind=Kind.POST,
        actor_id=author,
        door="",
        proof=decision.proof.label,
        received_at=stage.facts.now,
        text=stage.facts.prose,
    )
    post.id = _LATER
    by_team = stage.facts.writer.in_team_lane
    return bursts.flow(place, post, by_team=by_team).pace


def _by_hand(stage: _Stage, decision: ByHand) -> tuple[Hearer, ...]:
    activity = activities.find(stage.session, decision.activity)
    if activity is None:
        return ()
    seats = roster(stage.session, activity.id)
    author, takes = None, False
    if decision.author is not None:
        known = people.by_address(stage.session, decision.author.address)
        author = known.id if known else _NEW
        seat = seat_of(seats, author)
        if seat is None and decision.is_answer:
            seat = _seat(stage, decision.author, Role.TEAM, author)
            seats.append(seat)
        in_lane = seat is not None and seat.participant.in_team_lane
        takes = decision.is_answer and in_lane and activity.owner_id is None
    hall = _hall(stage, activity.customer_id, author if takes else activity.owner_id)
    hall = replace(
        hall,
        direct=frozenset(key(box.address) for box in written_to(stage.mail)),
        is_urgent=activity.is_urgent(stage.facts.now),
    )
    post = _utterance(
        stage,
        author=author,
        team_lane=not decision.is_answer,
        takes=takes,
        by_hand=True,
    )
    return tuple(_told(hall, seats, post))


def _utterance(
    stage: _Stage, *, author: int | None, team_lane: bool, **more: Any
) -> Utterance:
    return Utterance(
        author=author,
        team_lane=team_lane,
        text=stage.facts.prose,
        **more,
    )


def _hall(stage: _Stage, customer: int, owner: int | None) -> Hall:
    return Hall(
        session=stage.session,
        house=stage.house,
        desk=stage.desk,
        customer=customer,
        owner=owner,
        direct=direct_keys(stage.mail),
        now=stage.facts.now,
    )


def _told(hall: Hall, seats: list[Seat], post: Utterance) -> Iterator[Hearer]:
    heard = hearing(hall, seats, post)
    for seat in seats:
        yield Hearer(seat.name, seat.address, *heard[seat.person.id])


def _seat(stage: _Stage, mailbox: Mailbox, role: Role, number: int) -> Seat:
    """Give the seat that somebody would get; it is in no session and never kept."""
    known = people.by_address(stage.session, mailbox.address)
    person = known or Person(name=mailbox.name)
    if known is None:
        person.id = number
    address = mailbox.address
    keys = frozenset({key(address)})
    if known is not None:
        keys |= people.address_keys(stage.session, known.id)
        address = people.primary_addresses(stage.session, [known.id])[known.id]
    of_team = role is Role.TEAM
    participant = Participant(
        activity_id=0,
        person_id=person.id,
        role=role,
        membership=Membership.TOLD if of_team else Membership.JOINED,
        in_team_lane=of_team,
    )
    known_health = stage.session.get(AddressHealth, key(address))
    health = known_health.state if known_health else Health.OK
    refused = frozenset(known_health.refused) if known_health else frozenset()
    return Seat(participant, person, address, keys, health, refused)

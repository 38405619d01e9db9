"""One of the team opens a case for a customer: a forward, or `/open` (C29)."""

from dataclasses import replace

from gateway.activities import cases, opening, questions
from gateway.activities.commands import answer_now
from gateway.activities.fanout import Word, fan_out
from gateway.activities.floor import Floor
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import Addressee, Sheet, language_of, zone_of
from gateway.activities.membership import excerpt
from gateway.activities.place import By, Place, note
from gateway.activities.posting import bring_in, direct_keys, record_post
from gateway.routing.asking import NO, YES, Asking
from gateway.routing.decision import Open, OpenFor, OpenForward
from gateway.routing.proof import Proof
from parsers import forwarded as forwards
from parsers.address import key
from parsers.mail import Attachment, Forwarded, ParsedMail
from parsers.message_id import foreign
from storage import activity as activities
from storage import people
from storage.activity import Lane, Membership, Participant, Turn
from storage.alias import Alias
from storage.event import Kind
from storage.people import Person
from storage.question import Question
from storage.roster import display_name
from templates.held import ForwardedMail
from templates.understood import Understood

_MOST_CASES = 5


def ask(box: Letterbox) -> None:
    """Ask one of the team for whom the mail that they forward shall be a case.

    Raises ValueError for a mail that is not in the journal, or forwards nothing.
    """
    mail, inbound = _forwarded(box), box.offered.inbound
    if inbound is None:
        raise ValueError("only a mail of the journal can be asked about")
    box.heard_from()
    person = people.meet(box.session, box.facts.sender, now=box.offered.received_at)
    values = ForwardedMail(
        name=mail.sender.name or mail.sender.address,
        address=mail.sender.address,
        subject=mail.subject,
        at=mail.date,
        text=excerpt(mail.text),
        words=mail.words,
        files=tuple(each.name for each in mail.attachments),
    )
    sheet = Sheet(
        desk=box.desk,
        activity=None,
        at=box.offered.received_at,
        reason="asked",
        lane=Lane.TEAM,
        subject=box.mail.subject_base,
        language=language_of(person, box.desk),
        zone=zone_of(person, box.desk),
        by_mail=True,
    )
    to = Addressee(person=person.id, address=box.facts.sender.address, token=None)
    matter = questions.Matter(asking=Asking.FORWARD, inbound=inbound)
    questions.ask(box.session, box.house, sheet, matter, values, [to])


def decide(box: Letterbox, question: Question, answer: str) -> None:
    """Do what the forwarder says: a case for the other, one of their own, or none."""
    if answer == NO:
        questions.dismiss(box, question, "dropped by who forwarded it")
        return
    word = "forward" if answer == YES else "open"
    questions.release(box, question, {"released": word})


def open_forward(box: Letterbox, decision: OpenForward) -> None:
    """Open a case for whom one of the team forwards; their own words are a note.

    Raises ValueError when the mail forwards nothing.
    """
    session, now, mail = box.session, box.offered.received_at, _forwarded(box)
    forwarder = people.meet(session, box.facts.sender, now=now)
    customer = people.meet(session, decision.customer, now=now)
    theirs = replace(
        box,
        mail=_as_theirs(box.mail, mail),
        facts=replace(box.facts, sender=decision.customer, other_threads=0),
    )
    place = _begin(theirs, customer, opening.subject_of(theirs.mail))
    by = box.by(forwarder, box.facts.proof)
    seat = sit(place, by, customer)
    if decision.takes:
        cases.own(place, seat, by)
    cases.customer_waits(place.activity, box.desk, now)
    by_customer = theirs.by(customer, Proof.UNPROVED)
    event = record_post(theirs, place, by_customer, Lane.EVERYONE, mail.text)
    opens = Open(proof=Proof.UNPROVED, acknowledge=decision.acknowledge)
    opening.acknowledge(theirs, opens, place)
    fan_out(
        place,
        Word(
            event=event,
            opens=True,
            takes=decision.takes,
            attachments=mail.attachments,
            unproved=True,
            cases_before=activities.opened_before(
                session, customer.id, place.activity.id
            ),
        ),
    )
    _add_words(box, place, by, mail, event.id)


def _add_words(
    box: Letterbox, place: Place, by: By, mail: Forwarded, first: int
) -> None:
    """Give the team what the forwarder wrote above it and put beside it."""
    beside = _beside(box.mail, mail)
    if has_own_words(box.mail, mail):
        own = replace(box, mail=replace(box.mail, attachments=beside))
        event = record_post(own, place, by, Lane.TEAM, mail.words)
        direct = direct_keys(box.mail)
        fan_out(place, Word(event=event, direct=direct, attachments=beside))
    elif box.mail.message_id:
        # Colleagues in Cc of the forward answer it: that is for the team alone.
        box.session.add(
            Alias(
                message_id=foreign(box.mail.message_id),
                activity_id=place.activity.id,
                event_id=first,
                lane=Lane.TEAM,
                sender=key(box.facts.sender.address),
                body_hash=box.mail.body_hash,
            )
        )


def has_own_words(outer: ParsedMail, mail: Forwarded) -> bool:
    """Say whether a forward brings a note beside the mail that it forwards."""
    return bool(mail.words or _beside(outer, mail))


def _beside(outer: ParsedMail, mail: Forwarded) -> tuple[Attachment, ...]:
    """The files that the forwarder put beside the mail, where that is attached."""
    if not mail.message_id:
        return ()
    whole = forwards.attached(outer.attachments)
    return tuple(each for each in outer.attachments if each is not whole)


def _forwarded(box: Letterbox) -> Forwarded:
    if box.mail.forwarded is None:
        raise ValueError("the mail forwards nothing")
    return box.mail.forwarded


def _as_theirs(outer: ParsedMail, mail: Forwarded) -> ParsedMail:
    """The mail that was forwarded, as if it had come by itself."""
    return replace(
        outer,
        message_id=mail.message_id,
        in_reply_to=(),
        references=(),
        date=mail.date,
        sender=mail.sender,
        reply_to=(),
        to=(),
        cc=(),
        bcc=(),
        subject=mail.subject,
        subject_base=mail.subject,
        text=mail.text,
        reply=mail.text,
        prose=mail.text,
        folded=(),
        html="",
        attachments=mail.attachments,
        commands=(),
        body_hash=mail.body_hash,
        forwarded=None,
    )


def open_for(box: Letterbox, decision: OpenFor) -> None:
    """Begin a case with a customer: the mail goes to them, or is a note of a call."""
    session, now = box.session, box.offered.received_at
    writer = people.meet(session, box.facts.sender, now=now)
    customer = people.meet(session, decision.customer, now=now)
    before = activities.unsolved_of(session, customer.id, _MOST_CASES)
    place = _begin(box, customer, decision.subject or opening.subject_of(box.mail))
    by = box.by(writer, decision.proof)
    seat = sit(place, by, customer)
    cases.own(place, seat, by)
    lane = Lane.TEAM if decision.only_note else Lane.EVERYONE
    event = record_post(box, place, by, lane, box.facts.prose)
    suggested: tuple[str, ...] = ()
    if not decision.only_note:
        place.activity.turn = Turn.CUSTOMERS
        suggested = bring_in(box, place, by)
    fan_out(
        place,
        Word(
            event=event,
            takes=True,
            direct=direct_keys(box.mail),
            attachments=box.mail.attachments,
            suggested=suggested,
        ),
    )
    names = (display_name(session, customer.id),)
    outcome = "opened_for"
    if decision.only_note:
        outcome = "not_sent" if box.desk.listens else "noted_for"
    said = [Understood(command="/open", outcome=outcome, names=names)]
    if before:
        subjects = tuple(each.subject for each in before)
        said.append(Understood(command="/open", outcome="open_before", names=subjects))
    floor = Floor(place=place, participant=seat, by=by, team_lane=decision.only_note)
    answer_now(floor, said, posted=True)


def _begin(box: Letterbox, customer: Person, subject: str) -> Place:
    activity = opening.begin(box, customer, subject)
    opening.seat(box, activity, customer)
    return Place(box.session, box.house, box.desk, activity)


def sit(place: Place, by: By, customer: Person) -> Participant:
    """Seat whoever of the team opens it, as one who takes part."""
    note(place, by, Kind.OPENED, subject=customer.id)
    found = activities.participant_of(place.session, place.activity.id, by.person.id)
    if found is None:
        return cases.seat(place, by.person, by.at)
    if found.membership is Membership.TOLD:
        activities.move(found, Membership.JOINED, by.at)
    return found

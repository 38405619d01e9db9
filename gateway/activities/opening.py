"""A mail opens an activity: a customer, a team that is told, an acknowledgement."""

import re
from itertools import islice

from gateway.activities import cases, marks, oneself
from gateway.activities.fanout import Word, fan_out, promise_of
from gateway.activities.letterbox import Letterbox
from gateway.activities.letters import (
    Sheet,
    addressee,
    language_of,
    send,
    zone_of,
)
from gateway.activities.place import Place, note
from gateway.activities.posting import bring_in, direct_keys, record_post
from gateway.activities.references import root_id
from gateway.routing.decision import Acknowledge, Open
from gateway.routing.proof import Proof
from parsers.address import Mailbox, domain, key
from parsers.endings import is_delimiter, is_drawn, is_sent_from
from parsers.mail import ParsedMail
from parsers.message_id import foreign, thread
from parsers.provider import is_shared
from storage import activity as activities
from storage import pace, people
from storage.activity import Activity, Lane, Membership, Participant, Role
from storage.event import Kind
from storage.people import Person
from storage.roster import roster, seated
from templates.posted import Acknowledgement

_SENTENCE = re.compile(r"[^.!?\n]{1,200}[.!?]?")
_SUBJECT_LETTERS = 200
_TELLING_WORDS = 4


def open_activity(box: Letterbox, decision: Open) -> Activity:
    """Open an activity for the writer of a mail, tell the team, acknowledge once."""
    session, now = box.session, box.offered.received_at
    customer = people.meet(session, box.facts.sender, now=now)
    box.hears_language(customer)
    box.heard_from(asks=True)
    oneself.is_here(customer, box.mail)
    activity = begin(box, customer, subject_of(box.mail), decision.follows)
    place = Place(session, box.house, box.desk, activity)
    by = box.by(customer, decision.proof)
    seat(box, activity, customer)
    note(place, by, Kind.OPENED)
    cases.customer_waits(activity, box.desk, now)
    text = without_signature(box.mail)
    event = record_post(box, place, by, Lane.EVERYONE, text)
    suggested = bring_in(box, place, by)
    acknowledge(box, decision, place)
    fan_out(
        place,
        Word(
            event=event,
            opens=True,
            direct=direct_keys(box.mail),
            attachments=box.mail.attachments,
            signature=oneself.learn(customer, box.mail),
            unproved=decision.proof < Proof.BEARER,
            suggested=suggested,
            defects=box.mail.defects,
            marks=marks.of(
                box.house, place, box.facts, box.mail, suggests=decision.suggests
            ),
            cases_before=activities.opened_before(session, customer.id, activity.id),
        ),
    )
    return activity


def without_signature(mail: ParsedMail) -> str:
    """Give the whole text of a mail but for the signature at its end.

    That travels below the text, as in every other post (decisions E40): nothing of it
    is lost, and no telephone number stands among the words. Only what a line of its
    own sets off is one for sure (RFC 3676 section 4.3), or what a mail program adds.
    """
    last = mail.folded[-1] if mail.folded else None
    if last is None or last.kind != "signature":
        return mail.text
    signed = [line.strip() for line in last.text.strip().split("\n")]
    lines = mail.text.rstrip().split("\n")
    above, below = lines[: -len(signed)], lines[-len(signed) :]
    is_set_off = any(one(signed[0]) for one in (is_delimiter, is_drawn, is_sent_from))
    if [line.strip() for line in below] != signed or not is_set_off:
        return mail.text
    return "\n".join(above).rstrip() or mail.text


def begin(
    box: Letterbox, customer: Person, subject: str, follows: int | None = None
) -> Activity:
    """Begin an activity of a customer at the desk of a mail; nobody is told yet."""
    session = box.session
    row = activities.desk_named(session, key(box.desk.address))
    if row is None:
        row = activities.Desk(address=key(box.desk.address), name=box.desk.name)
        session.add(row)
        session.flush()
    activity = Activity(
        public_id=cases.new_public_id(box.house),
        desk_id=row.id,
        subject=subject,
        customer_id=customer.id,
        opened_at=box.offered.received_at,
        linked_id=follows,
    )
    activities.begin(session, activity)
    return activity


def subject_of(mail: ParsedMail) -> str:
    """Give the subject an activity keeps: theirs without prefixes, else its text."""
    subject = mail.subject_base.strip() or first_sentence(mail.prose)
    return subject[:_SUBJECT_LETTERS] or "(no subject)"


def seat(box: Letterbox, activity: Activity, customer: Person) -> None:
    """Seat the customer and the team; the team is told, not joined."""
    now = box.offered.received_at
    box.session.add(
        Participant(
            activity_id=activity.id,
            person_id=customer.id,
            role=Role.CUSTOMER,
            membership=Membership.JOINED,
            changed_at=now,
        )
    )
    seated = {customer.id}
    for mailbox, language in _teams(box):
        member = people.meet(box.session, mailbox, now=now, language=language)
        if member.id in seated:
            continue
        seated.add(member.id)
        box.session.add(
            Participant(
                activity_id=activity.id,
                person_id=member.id,
                role=Role.TEAM,
                membership=Membership.TOLD,
                in_team_lane=True,
                changed_at=now,
            )
        )
    box.session.flush()


def _teams(box: Letterbox) -> list[tuple[Mailbox, str]]:
    """Who is told: the desk's team, and those of the desks written to beside it."""
    desks = (box.desk, *box.facts.other_desks)
    return [(member, desk.language) for desk in desks for member in desk.team]


def acknowledge(box: Letterbox, decision: Open, place: Place) -> None:
    """Tell the customer that their mail is here, once, as far as the limits allow."""
    if _may_acknowledge(box, decision, place.activity.customer_id):
        _acknowledge(box, decision, place)


def _may_acknowledge(box: Letterbox, decision: Open, customer: int) -> bool:
    """At most so many a day to one person, and an hour to one domain (C28, T7)."""
    if decision.acknowledge is Acknowledge.NONE:
        return False
    limits, now = box.house.limits, box.offered.received_at
    if (
        pace.acknowledged(box.session, now, person=customer)
        >= limits.acknowledgements_per_sender_day
    ):
        return False
    where = domain(box.facts.sender.address)
    if decision.proof >= Proof.BEARER or is_shared(where):
        return True
    sent = pace.acknowledged(box.session, now, domain=where)
    return sent < limits.acknowledgements_per_domain_hour


def _acknowledge(box: Letterbox, decision: Open, place: Place) -> None:
    activity, desk = place.activity, place.desk
    seat = seated(roster(place.session, activity.id), activity.customer_id)
    full = decision.acknowledge is Acknowledge.FULL
    theirs = foreign(box.mail.message_id) if box.mail.message_id else ""
    values = Acknowledgement(
        desk=desk.name,
        full=full,
        customer=seat.name if full else "",
        subject=activity.subject if full else "",
        first_sentence=first_sentence(box.mail.prose) if full else "",
        team=tuple(
            member.name or member.address.partition("@")[0] for member in desk.team
        ),
        promise=promise_of(activity, desk),
    )
    root = root_id(place, Lane.EVERYONE)
    own = [foreign(each) for each in box.mail.references]
    sheet = Sheet(
        desk=desk,
        activity=activity,
        at=box.offered.received_at,
        reason="customer",
        lane=Lane.EVERYONE,
        in_reply_to=theirs,
        references=thread(
            root, [*own, theirs] if theirs else own, box.house.limits.references
        ),
        language=language_of(seat.person, desk),
        zone=zone_of(seat.person, desk),
        by_mail=True,
        hops=box.facts.loop_hops,
    )
    send(place.session, place.house, sheet, values, [addressee(seat)])


def first_sentence(text: str) -> str:
    """Give the first sentence that says more than a greeting, on one line."""
    found = [each[0].strip() for each in islice(_SENTENCE.finditer(text), 5)]
    telling = (each for each in found if len(each.split()) >= _TELLING_WORDS)
    return next(telling, found[0] if found else "")

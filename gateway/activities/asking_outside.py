"""One of the team asks somebody outside in private, about a case (decisions D36)."""

from dataclasses import replace
from urllib.parse import unquote

from gateway.activities import cases, on_behalf, opening
from gateway.activities.commands import answer_now
from gateway.activities.fanout import Word, fan_out
from gateway.activities.floor import Floor
from gateway.activities.letterbox import Letterbox
from gateway.activities.place import By, Place
from gateway.activities.posting import record_post, remember_id
from gateway.routing.decision import AskOutside
from parsers.mail import Attachment, ParsedMail
from storage import activity as activities
from storage import event as events
from storage import people
from storage.activity import Lane, Turn
from storage.event import Event, Kind
from storage.roster import display_name
from templates.understood import Understood

_SUBJECT_LETTERS = 200


def ask(box: Letterbox, decision: AskOutside) -> None:
    """Begin a conversation between the team and an outsider, linked to the case.

    The new text goes to them alone; of the case nothing goes along, neither its
    subject nor what the mail quotes. The asker learns in the case what was done.
    """
    session, now = box.session, box.offered.received_at
    case = box.place(decision.activity)
    asker = people.meet(session, box.facts.sender, now=now)
    whom = people.meet(session, decision.whom, now=now)
    box.heard_from()
    by = box.by(asker, decision.proof)
    alone = replace(box, mail=_alone(box.mail, box.facts.prose))
    subject = decision.subject or opening.first_sentence(box.facts.prose)
    activity = opening.begin(alone, whom, subject[:_SUBJECT_LETTERS], case.activity.id)
    opening.seat(alone, activity, whom)
    place = Place(session, box.house, box.desk, activity)
    seat = on_behalf.sit(place, by, whom)
    # Answers to the asker's own mail come from who got it beside us: to the team.
    _note(case, by, {"into": activity.id}, box)
    _note(place, by, {"of": case.activity.id})
    cases.own(place, seat, by)
    activity.turn = Turn.CUSTOMERS
    event = record_post(alone, place, by, Lane.EVERYONE, box.facts.prose)
    fan_out(place, Word(event=event, takes=True, attachments=alone.mail.attachments))
    theirs = activities.participant_of(session, case.activity.id, asker.id)
    if theirs is None:
        theirs = cases.seat(case, asker, now)
    names = (display_name(session, whom.id),)
    said = [Understood(command="/ask", outcome="asked_outside", names=names)]
    beside = _beside(box.mail)
    if stayed := [each for each in box.mail.attachments if each not in beside]:
        files = tuple(each.name for each in stayed)
        said.append(Understood(command="/ask", outcome="stayed_here", names=files))
    floor = Floor(place=case, participant=theirs, by=by, team_lane=True)
    answer_now(floor, said, posted=True)


def _note(
    place: Place, by: By, values: dict[str, object], box: Letterbox | None = None
) -> None:
    event = events.record(
        place.session,
        Event(
            activity_id=place.activity.id,
            lane=Lane.TEAM,
            kind=Kind.ASKED,
            actor_id=by.person.id,
            door=by.door,
            proof=by.proof,
            received_at=by.at,
            inbound_id=by.inbound,
            values=values,
        ),
    )
    if box is not None:
        remember_id(box, event, Lane.TEAM)


def _alone(mail: ParsedMail, prose: str) -> ParsedMail:
    """Give what of a mail goes to the outsider: the new text and files put beside it.

    Pictures inside of the text and mails that are attached may be the case's.
    """
    return replace(
        mail,
        message_id="",
        in_reply_to=(),
        references=(),
        to=(),
        cc=(),
        bcc=(),
        subject="",
        subject_base="",
        text=prose,
        reply=prose,
        prose=prose,
        folded=(),
        html="",
        attachments=_beside(mail),
        commands=(),
        forwarded=None,
    )


def _beside(mail: ParsedMail) -> tuple[Attachment, ...]:
    """Give the files that somebody put beside their text.

    Some programs call a picture inside the text an attachment: what the page shows by
    its Content-ID is none.
    """
    page = unquote(mail.html)
    return tuple(
        each
        for each in mail.attachments
        if not each.inline
        and not each.type.startswith("message/")
        and not (each.content_id and f"cid:{each.content_id}" in page)
    )

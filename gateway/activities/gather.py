"""Facts, gathered: everything the rules ask about one mail on one route."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from gateway.activities import (
    gate,
    inviting,
    loop_mark,
    matters,
    origin,
    outside,
    private,
    probe,
    thankful,
)
from gateway.activities.house import House
from gateway.activities.offered import Offered
from gateway.activities.pieces import piece, without_digest
from gateway.activities.routes import Route
from gateway.activities.writers import bearer_of, bears, own_question, writer_of
from gateway.routing.asking import Asking
from gateway.routing.desk import Desk
from gateway.routing.facts import Elsewhere, Facts, Thread, Writer
from gateway.routing.instructions import taken_apart
from gateway.routing.proof import proof
from parsers.address import Mailbox, is_address, is_role, key
from parsers.answer import yes_or_no
from parsers.command import stray
from parsers.mail import Command, Folded, Forwarded, ParsedMail, in_thread
from parsers.reply_address import Purpose
from storage import activity as activities
from storage import alias, blocked, journal, people
from storage import door as at_door
from storage import event as events
from storage.activity import Activity, Lane, Turn
from storage.database import Session

# Mail programs quote what came last; older texts are only searched in vain.
_HELD_TEXTS = 10
TOO_SLOW = "took too long to read"
"""The defect of a mail whose reading was ended (gateway.activities.reading)."""
# So much later may the same mail come by the slower of two roads.
_ROADS_DIFFER = timedelta(days=3)


def gather(
    session: Session, house: House, offered: Offered, mail: ParsedMail, route: Route
) -> Facts:
    """Look up everything that the rules may ask; changes nothing."""
    now = offered.received_at
    is_form = origin.is_form(mail, route.desk, offered)
    requester = origin.requester(mail, is_form=is_form)
    sender = origin.claimed(session, offered) or requester
    person = people.by_address(session, sender.address) if sender.address else None
    activity = _find(session, route.activity)
    writer = writer_of(session, route.desk, sender, person, activity)
    bearer = bearer_of(session, house, mail, route, writer)
    on_top, strays = _commands(offered, mail)
    commands, prose = taken_apart(
        on_top,
        mail.prose,
        may_all=writer.is_staff,
        in_activity=activity is not None,
    )
    is_blind = not origin.names_us(house, (*mail.to, *mail.cc))
    said = origin.said(house, offered, mail, sender)
    if is_blind:
        said = origin.not_replayed(said)
    is_claimed = offered.author is not None
    level = proof(said, bears=is_claimed or bears(route, writer, bearer))
    question = own_question(session, route, writer)
    # What they opened lately matters only to a mail that would open something.
    past = matters.Past()
    if activity is None:
        past = matters.past(session, house.limits, now, mail, (writer.person, sender))
    vouched_by = origin.vouched_by(session, activity, sender, writer, level)
    is_null = not offered.sender and not offered.senderless
    asked = vouched_by or (bearer.person if bearer else None)
    may_ask = asked not in {None, writer.person}
    if may_ask:
        may_ask = origin.may_ask(session, house.limits, now, sender, asked)
    if may_ask and vouched_by and activity:
        # Nobody is asked whether somebody may in for whom there is no room.
        may_ask = inviting.has_room(session, house, activity.id)
    may_confirm = bool(commands) and writer.is_staff
    if may_confirm:
        may_confirm = origin.may_confirm(session, house.limits, now, writer)
    where = activity or _find(session, past.leads_to(house.limits))
    # What the team alone has read is for no outsider either, wherever it stands.
    asks_outside = any(each.word == "ask" for each in commands)
    going = gate.Going(
        inbound=offered.inbound,
        mail=mail,
        sender=sender,
        writer=writer,
        commands=commands,
        prose=prose,
        as_written=offered.released == "post",
        team_lane=(route.team_lane or offered.by_hand or writer.is_consulted)
        and not asks_outside,
        passed=offered.passed,
        notes=offered.notes,
    )
    return Facts(
        now=now,
        limits=house.limits,
        desk=route.desk,
        sender=sender,
        proof=level,
        null_sender=is_null,
        automatic=loop_mark.automatic(house, mail),
        bounce=mail.bounce,
        complaint=mail.complaint.is_,
        hops=mail.received,
        commands=commands,
        stray_commands=strays,
        prose=prose,
        has_attachments=bool(mail.attachments),
        reaction=thankful.reaction_of(mail, prose) if activity else "",
        is_thanks=activity is not None
        and thankful.is_thanks(session, activity, mail, prose),
        forwards=outside.forwards(session, house, mail, writer),
        opens_for=outside.opens_for(house, commands),
        **outside.asks(session, house, commands, activity),
        answer=yes_or_no(prose, mail.language),
        readable=TOO_SLOW not in mail.defects,
        oversize=offered.oversize,
        marked="header" if route.by_header else offered.marked,
        is_blind=is_blind,
        is_probe=bool(
            probe.in_addresses(house, offered.recipients) or probe.in_mail(house, mail)
        ),
        is_own_letter=loop_mark.is_own_letter(house, mail),
        from_own_address=origin.is_ours(house, requester),
        is_form=is_form,
        maybe_form=origin.maybe_form(house, mail, is_null=is_null),
        sender_is_role=is_role(sender.address),
        is_blocked=blocked.is_blocked(session, key(sender.address)),
        spam_mark=mail.spam_mark if offered.trusted else "",
        loop_hops=loop_mark.hops(mail.loop_marks),
        by_hand=offered.by_hand,
        reached_customer=_reached(session, offered, mail, activity, writer, route.desk),
        **_to_ours(house, mail),
        purpose=route.purpose,
        to_operator=route.to_operator,
        delivery=route.delivery,
        question=question.id if question else None,
        asking=Asking(question.asking) if question else None,
        answers=frozenset(question.values.get("answers", ()) if question else ()),
        question_settled=question is not None and question.answered_at is not None,
        thread=_thread(session, activity) if activity else None,
        bearer=bearer,
        answers_own_id=route.answers_own_id,
        also=route.also,
        answers_by_hand=key(sender.address) in route.got_by_hand,
        team_lane=route.team_lane or writer.is_consulted,
        answers_no_case=route.answers_no_case,
        other_subject=matters.is_other(mail, activity),
        other_threads=route.other_threads,
        elsewhere=_elsewhere(session, route, sender, person),
        other_desks=route.other_desks,
        writer=writer,
        vouched_by=vouched_by,
        may_ask=may_ask,
        may_confirm=may_confirm,
        duplicate_of=_duplicate(session, offered, mail, sender, activity),
        **_held_twin(session, offered, mail, sender),
        **gate.look(session, house, route.desk, where, going),
        released=_released(offered, activity),
        refused_here=activity is not None
        and not offered.refused_in.isdisjoint(activity.family),
        similar_openings=past.similar,
        similar_activity=past.first_similar,
        looping_activity=past.looping,
        same_body_activity=past.same_body,
        repeat_activity=past.repeat,
    )


def _find(session: Session, activity_id: int | None) -> Activity | None:
    return activities.find(session, activity_id) if activity_id else None


def _reached(
    session: Session,
    offered: Offered,
    mail: ParsedMail,
    activity: Activity | None,
    writer: Writer,
    desk: Desk | None,
) -> bool:
    """Whether the customer got the mail itself; asked only where it matters."""
    listens = desk is not None and desk.listens
    if activity is None or not (offered.by_hand or listens or writer.is_staff):
        return False
    customers = people.address_keys(session, activity.customer_id)
    return any(key(box.address) in customers for box in matters.written_to(mail))


def _to_ours(house: House, mail: ParsedMail) -> dict[str, Any]:
    """Whether To, Cc or Bcc names a desk, or a token address."""
    addresses = [box.address for box in matters.written_to(mail)]
    to_token = any(house.desks.token_in(address) for address in addresses)
    to_desk = any(house.desks.by_address(address) for address in addresses)
    return {"to_us": to_token or to_desk, "to_token": to_token}


def _commands(
    offered: Offered, mail: ParsedMail
) -> tuple[tuple[Command, ...], tuple[Command, ...]]:
    """Give the commands on top and those astray; a question may have cleared one up."""
    meant = offered.meant
    on_top = tuple(
        _as_meant(each, meant[each.word]) if each.word in meant else each
        for each in mail.commands
    )
    astray = stray(mail.prose)
    # A word that was asked about and is not on top stood below other text.
    cleared = [
        each for each in meant if each not in {one.word for one in mail.commands}
    ]
    below = tuple(Command(word=meant[each], argument="", line="") for each in cleared)
    return below + on_top, tuple(each for each in astray if each.word not in meant)


def _as_meant(command: Command, word: str) -> Command:
    return replace(command, word=word, line=f"/{word} {command.argument}")


def without_tokens(house: House, mail: ParsedMail) -> ParsedMail:
    """Take our tokens out of what people will read of a mail (threat T5).

    Whoever quotes a letter of ours in a way that is not seen as a quote would else
    hand their own address to every reader.
    """
    blank = house.sealer.blank
    return replace(
        mail,
        subject=blank(mail.subject),
        subject_base=blank(mail.subject_base),
        text=blank(mail.text),
        reply=blank(mail.reply),
        prose=blank(mail.prose),
        folded=tuple(Folded(each.kind, blank(each.text)) for each in mail.folded),
        forwarded=_without_tokens(mail.forwarded, blank),
    )


def _without_tokens(
    mail: Forwarded | None, blank: Callable[[str], str]
) -> Forwarded | None:
    if mail is None:
        return None
    return replace(
        mail,
        subject=blank(mail.subject),
        text=blank(mail.text),
        words=blank(mail.words),
    )


def only_new(session: Session, mail: ParsedMail, route: Route) -> ParsedMail:
    """Tell what a mail adds to the activity of its route, which may be quoted in it."""
    if route.said is not None:
        mail = piece(mail, route.said, is_first=route.is_first)
    elif route.answers_digest:
        mail = without_digest(mail)
    if route.activity is None or not mail.reply:
        return mail
    # What only the team has read is no quote for a customer: it would be left out.
    activity = activities.find(session, route.activity)
    family = activity.family if activity else (route.activity,)
    held = events.texts(session, family, _HELD_TEXTS, team_lane=route.team_lane)
    return in_thread(mail, held)


def _elsewhere(
    session: Session, route: Route, sender: Mailbox, person: people.Person | None
) -> Elsewhere | None:
    named = route.elsewhere
    activity = activities.find(session, named.activity) if named else None
    if named is None or activity is None:
        return None
    return Elsewhere(
        thread=_thread(session, activity),
        writer=writer_of(session, route.desk, sender, person, activity),
        team_lane=named.lane is Lane.TEAM,
    )


def _thread(session: Session, activity: Activity) -> Thread:
    return Thread(
        activity=activity.id,
        is_resolved=activity.turn is Turn.RESOLVED,
        resolved_at=activity.resolved_at,
        customer=activity.customer_id,
        owner=activity.owner_id,
        promised_at=activity.promised_at,
        urgent_until=activity.urgent_until,
        kept_out=private.kept_out(session, activity),
    )


def _duplicate(
    session: Session,
    offered: Offered,
    mail: ParsedMail,
    sender: Mailbox,
    activity: Activity | None,
) -> int | None:
    """The earlier mail with the same id, sender and text, if it came to this place.

    That may be this very mail, when it got here before it was held elsewhere.
    """
    is_again = offered.is_again
    if (
        is_again
        and activity is not None
        and offered.inbound is not None
        and events.has_come(session, activity.id, offered.inbound)
    ):
        return offered.inbound
    if mail.message_id:
        for seen in alias.seen(session, mail.message_id, key(sender.address)):
            if seen.inbound in {None, offered.inbound}:
                continue
            # On the way to the desk a server may write below a mail what its copy
            # in the folder of sent mail does not have.
            either = offered.by_hand or seen.by_hand
            if seen.body_hash != mail.body_hash and not either:
                continue
            if activity is None or seen.activity == activity.id:
                return seen.inbound
    if offered.inbound is None or is_again:
        return None
    return journal.same_before(
        session, offered.inbound, offered.digest, offered.sender, offered.recipients
    )


def _held_twin(
    session: Session, offered: Offered, mail: ParsedMail, sender: Mailbox
) -> dict[str, Any]:
    """The same mail that waits, having come by another road (decisions E48)."""
    same = (mail.message_id, key(sender.address), mail.body_hash)
    since = offered.received_at - _ROADS_DIFFER
    found = at_door.held_as(session, *same, since)
    if found is None or found.inbound == offered.inbound:
        return {"held_twin": None, "waits_in_case": False}
    return {
        "held_twin": found.inbound,
        "waits_in_case": found.activity is not None,
    }


def _released(offered: Offered, activity: Activity | None) -> str:
    """What a human said of it; who let it into one activity said nothing of others."""
    where = offered.released_in
    is_here = where is None or (activity is not None and activity.id == where)
    return offered.released if is_here else ""


def thread_key(route: Route, sender: Mailbox) -> str:
    """Name the thread that a mail belongs to: its activity, else its sender."""
    if route.activity is not None and route.purpose is not Purpose.RETURN:
        return f"a:{route.activity}"
    # What is no address may be longer than an index takes.
    return f"s:{key(sender.address)}" if is_address(sender.address) else "s:"

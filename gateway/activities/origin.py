"""Where a mail comes from: what its sender and header tell, and who vouches for it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from gateway.activities.house import House
from gateway.activities.offered import IMAP, Offered
from gateway.routing.asking import Asking
from gateway.routing.desk import Desk
from gateway.routing.facts import Standing, Writer
from gateway.routing.limits import Limits
from gateway.routing.proof import Proof
from gateway.routing.shared import FORM
from parsers import authentication, sealing
from parsers.address import Mailbox, domain, is_address, key
from parsers.automatic import TAKES_NO_ANSWER
from parsers.mail import MANY_SENDERS, ParsedMail
from storage import activity as activities
from storage import event as events
from storage import people
from storage import question as questions
from storage.activity import Activity, Lane
from storage.database import Session

_POSTS = 50
"""So many posts back is looked for who had a stranger in Cc."""
_ABOUT_ADDRESSES = (Asking.IS_IT_YOU, Asking.LET_IN)
_DAY = timedelta(days=1)


def is_form(mail: ParsedMail, desk: Desk | None, offered: Offered) -> bool:
    """Say whether a form or relay sent it: a listed one, or one of the team says so."""
    forms = {key(form) for form in desk.forms} if desk else set()
    return key(mail.sender.address) in forms or offered.released == FORM


def requester(mail: ParsedMail, *, is_form: bool) -> Mailbox:
    """Give the From; behind a form or relay the first Reply-To (decisions B22)."""
    return mail.reply_to[0] if is_form and mail.reply_to else mail.sender


def claimed(session: Session, offered: Offered) -> Mailbox | None:
    """Give the one of the team who said that a mail of a desk's address is theirs."""
    if offered.author is None:
        return None
    person = session.get_one(people.Person, offered.author)
    address = people.primary_addresses(session, [person.id])[person.id]
    return Mailbox(person.name, address)


def said(
    house: House, offered: Offered, mail: ParsedMail, sender: Mailbox
) -> authentication.Verdict:
    """Give what trusted servers say of the From; nothing of one that a form only names.

    Nor of several at once: whom a server meant, nobody can tell (T2).
    """
    is_one = sender is mail.sender and MANY_SENDERS not in mail.defects
    if not offered.trusted or not is_one:
        return authentication.Verdict.NONE
    results, host = mail.authentication_results, domain(sender.address)
    if offered.door == IMAP:
        ids = house.mailbox_authserv_ids.get(offered.peer, ())
        return authentication.verdict_of_mailbox(results, host, ids)
    ids = house.authserv_ids
    verdict = authentication.verdict(results, host, ids)
    if verdict is not authentication.Verdict.FAIL:
        return verdict
    # A forwarder breaks what proves a sender; one that is listed may have seen it (R2).
    vouched = sealing.is_vouched(
        results,
        mail.arc_seals,
        mail.arc_results,
        host,
        house.authserv_ids,
        house.arc_sealers,
    )
    return authentication.Verdict.NONE if vouched else verdict


def not_replayed(verdict: authentication.Verdict) -> authentication.Verdict:
    """Weigh what is said of a mail that names no address of ours in To or Cc.

    What was signed for others proves nothing here: it may be sent again (T21).
    """
    if verdict is authentication.Verdict.PASS:
        return authentication.Verdict.NONE
    return verdict


def names_us(house: House, boxes: Iterable[Mailbox]) -> bool:
    """Say whether a desk or a token address is among some recipients."""
    return any(
        house.desks.by_address(box.address) or house.desks.token_in(box.address)
        for box in boxes
    )


def is_ours(house: House, mailbox: Mailbox) -> bool:
    """Say whether this is the address of a desk."""
    return any(desk.is_own(mailbox.address) for desk in house.desks.all)


def maybe_form(house: House, mail: ParsedMail, *, is_null: bool) -> bool:
    """Say whether a mail looks like one of a contact form (decisions B22).

    Its sender takes no mail or is at home here, and Reply-To is somebody from
    elsewhere; nothing else tells of a machine.
    """
    reply = next(iter(mail.reply_to), Mailbox("", ""))
    at, whence = domain(reply.address), domain(mail.sender.address)
    if not is_address(reply.address) or at in {*house.desks.hosts, whence}:
        return False
    takes_none = mail.automatic.reason == TAKES_NO_ANSWER
    is_person = not (mail.automatic.is_ or mail.bounce.is_ or is_null)
    return (takes_none and not is_null) or (is_person and whence in house.desks.hosts)


def vouched_by(
    session: Session,
    activity: Activity | None,
    sender: Mailbox,
    writer: Writer,
    level: Proof,
) -> int | None:
    """Give the participant who had a stranger in To or Cc of an earlier mail (R2)."""
    if activity is None or level is not Proof.VERIFIED:
        return None
    if writer.standing is not Standing.NOBODY or writer.is_staff:
        return None
    earlier = events.posts(session, activity.family, {Lane.EVERYONE}, most=_POSTS)
    for post in reversed(earlier):
        if post.actor_id is None or key(sender.address) not in post.values.get(
            "named", ()
        ):
            continue
        seat = activities.participant_of(session, activity.id, post.actor_id)
        if seat is not None and Standing(seat.membership).takes_part:
            return post.actor_id
    return None


def may_ask(
    session: Session, limits: Limits, now: datetime, sender: Mailbox, whom: int | None
) -> bool:
    """Say whether somebody may be asked if this sender is theirs, or known to them.

    Once about one address until they answer, and so often a day in all (T8).
    """
    if whom is None:
        return False
    lately = questions.asked(session, whom, _ABOUT_ADDRESSES, since=now - _DAY)
    return lately < limits.questions_per_day and not questions.is_open(
        session, whom, _ABOUT_ADDRESSES, key(sender.address)
    )


def may_confirm(
    session: Session, limits: Limits, now: datetime, writer: Writer
) -> bool:
    """Say whether one of the team may be asked if a command is theirs (T8)."""
    if writer.person is None:
        return True
    asking = (Asking.CONFIRM_COMMAND,)
    lately = questions.asked(session, writer.person, asking, since=now - _DAY)
    return lately < limits.confirmations_per_day

"""Mails each desk to itself to find out which reply addresses its site lets through."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import assert_never

from gateway.activities import probe
from gateway.activities.house import House
from gateway.app.work import smarthost
from gateway.cli.doctor.alive import is_served
from gateway.cli.doctor.finding import Finding, failed, ok, warning
from gateway.cli.doctor.probes import Back, Bare, Lost, Mailer, NotSent, Refused, Trial
from gateway.routing.desk import Desk
from gateway.settings import Settings
from parsers.address import domain
from parsers.provider import is_shared
from parsers.reply_address import ReplyAddress
from storage import revision

_GUIDE = "docs/operations.md, which reply addresses does my site allow"


def look_at_replies(
    house: House,
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    wait: float,
    must: bool,
    say: Callable[[str], None],
) -> Iterator[Finding]:
    """Say for each desk whether its `reply` works, and if not what would.

    `must` mails even when nothing of the site answers here: it may run elsewhere.
    """
    # A desk that only listens writes to nobody, itself included.
    desks = [desk for desk in settings.desks.all if not desk.listens]
    if not must and not is_served(settings):
        yield warning(
            "reply",
            "not tried: nothing would take the mail, for `parlour serve` is not running"
            " here",
            "start it and check again; --mail tries all the same",
        )
        return
    if not _has_journal(house):
        yield warning("reply", "not tried: no journal", "see the database above")
        return
    say(f"mailing each desk to itself; an answer may take {wait:g} s, thrice at most")
    mailer = Mailer(
        house=house, smarthost=smarthost(settings.outbound), clock=clock, wait=wait
    )
    try:
        yield from _look_at(desks, mailer)
    finally:
        mailer.close()


def _has_journal(house: House) -> bool:
    try:
        return revision.is_current(house.database)
    except Exception:
        # Whatever the driver says: there is none to look into.
        return False


def _look_at(desks: Sequence[Desk], mailer: Mailer) -> Iterator[Finding]:
    """Try what is configured; where that fails the other forms; the plain one last."""
    tried = {desk.address: [_trial(mailer, desk, desk.reply)] for desk in desks}
    mailer.run([trials[0] for trials in tried.values()])
    for forms in (_with_token, _plain):
        more = [
            _trial(mailer, desk, reply)
            for desk in desks
            if not any(_is_settled(each) for each in tried[desk.address])
            for reply in forms(desk)
            if reply.template != desk.reply.template
        ]
        mailer.run(more)
        for each in more:
            tried[each.desk.address].append(each)
    for trials in tried.values():
        yield from _findings(trials)


def _trial(mailer: Mailer, desk: Desk, reply: ReplyAddress) -> Trial:
    return Trial(desk=desk, reply=reply, sent=probe.draw(mailer.house))


def _is_settled(trial: Trial) -> bool:
    """Say whether nothing else need be tried: it works, or nothing can be tried."""
    return isinstance(trial.answer, Back | NotSent)


def _with_token(desk: Desk) -> list[ReplyAddress]:
    """Give the forms a site may let through, the usual one first (RFC 5233)."""
    local, _, host = desk.address.rpartition("@")
    templates = [f"{local}+{{token}}@{host}"]
    if not is_shared(domain(desk.address)):
        # There such an address would be somebody else's.
        templates += [f"{local}-{{token}}@{host}", f"{{token}}@{host}"]
    found = []
    for template in templates:
        try:
            found.append(ReplyAddress(template))
        except ValueError:
            continue  # The address of the desk is too long for this one.
    return found


def _plain(desk: Desk) -> list[ReplyAddress]:
    return [ReplyAddress(desk.address)]


def _findings(trials: Sequence[Trial]) -> Iterator[Finding]:
    configured, *others = trials
    subject = f"reply {configured.desk.address}"
    if isinstance(configured.answer, NotSent):
        yield warning(
            subject,
            f"not tried: {configured.answer.reason}",
            "see the smarthost above",
        )
        return
    if isinstance(configured.answer, Back):
        yield ok(subject, _sentence(configured))
    else:
        yield failed(subject, _sentence(configured), _remedy(configured, others))
    for trial in others:
        say = ok if isinstance(trial.answer, Back) else _note
        yield say(subject, _sentence(trial))


def _note(subject: str, text: str) -> Finding:
    return warning(subject, text, "")


def _remedy(configured: Trial, others: Sequence[Trial]) -> str:
    works = next((each for each in others if isinstance(each.answer, Back)), None)
    if works is None:
        return (
            f"let mail to {configured.desk.address} come to Parlour ({_GUIDE}); if it "
            "only takes longer, check again with --wait 120"
        )
    line = f'write reply = "{works.reply.template}"'
    if works.reply.is_plain:
        return f"{line} (ids alone, the last resort), or let one of the others through"
    return line


def _sentence(trial: Trial) -> str:
    form, answer = trial.reply.template, trial.answer
    match answer:
        case Back(seconds):
            return f"{form} comes back ({seconds:.1f} s)"
        case Bare(to):
            return f"{form} comes back to {to}, without its token"
        case Refused(said):
            return f"{form} was refused: {said}"
        case Lost(seconds):
            return f"{form} did not come back within {seconds:g} s"
        case NotSent(reason):
            return f"{form} was not tried: {reason}"
        case None:
            raise ValueError(f"{form} was never tried")
        case _:
            assert_never(answer)

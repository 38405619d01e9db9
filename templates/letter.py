"""Writes letters: the octets of one variant, with the headers that its kind bears."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from typing import Any, assert_never

from markupsafe import Markup

from parsers.message_id import foreign
from parsers.quoting import MARKER
from parsers.reply_address import Purpose, ReplyAddress, numbered
from templates import context, header, mime, render
from templates.asked import Doubt
from templates.bearing import Automatic, Bearing, Kind, Listed, bears
from templates.digested import Digest, DigestItem
from templates.held import HeldMail
from templates.links import Links, mailto
from templates.posted import Message
from templates.press import Press
from templates.reached import Missed, Unheard
from templates.render import Reader
from templates.values import Values

_STAFF = frozenset({"owner", "team", "consulted"})


@dataclass(frozen=True, kw_only=True)
class Head:
    """What the headers of every letter need."""

    message_id: str
    date: datetime
    desk_name: str
    desk_address: str
    author: str = ""
    """Who wrote; empty when the desk itself does."""
    author_is_staff: bool = False
    team_only: bool = False
    reply: ReplyAddress
    base_url: str
    placeholder: str
    """26 letters that stand for a token's body, after its purpose and a hyphen."""
    activity: str = ""
    """Public id; a letter without one holds no token of a participant."""
    subject: str
    """The activity's own, frozen, its prefixes removed."""
    reason: str
    """X-Parlour-Reason, a short name: customer, owner, team, participant, invited."""
    loop_mark: str
    team_root: str = ""
    """The root id of the team lane, which the team's buttons answer where letters
    have no reply addresses of their own."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    language: str = "en"
    zone: str = "UTC"
    only_listens: bool = False
    """The desk writes to its team alone: a reply is a note."""
    by_mail: bool = False
    """The letter answers a mail: auto-replied, not auto-generated (RFC 3834)."""
    reply_to: str = ""
    """The address of a person who is answered past us; mostly empty."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter, ready for the outbox; dispatch puts To in front."""

    kind: Kind
    raw: bytes
    subject: str
    context: str = ""
    """What the template told the team in its own words (decisions E40)."""


def prepare_digests(language: str) -> None:
    """Have what the digests of a language are rendered with at hand."""
    render.prepare(language, "digest", "times.j2", "from.txt", "nothing.txt")


def print_letter(press: Press, head: Head, message_id: str, values: Values) -> Composed:
    """Write a letter as `compose` does, or a copy of one that says the same.

    Of two readers who are told the same in the same language only the Message-ID
    differs, and the tokens that dispatch puts in. `head` has no id of its own.
    """

    def make() -> tuple[Composed, bytes]:
        whole = compose(replace(head, message_id=message_id), values, press=press)
        return whole, message_id.encode("ascii")

    composed, mark = press.once((head, values), make)
    own = message_id.encode("ascii")
    if own == mark:
        return composed
    if composed.raw.count(mark) != 1:
        return compose(replace(head, message_id=message_id), values, press=press)
    return replace(composed, raw=composed.raw.replace(mark, own))


def compose(
    head: Head,
    values: Values,
    attachments: Sequence[mime.File] = (),
    press: Press | None = None,
) -> Composed:
    """Write the letter: CRLF octets, no To, placeholders where tokens go.

    A digest is made of pieces; those that a press has are not rendered again.
    Raises ValueError when a header would not be sound on octets, and Jinja's
    UndefinedError when a template names what the values do not have.
    """
    line = bearing(head, values)
    reader = Reader(head.language, head.zone, head.date)
    seen: dict[str, Any] = {
        one.name: getattr(values, one.name) for one in fields(values)
    }
    seen |= {"head": head, "marker": MARKER}
    if not head.subject:
        seen["head"] = head = replace(head, subject=_line("nothing.txt", reader, seen))
    subject = _line(f"{line.folder}/subject.txt", reader, seen)
    # A letter about no case has no lane of a team to answer in.
    team_subject = _line("note/subject.txt", reader, seen) if head.activity else ""
    links = Links(
        head.reply,
        head.base_url,
        head.placeholder,
        f"Re: {head.subject}",
        team_subject,
        head.message_id,
        head.team_root,
    )
    seen |= {"title": subject, "links": links, "links_of": partial(_links_of, head)}
    if isinstance(values, Digest):
        seen["piece"] = partial(
            _piece, press or Press(head.placeholder), head, reader, links
        )
    text = render.letter(f"{line.folder}/body.j2", "txt", reader, seen)
    if line.plain:
        entity = mime.plain_letter(text)
    else:
        html = render.letter(f"{line.folder}/body.j2", "html", reader, seen)
        shown = {one.content_id for one in getattr(values, "pictures", ())}
        entity = mime.letter(text, html, attachments, head.message_id, shown)
    sender = _line("from.txt", reader, seen)
    section = header.write(
        (
            *_origin(
                head, sender, subject, links if line.listed is Listed.DIGEST else None
            ),
            *_threading(head),
            *_conduct(head, line),
            *_replying(head, line, links),
            ("MIME-Version", "1.0"),
        )
    )
    own = ""
    if head.team_only or _is_for_staff(values):
        own = context.of_letter(text, values, head.placeholder)
    return Composed(line.kind, section + entity.octets(), subject, own)


def _is_for_staff(values: Values) -> bool:
    """Say whether only the team reads it, although it stands among what all read."""
    if isinstance(values, Message):
        return values.reader in _STAFF
    return isinstance(values, Unheard)


_WAITS_FOR_THE_HOUSE = frozenset({"who wrote", "form", "which case"})


def bearing(head: Head, values: Values) -> Bearing:
    """Say what the letter's headers follow from."""
    found = bears(values)
    if isinstance(values, Message) and values.reader == "customer":
        # To the customer it is mail from a person, not from a list.
        return replace(found, listed=Listed.NOT)
    if isinstance(values, Message) and values.reader == "consulted":
        return replace(found, purpose=Purpose.TEAM)
    if isinstance(values, HeldMail) and values.answers:
        return replace(found, purpose=Purpose.CONFIRM, listed=Listed.HELP_ONLY)
    if isinstance(values, Doubt) and values.about in _WAITS_FOR_THE_HOUSE:
        # In place of the notice that a mail is held (decisions G59).
        return replace(found, kind=Kind.NOTICE)
    if (head.team_only or head.only_listens) and found.purpose is Purpose.EVERYONE:
        return replace(found, purpose=Purpose.TEAM)
    return found


_LINKED_LETTERS = 40
"""Of a subject in a link, where a letter may take twelve octets."""


def _links_of(head: Head, item: DigestItem | Missed) -> Links:
    """Give the addresses and links of one activity of several, its reader's own.

    They name no Message-ID: a piece stands in the letters of many.
    """
    return Links(
        head.reply,
        head.base_url,
        numbered(head.placeholder, item.number),
        f"Re: {item.subject[:_LINKED_LETTERS]}",
        item.subject[:_LINKED_LETTERS],
    )


def _piece(
    press: Press,
    head: Head,
    reader: Reader,
    links: Links,
    twin: render.Twin,
    name: str,
    **values: Any,
) -> str:
    """Render a file of `templates/mail/digest`; once for all who read the same of it.

    It sees nothing but what it is given, and `links` without this letter's own id.
    """
    links = replace(links, message_id="")
    key = (name, twin, reader, links, *values.items())

    def make() -> str:
        seen = {
            **values,
            "links": links,
            "links_of": partial(_links_of, head),
            "piece": partial(_piece, press, head, reader, links),
        }
        # A piece begins with its words, whatever its macros left above them.
        said = render.letter(f"digest/{name}.j2", twin, reader, seen).lstrip("\n")
        return Markup(said) if twin == "html" else said  # noqa: S704 (rendered here)

    return press.once(key, make)


def _origin(
    head: Head, sender: str, subject: str, own: Links | None
) -> list[tuple[str, str]]:
    # A digest comes from the address that takes its answers (decisions G57).
    address = own.address(Purpose.DIGEST) if own else head.desk_address
    return [
        ("Date", format_datetime(head.date)),
        ("From", header.mailbox(sender, address)),
        ("Message-ID", head.message_id),
        ("Subject", header.unstructured(subject)),
    ]


def _threading(head: Head) -> list[tuple[str, str]]:
    """Foreign ids are cut to 250 printable octets, and no token is broken."""
    ids = [one for one in map(foreign, head.references) if one]
    parent = foreign(head.in_reply_to)
    found = []
    if parent:
        found.append(("In-Reply-To", parent))
    if ids:
        found.append(("References", " ".join(ids)))
    return found


def _conduct(head: Head, bears: Bearing) -> list[tuple[str, str]]:
    """How machines should take it; never "All", which would suppress bounces too."""
    found = [("X-Parlour-Kind", bears.kind.value)]
    if head.activity:
        found.append(("X-Parlour-Activity", head.activity))
    found += [
        ("X-Parlour-Reason", head.reason),
        ("X-Parlour-Loop", head.loop_mark),
        ("X-Auto-Response-Suppress", "OOF, AutoReply, RN, NRN"),
    ]
    match bears.automatic:
        case Automatic.NO:
            pass
        case Automatic.AS_ASKED:
            how = Automatic.REPLIED if head.by_mail else Automatic.GENERATED
            found.append(("Auto-Submitted", how.value))
        case Automatic.REPLIED | Automatic.GENERATED:
            found.append(("Auto-Submitted", bears.automatic.value))
        case _:
            assert_never(bears.automatic)
    return found


def _replying(head: Head, bears: Bearing, links: Links) -> list[tuple[str, str]]:
    """Where replies, and the buttons of mail programs, go."""
    if head.reply_to:
        return [("Reply-To", header.mailbox("", head.reply_to))]
    of_no_case = {Purpose.CONFIRM, Purpose.DIGEST}
    if not head.activity and bears.purpose not in of_no_case:
        return []  # nobody takes part in anything: there is no token to reply by
    own = links.address(bears.purpose)
    found = [("Reply-To", f"<{own}>")]
    match bears.listed:
        case Listed.NOT:
            pass
        case Listed.HELP_ONLY:
            desk = bears.purpose is Purpose.CONFIRM
            by_mail = _help(head.desk_address if desk else own)
            found += [("List-Help", by_mail)] * (not links.by_ids)
        case Listed.INVITATIONS:
            found.append(("List-Id", f"<invitations.{head.reply.domain}>"))
            found += _leaving(links.preferences, links, Purpose.UNSUBSCRIBE)
        case Listed.DIGEST:
            found += _digested(head, links, own)
        case Listed.ACTIVITY:
            found += _participating(head, bears, links, own)
        case _:
            assert_never(bears.listed)
    return found


def _digested(head: Head, links: Links, own: str) -> list[tuple[str, str]]:
    return [
        ("List-Id", f"<digest.{head.reply.domain}>"),
        *_leaving(links.digest, links, Purpose.DIGEST),
        *([] if links.by_ids else [("List-Help", _help(own))]),
        ("Precedence", "bulk"),
    ]


def _participating(
    head: Head, bears: Bearing, links: Links, own: str
) -> list[tuple[str, str]]:
    # The team lane is shown only to those who signed in: its page has no token.
    is_team = bears.purpose is Purpose.TEAM
    page = links.case(head.activity) if is_team else links.view
    # A fresh mail to the desk's address would not be about this activity.
    by_mail = [("List-Post", f"<{mailto(own)}>"), ("List-Help", _help(own))]
    return [
        ("List-Id", f"<{head.activity}.{head.reply.domain}>"),
        *([] if links.by_ids else by_mail),
        *_leaving(links.preferences, links, Purpose.UNSUBSCRIBE),
        ("List-Archive", f"<{page}>"),
        ("Archived-At", f"<{page}>"),
        ("Precedence", "list"),
    ]


def _leaving(page: str, links: Links, purpose: Purpose) -> list[tuple[str, str]]:
    """Both forms: some providers use only the one, some only the other (RFC 8058).

    Where there are no token addresses, the page alone.
    """
    ways = [page]
    if not links.by_ids:
        # An answer to a digest is read for its words, not for where it went.
        said = {"body": "stop"} if purpose is Purpose.DIGEST else {}
        address = links.address(purpose)
        ways.append(mailto(address, subject="unsubscribe", **said))
    return [
        ("List-Unsubscribe", ", ".join(f"<{way}>" for way in ways)),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def _help(address: str) -> str:
    return f"<{mailto(address, subject='help', body='/help')}>"


def _line(name: str, reader: Reader, seen: dict[str, Any]) -> str:
    return header.squash(render.letter(name, "txt", reader, seen), longest=400)

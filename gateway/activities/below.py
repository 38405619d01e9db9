"""What travels below the text of a post: what its readers have from nowhere (E40)."""

import re

from gateway.activities import gate
from gateway.activities.place import Place
from parsers.address import Mailbox
from parsers.leftover import Held, leftover
from parsers.mail import Folded, ParsedMail
from parsers.reply_address import BLANK
from parsers.veiled import quoted
from storage import outbox
from storage.activity import Lane
from storage.event import Event
from templates import mime
from templates.posted import Below

_LETTERS = 12
"""Of the newest letters to the writer, one is mostly what they quote."""
_OCTETS = 64_000
_JOINTS = re.compile(r"[\s>]+")


def of_mail(
    place: Place,
    mail: ParsedMail,
    writer: tuple[Mailbox, int | None],
    inbound: int | None,
    lane: Lane,
    text: str,
) -> list[dict[str, str]]:
    """Give what a post keeps of the folded parts of its mail, for a lane.

    `writer` is the From and whose it is, `text` what is posted of the mail.

    Left out is what stands in the thread, what its writer got from us, what only the
    team may read, and every part that bears a token of ours, broken over lines or not.
    """
    parts = [
        Folded(each.kind, clean)
        for each in mail.folded
        if (clean := _without_our_links(place, each.text)) is not None
    ]
    if not parts:
        return []
    known = gate.everyone_text(place.session, place.activity)
    folded = "\n".join(part.text for part in parts)
    known += [*gate.cards(place, writer[0], mail, folded), text]
    own = (writer[1], inbound)
    team = gate.written_for_team(place.session, place.activity, own)
    got = _got(place, writer[1])
    if lane is Lane.EVERYONE:
        held = Held(known=known, got=got, secret=team.texts)
    else:
        held = Held(known=[*known, *team.texts], got=got)
    if team.marks:
        veil, marks = place.house.sealer.veil, team.marks
        parts = [
            part
            for part in parts
            if not any(quoted(part.text, marks, veil, lambda: held.known))
        ]
    return [{"kind": each.kind, "text": each.text} for each in leftover(parts, held)]


def parts_of(post: Event) -> tuple[Below, ...]:
    """Give what a post bears below its text, as letters and pages show it."""
    return tuple(
        Below(kind=part["kind"], text=part["text"])
        for part in post.values.get("below", ())
    )


def _without_our_links(place: Place, text: str) -> str | None:
    """Take the lines with our links and addresses out of a folded part (T5).

    None for a part in which a token stands broken over several lines: nobody can tell
    how its pieces could be put together again.
    """
    sealer = place.house.sealer
    whole = _JOINTS.sub("", text)
    if sealer.blank(whole) != whole:
        return None
    ours = place.house.base_url.rstrip("/")
    return "\n".join(
        line
        for line in text.split("\n")
        if BLANK not in line or not (ours in line or _is_reply_address(place, line))
    )


def _is_reply_address(place: Place, line: str) -> bool:
    before, _, after = place.desk.reply.template.partition("{token}")
    return f"{before}{BLANK}{after}" in line


def _got(place: Place, writer: int | None) -> list[str]:
    """What the newest letters to somebody said."""
    if writer is None:
        return []
    begun = outbox.beginnings(
        place.session,
        place.activity.family,
        octets=_OCTETS,
        most=_LETTERS,
        reader=writer,
    )
    return [mime.text_of(each) for each in begun]

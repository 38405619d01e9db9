"""What `parlour parse` prints of a mail."""

from typing import Any

from parsers.address import Mailbox
from parsers.attachment import Attachment
from parsers.bounce import BouncedRecipient
from parsers.mail import ParsedMail


def as_json(mail: ParsedMail) -> dict[str, Any]:
    """Give what `parlour parse` prints, and nothing else."""
    return {
        "message_id": mail.message_id,
        "in_reply_to": list(mail.in_reply_to),
        "references": list(mail.references),
        "date": mail.date.isoformat() if mail.date else None,
        "from": _box(mail.sender),
        "reply_to": [_box(one) for one in mail.reply_to],
        "to": [_box(one) for one in mail.to],
        "cc": [_box(one) for one in mail.cc],
        "subject": mail.subject,
        "subject_base": mail.subject_base,
        "text": mail.text,
        "reply": mail.reply,
        "folded": [{"kind": one.kind, "text": one.text} for one in mail.folded],
        "html": mail.html,
        "attachments": [_file(one) for one in mail.attachments],
        "automatic": {
            "is": mail.automatic.is_,
            "kind": mail.automatic.kind,
            "reason": mail.automatic.reason,
        },
        "bounce": {
            "is": mail.bounce.is_,
            "recipients": [_bounced(one) for one in mail.bounce.recipients],
        },
        "commands": [
            {"word": one.word, "argument": one.argument} for one in mail.commands
        ],
        "language": mail.language,
        "defects": list(mail.defects),
    }


def _box(mailbox: Mailbox) -> dict[str, str]:
    return {"name": mailbox.name, "address": mailbox.address}


def _file(one: Attachment) -> dict[str, Any]:
    return {
        "name": one.name,
        "type": one.type,
        "size": one.size,
        "inline": one.inline,
        "content_id": one.content_id,
    }


def _bounced(one: BouncedRecipient) -> dict[str, str]:
    return {
        "address": one.address,
        "action": one.action,
        "status": one.status,
        "class": one.class_,
    }

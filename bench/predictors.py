"""What the scorer of the shared corpora asks of a reader of mail; one function a set.

The scorer calls each with the raw octets of a message and compares what it gives.
"""

from typing import Any

from parsers.mail import in_thread, read


def replies(raw: bytes) -> dict[str, Any]:
    """Give the new text of a mail."""
    return {"text": read(raw).reply}


def replies_in_thread(raw: bytes) -> dict[str, Any]:
    """Give the new text of a mail where the thread holds what the mail quotes.

    The corpora hold single mails. What a thread would hold is made of the lines that
    bear quote signs, without them; so this shows what the second step adds or harms.
    """
    mail = read(raw)
    quoted = [line for line in mail.text.split("\n") if line.lstrip().startswith(">")]
    held = "\n".join(line.lstrip("> \t") for line in quoted)
    return {"text": in_thread(mail, [held]).reply}


def bounces(raw: bytes) -> dict[str, Any]:
    """Give whether a mail reports a failed delivery, of which addresses, how badly."""
    bounce = read(raw).bounce
    actions = [each.action for each in bounce.recipients]
    first = actions[0] if actions else "failed"
    return {
        "is_bounce": bounce.is_,
        "failed": [each.address for each in bounce.recipients],
        "action": first if bounce.is_ else None,
        "hard": bounce.is_ and any(each.class_ == "hard" for each in bounce.recipients),
    }


def automated(raw: bytes) -> dict[str, Any]:
    """Give whether a mail must have no automatic answer."""
    mail = read(raw)
    return {"auto": mail.automatic.is_ or mail.bounce.is_}


def mime(raw: bytes) -> dict[str, Any]:
    """Give what is decoded from a mail."""
    mail = read(raw)
    return {
        "subject": mail.subject,
        "from": mail.sender.address,
        "text": mail.text,
        "attachments": [each.name for each in mail.attachments],
    }

"""A letter as the deeds would fill it, and what many of them share."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from parsers.reply_address import ReplyAddress
from templates.face import Face
from templates.letter import Head
from templates.promised import Promise
from templates.understood import Understood
from templates.values import Values

NOW = datetime(2026, 11, 21, 9, 20, tzinfo=UTC)


PROMISE = Promise(at=datetime(2026, 11, 23, 14, 0, tzinfo=UTC))


PLACEHOLDER = "abcdefghijklmnopqrstuvwxyz"


CARLA = Face(name="Carla Gomez", says="customer", organisation="Gomez Logistics")


ANA = Face(name="Ana Ruiz", says="owner")


MEI = Face(name="Mei Tan", says="wrote the importer")


TEXT = "Since the update the import stops.\n\n  a = 1\n\nSee https://acme.example/x.\nCarla"


def head(**changes) -> Head:
    values = {
        "message_id": "<p.123.abcdefghijklmnop@acme.example>",
        "date": NOW,
        "desk_name": "Acme Support",
        "desk_address": "support@acme.example",
        "reply": ReplyAddress("support+{token}@acme.example"),
        "base_url": "https://desk.acme.example",
        "placeholder": PLACEHOLDER,
        "activity": "1A2B3C",
        "subject": 'Import fails with "bad date"',
        "reason": "because",
        "loop_mark": "1A2B3C.0.abcdefghijklmnop",
        "in_reply_to": "<parent@customer.example>",
        "references": ("<a.1.abcdefghijklmnop@acme.example>", "<parent@c.example>"),
        "zone": "Europe/Madrid",
    }
    return Head(**(values | changes))


@dataclass(frozen=True)
class Specimen:
    values: Values
    kind: str
    tokens: str
    """The purposes whose placeholders it must hold, no more and no less."""
    head: dict = field(default_factory=dict)


BY_ANA = {"author": "Ana Ruiz", "author_is_staff": True}


BY_CARLA = {"author": "Carla Gomez"}


IN_TEAM = {"author": "Bo Berg", "author_is_staff": True, "team_only": True}


ABOUT = {"subject": 'Import fails with "bad date"', "desk": "Acme Support"}


DONE = (
    Understood(command="/mute", outcome="muted", undo="/unmute"),
    Understood(
        command="/invite mei@acme.example", outcome="invited", names=("Mei Tan",)
    ),
)


SUBJECT = {"subject": ABOUT["subject"]}

"""Those who live in the town, and how their first case begins."""

from tests.town import gist

CARLA = "Carla Gomez <carla@gomez.example>"
ANA = "Ana Ruiz <ana@acme.example>"
BO = "Bo Berg <bo@acme.example>"
MEI = "Mei Tan <mei@elsewhere.example>"
MAX = "Max Fremd <max@gomez.example>"
DESK = "support@acme.example"


def open_case(town, subject="Import fails", text="The import stops since Monday."):
    """Carla writes; the team is told and she is acknowledged."""
    letters = town.write(CARLA, DESK, subject, text)
    assert gist(letters) == [
        ("acknowledgement", "carla@gomez.example"),
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    return letters


def taken_case(town, answer="Which row is it?"):
    """Carla writes, and Ana takes the case by answering."""
    open_case(town)
    letters = town.reply(ANA, answer, to=town.last("ana@acme.example", "message"))
    assert gist(letters) == [
        ("message", "bo@acme.example"),
        ("message", "carla@gomez.example"),
    ]


def verified(domain, server="mx.acme.example"):
    """The header by which a server says that a mail is from a domain."""
    said = f"{server}; dmarc=pass header.from={domain}"
    return ("Authentication-Results", said)

"""The queue, a case of it, and what was looked for."""

from datetime import timedelta

from templates.found import Found, FoundCase
from templates.queued import CaseShown, PostShown, Queue, QueuePlace
from tests.templates.specimen import ABOUT, ANA, CARLA, NOW, PROMISE, TEXT, Specimen

SHOWN = (
    PostShown(author="Carla Gomez", at=NOW, text=TEXT, is_note=False),
    PostShown(author="Bo Berg", at=NOW, text="", is_note=True),
)


def _place(**changes):
    """Give the place of a case in the queue."""
    usual = {
        "public_id": "QUEUEDAA",
        "customer": "Carla Gomez",
        "subject": ABOUT["subject"],
        "turn": "ours",
        "promise": PROMISE,
        "is_late": False,
        "since": NOW - timedelta(days=1),
        "owner": "",
        "is_yours": False,
    }
    return QueuePlace(**usual | changes)


SPECIMENS = {
    "queue": Specimen(
        Queue(
            desk="Acme Support",
            places=(
                _place(is_late=True),
                _place(owner="Ana Ruiz", is_yours=True),
                _place(promise=None, owner="Bo Berg"),
                _place(promise=None, since=None),
            ),
            more=2,
        ),
        "confirmation",
        "",
        {"activity": "", "by_mail": True, "team_only": True},
    ),
    "cases of one's own": Specimen(
        Queue(
            desk="Acme Support",
            is_mine=True,
            places=(),
            more=0,
            theirs=(_place(turn="customers", promise=None, is_yours=True),),
            more_theirs=1,
        ),
        "confirmation",
        "",
        {"activity": "", "by_mail": True, "team_only": True},
    ),
    "what was found": Specimen(
        Found(
            desk="Acme Support",
            wanted="bad date",
            cases=(
                FoundCase(
                    place=_place(),
                    excerpt="the import stops with bad date",
                    author="Carla Gomez",
                    at=SHOWN[0].at,
                    is_note=False,
                ),
            ),
            more=1,
        ),
        "confirmation",
        "",
        {"activity": "", "by_mail": True, "team_only": True},
    ),
    "nothing found": Specimen(
        Found(desk="Acme Support", wanted="good date", cases=(), more=0),
        "confirmation",
        "",
        {"activity": "", "by_mail": True, "team_only": True},
    ),
    "case shown": Specimen(
        CaseShown(
            **ABOUT,
            place=_place(),
            address="carla@gomez.example",
            here=(CARLA, ANA),
            posts=SHOWN,
            is_in=True,
        ),
        "confirmation",
        "rtv",
        {"by_mail": True, "team_only": True},
    ),
    "case shown from outside": Specimen(
        CaseShown(
            **ABOUT,
            place=_place(turn="resolved", promise=None, since=None),
            address="carla@gomez.example",
            here=(CARLA,),
            posts=(),
            is_in=False,
        ),
        "confirmation",
        "",
        {"activity": "", "by_mail": True, "team_only": True},
    ),
}

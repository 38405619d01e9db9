"""What a command did, and where one stands."""

from datetime import timedelta

from gateway.routing.receipt import Got
from templates.receipts import Receipt, Receipts
from templates.seated import Gone, Left, NotEverywhere, Taken
from templates.signing import SignInLink
from templates.understood import Answer, Understood
from tests.templates.specimen import (
    ABOUT,
    ANA,
    CARLA,
    DONE,
    IN_TEAM,
    NOW,
    SUBJECT,
    Specimen,
)


def _receipts(first, last, address=""):
    """One line for each of some outcomes, in their order."""
    order = list(Got)
    outcomes = order[order.index(first) : order.index(last) + 1]
    return Receipts(
        author="Carla Gomez",
        at=NOW,
        people=tuple(
            Receipt(
                name="Mei Tan",
                got=each,
                address=address,
                at=NOW,
                why="taken",
                said="450 4.2.1 <mailbox> busy" if each is Got.DEFERRED else "",
            )
            for each in outcomes
        ),
    )


SPECIMENS = {
    "not sent, for the desk listens": Specimen(
        Answer(
            **ABOUT,
            understood=(
                Understood(command="/note", outcome="not_sent", names=("Carla Gomez",)),
                Understood(command="/invite", outcome="only_listens"),
                Understood(command="/help", outcome="help"),
            ),
            is_staff=True,
            posted=True,
        ),
        "confirmation",
        "t",
        {"only_listens": True},
    ),
    "answer to commands": Specimen(
        Answer(understood=DONE, is_staff=True, here=(CARLA, ANA), **ABOUT),
        "confirmation",
        "r",
        {"by_mail": True},
    ),
    "who got a post, for the team": Specimen(
        Answer(
            understood=(Understood(command="/who", outcome="who"),),
            is_staff=True,
            here=(CARLA, ANA),
            receipts=_receipts(Got.AUTHOR, Got.LATER, address="mei@acme.example"),
            **ABOUT,
        ),
        "confirmation",
        "t",
        {"team_only": True, "by_mail": True},
    ),
    "who got a post, for the customer": Specimen(
        Answer(
            understood=(Understood(command="/who", outcome="who"),),
            is_staff=False,
            here=(ANA,),
            receipts=_receipts(Got.REACHED, Got.NOT_AT_ONCE),
            **ABOUT,
        ),
        "confirmation",
        "r",
        {"by_mail": True},
    ),
    "answer to commands in the team lane": Specimen(
        Answer(understood=DONE, is_staff=True, **ABOUT),
        "confirmation",
        "t",
        {"team_only": True},
    ),
    "not taken everywhere": Specimen(
        NotEverywhere(count=2, **SUBJECT), "notice", "r", {"by_mail": True}
    ),
    "you left": Specimen(Left(**ABOUT), "notice", "r"),
    "you left before": Specimen(Gone(**ABOUT), "notice", "r", {"by_mail": True}),
    "your desk gave it away": Specimen(
        Gone(**ABOUT, may_return=False), "notice", "r", {"by_mail": True}
    ),
    "taken by a command": Specimen(
        Taken(owner="Ana Ruiz", subject=ABOUT["subject"]), "notice", "tu", IN_TEAM
    ),
    "sign-in link": Specimen(
        SignInLink(desk="Acme Support", until=NOW + timedelta(minutes=15)),
        "confirmation",
        "s",
        {"activity": "", "subject": "Acme Support"},
    ),
}

"""Who is asked to take part, and who does."""

from templates.face import Face
from templates.helped import HelpOffered
from templates.invited import Aside, Invitation, InvitationReminder, Joined
from templates.posted import Said
from tests.templates.specimen import (
    ABOUT,
    ANA,
    BY_ANA,
    BY_CARLA,
    CARLA,
    NOW,
    TEXT,
    Specimen,
)

SPECIMENS = {
    "invitation by staff": Specimen(
        Invitation(
            inviter="Ana Ruiz",
            inviter_is_staff=True,
            reason="you wrote the importer",
            excerpt="Carla cannot import since the update.",
            here=(CARLA, ANA),
            **ABOUT,
        ),
        "invitation",
        "aiu",
        BY_ANA,
    ),
    "question for advice": Specimen(
        Invitation(
            inviter="Ana Ruiz",
            inviter_is_staff=True,
            reason="you wrote the importer",
            excerpt="Carla cannot import since the update.",
            here=(CARLA, ANA),
            consults=True,
            customer="Carla Gomez",
            **ABOUT,
        ),
        "invitation",
        "aiu",
        BY_ANA,
    ),
    "joined for advice": Specimen(
        Joined(here=(CARLA, ANA), consulted="Carla Gomez", **ABOUT),
        "confirmation",
        "tuv",
        {"team_only": True},
    ),
    "invitation by the customer": Specimen(
        Invitation(
            inviter="Carla Gomez",
            inviter_is_staff=False,
            reason="BUY PILLS",
            excerpt="BUY PILLS",
            here=(CARLA,),
            from_the_start=False,
            **(ABOUT | {"subject": "BUY PILLS"}),
        ),
        "invitation",
        "aiu",
        BY_CARLA | {"subject": "BUY PILLS"},
    ),
    "reminder of an invitation": Specimen(
        InvitationReminder(
            inviter="Ana Ruiz",
            inviter_is_staff=True,
            reason="you wrote the importer",
            excerpt="Carla cannot import since the update.",
            here=(CARLA, ANA),
            asked_at=NOW,
            **ABOUT,
        ),
        "reminder",
        "aiu",
        BY_ANA,
    ),
    "answer to the inviter alone": Specimen(
        Aside(
            text="Not my field, but ask Lea.",
            name="Mei Tan",
            address="mei@elsewhere.example",
            other_address="mei@home.example",
            left_out=("log.zip",),
            **ABOUT,
        ),
        "message",
        "",
        {"author": "Mei Tan", "reply_to": "mei@elsewhere.example"},
    ),
    "joined": Specimen(
        Joined(
            here=(CARLA, ANA),
            catch_up=(Said(author="Carla Gomez", at=NOW, text=TEXT),),
            posted=True,
            **ABOUT,
        ),
        "confirmation",
        "ruv",
    ),
    "help offered": Specimen(
        HelpOffered(
            subject=ABOUT["subject"],
            address="mei@acme.example",
            word="importer",
            helper=Face(
                name="Mei Tan", title="Developer", skills=("importer",), helped=4
            ),
        ),
        "notice",
        "tu",
    ),
}

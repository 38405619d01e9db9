"""Questions, and what their answers did."""

from datetime import timedelta

from templates.asked import (
    Collision,
    Decided,
    Decision,
    Doubt,
    ListAnswered,
    Publish,
    TeamText,
    Unclear,
    UnknownCommand,
)
from templates.posted import Below, Said
from templates.taken_back import TakeBack
from tests.templates.specimen import ABOUT, NOW, SUBJECT, Specimen

HOUSE = ("who wrote", "form", "which case")


SPECIMENS = {
    "unknown command": Specimen(
        UnknownCommand(
            word="/ntoe",
            nearest="/note",
            refused=False,
            readers=("Carla Gomez", "Mei Tan"),
            subject=ABOUT["subject"],
            text="/ntoe\nShe pays late.",
        ),
        "confirmation",
        "c",
        {"by_mail": True},
    ),
    "words of the team": Specimen(
        TeamText(
            lines=("She threatened to cancel last month.", "Give <her> the discount."),
            readers=("Carla Gomez", "Mei Tan"),
            text="Hello Carla,\n\nyou get the discount.",
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "words of the team by a customer": Specimen(
        TeamText(
            lines=("She threatened to cancel last month.",),
            readers=("Ana Ruiz",),
            text="Is that what you think?",
            author="Carla Gomez",
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "collision": Specimen(
        Collision(
            answers=(
                Said(
                    author="Ana Ruiz",
                    at=NOW - timedelta(minutes=3),
                    text="Please send me <row> 3.",
                ),
            ),
            customer="Carla Gomez",
            readers=("Carla Gomez", "Ana Ruiz"),
            text="Please try it with commas.",
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "note to publish": Specimen(
        Publish(
            text="The parser takes ISO dates only.\n\nBo",
            author="Bo Berg",
            readers=("Carla Gomez", "Mei Tan"),
            customer="Carla Gomez",
            below=(Below(kind="signature", text="Bo Berg\nImports"),),
            linked=("rows.zip",),
            left_out=("row.png",),
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "text to take back": Specimen(
        TakeBack(
            text="The password is hunter2.",
            author="Carla Gomez",
            is_note=False,
            files=("row.png",),
            sent_to=("Ana Ruiz", "Mei Tan"),
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "note that greets the customer": Specimen(
        Publish(
            text="Hello Carla,\n\non Monday.\n\nAna",
            author="",
            readers=("Carla Gomez",),
            customer="Carla Gomez",
            as_note=True,
            **SUBJECT,
        ),
        "confirmation",
        "c",
        {"by_mail": True, "team_only": True},
    ),
    "unclear answer": Specimen(
        Unclear(words=("admit", "refuse"), text="Well, who is that?", **SUBJECT),
        "confirmation",
        "c",
        {"by_mail": True},
    ),
    "decided by a colleague": Specimen(
        Decided(answer="admit", by="Bo Berg", by_reader=False, **SUBJECT),
        "confirmation",
        "c",
        {"by_mail": True},
    ),
    **{
        f"doubt: {about}": Specimen(
            Doubt(
                about=about,
                name="Max Fremd",
                address="max@elsewhere.example",
                words=words,
                other=other,
                text="" if about in ("is it you", "let in") else "Well?",
                at=NOW,
                **SUBJECT,
            ),
            "notice" if about in HOUSE else "confirmation",
            "c",
        )
        for about, other, words in (
            ("is it you", "", ("yes", "no")),
            ("let in", "", ("yes", "no")),
            ("who wrote", "", ("mine", "refuse")),
            ("form", "vera@true.example", ("form", "open", "refuse", "spam")),
            ("which case", "Export fails", ("open", "solved")),
            ("confirm command", "/resolve", ("yes", "no")),
        )
    },
    "decided in another way": Specimen(
        Decided(answer="", by="", by_reader=False, **SUBJECT),
        "confirmation",
        "c",
        {"by_mail": True, "activity": ""},
    ),
    "answered list": Specimen(
        ListAnswered(
            decisions=(
                Decision(said="#4 open", outcome="opened", subject="Re: Import"),
                Decision(said="#6 spam", outcome="blocked", subject="Only this week"),
                Decision(said="#7 refuse", outcome="refused", subject="Hello"),
                Decision(said="#8 open", outcome="decided", subject="Hello"),
                Decision(said="#9 open", outcome="no_such_item"),
                Decision(said="#4 dance", outcome="which_word"),
            ),
        ),
        "confirmation",
        "c",
        {"activity": "", "by_mail": True},
    ),
    "answered whether one could help": Specimen(
        ListAnswered(
            decisions=(
                Decision(said="#4 yes", outcome="help_offered"),
                Decision(said="#5 no", outcome="help_never"),
                Decision(said="#6 yes", outcome="help_over"),
                Decision(said="#8 yes", outcome="help_inside"),
                Decision(said="#7 dance", outcome="help_yes_or_no"),
                Decision(said="help off", outcome="helps_no_more"),
            ),
        ),
        "confirmation",
        "c",
        {"activity": "", "by_mail": True},
    ),
}

"""Pure thanks and mere reactions; never a question, never anything new (E44, F54)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.mail import read
from parsers.reaction import reaction
from parsers.thanks import only_thanks

HERE = ("Carla Gomez", "Ana Ruiz", "Bo Berg", "佐藤 花子")


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you so much, Ana.",
        "Hi Ana,\n\nthank you very much for your help!\n\nBest regards\nCarla Gomez",
        "Perfect, thanks a lot :-)",
        "Thanks Ana and Bo, you are the best 🎉",
        "Great! Many thanks for the quick reply.\nCarla",
        "Danke!",
        "Hallo Ana, vielen Dank für die schnelle Hilfe!\n\nViele Grüße\nCarla",
        "Super, herzlichen Dank.",
        "Merci beaucoup pour votre aide, Ana !",
        "Bonjour,\nParfait, merci.\nCordialement",
        "¡Muchas gracias por su ayuda!",
        "Genial, mil gracias Ana. Saludos",
        "ありがとうございます。",
        "佐藤様\n\n早速のご返信ありがとうございます。大変助かりました。",
    ],
)
def test_pure_thanks(text):
    assert only_thanks(text, HERE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "👍",
        "Great!",
        "Carla",
        "Thanks, but it still stops.",
        "Thanks. Can you look at row 7 too?",
        "Thank you? No.",
        "Thanks, Monday is fine.",
        "Thanks for nothing.",
        "No thanks.",
        "Thanks, it works now.",
        "Thanks, I am at extension 12.",
        "Thanks, see http://x.example",
        "Thanks, call me.",
        "Danke, das geht nicht.",
        "Danke, aber es hakt noch.",
        "Nein danke.",
        "Merci de me rappeler.",
        "Gracias, pero no funciona.",
        "ありがとうございます。まだ動きません。",
        "ありがとうございますが、違います",
        "Thanks! " * 40,
        "Thank you, Max.",
    ],
)
def test_what_says_more_than_thanks(text):
    assert not only_thanks(text, HERE)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("👍", "👍"),
        (" 👍🏽 \n", "👍🏽"),
        ("❤️", "❤️"),
        ("🎉🎉 👏", "🎉🎉👏"),
        ("👩‍💻", "👩‍💻"),
        ("+1", "👍"),
        (":thumbsup:", "👍"),
        (":-)", "🙂"),
        ("", ""),
        ("+2", ""),
        ("1", ""),
        ("👍 ok", ""),
        ("👍?", ""),
        ("ok", ""),
        ("\u200d", ""),
        ("👍" * 40, ""),
    ],
)
def test_a_reaction_is_nothing_but_marks(text, mark):
    assert reaction(text) == mark


@given(st.text(max_size=300))
def test_any_text_is_survived(text):
    only_thanks(text, HERE)
    reaction(text)


GMAIL = """\
From: carla@gomez.example
Subject: Re: Import
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

🎉 Carla Gomez reacted via Gmail
--b
Content-Type: text/vnd.google.email-reaction+json; charset=utf-8

{"emoji":"🎉","version":1}
--b
Content-Type: text/html; charset=utf-8

<p>🎉 Carla Gomez reacted via Gmail</p>
--b--
"""
RFC_9078 = """\
From: carla@gomez.example
Subject: Re: Import
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Disposition: reaction

👍
--b--
"""
WITH_WORDS = RFC_9078.replace(
    "--b--", "--b\nContent-Type: text/plain\n\nBut row 7 stops.\n--b--"
)
OUTLOOK = "From: c@x.example\n\nCarla Gomez reacted to your message:\n\n> The row?"


@pytest.mark.parametrize(
    ("mail", "mark"),
    [(GMAIL, "🎉"), (RFC_9078, "👍"), (WITH_WORDS, ""), (OUTLOOK, "👍")],
    ids=["Gmail", "RFC 9078", "with words", "Outlook"],
)
def test_a_reaction_of_a_mail_program(mail, mark):
    found = read(mail.encode())
    assert found.reaction == mark
    assert found.attachments == ()

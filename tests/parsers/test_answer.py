"""Yes, no and never in five languages; everything else is a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.answer import asks_who_got_it, yes_or_no


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("yes", "yes"),
        ("Yes, please!", "yes"),
        ("Join.\n\nMei", "yes"),
        ("OK thanks", "yes"),
        ("Ja, gerne", "yes"),
        ("Oui", "yes"),
        ("Sí, claro", "yes"),
        ("はい。", "yes"),
        ("参加します", "yes"),
        ("no thanks", "no"),
        ("No, thank you.", "no"),
        ("I decline.", "no"),
        ("Nein, danke.", "no"),
        ("Non merci !", "no"),
        ("No, gracias.", "no"),
        ("いいえ、結構です", "no"),
        ("never again", "never"),
        ("Don\u2019t invite me again", "never"),
        ("nie wieder", "never"),
        ("plus jamais", "never"),
        ("nunca más", "never"),
        ("yes, but the date column holds text", ""),
        ("No, the date is wrong", ""),
        ("Who are you?", ""),
        ("yes\nwhat is the row count?", ""),
        (
            "yes\n"
            + "a long paragraph of prose that is clearly a text of its own " * 2,
            "",
        ),
        ("", ""),
        ("   \n", ""),
        ("The importer takes ISO dates only.", ""),
    ],
)
def test_plain_answers(text, answer):
    assert yes_or_no(text) == answer
    assert yes_or_no(text, "de") == answer


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Who got this?", True),
        ("who received this message", True),
        ("Wer hat das bekommen?", True),
        ("Qui a reçu ce message ?", True),
        ("¿Quién ha recibido esto?", True),
        ("誰に届きましたか。", True),
        # Anything beside it may be meant for the customer.
        ("Who got this? I did not.", False),
        ("Who got this?\nAna", False),
        ("Who got this row", False),
        ("", False),
    ],
)
def test_the_question_who_got_it_stands_alone(text, asks):
    assert asks_who_got_it(text) is asks


@given(st.text(max_size=3000), st.sampled_from(["", "en", "ja-JP", "xx"]))
def test_any_text_gets_an_answer_or_none(text, language):
    assert yes_or_no(text, language) in ("yes", "no", "never", "")

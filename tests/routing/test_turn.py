"""Whose turn it is after an answer of the team (decisions F51)."""

import pytest

from gateway.routing.turn import asks


@pytest.mark.parametrize(
    "text",
    [
        "Which size did you order?",
        "Could you send a photo?\n\nThen we replace it.",
        "¿Cuál es su número de pedido?",
        "ご注文番号をお知らせいただけますか\N{FULLWIDTH QUESTION MARK}",
        "ما هو رقم الطلب\N{ARABIC QUESTION MARK}",
        "Did you see https://acme.example/help?",
        '(or is it "https://acme.example/help?")',
    ],
)
def test_a_question_passes_the_turn(text):
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It leaves today.",
        "Track it at https://post.example/track?id=12.",
        "(https://post.example/?id=12&lang=en)",
    ],
)
def test_anything_else_leaves_it_with_us(text):
    assert not asks(text)

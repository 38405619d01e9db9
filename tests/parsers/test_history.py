"""What a thread already holds is folded where a reply repeats it, in any language."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.history import refold
from parsers.quoting import Split

ANA = (
    "Good morning Carla, the import stops because the third row holds a date that "
    "nobody can read.\nCould you send us the file as it was before the change?"
)
HELD = ["My import fails since Monday and says nothing at all.", ANA]


def refolded(text, held=HELD):
    got = refold(Split(text, ()), held)
    return got.reply, [one.text for one in got.folded]


def wrapped(text, width):
    out, line = [], ""
    for word in text.split():
        if len(line) + len(word) > width:
            out.append(line.strip())
            line = ""
        line += f" {word}"
    return "\n".join([*out, line.strip()])


@pytest.mark.parametrize(
    "above",
    [
        "",
        "E hënë, 1 maj 2023, Ana Ruiz shkroi:\n",
        "Nga: Ana Ruiz\nDërguar: e hënë\nPër: Carla\n\n",
        "Ana Ruiz, 10:30, ka thënë këtë:\n\n",
    ],
)
@pytest.mark.parametrize("width", [30, 72, 1000])
@pytest.mark.parametrize("sign", ["", "| ", "> "])
def test_a_quote_without_any_mark_we_know(above, width, sign):
    quote = "\n".join(sign + line for line in wrapped(ANA, width).split("\n"))
    reply, folded = refolded(f"Here it is.\n\n{above}{quote}")
    assert reply == "Here it is."
    assert folded == [f"{above}{quote}"]


def test_an_answer_below_the_quote():
    reply, folded = refolded(f"{ANA}\n\nHere it is.")
    assert reply == "Here it is."
    assert folded == [ANA]


def test_answers_between_quoted_lines_keep_their_questions():
    first, second = ANA.split("\n")
    text = f"{first}\n\nOh, I see.\n\n{second}\n\nYes, tonight."
    assert refolded(text) == (text, [])


def test_who_says_the_same_again_is_heard():
    assert refolded(ANA) == (ANA, [])


@pytest.mark.parametrize(
    "text",
    [
        "Thank you.\n\nKind regards, Carla",
        "Could you send us the price list?",
        "The third row is fine now, the fourth is not.",
        "Ana wrote at 10:30: all is well",
    ],
)
def test_a_few_words_that_agree_are_no_quote(text):
    assert refolded(text) == (text, [])


def test_who_takes_up_one_of_two_offers_is_heard():
    offers = (
        "Shall we keep the order and refund the shipping costs, "
        "or cancel all of it and send you the money back?"
    )
    text = "Hello Ana,\n\nkeep the order and refund the shipping costs"
    assert refolded(text, [offers]) == (text, [])
    # The whole letter below it is a quote all the same.
    assert refolded(f"{text}\n\nfine.\n\n{offers}", [offers])[1] == [offers]


def test_what_is_too_long_to_compare_stays():
    """It is compared inside the one writing transaction."""
    text = "new words\n" * 20_000
    began = time.monotonic()
    assert refolded(f"{text}\n{ANA}") == (f"{text}\n{ANA}", [])
    assert refolded("ok\n" * 30_000, [ANA * 100_000])[1] == []
    assert time.monotonic() - began < 5


def test_the_only_sentence_above_a_quote_is_not_its_attribution():
    text = f"I answered on 1 May 2023 at 10:30:\n{ANA}"
    reply, folded = refolded(text)
    assert reply == "I answered on 1 May 2023 at 10:30:"
    assert folded == [ANA]


def test_scripts_without_blanks():
    held = [
        "お世話になっております。三行目の日付が読めないため、取り込みが止まっています。",
        "变更之前的文件能否再发给我们一次?第三行的日期无法读取,因此导入停止了。",
    ]
    for text in held:
        reply, folded = refolded(f"承知しました。\n\n{text}", held)
        assert reply == "承知しました。"
        assert folded == [text]
    polite = "明日お送りします。\n何卒よろしくお願いいたします。"
    assert refolded(polite, ["はい。\n何卒よろしくお願いいたします。"]) == (polite, [])


LINES = st.sampled_from([*ANA.split("\n"), "", "new words", "Ana, 10:30:", "> q", "ok"])


@given(st.lists(LINES, max_size=12))
def test_nothing_is_lost_nor_moved_past_its_neighbours(lines):
    text = "\n".join(lines)
    reply, folded = refolded(text)
    shown = [line for part in (reply, *folded) for line in part.split("\n") if line]
    assert sorted(shown) == sorted(line for line in lines if line)
    remaining = iter(lines)
    assert all(line in remaining for line in reply.split("\n") if line)

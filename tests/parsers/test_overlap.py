"""What two texts share, however one of them was wrapped, quoted or shouted (E40)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsers.overlap import RUN, Lines, letters, shared

NOTE = "She threatened to cancel last month; give her the discount at once."


def found(text, *held, known=()):
    return shared(text, held, lambda: known)


@pytest.mark.parametrize(
    "text",
    [
        "She threatened to cancel last month",
        "so SHE THREATENED TO CANCEL",
        "> She threat-\n> ened to cancel",
        "She\u00a0threatened,  to\tcancel!",
        "“She threatened to\ncancel” he said",
        "*She* _threatened_ to cancel",
        "| She | threatened | to | cancel |",
        "she threatened to cance",
    ],
)
def test_a_line_of_the_team_is_found_in_any_form(text):
    assert found(text, NOTE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "She threatened me.",
        "last month; give her",
        "We cancelled it. Nobody threatened anybody last month at all.",
        "she threatened to canc",
    ],
)
def test_fewer_letters_than_a_run_are_a_coincidence(text):
    assert not found(text, NOTE)


def test_the_lines_that_match_are_given_as_they_stand():
    text = "Hello Carla,\n\n> She threatened\n> to cancel last month\n\nAna"
    assert found(text, NOTE) == ("> She threatened", "> to cancel last month")


def test_what_everybody_has_is_no_secret_and_is_only_looked_up_when_needed():
    asked = []

    def known():
        asked.append(True)
        return ["He wrote: she THREATENED to cancel last month, give her all."]

    assert shared("Nothing of that.", [NOTE], known) == ()
    assert not asked
    assert shared("She threatened to cancel last month.", [NOTE], known) == ()
    assert asked
    assert shared("Last month; give her the discount.", [NOTE], known)


def test_letters_of_any_script_count():
    said = "Նա սպառնաց հեռանալ անցյալ ամիս ընդմիշտ"
    assert found(said[:24].upper().replace(" ", "\n"), said)
    said = "この顧客は先月解約すると言っていたので値引きしてください"
    assert found("彼は「この顧客は先月解約すると言っていたので、値引き」と書いた", said)
    assert found(
        "Sie hätte gern den großen Rabatt", "sie ha\u0308tte gern den GROSSEN rabatt"
    )


def test_a_long_text_is_compared_to_its_end():
    filler = "".join(f"line number {number} of it\n" for number in range(9000))
    assert len(letters(filler)) > 150_000
    assert found(filler + "She threatened to cancel", NOTE) == (
        "She threatened to cancel",
    )
    assert found("She threatened to cancel", filler + NOTE)


def test_covered_are_lines_all_of_whose_letters_are_known():
    lines = Lines(
        "Hello Carla,\nthe row is the third one\nand this is new to everybody"
    )
    runs = lines.common(["Hello Carla, the row is the third one and that is it"])
    assert lines.covered(runs) == [True, True, False]
    assert lines.touched(runs) == [True, True, True]


WORDS = st.lists(
    st.text(alphabet="abcdeABCDEßé01 \n>.,\u2019-", max_size=30), max_size=8
).map("".join)


def naive(text, held, known):
    """Every run of letters, looked for by itself."""
    all_ = letters(text)
    runs = {all_[at : at + RUN] for at in range(len(all_) - RUN + 1)}
    return {
        run
        for run in runs
        if any(run in letters(each) for each in held)
        and not any(run in letters(each) for each in known)
    }


@settings(max_examples=300, deadline=None)
@given(
    text=WORDS,
    held=st.lists(WORDS, max_size=3),
    known=st.lists(WORDS, max_size=2),
    cut=st.data(),
)
def test_it_finds_what_looking_for_every_run_finds(text, held, known, cut):
    if held:
        # Let a piece of what is held stand in the text, or nothing would match.
        source = held[0]
        start = cut.draw(st.integers(0, len(source)))
        end = cut.draw(st.integers(start, len(source)))
        at = cut.draw(st.integers(0, len(text)))
        text = text[:at] + source[start:end].upper() + text[at:]
    expected = naive(text, held, known)
    said = shared(text, held, lambda: known)
    assert bool(said) == bool(expected)
    # The lines that were named are enough: without them nothing is left.
    kept = [line for line in text.split("\n") if line.strip() not in said]
    for line in kept:
        assert not naive(line, held, known)

"""The gate before the everyone lane, through the front door (E40 to E42, E47)."""

import re
import textwrap

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from gateway.web.app import build
from parsers.overlap import RUN, letters
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, open_case, taken_case
from tests.activities.test_held_again import posts
from tests.town import gist

NOTE = "She threatened to cancel last month; give her the discount."
ASKED = [("confirmation", "ana@acme.example")]


def noted_case(town):
    """Carla writes, Bo notes, Ana takes the case."""
    open_case(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(BO, f"/note\n\n{NOTE}", to=town.last("bo@acme.example", "message"))
    town.reply(ANA, "Which row is it?", to=anas)


def outside(town):
    return [each for each in town.letters if "@acme.example" not in each.to]


def test_the_reply_to_a_note_goes_to_nobody_outside(each_town):
    """Complaint 36: a mail reply to an internal note goes to the customer."""
    town = each_town
    noted_case(town)
    before = len(outside(town))
    town.reply(ANA, "I agree with that.", to=town.last("ana@acme.example", "note"))
    assert posts(town)[-1] == ("team", "I agree with that.")
    assert len(outside(town)) == before


def test_the_author_decides_and_send_sends_it_as_it_is(each_town):
    town = each_town
    noted_case(town)
    text = f"Hello Carla,\n\nmy colleague says: {NOTE.upper()}"
    letters_ = town.reply(ANA, text, to=town.last("ana@acme.example", "message"))
    assert gist(letters_) == ASKED
    assert town.state() == "held"
    assert "CANCEL LAST MONTH" in letters_[0].text
    letters_ = town.reply(ANA, "send", to=letters_[0])
    assert ("message", "carla@gomez.example") in gist(letters_)
    assert "CANCEL LAST MONTH" in town.last("carla@gomez.example").text
    # Now everybody has it, and nobody is asked about it again.
    letters_ = town.reply(ANA, NOTE, to=town.last("ana@acme.example", "message"))
    assert ("message", "carla@gomez.example") in gist(letters_)


def test_a_note_that_quotes_the_customer_makes_no_secret_of_her_words(town):
    open_case(town, text="The import stops since Monday with every file I have.")
    anas = town.last("ana@acme.example", "message")
    quote = "The import stops since Monday with every file I have."
    town.reply(
        BO, f"/note\n{quote} Really?", to=town.last("bo@acme.example", "message")
    )
    letters_ = town.reply(ANA, f"You wrote: {quote}\n\nWhich files?", to=anas)
    assert ("message", "carla@gomez.example") in gist(letters_)


def test_signing_notes_and_answers_alike_is_no_leak(town):
    open_case(town)
    end = "\n\nKind regards\nAna Ruiz\nAcme Support"
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, f"/note\nI do it.{end}", to=anas)
    letters_ = town.reply(ANA, f"Which row?{end}", to=anas)
    assert ("message", "carla@gomez.example") in gist(letters_)


def test_a_letter_to_the_team_quoted_below_an_answer_is_left_out(town):
    noted_case(town)
    note = town.last("ana@acme.example", "note")
    hers = town.last("carla@gomez.example", "message")
    quoted = "\n".join(f"> {line}" for line in note.text.splitlines())
    text = f"We look at it.\n\nOn 20 Nov 2026 at 10:00, Bo wrote:\n{quoted}"
    town.reply(CARLA, "And now?", to=hers)
    letters_ = town.reply(ANA, text, to=town.last("ana@acme.example", "message"))
    assert ("message", "carla@gomez.example") in gist(letters_)
    got = town.last("carla@gomez.example").text
    assert "threatened" not in got
    assert "Only the team" not in got
    assert "- - -" not in got


def test_a_customer_who_quotes_a_leaked_note_is_held_and_learns_nothing(each_town):
    town = each_town
    noted_case(town)
    hers = town.last("carla@gomez.example", "message")
    letters_ = town.reply(CARLA, f"What is this? {NOTE}", to=hers)
    assert gist(letters_) == ASKED
    assert town.state() == "held"
    asked = letters_[0]
    letters_ = town.reply(ANA, "note", to=asked)
    assert {kind for kind, _ in gist(letters_)} == {"note"}
    assert posts(town)[-1][0] == "team"


def test_the_reason_of_an_invitation_is_read_by_everybody_too(town):
    noted_case(town)
    letters_ = town.reply(
        ANA,
        f"/invite max@gomez.example {NOTE}\n\nMax may know.",
        to=town.last("ana@acme.example", "message"),
    )
    assert gist(letters_) == ASKED
    assert town.state() == "held"


def test_what_was_sent_on_a_word_stands_there_once(town):
    noted_case(town)
    letters_ = town.reply(ANA, NOTE, to=town.last("ana@acme.example", "message"))
    town.reply(ANA, "send", to=letters_[0])
    assert town.state() == "done"
    assert sum(text == NOTE for lane, text in posts(town) if lane == "everyone") == 1


def test_the_operator_may_let_it_through_too(town):
    noted_case(town)
    town.reply(ANA, NOTE, to=town.last("ana@acme.example", "message"))
    assert town.state() == "held"
    assert ("message", "carla@gomez.example") in gist(town.release("admit"))


def test_both_lanes_are_threads_of_their_own(each_town):
    """E41: own root and subject, so that mail programs keep two conversations."""
    town = each_town
    noted_case(town)
    note = town.last("ana@acme.example", "note")
    town.reply(ANA, "I see.", to=note)
    notes = [each for each in town.letters if each.kind == "note"]
    messages = [each for each in town.letters if each.kind == "message"]
    root = re.compile(r"<([at])\.1\.[a-z2-7]+@acme\.example>")
    for each, kind in [
        *((one, "t") for one in notes),
        *((one, "a") for one in messages),
    ]:
        assert set(root.findall(str(each.mail["References"]))) == {kind}
        assert str(each.mail["Subject"]).startswith("Team: ") == (kind == "t")
    ids = {str(each.mail["Message-ID"]) for each in notes}
    for each in messages:
        assert not ids & set(str(each.mail["References"]).split())


def test_collision_waits_for_nobody_who_read_the_newer_answer(each_town):
    town = each_town
    taken_case(town)
    old = town.first("bo@acme.example", "message")
    letters_ = town.reply(BO, "Try commas.", to=old)
    assert gist(letters_) == [("confirmation", "bo@acme.example")]
    assert "Which row is it?" in letters_[0].text
    letters_ = town.reply(
        BO, "Or semicolons.", to=town.last("bo@acme.example", "message")
    )
    assert ("message", "carla@gomez.example") in gist(letters_)


def test_a_desk_may_do_without_the_collision_hold(town):
    town.change_desk(collision_hold=False)
    taken_case(town)
    old = town.first("bo@acme.example", "message")
    assert ("message", "carla@gomez.example") in gist(town.reply(BO, "Try.", to=old))


def test_a_note_is_published_once_by_whoever_and_in_its_writers_name(each_town):
    town = each_town
    noted_case(town)
    anas = town.last("ana@acme.example", "note")
    [asked] = town.reply(ANA, "/publish", to=anas)
    [again] = town.reply(ANA, "/publish", to=anas)
    before = len(outside(town))
    letters_ = town.reply(ANA, "yes", to=asked)
    assert len(outside(town)) == before + 1
    hers = town.last("carla@gomez.example", "message")
    assert NOTE in hers.text
    assert "Bo Berg, Acme Support" in str(hers.mail["From"])
    assert ("message", "bo@acme.example") not in gist(letters_)
    [late] = town.reply(ANA, "yes", to=again)
    assert "so it stays" in late.text
    assert len(outside(town)) == before + 1


def test_a_note_with_a_file_says_that_the_file_stays(town):
    open_case(town)
    bos = town.last("bo@acme.example", "message")
    town.reply(BO, "/note\nSee the row.", to=bos, files=[("row.bin", b"7")])
    [asked] = town.reply(ANA, "/publish", to=town.last("ana@acme.example", "note"))
    assert "Not along, because notes do not keep their files: row.bin." in asked.text


def test_nobody_but_the_team_publishes(town):
    noted_case(town)
    hers = town.last("carla@gomez.example", "message")
    letters_ = town.reply(CARLA, "/publish", to=hers)
    assert ("message", "ana@acme.example") in gist(letters_), "it is her text"
    assert not any(NOTE in each.text for each in outside(town))


def test_no_as_an_answer_leaves_it_a_note(town):
    noted_case(town)
    [asked] = town.reply(ANA, "/publish", to=town.last("ana@acme.example", "note"))
    assert town.reply(ANA, "no", to=asked) == []
    assert not any(NOTE in each.text for each in outside(town))


def test_below_the_line_stands_on_the_page_and_in_the_catch_up(town):
    taken_case(town)
    end = "\n\n-- \nAna Ruiz\nHead of imports, telephone 555 0100"
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, f"/invite lea@acme.example\n\nRow seven?{end}", to=anas)
    town.reply("Lea <lea@acme.example>", "yes", to=town.last("lea@acme.example"))
    joined = town.last("lea@acme.example", "confirmation").text
    assert "telephone 555 0100" in joined
    link = re.search(r"/a/v-[a-z2-7]{26}", town.last("carla@gomez.example").text)
    with TestClient(build(town.house, clock=lambda: town.now)) as web:
        assert "telephone 555 0100" in web.get(link[0]).text


def test_a_guest_who_came_later_gets_no_old_text_by_a_quote(town):
    """D34: a quote of what was said before is left out of every copy."""
    taken_case(town, "The third row holds a date that nobody can read at all.")
    hers = town.last("carla@gomez.example", "message")
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=anas)
    town.reply(MAX, "yes", to=town.last("max@gomez.example", "invitation"))
    town.reply(CARLA, "I see.\n\n-- \nCarla, telephone 555 0200", to=hers)
    got = town.last("max@gomez.example", "message").text
    assert "telephone 555 0200" in got
    assert "a date that nobody can read" not in got


SECRETS = (
    NOTE,
    "They pay late, and their lawyer writes to us every second month.",
    "Never give them more than ten per cent, whatever they say to you.",
)
RULE = re.compile(r"\n(?:---|- - -)\n")
FRAMES = ("{}", "Hello,\n{}\nAna", "> {}\nreally?", "a {} b")


@st.composite
def answers(draw):
    """A secret, and an answer with a piece of it, wrapped, quoted or shouted."""
    secret = draw(st.sampled_from(SECRETS))
    start, length = draw(st.integers(0, 30)), draw(st.integers(5, 70))
    width = draw(st.integers(8, 60))
    lines = textwrap.wrap(secret[start : start + length], width) or [""]
    piece = "\n> ".join(lines)
    piece = piece.upper() if draw(st.booleans()) else piece
    return secret, draw(st.sampled_from(FRAMES)).format(piece) + "\n\nWhich row?"


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(said=answers())
def test_no_run_of_any_team_text_reaches_a_copy_unasked(town, said):
    """However much of a note finds its way into an answer (E40)."""
    secret, answer = said
    before = len(town.letters)
    customer = f"guest{before}@gomez.example"
    town.write(customer, DESK, f"Case {customer}", "The import stops.")
    anas = town.last("ana@acme.example", "message")
    town.reply(BO, f"/note\n{secret}", to=town.last("bo@acme.example", "message"))
    town.reply(ANA, answer, to=anas)
    team = letters(secret)
    runs = {team[at : at + RUN] for at in range(len(team) - RUN + 1)}
    copies = [each for each in town.letters[before:] if each.to == customer]
    # Between our lines and theirs a run may come about that nobody wrote.
    pieces = [piece for each in copies for piece in RULE.split(each.text)]
    for piece in pieces:
        assert not any(run in letters(piece) for run in runs)
    # What is taken for a quote is left out, all else is held; nothing else is.
    is_held = town.state() == "held"
    assert len(copies) == (1 if is_held else 2)
    if is_held:
        assert any(run in letters(answer) for run in runs)

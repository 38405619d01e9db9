"""Which commands are obeyed, which are asked about, which are prose (decisions E39)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.routing.decision import Ask
from gateway.routing.instructions import FOR_EVERYONE, FOR_THE_TEAM, instructions
from gateway.routing.proof import Proof
from parsers.command import KNOWN
from tests.routing.build import (
    ANA_WRITES,
    CARLA_WRITES,
    GUS_WRITES,
    by_token,
    commands,
    desk,
)


def ask(word, nearest="", *, refused=False):
    return Ask(word=word, nearest=nearest, refused=refused)


@pytest.mark.parametrize(
    ("lines", "stray", "said"),
    [
        ([], [], ()),
        (["/note"], [], commands("/note")),
        (["/Take", "/resolve"], [], commands("/Take", "/resolve")),
        # Misspelt, swapped, of another system: nothing is guessed and done.
        (["/ntoe"], [], ask("/ntoe", "/note")),
        (["/reslove it"], [], ask("/reslove", "/resolve")),
        (["/xyzzy"], [], ask("/xyzzy")),
        (["/note", "/tkae"], [], ask("/tkae", "/take")),
        # Known to the house, but there is no deed for it.
        (["/problem"], [], ask("/problem")),
        # It stands above no text: the note that it answers shall go out (E47).
        (["/publish"], [], ask("/publish", refused=True)),
        # Alone on a line further down.
        ([], ["/note"], ask("/note", "/note")),
        ([], ["/note they pay late"], ask("/note", "/note")),
        (["/take"], ["/resolve"], ask("/resolve", "/resolve")),
        (["/ntoe"], ["/note"], ask("/ntoe", "/note")),
    ],
)
def test_staff(lines, stray, said):
    given = by_token(
        ANA_WRITES, commands=commands(*lines), stray_commands=commands(*stray)
    )
    assert instructions(given) == said


@pytest.mark.parametrize("who", [CARLA_WRITES, GUS_WRITES], ids=["customer", "guest"])
@pytest.mark.parametrize(
    ("lines", "stray", "said"),
    [
        (["/mute"], [], commands("/mute")),
        (["/invite bo@acme.example"], [], commands("/invite bo@acme.example")),
        (["/resolve"], [], ()),
        (["/opt is full", "/who"], [], commands("/who")),
        (["/mtue"], [], ()),
        ([], ["/leave"], ()),
        ([], ["/note"], ()),
        (["/note"], [], ask("/note", refused=True)),
        (["/mute", "/note she lies"], [], ask("/note she lies", refused=True)),
    ],
)
def test_customers_and_guests(who, lines, stray, said):
    given = by_token(who, commands=commands(*lines), stray_commands=commands(*stray))
    assert instructions(given) == said


@pytest.mark.parametrize("who", [CARLA_WRITES, ANA_WRITES], ids=["customer", "staff"])
def test_after_post_nothing_is_a_command(who):
    given = by_token(
        who,
        commands=commands("/note", "/ntoe"),
        stray_commands=commands("/take"),
        released="post",
    )
    assert instructions(given) == ()


@pytest.mark.parametrize(
    ("level", "line", "said"),
    [
        (Proof.BEARER, "/resolve", ask("/resolve", refused=True)),
        (Proof.BEARER, "/invite cleo@example.com", ask("/invite", refused=True)),
        (Proof.BEARER, "/note", commands("/note")),
        (Proof.BEARER, "/mute", commands("/mute")),
        (Proof.VERIFIED, "/resolve", commands("/resolve")),
    ],
)
def test_a_desk_may_demand_verified_staff(level, line, said):
    strict = desk(staff_proof="verified")
    given = by_token(ANA_WRITES, desk=strict, proof=level, commands=commands(line))
    assert instructions(given) == said


def test_a_desk_that_is_gone_demands_nothing():
    given = by_token(ANA_WRITES, desk=None, commands=commands("/resolve"))
    assert instructions(given) == commands("/resolve")


def test_what_may_be_commanded_is_known_to_the_parser():
    assert FOR_EVERYONE < FOR_THE_TEAM <= KNOWN
    assert "note" not in FOR_EVERYONE


words = st.sampled_from([*sorted(KNOWN), "ntoe", "opt", "etc"]).map("/{}".format)


@given(st.lists(words, max_size=4), st.lists(words, max_size=2))
def test_from_staff_all_is_obeyed_or_all_is_asked(lines, strays):
    found = instructions(
        by_token(
            ANA_WRITES, commands=commands(*lines), stray_commands=commands(*strays)
        )
    )
    # Above a text, as here, some commands are not clear.
    allowed = FOR_THE_TEAM - {"followup", "move", "publish", "redact"}
    clear = not strays and {line[1:] for line in lines} <= allowed
    assert found == commands(*lines) if clear else isinstance(found, Ask)

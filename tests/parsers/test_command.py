"""Commands stand at the top; what looks like one further down is at least seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.command import KNOWN, MOST, Command, nearest, read_commands, stray


def words(text):
    return [(one.word, one.argument) for one in read_commands(text)[0]]


def test_lines_at_the_top_are_commands_and_the_rest_is_prose():
    text = "\n/Invite bo@x.example she knows  \n\n  /note\nHello Carla\n/leave\n"
    commands, prose = read_commands(text)
    assert commands == (
        Command("invite", "bo@x.example she knows", "/Invite bo@x.example she knows"),
        Command("note", "", "/note"),
    )
    assert prose == "Hello Carla\n/leave"


@pytest.mark.parametrize(
    "text",
    [
        "Hello\n/note",
        "/usr/bin/env",
        "/ note",
        "/",
        "/2 apples",
        "//note",
        "",
        "/no-te",
    ],
)
def test_what_is_prose(text):
    assert read_commands(text) == ((), text)


def test_an_unknown_word_is_a_command_too():
    assert words("/ntoe secret") == [("ntoe", "secret")]
    assert words("/überprüfen") == [("überprüfen", "")]
    assert words("\ufeff/note\u200b") == [("note", "")]


def test_line_ends_of_every_kind():
    assert words("/mute\r\n/leave\r\nbye") == [("mute", ""), ("leave", "")]


def test_endless_commands_end():
    commands, prose = read_commands("/note\n" * 20_000)
    assert len(commands) == MOST
    assert prose.startswith("/note")


def test_known_commands_under_a_greeting_are_seen():
    found = stray(
        "Hi Ana,\n/note\nthey never pay\n/resolve all good\n/etc is full\n/x/y"
    )
    assert [one.line for one in found] == ["/note", "/resolve all good"]
    assert stray("please do not /leave me") == ()
    assert len(stray("hi\n" + "/note\n" * 1000)) == MOST


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("ntoe", "note"),
        ("invit", "invite"),
        ("resolv", "resolve"),
        ("hlep", "help"),
        ("note", "note"),
        ("wh", "who"),
        ("xyzzy", ""),
        ("q", ""),
        ("", ""),
        ("n" * 10_000, ""),
    ],
)
def test_the_nearest_word(word, meant):
    assert nearest(word, KNOWN) == meant


def test_nearest_of_nothing():
    assert nearest("note", ()) == ""


@given(st.text(alphabet=st.sampled_from("/abnote \r\n\t\u2028x"), max_size=200))
def test_nothing_raises_and_no_prose_is_lost(text):
    commands, prose = read_commands(text)
    kept = [line.strip() for line in text.split("\n") if line.strip()]
    shown = [one.line.strip() for one in commands if one.line.strip()]
    shown += [line.strip() for line in prose.split("\n") if line.strip()]
    assert shown == kept
    stray(text)

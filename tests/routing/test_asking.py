"""One word answers a question of ours, as a command or bare."""

import pytest

from gateway.routing.asking import ANSWERS, Asking, answer_to
from parsers.answer import yes_or_no
from tests.routing.build import commands


@pytest.mark.parametrize(
    ("asking", "text", "meant"),
    [
        (Asking.ADMIT, "/admit", "admit"),
        (Asking.ADMIT, "/admit once", "admit once"),
        (Asking.ADMIT, "Admit once.\n\nAna", "admit once"),
        (Asking.ADMIT, "yes, please", "admit"),
        (Asking.ADMIT, "nein", "refuse"),
        (Asking.ADMIT, "/spam", "spam"),
        (Asking.ADMIT, "who is that?", ""),
        (Asking.IS_IT_YOU, "Ja, gerne", "yes"),
        (Asking.IS_IT_YOU, "no", "no"),
        (Asking.IS_IT_YOU, "/admit", ""),
        (Asking.TEAM_TEXT, "send", "send"),
        (Asking.TEAM_TEXT, "/note", "note"),
        (Asking.TEAM_TEXT, "yes", ""),
        (Asking.COLLISION, "post", "send"),
        (Asking.PUBLISH, "publish", "yes"),
        (Asking.PUBLISH, "oui", "yes"),
        (Asking.MACHINE, "open", "open"),
        (Asking.UNKNOWN_COMMAND, "/note", "/note"),
        (Asking.UNKNOWN_COMMAND, "Post, please", "post"),
        (Asking.UNKNOWN_COMMAND, "yes", ""),
        (Asking.LIST, "#3 open\n#4 refuse", "#3 open\n#4 refuse"),
        (Asking.LIST, "open", ""),
        (Asking.ADMIT, "", ""),
    ],
)
def test_the_word_of_an_answer(asking, text, meant):
    is_command = text.startswith("/")
    given = commands(text) if is_command else ()
    prose = "" if is_command else text
    assert answer_to(asking, given, prose, yes_or_no(prose)) == meant


@pytest.mark.parametrize("asking", ANSWERS)
def test_every_answer_is_understood_as_itself(asking):
    for word in ANSWERS[asking]:
        assert answer_to(asking, (), word, yes_or_no(word)) == word
        assert answer_to(asking, commands(f"/{word}"), "", "") == word

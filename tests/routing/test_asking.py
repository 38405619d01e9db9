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
        (Asking.DIGEST, "Help  on.", "Help on."),
        (Asking.DIGEST, "no help!", "no help!"),
        (Asking.DIGEST, "help", ""),
        (Asking.LIST, "help on", ""),
        (Asking.ADMIT, "", ""),
        (Asking.ADMIT, "Hereinlassen", "admit"),
        (Asking.ADMIT, "Seulement cet e-mail.", "admit once"),
        (Asking.ADMIT, "No deseado", "spam"),
        (Asking.ADMIT, "はい、お願いします", "admit"),
        (Asking.ADMIT, "拒否します。", "refuse"),
        (Asking.ADMIT, "¿Abrir?", ""),
        (Asking.ADMIT, "認めますか\uff1f", ""),
        (Asking.TEAM_TEXT, "Abschicken, bitte", "send"),
        (Asking.TEAM_TEXT, "Note interne", "note"),
        (Asking.TEAM_TEXT, "Solo para el equipo", "note"),
        (Asking.TEAM_TEXT, "Publier tel quel", "send"),
        (Asking.COLLISION, "送信する", "send"),
        (Asking.PUBLISH, "Veröffentlichen!", "yes"),
        (Asking.PUBLISH, "Publier", "yes"),
        (Asking.PUBLISH, "Publíquelo, por favor", "yes"),
        (Asking.PUBLISH, "公開してください", "yes"),
        (Asking.PUBLISH, "Publier demain ?", ""),
        (Asking.PUBLISH, "We publish it tomorrow", ""),
        (Asking.FORM, "Ein Formular", "form"),
        (Asking.FORM, "C\u2019est moi", "mine"),
        (Asking.WHO_WROTE, "Fui yo", "mine"),
        (Asking.WHICH_CASE, "Résolu", "solved"),
        (Asking.UNKNOWN_COMMAND, "Publicar tal cual", "post"),
        (Asking.UNKNOWN_COMMAND, "そのまま投稿する", "post"),
        (Asking.UNKNOWN_COMMAND, "Oui", ""),
        (Asking.MACHINE, "Un dossier", "open"),
        (Asking.FORWARD, "Fall eröffnen", "yes"),
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

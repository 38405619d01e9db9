"""`/help`: every command there is, and none that there is not (decisions E49)."""

import re

from gateway.routing.instructions import FOR_THE_TEAM

TO_A_DESK = {"find", "mine", "open", "queue", "show"}


def test_the_page_names_every_command_and_no_other(web):
    shown = web.get("/help")
    assert shown.status_code == 200
    named = set(re.findall(r"<code[^>]*>(.*?)</code>", shown.text))
    words = {each for line in named for each in re.findall(r"/([a-z]+)", line)}
    assert words == (FOR_THE_TEAM - {"help"}) | TO_A_DESK


def test_it_speaks_the_readers_language(web):
    shown = web.get("/help", headers={"Accept-Language": "de"})
    assert "Alle Befehle" in shown.text
    assert web.head("/help").status_code == 200

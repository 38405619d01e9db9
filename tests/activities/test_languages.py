"""Whoever writes is answered in their language, else in the desk's."""

import re
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from gateway.web.app import build
from tests.activities.people import ANA, CARLA, DESK, MAX, open_case
from tests.town import ACME

FRENCH = "Bonjour, depuis la mise à jour, l'importation ne marche pas. Que faire ?"
ENGLISH = "Hello, since the update the import is not what it was. What do I do?"
ROWS = [
    ("en", FRENCH, "Merci"),
    ("en", "Hola, desde ayer no puedo importar los datos y no sé por qué.", "Gracias"),
    ("en", "インポートが止まります。どうすればいいですか。", "ありがとうございます"),
    ("en", "Guten Tag, seit dem Update geht der Import nicht. Was ist das?", "Danke"),
    ("en", ENGLISH, "Thank you"),
    ("de", ENGLISH, "Thank you"),
    ("fr", "Buongiorno, non posso importare i dati e non so che fare.", "Merci"),
    ("de", "Rows twice.", "Danke"),
]


def page_of(letter):
    return re.search(r"/a/v-[a-z2-7]{26}", letter.text)[0]


@pytest.mark.parametrize(("desk", "text", "thanks"), ROWS)
def test_a_customer_is_thanked_in_the_language_they_wrote(
    make_town, desk, text, thanks
):
    town = make_town(desks=(replace(ACME, language=desk, acknowledge="full"),))
    town.write(CARLA, DESK, "Import", text)
    said = town.last("carla@gomez.example", "acknowledgement").text
    assert thanks in said


def test_the_first_language_stays_and_is_nobody_elses(make_town):
    town = make_town()
    with TestClient(build(town.house, clock=lambda: town.now)) as web:
        town.write(CARLA, DESK, "Importation", FRENCH)
        team = town.last("ana@acme.example")
        assert "Your reply goes to Carla" in team.text
        town.reply(ANA, "/invite max@gomez.example\n\nHere it is.", to=team)
        hers = town.last("carla@gomez.example", "message")
        assert "Ici avec vous" in hers.text.replace("\u00a0", " ")
        page = web.get(page_of(hers), headers={"Accept-Language": "de"}).text
        assert '<html lang="fr"' in page
        invited = town.last("max@gomez.example", "invitation")
        assert (
            '<html lang="de"'
            in web.get(
                f"/i/{invited.link('i')}", headers={"Accept-Language": "de"}
            ).text
        ), "nobody knows the language of who never wrote"

        town.reply(CARLA, ENGLISH, to=hers)
        town.reply(ANA, "I see.", to=team)
        assert "Ici avec vous" in town.last(
            "carla@gomez.example", "message"
        ).text.replace("\u00a0", " ")

        town.reply(
            MAX, "Ja gerne, ich kann das heute noch für Sie ansehen.", to=invited
        )
        assert "Sie sind jetzt bei" in town.last("max@gomez.example").text


def test_a_forged_mail_changes_nobodys_language(make_town):
    town = make_town()
    open_case(town)
    town.write(CARLA, DESK, "Autre chose", FRENCH)
    town.reply(ANA, "Here.", to=town.last("ana@acme.example", "message"))
    assert "Here with you" in town.last("carla@gomez.example", "message").text

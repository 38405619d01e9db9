"""`/c/TOKEN`: the one link of a probe; GET asks, POST is the answer (B2, T9)."""

import pytest

from gateway.routing.asking import Asking
from parsers.reply_address import Purpose, number
from storage.address_health import AddressHealth, Health
from storage.question import Question
from tests.web.conftest import NOW

MEIS = "mei@acme.example"


@pytest.fixture
def probe(case):
    """A probe that Mei was sent, whose mail came back."""
    with case.house.database.transaction() as session:
        session.add(AddressHealth(key=MEIS, state=Health.PROBING, since=NOW))
        question = Question(
            asking=Asking.REACHED,
            person_id=case.seat("mei").person_id,
            asked_at=NOW,
            activity_id=case.activity,
            values={"address": MEIS},
        )
        session.add(question)
        session.flush()
        token = case.house.sealer.seal(Purpose.CONFIRM, number(question.id))
    return f"/c/{token}"


def state(case):
    with case.house.database.reading() as session:
        return session.get_one(AddressHealth, MEIS).state


def test_looking_changes_nothing_and_pressing_is_the_answer(web, case, probe):
    shown = web.get(probe)
    assert shown.status_code == 200
    assert "Does mail from Acme Support reach you?" in shown.text
    assert state(case) is Health.PROBING
    for _ in range(2):
        shown = web.post(probe, data={"answer": "yes"})
        assert shown.status_code == 200
        assert "Thank you" in shown.text
        assert state(case) is Health.OK


def test_it_speaks_the_language_of_the_browser(web, probe):
    shown = web.get(probe, headers={"Accept-Language": "de"})
    assert "Kommt Post von Acme Support bei Ihnen an?" in shown.text


def test_no_other_token_opens_it(web, case):
    for purpose in (Purpose.CONFIRM, Purpose.INVITATION, Purpose.EVERYONE):
        token = case.token(purpose, "mei")
        assert web.get(f"/c/{token}").status_code == 404
        assert web.post(f"/c/{token}", data={"answer": "yes"}).status_code == 404

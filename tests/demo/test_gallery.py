"""The gallery shows every kind of letter, in every language and for any name."""

import pytest

from gateway.demo.cast import read_casts
from gateway.demo.gallery import picture
from gateway.demo.specimens import SPECIMENS
from templates import catalogue
from tests.templates.specimens import SPECIMENS as ALL


def test_every_kind_of_letter_hangs_in_the_gallery():
    shown = {picture(name, "plain", "en").mail.kind for name in SPECIMENS}
    assert shown >= {str(one.kind) for one in ALL.values()}


@pytest.mark.parametrize("people", read_casts())
@pytest.mark.parametrize("name", SPECIMENS)
def test_a_letter_has_both_twins_whoever_writes_it(name, people):
    for language in sorted(catalogue.spoken()):
        letter = picture(name, people, language)
        assert letter.title
        assert letter.mail.text.strip()
        assert "<body" in letter.document
        assert "http" not in letter.document

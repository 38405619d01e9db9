"""The story of the main job through each door, with a real `parlour serve` behind it.

`tests/test_dialogues.py` plays all dialogues through the doors, with time in its hand.
"""

import pytest

from tests.carrier import ByImap, ByPostfix, Carrier
from tests.cli.served import parlour
from tests.postfix import free_ports
from tests.test_dialogues import (
    DIALOGUES,
    check_state,
    check_texts,
    play,
    read_dialogue,
)
from tests.town import gist

#: `parlour serve` is started more than once; a machine may be slow.
pytestmark = pytest.mark.timeout(300)

(THREE_ROUNDS,) = (path for path in DIALOGUES if path.stem == "three-rounds")


@pytest.fixture(params=["smtp", "postfix", "imap"])
def carrier(request):
    """Each way by which mail comes and letters go."""
    match request.param:
        case "smtp":
            straight = Carrier()
            (straight.sink_port,) = free_ports(1)
            return straight
        case "postfix":
            return ByPostfix(request.getfixturevalue("postfix"))
        case "imap":
            return ByImap(request.getfixturevalue("imap_server"))


def test_the_story_of_three_rounds(make_town, carrier):
    _, steps = read_dialogue(THREE_ROUNDS)
    with make_town(carrier) as town:
        for step in steps:
            letters = play(town, step)
            expected = sorted((each.kind, each.to) for each in step.letters)
            assert gist(letters) == expected, step.act
            check_texts(step, letters)
            check_state(town, step)
        assert all(
            letter.kept.mail_from.startswith("support+b-") for letter in town.letters
        )
        assert town.inbound(1).sender == "carla@gomez.example"
        assert not [line for line in town.log if " error " in line], town.log
        town.stop()
        done = parlour("check", "--no-mail", folder=town.folder)
    assert "ok      invariants" in done.stdout, done.stdout

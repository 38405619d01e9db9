"""What of a post's ways others may know (complaints 3.4)."""

import pytest

from gateway.routing.facts import Standing
from gateway.routing.hearing import Heard
from gateway.routing.receipt import Got, from_outside, without_copy

EVERYBODY = frozenset(Standing)
HERE = frozenset({Standing.JOINED, Standing.LEFT})


@pytest.mark.parametrize(
    ("got", "told"),
    [
        (Got.SENT, Got.REACHED),
        (Got.DIRECT, Got.REACHED),
        (Got.WAITING, Got.NOT_YET),
        (Got.DEFERRED, Got.NOT_YET),
        (Got.GIVEN_UP, Got.NOT_REACHED),
        (Got.CANCELLED, Got.NOT_REACHED),
        (Got.BOUNCED, Got.NOT_REACHED),
        (Got.UNREACHABLE, Got.NOT_REACHED),
        (Got.DIGEST, Got.NOT_AT_ONCE),
        # That somebody muted is told to nobody outside the team.
        (Got.MUTED, Got.NOT_AT_ONCE),
        (Got.REFUSED, Got.NOT_AT_ONCE),
        (Got.LEFT, Got.LEFT),
        *((got, None) for got in (Got.AUTHOR, Got.INVITED, Got.DECLINED, Got.LANE)),
        *((got, None) for got in (Got.LISTEN, Got.LATER, Got.WOULD)),
    ],
)
def test_what_those_outside_the_team_are_told(got, told):
    for standing in HERE:
        assert from_outside(got, standing) is told
    # Of the team that was told of a case, those who were mailed.
    was_mailed = told in {Got.REACHED, Got.NOT_YET, Got.NOT_REACHED}
    assert from_outside(got, Standing.TOLD) is (told if was_mailed else None)
    for standing in EVERYBODY - HERE - {Standing.TOLD}:
        assert from_outside(got, standing) is None


def test_every_way_of_hearing_but_a_copy_has_its_word():
    ways = {without_copy(heard, "") for heard in Heard if heard is not Heard.COPY}
    assert len(ways) == len(Heard) - 1
    assert without_copy(Heard.GONE, "declined") is Got.DECLINED
    with pytest.raises(KeyError):
        without_copy(Heard.COPY, "team")

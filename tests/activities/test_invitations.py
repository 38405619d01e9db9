"""Who may be asked, how often, and what Cc does and does not do (C30, D31, T8)."""

from dataclasses import replace

import pytest

from tests.activities.people import (
    ANA,
    CARLA,
    DESK,
    MAX,
    MEI,
    open_case,
    taken_case,
    verified,
)
from tests.town import ACME, gist

SERVER = "mx.acme.example"


def invited(letters):
    return sorted(each.to for each in letters if each.kind == "invitation")


def test_a_guest_invites_but_says_nothing_in_our_name(town):
    """T8: free text and excerpts only from staff inviters."""
    taken_case(town)
    carlas = town.last("carla@gomez.example", "message")
    letters = town.reply(
        CARLA, "/invite max@gomez.example buy my watches at once", to=carlas
    )
    assert invited(letters) == ["max@gomez.example"]
    letter = town.last("max@gomez.example")
    assert "watches" not in letter.kept.octets.decode()
    assert "stops since Monday" not in letter.text
    assert "Carla Gomez" in letter.text


def test_five_outsiders_a_case_and_colleagues_do_not_count(town):
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    asked = "\n".join(f"/invite guest{each}@elsewhere.example" for each in range(7))
    letters = town.reply(ANA, f"{asked}\n/invite lea@acme.example", to=anas)
    assert invited(letters) == [
        *(f"guest{each}@elsewhere.example" for each in range(5)),
        "lea@acme.example",
    ]
    answer = " ".join(town.last("ana@acme.example", "confirmation").text.split())
    assert "Not invited: guest5@elsewhere.example" in answer
    assert "Not invited: guest6@elsewhere.example" in answer


def test_twenty_a_day_by_one_inviter_and_three_a_month_of_one_person(make_town):
    town = make_town(trusted=(SERVER,))
    total = []
    for case in range(6):
        head = [verified("gomez.example")]
        text = f"Matter {case} is broken."
        town.write(CARLA, DESK, f"Matter {case} of many", text, headers=head)
        asked = [f"/invite g{case}x{each}@elsewhere.example" for each in range(3)]
        asked.insert(0, "/invite often@elsewhere.example")
        anas = town.last("ana@acme.example", "message")
        total.append(invited(town.reply(ANA, "\n".join(asked), to=anas)))
        town.pass_time(minutes=31)
    assert [len(each) for each in total] == [4, 4, 4, 3, 3, 2]
    assert [each for each in total if "often@elsewhere.example" in each] == total[:3]


def test_cc_of_an_unproved_mail_is_only_suggested(town):
    """T4: a forged customer with the attacker in Cc."""
    cc = [("Cc", "evil@elsewhere.example")]
    letters = town.write(CARLA, DESK, "Import fails", "Tell us all.", headers=cc)
    assert invited(letters) == []
    assert "evil@elsewhere.example" in town.last("ana@acme.example").text
    assert "evil@elsewhere.example" not in town.last("carla@gomez.example").text


def test_cc_of_a_proved_mail_invites_five_and_suggests_the_others(make_town):
    town = make_town(trusted=(SERVER,))
    guests = [f"guest{each}@elsewhere.example" for each in range(7)]
    never = [
        "noreply@elsewhere.example",
        "list-request@elsewhere.example",
        "bo@acme.example",
        DESK,
    ]
    head = [("Cc", ", ".join([*never, *guests])), verified("gomez.example")]
    letters = town.write(CARLA, DESK, "Import fails", "For all.", headers=head)
    assert invited(letters) == guests[:5]
    told = town.last("ana@acme.example").text
    assert all(guest in told for guest in guests[5:])
    assert not any(guest in told for guest in (*guests[:5], *never))
    # One invitation and nothing else, however often they stand in Cc.
    carlas = town.last("carla@gomez.example")
    letters = town.reply(CARLA, "Again, for all.", to=carlas, headers=head[:1])
    assert invited(letters) == []
    # Bo stands in Cc himself (D43).
    assert gist(letters) == [("message", "ana@acme.example")]


@pytest.mark.parametrize("cc", ["suggest", "ignore"])
def test_a_desk_may_want_no_invitations_by_cc(make_town, cc):
    town = make_town(desks=(replace(ACME, cc=cc),), trusted=(SERVER,))
    head = [("Cc", "max@gomez.example"), verified("gomez.example")]
    letters = town.write(CARLA, DESK, "Import fails", "For Max, too.", headers=head)
    assert invited(letters) == []
    assert ("max@gomez.example" in town.last("ana@acme.example").text) == (
        cc == "suggest"
    )


def test_an_invitation_can_be_answered_to_the_plain_address(town):
    """Its id was written to nobody else: a bearer (mail-rules 0)."""
    taken_case(town)
    town.reply(ANA, "/invite mei@elsewhere.example", to=town.last("ana@acme.example"))
    letter = town.last("mei@elsewhere.example")
    back = [("In-Reply-To", str(letter.mail["Message-ID"]))]
    letters = town.write(MEI, DESK, "Re: You are asked", "Yes", headers=back)
    assert gist(letters) == [("confirmation", "mei@elsewhere.example")]


def test_an_invitation_that_was_made_anew_turns_the_old_one(town):
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite max@gomez.example", to=anas)
    old = town.last("max@gomez.example")
    town.reply(MAX, "yes", to=old)
    town.reply(MAX, "/leave", to=town.last("max@gomez.example"))
    town.reply(ANA, "/invite max@gomez.example please do", to=anas)
    new = town.last("max@gomez.example", "invitation")
    assert new is not old
    letters = town.reply(MAX, "yes", to=old, forgets=["In-Reply-To", "References"])
    assert gist(letters) == [("notice", "ana@acme.example")]
    assert gist(town.reply(MAX, "yes", to=new)) == [
        ("confirmation", "max@gomez.example")
    ]


def test_until_they_join_they_get_and_see_nothing_else(town):
    open_case(town)
    anas = town.last("ana@acme.example")
    town.reply(ANA, "/invite mei@elsewhere.example\n\nMei, please look.", to=anas)
    town.reply(ANA, "One more.", to=anas)
    town.reply(CARLA, "And I.", to=town.last("carla@gomez.example"))
    mine = [each for each in town.letters if each.to == "mei@elsewhere.example"]
    assert [each.kind for each in mine] == ["invitation"]
    assert "Mei" not in town.last("carla@gomez.example", "message").text.split("---")[1]


def test_an_id_that_others_hold_does_not_speak_for_the_invited(town):
    """T3: every reader of a post holds its id; only the invitation's is theirs."""
    taken_case(town)
    carlas = town.last("carla@gomez.example", "message")
    anas = town.last("ana@acme.example", "message")
    assert invited(town.reply(ANA, "/invite mei@elsewhere.example", to=anas))
    seen = ("In-Reply-To", str(carlas.mail["Message-ID"]))
    letters = town.write(MEI, DESK, "Re: Import fails", "I am in.", headers=[seen])
    # A case of her own, as for anybody else.
    assert gist(letters) == [
        ("acknowledgement", "mei@elsewhere.example"),
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]


def test_the_invitation_is_answered_to_the_plain_address(town):
    taken_case(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(ANA, "/invite mei@elsewhere.example", to=anas)
    own = ("In-Reply-To", str(town.last("mei@elsewhere.example").mail["Message-ID"]))
    letters = town.write(MEI, DESK, "Re: an invitation", "yes", headers=[own])
    assert gist(letters) == [("confirmation", "mei@elsewhere.example")]

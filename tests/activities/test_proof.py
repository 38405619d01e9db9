"""What is believed of a sender, and what they get for it (mail-rules 0, T1, T2, T7)."""

import pytest

from tests.activities.people import ANA, CARLA, DESK, MAX, open_case, verified
from tests.town import gist

SERVER = "mx.acme.example"
PROVED = verified("gomez.example")
FAILED = (
    "Authentication-Results",
    f"{SERVER}; dmarc=fail (p=reject) header.from=gomez.example",
)


def acknowledged(town, *headers, subject="Import fails"):
    """Which acknowledgement a first mail gets: full, neutral or none."""
    letters = town.write(
        CARLA, DESK, subject, "The import stops since Monday.", headers=headers
    )
    found = [each for each in letters if each.kind == "acknowledgement"]
    if not found:
        return "none"
    text = " ".join(found[0].text.split())
    if subject in text and "The import stops since Monday." in text:
        return "full"
    # T7: nothing of theirs, neither words nor name nor subject.
    whole = found[0].kept.octets.decode().replace("!important", "")
    assert "import" not in whole.lower()
    assert "Carla" not in whole
    return "neutral"


def test_the_acknowledgement_says_no_more_than_is_proved(make_town):
    town = make_town(trusted=(SERVER,))
    assert acknowledged(town, PROVED) == "full"
    assert acknowledged(town, subject="Another matter") == "neutral"
    assert acknowledged(town, FAILED, subject="A third matter") == "none"
    assert gist(town.letters[-2:]) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]


def test_an_untrusted_peer_may_say_nothing(make_town):
    """T2, decisions A13: its headers are stripped, whatever server they name."""
    town = make_town(trusted=(SERVER,), trusted_peers=("192.0.2.1",))
    assert acknowledged(town, PROVED) == "neutral"
    assert acknowledged(town, FAILED, subject="Another matter") == "neutral"


def test_of_two_writers_none_is_proved(make_town):
    """T2: a server that says only "pass" may have meant the other one."""
    town = make_town(trusted=(SERVER,))
    both = f"{CARLA}, x@evil.example"
    said = ("Authentication-Results", f"{SERVER}; dmarc=pass")
    letters = town.write(both, DESK, "Import fails", "It stops.", headers=(said,))
    kinds = [each for each in letters if each.kind == "acknowledgement"]
    assert all("It stops." not in each.text for each in kinds)


@pytest.mark.parametrize(
    "said",
    [
        "mx.evil.example; dmarc=pass header.from=gomez.example",
        f"{SERVER}.evil.example; dmarc=pass header.from=gomez.example",
        f"{SERVER}; dmarc=pass header.from=elsewhere.example",
        f"{SERVER}; spf=pass smtp.mailfrom=x.example; dkim=pass header.d=x.example",
        f'{SERVER}; none reason="dmarc=pass header.from=gomez.example"',
        f"{SERVER}; none (dmarc=pass header.from=gomez.example)",
    ],
)
def test_what_does_not_count_as_proof(make_town, said):
    town = make_town(trusted=(SERVER,))
    assert acknowledged(town, ("Authentication-Results", said)) == "neutral"


@pytest.mark.parametrize(
    "said",
    [
        f"{SERVER}; dkim=pass header.d=gomez.example",
        f"{SERVER}; spf=pass smtp.mailfrom=carla@gomez.example",
        f"{SERVER} 1; arc=none; dmarc=pass (p=reject) header.from=gomez.example",
    ],
)
def test_what_counts_as_proof(make_town, said):
    town = make_town(trusted=(SERVER,))
    assert acknowledged(town, ("Authentication-Results", said)) == "full"


def test_only_the_topmost_word_of_our_server_counts(make_town):
    """What stands below came along with the mail."""
    town = make_town(trusted=(SERVER,))
    none = ("Authentication-Results", f"{SERVER}; dmarc=none")
    assert acknowledged(town, none, PROVED) == "neutral"
    assert acknowledged(town, FAILED, PROVED, subject="Another") == "none"


SEALED = (
    ("Authentication-Results", f"{SERVER}; arc=pass; {FAILED[1].split('; ')[1]}"),
    ("ARC-Seal", "i=1; a=rsa-sha256; cv=none; d=lists.example; s=a; b=AAAA"),
    (
        "ARC-Authentication-Results",
        "i=1; mx.lists.example; dmarc=pass header.from=gomez.example",
    ),
)


def _said_otherwise(number, old, new):
    name, value = SEALED[number]
    return (*SEALED[:number], (name, value.replace(old, new)), *SEALED[number + 1 :])


def test_a_listed_forwarder_vouches_for_whom_it_broke(make_town):
    """Table R2: unproved then, not forged; and never more than that."""
    town = make_town(trusted=(SERVER,), sealers=("lists.example",))
    assert acknowledged(town, *SEALED) == "neutral"


@pytest.mark.parametrize(
    ("headers", "sealers"),
    [
        (SEALED, ()),
        (SEALED, ("elsewhere.example",)),
        (_said_otherwise(0, "arc=pass", "arc=fail"), ("lists.example",)),
        (_said_otherwise(0, "arc=pass; ", ""), ("lists.example",)),
        (_said_otherwise(2, "dmarc=pass", "dmarc=fail"), ("lists.example",)),
        (_said_otherwise(2, "gomez", "elsewhere"), ("lists.example",)),
        (_said_otherwise(2, "i=1", "i=2"), ("lists.example",)),
        (
            (*SEALED, ("ARC-Seal", "i=2; cv=pass; d=evil.example; s=a; b=AAAA")),
            ("lists.example",),
        ),
    ],
)
def test_nobody_else_vouches(make_town, headers, sealers):
    """T2: ARC is ignored unless our server checked it and the last sealer is listed."""
    town = make_town(trusted=(SERVER,), sealers=sealers)
    assert acknowledged(town, *headers) == "none"


def test_no_trusted_server_means_nobody_is_verified_and_nobody_failed(town):
    """Decisions B18: the bearer level carries posts and commands."""
    assert acknowledged(town, PROVED) == "neutral"
    assert acknowledged(town, FAILED, subject="Another matter") == "neutral"
    letters = town.reply(ANA, "/take", to=town.last("ana@acme.example", "message"))
    assert ("confirmation", "ana@acme.example") in gist(letters)


def test_a_forged_colleague_is_held_and_the_robot_among_them_told_to_nobody(make_town):
    """T1; and C25: spam that is also machine mail is mailed to nobody."""
    town = make_town(trusted=(SERVER,))
    open_case(town)
    anas = town.last("ana@acme.example", "message")
    forged = ("Authentication-Results", FAILED[1].replace("gomez", "acme"))
    letters = town.reply(ANA, "Pay to this account.", to=anas, headers=[forged])
    assert gist(letters) == [
        ("notice", "ana@acme.example"),
        ("notice", "bo@acme.example"),
    ]
    bulk = [FAILED, ("Precedence", "bulk")]
    assert town.write(CARLA, DESK, "Cheap watches", "Buy.", headers=bulk) == []
    assert town.state() == "held"


def test_an_unproved_command_of_staff_to_the_desk_does_nothing_but_ask(town):
    """Decisions B18: whoever it was, the known address is asked."""
    letters = town.write(ANA, DESK, "Hello", "/take\n\nThis is mine.")
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    assert town.state() == "held"


def test_a_reply_goes_to_recorded_addresses_never_to_reply_to(town):
    """T4: a forged customer with the attacker in Reply-To."""
    away = [("Reply-To", "evil@elsewhere.example")]
    town.write(CARLA, DESK, "Import fails", "Please send it all.", headers=away)
    town.reply(ANA, "Here it is.", to=town.last("ana@acme.example", "message"))
    assert {each.to for each in town.letters} == {
        "carla@gomez.example",
        "ana@acme.example",
        "bo@acme.example",
    }


def test_a_participant_without_token_or_id_opens_a_linked_case(town):
    """mail-rules 0: the right From alone posts nothing."""
    open_case(town)
    letters = town.write(MAX, DESK, "Re: Import fails", "I am with Carla.")
    assert gist(letters) == [
        ("acknowledgement", "max@gomez.example"),
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]

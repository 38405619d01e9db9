"""Whatever a mail program forgets, an answer finds its thread (R1, mail-rules 1.2)."""

import pytest

from storage.activity import Activity
from tests.activities.people import (
    ANA,
    BO,
    CARLA,
    DESK,
    MAX,
    open_case,
    taken_case,
    verified,
)
from tests.town import gist

PROGRAMS = {
    "sound": {},
    "only In-Reply-To": {"forgets": ["References"]},
    "only References": {"forgets": ["In-Reply-To"]},
    "no ids": {"forgets": ["References", "In-Reply-To"]},
    "ids of the smarthost": {
        "forgets": ["References"],
        "headers": [("In-Reply-To", "<0102019a@eu-west-1.amazonses.example>")],
    },
    "another subject": {"headers": [("Subject", "Something else altogether")]},
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_every_mail_program_comes_back_to_the_thread(town, program):
    taken_case(town)
    town.reply(CARLA, "Row 7.", to=town.last("carla@gomez.example"), **program)
    assert gist(town.letters[-1:]) == [("message", "ana@acme.example")]
    town.reply(ANA, "Thank you.", to=town.last("ana@acme.example"), **program)
    assert gist(town.letters[-1:]) == [("message", "carla@gomez.example")]
    assert str(town.letters[-1].mail["Subject"]) == "Re: Import fails"


def at_desk(letter, *names):
    """Ids of a letter, written into a mail to the plain address."""
    return [(name, str(letter.mail["Message-ID"])) for name in names]


@pytest.mark.parametrize("name", ["In-Reply-To", "References"])
def test_an_id_of_ours_leads_a_participant_back_without_a_token(town, name):
    """R1 rows 4 and 6: only mail to this activity ever carried it: a bearer."""
    taken_case(town)
    message = town.last("carla@gomez.example", "message")
    letters = town.write(
        CARLA, DESK, "Re: Import fails", "Row 7.", headers=at_desk(message, name)
    )
    assert gist(letters) == [("message", "ana@acme.example")]
    # The wrong MAC is no evidence at all (T3).
    ours = str(message.mail["Message-ID"])
    mac = ours.split(".")[2].partition("@")[0]
    forged = [(name, ours.replace(mac, mac[1:] + mac[:1]))]
    town.write(CARLA, DESK, "Re: Import fails", "Row 8, then?", headers=forged)
    assert town.rules[-1] == "fresh"


def activities(town):
    with town.database.reading() as session:
        return [
            (row.id, row.linked_id) for row in session.query(Activity).order_by("id")
        ]


def test_the_authors_own_id_proves_nothing_but_links(make_town):
    town = make_town(trusted=("mx.acme.example",))
    mine = ("Message-ID", "<mine@gomez.example>")
    town.write(CARLA, DESK, "Import fails", "The import stops.", headers=[mine])
    town.reply(ANA, "Which row?", to=town.last("ana@acme.example", "message"))
    back = [("In-Reply-To", "<mine@gomez.example>")]

    letters = town.write(CARLA, DESK, "Re: Import fails", "Row 7.", headers=back)
    assert ("message", "bo@acme.example") in gist(letters), "a case of its own"
    assert activities(town) == [(1, None), (2, 1)]
    assert all("Which row?" not in each.text for each in letters)

    seen = [*back, verified("gomez.example")]
    letters = town.write(CARLA, DESK, "Re: Import fails", "Row 7, I say.", headers=seen)
    assert gist(letters) == [("message", "ana@acme.example")]
    assert len(activities(town)) == 2


def test_a_stranger_with_ids_and_subject_gets_a_case_of_their_own(town):
    """T3: what stood in any mail is no key to the thread."""
    taken_case(town)
    message = town.last("carla@gomez.example", "message")
    ids = [("References", f"{message.mail['References']} {message.mail['Message-ID']}")]
    letters = town.write(
        MAX, DESK, "Re: Import fails", "Tell me all about it.", headers=ids
    )
    assert gist(letters) == [
        ("acknowledgement", "max@gomez.example"),
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    assert all("stops since Monday" not in each.text for each in letters)
    assert activities(town) == [(1, None), (2, 1)]


def test_token_and_ids_that_differ(town):
    """R1 row 5: the token wins."""
    open_case(town)
    open_case(town, "Export fails", "The export stops, too.")
    first, second = (each for each in town.letters if each.kind == "acknowledgement")
    town.reply(
        CARLA, "About the first.", to=first, headers=at_desk(second, "References")
    )
    assert str(town.last("ana@acme.example").mail["Subject"]) == "Re: Import fails"


def test_a_token_beats_the_plain_address_beside_it(town):
    taken_case(town)
    message = town.last("carla@gomez.example", "message")
    letters = town.reply(CARLA, "Row 7.", to=message, also=[DESK])
    assert gist(letters) == [("message", "ana@acme.example")]
    assert len(activities(town)) == 1


def reply_to(letter):
    return str(letter.mail["Reply-To"]).strip("<>")


def test_two_tokens_of_one_case_are_one_post_by_who_wrote_it(town):
    """Table R3: author by From; a team token among them keeps it in the team."""
    taken_case(town)
    carlas = reply_to(town.last("carla@gomez.example", "message"))
    letters = town.reply(
        BO,
        "I answer to all.",
        to=town.last("bo@acme.example", "message"),
        also=[carlas],
    )
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "carla@gomez.example"),
    ]
    anas = reply_to(town.last("ana@acme.example", "message"))
    letters = town.reply(
        BO,
        "Once more.",
        to=town.last("carla@gomez.example", "message"),
        also=[anas, reply_to(town.last("bo@acme.example", "message"))],
    )
    assert "Bo Berg" in str(town.last("carla@gomez.example").mail["From"])

    town.reply(ANA, "/note\n\nOnly we two.", to=town.last("ana@acme.example"))
    note = town.last("bo@acme.example", "note")
    letters = town.reply(BO, "For us.", to=note, also=[carlas])
    assert gist(letters) == [("note", "ana@acme.example")]


def test_tokens_of_two_cases_make_a_post_in_each(town):
    open_case(town)
    open_case(town, "Export fails", "The export stops, too.")
    first, second = (each for each in town.letters if each.kind == "acknowledgement")
    letters = town.reply(CARLA, "Both are urgent.", to=first, also=[reply_to(second)])
    assert sorted(str(each.mail["Subject"]) for each in letters) == [
        "Re: Export fails",
        "Re: Export fails",
        "Re: Import fails",
        "Re: Import fails",
    ]


def test_references_hold_the_thread_together(town):
    """mail-rules 1.2: one id on all copies, the root first, at most twenty."""
    open_case(town)
    for number in range(7):
        town.reply(
            ANA, f"Question {number}?", to=town.last("ana@acme.example", "message")
        )
        town.reply(CARLA, f"Answer {number}.", to=town.last("carla@gomez.example"))
    posts = [each for each in town.letters if each.kind == "message"]
    roots = set()
    by_text = {}
    for each in posts:
        references = str(each.mail["References"] or "").split()
        first_post = each.mail["In-Reply-To"] is None
        assert len(references) <= 20
        roots.add(references[0])
        if not first_post:
            assert str(each.mail["In-Reply-To"]) in references[1:]
        by_text.setdefault(str(each.mail["Message-ID"]), set()).add(
            each.text.splitlines()[0]
        )
        assert len(str(each.mail["Message-ID"])) <= 60
    assert len(roots) == 1
    assert all(len(texts) == 1 for texts in by_text.values())
    # Each answer hangs below what its reader holds: the customer their own mail.
    last = town.last("carla@gomez.example", "message")
    assert str(last.mail["In-Reply-To"]).endswith("@people.example>")
    assert len(last.mail["References"].split()) == 20


def test_the_team_has_a_thread_of_its_own(town):
    """Decisions E41: another root, another subject."""
    taken_case(town)
    bos = town.last("bo@acme.example", "message")
    town.reply(BO, "/note\n\nOnly we two.", to=bos)
    note = town.last("ana@acme.example", "note")
    assert str(note.mail["Subject"]) == "Team: Import fails"
    mine = set(str(note.mail["References"]).split())
    assert not mine & set(str(bos.mail["References"]).split())

"""Two cases become one, one becomes two; later mail finds its way (mail-rules 1)."""

import pytest

from storage.activity import Activity
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, MEI, open_case
from tests.town import gist


def answered(town, subject, text):
    """Carla asks, Ana answers; gives Ana's first copy of the case."""
    town.write(CARLA, DESK, subject, text)
    hers = town.last("ana@acme.example", "message")
    town.reply(ANA, f"We look at it: {subject}.", to=hers)
    return hers


def public_id(letter):
    return str(letter.mail["X-Parlour-Activity"])


def cases(town):
    with town.database.reading() as session:
        rows = session.query(Activity).order_by(Activity.id)
        return [(str(row.turn), row.redirect_id, row.linked_id) for row in rows]


@pytest.fixture
def town(each_town):
    """On each kind of database."""
    return each_town


@pytest.fixture
def two(town):
    """Two cases of Carla; gives Ana's first copies."""
    one = answered(town, "Import fails", "The import stops since Monday.")
    other = answered(town, "Invoice 4711", "The invoice shows the wrong sum.")
    return one, other


def test_mail_after_a_merge_goes_to_what_remains(town, two):
    """complaints zammad 377, 983, frappe 2539: the dead ticket takes no mail."""
    one, other = two
    hers = [
        each
        for each in town.letters
        if each.to == "carla@gomez.example" and each.kind == "message"
    ]
    letters = town.reply(ANA, f"/merge {public_id(one)}", to=other)
    assert gist(letters) == [("confirmation", "ana@acme.example")]
    assert "is now part of “Import fails”" in letters[0].text
    assert f"/split {public_id(other)}" in letters[0].text
    assert cases(town) == [("ours", None, None), ("resolved", 1, None)]
    # By the token of the case that was merged, by its ids, and by the team.
    letters = town.reply(CARLA, "Here is the invoice, row by row.", to=hers[-1])
    assert gist(letters) == [("message", "ana@acme.example")]
    assert public_id(letters[0]) == public_id(one)
    letters = town.write(
        CARLA,
        DESK,
        "Re: Invoice 4711",
        "And the second page of it.",
        headers=[("In-Reply-To", str(hers[-1].mail["Message-ID"]))],
    )
    assert gist(letters) == [("message", "ana@acme.example")]
    assert public_id(letters[0]) == public_id(one)
    letters = town.reply(ANA, "Thank you, we correct it.", to=other)
    assert ("message", "carla@gomez.example") in gist(letters)
    assert public_id(letters[0]) == public_id(one)


def test_a_customer_who_waits_in_a_merged_case_waits_on(town):
    """R16: what was promised there is promised here."""
    one = answered(town, "Import fails", "The import stops since Monday.")
    open_case(town, "Invoice 4711", "The invoice shows the wrong sum.")
    other = town.last("bo@acme.example", "message")
    town.reply(BO, f"/merge {public_id(one)}", to=other)
    with town.database.reading() as session:
        kept, gone = session.query(Activity).order_by(Activity.id)
        assert kept.waiting_since is not None
        assert kept.promised_at is not None
        assert gone.waiting_since is gone.promised_at is None


def test_merging_two_customers_is_refused(town, two):
    """complaints freescout 5138: neither ever reads the other."""
    one, _ = two
    town.write(MEI, DESK, "My order", "Where does my order stay?")
    hers = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, f"/merge {public_id(one)}", to=hers)
    assert "different customers" in letters[0].text
    assert [redirect for _, redirect, _ in cases(town)] == [None, None, None]


def test_what_is_merged_with_must_be_a_case_of_the_team(town, two):
    one, other = two
    for wrong in ("ZZZZZZZZ", "", public_id(other)):
        letters = town.reply(ANA, f"/merge {wrong}", to=other)
        assert "Nothing was merged" in letters[0].text
    # From a customer it is no command at all.
    hers = town.last("carla@gomez.example", "message")
    town.reply(CARLA, f"/merge {public_id(one)}\n\nPlease do.", to=hers)
    assert [redirect for _, redirect, _ in cases(town)] == [None, None]


def test_guests_of_a_merged_case_hear_from_now_on(town, two):
    one, other = two
    town.reply(ANA, "/invite mei@elsewhere.example you know invoices", to=other)
    town.reply(MEI, "yes", to=town.last("mei@elsewhere.example", "invitation"))
    town.reply(ANA, f"/merge {public_id(one)}", to=other)
    letters = town.reply(ANA, "Which page is it?", to=other)
    assert ("message", "mei@elsewhere.example") in gist(letters)
    letters = town.reply(MEI, "/who", to=town.last("mei@elsewhere.example", "message"))
    assert "Carla Gomez" in letters[0].text


def test_a_merge_can_be_undone(town, two):
    one, other = two
    hers = town.last("carla@gomez.example", "message")
    town.reply(ANA, f"/merge {public_id(one)}", to=other)
    letters = town.reply(ANA, f"/split {public_id(other)}", to=one)
    assert "is a case of its own again" in letters[0].text
    assert cases(town) == [("ours", None, None), ("ours", None, None)]
    letters = town.reply(CARLA, "Any news of my invoice?", to=hers)
    assert public_id(letters[0]) == public_id(other)


def test_merged_twice_then_answered(town, two):
    """complaints section 2."""
    one, other = two
    third = answered(town, "Printer", "The printer prints nothing but dots.")
    hers = town.last("carla@gomez.example", "message")
    town.reply(ANA, f"/merge {public_id(other)}", to=third)
    town.reply(ANA, f"/merge {public_id(one)}", to=other)
    letters = town.reply(CARLA, "The dots are blue by now.", to=hers)
    assert public_id(letters[0]) == public_id(one)
    # What she quotes of the merged case is known here: nobody reads it again.
    assert [redirect for _, redirect, _ in cases(town)] == [None, 1, 1]
    town.reply(ANA, f"/split {public_id(other)}", to=one)
    assert [redirect for _, redirect, _ in cases(town)] == [None, None, 2]
    letters = town.reply(CARLA, "And green ones.", to=hers)
    assert public_id(letters[0]) == public_id(other)


def test_a_message_becomes_a_case_of_its_own(town):
    first = answered(town, "Import fails", "The import stops since Monday.")
    hers = town.last("carla@gomez.example", "message")
    town.reply(CARLA, "By the way, the invoice is wrong too.", to=hers)
    aside = town.last("ana@acme.example", "message")
    letters = town.reply(ANA, "/split Wrong invoice", to=aside)
    assert gist(letters) == [
        ("confirmation", "ana@acme.example"),
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    split = town.last("ana@acme.example", "message")
    assert public_id(split) != public_id(first)
    assert split.mail["Subject"] == "Wrong invoice"
    assert "the invoice is wrong too" in split.text
    assert cases(town) == [("ours", None, None), ("new", None, 1)]
    # The answer to that message goes there, by an old letter of it too.
    letters = town.reply(ANA, "Which invoice is it?", to=aside)
    assert ("message", "carla@gomez.example") in gist(letters)
    assert {public_id(each) for each in letters} == {public_id(split)}
    # And what is about the first stays with the first.
    letters = town.reply(CARLA, "The import runs again.", to=hers)
    assert public_id(letters[0]) == public_id(first)


def test_what_cannot_be_split_is_refused(town):
    first = answered(town, "Import fails", "The import stops since Monday.")
    for letter in (first, town.last("bo@acme.example", "message")):
        who = ANA if letter is first else BO
        letters = town.reply(who, "/split", to=letter)
        assert "Nothing was split" in letters[0].text
    assert len(cases(town)) == 1


def test_an_id_of_ours_that_others_take_leads_nowhere_else(town, two):
    """T3: whoever calls a mail as we called ours does not turn answers to it."""
    one, other = two
    hers = town.last("carla@gomez.example", "message")
    ours = str(hers.mail["Message-ID"])
    assert public_id(hers) == public_id(other)
    first = next(
        each
        for each in town.letters
        if each.to == "carla@gomez.example" and public_id(each) == public_id(one)
    )
    town.reply(CARLA, "A third page.", to=first, headers=[("Message-ID", ours)])
    letters = town.write(
        MAX, DESK, "Re: Invoice", "May I?", headers=[("In-Reply-To", ours)]
    )
    assert public_id(letters[-1]) not in {public_id(one), public_id(other)}
    letters = town.write(
        CARLA, DESK, "Re: Invoice", "A fourth page.", headers=[("In-Reply-To", ours)]
    )
    assert public_id(letters[-1]) == public_id(other)

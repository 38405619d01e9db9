"""A private question to an outsider keeps the case's customer out (decisions D36)."""

from tests.activities.people import ANA, CARLA, MEI, taken_case, verified
from tests.activities.test_inline_pictures import with_picture
from tests.town import gist, reply_address

QUESTION = "Does version 4 hang with long rows?"


def ask(town, text=QUESTION, **more):
    """Carla writes, Ana takes the case and asks Mei; gives the letter to Mei."""
    taken_case(town)
    order = f"/ask Mei Tan <mei@elsewhere.example> Your library\n\n{text}"
    copy = town.last("ana@acme.example", "message")
    town.reply(ANA, order, to=copy, headers=[verified("acme.example")], **more)
    return town.last("mei@elsewhere.example", "message")


def case_id(letter):
    return str(letter.mail["X-Parlour-Activity"])


def heard_by(town, address):
    return [letter.text for letter in town.letters if letter.to == address]


def test_the_customer_at_its_door_is_not_admitted(each_town):
    """Carla learned Mei's address; no word lets her in, but her text is not lost."""
    town = each_town
    question = ask(town)
    before = len(heard_by(town, "carla@gomez.example"))
    letters = town.write(CARLA, reply_address(question), "Re: Your library", "Let me!")
    assert town.state() == "held"
    assert all(letter.to != "carla@gomez.example" for letter in letters)
    notice = next(letter for letter in letters if letter.to == "ana@acme.example")
    assert "can never take part" in notice.text
    town.reply(MEI, "It does.", to=question)
    inside = town.last("ana@acme.example", "message")
    for order, to in (
        ("/admit", notice),
        ("/admit carla@gomez.example", inside),
        ("/admit once carla@gomez.example", inside),
    ):
        letters = town.reply(ANA, order, to=to)
        assert {letter.to for letter in letters} == {"ana@acme.example"}
    assert len(heard_by(town, "carla@gomez.example")) == before
    letters = town.reply(ANA, "/open", to=notice)
    assert ("message", "bo@acme.example") in gist(letters)
    assert "Let me!" in town.last("bo@acme.example", "message").text
    assert not any(
        "Let me!" in text for text in heard_by(town, "mei@elsewhere.example")
    )


def test_the_customer_in_cc_is_not_invited(each_town):
    town = each_town
    question = ask(town)
    town.reply(MEI, "It does.", to=question)
    answer = town.last("ana@acme.example", "message")
    letters = town.reply(
        ANA, "And with short ones?", to=answer, headers=[("Cc", CARLA)]
    )
    assert ("message", "mei@elsewhere.example") in gist(letters)
    assert all(letter.to != "carla@gomez.example" for letter in letters)
    assert "carla" not in town.last("mei@elsewhere.example").text.lower()


def test_it_is_merged_with_no_case_in_either_direction(each_town):
    town = each_town
    question = ask(town)
    town.reply(MEI, "It does.", to=question)
    inside = town.last("ana@acme.example", "message")
    case = town.first("ana@acme.example", "message")
    for place, other in ((inside, case), (case, question)):
        letters = town.reply(ANA, f"/merge {case_id(other)}", to=place)
        assert gist(letters) == [("confirmation", "ana@acme.example")]
        assert "a private question stays apart" in letters[0].text
    letters = town.reply(MEI, "From row nine on.", to=question)
    assert all(letter.to != "carla@gomez.example" for letter in letters)


def test_where_nothing_proves_who_asks_they_are_asked_first(make_each_town):
    town = make_each_town(trusted=("mx.acme.example",))
    taken_case(town)
    order = f"/ask Mei Tan <mei@elsewhere.example> Your library\n\n{QUESTION}"
    copy = town.last("carla@gomez.example", "message")
    asked = town.write(
        ANA,
        "support@acme.example",
        "Re: Import fails",
        order,
        headers=[("In-Reply-To", copy.mail["Message-ID"])],
    )
    assert town.state() == "held"
    assert gist(asked) == [("confirmation", "ana@acme.example")]
    assert heard_by(town, "mei@elsewhere.example") == []
    letters = town.reply(ANA, "yes", to=asked[0])
    assert ("message", "mei@elsewhere.example") in gist(letters)
    assert QUESTION in town.last("mei@elsewhere.example").text


def test_files_beside_it_go_along(each_town):
    question = ask(each_town, files=[("rows.csv", b"7;9\r\n")])
    files = [part.get_filename() for part in question.mail.iter_attachments()]
    assert files == ["rows.csv"]
    assert "stayed here" not in each_town.last("ana@acme.example", "confirmation").text


def test_what_stays_here_is_told(each_town):
    """A picture inside the text may be the case's; its asker hears that it stayed."""
    town = each_town
    taken_case(town)
    order = f"/ask Mei Tan <mei@elsewhere.example> Your library\n\n{QUESTION}"
    html = (
        "<p>/ask Mei Tan &lt;mei@elsewhere.example&gt; Your library</p>"
        f'<p>{QUESTION} <img src="cid:shot.1@gomez.example" alt="rows"></p>'
    )
    copy = town.last("ana@acme.example", "message")
    octets = with_picture(ANA, reply_address(copy), order, html, subject="Re: Import")
    town.deliver(octets, "ana@acme.example", [reply_address(copy)])
    question = town.last("mei@elsewhere.example", "message")
    assert b"iVBORw0KGgo" not in question.kept.octets
    told = town.last("ana@acme.example", "confirmation")
    assert "screen.png stayed here" in told.text.replace("\n", " ")

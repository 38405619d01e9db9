"""A digest as its reader gets it: once, whole, and answered from inside."""

import re
import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from starlette.testclient import TestClient

from digests import digest
from gateway.web.app import build
from storage import job
from storage.activity import Hearing, participant_of
from storage.outbox import Letter
from storage.people import by_address
from templates.mime import text_of
from tests.activities.people import ANA, CARLA, taken_case
from tests.robots import Scanner
from tests.town import gist

SATURDAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, 1, tzinfo=UTC)
DIGEST_TO_MEI = [("digest", "mei@acme.example")]
MEI = "Mei Tan <mei@acme.example>"


def digests_at(town, moment):
    """What a run at a moment mails."""
    town.now = moment
    before = len(town.letters)
    digest.run(town.house, moment)
    town.settle()
    return town.letters[before:]


def reads_digests(town, who):
    """Let somebody choose the digest in every case they are in."""
    with town.database.transaction() as session:
        person = by_address(session, who)
        for number in range(1, 13):
            seat = participant_of(session, number, person.id)
            if seat is not None:
                seat.hearing = Hearing.DIGEST


def case_with_mei(town):
    """Carla's case is Ana's; Mei was invited, joined and reads digests."""
    taken_case(town)
    town.reply(
        ANA,
        "/invite mei@acme.example you wrote the importer",
        to=town.last("ana@acme.example", "message"),
    )
    town.reply(MEI, "yes", to=town.last("mei@acme.example", "invitation"))
    reads_digests(town, "mei@acme.example")


def words(letter):
    return " ".join(letter.text.split())


def test_one_colleague_gets_one_digest_once(each_town):
    town = each_town
    case_with_mei(town)
    assert gist(town.reply(CARLA, "Row 7 fails.")) == [("message", "ana@acme.example")]
    town.reply(ANA, "Does the parser take ISO dates only?")
    town.reply(ANA, "Mei, do you know?")  # which is mailed at once
    assert digests_at(town, SATURDAY) == []
    letters = digests_at(town, MONDAY)
    assert gist(letters) == [("digest", "bo@acme.example"), *DIGEST_TO_MEI]
    with TestClient(build(town.house, clock=lambda: town.now)) as browser:
        Scanner(browser).press(town, letters)
    letter = town.last("mei@acme.example", "digest")
    assert str(letter.mail["Subject"]) == "1 changed · Acme Support, Mon 23 Nov"
    said = words(letter)
    for part in (
        "#1 · Import fails · Carla Gomez Ana Ruiz wrote, Friday 20 November, 09:12.",
        "Mailed to you at once: Friday 20 November, 09:12.",
        "Carla Gomez, Friday 20 November, 09:12 Row 7 fails.",
        "Ana Ruiz, Friday 20 November, 09:12 Does the parser take ISO dates only?",
    ):
        assert part in said, said
    assert "do you know" not in said
    assert digests_at(town, MONDAY + timedelta(hours=3)) == []
    # Only whose case it is hears more: that its customer is silent.
    letters = digests_at(town, MONDAY + timedelta(days=1))
    assert gist(letters) == [("digest", "ana@acme.example")]


def test_a_preview_tells_the_same_and_keeps_nothing(each_town):
    town = each_town
    case_with_mei(town)
    town.reply(CARLA, "Row 7 fails.")
    town.now = SATURDAY
    with town.database.reading() as session:
        person = by_address(session, "mei@acme.example").id
    for _ in range(2):
        [raw] = digest.preview(town.house, person, SATURDAY)
        assert "Row 7 fails." in text_of(raw)
        # When they come, not when somebody looked.
        assert "from Monday to Friday: 08:00" in text_of(raw)
    assert town.settle() == []
    assert ("digest", "mei@acme.example") in gist(digests_at(town, MONDAY))


def test_a_preview_is_made_while_others_write(each_town):
    """It writes too, and undoes it: who only reads loses to whoever writes next."""
    town, done = each_town, threading.Event()
    case_with_mei(town)
    town.reply(CARLA, "Row 7 fails.")
    with town.database.reading() as session:
        person = by_address(session, "mei@acme.example").id

    def write():
        while not done.is_set():
            with town.database.transaction(lax=True) as session:
                job.mark(session, "another", SATURDAY)

    other = threading.Thread(target=write)
    other.start()
    try:
        for _ in range(10):
            [raw] = digest.preview(town.house, person, SATURDAY)
            assert "Row 7 fails." in text_of(raw)
    finally:
        done.set()
        other.join()


def test_whoever_paused_gets_one_digest_when_they_are_back(each_town):
    town = each_town
    case_with_mei(town)
    with town.database.transaction() as session:
        person = by_address(session, "mei@acme.example")
        person.paused_until = MONDAY + timedelta(days=2)
    town.reply(CARLA, "Row 7 fails.")
    for day in range(2):
        letters = digests_at(town, MONDAY + timedelta(days=day))
        assert "mei@acme.example" not in {each.to for each in letters}
    town.reply(CARLA, "And row 8.", to=town.last("carla@gomez.example", "message"))
    letters = digests_at(town, MONDAY + timedelta(days=3))
    [letter] = [each for each in letters if each.to == "mei@acme.example"]
    assert "Row 7 fails." in letter.text
    assert "And row 8." in letter.text


def a_digest(town):
    """Two cases, with something new for Mei in each; gives her digest."""
    case_with_mei(town)
    town.reply(CARLA, "Row 7 fails.", to=town.last("carla@gomez.example", "message"))
    town.write(CARLA, "support@acme.example", "Export hangs", "It never ends.")
    town.reply(ANA, "/invite mei@acme.example", to=town.last("ana@acme.example"))
    town.reply(MEI, "yes", to=town.last("mei@acme.example", "invitation"))
    reads_digests(town, "mei@acme.example")
    town.reply(ANA, "At which row?", to=town.last("ana@acme.example", "message"))
    digests_at(town, MONDAY)
    return town.last("mei@acme.example", "digest")


def test_answers_inside_a_digest_go_where_their_numbers_say(each_town):
    town = each_town
    letter = a_digest(town)
    assert "#1 · Import fails" in letter.text
    assert "#2 · Export hangs" in letter.text
    letters = town.reply(
        MEI,
        "#1 It takes both forms.\n\nMei\n#2 mute",
        to=letter,
        forgets=["References"],
    )
    [copy] = [each for each in letters if each.to == "carla@gomez.example"]
    said = words(copy)
    assert said.startswith(
        "\u2063\u2063\u2063It takes both forms. Mei --- Here with you"
    )
    assert str(copy.mail["Subject"]) == "Re: Import fails"
    # Nothing of what the digest told of other cases goes along with its quote.
    assert not any(word in said for word in ("mute", "Export", "At which row"))
    with town.database.reading() as session:
        person = by_address(session, "mei@acme.example")
        assert participant_of(session, 2, person.id).hearing is Hearing.MUTED
        assert participant_of(session, 1, person.id).hearing is Hearing.DIGEST


def test_each_item_has_an_address_of_its_own(each_town):
    town = each_town
    letter = a_digest(town)
    own = re.findall(r"Reply to this: (\S+)", letter.text)
    assert len(set(own)) == 2
    assert own[0].startswith("support+r-")
    letters = town.write(
        MEI, own[1], "Re: Export hangs", "Mine hangs too.", recipients=[own[1]]
    )
    assert [str(each.mail["Subject"]) for each in letters] == ["Re: Export hangs"] * 2


def test_a_quoted_item_says_where_an_answer_belongs(town_of_one):
    town = town_of_one
    letter = a_digest(town)
    item = letter.text[letter.text.index("#2") : letter.text.index("---")]
    quoted = "\n".join(f"> {line}" for line in item.splitlines())
    mail = f"At row 9.\n\nAm 23.11.2026 um 09:00 schrieb Acme Support:\n{quoted}"
    own = str(letter.mail["Reply-To"]).strip("<>")
    letters = town.write(MEI, own, "Re: 2 changed", mail, recipients=[own])
    assert ("message", "carla@gomez.example") in gist(letters)
    assert "Export hangs" in str(town.last("carla@gomez.example").mail["Subject"])


def test_an_answer_that_says_no_number_is_kept_and_helped_once(each_town):
    town = each_town
    letter = a_digest(town)
    letters = town.reply(MEI, "Thank you, I shall look.", to=letter)
    assert ("confirmation", "mei@acme.example") in gist(letters)
    assert "#1 …" in town.last("mei@acme.example", "confirmation").text
    assert town.state() == "held"
    assert "carla@gomez.example" not in {each.to for each in letters}


def test_one_word_changes_when_digests_come(each_town):
    town = each_town
    letter = a_digest(town)
    letters = town.reply(MEI, "weekly friday 7:30", to=letter)
    assert gist(letters) == [("confirmation", "mei@acme.example")]
    assert "once a week: Friday, 07:30 (UTC)" in words(letters[0])
    town.reply(MEI, "off", to=letter)
    town.reply(CARLA, "Anybody?", to=town.first("carla@gomez.example", "message"))
    assert ("digest", "mei@acme.example") not in gist(
        digests_at(town, MONDAY + timedelta(days=7))
    )


def test_the_page_behind_a_digest_and_the_one_click(town_of_one):
    town = town_of_one
    letter = a_digest(town)
    path = re.search(r"http://127\.0\.0\.1:8080(/u/d-\S+)", letter.text)[1]
    web = TestClient(build(town.house, clock=lambda: town.now), "http://127.0.0.1:8080")
    for _ in range(2):
        shown = web.get(path)
        assert shown.status_code == 200
        assert "Digests come from Monday to Friday: 08:00 (UTC)." in shown.text
    assert "once a week: Monday" in web.post(path, data={"scope": "weekly"}).text
    for _ in range(2):
        done = web.post(path, data={"List-Unsubscribe": "One-Click"})
        assert (done.status_code, done.text) == (200, "Done.\n")
    assert "No more digests come" in web.get(path).text
    forged = f"{path[:-3]}aaa"
    assert web.get(forged).status_code == 404
    assert web.post(forged, data={"scope": "daily"}).status_code == 404


def test_the_headers_of_a_digest(town_of_one):
    letter = a_digest(town_of_one)
    mail = letter.mail
    own = str(mail["Reply-To"])
    assert own.startswith("support+d-")
    assert str(mail["From"]) == f"Acme Support <{own}>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] == "bulk"
    assert mail["List-Id"] == "<digest.acme.example>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/u/d-" in mail["List-Unsubscribe"]
    for name in ("In-Reply-To", "References", "X-Parlour-Activity"):
        assert mail[name] is None
    # No token stands anywhere in the outbox (decisions A5).
    with town_of_one.database.reading() as session:
        raw = session.scalars(
            select(Letter.raw).where(Letter.kind == "digest").limit(1)
        ).one()
    for token in re.findall(rb"[a-z]-[a-z2-7]{26}", raw.replace(b"=\r\n", b"")):
        assert town_of_one.house.sealer.unseal(token.decode()) is None


def test_whoever_was_invited_reads_what_became_of_their_answers(each_town):
    town = each_town
    case_with_mei(town)
    anas = town.last("ana@acme.example", "message")
    town.reply(MEI, "It is the locale flag.", to=town.last("mei@acme.example"))
    town.reply(CARLA, "Where is that flag?")
    town.reply(ANA, "/resolve\n\nMei found it: set the locale flag.", to=anas)
    digests_at(town, MONDAY)
    said = words(town.last("mei@acme.example", "digest"))
    assert (
        "Your answers #1 · Import fails · Carla Gomez answered after your message, "
        "Friday 20 November, 09:12. You helped to solve it: thank you."
    ) in said, said
    assert "Your answers" not in words(town.last("bo@acme.example", "digest"))
    # It is said once; an answer to somebody else's words is none to theirs.
    carlas = town.last("carla@gomez.example", "message")
    town.reply(CARLA, "It works, but row 9 does not.", to=carlas)
    digests_at(town, MONDAY + timedelta(days=1))
    said = words(town.last("mei@acme.example", "digest"))
    assert "row 9" in said
    assert "Your answers" not in said
    # Thanks come at once to whom they are meant for, and are told once more here.
    town.reply(MEI, "Then it is the comma.", to=town.last("mei@acme.example"))
    town.reply(CARLA, "Thank you!", to=town.last("carla@gomez.example", "message"))
    town.reply(ANA, "The rest by Friday.", to=town.last("ana@acme.example", "message"))
    digests_at(town, MONDAY + timedelta(days=2))
    said = words(town.last("mei@acme.example", "digest"))
    assert "Carla Gomez thanked you, Tuesday 24 November, 08:01." in said, said


def test_between_two_slots_is_time_for_what_a_run_needs(town_of_one, monkeypatch):
    """Half a second of compiling, in which customers would wait for the run."""
    town, compiled = town_of_one, []
    monkeypatch.setattr(digest, "prepare_digests", compiled.append)
    town.tick()
    assert compiled == []
    town.pass_time(minutes=1)
    town.tick()
    assert compiled == ["en"]

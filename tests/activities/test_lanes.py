"""Nothing of the team lane reaches a customer or a guest, by no way (Lanes, T25)."""

import re

import structlog
from starlette.testclient import TestClient

from gateway.web.app import build
from storage.base import Base
from tests.activities.people import ANA, BO, CARLA, MAX, MEI, open_case

SECRETS = ("Zanzibar", "Krakatau", "Popocatepetl", "Yellowknife")
STAFF = {"ana@acme.example", "bo@acme.example"}


def a_whole_case(town):
    """A case with notes between all that can happen in one."""

    def last(who, kind="message"):
        return town.last(who, kind)

    open_case(town)
    town.reply(BO, f"/note\n\nShe pays late, {SECRETS[0]}.", to=last("bo@acme.example"))
    town.reply(ANA, f"I know: {SECRETS[1]}.", to=last("ana@acme.example", "note"))
    town.reply(ANA, "Which row?", to=last("ana@acme.example"))
    town.reply(
        ANA, "/invite mei@elsewhere.example you know", to=last("ana@acme.example")
    )
    town.reply(
        CARLA,
        "Row 7.",
        to=last("carla@gomez.example"),
        headers=[("Cc", "Max <max@gomez.example>")],
    )
    town.reply(MEI, "yes", to=last("mei@elsewhere.example", "invitation"))
    town.reply(MAX, "I am here.", to=last("max@gomez.example", "invitation"))
    # With the address of a note in hand: held, and the writer learns nothing.
    note = last("bo@acme.example", "note")
    town.reply(CARLA, f"What is {SECRETS[2]}?", to=note)
    town.reply(MAX, "What did you say?", to=note)
    # A note below a quoted mail for everybody, and commands that ask and answer.
    town.reply(BO, f"/ntoe\n{SECRETS[3]}", to=last("bo@acme.example"))
    town.reply(BO, "/note", to=last("bo@acme.example", "confirmation"))
    town.reply(CARLA, "/who", to=last("carla@gomez.example"))
    town.reply(MAX, "/leave", to=last("max@gomez.example", "confirmation"))
    town.reply(MAX, "Hello again?", to=last("max@gomez.example", "notice"))
    town.reply(ANA, "/resolve", to=last("ana@acme.example"))
    town.reply(CARLA, "It is back.", to=last("carla@gomez.example"))
    town.reply(BO, "I look at it.", to=last("bo@acme.example"))


def tokens(letter):
    whole = letter.kept.octets.decode().replace("=\r\n", "") + letter.kept.mail_from
    return set(re.findall(r"\b[rtibuvxcf]-[a-z2-7]{26}\b", whole))


def test_notes_reach_no_customer_and_no_guest(town):
    a_whole_case(town)
    outside = [each for each in town.letters if each.to not in STAFF]
    assert {each.to for each in outside} == {
        "carla@gomez.example",
        "max@gomez.example",
        "mei@elsewhere.example",
    }
    pages = []
    with TestClient(build(town.house, clock=lambda: town.now)) as web:
        for letter in outside:
            for token in tokens(letter):
                pages += [web.get(f"/{token[0]}/{token}"), web.get(f"/a/{token}")]
    assert sum(page.status_code == 200 for page in pages) > 10
    seen = [page.text for page in pages] + [
        letter.kept.octets.decode().replace("=\r\n", "") for letter in outside
    ]
    for secret in (*SECRETS, "pays late"):
        assert not any(secret in each for each in seen), secret
    # Nor does an address of the team (decisions D37).
    letters = seen[len(pages) :]
    assert not any(address in each for each in letters for address in STAFF)
    # They did go to the team.
    inside = [each.text for each in town.letters if each.to in STAFF]
    for secret in SECRETS:
        assert any(secret in each for each in inside), secret


def test_no_token_that_was_issued_stands_in_the_database_or_the_log(town):
    """T25: not in rows, not in events, only in raw mail and its envelope."""
    with structlog.testing.capture_logs() as log:
        a_whole_case(town)
    issued = set().union(*(tokens(each) for each in town.letters))
    assert len(issued) > 50
    rows = []
    with town.database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(table.select()).mappings():
                # Raw mail and its envelope are what came, kept as it came.
                mail = (
                    {"raw", "recipients", "sender"} if table.name == "inbound" else ()
                )
                kept = [row[name] for name in row.keys() - set(mail)]
                rows.append(
                    " ".join(
                        each.decode("latin-1") if isinstance(each, bytes) else str(each)
                        for each in kept
                    )
                )
    everything = "\n".join(rows) + str(log)
    assert "Which row?" in everything
    bodies = {each.partition("-")[2] for each in issued}
    found = {each for each in bodies if each in everything.replace("=\r\n", "")}
    assert not found
    # The log names nobody and quotes nothing (house rules).
    assert "decided" in str(log)
    for word in ("carla@", "ana@", "Import fails", *SECRETS, "Row 7"):
        assert word not in str(log), word


def test_a_copy_of_a_case_by_a_guest_begins_with_their_joining(town):
    """Decisions D34: others see it from their joining, colleagues from the start."""
    open_case(town)
    anas = town.last("ana@acme.example")
    town.reply(
        ANA,
        "/invite max@gomez.example\n/invite lea@acme.example\n\nWhich row?",
        to=anas,
    )
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    town.reply("Lea <lea@acme.example>", "yes", to=town.last("lea@acme.example"))
    assert "Which row?" not in town.last("max@gomez.example").text
    assert "Which row?" in town.last("lea@acme.example").text
    with TestClient(build(town.house, clock=lambda: town.now)) as web:

        def page(who):
            return web.get(*re.findall(r"/a/v-[a-z2-7]{26}", town.last(who).text)).text

        assert "stops since Monday" not in page("max@gomez.example")
        assert "stops since Monday" in page("lea@acme.example")

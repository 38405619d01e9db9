"""`parlour people import` and `parlour person merge`: all of it or nothing."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import parlour
from gateway.settings import load
from storage import people
from storage.activity import (
    Activity,
    Desk,
    Lane,
    Membership,
    Participant,
    Role,
)
from storage.database import Database
from storage.event import Event, Kind
from storage.people import Person
from storage.schema import metadata, migrate
from storage.web_session import SignIn, WebSession
from tests.cli import served
from tests.cli.served import write_settings

TABLE = """address,name,role,skills,zone,language,about,away_until,staff,organisation
ana@acme.example ana@home.example,Ana Ruiz,Support lead,\
"imports, dates",madrid,es,,2026-12-24,yes,Acme
bo@acme.example,Bo Berg,,,,,,,,
"""
WRONG = """address;name;role;zone;language;away_until;staff;skills
ana@;Ana;;;;;;
bo@acme.example;-;;Atlantis;;;;
bo@acme.example;Bo;;;klingon;soon;perhaps;
support@acme.example;Us;;;;;;
;Nobody;;;;;;
"""


@pytest.fixture
def database(monkeypatch, tmp_path):
    """A migrated site in the working folder."""
    for name in served.parlour_variables():
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    found = Database(load(write_settings(tmp_path), {}).database_url)
    migrate(found)
    yield found
    found.close()


def run(*arguments):
    return CliRunner().invoke(parlour, [str(each) for each in arguments])


def take(text, *options, encoding="utf-8"):
    Path("people.csv").write_bytes(text.encode(encoding))
    return run("people", "import", "people.csv", *options)


def person(database, address):
    with database.reading() as session:
        found = people.by_address(session, address)
        if found is not None:
            session.expunge(found)
        return found


def test_a_table_is_taken_and_taken_again(database):
    dry = take(TABLE, "--dry-run")
    assert "2 people: 2 new, 0 changed, 0 as they were; nothing was written" in (
        dry.output
    )
    assert person(database, "ana@acme.example") is None
    # As Excel writes it, with a mark at the beginning.
    assert "2 people: 2 new" in take(TABLE, encoding="utf-8-sig").output
    ana = person(database, "ana@home.example")
    assert (ana.name, ana.title, ana.organisation) == (
        "Ana Ruiz",
        "Support lead",
        "Acme",
    )
    assert (ana.skills, ana.zone) == (["imports", "dates"], "Europe/Madrid")
    assert (ana.language, ana.is_staff) == ("es", True)
    assert ana.away_until == date(2026, 12, 24)
    assert "0 new, 0 changed, 2 as they were" in take(TABLE).output
    less = "Address\trole\tskills\naNa@acme.example\t\t-\n"
    found = json.loads(take(less, "--json").output)
    assert found["changed"] == {"aNa@acme.example": ["skills"]}
    # An empty cell leaves what is there, a hyphen takes it away.
    ana = person(database, "ana@acme.example")
    assert (ana.title, ana.skills) == ("Support lead", [])


def test_each_wrong_line_is_named_with_its_remedy_and_nothing_is_taken(database):
    refused = take("address;name\nlea@acme.example;Lea\n" + WRONG.partition("\n")[2])
    assert refused.exit_code == 1
    assert "line 3: more cells than columns" in refused.output
    refused = take(WRONG)
    assert refused.exit_code == 1
    for line in (
        "line 2: 'ana@' is no address; write one such as ana@acme.example",
        "line 3: a name cannot be taken away; leave the cell empty",
        "line 3: no zone is called 'Atlantis'; write one such as Europe/Madrid",
        "line 4: bo@acme.example stands on line 3 too; keep one",
        "line 4: language 'klingon' is not spoken; use one of",
        "line 4: away_until wants a day such as 2026-12-24, not 'soon'",
        "line 4: staff is yes or no, not 'perhaps'",
        "line 5: support@acme.example is an address of a desk; leave it out",
        "line 6: no address; give one such as ana@acme.example",
        "nothing was changed",
    ):
        assert line in refused.output
    assert person(database, "lea@acme.example") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1: the table is empty"),
        ("name\nAna\n", "line 1: no column 'address'"),
        ("address,phone\n", "line 1: unknown column 'phone'; known are address, name"),
        ("address,name,name\n", "line 1: the column 'name' stands there twice"),
        ('address,name\na@b.example,"Ana\n', "save the table as CSV again"),
    ],
)
def test_a_table_that_is_none(database, text, says):
    refused = take(text)
    assert refused.exit_code == 1
    assert says in refused.output


EXPORTED = {
    "activity": "cases",
    "blocked_sender": "addresses",
    "delivery": "got",
    "digest": "digests",
    "event": "wrote",
    "help_offer": "could_help",
    "helper": "wants_to_help_since",
    "ledger": "told",
    "participant": "cases",
    "person_address": "addresses",
    "person_schedule": "schedules",
    "question": "asked",
    "sign_in": "sign_in_links",
    "tag": "did",
    "theme": "themes",
    "theme_told": "themes",
    "web_session": "sessions",
    # Of a mail of theirs no column names them.
    "inbound": "mails",
}
"""Where the export has what each table holds on a person."""


def test_each_table_with_people_in_it_is_exported():
    tables = {
        table.name
        for table in metadata().sorted_tables
        for column in table.columns
        if any(each.target_fullname == "person.id" for each in column.foreign_keys)
    }
    assert tables == EXPORTED.keys() - {"inbound"}


def test_what_is_held_on_somebody_is_printed(database):
    take(TABLE)
    ana = person(database, "ana@acme.example")
    now = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    with database.transaction() as session:
        desk = Desk(address="support@acme.example", name="Acme")
        session.add(desk)
        session.flush()
        case = Activity(
            public_id="ABCDEFGH",
            desk_id=desk.id,
            subject="Import",
            customer_id=ana.id,
            opened_at=now,
        )
        session.add(case)
        session.flush()
        seat = Participant(
            activity_id=case.id,
            person_id=ana.id,
            role=Role.CUSTOMER,
            membership=Membership.JOINED,
        )
        session.add(seat)
        for actor, text in ((ana.id, "Mine."), (None, "Of others.")):
            event = Event(
                activity_id=case.id,
                lane=Lane.EVERYONE,
                kind=Kind.POST,
                actor_id=actor,
                door="smtp",
                proof="verified",
                received_at=now,
                text=text,
            )
            session.add(event)
        link = SignIn(address_mac="a", network_mac="n", asked_at=now)
        link.person_id = ana.id
        session.add(link)
        browser = WebSession(person_id=ana.id, key_hash="h", began_at=now, ends_at=now)
        session.add(browser)
        session.get_one(Person, ana.id).ignores = [ana.id]
    found = json.loads(run("person", "export", "ana@home.example").output)
    assert set(found) == {"profile", *EXPORTED.values()} - {""}
    assert [each["began_at"] for each in found["sessions"]] == [now.isoformat()]
    assert len(found["sign_in_links"]) == 1
    assert "key_hash" not in str(found)
    assert found["profile"]["skills"] == ["imports", "dates"]
    assert [each["address"] for each in found["addresses"]] == [
        "ana@acme.example",
        "ana@home.example",
    ]
    assert [(each["id"], each["role"]) for each in found["cases"]] == [
        ("ABCDEFGH", "customer")
    ]
    assert [(each["text"], each["at"]) for each in found["wrote"]] == [
        ("Mine.", "2026-11-20T09:00:00+00:00")
    ]


def test_two_people_of_one_row_are_merged_first(database):
    take("address,name,role\nana@acme.example,Ana,\nana@home.example,,Lead\n")
    both = "address\nana@acme.example ana@home.example\n"
    refused = take(both)
    command = "parlour person merge ana@acme.example ana@home.example"
    assert f"are two people; first run `{command}`" in refused.output
    merged = run(*command.split()[1:])
    assert (
        merged.output
        == "ana@home.example is ana@acme.example now; 0 cases came along\n"
    )
    found = person(database, "ana@home.example")
    assert (found.name, found.title) == ("Ana", "Lead")
    assert "1 as they were" in take(both).output
    again = run("person", "merge", "ana@acme.example", "ana@home.example")
    assert again.exit_code == 2
    unknown = run("person", "merge", "ana@acme.example", "who@acme.example")
    assert "nobody has the address who@acme.example" in unknown.output


def test_somebody_is_forgotten_after_a_look(database):
    take("address,name\ncarla@home.example,Carla Gomez\n")
    seen = CliRunner().invoke(
        parlour, ["person", "forget", "CARLA@home.example"], input="n\n"
    )
    assert seen.exit_code == 1
    assert "who      Carla Gomez, carla@home.example" in seen.output
    assert "nothing was changed" in seen.output
    found = person(database, "carla@home.example")
    # Nobody at the keyboard is a no.
    assert run("person", "forget", "carla@home.example").exit_code == 1
    done = run("person", "forget", "carla@home.example", "--yes")
    assert (done.exit_code, person(database, "carla@home.example")) == (0, None)
    assert f"they are 'former participant {found.id:03x}' now" in done.output
    again = run("person", "forget", "carla@home.example", "--yes")
    assert again.exit_code == 0
    assert "nobody has the address carla@home.example; nothing to do" in again.output


def test_who_is_of_a_team_is_taken_out_of_the_settings_first(database):
    take("address,name\nana@acme.example,Ana Ruiz\n")
    refused = run("person", "forget", "ana@acme.example", "--yes")
    assert refused.exit_code == 1
    assert "take it out of the settings first" in refused.output
    assert person(database, "ana@acme.example").name == "Ana Ruiz"

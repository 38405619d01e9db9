"""The commands of `parlour`: what they print, how they end, what they refuse."""

import json
import stat
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from gateway.cli import parlour
from gateway.settings import load
from storage import acceptance, journal, outbox
from storage.acceptance import Entry
from storage.activity import Lane
from storage.blobs import Blobs
from storage.database import Database
from storage.journal import State
from storage.outbox import Letter, NewDelivery, Progress
from storage.people import Person
from storage.schema import migrate
from tests.cli import served
from tests.cli.served import write_settings
from tests.sink import Sink

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MAIL = (
    b"From: Carla Gomez <carla@customer.example>\r\n"
    b"To: Support <support@acme.example>, ana@acme.example\r\n"
    b"Subject: Printer on fire\r\n\r\nIt smokes.\r\n"
)


@pytest.fixture(autouse=True)
def no_settings_of_the_machine(monkeypatch, tmp_path):
    for name in served.parlour_variables():
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run():
    def run(*arguments, stdin=None):
        return CliRunner().invoke(parlour, [str(a) for a in arguments], input=stdin)

    return run


@pytest.fixture
def settings(tmp_path):
    """A site with a migrated database."""
    path = write_settings(tmp_path)
    database = Database(f"sqlite:///{tmp_path}/data/parlour.db")
    migrate(database)
    database.close()
    return path


@pytest.fixture
def database(settings):
    found = Database(load(settings, {}).database_url)
    yield found
    found.close()


def keep(database, tmp_path, state=State.PENDING, reason=""):
    entry = Entry(
        received_at=NOW,
        door="smtp",
        peer="192.0.2.1",
        trusted=False,
        sender="carla@customer.example",
        recipients=("support@acme.example",),
        raw=MAIL,
    )
    (number,) = acceptance.keep(database, Blobs(tmp_path / "data" / "mail"), [entry])
    if state is not State.PENDING:
        with database.transaction() as session:
            journal.settle(session, number, state, reason=reason, by="rule", now=NOW)
    return number


def inbound(database, number):
    with database.reading() as session:
        row = journal.by_id(session, number)
        return row.state, row.reason, row.values


def deliver(database, state=Progress.WAITING):
    letter = Letter(
        kind="message",
        message_id="<p.1@acme.example>",
        made_at=NOW,
        raw=b"Subject: x\r\n\r\nsecret text\r\n",
        placeholder="q" * 26,
        return_path="support+{token}@acme.example",
        lane=Lane.EVERYONE,
    )
    with database.transaction() as session:
        person = Person(name="Carla")
        session.add(person)
        session.flush()
        row = NewDelivery(person.id, "carla@customer.example", NOW)
        (number,) = outbox.queue(session, letter, [row])
        outbox.by_id(session, number).state = state
    return number


def progress(database, number):
    with database.reading() as session:
        return outbox.by_id(session, number).state


# The line itself.


def test_the_version_needs_no_settings(run):
    assert run("version").output.startswith("parlour ")
    assert set(json.loads(run("version", "--json").output)) == {"parlour", "python"}


def test_the_entry_of_the_module(tmp_path):
    done = served.parlour("version", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_unknown_command_is_wrong_usage(run):
    done = run("sevre")
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) <= 2
    assert "sevre" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["serve"],
        ["migrate"],
        ["check"],
        ["check", "--json"],
        ["inbound", "list"],
        ["inbound", "release", "1"],
        ["outbox", "list"],
        ["explain", "-"],
    ],
)
def test_wrong_settings_are_one_line_and_exit_2(run, tmp_path, command):
    write_settings(tmp_path, top="colour = 1")
    done = run(*command, stdin="")
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "parlour: parlour.toml: colour: unknown key; remove it or correct it"
    ]


def test_missing_settings_say_what_to_do(run):
    done = run("migrate")
    assert done.exit_code == 2
    (said,) = done.stderr.splitlines()
    assert "parlour init" in said
    assert "--config" in said


@pytest.mark.parametrize("where", ["before", "after", "environment"])
def test_the_settings_file_is_named(run, tmp_path, monkeypatch, where):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    path = write_settings(elsewhere)
    match where:
        case "before":
            done = run("--config", path, "migrate")
        case "after":
            done = run("migrate", "--config", path)
        case _:
            monkeypatch.setenv("PARLOUR_CONFIG", str(path))
            done = run("migrate")
    assert done.exit_code == 0, done.output
    assert (elsewhere / "data" / "parlour.db").exists()


def test_the_nearer_config_wins(run, tmp_path, settings):
    done = run(
        "--config", tmp_path / "nowhere.toml", "inbound", "list", "--config", settings
    )
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("command", [["inbound", "list"], ["outbox", "list"]])
def test_a_database_without_schema_says_what_to_do(run, tmp_path, command):
    write_settings(tmp_path)
    done = run(*command)
    assert done.exit_code == 1
    assert "parlour migrate" in done.stderr


def test_serve_refuses_an_unknown_role(run, settings):
    done = run("serve", "--only", "smtp,ftp")
    assert done.exit_code == 2
    assert "ftp is no role" in done.stderr


def test_serve_says_what_the_settings_lack_for_a_door(run, settings):
    done = run("serve", "--only", "imap")
    assert done.exit_code == 2
    assert "[[desk.mailbox]]" in done.stderr


# init


def test_init_writes_settings_that_work(run, tmp_path):
    done = run(
        "init",
        tmp_path / "site",
        "--address=support@acme.example",
        "--team=Ana Ruiz <ana@acme.example>",
        "--team=bo@acme.example",
        "--outbound-host=smtp.acme.example",
        "--zone=Europe/Madrid",
    )
    assert done.exit_code == 0, done.output
    assert "neutral letter" in done.output
    path = tmp_path / "site" / "parlour.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = load(path, {})
    assert len(found.secret) >= 32
    assert found.secret not in done.output
    assert (found.outbound.tls, found.outbound.port) == ("starttls", 587)
    (desk,) = found.desks.all
    assert [member.address for member in desk.team] == [
        "ana@acme.example",
        "bo@acme.example",
    ]
    assert desk.zone == "Europe/Madrid"


def test_init_makes_a_new_secret_each_time(run, tmp_path):
    flags = ["--address=a@x.example", "--team=b@x.example", "--outbound-host=127.0.0.1"]
    for name in ("one", "two"):
        assert run("init", tmp_path / name, *flags).exit_code == 0
    one, two = (load(tmp_path / name / "parlour.toml", {}) for name in ("one", "two"))
    assert one.secret != two.secret
    assert one.outbound.tls == "none"


def test_init_with_every_flag(run, tmp_path):
    done = run(
        "init",
        tmp_path,
        "--address=help@acme.example",
        '--team="Ruiz, \\"Ana\\"" <ana@acme.example>',
        '--name=Help \\ "Desk"',
        "--reply={token}@reply.acme.example",
        "--outbound-host=smtp.acme.example",
        "--outbound-port=2525",
        "--outbound-tls=tls",
        "--outbound-username=parlour",
        "--outbound-password=pass word",
        "--authserv-id=mx.acme.example",
        "--base-url=https://help.acme.example",
        "--database-url=postgresql+psycopg://parlour@db/parlour",
        "--smtp-listen=0.0.0.0:25",
        "--web-listen=127.0.0.1:80",
    )
    assert done.exit_code == 0, done.output
    assert "neutral letter" not in done.output
    found = load(tmp_path / "parlour.toml", {})
    assert found.desks.all[0].name == 'Help \\ "Desk"'
    assert found.desks.all[0].reply.domain == "reply.acme.example"
    assert found.outbound.password == "pass word"
    assert (found.outbound.tls, found.outbound.port) == ("tls", 2525)
    assert found.smtp.trusted_authserv_ids == ("mx.acme.example",)


MINIMAL = (
    "--address=help@acme.example",
    "--team=a@x.example",
    "--outbound-host=127.0.0.1",
)
NEUTRAL = "customers get the neutral letter until authserv_ids of the mailbox is set"


def test_init_with_a_mailbox(run, tmp_path):
    flags = ["--imap-host=imap.gmail.com", "--imap-password=abcd efgh"]
    done = run("init", tmp_path, *MINIMAL, *flags)
    assert done.exit_code == 0, done.output
    assert "verified when Gmail says so" in done.output
    assert "neutral letter" not in done.output
    assert "abcd" not in done.output
    [(desk, mailbox)] = load(tmp_path / "parlour.toml", {}).mailboxes
    assert desk.address == "help@acme.example"
    assert (mailbox.host, mailbox.port) == ("imap.gmail.com", 993)
    assert (mailbox.username, mailbox.password) == ("help@acme.example", "abcd efgh")


def test_init_with_a_mailbox_of_its_own_server(run, tmp_path):
    done = run(
        *("init", tmp_path, *MINIMAL),
        *("--imap-host=127.0.0.1", "--imap-tls=none", "--imap-port=1143"),
        *("--imap-username=help", "--imap-password=x"),
    )
    assert done.exit_code == 0, done.output
    assert NEUTRAL in done.output
    [(_, mailbox)] = load(tmp_path / "parlour.toml", {}).mailboxes
    assert (mailbox.tls, mailbox.port, mailbox.username) == ("none", 1143, "help")


def test_init_with_a_mailbox_that_needs_a_token(run, tmp_path):
    done = run("init", tmp_path, *MINIMAL, "--imap-host=outlook.office365.com")
    assert done.exit_code == 0, done.output
    assert "is not watched yet" in done.output
    assert NEUTRAL in done.output
    assert "Microsoft does not name its server" in done.output
    path = tmp_path / "parlour.toml"
    assert load(path, {}).mailboxes == ()
    written = path.read_text().replace('# password = "..."', "")
    # What stands there as a comment is sound: take the # off, and it works.
    before, _, block = written.partition("# [[desk.mailbox]]")
    google, microsoft = block.split("# Instead")[0], block.split("for itself:")[1]
    whole = before + "# [[desk.mailbox]]" + google + microsoft
    named = [line for line in whole.splitlines() if not line.endswith("moved")]
    start = named.index("# [[desk.mailbox]]")
    named[start:] = [line.removeprefix("# ") for line in named[start:]]
    path.write_text("\n".join(each for each in named if "ca.pem" not in each))
    [(_, mailbox)] = load(path, {}).mailboxes
    assert mailbox.oauth2.scope == "https://outlook.office365.com/.default"


def test_init_never_overwrites(run, settings):
    before = settings.read_text()
    done = run("init", settings.parent, "--address=a@x.example")
    assert done.exit_code == 1
    assert "there already" in done.stderr
    assert settings.read_text() == before


def test_init_asks_nobody_in_a_script(run, tmp_path):
    done = run("init", tmp_path, "--team=a@x.example", stdin="")
    assert done.exit_code == 2
    assert "--address is missing" in done.stderr
    assert not (tmp_path / "parlour.toml").exists()


def test_init_writes_nothing_that_is_wrong(run, tmp_path):
    done = run(
        "init", tmp_path, "--address=support", "--team=a@x.example", "--outbound-host=x"
    )
    assert done.exit_code == 2
    assert "no mail address" in done.stderr
    assert not (tmp_path / "parlour.toml").exists()


# parse and explain


def test_parse_prints_one_object(run, tmp_path):
    (tmp_path / "one.eml").write_bytes(MAIL)
    found = json.loads(run("parse", tmp_path / "one.eml").output)
    assert found["subject"] == "Printer on fire"
    assert json.loads(run("parse", "-", stdin=MAIL).output) == found


def test_parse_in_a_batch_prints_a_line_for_each_file(run, tmp_path):
    folder = tmp_path / "mails"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.eml").write_bytes(MAIL)
    (folder / "deep" / "b").write_bytes(b"\xff\x00\r\n" * 50)
    lines = [
        json.loads(line) for line in run("parse", "--batch", folder).output.splitlines()
    ]
    assert [line["file"] for line in lines] == ["a.eml", "deep/b"]
    assert lines[0]["subject"] == "Printer on fire"


@pytest.mark.parametrize("arguments", [[], ["--batch", ".", "-"], ["nowhere.eml"]])
def test_parse_wants_one_thing(run, arguments):
    assert run("parse", *arguments, stdin="").exit_code == 2


def test_explain_tells_every_rule_and_does_nothing(run, settings, database):
    done = run("explain", "-", stdin=MAIL)
    assert done.exit_code == 0, done.output
    assert "leads to the desk support@acme.example" in done.output
    assert "YES" in done.output
    assert "so: Open" in done.output
    assert "Ana Ruiz <ana@acme.example>: gets a copy (team)" in done.output
    assert "is here already" not in done.output
    with database.reading() as session:
        assert sum(journal.counts(session).values()) == 0


def test_explain_for_programs(run, settings):
    (route,) = json.loads(run("explain", "-", "--json", stdin=MAIL).output)
    assert route["decision"]["kind"] == "Open"
    assert route["rules"][-1] == {
        "rule": route["rule"],
        "says": route["rules"][-1]["says"],
        "decided": True,
    }


def test_explain_says_what_became_of_a_mail_that_is_here(
    run, settings, database, tmp_path
):
    number = keep(database, tmp_path, State.HELD, "not in this activity")
    done = run("explain", "-", stdin=MAIL)
    line = f"is here already as mail {number}: held, not in this activity"
    assert line in done.output
    (route,) = json.loads(run("explain", "-", "--json", stdin=MAIL).output)
    assert [one["reason"] for one in route["happened"]] == ["not in this activity"]
    assert {one["would_get"] for one in route["people"]} == {"author", "copy"}


def test_explain_asks_for_the_recipient_it_cannot_see(run, settings):
    elsewhere = MAIL.replace(b"support@", b"sales@")
    done = run("explain", "-", stdin=elsewhere)
    assert done.exit_code == 1
    assert "--to" in done.stderr
    told = run("explain", "-", "--to", "support@acme.example", stdin=elsewhere)
    assert told.exit_code == 0, told.output


def test_explain_takes_the_envelope_from_the_mail(run, settings):
    delivered = (
        b"Return-Path: <>\r\nDelivered-To: support@acme.example\r\n"
        + MAIL.replace(b"support@", b"sales@")
    )
    (route,) = json.loads(run("explain", "-", "--json", stdin=delivered).output)
    assert route["leads_to"] == "the desk support@acme.example"


# inbound


def test_inbound_lists_and_shows(run, settings, database, tmp_path):
    held = keep(database, tmp_path, State.HELD, "not in this activity")
    keep(database, tmp_path)
    listed = run("inbound", "list", "--state", "held").output
    assert "not in this activity" in listed
    assert len(listed.splitlines()) == 2
    (found,) = json.loads(run("inbound", "list", "--state", "held", "--json").output)
    assert (found["id"], found["sender"]) == (held, "carla@customer.example")
    shown = run("inbound", "show", held).output
    assert "not in this activity" in shown
    assert "192.0.2.1" in shown
    assert (
        json.loads(run("inbound", "show", held, "--json").output)["peer"] == "192.0.2.1"
    )


def test_inbound_shows_the_mail_itself(run, settings, database, tmp_path):
    number = keep(database, tmp_path)
    assert run("inbound", "show", number, "--raw").stdout_bytes == MAIL


@pytest.mark.parametrize(("flags", "said"), [([], "admit"), (["--as-written"], "post")])
def test_held_mail_is_released(run, settings, database, tmp_path, flags, said):
    number = keep(database, tmp_path, State.HELD, "a stranger")
    assert run("inbound", "release", number, *flags).exit_code == 0
    assert inbound(database, number) == (
        State.PENDING,
        "released",
        {"released": said},
    )


def test_held_mail_is_discarded_and_comes_back(run, settings, database, tmp_path):
    number = keep(database, tmp_path, State.HELD, "a stranger")
    assert run("inbound", "discard", number, "--reason", "spam").exit_code == 0
    assert inbound(database, number) == (State.DISCARDED, "spam", {})
    assert run("inbound", "replay", number).exit_code == 0
    assert inbound(database, number)[0] is State.PENDING


def test_failed_mail_is_read_again(run, settings, database, tmp_path):
    number = keep(database, tmp_path, State.FAILED, "broke")
    assert run("inbound", "replay", number).exit_code == 0
    assert inbound(database, number)[0] is State.PENDING


@pytest.mark.parametrize("deed", ["release", "discard", "replay"])
def test_what_is_done_stays_done(run, settings, database, tmp_path, deed):
    number = keep(database, tmp_path, State.DONE)
    done = run("inbound", deed, number)
    assert done.exit_code == 1
    assert f"mail {number} is done" in done.stderr
    assert inbound(database, number)[0] is State.DONE


@pytest.mark.parametrize("deed", ["show", "release", "discard", "replay"])
def test_mail_that_is_not_there(run, settings, deed):
    done = run("inbound", deed, 99)
    assert done.exit_code == 1
    assert "there is no mail 99" in done.stderr


def test_nothing_in_a_table_moves_the_terminal(run, settings, database, tmp_path):
    keep(database, tmp_path, State.HELD, "odd \x1b[2J\u202e reason")
    listed = run("inbound", "list").output
    assert "\x1b" not in listed
    assert "\u202e" not in listed


# outbox


def test_outbox_lists_and_shows_no_text(run, settings, database):
    number = deliver(database)
    assert "carla@customer.example" in run("outbox", "list").output
    shown = run("outbox", "show", number).output
    assert "<p.1@acme.example>" in shown
    assert "secret text" not in shown
    assert (
        json.loads(run("outbox", "show", number, "--json").output)["kind"] == "message"
    )
    assert json.loads(run("outbox", "list", "--state", "sent", "--json").output) == []


def test_a_delivery_is_cancelled_and_tried_again(run, settings, database):
    number = deliver(database)
    assert run("outbox", "cancel", number).exit_code == 0
    assert progress(database, number) is Progress.CANCELLED
    assert run("outbox", "retry", number).exit_code == 0
    assert progress(database, number) is Progress.WAITING


@pytest.mark.parametrize("deed", ["cancel", "retry"])
def test_what_is_sent_is_sent(run, settings, database, deed):
    number = deliver(database, Progress.SENT)
    done = run("outbox", deed, number)
    assert done.exit_code == 1
    assert f"delivery {number} is sent" in done.stderr


@pytest.mark.parametrize("deed", ["show", "cancel", "retry"])
def test_a_delivery_that_is_not_there(run, settings, deed):
    done = run("outbox", deed, 99)
    assert done.exit_code == 1
    assert "there is no delivery 99" in done.stderr


# check


def findings(run, code):
    done = run("check", "--json")
    assert done.exit_code == code, done.output
    found = {}
    for finding in json.loads(done.stdout):
        found.setdefault(finding["subject"], []).append(finding)
    return found


def levels(found, subject):
    return {finding["level"] for finding in found[subject]}


@pytest.fixture
def smarthost(settings):
    with Sink() as sink:
        settings.write_text(
            settings.read_text().replace("port = 9", f"port = {sink.port}")
        )
        yield sink


def test_check_of_a_sound_site(run, settings, smarthost, no_dns):
    found = findings(run, 0)
    for subject in ("settings", "disk", "database", "clock", "journal", "outbox"):
        assert levels(found, subject) == {"ok"}, found[subject]
    assert levels(found, "invariants") == {"ok"}
    assert "ok" in levels(found, "smarthost")
    (proof,) = found["proof"]
    assert "customers get the neutral letter until" in proof["text"]
    assert levels(found, "base_url") == {"warning"}
    assert levels(found, "dns") == {"warning"}
    assert all(finding["remedy"] for finding in found["proof"])


def test_check_says_it_in_lines(run, settings, smarthost, no_dns):
    done = run("check")
    assert done.exit_code == 0
    for line in done.output.splitlines():
        assert line.split()[0] in {"ok", "warning", "failed"}


def test_check_finds_a_smarthost_that_is_away(run, settings, no_dns):
    assert levels(findings(run, 1), "smarthost") == {"failed"}


def test_check_finds_a_schema_that_is_missing(run, tmp_path, no_dns, monkeypatch):
    monkeypatch.setenv("PARLOUR_AUTO_MIGRATE", "false")
    write_settings(tmp_path)
    (found,) = findings(run, 1)["database"]
    assert found["level"] == "failed"
    assert "parlour migrate" in found["remedy"]


def test_check_before_the_first_start_blames_no_database(run, tmp_path, no_dns):
    write_settings(tmp_path)
    # What failed is the smarthost alone, which is away.
    (found,) = findings(run, 1)["database"]
    assert found["level"] == "warning"
    assert "parlour serve" in found["remedy"]


def test_check_counts_what_waits(run, settings, smarthost, database, tmp_path, no_dns):
    keep(database, tmp_path, State.HELD, "a stranger")
    keep(database, tmp_path, State.FAILED, "broke")
    keep(database, tmp_path)
    deliver(database)
    found = findings(run, 1)
    assert levels(found, "held") == {"warning"}
    assert levels(found, "failed") == {"failed"}
    assert levels(found, "journal") == {"failed"}, "pending since march"
    assert levels(found, "outbox") == {"warning"}


def test_check_knows_the_secret_of_the_documentation(run, settings, smarthost, no_dns):
    known = "at least 32 characters; signs addresses and links"
    settings.write_text(settings.read_text().replace(served.SECRET, known))
    assert "failed" in levels(findings(run, 1), "secret")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('listen = "unix:lmtp"', "mode 660"),
        ('listen = "unix:none/lmtp"', "there is no folder"),
        ('listen = "unix:lmtp"\nsocket_group = "no-such"', "no group no-such"),
    ],
)
def test_check_looks_at_the_lmtp_socket(run, settings, smarthost, no_dns, lines, said):
    settings.write_text(settings.read_text() + f"\n[lmtp]\n{lines}\n")
    assert said in run("check").stdout


def test_check_reads_the_certificate(run, settings, smarthost, tmp_path, no_dns):
    pem = served.ROOT / "tests" / "loopback.pem"
    (tmp_path / "tls.pem").write_bytes(pem.read_bytes())
    settings.write_text(
        settings.read_text().replace(
            "[web]", 'tls_cert = "tls.pem"\ntls_key = "tls.pem"\n[web]'
        )
    )
    assert levels(findings(run, 0), "certificate") <= {"ok", "warning"}
    (tmp_path / "tls.pem").write_text("no certificate")
    assert levels(findings(run, 1), "certificate") == {"failed"}

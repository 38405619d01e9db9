"""`parlour check` mails each desk to itself and says which reply addresses work."""

import json
import re

import pytest
from click.testing import CliRunner

from gateway.cli import parlour
from storage import journal, outbox
from storage.database import Database
from storage.journal import State
from tests.cli import served
from tests.cli.served import Served, until, write_settings
from tests.postman import NO_SUCH, Postman, Way, free_port, keeps

OURS = re.compile(r"(?:(?P<name>[a-z]+)(?P<sign>[+-]))?(?P<token>p-[a-z2-7]{26})@.*")
PLUS, MINUS = "support+{token}@acme.example", "support-{token}@acme.example"
WHOLE, PLAIN = "{token}@acme.example", "support@acme.example"


def only(*signs):
    """A site that lets these through: "+", "-", "" for a whole local part."""

    def way(address):
        found = OURS.fullmatch(address)
        if found is None or (found["sign"] or "") in signs:
            return Way(to=address)
        return Way(refusal=NO_SUCH)

    return way


def strips(address):
    return Way(to=re.sub(r"\+.*@", "@", address)) if "-p-" not in address else Way()


def swallows(address):
    return Way()


def reports(address):
    return Way(to=address) if address == PLAIN else Way(report=True)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that is served, and the mail server it stands behind."""
    folder = tmp_path_factory.mktemp("site")
    door, pages = free_port(), free_port()
    with Postman(door) as postman:
        path = write_settings(folder)
        text = path.read_text().replace("port = 9", f"port = {postman.port}")
        text = text.replace('listen = "127.0.0.1:0"', f'listen = "127.0.0.1:{door}"', 1)
        text = text.replace(
            'listen = "127.0.0.1:0"', f'listen = "127.0.0.1:{pages}"', 1
        )
        path.write_text(text)
        with Served(path) as running:
            running.ready()
            postman.path = path
            yield postman


@pytest.fixture
def check(site, monkeypatch, tmp_path, no_dns):
    """Run `parlour check` at a site that does this with its mail."""
    for name in served.parlour_variables():
        monkeypatch.delenv(name)
    monkeypatch.chdir(site.path.parent)
    site.asked.clear()

    def check(way, *more, reply="", code=0, senders=lambda _: True):
        site.way, site.senders = way, senders
        path = tmp_path / "parlour.toml"
        data = f'data_dir = "{site.path.parent}/data"\n[database]'
        text = site.path.read_text().replace("[database]", data)
        text = text.replace("sqlite:///data", f"sqlite:///{site.path.parent}/data")
        path.write_text(text + (f'reply = "{reply}"\n' if reply else ""))
        done = CliRunner().invoke(
            parlour, ["check", "--config", str(path), "--json", *more]
        )
        assert done.exit_code == code, done.output
        return [
            (each["level"], each["text"], each["remedy"])
            for each in json.loads(done.stdout)
            if each["subject"].startswith("reply")
        ]

    return check


def form_of(address):
    return re.sub(r"p-[a-z2-7]{26}", "{token}", address)


def seconds_out(text):
    return re.sub(r"\(\d+\.\d s\)", "(N s)", text)


def test_a_site_that_keeps_the_plus(check, site):
    [(level, text, remedy)] = check(keeps)
    assert (level, seconds_out(text), remedy) == (
        "ok",
        f"{PLUS} comes back (N s)",
        "",
    )
    # The plain one is the recipient when it is asked who may send.
    assert {form_of(each) for each in site.asked} == {PLUS, PLAIN}


def test_a_site_that_strips_what_follows_the_plus(check):
    first, *others = check(strips, "--wait", "2", code=1)
    assert first[:2] == ("failed", f"{PLUS} comes back to {PLAIN}, without its token")
    assert f'reply = "{WHOLE}"' in first[2]
    assert [(each[0], seconds_out(each[1])) for each in others] == [
        ("warning", f"{MINUS} did not come back within 2 s"),
        ("ok", f"{WHOLE} comes back (N s)"),
    ]


def test_a_site_that_refuses_the_plus(check):
    first, *others = check(only("-"), code=1)
    assert first == (
        "failed",
        f"{PLUS} was refused: {NO_SUCH}",
        f'write reply = "{MINUS}"',
    )
    assert [(each[0], seconds_out(each[1])) for each in others] == [
        ("ok", f"{MINUS} comes back (N s)"),
        ("warning", f"{WHOLE} was refused: {NO_SUCH}"),
    ]
    # What was recommended works.
    [(level, _, _)] = check(only("-"), reply=MINUS)
    assert level == "ok"


def test_a_site_with_a_catch_all(check):
    first, *_ = check(only(""), code=1)
    assert first[2] == f'write reply = "{WHOLE}"'
    [(level, _, _)] = check(only(""), reply=WHOLE)
    assert level == "ok"


def test_a_site_that_knows_only_the_address_itself(check, site):
    first, *others = check(only(), code=1)
    assert first[2].startswith(f'write reply = "{PLAIN}" (ids alone')
    assert seconds_out(others[-1][1]) == f"{PLAIN} comes back (N s)"
    assert site.asked[-1] == PLAIN, "the last resort comes last"
    [(level, text, _)] = check(only(), reply=PLAIN)
    assert (level, seconds_out(text)) == ("ok", f"{PLAIN} comes back (N s)")


def test_a_site_that_swallows_everything(check):
    found = check(swallows, "--wait", "1", code=1)
    assert [level for level, _, _ in found] == ["failed", *["warning"] * 3]
    assert all("did not come back within 1 s" in text for _, text, _ in found)
    assert f"let mail to {PLAIN} come to Parlour" in found[0][2]


def test_a_smarthost_that_lets_nobody_send_as_a_sub_address(check):
    first, *others = check(keeps, code=1, senders=lambda sender: sender == PLAIN)
    assert first[1] == (
        f"{PLUS} was refused: as the sender of letters: 553 5.7.1 not owned by user"
    )
    assert first[2].startswith(f'write reply = "{PLAIN}" (ids alone')
    assert seconds_out(others[-1][1]) == f"{PLAIN} comes back (N s)"


def test_a_report_is_an_answer_too(check):
    first, *others = check(reports, code=1)
    assert first[1] == f"{PLUS} was refused: smtp; {NO_SUCH}"
    assert first[2].startswith(f'write reply = "{PLAIN}"')
    assert len(others) == 3


def test_no_mail_sends_nothing(check, site):
    assert check(keeps, "--no-mail") == []
    assert site.asked == []


def test_nothing_comes_of_a_probe(check, site):
    check(keeps)
    check(reports, code=1)
    database = Database(f"sqlite:///{site.path.parent}/data/parlour.db")
    try:

        def settled():
            with database.reading() as session:
                rows = journal.listing(session)
                return rows if all(r.state is not State.PENDING for r in rows) else []

        rows = until(settled)
        assert {(row.state, row.settled_by) for row in rows} == {
            (State.DISCARDED, "probe")
        }
        with database.reading() as session:
            assert not outbox.listing(session, None, 10)
    finally:
        database.close()


def test_a_site_that_is_not_served_is_not_mailed(monkeypatch, tmp_path, no_dns):
    with Postman(9) as site:
        path = write_settings(tmp_path)
        path.write_text(path.read_text().replace("port = 9", f"port = {site.port}"))
        done = CliRunner().invoke(parlour, ["check", "--config", str(path)])
        assert "not tried: nothing would take the mail" in done.output
        assert site.asked == []

"""`parlour digest`: what is due, once, at whatever instant; and a look beforehand."""

import json
import re
from contextlib import closing

import pytest

from storage import outbox
from storage.database import Database
from tests.activities.people import CARLA
from tests.cli.served import SECRET, parlour, write_settings
from tests.digests.test_digest import case_with_mei
from tests.town import Town

THREE = ["ana@acme.example", "bo@acme.example", "mei@acme.example"]
MONDAY = "2026-11-23T09:05+01:00"


@pytest.fixture
def site(tmp_path, reader):
    """A site in which Mei, who reads the digest, and Bo have something to hear."""
    settings = write_settings(tmp_path)
    team = 'team = ["Ana Ruiz <ana@acme.example>", "Bo Berg <bo@acme.example>"]'
    settings.write_text(re.sub(r"team = .*", team, settings.read_text()))
    assert parlour("migrate", folder=tmp_path).returncode == 0
    with Town(url(tmp_path), tmp_path / "data", reader, secret=SECRET) as town:
        case_with_mei(town)
        town.reply(CARLA, "Row 7 fails.")
    return tmp_path


def url(folder):
    return f"sqlite:///{folder / 'data' / 'parlour.db'}"


def said(folder, *words):
    done = parlour(*words, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def without_tokens(text):
    """What it says: who only looks is given addresses by chance, which are nobody's.

    Its hour is the one in which somebody looked.
    """
    return re.sub(r"\b[a-z]-[a-z2-7]{26}\b|\d\d:\d\d(?= \(UTC\))", "...", text)


def queued(folder):
    """Who has a letter that has not left yet."""
    with closing(Database(url(folder))) as store, store.reading() as session:
        rows = outbox.listing(session, outbox.Progress.WAITING, 100)
        return sorted(row.address for row in rows)


def test_run_and_preview(site):
    preview = ("digest", "preview", "mei@acme.example")
    before = without_tokens(said(site, *preview))
    assert "Row 7 fails." in before
    # On Saturday nobody's is due, and who looks changes nothing.
    assert said(site, "digest", "run", "--at", "2026-11-21T09:00Z") == "digests: 0\n"
    assert without_tokens(said(site, *preview)) == before
    assert queued(site) == []
    made = said(site, "digest", "run", "--at", MONDAY, "--json")
    assert json.loads(made) == {"digests": 3}
    # Ana's too, whose customer waits.
    assert queued(site) == THREE
    # Twice does nothing twice, by whichever command, now or at an older instant.
    assert said(site, "digest", "run", "--at", MONDAY) == "digests: 0\n"
    assert "digests: 0\n" in said(site, "schedule", "run", "--at", MONDAY)
    assert said(site, "digest", "run", "--at", "2026-11-20T23:00Z") == "digests: 0\n"
    assert queued(site) == THREE
    assert said(site, *preview) == "nothing to tell\n"


def test_the_schedule_makes_them_too_and_once(site):
    assert "digests: 3\n" in said(site, "schedule", "run", "--at", MONDAY)
    assert "digests: 0\n" in said(site, "schedule", "run", "--at", MONDAY)
    assert said(site, "digest", "run", "--at", MONDAY) == "digests: 0\n"


def test_nobody_has_that_address(site):
    done = parlour("digest", "preview", "who@x.example", folder=site)
    assert done.returncode != 0
    assert "nobody here has the address who@x.example" in done.stderr

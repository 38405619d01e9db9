"""`parlour look`: what it prints, what its page is, and that it leaves no trace."""

import html.parser
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import parlour
from tests.cli import served
from tests.cli.served import write_settings

SECONDS = 30


@cache
def now():
    """Give the time of the first test here: collecting may be long ago."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 (look asks it too)


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


def mail(name, sender, to, days, subject, *fields):
    """Write a mail of so many days ago."""
    at = format_datetime(now() - timedelta(days=days))
    lines = [
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        f"Date: {at}",
        f"Message-ID: <{name}@test.example>",
        *fields,
    ]
    return ("\n".join(lines) + "\n\nText.\n").encode()


DESK, ANA = "support@acme.example", "Ana Ruiz <ana@acme.example>"
CARLA, DAN = "Carla Gomez <carla@shop.example>", '"Dan <b>Ito & Sons" <dan@ito.example>'


def answers(name):
    return f"In-Reply-To: <{name}@test.example>"


@cache
def mails():
    return (
        mail("q", CARLA, DESK, 10, "Printer stops"),
        mail("a", ANA, CARLA, 9.75, "Re: Printer stops", answers("q")),
        mail("w", DAN, DESK, 3, "Scanner <script>alert(1)</script> \x1b[31mred"),
        mail("n", "news@list.example", DESK, 2, "News", "List-Id: <l.example>"),
        b"Subject: from nobody\n\nText.\n",
    )


@pytest.fixture
def mbox(tmp_path):
    path = tmp_path / "Inbox"
    line = b"From x@y.example Mon Nov  2 10:00:00 2026\n"
    path.write_bytes(b"".join(line + each + b"\n" for each in mails()))
    return path


def test_the_report_in_words(run, mbox):
    done = run("look", "mbox", mbox)
    assert done.exit_code == 0
    for said in (
        "        5  read",
        "        3  by people, in 2 threads; customers began 2",
        "        1  by machines: lists 1",
        "        1  could not be read",
        "no sender",
        "half within 6 h, nine of ten within 6 h (round the clock)",
        "never answered  ████████████░░░░░░░░░░░░   50%  1",
        "Who waits now: 1",
        "3 days  Dan <b>Ito & Sons  Scanner <script>alert(1)</script> [31mr",
        "desk: support@acme.example (a guess: it gets the most mail)",
        "everybody who writes from acme.example",
        "--desk ADDRESS, and --team ADDRESS",
    ):
        assert said in done.stdout, said
    assert "\x1b" not in done.stdout


def test_json_holds_every_figure(run, mbox):
    done = run(
        "look", "mbox", mbox, "--json", "--desk", DESK, "--team", "ana@acme.example"
    )
    found = json.loads(done.stdout)
    assert found["counts"] == {
        "read": 5,
        "in_threads": 3,
        "machines": {"list": 1},
        "repeats": 0,
        "aside": {},
        "unreadable": 1,
    }
    assert found["times"]["median"] == 6 * 3600
    assert found["us"]["guessed_desk"] is found["us"]["guessed_team"] is False
    (waits,) = found["waiting"]
    assert waits["address"] == "dan@ito.example"
    since = datetime.fromisoformat(waits["since"])
    assert since == now() - timedelta(days=3)


class Page(html.parser.HTMLParser):
    """Notes what a page is made of."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.links, self.words = [], set(), [], []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.links += [
            value
            for name, value in attributes
            if name in {"src", "href", "srcset", "action", "xlink:href", "data"}
        ]
        assert not any(name.startswith("on") for name, _ in attributes)
        if tag not in {"meta", "link", "br", "rect"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_stands_alone(run, mbox, tmp_path):
    done = run("look", "mbox", mbox, "--html", "look.html")
    assert done.stdout.endswith("\nThe page is in look.html.\n")
    text = (tmp_path / "look.html").read_text("utf-8")
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    assert page.links == []
    assert not page.tags & {"script", "iframe", "object", "img", "link", "form"}
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert "url(" not in text
    assert "@import" not in text
    words = " ".join(" ".join(page.words).split())
    for said in (
        "A look at your mail",
        "Scanner <script>alert(1)</script>",
        "Dan <b>Ito & Sons · dan@ito.example",
        "Half of those who got an answer had it within 6 hrs",
        "That is a guess",
    ):
        assert said in words, said


def test_the_settings_say_who_is_ours_and_speak_their_language(run, mbox, tmp_path):
    settings = write_settings(tmp_path)
    written = settings.read_text()
    assert 'address = "support@acme.example"' in written
    desk = '[[desk]]\nlanguage = "de"\nhours = "mon-sun 00:00-12:00"'
    settings.write_text(written.replace("[[desk]]", desk))
    done = run("look", "mbox", mbox, "--html", "look.html")
    assert "a guess" not in done.stdout
    assert "(opening hours alone)" in done.stdout
    text = (tmp_path / "look.html").read_text("utf-8")
    assert '<html lang="de"' in text
    assert "Ein Blick in Ihre Mail" in text
    # Nothing is written beside it: no database, no folder.
    assert not (tmp_path / "data").exists()


def test_settings_that_are_not_there_are_only_missed_when_named(run, mbox):
    assert run("look", "mbox", mbox).exit_code == 0
    done = run("look", "mbox", mbox, "--config", "mine.toml")
    assert done.exit_code == 2
    assert "no such file" in done.stderr


def test_a_maildir(run, tmp_path):
    for folder, number in (("", 0), (".Sent", 1), ("", 2)):
        for part in ("cur", "new", "tmp"):
            (tmp_path / "Maildir" / folder / part).mkdir(parents=True, exist_ok=True)
        (tmp_path / "Maildir" / folder / "cur" / f"{number}.x:2,").write_bytes(
            mails()[number]
        )
    before = sorted(tmp_path.rglob("*"))
    done = run("look", "maildir", tmp_path / "Maildir")
    assert "        3  read" in done.stdout
    assert "Who waits now: 1" in done.stdout
    assert sorted(tmp_path.rglob("*")) == before


def test_an_imap_mailbox_and_no_trace(run, monkeypatch, imap_server):
    box = imap_server.account()
    box.append(*mails())
    box.append(mails()[1], folder="Sent")
    before = box.mails(), box.mails("Sent")
    monkeypatch.setenv("PARLOUR_IMAP_PASSWORD", imap_server.password)
    where = f"{box.name}@{imap_server.host}:{imap_server.port}"
    done = run("look", "imap", f"imap://{where}/")
    assert done.exit_code == 0, done.stderr
    assert f"imap {box.name}@{imap_server.host}/INBOX,Sent" in done.stdout
    assert "        6  read" in done.stdout
    assert "        1  the same mail again" in done.stdout
    assert (box.mails(), box.mails("Sent")) == before
    assert not any("\\Seen" in mail.flags for mail in before[0])
    one = run("look", "imap", f"imap://{where}/INBOX", "--json")
    assert json.loads(one.stdout)["counts"]["read"] == 5


def test_the_mailbox_of_a_desk(run, imap_server, tmp_path):
    box = imap_server.account()
    box.append(*mails())
    settings = write_settings(tmp_path)
    settings.write_text(
        settings.read_text() + f'\n[[desk.mailbox]]\nhost = "{imap_server.host}"\n'
        f"port = {imap_server.port}\n"
        f'tls = "none"\nusername = "{box.name}"\npassword = "{imap_server.password}"\n'
    )
    for source in ("support@acme.example", box.name):
        done = run("look", "imap", source)
        assert done.exit_code == 0, done.stderr
        assert "        5  read" in done.stdout
    done = run("look", "imap", "nobody@acme.example")
    assert done.exit_code == 1
    assert box.name in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["mbox", "nowhere"], 1, "nowhere: cannot be read: No such file"),
        (["mbox", "some.txt"], 1, "is no mbox file"),
        (["mbox", "."], 1, "there is no mbox file in it"),
        (["maildir", "."], 1, "is no Maildir"),
        (["pst", "x"], 2, "is not one of"),
        (["mbox"], 2, "Missing argument"),
        (["mbox", "some.txt", "--team", "ana"], 2, "ana is no mail address"),
        (["imap", "imaps://host/INBOX"], 1, "imaps://user@host"),
        (["imap", "pop://user@host/"], 1, "imaps://user@host"),
        (["imap", "imaps://user@host:x/"], 1, "imaps://user@host"),
        (["imap", "imaps://user:secret@host/"], 1, "leave the password out"),
        (["imap", "imaps://user:secret@host:99999/"], 1, "leave the password out"),
        (["imap", "imaps://user:se/secret@host/"], 1, "leave the password out"),
        (["imap", "https://user:secret@host/?x"], 1, "leave the password out"),
        (["imap", "imaps://user@host/"], 1, "set PARLOUR_IMAP_PASSWORD"),
        (["imap", "support@acme.example"], 2, "no such file"),
    ],
)
def test_a_mistake_is_one_line(run, tmp_path, arguments, status, said):
    (tmp_path / "some.txt").write_text("Just a text.\n")
    done = run("look", *arguments)
    assert done.exit_code == status
    assert said in done.stderr
    assert "secret" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_what_a_terminal_would_obey_is_shown_escaped(run):
    done = run("look", "mbox", "\x1b]0;yours\x07\u202e")
    assert done.stderr.startswith(r"parlour: \x1b]0;yours\x07\u202e: cannot be read")


def test_a_page_that_cannot_be_written_is_said(run, mbox):
    done = run("look", "mbox", mbox, "--html", "none/look.html")
    assert done.exit_code == 1
    assert "none/look.html: cannot be written" in done.stderr


def test_progress_on_a_terminal_and_ctrl_c(tmp_path):
    line = b"From x@y.example Mon Nov  2 10:00:00 2026\n"
    path = tmp_path / "big"
    with path.open("wb") as file:
        for number in range(60_000):
            each = mail(str(number), f"c{number % 90}@c.example", DESK, 1, "Hello")
            file.write(line + each + b"\n")
    terminal, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "look", "mbox", path],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=os.environ | {"PYTHONPATH": str(Path(parlour_root()))},
    )
    os.close(theirs)
    try:
        shown = read_until(terminal, rb"of 60,000 mails, [\d,]+ a second, .* left")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=SECONDS)
        shown += read_until(terminal, rb"stopped")
    finally:
        process.kill()
        os.close(terminal)
    assert process.returncode == 1
    assert out == b""
    last = shown.rpartition(b"\x1b[K")[2]
    assert last.strip() == b"parlour: stopped"
    assert b"Traceback" not in shown


def parlour_root():
    return Path(__file__).resolve().parent.parent.parent


def read_until(terminal, pattern):
    """Give what a terminal shows until it shows the pattern."""
    shown = b""
    ends = time.monotonic() + SECONDS
    while not re.search(pattern, shown):
        assert time.monotonic() < ends, shown
        try:
            shown += os.read(terminal, 4096)
        except OSError:
            # The other side is closed.
            break
    return shown

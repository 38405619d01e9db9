"""A demo that runs in a process of its own, and somebody who visits it."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from selectolax.lexbor import LexborHTMLParser

SECONDS = 60


@dataclass(frozen=True)
class Mail:
    """One mail as the visitor opens it."""

    path: str
    headers: dict[str, str]
    links: dict[str, str]
    """The addresses behind the words in the HTML twin."""
    text: str

    @property
    def kind(self):
        return self.headers.get("X-Parlour-Kind", "own")


class Visitor:
    """Somebody with a browser and no JavaScript."""

    def __init__(self, base_url):
        self.base_url = base_url

    def page(self, path, **form):
        data = urlencode(form).encode() if form else None
        url = path if path.startswith("http") else f"{self.base_url}{path}"
        with urlopen(Request(url, data), timeout=20) as answer:
            return LexborHTMLParser(answer.read())

    def mails(self, who):
        """Open every mail of a mailbox, newest first."""
        listed = self.page(f"/demo/{who}").css(".mails a")
        return [self.open(link.attributes["href"]) for link in listed]

    def kinds(self, who):
        return [mail.kind for mail in self.mails(who)]

    def open(self, path):
        page = self.page(path)
        rows = page.css(".headers tr")
        frame = page.css_first("iframe")
        letter = LexborHTMLParser(frame.attributes["srcdoc"]) if frame else page
        return Mail(
            path=path,
            headers={
                row.css_first("th").text(): row.css_first("td").text() for row in rows
            },
            links={a.text(): a.attributes["href"] for a in letter.css("a")},
            text=letter.body.text(separator=" "),
        )

    def newest(self, who, kind):
        return next(mail for mail in self.mails(who) if mail.kind == kind)

    def reply(self, who, mail, text, **more):
        number = mail.path.rpartition("/")[2]
        self.page(f"/demo/{who}/send", answers=number, text=text, proved="yes", **more)

    def wait_for(self, who, words):
        """Wait until a mail with these words has come to somebody."""
        ends = time.monotonic() + SECONDS
        while time.monotonic() < ends:
            for mail in self.mails(who):
                if words in mail.text and mail.kind != "own":
                    return mail
            time.sleep(0.1)
        pytest.fail(f"no mail with {words!r} came to {who}")


def start(folder, smtp="0", web="0"):
    command = [sys.executable, "-m", "gateway.cli", "demo", "--folder", str(folder)]
    return subprocess.Popen(
        [*command, "--port-smtp", smtp, "--port-web", web],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@contextmanager
def running(folder):
    """Give a visitor of a demo whose story was told; it ends well."""
    process = start(folder)
    try:
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line.startswith("Ctrl-C ends it"):
                break
        said = "\n".join(lines)
        log = (folder / "parlour.log").read_text()
        assert "The story stopped" not in said, f"{said}\n{log}"
        assert process.poll() is None, f"{said}\n{process.stderr.read()}"
        visitor = Visitor(re.search(r"(http://\S+)/demo\n", said)[1])
        visitor.folder = folder
        yield visitor
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=20)
        process.stdout.close()
        process.stderr.close()
    assert status == 0

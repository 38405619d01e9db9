"""The whole demo, as a visitor meets it: the story, the mailboxes, the buttons."""

import re
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest
from selectolax.lexbor import LexborHTMLParser

from gateway import demo
from gateway.demo.specimens import SPECIMENS
from tests.demo.running import running, start

MAILS = Path(demo.__file__).parent / "story/mails"
SAMPLES = {file.stem: file.read_text() for file in MAILS.glob("*.eml")}


def status(request):
    try:
        with urlopen(request, timeout=20) as answer:
            return answer.status
    except HTTPError as error:
        with error:
            return error.code


@pytest.fixture(scope="module")
def visitor(tmp_path_factory):
    with running(tmp_path_factory.mktemp("demo") / "demo") as visitor:
        yield visitor


def test_the_story_is_told_in_the_mailboxes(visitor):
    assert visitor.kinds("carla") == ["own", "message", "acknowledgement", "own"]
    assert visitor.kinds("mei") == ["invitation"]
    assert visitor.newest("ana", "note").headers["Subject"].startswith("Team: ")
    assert "/note" not in visitor.newest("ana", "note").text
    for who in ("carla", "mei"):
        for mail in visitor.mails(who):
            assert "close to leaving us" not in mail.text


def test_the_invited_joins_on_the_page_and_takes_part(visitor):
    invitation = visitor.newest("mei", "invitation")
    link = next(url for url in invitation.links.values() if "/i/" in url)
    assert "Ana Ruiz invites you" in visitor.page(link).text()
    assert "You are in" in visitor.page(link, answer="join").text()
    joined = visitor.wait_for("mei", "1,400 rows")
    carla = visitor.newest("carla", "message")
    visitor.reply("carla", carla, "Did it help that I wrote twice?")
    heard = visitor.wait_for("mei", "Did it help that I wrote twice?")
    assert heard.kind == "message"
    assert joined.path != heard.path
    visitor.reply("mei", heard, "The importer takes both from tonight on.")
    answer = visitor.wait_for("carla", "The importer takes both from tonight on.")
    assert "via Acme Support" in answer.headers["From"]


def test_a_mailto_button_of_a_letter_opens_the_form_filled_in(visitor):
    first = visitor.mails("ana")
    buttons = [
        url
        for mail in first
        for url in mail.links.values()
        if url.startswith("/demo/ana/write?")
    ]
    form = visitor.page(buttons[0])
    assert re.match(
        r"support\+[rt]-[a-z2-7]{26}@acme\.example",
        form.css_first("#to").attributes["value"],
    )


def test_a_stranger_who_proves_nothing_gets_the_neutral_letter(visitor):
    visitor.page(
        "/demo/max@elsewhere.example/send",
        to="support@acme.example",
        subject="A secret of mine",
        text="Do not repeat this to anybody.",
    )
    letter = visitor.wait_for("max@elsewhere.example", "received")
    assert letter.kind == "acknowledgement"
    assert "secret" not in letter.text
    assert "repeat" not in letter.text


def test_a_refusal_of_the_mail_server_is_shown_above_the_form(visitor):
    form = visitor.page(
        "/demo/carla/send",
        to="nobody-of-that-name@acme.example",
        subject="x",
        text="What I wrote stays.",
    )
    assert "Not sent: nobody-of-that-name@acme.example: 550" in form.text()
    assert form.css_first("textarea").text() == "What I wrote stays."


def test_a_letter_says_why_it_came_and_who_else_got_what_it_says(visitor):
    note = visitor.page(visitor.newest("ana", "note").path).css_first(".why")
    got, others = (
        [" ".join(line.text().split()) for line in note.css(f".who .{name}")]
        for name in ("got", "not")
    )
    assert "They have the case." in note.text()
    assert "Bo Berg wrote it" in got
    assert any(line.startswith("Ana Ruiz sent, ") for line in got)
    assert len(others) == 2
    assert all("not for them: only the team reads it" in line for line in others)
    letter = visitor.page(visitor.newest("carla", "acknowledgement").path)
    assert "It is their case." in letter.css_first(".why").text()
    own = next(mail for mail in visitor.mails("carla") if mail.kind == "own")
    assert visitor.page(own.path).css_first(".why") is None


@pytest.mark.parametrize(
    ("mail", "proved", "says"),
    [
        (SAMPLES["customer"], "yes", "A new activity with the writer as its customer."),
        (SAMPLES["vacation"], "", "Kept for a human."),
        (SAMPLES["forged"], "", "Kept for a human."),
        ("From: me@home.example\nTo: other@x.example\n\nMine.", "", "A new activity"),
        ("\0\x80 no mail at all", "yes", "Kept for a human."),
    ],
)
def test_a_visitors_own_mail_is_explained_rule_by_rule(visitor, mail, proved, says):
    before = {who: visitor.kinds(who) for who in ("carla", "ana", "bo", "mei")}
    page = visitor.page("/demo/explain", mail=mail, proved=proved)
    assert says in page.css_first(".found").text()
    *asked, last = page.css(".rules li")
    assert "This one decides." in last.text()
    assert not [rule for rule in asked if "This one decides." in rule.text()]
    assert before == {who: visitor.kinds(who) for who in before}


def test_a_file_of_a_visitor_is_explained(visitor):
    body = (
        b"--x\r\nContent-Disposition: form-data; name=file; filename=a.eml\r\n\r\n"
        + SAMPLES["customer"].encode()
        + b"\r\n--x--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    request = Request(f"{visitor.base_url}/demo/explain", body, kind)
    with urlopen(request, timeout=20) as answer:
        page = LexborHTMLParser(answer.read())
    assert "Invoices in two currencies" in page.css_first(".found").text()


def test_what_does_not_exist_is_404(visitor):
    for path in ("/demo/carla/9999", "/demo/nobody", "/demo/nobody/write"):
        assert status(Request(visitor.base_url + path)) == 404


def test_another_sites_page_cannot_write_mail(visitor):
    request = Request(
        f"{visitor.base_url}/demo/carla/send",
        b"to=support%40acme.example&text=x",
        {"Origin": "https://evil.example"},
    )
    assert status(request) == 403


def test_no_token_stands_in_the_log(visitor):
    tokens = set()
    for who in ("carla", "ana", "bo", "mei"):
        for mail in visitor.mails(who):
            tokens |= set(re.findall(r"\b[a-z]-[a-z2-7]{26}\b", repr(mail)))
    assert tokens
    log = (visitor.folder / "parlour.log").read_text()
    assert "page.served" in log
    assert not [token for token in tokens if token in log]


def test_the_dare_is_not_lost(visitor):
    words = "She may leave us, so give her the old importer for nothing."
    page = visitor.page("/demo/dare/note", text=words)
    assert words in page.css_first("blockquote").text()
    for trick in page.css("button[name=trick]"):
        page = visitor.page("/demo/dare/try", trick=trick.attributes["value"])
        assert "Not a word of it." in page.css_first("#got").text()
    got = " ".join(page.css_first("#try").text().split())
    assert "Ana Ruiz got: Not posted: what is /ntoe?" in got
    assert "Bo Berg got: Not sent yet: " in got
    for mail in visitor.mails("carla"):
        assert "old importer for nothing" not in mail.text
    # Whoever copies it by hand past Parlour is told that it was so.
    visitor.page(
        "/demo/bo/send", to="carla@gomez-logistics.example", text=f"Psst: {words}"
    )
    assert "past Parlour" in visitor.page("/demo/dare").css_first("#got").text()


def test_all_letters_hang_in_the_gallery(visitor):
    page = visitor.page("/demo/letters?language=fr&people=long")
    assert len(page.css("article.letter")) == len(SPECIMENS)
    assert len(visitor.page("/demo/letters?language=x").css("article.letter")) > 9


def test_forward_and_reply_to_all_fill_the_form(visitor):
    note = visitor.newest("ana", "note")
    number = note.path.rpartition("/")[2]
    form = visitor.page(f"/demo/ana/write?forward={number}")
    assert form.css_first("#subject").attributes["value"].startswith("Fwd: Team: ")
    assert "Forwarded message" in form.css_first("textarea").text()
    form = visitor.page(f"/demo/ana/write?all={number}")
    assert form.css_first("#to").attributes["value"] in note.headers["Reply-To"]
    assert form.css_first("#cc").attributes["value"] == ""


def test_time_passes_and_what_is_due_on_the_way_happens(visitor):
    """The last one that writes: nobody can go back."""
    page = visitor.page("/demo/clock", to="friday")
    friday = page.css_first(".passed b").text()
    assert re.fullmatch(r"Friday \d+ \w+, 15:00", friday)
    assert page.css_first(".clock summary").text().endswith(friday)
    digests = [mail for mail in visitor.mails("ana") if mail.kind == "digest"]
    days = [parsedate_to_datetime(mail.headers["Date"]) for mail in digests]
    # At the desk's opening, and once more if something is due; none at the weekend.
    assert days
    assert all(day.weekday() < 5 and day.minute in {0, 30} for day in days)
    assert len(set(days)) == len(days)
    visitor.page(
        "/demo/nils@fjord-foods.example/send",
        to="support@acme.example",
        subject="On Friday afternoon",
        text="Is anybody there?",
        proved="yes",
    )
    answer = visitor.wait_for("nils@fjord-foods.example", "Thank you")
    written = parsedate_to_datetime(answer.headers["Date"])
    assert written >= max(days)
    assert (written.weekday(), written.astimezone(ZoneInfo("Europe/Madrid")).hour) == (
        4,
        15,
    )
    # Outside the hours that are offered nothing moves.
    before = visitor.page("/demo").css_first(".clock summary").text()
    visitor.page("/demo/clock", to="yesterday")
    assert visitor.page("/demo").css_first(".clock summary").text()[:9] == before[:9]


def test_a_taken_port_is_one_line(visitor, tmp_path):
    port = visitor.base_url.rpartition(":")[2]
    second = start(tmp_path / "second", web=port)
    out, err = second.communicate(timeout=30)
    assert second.returncode == 1
    assert out == ""
    assert err == (
        f"parlour: port {port} for pages is in use; end the other program, or choose "
        "another port with --port-web\n"
    )

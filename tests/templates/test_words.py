"""What the letters say: the same in both twins, to whom it may be said, escaped."""

import re
from dataclasses import replace

import pytest
from jinja2 import UndefinedError

from parsers.quoting import MARKER
from templates.face import Face
from templates.held import HeldMail
from templates.letter import compose
from templates.posted import Acknowledgement, Mark, Message
from templates.promised import Promise
from templates.understood import Answer, Understood
from tests.templates.specimen import NOW, PROMISE, head
from tests.templates.specimens import (
    SPECIMENS,
    TWINS,
    html_of,
    links,
    make,
    read,
    seen,
    text_of,
)

LANGUAGES = ("en", "de", "fr", "es", "ja")
ADDRESS = re.compile(
    r"/invite [!-~]+@[!-~]+ \w+|[!-~]+@[!-~]+|https?://[!-~]+"
    r"|/(take|resolve|join|invite|drop|promise \w+|urgent off)\b"
    r"|#[0-9]+ (take|nudge|resolve|yes|no)\b"
)
HOSTILE = '<img src=x onerror=alert(1)> & {{ 7 * 7 }} %(name)s "quoted"'


def _bare(words: str) -> str:
    """Leave out what only one twin spells: addresses, and what joins links."""
    words = words.replace("\n---\n", " ").replace("\n- - -\n", " ")
    return re.sub(r"[\s:\uff1a·.,]+", " ", ADDRESS.sub(" ", words)).strip()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TWINS)
def test_the_twins_say_the_same_in_the_same_order(name, language):
    letter = make(name, language=language)
    assert _bare(text_of(letter)) == _bare(seen(html_of(letter)))


@pytest.mark.parametrize("name", SPECIMENS)
def test_no_text_has_more_than_two_empty_lines_at_a_place(name):
    """Save where its writer left more, which no specimen does."""
    assert "\n\n\n\n" not in text_of(make(name))


@pytest.mark.parametrize("name", SPECIMENS)
def test_every_letter_has_its_words_before_the_line_and_help_below(name):
    text = text_of(make(name))
    above, below = text.split("\n---\n")
    assert above.strip()
    assert below.strip()


@pytest.mark.parametrize("name", TWINS)
def test_the_first_line_of_both_twins_is_marked_as_ours(name):
    letter = make(name)
    assert text_of(letter).split("\n")[0].startswith(MARKER)
    assert re.search(
        rf"<body[^<]*<div[^<]*(<div[^<]*)?<p[^>]*>{MARKER}\S", html_of(letter)
    )
    assert text_of(letter).count(MARKER) == html_of(letter).count(MARKER) == 1


@pytest.mark.parametrize(
    "name", ["first copy for the team", "answer for the customer", "note", "joined"]
)
def test_help_is_one_line_and_at_most_four_more(name):
    below = text_of(make(name)).split("\n---\n")[1].strip().split("\n")
    # In HTML all buttons stand in one line; in text each has its own.
    buttons = [line for line in below if re.search(r": (\S+@\S+|/[a-z]+)$", line)]
    assert len(below) - max(0, len(buttons) - 1) <= 5


def test_the_human_text_stands_first_and_untouched():
    text = "Hi,\n\n   indented\n> quoted\n-- \n" + "long " * 60 + "\n---\n/note\nAna"
    message = replace(SPECIMENS["answer for the customer"].values, text=text)
    got = text_of(compose(head(), message))
    assert got.startswith(f"{MARKER}{text}\n")


@pytest.mark.parametrize("name", TWINS)
def test_text_is_never_base64_and_never_8bit(name):
    raw = compose(head(**SPECIMENS[name].head), SPECIMENS[name].values).raw
    parts = [part for part in read(raw).walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in parts} == {"quoted-printable"}
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")


@pytest.mark.parametrize("name", TWINS)
def test_nothing_remote_is_loaded(name):
    html = html_of(make(name))
    assert not re.search(r"<(img|link|script|iframe|object|form|svg)|src=|url\(", html)
    for link in links(html):
        assert link.startswith(
            ("https://desk.acme.example/", "https://acme.example/", "mailto:support+")
        )


@pytest.mark.parametrize("name", TWINS)
def test_html_names_its_language_and_direction(name):
    html = html_of(make(name, language="de-AT"))
    assert '<html lang="de" dir="ltr">' in html
    body = html.partition("<body")[2]
    # In the dark a background of ours, or ink of ours, would be unreadable.
    assert "background" not in body
    assert set(re.findall(r"[; \"]color:(#\w+)", body)) <= {"#1f8270"}


def test_a_probe_is_text_alone():
    mail = read(make("bounce probe").raw)
    assert mail.get_content_type() == "text/plain"
    assert mail["Content-Transfer-Encoding"] == "quoted-printable"
    text = text_of(make("bounce probe"))
    assert text.startswith(MARKER)
    assert text.count("https://") == 1


def test_a_hostile_text_stays_text():
    face = Face(
        name=HOSTILE,
        says=HOSTILE,
        organisation=HOSTILE,
        title=HOSTILE,
        skills=(HOSTILE, HOSTILE),
        about=HOSTILE,
        unconfirmed=(HOSTILE,),
    )
    message = Message(
        text=HOSTILE,
        reader="owner",
        customer=face,
        here=(face, face, Face(name="x")),
        came=(face,),
        left=(HOSTILE,),
        owner=HOSTILE,
        suggested=(HOSTILE,),
        defects=(HOSTILE,),
        understood=(Understood(command=HOSTILE, outcome="who", names=(HOSTILE,)),),
    )
    letter = compose(head(subject=HOSTILE, author=HOSTILE), message)
    html = html_of(letter)
    assert "<img" not in html
    assert "49" not in html
    assert HOSTILE in text_of(letter)
    assert " ".join(HOSTILE.split()) in seen(html)


@pytest.mark.parametrize("reader", ["customer", "guest", "colleague"])
def test_what_only_staff_may_know_is_told_to_staff_alone(reader):
    staff = SPECIMENS["customer's mail for the owner"].values
    others = replace(staff, reader=reader, understood=())
    letter = compose(head(), others)
    for words in (text_of(letter), html_of(letter)):
        for secret in ("lee@customer.example", "proves", "files left out", "/note"):
            assert secret not in words
        assert "support+t-" not in words


def test_a_neutral_acknowledgement_says_nothing_of_theirs():
    letter = make("neutral acknowledgement", subject="BUY PILLS", author="")
    for words in (text_of(letter), html_of(letter), letter.subject):
        for theirs in ("Carla", "PILLS", "Import", "Since the update"):
            assert theirs not in words


def test_an_invitation_by_an_outsider_has_no_words_of_theirs_but_the_name():
    assert b"PILLS" not in make("invitation by the customer").raw


def test_staff_is_told_who_reads_the_reply():
    assert "Your reply goes to Carla Gomez." in text_of(make("first copy for the team"))
    assert "Your reply goes to everybody here: Carla Gomez and Mei Tan." in text_of(
        make("customer's mail for the owner")
    )
    assert "only the team gets your reply: Ana Ruiz and Lea Lang." in text_of(
        make("note")
    )


def test_the_buttons_of_a_team_letter_need_no_typing():
    found = links(html_of(make("first copy for the team")))
    team = "mailto:support+t-abcdefghijklmnopqrstuvwxyz@acme.example"
    subject = "Import%20fails%20with%20%22bad%20date%22"
    assert found[-4:] == [
        f"mailto:support+r-abcdefghijklmnopqrstuvwxyz@acme.example?subject=Re%3A%20{subject}",
        f"{team}?subject=Team%3A%20{subject}",
        f"{team}?subject=Team%3A%20{subject}&body=%2Ftake",
        f"{team}?subject=Team%3A%20{subject}&body=%2Fdrop",
    ]


def test_a_promise_says_weekday_time_and_zone_or_the_day_alone():
    assert "by Monday 23 November, 15:00 (Madrid)." in text_of(
        make("full acknowledgement")
    )
    by_day = Acknowledgement(
        desk="Acme Support", full=False, promise=Promise(at=PROMISE.at, day_only=True)
    )
    assert "by Monday 23 November." in text_of(compose(head(), by_day))


@pytest.mark.parametrize(
    ("count", "words"), [(1, "one case before"), (2, "2 cases before")]
)
def test_earlier_cases_are_counted(count, words):
    first = replace(SPECIMENS["first copy for the team"].values, cases_before=count)
    assert f"Carla Gomez, Gomez Logistics, {words}." in text_of(compose(head(), first))


def test_many_people_are_shortened():
    crowd = tuple(Face(name=f"Person {number}") for number in range(12))
    text = text_of(
        compose(head(), Message(text="Hi", reader="guest", here=crowd, more_here=30))
    )
    assert "Person 5, 36 others." in text


OUTCOMES = (
    "invited already_invited already_here refused_invitation invite_whom muted "
    "unreachable_invitation tried_again "
    "muted_owner unmuted left joined taken resolved reopened who help "
    "no_digest no_digest_before quiet_kept "
    "helps helps_without_skills helps_no_more helps_nowhere"
)


@pytest.mark.parametrize(
    "outcome",
    OUTCOMES.split(),
)
@pytest.mark.parametrize("is_staff", [True, False])
def test_each_outcome_has_a_sentence(outcome, is_staff):
    one = Understood(command="/x", outcome=outcome, names=("Mei Tan",), undo="/y")
    answer = Answer(subject="s", desk="d", understood=(one,), is_staff=is_staff)
    first = text_of(compose(head(), answer)).split("\n")[0].removeprefix(MARKER)
    assert re.fullmatch(r"/x: .{10,}([.)]|/help) Undo: /y", first)


def test_who_is_here_is_told_in_each_kind_of_letter():
    asked = (Understood(command="/who", outcome="who"),)
    people = (
        "/who: Here: Carla Gomez (Gomez Logistics; asked), Ana Ruiz (has the case)."
    )
    answer = replace(SPECIMENS["answer to commands"].values, understood=asked)
    assert people in text_of(compose(head(), answer))
    note = replace(SPECIMENS["note"].values, understood=asked)
    assert "/who: Here: Ana Ruiz and Lea Lang." in text_of(compose(head(), note))
    taken = replace(SPECIMENS["answer that took the case"].values, understood=asked)
    assert people in text_of(compose(head(), taken))


def test_an_outcome_without_a_sentence_fails():
    answer = Answer(
        subject="s",
        desk="d",
        understood=(Understood(command="/x", outcome="exploded"),),
        is_staff=True,
    )
    with pytest.raises(UndefinedError):
        compose(head(), answer)


CAUSES = (
    "stranger left failed_proof own_address unreadable machine loop return_path "
    "unproved_command address_taken not_theirs no_room no_answer unclear no_sender "
    "no_desk operator oversize probe_answer"
)


@pytest.mark.parametrize("cause", CAUSES.split())
def test_each_cause_of_holding_has_a_sentence(cause):
    held = replace(SPECIMENS["held mail"].values, cause=cause)
    assert "parlour inbound show 12" in text_of(compose(head(), held))


MARKS = "header bcc by_id other_case also_in tag old_date look_alike mixed_script"


@pytest.mark.parametrize("name", ["first copy for the team", "note"])
def test_each_mark_has_a_sentence(name):
    specimen = SPECIMENS[name]
    bare = text_of(compose(head(**specimen.head), specimen.values))
    for mark in MARKS.split():
        one = replace(specimen.values, marks=(Mark(says=mark, about="12"),))
        text = text_of(compose(head(**specimen.head), one))
        assert len(text.splitlines()) > len(bare.splitlines()), mark
    unknown = replace(specimen.values, marks=(Mark(says="odd"),))
    with pytest.raises(UndefinedError):
        compose(head(**specimen.head), unknown)


def test_a_mark_is_for_the_team_alone():
    for reader in ("customer", "guest", "colleague"):
        message = Message(text="Hi", reader=reader, marks=(Mark(says="by_id"),))
        assert "speaks for its writer" not in text_of(compose(head(), message))


def test_a_doubt_without_a_sentence_fails():
    values = replace(SPECIMENS["doubt: form"].values, about="the weather")
    with pytest.raises(UndefinedError):
        compose(head(), values)


def test_a_cause_without_a_sentence_fails():
    held = HeldMail(name="", address="", cause="mood", text="", subject="", inbound=1)
    with pytest.raises(UndefinedError):
        compose(head(), held)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "שלום, זה טקסט בעברית with English inside.",
        "日付の列が読み込めません。よろしくお願いします。" * 40,
        "👩‍👩‍👧‍👦 🙂 ok",
        "x" * 20_000,
        "From here\nFrom there",
        ".\n..\n.dot",
        "trailing  \t\nspaces \n",
        "a\x00b\x1b[31mc\x85d\u2028e\ud800f\r\ng\rh",
        "=?utf-8?q?x?= =3D =\n=",
    ],
)
def test_odd_texts_travel(text, language):
    message = Message(text=text, reader="guest", here=(Face(name="דוד כהן"),))
    letter = compose(head(language=language, subject=text, author=text or "x"), message)
    cleaned = (
        re.sub("[\x00\x1b]", "", text).replace("\r\n", "\n").replace("\ud800", "?")
    )
    cleaned = re.sub("[\r\x85\u2028]", "\n", cleaned)
    assert text_of(letter).startswith(MARKER + cleaned.lstrip("\n"))
    assert letter.raw.isascii()
    assert max(map(len, letter.raw.split(b"\r\n"))) <= 998
    assert not read(letter.raw).defects


def test_a_name_of_the_other_direction_does_not_turn_the_line():
    message = Message(text="Hi", reader="guest", here=(Face(name="דוד כהן"),))
    letter = compose(head(), message)
    assert "\u2068דוד כהן\u2069" in text_of(letter)  # noqa: RUF001
    assert "<bdi>דוד כהן</bdi>" in html_of(letter)


def test_times_of_today_are_told_by_the_clock():
    first = replace(SPECIMENS["first copy for the team"].values, waiting_since=NOW)
    assert "Waiting since 10:20, promised by" in text_of(compose(head(), first))

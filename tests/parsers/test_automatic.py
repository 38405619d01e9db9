"""Machines are known by their marks; a person is never taken for one."""

import pytest

from parsers.automatic import is_absence
from parsers.mail import read


def judged(*head, sender="carla@gomez.example", subject="Import", body="x", **said):
    lines = [f"From: {sender}", f"Subject: {subject}", *head, "", body]
    return read("\r\n".join(lines).encode(), **said).automatic


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("Auto-Submitted: auto-replied", "reply"),
        ("Auto-Submitted: auto-replied (vacation)", "reply"),
        ("Auto-Submitted: auto-generated", "note"),
        ("X-Autoreply: yes", "reply"),
        ("X-Autorespond: away", "reply"),
        ("Precedence: auto_reply", "reply"),
        ("Precedence: bulk", "bulk"),
        ("Precedence: junk", "bulk"),
        ("Precedence: list", "list"),
        ("List-Id: <dev.lists.example>", "list"),
        ("List-Unsubscribe: <https://x.example>", "bulk"),
        ("X-Parlour-Loop: mark", "own"),
        ("Return-Path: <>", "note"),
        ("X-Auto-Response-Suppress: All", "note"),
        ("Content-Type: multipart/report; report-type=delivery-status", "report"),
    ],
)
def test_marks_of_machines(head, kind):
    got = judged(head)
    assert got.is_
    assert got.reason
    assert got.kind == kind or head.startswith("Content-Type")


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: no",
        "X-Autoreply: no",
        "Precedence: normal",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "X-Auto-Response-Suppress: DR, RN, NRN",
        "X-Mailer: Bulk Mailer",
        "Return-Path: <carla@gomez.example>",
        "Importance: high",
    ],
)
def test_people_are_people(head):
    assert not judged(head).is_


def test_a_person_behind_an_exchange_server_that_marks_everything():
    marks = "X-Auto-Response-Suppress: All", "Thread-Index: AbC="
    assert not judged(*marks).is_


def test_senders_that_take_no_answer():
    for sender in ("no-reply@x.example", "MAILER-DAEMON@x.example", "MAILER-DAEMON <>"):
        assert judged(sender=sender).is_


def test_the_null_return_path_of_the_envelope():
    assert judged(envelope_sender="").is_
    assert judged(envelope_sender="<>").is_
    assert not judged(envelope_sender="carla@gomez.example").is_
    assert not judged("Return-Path: <>", envelope_sender="carla@gomez.example").is_


ABSENCES = [
    "Out of Office: Import",
    "Automatic reply: Import",
    "Auto: Import",
    "Automatische Antwort: Import",
    "Abwesenheitsnotiz",
    "Réponse automatique : Import",
    "Respuesta automática: Import",
    "Risposta automatica: Import",
    "Resposta automática: Import",
    "Automatisch antwoord: Import",
    "Autosvar: Import",
    "Automatiskt svar: Import",
    "Automatisk svar: Import",
    "Automaattinen vastaus: Import",
    "Odpowiedź automatyczna: Import",
    "Automatická odpověď: Import",
    "Automatikus válasz: Import",
    "Răspuns automat: Import",
    "Otomatik yan\u0131t: Import",
    "Автоматический ответ: Import",
    "Αυτόματη απάντηση: Import",
    "自動応答: Import",
    "自动回复: Import",
    "자동 회신: Import",
    "不在通知",
]


@pytest.mark.parametrize("subject", ABSENCES)
def test_absence_in_many_languages(subject):
    assert is_absence(subject)
    assert is_absence(subject.upper()) or "\u0131" in subject
    assert judged(subject=subject).kind == "reply"


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Out of office",
        "How do I set an out of office reply?",
        "Automatic import fails",
        "The automatic reply never comes",
        "Vacation rental",
        "",
    ],
)
def test_people_write_about_absence(subject):
    assert not is_absence(subject)
    assert not judged(subject=subject).is_


def report(kind, type_):
    return (
        f"From: x@y.example\r\nSubject: r\r\n"
        f"Content-Type: multipart/report; report-type={kind}; boundary=b\r\n\r\n"
        f"--b\r\n\r\nwords\r\n--b\r\nContent-Type: {type_}\r\n\r\n"
        f"Feedback-Type: abuse\r\n\r\n--b--\r\n"
    ).encode()


def test_reports():
    complaint = read(report("feedback-report", "message/feedback-report"))
    assert complaint.automatic.kind == "report"
    assert not complaint.bounce.is_
    receipt = "disposition-notification"
    got = read(report(receipt, f"message/{receipt}"))
    assert got.automatic.kind == "receipt"
    assert not got.bounce.is_

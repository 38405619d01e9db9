"""`/healthz` and `/readyz`: what a watcher is told."""

import dataclasses
from datetime import UTC, datetime, timedelta

from starlette.testclient import TestClient

from gateway.web.app import build
from storage import mailbox
from storage.acceptance import Entry, keep
from storage.database import Database

NOW = datetime(2026, 11, 21, 9, 12, tzinfo=UTC)


def test_alive(web):
    assert web.get("/healthz").text == "ok\n"


def test_ready_with_nothing_to_do(web):
    answer = web.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "database": "ok",
        "schema": "ok",
        "oldest_pending_seconds": 0.0,
        "sick_mailboxes": 0,
    }


def test_a_sick_mailbox_is_counted_and_not_named(house):
    name = "support@imap.acme.example/INBOX"
    with house.database.transaction() as session:
        for each, trouble in ((name, "no password"), ("gone@x.example/INBOX", "old")):
            row = mailbox.keep(session, each)
            mailbox.note_health(session, row.id, trouble=trouble, at=NOW)
    watching = dataclasses.replace(house, mailbox_authserv_ids={name: ()})
    with TestClient(build(watching, clock=lambda: NOW)) as web:
        answer = web.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["sick_mailboxes"] == 1
    assert "imap.acme.example" not in answer.text


def test_the_oldest_mail_that_waits_is_told(web, house):
    entry = Entry(
        received_at=NOW - timedelta(seconds=90),
        door="smtp",
        peer="127.0.0.1",
        trusted=False,
        sender="carla@gomez-logistics.example",
        recipients=("support@acme.example",),
        raw=b"Subject: x\r\n\r\nx\r\n",
    )
    keep(house.database, house.blobs, [entry])
    assert web.get("/readyz").json()["oldest_pending_seconds"] == 90.0


def test_not_ready_on_a_schema_of_another_time(web, house):
    with house.database.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM alembic_version")
    answer = web.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["schema"] == "not current"


def test_not_ready_without_a_database(house, tmp_path):
    away = Database(f"sqlite:///{tmp_path}/away/parlour.db")
    (tmp_path / "away").rmdir()
    with TestClient(
        build(dataclasses.replace(house, database=away), clock=lambda: NOW)
    ) as web:
        answer = web.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "unreachable"

"""Attachments travel unchanged; big ones wait behind the reader's own link (D45)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from gateway.web.app import build
from tests.activities.people import ANA, BO, CARLA, DESK, MAX, open_case
from tests.town import ACME, gist

SMALL = ("rows é\u202e.csv", b"a,b\r\n\x00\xff\r\n" * 100)
BIG = ("dump.bin", bytes(range(256)) * 500)


@pytest.fixture
def town(make_town):
    return make_town(desks=(replace(ACME, attachments_mb=0.1),))


@pytest.fixture
def web(town):
    app = build(town.house, clock=lambda: town.now)
    with TestClient(app, follow_redirects=False) as client:
        yield client


def carried(letter):
    return [
        (part.get_filename(), part.get_payload(decode=True))
        for part in letter.mail.iter_attachments()
    ]


def links(letter):
    return re.findall(r"/x/x-[a-z2-7]{26}/\d+/\d+", letter.text)


def test_files_travel_unchanged_and_big_ones_are_linked(town, web):
    town.write(CARLA, DESK, "Rows twice", "See the rows.", files=[SMALL, BIG])
    anas, bos = town.last("ana@acme.example"), town.last("bo@acme.example")
    for letter in (anas, bos):
        [(name, content)] = carried(letter)
        assert content == SMALL[1]
        assert "\u202e" not in name, "T14"
        assert "dump.bin" in letter.text
    [mine], [his] = links(anas), links(bos)
    assert mine != his, "each reader has a link of their own"
    got = web.get(mine)
    assert (got.status_code, got.content) == (200, BIG[1])
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].endswith("sandbox")
    assert got.headers["content-type"] == "application/octet-stream"
    assert web.get(mine[:-1] + "2").status_code == 404
    assert web.get(mine.replace("x-a", "x-b")).status_code == 404

    # The author gets neither file back; to the customer ours go the same way.
    town.reply(ANA, "Try this one.", to=anas, files=[BIG])
    [hers] = links(town.last("carla@gomez.example", "message"))
    assert web.get(hers).content == BIG[1]

    # A note's file is for the team alone, whatever number the link names.
    town.reply(BO, "/note\n\nHer dump.", to=bos, files=[BIG])
    [noted] = links(town.last("ana@acme.example", "note"))
    assert web.get(noted).content == BIG[1]
    post = noted.split("/", 3)[3]
    assert web.get("/".join([*hers.split("/")[:3], post])).status_code == 404

    # Who left has no key any more.
    town.reply(CARLA, "/leave", to=town.last("carla@gomez.example", "message"))
    assert web.get(hers).status_code == 404


def test_a_guest_gets_no_file_from_before_they_came(town, web):
    open_case(town)
    town.reply(
        ANA,
        "/invite max@gomez.example\n\nHere it is.",
        files=[BIG],
        to=town.last("ana@acme.example"),
    )
    [hers] = links(town.last("carla@gomez.example", "message"))
    town.reply(MAX, "yes", to=town.last("max@gomez.example"))
    assert "dump.bin" not in town.last("max@gomez.example").text
    town.reply(
        ANA, "And again.", files=[BIG], to=town.last("ana@acme.example", "message")
    )
    [his] = links(town.last("max@gomez.example", "message"))
    assert web.get(his).status_code == 200
    before = "/".join([*his.split("/")[:3], *hers.split("/")[3:]])
    assert web.get(before).status_code == 404


def test_a_link_to_a_file_ends_with_the_links_to_the_page(town, web):
    town.write(CARLA, DESK, "Rows twice", "See the rows.", files=[BIG])
    anas = town.last("ana@acme.example")
    [mine] = links(anas)
    town.reply(ANA, "/resolve", to=anas)
    town.now += timedelta(days=29)
    assert web.get(mine).content == BIG[1]
    town.now += timedelta(days=2)
    assert web.get(mine).status_code == 404


def test_a_mail_of_files_alone_is_a_post(town):
    open_case(town)
    letters = town.reply(CARLA, "", to=town.last("carla@gomez.example"), files=[SMALL])
    assert gist(letters) == [
        ("message", "ana@acme.example"),
        ("message", "bo@acme.example"),
    ]
    assert carried(letters[0])[0][1] == SMALL[1]

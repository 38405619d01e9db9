"""What holds for every page: GET moves nothing, no hint, no token, no script."""

import pytest
from structlog.testing import capture_logs

from parsers.address import Mailbox
from parsers.reply_address import Purpose
from storage import people
from storage.activity import Lane, Membership, Participant, Role
from storage.event import Event, Kind
from tests.web.conftest import NOW

WITHOUT_CASE = ("/", "/healthz", "/readyz", "/static/parlour.css", "/nowhere")


@pytest.fixture
def urls(invitation, stop, view, case):
    card = f"/me/{case.token(Purpose.VIEW, 'carla')}"
    return (invitation, stop, view, card, *WITHOUT_CASE)


def test_looking_changes_nothing_however_often(web, case, urls):
    # Scanners open every link of a mail (T9).
    before = case.everything()
    for url in urls:
        for _ in range(3):
            web.get(url)
        web.head(url)
        web.options(url)
        web.get(url, headers={"Sec-Purpose": "prefetch"})
    assert case.everything() == before


def test_every_answer_is_strict(web, urls):
    for url in urls:
        for answer in (web.get(url), web.head(url), web.put(url)):
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "set-cookie" not in answer.headers
            assert "<script" not in answer.text


def test_pages_with_a_token_are_kept_by_nobody(web, invitation, stop, view):
    for url in (invitation, stop, view):
        assert web.get(url).headers["cache-control"] == "no-store"


def test_no_token_stands_in_the_log(web, case, urls):
    tokens = [case.token(purpose, "mei") for purpose in Purpose]
    with capture_logs() as lines:
        for url in urls:
            web.get(url)
            web.post(url, data={"answer": "join"})
        for token in tokens:
            web.get(f"/{token}")
            web.get(f"/i/{token}/more")
    assert len(lines) == 2 * len(urls) + 2 * len(tokens)
    written = repr(lines)
    assert not any(url.split("/")[-1] in written for url in urls[:4])
    assert not any(token in written for token in tokens)
    assert {line["page"] for line in lines} == {
        *("/i", "/u", "/a", "/me", "/healthz", "/readyz", "/static", "/", "other"),
    }


@pytest.fixture
def useless(case):
    """Tokens that open nothing, each for its own reason."""
    good = case.token(Purpose.INVITATION, "mei")

    def bent(place):
        other = "a" if good[place] != "a" else "b"
        return good[:place] + other + good[place:][1:]

    return (
        "x",
        "i-" + "a" * 26,
        good[:-1],
        bent(2),
        bent(7),
        bent(len(good) - 1),
        case.token(Purpose.INVITATION, "mei", generation=3),
        case.token(Purpose.TEAM, "ana"),
        case.token(Purpose.EVERYONE, "mei"),
        "%00",
        "%F0%9F%92%A9",
        "i-" + "a" * 5000,
    )


def test_a_link_that_opens_nothing_gives_no_hint(web, useless):
    pages = {
        (answer.status_code, answer.text)
        for token in useless
        for path in ("i", "u", "a")
        for answer in (web.get(f"/{path}/{token}"),)
    }
    [(status, text)] = pages
    assert status == 404
    assert "There is nothing behind this link" in text


def test_a_person_who_left_reads_no_further(web, case, view):
    assert web.get(view).status_code == 200
    case.send_away("carla")
    assert web.get(view).status_code == 404


def test_the_conversation_as_its_reader_may_see_it(web, view, case):
    shown = web.get(view).text
    assert "One row, please." in shown
    assert "Saturday 21 November, 10:12" in shown
    reply = case.token(Purpose.EVERYONE, "carla")
    assert f"mailto:support+{reply}@acme.example" in shown
    # The team's notes are the team's, and nobody's address is shown (D37, T23).
    assert "She may cancel." not in shown
    assert "ana@" not in shown
    assert "carla@" not in shown


def test_what_people_wrote_is_text(web, view):
    assert "&lt;script&gt;x&lt;/script&gt;" in web.get(view).text


def test_a_page_posts_only_to_itself(web, invitation, stop):
    for url in (invitation, stop):
        assert '<form method="post">' in web.get(url).text
    assert "form-action 'self'" in web.get(stop).headers["content-security-policy"]


def test_a_form_without_end_is_cut_off(web, case, invitation):
    before = case.everything()
    answer = web.post(invitation, data={"answer": "join", "x": "y" * 300_000})
    assert answer.status_code == 413
    assert case.everything() == before


def test_a_fault_of_ours_is_a_calm_page(web, case, invitation):
    case.house.database.engine.dispose()
    with case.house.database.transaction() as session:
        session.connection().exec_driver_sql("ALTER TABLE participant RENAME TO lost")
    with capture_logs() as lines:
        answer = web.get(invitation)
    assert answer.status_code == 500
    assert "That did not work" in answer.text
    assert "participant" not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert lines[0]["event"] == "page.fault"
    assert lines[0]["error"] == "OperationalError"
    assert invitation.split("/")[-1] not in repr(lines)


def test_the_start_page_says_what_this_is(web):
    assert "A support desk that works by mail" in web.get("/").text


def test_many_people_stand_behind_a_fold_and_the_newest_is_a_link_away(
    web, case, view, invitation, stop
):
    assert "<details" not in web.get(invitation).text
    assert "#newest" not in web.get(view).text
    with case.house.database.transaction() as session:
        ana = session.get_one(Participant, case.seats["ana"]).person_id
        for number in range(40):
            box = Mailbox(f"Guest {number}", f"g{number}@guests.example")
            guest = people.meet(session, box, now=NOW)
            seat = Participant(
                activity_id=case.activity,
                person_id=guest.id,
                role=Role.GUEST,
                membership=Membership.JOINED,
            )
            session.add(seat)
        for number in range(20):
            post = Event(
                activity_id=case.activity,
                lane=Lane.EVERYONE,
                kind=Kind.POST,
                actor_id=ana,
                door="smtp",
                proof="verified",
                received_at=NOW,
                text="\n\n  indented\n\n" if number else "\n \n",
                values={} if number else {"attachments": ["<b>.pdf"]},
            )
            session.add(post)
    for path in (invitation, view, stop):
        shown = web.get(path).text
        first, _, rest = shown.partition('<details class="more">')
        assert "more." in rest
        assert first.count("Guest ") + rest.count("Guest ") >= 40
        assert first.count("<bdi>Guest ") <= 8
    shown = web.get(view).text
    assert 'href="#newest"' in shown
    assert shown.count('id="newest"') == 1
    # No empty lines around what was written, and its files by name.
    assert 'dir="auto">  indented</div>' in shown
    assert "With files: &lt;b&gt;.pdf." in shown
    assert "(only files)" in shown

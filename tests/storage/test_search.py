"""The same words find the same cases on every database."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from parsers.address import Mailbox
from parsers.words import sought
from storage import activity as activities
from storage import event as events
from storage import people, search
from storage.activity import Activity, Desk, Lane
from storage.event import Event, Kind

HERE, ELSEWHERE = "support@acme.example", "sales@acme.example"
LAST = date(9000, 1, 1)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

CASES = {
    "Import": "Der Import führt zu „bad date“.",
    "Ωmega": "インポートが失敗します。日本語のファイルです。カガ",
    "Prices": "What does the import of more rows cost?\nContract K-77/b, l'été; ไฟล์เสีย",
}
"""Each a month after the one before."""

FOUND = [
    ("import", ["Import", "Prices"]),
    ("IMPORT", ["Import", "Prices"]),
    ("impor", ["Import", "Prices"]),
    ("im", []),
    ("mport", []),
    ("fuhrt", ["Import"]),
    ("FÜHRT", ["Import"]),
    ("fu\u0308hrt", ["Import"]),
    ("ete", ["Prices"]),
    ("\uff29mport", ["Import", "Prices"]),
    ("ωmega", ["Ωmega"]),
    ("日本", ["Ωmega"]),
    ("日", ["Ωmega"]),
    ("語", ["Ωmega"]),
    ("語のファイル", ["Ωmega"]),
    ("本のファイル", []),
    ("ファイル 失敗", ["Ωmega"]),
    ("カ", ["Ωmega"]),
    ("カカ", []),
    ("ไฟล์", ["Prices"]),
    ('"bad date"', ["Import"]),
    ("„bad date“", ["Import"]),
    ('"date bad"', []),
    ("date bad", ["Import"]),
    ("import cost", ["Prices"]),
    ("prices import", ["Prices"]),
    ("K-77/b", ["Prices"]),
    ("k77", []),
    ("2026-11-20", ["Import"]),
    ("2026-11-19", []),
    ("2026-11", ["Import"]),
    ("2026-12..", ["Prices", "Ωmega"]),
    ("..2026-12-31 import", ["Import"]),
    ("2026-13", []),
    ("bad OR import", []),
    ("import*", ["Import", "Prices"]),
    ("'import':* & !bad | (x", []),
    ("' import \\ %s :q0 \x00", []),
    ('"import', ["Import", "Prices"]),
    ("import) & <->", ["Import", "Prices"]),
    ("x" * 5000, []),
]


def find(session, words, desk=HERE, most=20):
    """Give the subjects of what is found, best first."""
    wanted = sought(words)
    spans = [
        one.days
        and (
            datetime.combine(one.days.first, time(), UTC),
            datetime.combine(min(one.days.last, LAST), time(), UTC) + timedelta(days=1),
        )
        for one in wanted
    ]
    asked = [
        search.Wanted(sought=one, span=span)
        for one, span in zip(wanted, spans, strict=True)
    ]
    hits, count = search.find(session, desk, asked, most=most)
    assert count >= len(hits)
    return [session.get_one(Activity, hit.activity).subject for hit in hits]


def post(session, case, text, at=NOON, **values):
    return events.record(
        session,
        Event(
            activity_id=case.id,
            lane=Lane.EVERYONE,
            kind=Kind.POST,
            actor_id=case.customer_id,
            door="smtp",
            proof="bearer",
            received_at=at,
            text=text,
            values=values,
        ),
    )


@pytest.fixture
def filled(database):
    """Some cases of two desks; gives the database and the cases of the first."""
    made = []
    with database.transaction() as session:
        carla = people.meet(session, Mailbox("", "carla@gomez.example"), now=NOON)
        for address in (HERE, ELSEWHERE):
            desk = Desk(address=address, name="Acme")
            session.add(desk)
            session.flush()
            for month, (subject, text) in enumerate(CASES.items()):
                case = Activity(
                    public_id=f"{address[:2]}{month}",
                    desk_id=desk.id,
                    subject=subject,
                    customer_id=carla.id,
                    opened_at=NOON,
                )
                activities.begin(session, case)
                at = NOON + timedelta(days=31 * month)
                made.append(case.id)
                post(session, case, text, at)
    return database, made[: len(CASES)]


def test_the_same_words_find_the_same(filled):
    database, _ = filled
    with database.reading() as session:
        got = [(words, find(session, words)) for words, _ in FOUND]
    assert [each for each in zip(got, FOUND, strict=True) if each[0] != each[1]] == []


def test_what_stands_in_one_post_comes_first_and_all_must_be_found(filled):
    database, (one, other, third) = filled
    with database.transaction() as session:
        post(session, session.get_one(Activity, one), "zebra")
        post(session, session.get_one(Activity, one), "quagga")
        post(session, session.get_one(Activity, other), "zebra and quagga")
        post(session, session.get_one(Activity, third), "zebra alone")
        assert find(session, "zebra quagga") == ["Ωmega", "Import"]
        assert find(session, "zebra quagga", most=1) == ["Ωmega"]


def test_what_was_merged_is_found_where_it_is_now(filled):
    database, (one, other, _) = filled
    with database.transaction() as session:
        session.get_one(Activity, one).redirect_id = other
        session.flush()
        assert find(session, "fuhrt") == ["Ωmega"]
        assert find(session, "fuhrt 失敗") == ["Ωmega"]


def test_files_and_what_stands_below_are_found_until_they_are_forgotten(filled):
    database, (one, *_) = filled
    with database.transaction() as session:
        case = session.get_one(Activity, one)
        below = [{"kind": "quote", "text": "He said okapi."}]
        said = post(session, case, "", attachments=["rows.csv"], below=below)
        assert find(session, "okapi rows.csv") == ["Import"]
        search.forget(session.connection(), search.post_number(said.id))
        assert find(session, "okapi") == []


def test_a_very_long_text_is_kept_as_far_as_it_goes(filled):
    database, (one, *_) = filled
    long = " ".join(f"word{number}{'é' * 30}" for number in range(20_000))
    with database.transaction() as session:
        case = session.get_one(Activity, one)
        post(session, case, f"okapi {long}")
        post(session, case, "檎".join(chr(0x4E00 + n) for n in range(20_000)))
        assert find(session, "okapi") == ["Import"]
        assert find(session, "一檎") == ["Import"]

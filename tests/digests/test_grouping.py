"""What nobody tagged is grouped by its words: real scikit-learn, texts as they come."""

from importlib import util

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.grouping import Untagged, groups, is_here, load

MATTERS = {
    "dates": (
        "The import of our orders fails with a bad date in row 7.",
        "I get bad date when I import the csv file.",
        "Importing orders: every row says bad date since Monday.",
        "Our CSV import stops. It says bad date.",
        "Since the update the order import does not accept the date column.",
    ),
    "invoices": (
        "Where is my invoice of October? I cannot find it.",
        "Please send me the invoice for May again.",
        "The invoice shows the wrong VAT number.",
        "Our accounting needs the invoice as PDF.",
        "I was billed twice, see invoice 4711 and 4712.",
    ),
    "passwords": (
        "I cannot log in, the mail with the password reset never comes.",
        "Password reset does not work for my colleague.",
        "The link to reset my password has expired.",
        "How do I reset the password of another user?",
    ),
    "parcels": (
        "My parcel has not arrived, the tracking says lost.",
        "Where is my parcel? Tracking shows nothing for a week.",
        "The parcel arrived damaged, who pays for it?",
        "Tracking is wrong, the parcel went to Lyon.",
    ),
    "this and that": (
        "Do you have an office in Vienna?",
        "Thanks for the great talk.",
        "Could you sign our form for suppliers?",
    ),
}
WRITTEN = [(matter, text) for matter, some in MATTERS.items() for text in some]
MATTER_OF = {number: matter for number, (matter, _) in enumerate(WRITTEN)}


def cases(*texts, customers=None):
    return [
        Untagged(number, customers[number] if customers else number, "Help", text)
        for number, text in enumerate(texts)
    ]


ALL = cases(*(text for _, text in WRITTEN))


def test_each_matter_is_a_group_and_what_fits_nowhere_is_in_none():
    found = groups(ALL)
    matters = [{MATTER_OF[case.activity] for case in one.cases} for one in found]
    assert all(len(some) == 1 for some in matters), matters
    said = {matter for some in matters for matter in some}
    assert said == {"dates", "invoices", "passwords", "parcels"}
    counts = [one.customers for one in found]
    assert counts == sorted(counts, reverse=True)
    assert sum(counts) >= 16


@given(st.permutations(ALL))
def test_of_each_customer_who_is_counted_a_word_stands_in_the_text(shuffled):
    for one in groups(shuffled):
        assert one.customers >= 3
        assert 1 <= len(one.words) <= 3
        for case in one.cases:
            text = case.text.casefold()
            assert any(word in text for word in one.words), (one.words, text)


def test_the_same_texts_give_the_same_groups():
    assert groups(ALL) == groups(list(ALL))


@pytest.mark.parametrize(
    "some",
    [
        [],
        # Five are too few to part.
        ALL[:5],
        # Who wrote ten times is one customer.
        cases(*["The import stops at a bad date."] * 10, customers=[1, 2] * 5),
        # Nothing in common, nothing said at all.
        cases("Vienna?", "A talk", "Forms", "Logos", "Jobs", "Prices", "Maps", "Ads"),
        cases(*[""] * 9),
        cases(*["\U0001f600 :-)"] * 9),
    ],
    ids=["none", "few", "two customers", "nothing shared", "empty", "no words"],
)
def test_where_there_is_nothing_to_group_nothing_is(some):
    assert groups(some) == ()


def test_names_of_people_say_nothing():
    texts = [
        f"Hello Anabel, {text}" for _, text in WRITTEN[:8] for text in (text, text)
    ]
    with_name = cases(*texts)
    for one in groups(with_name, ["Anabel Ruiz"]):
        assert not any("anabel" in word for word in one.words)


def test_without_the_extra_there_is_nothing_to_load(monkeypatch):
    assert is_here()
    found = util.find_spec
    monkeypatch.setattr(
        "digests.grouping.find_spec",
        lambda name: None if name == "sklearn" else found(name),
    )
    assert not is_here()
    monkeypatch.setattr("digests.grouping._parts", lambda: pytest.fail("it is read"))
    load()

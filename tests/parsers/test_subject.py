"""Subjects: prefixes and warning tags off, in many languages (mail-rules 1.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.subject import base, is_forward


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Re: Import", "Import"),
        ("RE: AW: Antw: Sv: Import", "Import"),
        ("Re[2]: Import", "Import"),
        ("AW (3): Import", "Import"),
        ("Re : Import", "Import"),
        ("回复\uff1aImport", "Import"),
        ("[EXTERNAL] Re: Import", "Import"),
        ("[EXT] *** SPAM *** Import", "Import"),
        ("Fwd: [External] WG: Import", "Import"),
        ("Vb: Doorst: Enc: Import", "Import"),
        ("Regarding: Import", "Regarding: Import"),
        ("[ACME-1] Import", "[ACME-1] Import"),
        ("Re:", "Re:"),
        ("Import [ACME-1A2B]", "Import [ACME-1A2B]"),
        ("", ""),
    ],
)
def test_the_base(subject, expected):
    assert base(subject) == expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Fwd: Import", True),
        ("WG: Import", True),
        ("[EXT] FW: Import", True),
        ("Re: Fwd: Import", False),
        ("Import", False),
        ("", False),
    ],
)
def test_forwards(subject, expected):
    assert is_forward(subject) is expected


@given(st.text(alphabet=st.sampled_from("ReFwd:[] *EXT(2)a\uff1a"), max_size=60))
def test_nothing_hangs_or_empties(subject):
    assert bool(base(subject)) == bool(subject.strip())
    assert base(base(subject)) == base(subject)

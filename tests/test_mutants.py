"""The faults of `make mutants` can still be planted, each at one place."""

import ast

import pytest

from tests.model.mutants import MUTANTS, TREE
from tests.periods.mutants import MUTANTS as OF_DIGESTS


@pytest.mark.parametrize(
    "mutant", [*MUTANTS, *OF_DIGESTS], ids=lambda mutant: mutant.name
)
def test_the_fault_can_be_planted(mutant):
    text = (TREE / mutant.file).read_text("utf-8")
    ast.parse(mutant.planted(text))


def test_each_fault_has_a_name_of_its_own():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)

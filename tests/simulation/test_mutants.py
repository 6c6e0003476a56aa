"""The planted mistakes are still mistakes: each one changes its file, and the file is still valid Python."""

import ast
from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS
from tests.simulation.mutants.mutant import Mutant, OutdatedMutantError

PROJECT = Path(__file__).parent.parent.parent


def test_there_are_enough_mutants_and_each_has_a_name_of_its_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 44


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_changes_its_file_into_other_valid_code(mutant: Mutant) -> None:
    text = (PROJECT / mutant.path).read_text()
    assert ast.dump(ast.parse(mutant.apply(text))) != ast.dump(ast.parse(text))


def test_a_mutant_whose_text_is_gone_or_there_twice_is_refused() -> None:
    mutant = Mutant("twice", "a.py", "one", "two", "")
    for text in ("", "one one"):
        with pytest.raises(OutdatedMutantError, match="twice"):
            mutant.apply(text)

"""The nouns of the OGSM API in tests that repeat something for every route.

All nouns share one implementation. So one noun of each kind is tested for every change, and all of them each night.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest

from chalicelib.domain.ogsm.nouns import NOUNS

T = TypeVar("T")

FOR_EVERY_CHANGE = ("goals", "objective_progress_reports", "goal_measurements")
REPEATED = tuple(
    f"/api/v2/{noun.name}{end}" for noun in NOUNS if noun.name not in FOR_EVERY_CHANGE for end in (".json", ".csv", "/")
)


def mark_repeated(cases: Iterable[T], path_of: Callable[[T], str], *, is_tuple: bool = False) -> list[Any]:
    """Return the parameters of a test, of which those that repeat another noun run each night only.

    `is_tuple` says that a case has the values of several parameters.
    """
    return [
        pytest.param(
            *(case if is_tuple else [case]),  # type: ignore[misc]
            marks=[pytest.mark.nightly] if path_of(case).startswith(REPEATED) else [],
        )
        for case in cases
    ]

"""The declaration of a noun for tests and benches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.storage.models.base import Row
from infra.testing.request_cases import RequestCase
from infra.testing.sample_rows import SampleRow


def _no_sample_rows(_account: int) -> list[SampleRow]:
    return []


@dataclass(frozen=True)
class Noun:
    """The request cases of a noun's routes, and the rows with which the cost bench fills an account.

    `rows_not_filled` gives the reason for each kind of row that the bench leaves out.
    """

    request_cases: Sequence[RequestCase] = ()
    sample_rows: Callable[[int], Sequence[SampleRow]] = _no_sample_rows  # takes the id of the account
    rows_not_filled: Mapping[type[Row], str] = field(default_factory=dict)

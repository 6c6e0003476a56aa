"""Quarters and years, and the aggregation methods that name them."""

from collections.abc import Callable
from typing import NamedTuple

LAST_DAYS = {"1": "03-31", "2": "06-30", "3": "09-30", "4": "12-31"}  # of the quarters


class Period(NamedTuple):
    """A kind of period: its name in an aggregation method, the name of the one that has a day, and its last day."""

    suffix: str
    name_of: Callable[[str], str]
    last_day_of: Callable[[str], str]


QUARTER = Period(
    "_per_quarter",
    lambda day: f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}",
    lambda quarter: f"{quarter[:4]}-{LAST_DAYS[quarter[-1]]}",
)
YEAR = Period("_per_year", lambda day: day[:4], lambda year: f"{year}-12-31")
PERIODS = (QUARTER, YEAR)


class Method(NamedTuple):
    """An aggregation method without its suffix, and the period of the suffix. The name of no method is empty."""

    name: str
    period: Period | None


def read_method(aggregation_method: str | None) -> Method:
    """Return the method of a goal or KPI."""
    text = aggregation_method or ""
    period = next((period for period in PERIODS if text.endswith(period.suffix)), None)
    return Method(text.removesuffix(period.suffix) if period else text, period)

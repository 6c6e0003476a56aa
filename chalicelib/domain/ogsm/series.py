"""The series of a goal or KPI: target and actual by day, quarter and year. docs/api.md has the rules.

The values of an item without children are its measurements. Those of an item with children are computed from theirs.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from chalicelib import json_text
from chalicelib.domain.ogsm import aggregation
from chalicelib.domain.ogsm.aggregation import NewestValues
from chalicelib.domain.ogsm.periods import PERIODS, Method, Period
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import ACTUAL, AT, TARGET


class Values(NamedTuple):
    """Target and actual of a day or period. At least one of them is not None."""

    target: Decimal | None
    actual: Decimal | None


class Series(NamedTuple):
    """The values of an item by day, and by the names of the quarters and years. All are in ascending order."""

    is_computed: bool
    points: Mapping[str, Values]
    periods: Mapping[Period, Mapping[str, Values]]


def measured_series(method: Method, texts: Iterable[str]) -> Series:
    """Return the series of an item without children. `texts` are its measurements as JSON, by their days."""
    measurements = [json_text.load(text) for text in texts]
    points = {one[AT.name]: _read_values(one) for one in measurements if _has_values(one)}
    return Series(False, points, {period: _combine_points(method.name, points, period) for period in PERIODS})


def computed_series(method: Method, children: Sequence[Series]) -> Series:
    """Return the series of an item with children, whose own measurements do not count."""
    if not method.name:
        points = dict(_combine_newest(aggregation.SUM, children))
        return Series(True, points, {period: _combine_points("", points, period) for period in PERIODS})
    periods = {period: _combine_children(method.name, children, period) for period in PERIODS}
    if method.period:
        by_name, last_day_of = periods[method.period], method.period.last_day_of
        points = {last_day_of(name): values for name, values in by_name.items()}
    else:
        points = dict(_combine_newest(method.name, children))
    return Series(True, points, periods)


def _combine_newest(method: str, children: Sequence[Series]) -> Iterator[tuple[str, Values]]:
    """Yield each day on which a child has values, and what the method makes of the newest values of all children."""
    events = [(day, number, values) for number, child in enumerate(children) for day, values in child.points.items()]
    events.sort(key=lambda event: event[0])
    targets, actuals = NewestValues(method), NewestValues(method)
    for day, group in groupby(events, key=lambda event: event[0]):
        for _, number, values in group:
            targets.update(number, values.target)
            actuals.update(number, values.actual)
        yield day, Values(targets.combine(), actuals.combine())


def _combine_children(method: str, children: Sequence[Series], period: Period) -> dict[str, Values]:
    """Return what the method makes of the values of all children in each period.

    The measurements of one child in the period are combined by the same method first. A child that is computed has its
    own values of the period.
    """
    by_name: dict[str, list[Values]] = {}
    for child in children:
        of_child = child.periods[period] if child.is_computed else _combine_points(method, child.points, period)
        for name, values in of_child.items():
            by_name.setdefault(name, []).append(values)
    return {name: _combine(method, by_name[name]) for name in sorted(by_name)}


def _combine_points(method: str, points: Mapping[str, Values], period: Period) -> dict[str, Values]:
    """Return what the method makes of the points of each period. Without a method, the newest values count."""
    groups = groupby(points, key=period.name_of)
    return {name: _combine(method, [points[day] for day in days]) for name, days in groups}


def _combine(method: str, several: Sequence[Values]) -> Values:
    """Return what the method makes of several targets, and of several actual values. Missing ones do not count."""
    columns = ([value for value in column if value is not None] for column in zip(*several, strict=True))
    return Values(*(aggregation.combine(method, column) for column in columns))


def _has_values(measurement: JsonObject) -> bool:
    """Return whether a measurement has a target or an actual value, and not only a traffic light, say."""
    return measurement[TARGET.name] is not None or measurement[ACTUAL.name] is not None


def _read_values(measurement: JsonObject) -> Values:
    """Return the values of a measurement that has any."""
    return Values(*(aggregation.read_number(measurement[field.name]) for field in (TARGET, ACTUAL)))

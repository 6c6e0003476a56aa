"""Series of goals are computed as the documentation says, and as by a calculation that is as simple as possible."""

import json
import sys
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from statistics import median
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.ogsm.rollup import Rollup
from chalicelib.schemas.ogsm_objects import AGGREGATION_METHODS
from tests.support import counts

Json = dict[str, Any]
Plan = tuple[list[Json], dict[int, list[Json]]]  # the items, and the measurements of each

FIELDS = ("target", "actual")
DAYS = [f"{year}-{day}" for year in (2025, 2026) for day in ("01-01", "02-28", "03-31", "04-01", "12-31")]
NUMBERS = st.one_of(
    st.none(),
    st.integers(-20, 20),
    st.integers(-(10**15) + 1, 10**15 - 1),
    st.integers(-(10**6), 10**6).map(lambda cents: cents / 100),
    st.sampled_from([0.1, 0.2, 0.3, 5.0, -0.0, 1e-300, 5e-324, 123456789.012345]),
)


def goal(goal_id: int, parent: int | None = None, method: str | None = None) -> Json:
    above = {"id": parent} if parent else None
    return {"id": goal_id, "parent": above, "aggregation_method": method, "target_unit": "EUR", "start_value": None}


def measured(at: str, actual: float | None, target: float | None = None) -> Json:
    return {"at": at, "target": target, "actual": actual}


def rollup_of(items: Sequence[Json], measurements: dict[int, list[Json]]) -> Rollup:
    texts = {item: [json.dumps(one) for one in several] for item, several in measurements.items()}
    return Rollup(items, lambda item: texts.get(item, []))


def actuals(items: Sequence[Json], measurements: dict[int, list[Json]], part: str = "points") -> list[tuple[Any, Any]]:
    """Return the days, quarters or years of goal 1 with the actual values."""
    document = rollup_of(items, measurements).document_of(1)
    return [(next(iter(one.values())), one["actual"]) for one in document[part]]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw goals with the ids 1, 2, ... in any order below each other, and measurements of all of them."""
    ids = draw(st.permutations(range(1, draw(st.integers(1, 7)) + 1)))
    items = [
        goal(one, draw(st.sampled_from([None, 99, *ids[:place]])), draw(st.sampled_from([None, *AGGREGATION_METHODS])))
        for place, one in enumerate(ids)
    ]
    days = st.lists(st.sampled_from(DAYS), unique=True, max_size=5).map(sorted)
    return items, {one: [measured(day, draw(NUMBERS), draw(NUMBERS)) for day in draw(days)] for one in ids}


class Naive:
    """The series of one goal, from the sentences of the documentation, in fractions and as slowly as need be."""

    def __init__(self, plan: Plan, goal_id: int) -> None:
        items, measurements = plan
        [item] = [one for one in items if one["id"] == goal_id]
        method: str = item["aggregation_method"] or ""
        self.method, _, self.suffix = method.partition("_per_")
        self.children = [Naive(plan, one["id"]) for one in items if (one["parent"] or {}).get("id") == goal_id]
        self.measured = {
            one["at"]: {field: exact(one[field]) for field in FIELDS}
            for one in measurements[goal_id]
            if (one["target"], one["actual"]) != (None, None)
        }

    def points(self) -> dict[str, Json]:
        if not self.children:
            return self.measured
        if self.suffix:
            period = quarter_of if self.suffix == "quarter" else year_of
            return {last_day_of(name): self.of_period(period, name) for name in self.names(period)}
        return {day: self.on_day(day) for day in sorted({day for child in self.children for day in child.points()})}

    def on_day(self, day: str) -> Json:
        until = [[one for at, one in child.points().items() if at <= day] for child in self.children]
        newest = [combined("", points) for points in until]
        return combined(self.method or "sum", newest)

    def names(self, period: Callable[[str], str]) -> list[str]:
        if self.children and self.method:
            return sorted({name for child in self.children for name in child.names(period)})
        return sorted({period(day) for day in self.points()})

    def of_period(self, period: Callable[[str], str], name: str) -> Json:
        if not (self.children and self.method):
            return self.points_of_period(self.method, period, name)
        values = [
            child.of_period(period, name) if child.children else child.points_of_period(self.method, period, name)
            for child in self.children
        ]
        return combined(self.method, values)

    def points_of_period(self, method: str, period: Callable[[str], str], name: str) -> Json:
        return combined(method, [one for day, one in self.points().items() if period(day) == name])

    def document(self) -> Json:
        return {
            "points": [{"at": day} | answer(one) for day, one in self.points().items()],
            "quarters": [
                {"quarter": name} | answer(self.of_period(quarter_of, name)) for name in self.names(quarter_of)
            ],
            "years": [{"year": int(name)} | answer(self.of_period(year_of, name)) for name in self.names(year_of)],
        }


def quarter_of(day: str) -> str:
    return f"{day[:4]}-Q{1 + (date.fromisoformat(day).month - 1) // 3}"


def year_of(day: str) -> str:
    return str(date.fromisoformat(day).year)


def last_day_of(name: str) -> str:
    year, _, quarter = name.partition("-Q")
    month = 3 * int(quarter or 4)
    return date(int(year), month, monthrange(int(year), month)[1]).isoformat()


def combined(method: str, several: list[Json]) -> Json:
    return {field: combine([one[field] for one in several if one[field] is not None], method) for field in FIELDS}


def combine(values: list[Fraction], method: str) -> Fraction | None:
    if not values:
        return None
    average = sum(values, Fraction()) / len(values)
    return {
        "": values[-1],
        "sum": average * len(values),
        "average": average,
        "highest": max(values),
        "lowest": min(values),
        "median": median(values),
    }[method]


def exact(number: float | None) -> Fraction | None:
    return None if number is None else Fraction(str(number))


def answer(values: Json) -> Json:
    return {field: rounded(value) for field, value in values.items()}


def rounded(value: Fraction | None) -> float | int | None:
    if value is None:
        return None
    decimal = Context(prec=15).divide(Decimal(value.numerator), Decimal(value.denominator))
    return int(decimal) if decimal == int(decimal) else float(decimal)


@settings(max_examples=counts.choose(quick=60, full=1_000), deadline=None, derandomize=True)
@given(plans())
def test_the_series_of_every_goal_is_that_of_a_naive_calculation(plan: Plan) -> None:
    rollup = rollup_of(*plan)
    for item in plan[0]:
        naive, document = Naive(plan, item["id"]), rollup.document_of(item["id"])
        expected = {"target_unit": "EUR", "start_value": None, "computed": bool(naive.children)} | naive.document()
        assert json.dumps(document) == json.dumps(expected)


YEARLY = {
    1: [measured("2025-12-31", 5), measured("2026-01-10", 1), measured("2026-03-31", 4), measured("2026-04-01", 3)]
}


@pytest.mark.parametrize(
    ("method", "quarters"),
    [
        (None, [5, 4, 3]),
        ("sum", [5, 5, 3]),
        ("average", [5, 2.5, 3]),
        ("highest_per_year", [5, 4, 3]),
        ("lowest_per_quarter", [5, 1, 3]),
        ("median", [5, 2.5, 3]),
    ],
)
def test_quarters_combine_measurements_by_the_method_without_its_suffix(method: str | None, quarters: Any) -> None:
    found = actuals([goal(1, method=method)], YEARLY, "quarters")
    assert found == list(zip(["2025-Q4", "2026-Q1", "2026-Q2"], quarters, strict=True))
    days = [(one["at"], one["actual"]) for one in YEARLY[1]]
    assert actuals([goal(1, method=method)], YEARLY) == days, "the points are the measurements"


def test_years_combine_measurements_and_not_quarters() -> None:
    assert actuals([goal(1, method="average")], YEARLY, "years") == [(2025, 5), (2026, pytest.approx(8 / 3, rel=1e-14))]


def test_target_and_actual_are_combined_separately_without_those_that_are_missing() -> None:
    measurements = {1: [measured("2026-01-01", None, 10), measured("2026-01-02", 4), measured("2026-01-03", None)]}
    document = rollup_of([goal(1, method="average")], measurements).document_of(1)
    assert document["points"] == [
        {"at": "2026-01-01", "target": 10, "actual": None},
        {"at": "2026-01-02", "target": None, "actual": 4},
    ]
    assert document["quarters"] == [{"quarter": "2026-Q1", "target": 10, "actual": 4}]


PARTS = {
    1: [measured("2026-01-01", 100)],
    2: [measured("2026-01-10", 0.1), measured("2026-04-10", 0.4)],
    3: [measured("2026-01-20", 0.2), measured("2026-02-20", 0.7)],
}


def parent_and_children(method: str | None) -> list[Json]:
    return [goal(1, method=method), goal(2, 1), goal(3, 1, "average")]


@pytest.mark.parametrize(
    ("method", "values"),
    [
        (None, [0.1, 0.3, 0.8, 1.1]),
        ("sum", [0.1, 0.3, 0.8, 1.1]),
        ("average", [0.1, 0.15, 0.4, 0.55]),
        ("highest", [0.1, 0.2, 0.7, 0.7]),
        ("lowest", [0.1, 0.1, 0.1, 0.4]),
        ("median", [0.1, 0.15, 0.4, 0.55]),
    ],
)
def test_on_each_day_the_method_combines_the_newest_values_of_the_children(method: str | None, values: Any) -> None:
    days = ["2026-01-10", "2026-01-20", "2026-02-20", "2026-04-10"]
    assert actuals(parent_and_children(method), PARTS) == list(zip(days, values, strict=True))


def test_a_sum_per_period_counts_each_measurement_once() -> None:
    quarters, year = [("2026-Q1", 1), ("2026-Q2", 0.4)], [(2026, 1.4)]
    for method in ("sum", "sum_per_quarter", "sum_per_year"):
        assert actuals(parent_and_children(method), PARTS, "quarters") == quarters
        assert actuals(parent_and_children(method), PARTS, "years") == year
    assert actuals(parent_and_children("sum_per_quarter"), PARTS) == [("2026-03-31", 1), ("2026-06-30", 0.4)]
    assert actuals(parent_and_children("sum_per_year"), PARTS) == [("2026-12-31", 1.4)]


def test_without_a_method_the_newest_point_of_a_period_counts() -> None:
    assert actuals(parent_and_children(None), PARTS, "quarters") == [("2026-Q1", 0.8), ("2026-Q2", 1.1)]


def test_a_child_with_children_is_computed_first_by_its_own_method() -> None:
    items = [goal(1, method="sum"), goal(2, 1, "average"), goal(3, 1), goal(4, 2), goal(5, 2)]
    measurements = {4: [measured("2026-01-01", 2), measured("2026-01-02", 4)], 5: [measured("2026-01-01", 6)]}
    measurements |= {3: [measured("2026-01-02", 100)], 2: [measured("2026-01-01", 1000)]}
    assert actuals(items, measurements) == [("2026-01-01", 4), ("2026-01-02", 105)]
    assert actuals(items, measurements, "quarters") == [("2026-Q1", 104.5)]


def test_a_sum_of_averages_has_no_rounding_errors() -> None:
    items = [goal(1), *(goal(one, 1, "average") for one in (2, 3, 4))]
    items += [goal(10 * above + one, above) for above in (2, 3, 4) for one in (1, 2, 3)]
    measurements = {one["id"]: [measured("2026-01-01", int(one["id"] % 10 == 1))] for one in items[4:]}
    assert actuals(items, measurements) == [("2026-01-01", 1)]


def test_a_goal_without_any_value_has_an_empty_series() -> None:
    empty: Json = {
        "target_unit": "EUR",
        "start_value": None,
        "computed": False,
        "points": [],
        "quarters": [],
        "years": [],
    }
    assert rollup_of([goal(1)], {1: [measured("2026-01-01", None)]}).document_of(1) == empty
    assert rollup_of([goal(1), goal(2, 1)], {}).document_of(1) == empty | {"computed": True}


def test_a_sum_of_very_large_numbers_has_at_most_15_digits() -> None:
    items = [goal(1), *(goal(one, 1) for one in range(2, 1005))]
    measurements = {one["id"]: [measured("2026-01-01", 10**15 - 1)] for one in items[1:]}
    assert actuals(items, measurements) == [("2026-01-01", 1003 * 10**15)]


def test_a_small_number_is_not_lost_beside_a_large_one_that_goes() -> None:
    measurements = {
        2: [measured("2026-01-01", 10**15 - 1), measured("2026-01-02", 0)],
        3: [measured("2026-01-01", 1e-300)],
    }
    assert actuals([goal(1), goal(2, 1), goal(3, 1)], measurements)[-1] == ("2026-01-02", 1e-300)


def test_a_number_that_is_too_small_for_json_becomes_0() -> None:
    measurements = {one: [measured("2026-01-01", actual)] for one, actual in ((2, 5e-324), (3, 0), (4, 0))}
    points = rollup_of([*parent_and_children("average"), goal(4, 1)], measurements).document_of(1)["points"]
    assert json.dumps(points) == '[{"at": "2026-01-01", "target": null, "actual": 0}]'


@pytest.mark.parametrize("length", [1, 2, 5])
def test_parents_in_a_circle_do_not_count(length: int) -> None:
    circle = [goal(one, one % length + 1) for one in range(1, length + 1)]
    items = [goal(9, 8), goal(8, 1), *circle]
    measurements = {one["id"]: [measured("2026-01-01", one["id"])] for one in items}
    rollup = rollup_of(items, measurements)
    computed = {one["id"]: rollup.document_of(one["id"])["computed"] for one in items}
    assert computed == dict.fromkeys(range(2, length + 1), False) | {1: True, 8: True, 9: False}
    assert actuals(items, measurements) == [("2026-01-01", 9)]


def count_steps(work: Callable[[], object]) -> int:
    """Return the number of functions that are called, those in C as well."""
    steps = 0

    def note(frame: FrameType, event: str, argument: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return steps


@pytest.mark.parametrize("method", [None, "median", "average_per_quarter"])
@pytest.mark.parametrize("is_chain", [False, True])
def test_twice_as_many_goals_take_twice_as_many_steps(method: str | None, is_chain: bool) -> None:
    def steps_for(size: int) -> int:
        items = [goal(one, one - 1 if is_chain else 1, method) for one in range(2, size)]
        measurements = {one: [measured(f"2026-{one % 12 + 1:02}-{one % 28 + 1:02}", one)] for one in range(2, size)}
        rollup = rollup_of([goal(1, method=method), *items], measurements)
        return count_steps(lambda: [rollup.document_of(one) for one in range(1, size)])

    assert steps_for(400) < 2.2 * steps_for(200)

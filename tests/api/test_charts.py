"""The small charts of the OGSM pages: where they draw values, and what they leave out."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.pages.charts import HEIGHT, MARGIN, MOST_POINTS, WIDTH, Chart, Point, draw_chart, thin_out
from chalicelib.pages.figures import format_day, format_number, format_quantity

BOTTOM = HEIGHT - MARGIN
VALUES = st.none() | st.floats(-1e12, 1e12, allow_nan=False) | st.integers(-(10**15), 10**15)
DAYS = st.dates().map(str)


def points(*actuals: float | None, target: float | None = None) -> list[Point]:
    return [Point(f"2026-01-{day:02}", target, actual) for day, actual in enumerate(actuals, 1)]


def drawn(chart: Chart | None) -> Chart:
    assert chart is not None
    return chart


def places(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def test_days_lie_where_the_calendar_puts_them() -> None:
    line = [Point("2026-01-01", None, 0), Point("2026-01-03", None, 5), Point("2026-01-11", None, 10)]
    chart = drawn(draw_chart(line, is_bar=False, minimum=None))
    assert places(chart.actual) == [(4, BOTTOM), (50.4, HEIGHT / 2), (WIDTH - MARGIN, MARGIN)]
    assert chart.last == f"M{WIDTH - MARGIN}.0 {MARGIN}.0h0"
    assert (chart.first_day, chart.last_day) == ("2026-01-01", "2026-01-11")


@pytest.mark.parametrize(
    ("actuals", "is_bar", "minimum", "bottom", "top"),
    [
        ((37, 57), False, None, 36, 58),
        ((37, 57), False, 20, 20, 60),
        ((37, 57), True, None, 0, 60),
        ((-5, 5), True, None, -6, 6),
        ((7, 7), False, None, 7, 14),
        ((0,), False, None, 0, 1),
        ((10, 12), False, 50, 50, 100),
    ],
)
def test_the_scale_has_round_ends_and_respects_the_minimum(
    actuals: tuple[float, ...], is_bar: bool, minimum: float | None, bottom: float, top: float
) -> None:
    chart = drawn(draw_chart(points(*actuals), is_bar=is_bar, minimum=minimum))
    assert (chart.bottom, chart.top) == (bottom, top)


def test_a_value_below_the_minimum_is_drawn_at_the_bottom() -> None:
    chart = drawn(draw_chart(points(5, 100), is_bar=False, minimum=50))
    assert places(chart.actual)[0][1] == BOTTOM


def test_bars_stand_on_the_bottom_and_side_by_side() -> None:
    chart = drawn(draw_chart(points(10, 20, 5, target=15), is_bar=True, minimum=0))
    assert chart.actual == ""
    assert {bar.y + bar.height for bar in chart.bars} == {BOTTOM}
    ends = [(bar.x, bar.x + bar.width) for bar in chart.bars]
    assert all(end < following for (_, end), (following, _) in pairwise(ends))
    assert len(places(chart.target)) == 3


def test_without_values_there_is_no_chart() -> None:
    assert draw_chart([], is_bar=False, minimum=None) is None
    assert draw_chart(points(None, None), is_bar=True, minimum=5) is None


def test_a_long_series_keeps_its_newest_point_and_is_spread_over_the_time() -> None:
    years = [Point(f"{year}-{month:02}-01", None, month) for year in range(2000, 2026) for month in range(1, 13)]
    kept = thin_out(years)
    assert len(kept) == MOST_POINTS
    assert kept[-1] == years[-1]
    assert {point.day[:4] for point in kept} == {point.day[:4] for point in years}


@example([("2026-01-01", 5e-324, 0.0)], False, None)
@example([("2026-01-01", 999_999_999_999_999, 999_999_999_999_998)], False, None)
@given(st.lists(st.tuples(DAYS, VALUES, VALUES), max_size=90), st.booleans(), VALUES)
def test_every_chart_stays_in_its_box(
    rows: list[tuple[str, float | None, float | None]], is_bar: bool, minimum: float | None
) -> None:
    series = [Point(*row) for row in sorted({row[0]: row for row in rows}.values())]
    chart = draw_chart(series, is_bar=is_bar, minimum=minimum)
    if chart is not None:
        ends = [(bar.x + bar.width, bar.y) for bar in chart.bars]
        for x, y in [*places(chart.actual), *places(chart.target), *((bar.x, bar.y) for bar in chart.bars), *ends]:
            assert 0 <= x <= WIDTH
            assert MARGIN <= y <= BOTTOM


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (7.0, "7"),
        (0.125, "0.125"),
        (84.25, "84.25"),
        (-3.5, "-3.5"),
        (999.96, "1,000"),
        (12_480.4, "12,480"),
        (12_480_000, "12.48\N{NO-BREAK SPACE}million"),
    ],
)
def test_numbers_are_written_for_people(value: float, text: str) -> None:
    assert format_number(value) == text


def test_units_and_days_do_not_break_across_lines() -> None:
    assert format_quantity(57, "%") == "57%"
    assert format_quantity(57, "k EUR") == "57\N{NO-BREAK SPACE}k EUR"
    assert format_quantity(57, None) == "57"
    assert format_day("2026-11-05") == "5\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026"

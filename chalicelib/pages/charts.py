"""Small charts of target and actual values as SVG, drawn in a box of a fixed size, which the page stretches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import ceil, floor, log10
from typing import NamedTuple

WIDTH, HEIGHT = 240, 80
MARGIN = 4  # at the top and the bottom, for the width of the lines
MOST_POINTS = 60  # a small chart shows no more
TINY, EQUAL = 1e-100, 1e-12  # values that are closer, absolutely or relatively, are drawn as equal ones
BAR_SHARE = 0.68  # of the space of a bar; the rest is the gap


class Point(NamedTuple):
    """Target and actual value of a day. Either may be unknown."""

    day: str
    target: float | None
    actual: float | None


class Bar(NamedTuple):
    """A bar of a chart."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Chart:
    """A drawn chart: SVG paths and bars, and the values and days at its edges."""

    target: str
    actual: str
    last: str  # a path of no length at the last actual value, which a round line cap makes a dot
    bars: Sequence[Bar]
    bottom: float
    top: float
    first_day: str
    last_day: str


class Scale(NamedTuple):
    """The values at the bottom and at the top of a chart."""

    bottom: float
    top: float

    def y(self, value: float) -> float:
        """Return the vertical coordinate of a value. One outside of the scale is drawn at the edge."""
        share = (min(max(value, self.bottom), self.top) - self.bottom) / (self.top - self.bottom)
        return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN), 1)


def draw_chart(points: Sequence[Point], *, is_bar: bool, minimum: float | None) -> Chart | None:
    """Draw the points, which are in the order of their days. Return None if there is no value.

    `minimum` is the lowest value that the chart is to show.
    """
    shown = thin_out([point for point in points if point.target is not None or point.actual is not None])
    if not shown:
        return None
    scale = find_scale(shown, minimum, starts_at_zero=is_bar)
    places = _bar_places(len(shown)) if is_bar else _day_places([point.day for point in shown])
    actual = [(x, scale.y(point.actual)) for x, point in zip(places, shown, strict=True) if point.actual is not None]
    target = [(x, scale.y(point.target)) for x, point in zip(places, shown, strict=True) if point.target is not None]
    return Chart(
        target=_path(target),
        actual="" if is_bar else _path(actual),
        last="" if is_bar or not actual else f"M{actual[-1][0]} {actual[-1][1]}h0",
        bars=[_bar(x, y, len(shown)) for x, y in actual] if is_bar else [],
        bottom=scale.bottom,
        top=scale.top,
        first_day=shown[0].day,
        last_day=shown[-1].day,
    )


def thin_out(points: Sequence[Point]) -> list[Point]:
    """Return at most 60 points, the last of each of 60 equal parts of the time."""
    if len(points) <= MOST_POINTS:
        return list(points)
    days = [date.fromisoformat(point.day).toordinal() for point in points]
    span = days[-1] - days[0] + 1
    parts = [(day - days[0]) * MOST_POINTS // span for day in days]
    ends = [point for point, (part, following) in zip(points, pairwise(parts), strict=False) if part != following]
    return [*ends, points[-1]]


def find_scale(points: Sequence[Point], minimum: float | None, *, starts_at_zero: bool) -> Scale:
    """Return a scale with round numbers at its ends that has room for all values above the minimum."""
    values = [value for point in points for value in (point.target, point.actual) if value is not None]
    low, high = min(values), max(values)
    if minimum is not None:
        low = minimum
    elif starts_at_zero:
        low = min(low, 0)
    high = max(high, 0) if starts_at_zero and minimum is None else high
    if high - low <= max(TINY, EQUAL * max(abs(low), abs(high))):
        high = low + (abs(low) if abs(low) > TINY else 1)
    step = _round_step(high - low)
    bottom = low if minimum is not None else floor(low / step) * step
    return Scale(bottom, max(ceil(high / step) * step, bottom + step))


def _round_step(span: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that fits at least five times into the span."""
    power = 10.0 ** floor(log10(span / 5))
    return max(factor * power for factor in (1, 2, 5) if factor == 1 or factor * power <= span / 5)


def _day_places(days: Sequence[str]) -> list[float]:
    """Return the horizontal coordinates of days. A single one is in the middle."""
    numbers = [date.fromisoformat(day).toordinal() for day in days]
    span = numbers[-1] - numbers[0]
    usable = WIDTH - 2 * MARGIN
    return [round(MARGIN + ((number - numbers[0]) / span if span else 0.5) * usable, 1) for number in numbers]


def _bar_places(count: int) -> list[float]:
    """Return the horizontal coordinates of the middles of bars."""
    return [round((number + 0.5) * WIDTH / count, 1) for number in range(count)]


def _bar(x: float, y: float, count: int) -> Bar:
    width = min(WIDTH / count, WIDTH / 6) * BAR_SHARE
    return Bar(round(x - width / 2, 1), y, round(width, 1), round(HEIGHT - MARGIN - y, 1))


def _path(places: Sequence[tuple[float, float]]) -> str:
    """Return the SVG path through these places. A single one gets a short line."""
    if len(places) == 1:
        [(x, y)] = places
        return f"M{min(max(x - 6, 0), WIDTH - 12)} {y}h12"
    return "M" + "L".join(f"{x} {y}" for x, y in places) if places else ""

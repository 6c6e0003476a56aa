"""Combine numbers by the aggregation methods of goals and KPIs: sum, average, highest, lowest and median.

Numbers are decimal, so that 0.1 and 0.2 make 0.3. Sums are exact, whatever the order of the numbers. An average has
many more digits than an answer, so that an average of averages is right as well.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from decimal import Context, Decimal

from chalicelib.validation.types import MAX_DIGITS

SUM, AVERAGE, HIGHEST, LOWEST, MEDIAN = "sum", "average", "highest", "lowest", "median"

# Enough digits for the sum of numbers of any size. The largest number is below 10^15, the smallest one above 10^-324.
EXACT = Context(prec=400)
ANSWERED = Context(prec=MAX_DIGITS)
ZERO = Decimal(0)


def read_number(number: float | None) -> Decimal | None:
    """Return a stored number as a decimal number with the digits that were sent."""
    return None if number is None else Decimal(str(number))


def write_number(value: Decimal | None) -> int | float | None:
    """Return a number for an answer, with at most 15 significant digits. One without a fraction is an integer."""
    if value is None:
        return None
    rounded = ANSWERED.plus(value)
    if rounded == rounded.to_integral_value():
        return int(rounded)
    return float(rounded) or 0  # a number that is too small for JSON is 0


def combine(method: str, values: Sequence[Decimal]) -> Decimal | None:
    """Return what a method makes of values, or None if there are none. Without a method it is the last value."""
    if not method:
        return values[-1] if values else None
    total = ZERO
    for value in values:
        total = EXACT.add(total, value)
    return _apply(method, total, sorted(values))


class NewestValues:
    """The newest values of several children, combined by a method.

    A new value of one child takes the time of a search among the children. They are not combined from the beginning.
    """

    def __init__(self, method: str) -> None:
        self._method = method
        self._by_child: dict[int, Decimal] = {}
        self._ordered: list[Decimal] = []
        self._total = ZERO

    def update(self, child: int, value: Decimal | None) -> None:
        """Set the newest value of a child, in place of the one that it had. None changes nothing."""
        if value is None:
            return
        old = self._by_child.get(child)
        if old is not None:
            del self._ordered[bisect_left(self._ordered, old)]
            self._total = EXACT.subtract(self._total, old)
        insort(self._ordered, value)
        self._total = EXACT.add(self._total, value)
        self._by_child[child] = value

    def combine(self) -> Decimal | None:
        """Return what the method makes of the newest values, or None if no child has one."""
        return _apply(self._method, self._total, self._ordered)


def _apply(method: str, total: Decimal, ordered: Sequence[Decimal]) -> Decimal | None:
    """Return what a method makes of values in ascending order, whose sum is known, or None if there are none."""
    if not ordered:
        return None
    if method == SUM:
        return total
    if method == AVERAGE:
        return EXACT.divide(total, Decimal(len(ordered)))
    if method == MEDIAN:
        return _median(ordered)
    return ordered[-1 if method == HIGHEST else 0]


def _median(ordered: Sequence[Decimal]) -> Decimal:
    """Return the value in the middle, or the average of the two values there."""
    middle, is_odd = divmod(len(ordered), 2)
    if is_odd:
        return ordered[middle]
    return EXACT.divide(EXACT.add(ordered[middle - 1], ordered[middle]), Decimal(2))

"""The series of the goals or KPIs of an account, computed upwards from the measurements of those without children."""

from collections.abc import Callable, Iterator, Sequence

from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import series
from chalicelib.domain.ogsm.aggregation import write_number
from chalicelib.domain.ogsm.hierarchy import find_children
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.objects import not_found
from chalicelib.domain.ogsm.periods import QUARTER, YEAR, read_method
from chalicelib.domain.ogsm.references import REPORTS
from chalicelib.domain.ogsm.series import Series, Values
from chalicelib.domain.ogsm.stored_objects import StoredObjects, read_objects
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import ACTUAL, AGGREGATION, AT, ID, START_VALUE, TARGET, UNIT


class Rollup:
    """The series of the items of a noun. Each is computed once, when it is needed.

    `texts_of` returns the measurements of an item as JSON, by their days.
    """

    def __init__(self, items: Sequence[JsonObject], texts_of: Callable[[int], Sequence[str]]) -> None:
        self._items = {item[ID.name]: item for item in items}
        self._children = find_children(items)
        self._texts_of = texts_of
        self._series: dict[int, Series] = {}

    @classmethod
    def of(cls, objects: StoredObjects, noun: OgsmNoun) -> "Rollup":
        """Return the series of the objects of a noun, which were read together with their measurements."""
        return cls(objects.documents(noun), lambda item_id: objects.texts_about(REPORTS[noun], item_id))

    def has_children(self, item_id: int) -> bool:
        """Return whether the series of an item is computed from those of other items."""
        return item_id in self._children

    def series_of(self, item_id: int) -> Series:
        """Return the series of an item. Raises KeyError if there is no such item."""
        for one in reversed(list(self._find_uncomputed(item_id))):
            method = read_method(self._items[one][AGGREGATION.name])
            children = self._children.get(one)
            self._series[one] = (
                series.computed_series(method, [self._series[child] for child in children])
                if children
                else series.measured_series(method, self._texts_of(one))
            )
        return self._series[item_id]

    def _find_uncomputed(self, item_id: int) -> Iterator[int]:
        """Yield an item and the items below it whose series is not known yet, each after its parent."""
        waiting = [item_id]
        while waiting:
            one = waiting.pop()
            if one not in self._series:
                yield one
                waiting.extend(self._children.get(one, ()))

    def newest_point_of(self, item_id: int) -> JsonObject | None:
        """Return the last point of an item, or None without any. Raises KeyError if there is no such item."""
        points = [*self.series_of(item_id).points.items()]
        return _point(*points[-1]) if points else None

    def document_of(self, item_id: int) -> JsonObject:
        """Return the series of an item as it is answered. Raises KeyError if there is no such item."""
        item, found = self._items[item_id], self.series_of(item_id)
        return {
            UNIT.name: item[UNIT.name],
            START_VALUE.name: item[START_VALUE.name],
            "computed": found.is_computed,
            "points": [_point(day, values) for day, values in found.points.items()],
            "quarters": [{"quarter": name, **_answer(values)} for name, values in found.periods[QUARTER].items()],
            "years": [{"year": int(name), **_answer(values)} for name, values in found.periods[YEAR].items()],
        }


def read_series(caller: Caller, noun: OgsmNoun, item_id: int) -> JsonObject:
    """Return the series of a goal or KPI, with one Query for each MB of all of them. Raises NotFound."""
    objects = read_objects(caller, [noun, REPORTS[noun]])
    if objects.find(noun, item_id) is None:
        raise not_found(noun, item_id)
    return Rollup.of(objects, noun).document_of(item_id)


def _point(day: str, values: Values) -> JsonObject:
    return {AT.name: day, **_answer(values)}


def _answer(values: Values) -> JsonObject:
    return {TARGET.name: write_number(values.target), ACTUAL.name: write_number(values.actual)}

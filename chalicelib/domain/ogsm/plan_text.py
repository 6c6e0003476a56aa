"""The JSON text of a plan, in pieces.

A KPI or action is repeated for each of its strategies, so a plan may be much longer than what is stored. Each item
becomes text once, and the pieces can be counted before they are joined.
"""

from collections.abc import Collection, Iterable, Iterator

from chalicelib import json_text
from chalicelib.domain.ogsm.plan import Plan, PlannedStrategy
from chalicelib.json_text import JsonObject


def write_plan(plan: Plan, fields: Collection[str] | None) -> Iterator[str]:
    """Yield the pieces of the JSON text of a plan. It has the named fields, or all of them if None are named."""
    texts = _Texts()
    parts: dict[str, Iterable[str]] = {
        "canvas": [json_text.dump(plan.canvas)],
        "objectives": texts.write_array(plan.objectives),
        "goals": texts.write_array(plan.goals),
        "strategies": texts.write_strategies(plan.strategies),
        "kpis": texts.write_array(plan.kpis),
        "actions": texts.write_array(plan.actions),
    }
    start = "{"
    for name, pieces in parts.items():
        if fields is None or name in fields:
            yield f'{start}"{name}":'
            yield from pieces
            start = ","
    yield "}"


class _Texts:
    """The texts of items that have been written, so that those which are repeated are not written again."""

    def __init__(self) -> None:
        self._texts: dict[int, str] = {}  # by the identity of the item, which belongs to a plan

    def write_array(self, items: Iterable[JsonObject]) -> Iterator[str]:
        start = "["
        for item in items:
            yield start
            yield self._write(item)
            start = ","
        yield "]" if start == "," else "[]"

    def write_strategies(self, strategies: Iterable[PlannedStrategy]) -> Iterator[str]:
        start = "["
        for strategy in strategies:
            yield start + json_text.dump(strategy.document).removesuffix("}")
            yield ',"kpis":'
            yield from self.write_array(strategy.kpis)
            yield ',"actions":'
            yield from self.write_array(strategy.actions)
            yield "}"
            start = ","
        yield "]" if start == "," else "[]"

    def _write(self, item: JsonObject) -> str:
        text = self._texts.get(id(item))
        if text is None:
            text = self._texts[id(item)] = json_text.dump(item)
        return text

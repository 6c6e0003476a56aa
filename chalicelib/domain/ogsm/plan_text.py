"""The JSON text of a plan, in pieces, which are made of the stored texts of the objects.

A KPI or action is repeated for each of its strategies, so a plan may be much longer than what is stored. The pieces can
be counted before they are joined.
"""

from collections.abc import Collection, Iterable, Iterator

from chalicelib import json_text
from chalicelib.domain.ogsm.actions import ACTIONS
from chalicelib.domain.ogsm.canvas_items import GOALS, KPIS, OBJECTIVES, OGSM_CANVASES, STRATEGIES
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.plan import Plan, PlannedStrategy
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import ID
from chalicelib.schemas.ogsm_plans import LATEST


def write_plan(plan: Plan, fields: Collection[str] | None) -> Iterator[str]:
    """Yield the pieces of the JSON text of a plan. It has the named fields, or all of them if None are named."""
    parts: dict[str, Iterable[str]] = {
        "canvas": _write(plan, OGSM_CANVASES, plan.canvas),
        "objectives": _write_items(plan, OBJECTIVES, plan.objectives),
        "goals": _write_items(plan, GOALS, plan.goals),
        "strategies": _write_array(_write_strategy(plan, one) for one in plan.strategies),
        "kpis": _write_items(plan, KPIS, plan.kpis),
        "actions": _write_items(plan, ACTIONS, plan.actions),
    }
    start = "{"
    for name, pieces in parts.items():
        if fields is None or name in fields:
            yield f'{start}"{name}":'
            yield from pieces
            start = ","
    yield "}"


def _write_strategy(plan: Plan, strategy: PlannedStrategy) -> Iterator[str]:
    yield plan.stored.text_of(STRATEGIES, strategy.document[ID.name]).removesuffix("}")
    yield ',"kpis":'
    yield from _write_items(plan, KPIS, strategy.kpis)
    yield ',"actions":'
    yield from _write_items(plan, ACTIONS, strategy.actions)
    yield "}"


def _write_items(plan: Plan, noun: OgsmNoun, items: Iterable[JsonObject]) -> Iterator[str]:
    return _write_array(_write(plan, noun, item) for item in items)


def _write_array(elements: Iterable[Iterable[str]]) -> Iterator[str]:
    start = "["
    for element in elements:
        yield start
        yield from element
        start = ","
    yield "]" if start == "," else "[]"


def _write(plan: Plan, noun: OgsmNoun, document: JsonObject) -> Iterator[str]:
    """Yield the stored text of an object, with the field `latest` if it has that."""
    text = plan.stored.text_of(noun, document[ID.name])
    if LATEST not in document:
        yield text
        return
    yield text.removesuffix("}")
    yield f',"{LATEST}":{json_text.dump(document[LATEST])}}}'

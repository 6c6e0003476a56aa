"""The plan of an OGSM canvas: everything that is on the canvas, in the order of `row_order` there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib import json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm.canvas_items import GOALS, ITEM_NOUNS, KPIS, OGSM_CANVASES, select_items
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.objects import not_found
from chalicelib.domain.ogsm.references import REPORTS
from chalicelib.domain.ogsm.rollup import Rollup
from chalicelib.domain.ogsm.stored_objects import StoredObjects, read_objects
from chalicelib.json_text import JsonObject
from chalicelib.schemas.ogsm_objects import CANVASES, ID, STRATEGIES
from chalicelib.schemas.ogsm_plans import LATEST

NOUNS_READ = (OGSM_CANVASES, *ITEM_NOUNS, REPORTS[GOALS], REPORTS[KPIS])


@dataclass(frozen=True)
class PlannedStrategy:
    """A strategy, and the KPIs and actions of the canvas that belong to it."""

    document: JsonObject
    kpis: list[JsonObject]
    actions: list[JsonObject]


@dataclass(frozen=True)
class Plan:
    """A canvas and what is on it. A goal or KPI has its newest measurement in the field `latest`, or None.

    If it has children, `latest` is the newest point that is computed from them: `{at, target, actual}`.
    A KPI or action stands below each of its strategies. `kpis` and `actions` are those that belong to no strategy of
    the canvas. `stored` has all measurements, among others, and `rollups` the series of goals and of KPIs.
    """

    stored: StoredObjects
    rollups: Mapping[OgsmNoun, Rollup]
    canvas: JsonObject
    objectives: list[JsonObject]
    goals: list[JsonObject]
    strategies: list[PlannedStrategy]
    kpis: list[JsonObject]
    actions: list[JsonObject]


def read_plan(caller: Caller, canvas_id: int, *, include_archived: bool = False) -> Plan:
    """Return the plan of a canvas, without archived items unless they are to be included. Raises NotFound."""
    stored = read_objects(caller, NOUNS_READ)
    rollups = {noun: Rollup.of(stored, noun) for noun in (GOALS, KPIS)}
    canvas = find_canvas(stored, canvas_id)
    items = select_items(stored, {canvas_id}, include_archived=include_archived)
    strategies = _sort(items.strategies, canvas_id)
    kpis = _group_by_strategy(_sort(_with_latest(stored, KPIS, rollups[KPIS], items.kpis), canvas_id), strategies)
    actions = _group_by_strategy(_sort(items.actions, canvas_id), strategies)
    return Plan(
        stored,
        rollups,
        canvas,
        _sort(items.objectives, canvas_id),
        _sort(_with_latest(stored, GOALS, rollups[GOALS], items.goals), canvas_id),
        [PlannedStrategy(one, kpis[one[ID.name]], actions[one[ID.name]]) for one in strategies],
        kpis[None],
        actions[None],
    )


def find_canvas(stored: StoredObjects, canvas_id: int) -> JsonObject:
    """Return a canvas. Raises NotFound."""
    canvas = stored.find(OGSM_CANVASES, canvas_id)
    if canvas is None:
        raise not_found(OGSM_CANVASES, canvas_id)
    return canvas


def _with_latest(
    stored: StoredObjects, noun: OgsmNoun, rollup: Rollup, items: Iterable[JsonObject]
) -> list[JsonObject]:
    """Return goals or KPIs with the field `latest`."""
    return [item | {LATEST: _find_latest(stored, noun, rollup, item[ID.name])} for item in items]


def _find_latest(stored: StoredObjects, noun: OgsmNoun, rollup: Rollup, item_id: int) -> JsonObject | None:
    """Return the newest measurement, or the newest point of an item with children. No other measurement is parsed."""
    if rollup.has_children(item_id):
        return rollup.newest_point_of(item_id)
    texts = stored.texts_about(REPORTS[noun], item_id)
    return json_text.load(texts[-1]) if texts else None


def _group_by_strategy(
    items: Iterable[JsonObject], strategies: Iterable[JsonObject]
) -> dict[int | None, list[JsonObject]]:
    """Return the items of each strategy by its id, and those without any of these strategies under None."""
    groups: dict[int | None, list[JsonObject]] = {None: []} | {strategy[ID.name]: [] for strategy in strategies}
    for item in items:
        ids = dict.fromkeys(reference[ID.name] for reference in item[STRATEGIES.name])
        for strategy_id in [one for one in ids if one in groups] or [None]:
            groups[strategy_id].append(item)
    return groups


def _sort(items: Iterable[JsonObject], canvas_id: int) -> list[JsonObject]:
    """Return items in the order of `row_order` on a canvas, those that are not placed there last, by id."""

    def key(item: JsonObject) -> Any:
        orders = (one.get("row_order") for one in item[CANVASES.name] if one[ID.name] == canvas_id)
        row_order = next(orders, None)
        return row_order is None, row_order, item[ID.name]

    return sorted(items, key=key)

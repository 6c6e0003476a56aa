"""The items on OGSM canvases: objectives, goals, strategies, KPIs and actions.

An item is on the canvases that it names. A KPI or action that names none is on those of its strategies.
"""

from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple

from chalicelib.domain.ogsm.actions import ACTIONS
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.references import ALL_NOUNS
from chalicelib.domain.ogsm.stored_objects import StoredObjects
from chalicelib.json_text import JsonObject
from chalicelib.schemas import ogsm_objects as fields

BY_NAME = {noun.name: noun for noun in ALL_NOUNS}
TEAMS, OGSM_CANVASES = BY_NAME["teams"], BY_NAME["ogsm_canvases"]
OBJECTIVES, GOALS = BY_NAME["objectives"], BY_NAME["goals"]
STRATEGIES, KPIS = BY_NAME["strategies"], BY_NAME["kpis"]
ITEM_NOUNS = (OBJECTIVES, GOALS, STRATEGIES, KPIS, ACTIONS)


class CanvasItems(NamedTuple):
    """The items on one or several canvases, each once, by their ids. The fields have the names of the nouns."""

    objectives: list[JsonObject]
    goals: list[JsonObject]
    strategies: list[JsonObject]
    kpis: list[JsonObject]
    actions: list[JsonObject]


def select_items(stored: StoredObjects, canvas_ids: Set[int], *, include_archived: bool = False) -> CanvasItems:
    """Return the items on these canvases, without those that are archived unless these are to be included."""
    selected: dict[OgsmNoun, list[JsonObject]] = {noun: [] for noun in ITEM_NOUNS}
    for noun, item, canvases in place_items(stored, include_archived=include_archived):
        if canvases & canvas_ids:
            selected[noun].append(item)
    return CanvasItems(*selected.values())


def place_items(
    stored: StoredObjects, *, include_archived: bool = False
) -> Iterator[tuple[OgsmNoun, JsonObject, Set[int]]]:
    """Yield the items that are not archived, or all of them, each with its noun and the ids of its canvases.

    A strategy that is left out places nothing: what belongs to it alone is on no canvas.
    """
    shown = {
        noun: [item for item in stored.documents(noun) if include_archived or not item[fields.ARCHIVED.name]]
        for noun in ITEM_NOUNS
    }
    strategies = {strategy[fields.ID.name]: _named_canvases(strategy) for strategy in shown[STRATEGIES]}
    for noun, items in shown.items():
        for item in items:
            yield noun, item, _canvases_of(item, strategies)


def _canvases_of(item: JsonObject, canvases_of_strategies: Mapping[int, Set[int]]) -> Set[int]:
    """Return the ids of the canvases that an item is on: those that it names, or else those of its strategies."""
    if item[fields.CANVASES.name]:
        return _named_canvases(item)
    strategies = item.get(fields.STRATEGIES.name, ())
    return set().union(*(canvases_of_strategies.get(one[fields.ID.name], ()) for one in strategies))


def _named_canvases(item: JsonObject) -> Set[int]:
    return {canvas[fields.ID.name] for canvas in item[fields.CANVASES.name]}

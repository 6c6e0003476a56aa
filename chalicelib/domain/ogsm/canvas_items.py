"""The items on OGSM canvases: objectives, goals, strategies, KPIs and actions.

An item is on the canvases that it names. A KPI or action that names none is on those of its strategies.
"""

from collections.abc import Iterable, Mapping, Set
from typing import NamedTuple

from chalicelib.domain.ogsm.actions import ACTIONS
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
    shown = {
        noun: [item for item in stored.documents(noun) if include_archived or not item[fields.ARCHIVED.name]]
        for noun in ITEM_NOUNS
    }
    strategies = find_canvases_of_strategies(shown[STRATEGIES])
    return CanvasItems(
        *([item for item in shown[noun] if canvases_of(item, strategies) & canvas_ids] for noun in ITEM_NOUNS)
    )


def find_canvases_of_strategies(strategies: Iterable[JsonObject]) -> dict[int, Set[int]]:
    """Return the ids of the canvases of each strategy, by its id."""
    return {strategy[fields.ID.name]: _named_canvases(strategy) for strategy in strategies}


def canvases_of(item: JsonObject, canvases_of_strategies: Mapping[int, Set[int]]) -> Set[int]:
    """Return the ids of the canvases that an item is on: those that it names, or else those of its strategies."""
    if item[fields.CANVASES.name]:
        return _named_canvases(item)
    strategies = item.get(fields.STRATEGIES.name, ())
    return set().union(*(canvases_of_strategies.get(one[fields.ID.name], ()) for one in strategies))


def _named_canvases(item: JsonObject) -> Set[int]:
    return {canvas[fields.ID.name] for canvas in item[fields.CANVASES.name]}

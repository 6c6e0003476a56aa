"""The items on OGSM canvases: objectives, goals, strategies, KPIs and actions.

An item is on the canvases that it names. A KPI or action that names none is on those of its strategies.
"""

from collections.abc import Set
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
    objectives, goals, strategies = (
        [item for item in shown[noun] if _names(item, fields.CANVASES, canvas_ids)]
        for noun in (OBJECTIVES, GOALS, STRATEGIES)
    )
    strategy_ids = {strategy[fields.ID.name] for strategy in strategies}
    kpis, actions = (
        [item for item in shown[noun] if _is_shown_below(item, canvas_ids, strategy_ids)] for noun in (KPIS, ACTIONS)
    )
    return CanvasItems(objectives, goals, strategies, kpis, actions)


def _is_shown_below(item: JsonObject, canvas_ids: Set[int], strategy_ids: Set[int]) -> bool:
    """Return whether a KPI or action is on one of the canvases. If it names no canvas, its strategies count."""
    if item[fields.CANVASES.name]:
        return _names(item, fields.CANVASES, canvas_ids)
    return _names(item, fields.STRATEGIES, strategy_ids)


def _names(item: JsonObject, field: fields.Field, ids: Set[int]) -> bool:
    """Return whether a field of an item names an object with one of these ids."""
    return any(reference[fields.ID.name] in ids for reference in item[field.name])

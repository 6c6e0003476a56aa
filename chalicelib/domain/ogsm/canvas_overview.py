"""The OGSM canvases of an account, with the numbers of items on each."""

from collections import Counter
from dataclasses import dataclass, field

from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm.canvas_items import ITEM_NOUNS, OGSM_CANVASES, TEAMS, place_items
from chalicelib.domain.ogsm.stored_objects import StoredObjects, read_objects
from chalicelib.json_text import JsonObject
from chalicelib.schemas import ogsm_objects as fields
from chalicelib.storage import table


@dataclass(frozen=True)
class CanvasOverview:
    """A canvas, its team if that exists, and how many items it has: of each noun by its name, and with each light."""

    canvas: JsonObject
    team: JsonObject | None
    items: Counter[str] = field(default_factory=Counter)
    lights: Counter[str | None] = field(default_factory=Counter)


def list_overviews(caller: Caller) -> list[CanvasOverview]:
    """Return all canvases of the account by their ids, with one Query for each MB. Their plans show the same items."""
    stored = read_objects(caller, (*ITEM_NOUNS, OGSM_CANVASES, TEAMS))
    overviews = {
        canvas[fields.ID.name]: CanvasOverview(canvas, _find_team(stored, canvas))
        for canvas in stored.documents(OGSM_CANVASES)
    }
    for noun, item, canvases in place_items(stored):
        for canvas_id in canvases & overviews.keys():
            overviews[canvas_id].items[noun.name] += 1
            overviews[canvas_id].lights[item[fields.LIGHT.name]] += 1
    return list(overviews.values())


def find_team(caller: Caller, canvas: JsonObject) -> JsonObject | None:
    """Return the team of a canvas, or None if it has none or that does not exist."""
    team = canvas[fields.TEAM_OF_CANVAS.name]
    row = table.get(TEAMS.row.ref(caller.account, team[fields.ID.name])) if team else None
    return row.doc if row and not row.deleted_with else None


def _find_team(stored: StoredObjects, canvas: JsonObject) -> JsonObject | None:
    team = canvas[fields.TEAM_OF_CANVAS.name]
    return stored.find(TEAMS, team[fields.ID.name]) if team else None

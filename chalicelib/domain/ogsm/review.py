"""The review of OGSM canvases: how many items are going well, and which of them need attention.

Archived items do not count. The day is that of UTC.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from datetime import date, timedelta
from functools import cache, partial
from itertools import takewhile
from typing import NamedTuple

from chalicelib import clock, json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.ogsm import actions
from chalicelib.domain.ogsm.actions import ACTIONS, DONE
from chalicelib.domain.ogsm.canvas_items import ITEM_NOUNS, OGSM_CANVASES, TEAMS, select_items
from chalicelib.domain.ogsm.hierarchy import find_children, walk_down
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.objects import not_found
from chalicelib.domain.ogsm.plan import find_canvas
from chalicelib.domain.ogsm.references import REPORTS
from chalicelib.domain.ogsm.stored_objects import StoredObjects, read_objects
from chalicelib.json_text import JsonObject
from chalicelib.schemas import ogsm_objects as fields
from chalicelib.schemas.actions import STATUSES
from chalicelib.schemas.ogsm_plans import WITHOUT_LIGHT

NOUNS_READ = (OGSM_CANVASES, *ITEM_NOUNS, *REPORTS.values())
DAYS_WITHOUT_REPORT = {noun: 30 if noun is ACTIONS else 90 for noun in ITEM_NOUNS}
CONTENTS = (fields.ACTUAL.name, fields.LIGHT.name, fields.DESCRIPTION.name)  # of a measurement, besides its target


class ReviewedItem(NamedTuple):
    """An item, and whether it needs attention. An item other than an action is never late or overdue."""

    document: JsonObject
    is_late_to_start: bool
    is_overdue: bool
    is_without_report: bool

    @property
    def owner(self) -> str | None:
        """The name of the assignee."""
        assignee = self.document[fields.RESPONSIBLE.name]
        return assignee["name"] if assignee else None


def review_canvas(caller: Caller, canvas_id: int) -> JsonObject:
    """Return the review of a canvas. Raises NotFound."""
    stored = read_objects(caller, NOUNS_READ)
    return _review(stored, [find_canvas(stored, canvas_id)])


def review_team(caller: Caller, team_id: int) -> JsonObject:
    """Return the review of the canvases of a team and its subordinate teams that are not archived. Raises NotFound."""
    stored = read_objects(caller, (*NOUNS_READ, TEAMS))
    if stored.find(TEAMS, team_id) is None:
        raise not_found(TEAMS, team_id)
    team_ids = set(walk_down(find_children(stored.documents(TEAMS)), team_id))
    canvases = [canvas for canvas in stored.documents(OGSM_CANVASES) if not canvas[fields.ARCHIVED.name]]
    return _review(stored, [canvas for canvas in canvases if _belongs_to(canvas, team_ids)])


def _belongs_to(canvas: JsonObject, team_ids: Set[int]) -> bool:
    team = canvas[fields.TEAM_OF_CANVAS.name]
    return team is not None and team[fields.ID.name] in team_ids


def _review(stored: StoredObjects, canvases: Sequence[JsonObject]) -> JsonObject:
    items = select_items(stored, {canvas[fields.ID.name] for canvas in canvases})
    today = clock.today()
    review: JsonObject = {
        fields.AT.name: today,
        OGSM_CANVASES.name: [_select(canvas, fields.ID, fields.NAME) for canvas in canvases],
    }
    for noun, documents in zip(ITEM_NOUNS, items, strict=True):
        oldest = str(date.fromisoformat(today) - timedelta(days=DAYS_WITHOUT_REPORT[noun]))
        is_reported = _find_reported(stored, noun, oldest)
        review[noun.name] = _review_noun(noun, [_review_item(noun, document, is_reported) for document in documents])
    return review


def _review_item(noun: OgsmNoun, document: JsonObject, is_reported: Callable[[int], bool]) -> ReviewedItem:
    is_done = noun is ACTIONS and document["status"]["name"] == DONE
    return ReviewedItem(
        document,
        noun is ACTIONS and actions.is_late_to_start(document),
        noun is ACTIONS and actions.is_overdue(document),
        not is_done and not is_reported(document[fields.ID.name]),
    )


def _find_reported(stored: StoredObjects, noun: OgsmNoun, oldest: str) -> Callable[[int], bool]:
    """Return the function that tells whether an item has a report or measurement of a day or later.

    The measurements of its children count as well, because its own values are computed from them.
    """
    has_parents = fields.PARENT.name in noun.schema.fields
    children = find_children(stored.documents(noun)) if has_parents else {}
    has_own = cache(partial(_has_report_since, stored, REPORTS[noun], oldest))

    def is_reported(item_id: int) -> bool:
        return any(has_own(one) for one in walk_down(children, item_id))

    return is_reported


def _has_report_since(stored: StoredObjects, noun: OgsmNoun, oldest: str, item_id: int) -> bool:
    """Return whether an item has a report or measurement of a day or later. A mere target is no measurement.

    `noun` is that of the reports or measurements. The latter are in the order of their days, so older ones need not be
    parsed.
    """
    reports = map(json_text.load, reversed(stored.texts_about(noun, item_id)))
    if not noun.measured:
        return any(report[fields.AT.name] >= oldest for report in reports)
    recent = takewhile(lambda measurement: measurement[fields.AT.name] >= oldest, reports)
    return any(measurement[name] is not None for measurement in recent for name in CONTENTS)


def _review_noun(noun: OgsmNoun, items: Sequence[ReviewedItem]) -> JsonObject:
    by_owner: dict[str | None, list[ReviewedItem]] = {}
    for item in items:
        by_owner.setdefault(item.owner, []).append(item)
    owners = sorted(by_owner, key=lambda name: (name is None, (name or "").casefold(), name))
    return _count(noun, items) | {
        "by_owner": [
            {fields.RESPONSIBLE.name: name if name is None else {"name": name}} | _count(noun, by_owner[name])
            for name in owners
        ]
    }


def _count(noun: OgsmNoun, items: Sequence[ReviewedItem]) -> JsonObject:
    """Return the numbers of items, and the ids and titles of those that need attention."""
    documents = [item.document for item in items]
    lights = Counter(document[fields.LIGHT.name] or WITHOUT_LIGHT for document in documents)
    numbers: JsonObject = {
        "count": len(items),
        "traffic_light": {light: lights[light] for light in (*fields.TRAFFIC_LIGHTS, WITHOUT_LIGHT)},
    }
    if noun is ACTIONS:
        statuses = Counter(document["status"]["name"] for document in documents)
        numbers |= {
            "status": {status: statuses[status] for status in STATUSES},
            "average_progress": _average([document["progress"] for document in documents]),
            "late_to_start": _list(item.document for item in items if item.is_late_to_start),
            "overdue": _list(item.document for item in items if item.is_overdue),
        }
    return numbers | {"without_report": _list(item.document for item in items if item.is_without_report)}


def _average(numbers: Sequence[int]) -> float | None:
    """Return the average of numbers, rounded to one decimal, or None if there are none."""
    return round(sum(numbers) / len(numbers), 1) if numbers else None


def _list(documents: Iterable[JsonObject]) -> list[JsonObject]:
    return [_select(document, fields.ID, fields.TITLE) for document in documents]


def _select(document: JsonObject, *selected: fields.Field) -> JsonObject:
    return {field.name: document[field.name] for field in selected}

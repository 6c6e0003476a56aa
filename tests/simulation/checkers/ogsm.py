"""OGSM objects are deleted with all that belongs to them, and remember with which strategy they were archived."""

import json
import re
from collections.abc import Iterator

from tests.simulation.checkers.items import OGSM, Item, Json, Key, kind_of, text_of
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation

NAME = "ogsm"
ABOUT = re.compile("(ACTION|GOAL|KPI|OBJECTIVE|STRATEGY)_(PROGRESS_REPORT|MEASUREMENT)#")
IDS_OF_ITEM = {"PROGRESS_REPORT": 10**6, "MEASUREMENT": 10**8}
REFERENCES = {"strategy": ("strategies", ("action", "kpi")), "goal": ("parent", ("goal",))}  # by what is deleted


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield what a deletion has left behind, hidden objects that were changed, and wrong memories of archiving."""
    for change in timeline.changes:
        if kind_of(change.item) not in OGSM:
            continue
        if change.after is None:
            yield from _check_deletion(timeline, change)
        elif change.before is not None and "deleted_with" in change.before:
            before, after = ((document_of(one), one.get("deleted_with")) for one in (change.before, change.after))
            if before == after:
                continue  # another deletion, which hides more, writes the object again
            text = f"{change.owner} changed {change.key[1]}, which was being deleted."
            yield Violation(NAME, text, (change.owner,))
        elif "archived_by" in change.after and not document_of(change.after)["archived"]:
            text = f"{change.owner} left {change.key[1]} with a memory of the strategy that it was archived with."
            yield Violation(NAME, text, (change.owner,))


def document_of(item: Item) -> Json:
    """Return the document of a row."""
    document: Json = json.loads(item["doc"]["S"])
    return document


def _check_deletion(timeline: Timeline, deletion: Change) -> Iterator[Violation]:
    """Yield what stands on a deleted object, or is about it, and has done so ever since the deletion began."""
    began = _find_beginning(timeline, deletion)
    for key in timeline.by_key.keys() | timeline.first_rows.keys():
        if key[0] != deletion.key[0] or key == deletion.key:
            continue
        versions = timeline.versions_between(key, began, deletion.step)
        # The last version is the one after the commit, if the commit has changed the row.
        if all(item is not None and _stands_on(key, item, deletion) for item in versions):
            text = f"{deletion.owner} has deleted {deletion.key[1]}, but not what stands on it: {key[1]}."
            yield Violation(NAME, text, (deletion.owner,))


def _find_beginning(timeline: Timeline, deletion: Change) -> int:
    """Return the step at which the request began that was the first to hide or delete an object."""
    hidden = [
        one
        for one in timeline.by_key[deletion.key]
        if one.after is not None and "deleted_with" in one.after and one.step <= deletion.step
    ]
    request = timeline.requests.get(hidden[-1].owner if hidden else deletion.owner)
    return request.started if request else deletion.step


def _stands_on(key: Key, item: Item, deletion: Change) -> bool:
    """Return whether a row is about the object that is deleted, or refers to it."""
    kind, _, number = deletion.key[1].partition("#")
    if match := ABOUT.match(key[1]):
        return match[1] == kind and int(key[1].rpartition("#")[2]) // IDS_OF_ITEM[match[2]] == int(number)
    field, kinds = REFERENCES.get(kind.lower(), ("", ()))
    if kind_of(item) not in kinds or text_of(item, "deleted_with"):
        return False
    value = document_of(item).get(field)
    named = value if isinstance(value, list) else [value] if value else []
    return {"id": int(number)} in named

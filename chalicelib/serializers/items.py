"""TODO."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib import json_text
from chalicelib.serializers.activities import serialize_activities
from chalicelib.serializers.common import Links


def serialize_items(texts: Iterable[str], people: Mapping[str, Any], at: Links) -> list[str]:
    """Stored activities as the documents' items."""
    return [f'{{"activity":{text}}}' for text in serialize_activities(texts, people, at)]


def serialize_placed_item(placed: Any, inbox: int, at: Links) -> str:
    """An activity that has just landed somewhere, with the way there."""
    container = f"/api/workspaces/{placed.workspace}"
    links = [at.link("container", container), at.link("inbox", f"{container}/stacks/{inbox}")]
    [text] = serialize_activities([placed.text], placed.people, at)
    return f'{{"activity":{text},"links":{json_text.dump(links)}}}'

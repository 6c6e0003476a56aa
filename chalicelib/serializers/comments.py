"""TODO."""

from collections.abc import Mapping
from typing import Any

from chalicelib.serializers.activities import serialize_activities
from chalicelib.serializers.common import Links, with_links


def serialize_comments(activity_id: int, entries: Mapping[int, str], people: Mapping[str, Any], at: Links) -> list[str]:
    """Stored comments on an activity, by their ids, as the JSON texts that are answered."""
    shown = zip(entries, serialize_activities(entries.values(), people, at), strict=True)
    whole = at.link("activity", f"/api/activities/{activity_id}")
    return [with_links(text, [at.link("self", f"/api/comments/{one}"), whole]) for one, text in shown]

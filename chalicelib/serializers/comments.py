"""Comments, from their stored texts."""

from collections.abc import Mapping

from chalicelib.serializers.activities import serialize_activities
from chalicelib.serializers.common import Links, add_links
from chalicelib.storage.models.users import User


def serialize_comments(
    activity_id: int, texts_by_id: Mapping[int, str], people: Mapping[str, User], links: Links
) -> list[str]:
    """Return stored comments on an activity as JSON texts, with links to themselves and to the activity."""
    activity_link = links.link("activity", f"/api/activities/{activity_id}")
    texts = serialize_activities(texts_by_id.values(), people, links)  # the same marks stand in comments
    return [
        add_links(text, [links.link("self", f"/api/comments/{comment_id}"), activity_link])
        for comment_id, text in zip(texts_by_id, texts, strict=True)
    ]

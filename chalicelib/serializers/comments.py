"""Comments, from their stored texts."""

from collections.abc import Mapping, Sequence

from chalicelib.serializers.activities import serialize_activities
from chalicelib.serializers.common import Links, add_links
from chalicelib.storage import stored_text
from chalicelib.storage.models.base import StoredText
from chalicelib.storage.models.users import User


def serialize_comments(
    activity_id: int, texts: Sequence[StoredText], people: Mapping[str, User], links: Links
) -> list[str]:
    """Return stored comments on an activity as JSON texts, with links to themselves and to the activity."""
    activity_link = links.link("activity", f"/api/activities/{activity_id}")
    self_links = [links.link("self", f"/api/comments/{stored_text.id_of(text)}") for text in texts]
    return [
        add_links(comment, [self_link, activity_link])
        for comment, self_link in zip(serialize_activities(texts, people, links), self_links, strict=True)
    ]

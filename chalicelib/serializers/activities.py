"""Activities, from their stored texts."""

from collections.abc import Iterable, Mapping

from chalicelib import json_text
from chalicelib.serializers.common import Links
from chalicelib.serializers.users import serialize_user
from chalicelib.storage import stored_text
from chalicelib.storage.models.base import StoredText
from chalicelib.storage.models.users import User


def serialize_activities(texts: Iterable[StoredText], people: Mapping[str, User], links: Links) -> list[str]:
    """Return stored activities as JSON texts, with their users. A user who is not among the people is null."""
    users = {user_id: json_text.dump(serialize_user(user, links)) for user_id, user in people.items()}
    return [stored_text.expand(text, users) for text in texts]

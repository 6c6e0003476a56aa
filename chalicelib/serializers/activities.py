"""Activities, from their stored texts."""

import re
from collections.abc import Iterable, Mapping

from chalicelib import json_text
from chalicelib.serializers.common import Links
from chalicelib.serializers.users import serialize_user
from chalicelib.storage.marks import PERSON_MARK, fill_in_times
from chalicelib.storage.models.users import User


def serialize_activities(texts: Iterable[str], people: Mapping[str, User], links: Links) -> list[str]:
    """Return stored activities as JSON texts, with the users and times that their marks stand for.

    A user who is not among the people is null.
    """
    users = {user_id: json_text.dump(serialize_user(user, links)) for user_id, user in people.items()}

    def replace_mark(mark: re.Match[str]) -> str:
        return users.get(mark[1], "null")

    return [PERSON_MARK.sub(replace_mark, fill_in_times(text)) for text in texts]

"""TODO."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib import json_text
from chalicelib.serializers.common import Links
from chalicelib.serializers.users import serialize_user
from chalicelib.storage.marks import PERSON_MARK, fill_in_times


def serialize_activities(texts: Iterable[str], people: Mapping[str, Any], at: Links) -> list[str]:
    """Stored activities as the JSON texts that are answered: whatever is marked in them is put in."""
    cards = {key: json_text.dump(serialize_user(person, at)) for key, person in people.items()}
    return [PERSON_MARK.sub(lambda match: cards.get(match[1], "null"), text) for text in map(fill_in_times, texts)]

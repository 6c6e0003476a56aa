"""TODO."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.serializers.activities import serialize_activities
from chalicelib.serializers.common import Links, with_links

DELEGATION_ID = re.compile(r'\A\{"id":([0-9]+)')


def serialize_delegations(texts: Iterable[str], people: Mapping[str, Any], at: Links) -> list[str]:
    """Stored delegations as the JSON texts that are answered."""
    return [_delegation(text, at) for text in serialize_activities(texts, people, at)]


def _delegation(text: str, at: Links) -> str:
    [number] = DELEGATION_ID.findall(text)
    return with_links(text, [at.link("self", f"/api/delegations/{number}")])

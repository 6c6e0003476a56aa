"""Delegations, from their stored texts."""

import re
from collections.abc import Iterable, Mapping

from chalicelib.serializers.activities import serialize_activities
from chalicelib.serializers.common import Links, add_links
from chalicelib.storage.models.users import User

LEADING_ID = re.compile(r'\A\{"id":([0-9]+)')  # stored delegations start with their id


def serialize_delegations(texts: Iterable[str], people: Mapping[str, User], links: Links) -> list[str]:
    """Return stored delegations as JSON texts, with links to themselves."""
    # The same marks stand in delegations, also in the activity that each contains.
    return [_add_self_link(text, links) for text in serialize_activities(texts, people, links)]


def _add_self_link(text: str, links: Links) -> str:
    [delegation_id] = LEADING_ID.findall(text)
    return add_links(text, [links.link("self", f"/api/delegations/{delegation_id}")])

"""Delegations, from their stored texts."""

from collections.abc import Mapping, Sequence

from chalicelib.serializers.activities import serialize_activities
from chalicelib.serializers.common import Links, add_links
from chalicelib.storage import stored_text
from chalicelib.storage.models.base import StoredText
from chalicelib.storage.models.users import User


def serialize_delegations(texts: Sequence[StoredText], people: Mapping[str, User], links: Links) -> list[str]:
    """Return stored delegations as JSON texts, with links to themselves."""
    self_links = [links.link("self", f"/api/delegations/{stored_text.id_of(text)}") for text in texts]
    return [
        add_links(delegation, [self_link])
        for delegation, self_link in zip(serialize_activities(texts, people, links), self_links, strict=True)
    ]

"""Which object the path of a request names."""

import re
from functools import lru_cache
from typing import NamedTuple

from chalicelib.domain.ogsm.references import ALL_NOUNS

PATTERNS = {
    **{noun.singular: re.compile(rf"/api/v2/{noun.name}/(?P<id>\d+)(\.json)?") for noun in ALL_NOUNS},
    "activity": re.compile(r"/api/activities/(?P<id>\d+)"),
    "comment": re.compile(r"/api/comments/(?P<id>\d+)"),
    "credential": re.compile(r"/api/credentials/(?P<id>\d+-[0-9a-f]{16})"),
    "stack": re.compile(r"/api/(workspaces?/\d+/)?stacks/(?P<id>\d+)"),
    "user": re.compile(r"/api/users/(?P<id>[0-9a-f]{9})"),
    "workspace": re.compile(r"/api/workspaces?/(?P<id>\d+)"),
}


class Named(NamedTuple):
    """An object that a path names."""

    kind: str
    id: str


@lru_cache(maxsize=4096)
def named_by(address: str) -> Named | None:
    """Return the object that an address names with its last part, or None for a list or anything else."""
    path = address.partition("?")[0]
    for kind, pattern in PATTERNS.items():
        match = pattern.fullmatch(path)
        if match:
            return Named(kind, match["id"])
    return None

"""Delegations, for the tests of several modules."""

import httpx

DELEGATIONS = "/api/delegations"


def activity_of(client: httpx.Client, delegation: str) -> str:
    """Return the address of the activity that is delegated."""
    return f"/api/activities/{client.get(delegation).json()['activity']['id']}"

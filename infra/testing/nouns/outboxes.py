"""Outboxes. They have no rows of their own: they show the copies of open delegations."""

from infra.testing.noun import Noun
from infra.testing.request_cases import BATCH_GET, QUERY, RequestCase

NOUN = Noun(
    request_cases=[
        RequestCase(
            "GET",
            "/api/workspaces/{workspace_id}/outboxes",
            [QUERY, BATCH_GET],
            address=lambda world: f"{world.workspace_url}/outboxes",
        ),
    ],
)

"""Members of workspaces. The rows of a membership belong to the workspace."""

from infra.testing.noun import Noun
from infra.testing.request_cases import BATCH_GET, CHECKS_FIRST, GET_ITEM, QUERY, TRANSACTION, RequestCase

MEMBERS = "/api/workspaces/{workspace_id}/members"

NOUN = Noun(
    request_cases=[
        RequestCase(
            "GET",
            MEMBERS,
            [BATCH_GET, QUERY, BATCH_GET],
            address=lambda world: f"{world.workspace_url}/members",
            why_large=CHECKS_FIRST,
        ),
        RequestCase(
            "DELETE",
            f"{MEMBERS}/{{user_id}}",
            [BATCH_GET, QUERY, TRANSACTION],
            [GET_ITEM, BATCH_GET, QUERY, TRANSACTION],
            address=lambda world: f"{world.workspace_url}/members/{world.users['member']}",
        ),
    ],
)

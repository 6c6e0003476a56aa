"""The caller's session."""

from infra.testing.noun import Noun
from infra.testing.request_cases import BATCH_GET, GET_ITEM, PUT_ITEM, RequestCase

NOUN = Noun(
    request_cases=[
        RequestCase("GET", "/api/session/rate_limit", []),
        RequestCase("GET", "/api/session/context", [BATCH_GET]),
        RequestCase(
            "PUT",
            "/api/session/switch_context",
            [BATCH_GET],
            [GET_ITEM, BATCH_GET, PUT_ITEM],
            body=lambda world: {"type": "User", "slug": world.users["owner"]},
        ),
    ]
)

"""The caller's session."""

from infra.testing.noun import Noun
from infra.testing.request_cases import BATCH_GET, RequestCase

NOUN = Noun(
    request_cases=[
        RequestCase("GET", "/api/session/rate_limit", []),
        RequestCase("GET", "/api/session/context", [BATCH_GET]),
    ]
)

"""The caller."""

from infra.testing.noun import Noun
from infra.testing.nouns.users import NEW_USER
from infra.testing.request_cases import BATCH_GET, GET_ITEM, PARALLEL_QUERIES, QUERY, TRANSACTION, RequestCase

ME = "/api/me"

NOUN = Noun(
    request_cases=[
        RequestCase("GET", ME, [BATCH_GET]),
        RequestCase("PATCH", ME, [BATCH_GET, TRANSACTION], [GET_ITEM, BATCH_GET, TRANSACTION], body=NEW_USER),
        RequestCase(
            "GET",
            f"{ME}/connections",
            [QUERY, PARALLEL_QUERIES, BATCH_GET],
            why_large="reads the workspaces, then their members, then the users",
        ),
    ]
)

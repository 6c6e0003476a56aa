"""The caller."""

from infra.testing.noun import Noun
from infra.testing.nouns.users import NEW_NAMES, NEW_USER
from infra.testing.request_cases import BATCH_GET, GET_ITEM, PARALLEL_QUERIES, PUT_ITEM, QUERY, TRANSACTION, RequestCase

ME = "/api/me"

NOUN = Noun(
    request_cases=[
        RequestCase("GET", ME, [BATCH_GET]),
        RequestCase("PATCH", ME, [BATCH_GET, TRANSACTION], [GET_ITEM, BATCH_GET, TRANSACTION], body=NEW_NAMES),
        RequestCase(
            "PATCH",
            ME,
            [BATCH_GET, TRANSACTION, PUT_ITEM],
            [GET_ITEM, BATCH_GET, TRANSACTION, TRANSACTION],
            variant="a new address of the caller",
            body=NEW_USER,
        ),
        RequestCase(
            "GET",
            f"{ME}/connections",
            [QUERY, PARALLEL_QUERIES, BATCH_GET],
            why_large="reads the workspaces, then their members, then the users",
        ),
    ]
)

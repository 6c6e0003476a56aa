"""The settings page, where users manage credentials in the browser."""

from infra.testing.noun import Noun
from infra.testing.nouns.credentials import CREDENTIALS, create_credential
from infra.testing.request_cases import (
    BATCH_GET,
    PARALLEL_QUERIES,
    QUERY,
    TRANSACTION,
    RequestCase,
    Step,
)
from infra.testing.world import World

SETTINGS = "/settings/api"
CREDENTIAL = f"{SETTINGS}/{{credential_id}}"
FROM_THE_PAGE = {"Sec-Fetch-Site": "same-origin"}

SHOW_PAGE: list[Step] = [QUERY, PARALLEL_QUERIES]  # the users, then their credentials
CHANGE: list[Step] = [BATCH_GET, TRANSACTION]
SHOWS_PAGE = "shows the page after the change"


def credential_form(world: World) -> str:
    """Return the address of the form of a new credential."""
    return create_credential(world).replace(CREDENTIALS, SETTINGS)


NOUN = Noun(
    request_cases=[
        RequestCase("GET", "/settings", []),
        RequestCase("GET", SETTINGS, SHOW_PAGE),
        RequestCase(
            "POST",
            SETTINGS,
            [*CHANGE, *SHOW_PAGE],
            form={"scope": "read"},
            headers=FROM_THE_PAGE,
            why_large=SHOWS_PAGE,
        ),
        RequestCase(
            "POST",
            CREDENTIAL,
            CHANGE,
            address=credential_form,
            form={"label": "x"},
            headers=FROM_THE_PAGE,
        ),
        RequestCase(
            "POST",
            f"{CREDENTIAL}/rotate",
            [*CHANGE, *SHOW_PAGE],
            address=lambda world: f"{credential_form(world)}/rotate",
            form={"overlap": "0"},
            headers=FROM_THE_PAGE,
            why_large=SHOWS_PAGE,
        ),
        RequestCase(
            "POST",
            f"{CREDENTIAL}/revoke",
            CHANGE,
            address=lambda world: f"{credential_form(world)}/revoke",
            headers=FROM_THE_PAGE,
        ),
    ]
)

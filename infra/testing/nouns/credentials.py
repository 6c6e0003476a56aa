"""Credentials."""

from chalicelib.storage.models.credentials import Credential
from infra.testing.noun import Noun
from infra.testing.past_cases import past_cases
from infra.testing.request_cases import BATCH_GET, GET_ITEM, PARALLEL_QUERIES, TRANSACTION, RequestCase
from infra.testing.sample_rows import CREATED_AT, HASH, SampleRow, sample_user
from infra.testing.world import World

CREDENTIALS = "/api/credentials"
CREDENTIAL = f"{CREDENTIALS}/{{credential_id}}"
CHANGE, CHANGE_WITH_KEY = [BATCH_GET, TRANSACTION], [GET_ITEM, BATCH_GET, TRANSACTION]


def create_credential(world: World) -> str:
    """Create a credential of the owner, and return its address."""
    return str(world.owner.post(CREDENTIALS, json={}).headers["location"])


def first_credential(world: World) -> str:
    """Return the address of the credential that the owner uses, beside a new one."""
    create_credential(world)
    return f"{CREDENTIALS}/{world.owner.get(f'{CREDENTIALS}/self').json()['key']}"


def sample_rows(account: int) -> list[SampleRow]:
    """Return a credential of another user."""
    ids = {"id": f"{account}-{0:016x}", "account": account, "user": sample_user(0)}
    credential = Credential.at(account, "", **ids, label="", scope="write", secret_hash=HASH, created_at=CREATED_AT)
    return [SampleRow(credential, lambda n: Credential.ref(account, f"{account}-{n:016x}"))]


NOUN = Noun(
    request_cases=[
        RequestCase("GET", CREDENTIALS, [PARALLEL_QUERIES]),
        RequestCase(
            "POST",
            CREDENTIALS,
            [BATCH_GET, GET_ITEM, TRANSACTION],
            [GET_ITEM, BATCH_GET, GET_ITEM, TRANSACTION],
            body={"user": "mia-member"},
        ),
        RequestCase("POST", CREDENTIALS, CHANGE, CHANGE_WITH_KEY, variant="a credential for oneself", body={}),
        RequestCase("GET", f"{CREDENTIALS}/self", [BATCH_GET]),
        RequestCase("GET", CREDENTIAL, [BATCH_GET], address=create_credential),
        *past_cases(CREDENTIAL, create_credential, [BATCH_GET], around=()),
        RequestCase(
            "PATCH",
            CREDENTIAL,
            CHANGE,
            CHANGE_WITH_KEY,
            address=create_credential,
            body={"expires_at": "2099-01-01"},
        ),
        RequestCase(
            "POST",
            f"{CREDENTIAL}/rotate",
            CHANGE,
            CHANGE_WITH_KEY,
            address=lambda world: f"{create_credential(world)}/rotate",
            body={},
        ),
        RequestCase("DELETE", CREDENTIAL, CHANGE, CHANGE_WITH_KEY, address=create_credential),
        RequestCase(
            "DELETE",
            CREDENTIAL,
            [BATCH_GET, PARALLEL_QUERIES, TRANSACTION],
            [GET_ITEM, BATCH_GET, PARALLEL_QUERIES, TRANSACTION],
            variant="one's own credential, when another admin's has to be found",
            address=first_credential,
        ),
    ],
    sample_rows=sample_rows,
)

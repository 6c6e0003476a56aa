"""Access tokens."""

from chalicelib.storage.models.access_tokens import AccessToken
from infra.testing.noun import Noun
from infra.testing.request_cases import GET_ITEM, PUT_ITEM, RequestCase
from infra.testing.sample_rows import HASH, TTL, SampleRow, sample_user

GRANT = {"grant_type": "client_credentials"}


def sample_rows(account: int) -> list[SampleRow]:
    """Return an access token of another user."""
    token = AccessToken.at(account, "", "", scope="write", secret_hash=HASH, ttl=TTL)
    return [SampleRow(token, lambda n: AccessToken.ref(account, sample_user(n), HASH))]


NOUN = Noun(
    request_cases=[RequestCase("POST", "/oauth/token", [GET_ITEM, PUT_ITEM], body=GRANT)], sample_rows=sample_rows
)

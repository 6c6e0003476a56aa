"""Making credentials through the API, and trying whether they work."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

Json = dict[str, Any]

CREDENTIALS = "/api/credentials"
ACTIONS = "/api/v2/actions.json"


def in_days(days: float) -> str:
    """Return the time in so many days, as the API writes it."""
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def address_of(answer: Json) -> str:
    """Return the address of the credential that an operator's command created."""
    return f"{CREDENTIALS}/{answer['credential']['key']}"


def create_credential(client: httpx.Client, **body: Any) -> Any:
    """Create a credential through the API, and return it with its secret."""
    answer = client.post(CREDENTIALS, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def works(client: httpx.Client, credential: Json, **instead: str) -> bool:
    """Return whether a credential is accepted, with its own secret or with another one."""
    auth = (str(credential["key"]), str(instead.get("secret", credential["secret"])))
    return httpx.get(f"{client.base_url}{ACTIONS}", auth=auth).status_code == 200

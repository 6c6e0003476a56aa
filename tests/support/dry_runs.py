"""The requests that tests of dry runs send: one case of every call that writes."""

from typing import Any

import httpx

from infra.testing.nouns import load_request_cases
from infra.testing.request_cases import RequestCase

Json = dict[str, Any]

DRY = {"Prefer": "dry-run"}
WRITES = [case for case in load_request_cases().values() if case.endpoint.has_dry_run]


def name_of(case: RequestCase) -> str:
    return case.name


def plan(client: httpx.Client, request: httpx.Request) -> Json:
    """Send a request as a dry run, and return the answer. The request is then as it was before."""
    request.headers.update(DRY)
    answer = client.send(request)
    del request.headers["Prefer"]
    assert answer.status_code == 200, answer.text
    assert answer.headers["preference-applied"] == "dry-run"
    body: Json = answer.json()
    return body

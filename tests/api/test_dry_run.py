"""Dry runs of every write: nothing is written, the answer is as described, and its token carries the request out."""

from typing import Any

import httpx
import pytest

from infra.testing.nouns import load_request_cases
from infra.testing.request_cases import RequestCase
from infra.testing.world import World
from tests.support import ogsm
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]

DRY = {"Prefer": "dry-run"}
WRITES = [case for case in load_request_cases().values() if case.endpoint.has_dry_run]
PARAMETERS = ogsm.mark_repeated(WRITES, lambda case: case.path)
IDS = [case.name for case in WRITES]


def check_answer(answer: httpx.Response) -> Json:
    """Return the answer of a dry run. Fail if it is none, or not as the OpenAPI document describes it."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["preference-applied"] == "dry-run"
    body: Json = answer.json()
    return body


@pytest.mark.parametrize("case", PARAMETERS, ids=IDS)
def test_a_dry_run_writes_nothing_and_its_token_carries_the_request_out(
    world: World, outbox: list[Json], case: RequestCase
) -> None:
    client, request = world.clients[case.caller], case.build_request(world)
    client.get("/api/workspaces")  # the first request of a day stores when the credential was used
    before, mails = stored_rows(), len(outbox)
    request.headers["Prefer"] = "dry-run"
    body = check_answer(client.send(request))
    assert stored_rows() == before
    assert len(outbox) == mails
    del request.headers["Prefer"]
    request.headers["Confirm-Token"] = body["confirm_token"]
    done = client.send(request)
    assert done.status_code < 300, done.text
    assert len(outbox) - mails == len(body["mails"])

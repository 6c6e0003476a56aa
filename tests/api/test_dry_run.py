"""Dry runs of every write: nothing is written, and the token in the answer carries the request out."""

from typing import Any

import pytest

from infra.testing.request_cases import RequestCase
from infra.testing.world import World
from tests.support import ogsm
from tests.support.dry_runs import WRITES, name_of, plan
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]

PARAMETERS = ogsm.mark_repeated(WRITES, lambda case: case.path)


@pytest.mark.parametrize("case", PARAMETERS, ids=name_of)
def test_a_dry_run_writes_nothing_and_its_token_carries_the_request_out(
    world: World, outbox: list[Json], case: RequestCase
) -> None:
    client, request = world.clients[case.caller], case.build_request(world)
    client.get("/api/workspaces")  # the first request of a day stores when the credential was used
    before, mails = stored_rows(), len(outbox)
    planned = plan(client, request)
    assert stored_rows() == before
    assert len(outbox) == mails
    request.headers["Confirm-Token"] = planned["confirm_token"]
    done = client.send(request)
    assert done.status_code < 300, done.text
    sent = [
        (mail["Destination"]["ToAddresses"], mail["Content"]["Simple"]["Subject"]["Data"]) for mail in outbox[mails:]
    ]
    assert sent == [([mail["to"]], mail["subject"]) for mail in planned["mails"]]

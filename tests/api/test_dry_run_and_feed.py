"""A dry run says what the change feed says once the request has been carried out."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from chalicelib.domain.changes import feed_search
from infra import operations
from infra.testing.request_cases import RequestCase
from infra.testing.world import World
from tests.support.change_stream import ChangeStream
from tests.support.clock import Timeline
from tests.support.dry_runs import WRITES, name_of, plan

Json = dict[str, Any]

pytestmark = pytest.mark.nightly


def agrees(planned: Any, made: Any) -> bool:
    """Return whether a planned value is what was made. Null stands for what did not exist yet."""
    if isinstance(planned, dict) and isinstance(made, dict):
        return planned.keys() == made.keys() and all(agrees(value, made[name]) for name, value in planned.items())
    if isinstance(planned, list) and isinstance(made, list):
        return len(planned) == len(made) and all(map(agrees, planned, made))
    return planned is None or planned == made


@pytest.mark.parametrize("case", WRITES, ids=name_of)
def test_a_dry_run_says_what_the_feed_says_afterwards(
    world: World, stream: ChangeStream, timeline: Timeline, sign_in: Callable[[Json], httpx.Client], case: RequestCase
) -> None:
    client, request = world.clients[case.caller], case.build_request(world)
    client.get("/api/workspaces")  # the first request of a day stores when the credential was used
    stream.catch_up()
    newest = feed_search.read_newest(world.account)
    planned = plan(client, request)["would"]
    assert client.send(request).status_code < 300
    stream.catch_up()
    reader = sign_in(operations.create_credential(world.users[case.caller]))  # the request may have revoked the other
    made = reader.get("/api/changes", params={"after": newest.seq if newest else 0, "limit": 250}).json()
    for change in made:
        for name in ("seq", "at", "actor", "request_id"):
            del change[name]
    assert len(planned) == len(made), (planned, made)
    for one in planned:
        found = next((change for change in made if agrees(one, change)), None)
        assert found, (one, made)
        made.remove(found)

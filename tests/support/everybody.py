"""The people of a world, and also a former member of its workspace and a program with an access token of the owner."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx

from infra.testing.processes import PLAIN
from infra.testing.snapshots import build_or_restore
from infra.testing.world import World, add_member, create_user, sign_in_client

Json = dict[str, Any]

GRANT = {"grant_type": "client_credentials"}
FORMER, TOKEN = "former member", "token"


@contextmanager
def open_everybody(world: World, url: str) -> Iterator[World]:
    """Yield the world with two more clients."""
    former, token = build_or_restore("everybody", lambda: _create(world))
    headers = {"Authorization": f"Bearer {token}"}
    with (
        sign_in_client(url, former) as former_client,
        httpx.Client(base_url=url, headers=headers, verify=PLAIN, timeout=60) as token_client,
    ):
        yield replace(world, clients=world.clients | {FORMER: former_client, TOKEN: token_client})


def _create(world: World) -> tuple[Json, str]:
    """Return a former member with a credential, and an access token of the owner."""
    former = create_user(world.account, "Fay")
    add_member(world.account, world.workspace, former["user"]["id"])
    left = world.owner.delete(f"{world.workspace_url}/members/{former['user']['id']}")
    assert left.status_code == 204
    return former, world.owner.post("/oauth/token", json=GRANT).json()["access_token"]

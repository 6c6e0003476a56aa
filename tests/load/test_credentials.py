"""Two admins who revoke or remove each other at the same moment, on the server of `make run`."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import httpx
import pytest

from infra.testing.processes import PLAIN, Running, running_server
from tests.support import counts

pytestmark = pytest.mark.slow

ROUNDS = counts.choose(quick=2, full=8)
CREDENTIALS, USERS = "/api/credentials", "/api/users"
SOON = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Admin:
    """An admin with one credential that may write."""

    user: str
    key: str
    client: httpx.Client


@pytest.fixture
def tester(tmp_path: Any) -> Iterator[Admin]:
    """Return the only admin of the demo account."""
    with running_server(tmp_path / "data") as server:
        credential = server.server_file["credentials"][0]
        yield signed_in(server, credential["user"], credential["key"], credential["secret"])


def signed_in(server: Running, user: str, key: str, secret: str) -> Admin:
    return Admin(user, key, httpx.Client(base_url=server.api, auth=(key, secret), verify=PLAIN, timeout=60))


def another(admin: Admin) -> Admin:
    """Create another admin of the same account."""
    person = {"email": f"{uuid4().hex}@example.org", "first_name": "New", "last_name": "Admin", "role": "admin"}
    user = admin.client.post(USERS, json=person).json()["id"]
    made = admin.client.post(CREDENTIALS, json={"user": user}).json()
    auth = (made["key"], made["secret"])
    return Admin(user, made["key"], httpx.Client(base_url=admin.client.base_url, auth=auth, verify=PLAIN, timeout=60))


def can_write(admin: Admin) -> bool:
    """Return whether somebody is still an admin with a credential that may write and does not expire."""
    shown = admin.client.get(f"{CREDENTIALS}/self")
    lasts = shown.status_code == 200 and shown.json()["expires_at"] is None
    return lasts and admin.client.patch(f"{USERS}/{admin.user}", json={}).status_code == 200


WAYS: dict[str, Callable[[Admin, Admin], httpx.Response]] = {
    "revoke": lambda one, other: one.client.delete(f"{CREDENTIALS}/{other.key}"),
    "let expire": lambda one, other: one.client.patch(f"{CREDENTIALS}/{other.key}", json={"expires_at": SOON}),
    "make a member": lambda one, other: one.client.patch(f"{USERS}/{other.user}", json={"role": "member"}),
    "remove": lambda one, other: one.client.delete(f"{USERS}/{other.user}"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_one_of_two_admins_who_end_each_other_at_once_stays(
    tester: Admin, way: Callable[[Admin, Admin], httpx.Response]
) -> None:
    survivor = tester
    for _ in range(ROUNDS):
        pair = survivor, another(survivor)
        start = Barrier(2)

        def end(number: int, pair: tuple[Admin, Admin] = pair, start: Barrier = start) -> int:
            pair[number].client.get("/health")
            start.wait()
            return way(pair[number], pair[1 - number]).status_code

        with ThreadPoolExecutor(2) as pool:
            statuses = sorted(pool.map(end, range(2)))
        assert statuses[0] in (200, 204)
        assert statuses[1] in (401, 403, 409), (
            "ended before the authorizer looked, before the plan, or before the commit"
        )
        [survivor] = [admin for admin in pair if can_write(admin)]

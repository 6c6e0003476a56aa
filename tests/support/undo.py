"""Requests whose changes are undone, and what the feed says about them."""

from dataclasses import dataclass
from typing import Any

import httpx

from infra.testing.world import World
from tests.support.change_stream import ChangeStream

Json = dict[str, Any]


@dataclass(frozen=True)
class History:
    """The changes of a world. Every request that looks at them first lets the stream catch up."""

    world: World
    stream: ChangeStream

    def changes(self, kind: str = "") -> list[Json]:
        """Return the changes that the owner sees, the oldest first."""
        self.stream.catch_up()
        query = {"kind": kind} if kind else {}
        changes: list[Json] = self.world.owner.get("/api/changes", params={"limit": "250", **query}).json()
        return changes

    def newest(self, kind: str = "") -> Json:
        """Return the newest change."""
        return self.changes(kind)[-1]

    def undo(self, seq: int, role: str = "owner", *, force: bool = False, key: str = "") -> httpx.Response:
        """Undo a change. `key` is an Idempotency-Key."""
        self.stream.catch_up()
        path = f"/api/changes/{seq}/undo{'?force=true' if force else ''}"
        return self.world.clients[role].post(path, headers={"Idempotency-Key": key} if key else {})

    def undo_newest(self, kind: str = "", role: str = "owner", *, force: bool = False) -> httpx.Response:
        """Undo the newest change, or the newest one of a kind."""
        return self.undo(self.newest(kind)["seq"], role, force=force)

    def undo_request(self, answer: httpx.Response | str, role: str = "owner", *, force: bool = False) -> httpx.Response:
        """Undo all that the request with this answer, or with this id, has done."""
        self.stream.catch_up()
        request_id = answer if isinstance(answer, str) else answer.headers["x-request-id"]
        path = f"/api/changes/undo{'?force=true' if force else ''}"
        return self.world.clients[role].post(path, json={"request_id": request_id})


def create(history: History, path: str, **fields: object) -> str:
    """Create something as the owner, and return its address."""
    answer = history.world.owner.post(path, json=fields)
    assert answer.is_success, answer.text
    return str(answer.headers["location"])


def without_times(value: Any) -> Any:
    """Return an answer without the times of changes, wherever they are in it."""
    if isinstance(value, dict):
        return {name: without_times(part) for name, part in value.items() if name != "updated_at"}
    return [without_times(part) for part in value] if isinstance(value, list) else value


def read(client: httpx.Client, *addresses: str) -> list[Any]:
    """Return what these addresses answer, without the times of changes."""
    answers = [client.get(address) for address in addresses]
    return [without_times(answer.json()) if answer.is_success else answer.status_code for answer in answers]


def explain(answer: httpx.Response) -> str:
    """Return the status and the explanation of an error."""
    return f"{answer.status_code} {answer.json()['detail']}"

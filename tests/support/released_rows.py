"""The rows that each release wrote, and what the API answered from them: `tests/storage/rows_<release>.json`.

`make rows` writes the file of the newest release in CHANGELOG.md. Run it when the release is complete. The files of
older releases are never written again: the tests prove that this code still reads what was stored then.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import httpx

from chalicelib import clock
from chalicelib.storage.connection import client
from infra import changelog, operations
from infra.testing.nouns import load_request_cases, webhooks
from infra.testing.processes import PROJECT
from infra.testing.world import World, sign_in_client
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
Read = tuple[str, str]  # the role of a caller, and a path

FOLDER = PROJECT / "tests/storage"
HOST = {"Host": "api.example"}  # answers contain the host that the client names


class ReleasedRows(NamedTuple):
    """Everything that a table contained, and what it takes to read it through the API."""

    release: str
    written_at: str
    credentials: dict[str, tuple[str, str]]  # key and secret by role
    rows: list[Json]
    answers: list[tuple[str, str, Any]]  # role, path, JSON


def files() -> list[Path]:
    """Return the files of all releases."""
    return sorted(FOLDER.glob("rows_*.json"))


def file_of(release: str) -> Path:
    """Return the file of a release."""
    return FOLDER / f"rows_{release.replace('.', '_')}.json"


def newest_release() -> str:
    """Return the newest release in CHANGELOG.md."""
    return changelog.newest_release().version


def build(world: World) -> ReleasedRows:
    """Create objects of all nouns, and return all rows with what the API answers about them."""
    reads = [*_create_objects(world)]
    issued = {role: operations.create_credential(world.users[role]) for role in sorted({role for role, _ in reads})}
    with ExitStack() as stack:
        url = str(world.owner.base_url)
        clients = {role: stack.enter_context(sign_in_client(url, answer)) for role, answer in issued.items()}
        for one in clients.values():
            one.get("/api/workspaces")  # the first request of a day stores when the credential was used
        rows = stored_rows()
        answers = [(role, path, read(clients[role], path)) for role, path in reads]
    credentials = {role: (one["credential"]["key"], one["credential"]["secret"]) for role, one in issued.items()}
    return ReleasedRows(newest_release(), clock.now(), credentials, rows, answers)


def _create_objects(world: World) -> Iterator[Read]:
    """Create what the request cases read, and a few objects more. Yield what can be read."""
    for case in load_request_cases().values():
        if case.method == "GET" and case.path.startswith("/api/") and not case.path.endswith(".csv"):
            path = str(case.build_request(world).url.raw_path.decode())
            if "at=" not in path:  # past states depend on what the stream has delivered
                yield case.caller, path
    assert world.member.put(f"{world.delegate(to='member')}/decline").is_success
    assert world.owner.delete(world.stack()).is_success
    assert world.owner.post("/oauth/token", json={"grant_type": "client_credentials"}).is_success
    assert world.owner.post("/api/activities", json={"name": "x"}, headers={"Idempotency-Key": "one"}).is_success
    webhook = webhooks.create_webhook(world)
    assert world.owner.post(f"{webhook}/test").is_success
    for enabled in (False, True):  # the next run of the scheduled function begins at once
        assert world.owner.patch(webhook, json={"enabled": enabled}).is_success
    invitation = {"email": "jane@doe.example.org"}
    assert world.owner.post(f"{world.workspace_url}/invitation", json=invitation).is_success


def read(one: httpx.Client, path: str) -> Any:
    """Return the JSON that the API answers."""
    answer = one.get(path, headers=HOST)
    assert answer.status_code == 200, f"{path}: {answer.text}"
    return answer.json()


def write(released: ReleasedRows) -> None:
    """Write the file of a release, with a line for each row and each answer."""
    parts = [f"{_to_json(name)}: {_to_lines(value)}" for name, value in released._asdict().items()]
    file_of(released.release).write_text("{\n" + ",\n".join(parts) + "\n}\n")


def _to_lines(value: Any) -> str:
    """Return JSON text, with a line for each element if the value is a list."""
    return "[\n" + ",\n".join(map(_to_json, value)) + "\n]" if isinstance(value, list) else _to_json(value)


def _to_json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), default=_to_base64)


def _to_base64(value: bytes) -> str:
    return b64encode(value).decode()


def load(file: Path) -> ReleasedRows:
    """Store the rows of a file in the empty table, and return all of its content."""
    released = ReleasedRows(**json.loads(file.read_text()))
    for row in released.rows:
        item = {name: {"B": b64decode(value["B"])} if "B" in value else value for name, value in row.items()}
        client.put_item(TableName="ogsm-workspaces-dev", Item=item)
    return released


def contains(answer: Any, kept: Any) -> bool:
    """Return whether an answer is the kept one. Its objects may have got more fields since."""
    if isinstance(kept, dict) and isinstance(answer, dict):
        return all(name in answer and contains(answer[name], kept[name]) for name in kept)
    if isinstance(kept, list) and isinstance(answer, list):
        return len(answer) == len(kept) and all(map(contains, answer, kept))
    return bool(answer == kept)

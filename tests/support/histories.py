"""Objects of each kind with a change that makes a history, and the rows of histories in the table of permissions."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import app  # noqa: F401 - registers every route
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.http.past_views import history_path
from infra.testing.past_cases import history_of
from infra.testing.world import World, create_user, location_of
from tests.support import ogsm

Json = dict[str, Any]
Create = Callable[[World], str]
Route = tuple[str, str]


def create_workspace(world: World) -> str:
    return location_of(world.owner.post("/api/workspaces", json={"name": "x"}))


def create_flat_stack(world: World) -> str:
    return f"/api/stacks/{world.stack().rpartition('/')[2]}"


def create_comment(world: World) -> str:
    return location_of(world.owner.post(f"{world.activity()}/comments", json={"body": "x"}))


def create_credential(world: World) -> str:
    return location_of(world.owner.post("/api/credentials", json={}))


def create_action(world: World) -> str:
    return location_of(world.owner.post("/api/v2/actions.json", json={"title": "x"}))


# How to create an object of each kind that can be updated, and a body that does so.
CREATED_AND_UPDATED: Mapping[str, tuple[Create, Json]] = {
    "workspace": (create_workspace, {"name": "y"}),
    "stack": (World.stack, {"name": "y"}),
    "stack by its id": (create_flat_stack, {"name": "y"}),
    "activity": (World.activity, {"name": "y"}),
    "comment": (create_comment, {"body": "y"}),
    "user": (lambda world: f"/api/users/{create_user(world.account, 'Una')['user']['id']}", {"first_name": "y"}),
    "credential": (create_credential, {"label": "y"}),
    "action": (create_action, {"title": "y"}),
}
NOUNS_ONCE = ogsm.mark_repeated(NOUNS, lambda noun: f"/api/v2/{noun.name}.json")


def without_items(document: Json) -> Json:
    """Return an object as changes show it: a stack without its items."""
    return {name: value for name, value in document.items() if name != "items"}


def rows_of_histories(rows: Mapping[Route, Any]) -> dict[Route, Any]:
    """Return the rows of the histories in the table of permissions. They are for those who may read the object."""
    paths = {endpoint.paths[0] for endpoint in ENDPOINTS}
    read = [(history_path(path), row) for (method, path), row in rows.items() if method == "GET"]
    return {("GET", path): replace(row, address=history_of(row.address)) for path, row in read if path in paths}

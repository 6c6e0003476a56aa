"""The number of domain modules that a request passes: someone who follows the request has to read no others."""

import base64
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from chalicelib.domain import access
from chalicelib.domain.activities import lifecycle
from chalicelib.http import authorizer
from chalicelib.storage.parallel import run_both
from infra.testing.world import World
from tests.support.gateway_events import as_caller, invoke

Json = dict[str, Any]
DOMAIN = "chalicelib.domain."
AUTHORIZER_MODULES = {"access", "accounts.credentials"}


@contextmanager
def recorded_modules() -> Iterator[set[str]]:
    """Collect the modules of the domain whose functions are called in the block, in this thread and in new ones."""
    modules: set[str] = set()

    def record(frame: FrameType, event: str, _: object) -> None:
        module = frame.f_globals.get("__name__", "")
        is_import = frame.f_code.co_name == "<module>"
        if event == "call" and not is_import and module.startswith(DOMAIN):
            modules.add(module.removeprefix(DOMAIN))

    sys.setprofile(record)
    threading.setprofile(record)  # for the threads of storage.parallel
    try:
        yield modules
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def modules_passed(signed_in: Json, method: str, resource: str, body: Json, **ids: int) -> set[str]:
    """Authorize a request and answer it, as the two Lambdas do. Return the modules of the domain that it passes."""
    credential = signed_in["credential"]
    basic = base64.b64encode(f"{credential['key']}:{credential['secret']}".encode()).decode()
    path_ids = {name: str(number) for name, number in ids.items()}
    with recorded_modules() as modules:
        assert authorizer.identify(f"Basic {basic}") is not None
        answer = invoke(
            method,
            resource,
            ids=path_ids,
            body=body,
            headers={"Content-Type": "application/json"},
            caller=as_caller(signed_in),
        )
    assert answer["statusCode"] in (200, 201), answer["body"]
    assert modules >= AUTHORIZER_MODULES
    return modules


def test_creating_an_action_passes_at_most_5_modules(acme: Json) -> None:
    assert len(modules_passed(acme, "POST", "/api/v2/actions.json", {"title": "Plan"})) <= 5


@pytest.mark.parametrize("place", ["inbox", "stack", "other workspace"])
def test_moving_an_item_to_the_inbox_passes_at_most_6_modules(acme: Json, world: World, place: str) -> None:
    places: dict[str, Callable[[], str]] = {
        "inbox": lambda: world.workspace_url,
        "stack": world.stack,
        "other workspace": lambda: world.personal_url,
    }
    item = {"type": "Activity", "id": world.item(places[place]())}
    path = "/api/workspaces/{workspace_id}/inbox"
    modules = modules_passed(acme, "PUT", path, item, workspace_id=world.workspace)
    assert "activities.items" in modules
    assert len(modules) <= 6, sorted(modules)


def test_delegating_to_a_user_known_by_slug_passes_at_most_9_modules(acme: Json, world: World) -> None:
    slug = world.owner.get(f"/api/users/{world.users['other user']}").json()["slug"]
    path = "/api/activities/{activity_id}/delegate"
    modules = modules_passed(acme, "PUT", path, {"slug": slug}, activity_id=world.item())
    assert "activities.delegating" in modules
    assert len(modules) <= 9, sorted(modules)


def test_functions_called_in_helper_threads_are_counted() -> None:
    with recorded_modules() as modules:
        run_both(lambda: access.operator(1), lambda: lifecycle.allowed_verbs(lifecycle.DRAFT))
    assert modules == {"access", "activities.lifecycle"}

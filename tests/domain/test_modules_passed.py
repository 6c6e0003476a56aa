"""How many modules of the domain a request passes: a reader has to open no more of them to follow it."""

import base64
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest

from chalicelib.http import authorizer
from tests.support.gateway_events import as_caller, invoke

Json = dict[str, Any]
DOMAIN = "chalicelib.domain."


@contextmanager
def recorded_modules() -> Iterator[set[str]]:
    """Collect the modules of the domain whose functions are called in the block, also by threads that it starts."""
    modules: set[str] = set()

    def record(frame: FrameType, event: str, _: object) -> None:
        name = frame.f_globals.get("__name__", "")
        is_import = frame.f_code.co_name == "<module>"
        if event == "call" and not is_import and name.startswith(DOMAIN):
            modules.add(name.removeprefix(DOMAIN))

    before = sys.getprofile()
    sys.setprofile(record)
    threading.setprofile(record)
    try:
        yield modules
    finally:
        sys.setprofile(before)
        threading.setprofile(None)


def send(signed_up: Json, method: str, resource: str, body: Json, **ids: int) -> Json:
    """Authorize and answer a request in this thread, as API Gateway has the two Lambdas do it."""
    credential = signed_up["credential"]
    basic = base64.b64encode(f"{credential['key']}:{credential['secret']}".encode()).decode()
    assert authorizer.identify(f"Basic {basic}") is not None
    path_ids = {name: str(number) for name, number in ids.items()}
    headers = {"Content-Type": "application/json"}
    answer = invoke(method, resource, ids=path_ids, body=body, headers=headers, caller=as_caller(signed_up))
    assert answer["statusCode"] < 300, answer["body"]
    return answer


def create_action(acme: Json) -> None:
    send(acme, "POST", "/api/v2/actions.json", {"title": "Plan"})


def move_item_to_inbox(acme: Json) -> None:
    personal = acme["user"]["personal"]
    item = send(acme, "POST", "/api/activities", {"name": "Call Mia"})["json"]["id"]
    send(acme, "PUT", "/api/workspaces/{workspace_id}/inbox", {"type": "Activity", "id": item}, workspace_id=personal)


@pytest.mark.parametrize("fresh", [True])
def test_baseline(acme: Json, mia_card: Json, fresh: bool) -> None:
    print(acme)
    with recorded_modules() as modules:
        create_action(acme)
    print(len(modules), sorted(modules))
    shared = send(acme, "POST", "/api/workspaces", {"name": "w"})["json"]["id"]
    item = send(acme, "POST", "/api/activities", {"name": "Call Mia"})["json"]["id"]
    with recorded_modules() as modules:
        send(acme, "PUT", "/api/workspaces/{workspace_id}/inbox", {"type": "Activity", "id": item}, workspace_id=shared)
    print(len(modules), sorted(modules))
    with recorded_modules() as modules:
        send(
            acme, "PUT", "/api/activities/{activity_id}/delegate", {"slug": mia_card["user"]["slug"]}, activity_id=item
        )
    print(len(modules), sorted(modules))
    assert 0

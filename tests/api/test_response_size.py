"""Responses that would exceed what Lambda may send stop early and link to the rest."""

import re
import sys
from typing import Any

import httpx
import pytest
from awslambdaric.lambda_runtime_marshaller import to_json

from chalicelib import json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, documents
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.keys import new_order
from infra.testing.snapshots import build_or_restore
from tests.support.stored_rows import save_rows

MOST_BYTES = 6 * 1024 * 1024
HERE = "/api/workspaces/1"  # Ada's personal workspace: inbox 2, stacks 3 and 4
Json = dict[str, Any]


def fill_personal_workspace(user: str, description: str) -> None:
    """Put 36 large items into the inbox and onto the first stack, in turn."""
    caller = Caller(1, user, "", "write")
    for number in range(36):
        doc = documents.new_document(1_000 + number, caller.user, {"name": "large", "description": description})
        place = {"workspace": 1, "stack": 2 + number % 2, "order": new_order()}
        activity = Activity.at(1, doc["id"], id=doc["id"], doc=doc, **place)
        save_rows(activity, *copies.all_copies(caller, activity))


@pytest.fixture(
    params=[
        pytest.param('"' * 190_000, id="quotes"),
        pytest.param("ж" * 150_000, id="Cyrillic", marks=pytest.mark.nightly),
    ]
)
def full(
    ada: httpx.Client, acme: Json, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> httpx.Client:
    """Return a client whose inbox and first stack hold more than one response may contain."""
    monkeypatch.setenv("AWS_EXECUTION_ENV", f"AWS_Lambda_python3.{sys.version_info.minor}")
    build_or_restore(f"full of {request.param[0]}", lambda: fill_personal_workspace(acme["user"]["id"], request.param))
    return ada


@pytest.mark.parametrize(
    "value", ["plain", 'a "quote"', "a \\ and a \n\t\x00", "\x7f", "жук \x7f", "\u2028", "🐞", {"a": ['"']}]
)
def test_the_size_of_a_text_is_what_lambda_makes_of_it(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EXECUTION_ENV", f"AWS_Lambda_python3.{sys.version_info.minor}")
    text = json_text.dump(value)
    assert json_text.encoded_size(text) == len(to_json(text).encode()) - 2


def as_lambda_sends_it(answer: httpx.Response) -> int:
    return len(to_json({"body": answer.text}).encode())


def ids(answer: httpx.Response) -> list[int]:
    found = answer.json()
    return [item["activity"]["id"] for item in (found if isinstance(found, list) else found["items"])]


def followed(client: httpx.Client, address: str) -> list[int]:
    """Return the ids in a response and in all the pages that follow it."""
    seen: list[int] = []
    while address:
        answer = client.get(address)
        assert as_lambda_sends_it(answer) < MOST_BYTES
        seen += ids(answer)
        address = answer.links.get("next", {}).get("url", "")
    return seen


@pytest.mark.parametrize(
    ("address", "first"),
    [("inbox", 1_034), pytest.param("stacks/2", 1_034, marks=pytest.mark.slow), ("stacks/3", 1_035)],
)
def test_a_large_stack_stops_early_and_links_to_the_rest(full: httpx.Client, address: str, first: int) -> None:
    assert len(ids(full.get(f"{HERE}/{address}"))) < 18
    assert followed(full, f"{HERE}/{address}") == list(range(first, 999, -2))


def test_a_list_of_stacks_links_to_the_rest_of_each(full: httpx.Client) -> None:
    full.post(f"{HERE}/stacks/4/items", json={"name": "alone"})
    answer = full.get(f"{HERE}/stacks")
    assert as_lambda_sends_it(answer) < MOST_BYTES
    shown = {stack["id"]: len(stack["items"]) for stack in answer.json()}
    assert shown[3] < 18
    for address, stack in re.findall(r'<([^>]+)>; rel="next"; anchor="([^"]+)"', answer.headers["link"]):
        shown[int(stack.rpartition("/")[2])] += len(followed(full, address))
    assert shown == {3: 18, 4: 1}

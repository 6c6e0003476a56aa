"""What the benches go by: the page that the emulator is shown, and what counts as lost."""

from typing import Any

import httpx
import pytest

from bench import emulator
from bench.worker import ACTION, ITEM, Worker

Json = dict[str, Any]


LARGE = {f"{letter}{number}": {"doc": {"S": "x" * 300_000}} for letter in "abc" for number in range(6)}
UNDER_B = {"KeyConditionExpression": "begins_with", "ExpressionAttributeValues": {":1": {"S": "b"}}}
BETWEEN = {"KeyConditionExpression": "BETWEEN", "ExpressionAttributeValues": {":1": {"S": "a5"}, ":2": {"S": "b1"}}}
WHOLE = {"KeyConditionExpression": "", "ExpressionAttributeValues": {}}
BACKWARDS = {"ScanIndexForward": False}

PAGES: dict[str, tuple[Json, str]] = {
    "the first of all": (WHOLE, "a0 a1 a2 a3"),
    "the last of all": (WHOLE | BACKWARDS, "c5 c4 c3 c2"),
    "under a prefix": (UNDER_B, "b0 b1 b2 b3"),
    "behind the first": (UNDER_B | {"ExclusiveStartKey": {"sk": {"S": "b2"}}}, "b3 b4 b5"),
    "behind the first, backwards": (UNDER_B | BACKWARDS | {"ExclusiveStartKey": {"sk": {"S": "b2"}}}, "b1 b0"),
    "between two": (BETWEEN, "a5 b0 b1"),
}


@pytest.mark.parametrize(("asked", "keys"), PAGES.values(), ids=PAGES)
def test_the_emulator_is_shown_a_page_and_one_more(asked: Json, keys: str) -> None:
    assert " ".join(emulator.page(LARGE, asked)) == keys


def test_what_is_not_as_it_was_acknowledged_is_lost() -> None:
    with httpx.Client() as client:
        worker = Worker(client, "one", "/api/workspaces/1", "/api/v2/actions/1")
        worker.mine[ACTION] |= {1: "kept", 2: "changed", 3: "deleted"}
        worker.gone[ACTION] |= {4, 5}
        found = {1: "kept", 2: "as before", 5: "still there", 6: "somebody else's"}
        assert worker.lost(ACTION, found) == [
            "2: 'as before' is not 'changed'",
            "3: None is not 'deleted'",
            "5 is back",
        ]
        assert worker.lost(ITEM, found) == []

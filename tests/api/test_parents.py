"""Teams, goals and KPIs have parents, and nothing is a part of itself."""

from collections.abc import Callable

import httpx
import pytest

from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.domain.ogsm.parents import MAX_LEVELS
from tests.support import stored_ogsm
from tests.support.failures import Hook

WITH_PARENT = [noun.name for noun in NOUNS if "parent" in noun.schema.fields]
GOALS = "/api/v2/goals.json"


def address(goal: int) -> str:
    return f"/api/v2/goals/{goal}.json"


def post(client: httpx.Client, parent: int | None = None) -> httpx.Response:
    """Create a goal, the first one with the id 1."""
    return client.post(GOALS, json={"title": "x", "parent": parent and {"id": parent}})


def patch(client: httpx.Client, goal: int, parent: int) -> httpx.Response:
    """Give a goal another parent."""
    return client.patch(address(goal), json={"parent": {"id": parent}})


def chain(client: httpx.Client, length: int) -> None:
    """Create goals, each of which but the first is a part of the one before."""
    for number in range(length):
        made = post(client, number or None)
        assert made.status_code == 201, made.text


def refusal(answer: httpx.Response) -> str:
    """Return the sentence about the parent with which a request was refused."""
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert error["pointer"] == "#/parent"
    return str(error["detail"])


def meanwhile(on: Hook, send: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Send a request just before the next transaction. Return the list that will have its answer."""
    requests = iter([send])
    answers: list[httpx.Response] = []

    def interfere(**_: object) -> None:
        answers.extend(one() for one in requests)

    on("before-call.dynamodb.TransactWriteItems", interfere)
    return answers


def test_the_nouns_with_parents_are_those_of_the_specification() -> None:
    assert WITH_PARENT == ["teams", "goals", "kpis"]


@pytest.mark.parametrize("noun", WITH_PARENT)
def test_a_cycle_is_refused_with_the_ids_on_the_way(ada: httpx.Client, noun: str) -> None:
    every = f"/api/v2/{noun}.json"
    title = {"name" if noun == "teams" else "title": "x"}
    for parent in (None, 1, 2):
        assert ada.post(every, json=title | {"parent": parent and {"id": parent}}).status_code == 201
    for send in (ada.patch, ada.put):
        answer = send(f"/api/v2/{noun}/1.json", json={"parent": {"id": 3}})
        assert refusal(answer) == "must not lead in a circle: 1 -> 3 -> 2 -> 1"
        assert refusal(send(f"/api/v2/{noun}/2.json", json={"parent": {"id": "2"}})).endswith(": 2 -> 2")
    assert [one["parent"] for one in ada.get(every).json()] == [None, {"id": 1}, {"id": 2}]


def test_a_parent_that_does_not_exist_yet_cannot_close_a_cycle_later(ada: httpx.Client) -> None:
    assert post(ada, 3).status_code == 201
    assert post(ada, 1).status_code == 201
    assert refusal(post(ada, 2)) == "must not lead in a circle: 3 -> 2 -> 1 -> 3"
    assert refusal(post(ada, 4)) == "must not lead in a circle: 4 -> 4"
    assert post(ada, 2).status_code == 201, "goal 3 was not created, and this one is goal 5"


def test_a_cycle_of_older_data_ends_the_request(ada: httpx.Client) -> None:
    for goal, parent in ((5, 6), (6, 5)):
        stored_ogsm.store("goals", stored_ogsm.build("goals", goal, title="x", parent={"id": parent}))
    assert refusal(post(ada, 5)) == "must not lead in a circle: 1 -> 5 -> 6 -> 5"
    assert ada.patch(address(5), json={"title": "y", "parent": {"id": 6}}).status_code == 200, "the parent is the same"
    assert ada.patch(address(5), json={"parent": None}).status_code == 200
    assert post(ada, 5).status_code == 201


def test_at_most_20_objects_are_above_one_when_its_parent_is_set(ada: httpx.Client) -> None:
    chain(ada, MAX_LEVELS + 1)
    assert refusal(post(ada, MAX_LEVELS + 1)) == "must have at most 19 others above it"
    other = post(ada).json()["id"]
    assert refusal(patch(ada, other, MAX_LEVELS + 1)).startswith("must have at most 19")
    assert patch(ada, other, MAX_LEVELS).status_code == 200


def test_only_a_new_parent_is_read(ada: httpx.Client, asked: list[str]) -> None:
    chain(ada, 3)
    asked.clear()
    ada.patch(address(3), json={"title": "y", "parent": {"id": 2}})
    assert asked == ["GetItem", "GetItem", "PutItem"], "the credential, the goal, and the goal again"
    asked.clear()
    ada.patch(address(3), json={"parent": None})
    assert asked == ["GetItem", "GetItem", "PutItem"]
    asked.clear()
    patch(ada, 3, 2)
    assert asked == ["GetItem", "GetItem", "GetItem", "GetItem", "TransactWriteItems"]


def test_of_two_requests_at_once_only_one_closes_a_cycle(ada: httpx.Client, mia: httpx.Client, on: Hook) -> None:
    for _ in range(4):
        post(ada)
    for goal, parent in ((2, 1), (4, 3)):
        patch(ada, goal, parent)
    others = meanwhile(on, lambda: patch(mia, 3, 2))
    assert refusal(patch(ada, 1, 4)) == "must not lead in a circle: 1 -> 4 -> 3 -> 2 -> 1"
    assert [one.status_code for one in others] == [200]


def test_a_goal_that_is_created_at_once_closes_no_cycle(ada: httpx.Client, mia: httpx.Client, on: Hook) -> None:
    assert post(ada).status_code == 201
    others = meanwhile(on, lambda: post(mia, 1))
    assert refusal(patch(ada, 1, 2)) == "must not lead in a circle: 1 -> 2 -> 1"
    assert [one.status_code for one in others] == [201]


def test_a_goal_whose_parent_changes_at_once_is_created_all_the_same(
    ada: httpx.Client, mia: httpx.Client, on: Hook
) -> None:
    assert post(ada).status_code == 201
    others = meanwhile(on, lambda: patch(mia, 1, 2))
    made = post(ada, 1)
    assert (made.status_code, made.json()["id"], made.json()["parent"]) == (201, 3, {"id": 1})
    assert [one.status_code for one in others] == [200]

"""The list of actions: filters, order, partial objects, pages."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.schemas.actions import SORT_FIELDS, STATUSES
from tests.support import counts

LIST = "/api/v2/actions.json"
TODAY = datetime.now(UTC).date()
YESTERDAY, TOMORROW = str(TODAY - timedelta(days=1)), str(TODAY + timedelta(days=1))

ACTIONS: list[dict[str, Any]] = [
    {"title": "Alpha", "labels": ["Red tape"], "assignee": "Ann", "due": "2024-03-01", "progress": 10},
    {"title": "beta", "status": "done", "traffic_light": "red", "start": "2024-01-01", "due": YESTERDAY},
    {"title": "Gamma", "archived": True, "involved": ["Bob"], "strategies": [{"id": 5}], "due": YESTERDAY},
    {"title": "delta", "description": "<p>Über ALLES</p>", "traffic_light": "green", "progress": 90, "due": TOMORROW},
    {"title": "Epsilon", "ogsm_canvases": [{"id": 7}], "start": "2024-06-01", "status": "icebox", "assignee": "bea"},
]


@pytest.fixture
def five(ada: httpx.Client) -> httpx.Client:
    """A client of an account with five actions, whose ids are 1 to 5."""
    for action in ACTIONS:
        assert ada.post(LIST, json=action).status_code == 201
    return ada


def ids(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [action["id"] for action in answer.json()]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("archived=true", [3]),
        ("archived", [3]),
        ("archived=1", [3]),
        ("archived=No", [1, 2, 4, 5]),
        ("archived=false", [1, 2, 4, 5]),
        ("status=done", [2]),
        ("status=to_do", [1, 3, 4]),
        ("traffic_light=red", [2]),
        ("label=red tape", [1]),
        ("label=red", []),
        ("assignee=BEA", [5]),
        ("involved=Bob", [3]),
        ("strategy_id=5", [3]),
        ("ogsm_canvas_id=7", [5]),
        ("start_from=2024-01-01", [2, 5]),
        ("start_from=2024-01-02", [5]),
        ("start_to=2024-01-01", [2]),
        ("due_from=2024-03-01", [1, 2, 3, 4]),
        (f"due_from={TOMORROW}", [4]),
        ("due_to=2024-03-01", [1]),
        ("overdue=true", [1, 3]),
        ("overdue=false", [2, 4, 5]),
        ("q=über alles", [4]),
        ("q=A", [1, 2, 3, 4]),
        ("q=nothing like it", []),
        ("overdue=true&archived=false", [1]),
        ("status=to do&due_from=2024-01-01&q=a&archived=true", [3]),
    ],
)
def test_filters_narrow_the_list(five: httpx.Client, query: str, expected: list[int]) -> None:
    assert ids(five.get(f"{LIST}?{query}")) == expected


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("id", [1, 2, 3, 4, 5]),
        ("-id", [5, 4, 3, 2, 1]),
        ("title", [1, 2, 4, 5, 3]),
        ("-title", [3, 5, 4, 2, 1]),
        ("due", [1, 2, 3, 4, 5]),
        ("-due", [4, 2, 3, 1, 5]),
        ("start,-id", [2, 5, 4, 3, 1]),
        ("assignee", [1, 5, 2, 3, 4]),
        ("status,title", [5, 1, 4, 3, 2]),
        ("traffic_light", [4, 2, 1, 3, 5]),
        ("-progress,-title", [4, 1, 3, 5, 2]),
        ("archived,-progress", [4, 1, 2, 5, 3]),
    ],
)
def test_the_list_is_sorted_as_asked_with_missing_values_last(
    five: httpx.Client, sort: str, expected: list[int]
) -> None:
    assert ids(five.get(LIST, params={"sort": sort})) == expected


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("titel=x", "?titel"),
        ("status=soon", "?status"),
        ("archived=maybe", "?archived"),
        ("due_from=yesterday", "?due_from"),
        ("strategy_id=x", "?strategy_id"),
        ("sort=colour", "?sort"),
        ("sort=", "?sort"),
        ("fields=id,colour", "?fields"),
        ("q=", "?q"),
        ("q=a&q=b", "?q"),
        ("limit=0", "?limit"),
        ("limit=251", "?limit"),
        ("per_page=0", "?per_page"),
        ("format=xml", "?format"),
        ("_=1&titel=x", "?titel"),
        ("page=0", "?page"),
        ("page=1&limit=5", "?page"),
        ("cursor=nonsense", "?cursor"),
        ("cursor=%F0%9F%98%80", "?cursor"),
        ("cursor=e30", "?cursor"),
        ("cursor=W10", "?cursor"),
    ],
)
def test_a_wrong_parameter_is_named(ada: httpx.Client, query: str, pointer: str) -> None:
    answer = ada.get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_parameter_that_nobody_documents_is_refused_before_anything_changes(five: httpx.Client, method: str) -> None:
    address = LIST if method == "POST" else "/api/v2/actions/1.json"
    answer = five.request(method, f"{address}?keep=true", json={"title": "changed"})
    assert answer.status_code == 422
    assert [action["title"] for action in five.get(LIST).json()] == [action["title"] for action in ACTIONS]


def test_partial_objects_hold_the_named_fields_in_the_documented_order(five: httpx.Client) -> None:
    assert five.get(f"{LIST}?fields=title,id&limit=1").json() == [{"id": 1, "title": "Alpha"}]
    assert list(five.get("/api/v2/actions/1.json?fields=title,id").json()) == ["id", "title"]


def follow(client: httpx.Client, address: str) -> list[list[int]]:
    pages = []
    for _ in range(20):
        answer = client.get(address)
        pages.append(ids(answer))
        if "next" not in answer.links:
            return pages
        address = answer.links["next"]["url"]
    raise AssertionError("the pages never end")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=2", [[1, 2], [3, 4], [5]]),
        ("limit=5", [[1, 2, 3, 4, 5]]),
        ("limit=2&archived=false", [[1, 2], [4, 5]]),
        ("limit=2&sort=-due", [[4, 2], [3, 1], [5]]),
        ("limit=1&sort=assignee&status=to do", [[1], [3], [4]]),
        ("limit=2&sort=-traffic_light,-title", [[2, 4], [3, 5], [1]]),
        ("per_page=2", [[1, 2], [3, 4], [5]]),
        ("page=2&per_page=2", [[3, 4], [5]]),
        ("page=9&per_page=2", [[]]),
        ("page=1", [[1, 2, 3, 4, 5]]),
        ("per_page=2&sort=-id", [[5, 4], [3, 2], [1]]),
    ],
)
def test_pages_follow_one_another_until_everything_was_seen(
    five: httpx.Client, query: str, expected: list[list[int]]
) -> None:
    assert follow(five, f"{LIST}?{query}") == expected


def test_pages_link_back_where_that_is_cheap(five: httpx.Client) -> None:
    second = five.get(f"{LIST}?page=2&per_page=2&q=a")
    assert ids(five.get(second.links["prev"]["url"])) == ids(five.get(second.links["first"]["url"])) == [1, 2]
    behind = five.get(five.get(f"{LIST}?limit=2").links["next"]["url"])
    assert ids(five.get(behind.links["first"]["url"])) == [1, 2]
    assert "prev" not in behind.links


def test_a_cursor_goes_on_where_it_was_although_actions_come_and_go(five: httpx.Client) -> None:
    following = five.get(f"{LIST}?limit=2").links["next"]["url"]
    five.delete("/api/v2/actions/2.json")
    five.post(LIST, json={"title": "new"})
    assert ids(five.get(following)) == [3, 4]


def test_a_cursor_belongs_to_one_order(five: httpx.Client) -> None:
    following = five.get(f"{LIST}?limit=2&sort=title").links["next"]["url"]
    assert five.get(following.replace("sort=title", "sort=-title")).status_code == 422


@pytest.mark.slow
def test_the_list_stops_before_it_outgrows_an_answer_and_goes_on_by_link(ada: httpx.Client) -> None:
    for _ in range(20):
        assert ada.post(LIST, json={"title": "x", "description": '"quoted"' * 40_000}).status_code == 201
    first = ada.get(LIST)
    assert len(first.content) + first.text.count("\\") + first.text.count('"') <= 6_000_000
    assert [number for page in follow(ada, LIST) for number in page] == list(range(1, 21))
    assert len(follow(ada, f"{LIST}?sort=-id")) > 1


@pytest.fixture
def fourteen(ada: httpx.Client) -> httpx.Client:
    """A client of an account with fourteen actions that share many values."""
    for number in range(14):
        action = {
            "title": f"title {number % 3}",
            "assignee": [None, "Ann", "Bob"][number % 3],
            "due": [None, "2024-01-01", "2025-01-01"][number // 2 % 3],
            "status": STATUSES[number % 4],
            "progress": number % 2,
        }
        assert ada.post(LIST, json=action).status_code == 201
    return ada


@settings(
    max_examples=counts.choose(quick=5, full=40),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    sort=st.lists(st.sampled_from([*SORT_FIELDS, *(f"-{field}" for field in SORT_FIELDS)]), min_size=1, max_size=3),
    limit=st.integers(1, 8),
)
def test_pages_of_any_order_show_each_action_once(fourteen: httpx.Client, sort: list[str], limit: int) -> None:
    whole = [action["id"] for action in fourteen.get(LIST, params={"sort": ",".join(sort)}).json()]
    pages = follow(fourteen, f"{LIST}?sort={','.join(sort)}&limit={limit}")
    assert [number for page in pages for number in page] == whole
    assert sorted(whole) == list(range(1, 15))

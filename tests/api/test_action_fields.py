"""The fields of an action and the rules for each of them."""

import json
from typing import Any

import httpx
import pytest

LIST = "/api/v2/actions.json"
NAMES = [{"name": "a"}, {"name": "b"}]

GOOD: list[tuple[str, Any, Any]] = [
    ("title", "x", "x"),
    ("title", "  trimmed\t", "trimmed"),
    ("title", "x" * 255, "x" * 255),
    ("title", "👩‍👩‍👧 فعل", "👩‍👩‍👧 فعل"),
    ("labels", [], []),
    ("labels", NAMES, NAMES),
    ("labels", ["a", {"name": "b"}, "a", {"name": " b "}], NAMES),
    ("labels", [{"name": "x" * 100}], [{"name": "x" * 100}]),
    ("involved", ["a", "b"], NAMES),
    ("strategies", [{"id": 456}, {"id": "7"}], [{"id": 456}, {"id": 7}]),
    ("description", None, None),
    ("description", "", ""),
    ("description", " <script>alert(1)</script>\r\n\u2028 ", " <script>alert(1)</script>\r\n\u2028 "),
    ("assignee", {"name": "Firstname Lastname"}, {"name": "Firstname Lastname"}),
    ("assignee", "Firstname Lastname", {"name": "Firstname Lastname"}),
    ("assignee", None, None),
    ("start", "2024-02-29", "2024-02-29"),
    ("start", None, None),
    ("due", "0001-01-01", "0001-01-01"),
    *[("status", {"name": name}, {"name": name}) for name in ("icebox", "to do", "doing", "done")],
    *[("status", {"name": name}, {"name": "to do"}) for name in ("todo", "to_do", "To Do", "TO-DO", "toDo")],
    *[("status", {"name": name}, {"name": "doing"}) for name in ("busy", "in progress", "In_Progress", "DOING")],
    ("status", {"name": "completed"}, {"name": "done"}),
    ("status", "done", {"name": "done"}),
    ("ogsm_canvases", [{"id": "789", "row_order": "91"}], [{"id": 789, "row_order": 91}]),
    ("ogsm_canvases", [{"id": 0, "row_order": -4}], [{"id": 0, "row_order": -4}]),
    ("traffic_light", "green", "green"),
    ("traffic_light", "Amber", "orange"),
    ("traffic_light", "yellow", "orange"),
    ("traffic_light", "red", "red"),
    ("traffic_light", None, None),
    ("progress", 0, 0),
    ("progress", "100", 100),
    ("progress", 50.0, 50),
    ("archived", True, True),
    ("archived", "true", True),
    ("archived", "False", False),
    ("id", 999, 1),
    ("id", "whatever", 1),
]

BAD: list[tuple[str, Any, str, str]] = [
    ("title", "", "#/title", "must not be blank"),
    ("title", " \u00a0\n", "#/title", "must not be blank"),
    ("title", "x" * 256, "#/title", "must be at most 255 characters, not 256"),
    ("title", 5, "#/title", "must be text"),
    ("title", ["x"], "#/title", "must be text"),
    ("title", "nul \0", "#/title", "must not contain the NUL character"),
    (
        "description",
        "\ud83d alone",
        "#/description",
        "must be Unicode text without lone surrogates",
    ),
    ("labels", "a", "#/labels", "must be an array"),
    ("labels", {"name": "a"}, "#/labels", "must be an array"),
    ("labels", [{"name": "a"}, {}], "#/labels/1/name", "is required"),
    ("labels", [{"name": ""}], "#/labels/0/name", "must not be blank"),
    ("labels", [{"name": "x" * 101}], "#/labels/0/name", "must be at most 100 characters, not 101"),
    ("labels", [{"name": "a", "colour": "red"}], "#/labels/0/colour", "is not a known name"),
    ("labels", [7], "#/labels/0", "must be an object"),
    ("involved", [None], "#/involved/0", "must be an object"),
    ("strategies", [{"id": 0}], "#/strategies/0/id", f"must be a whole number from 1 to {2**53 - 1}"),
    ("strategies", [{"id": "x"}], "#/strategies/0/id", "must be a whole number"),
    ("strategies", [{}], "#/strategies/0/id", "is required"),
    ("strategies", [{"id": 2**53}], "#/strategies/0/id", f"must be a whole number from 1 to {2**53 - 1}"),
    ("description", 5, "#/description", "must be text"),
    ("assignee", {"name": "x", "nme": "y"}, "#/assignee/nme", "is not a known name; did you mean name?"),
    ("assignee", 5, "#/assignee", "must be an object"),
    ("start", "2024-1-1", "#/start", "must be a date, YYYY-MM-DD"),
    ("start", "20240101", "#/start", "must be a date, YYYY-MM-DD"),
    ("start", "2024-01-01T00:00:00Z", "#/start", "must be a date, YYYY-MM-DD"),
    ("start", "٢٠٢٤-01-01", "#/start", "must be a date, YYYY-MM-DD"),
    ("start", "", "#/start", "must be a date, YYYY-MM-DD"),
    ("due", "2023-02-29", "#/due", "must be a real date: day is out of range for month"),
    ("due", 20240101, "#/due", "must be a date, YYYY-MM-DD"),
    ("status", {"name": "soon"}, "#/status/name", "must be one of icebox, to do, doing, done"),
    ("status", {"name": ["done"]}, "#/status/name", "must be one of icebox, to do, doing, done"),
    ("status", {}, "#/status/name", "is required"),
    ("ogsm_canvases", [{"row_order": 1}], "#/ogsm_canvases/0/id", "is required"),
    ("ogsm_canvases", [{"id": 1, "row_order": "last"}], "#/ogsm_canvases/0/row_order", "must be a whole number"),
    ("traffic_light", "blue", "#/traffic_light", "must be one of green, orange, red"),
    ("progress", 101, "#/progress", "must be a whole number from 0 to 100"),
    ("progress", -1, "#/progress", "must be a whole number from 0 to 100"),
    ("progress", 50.5, "#/progress", "must be a whole number"),
    ("progress", "half", "#/progress", "must be a whole number"),
    ("progress", True, "#/progress", "must be a whole number"),
    ("progress", "9" * 17, "#/progress", "must be a whole number"),
    ("archived", 1, "#/archived", "must be true or false"),
    ("archived", "yes", "#/archived", "must be true or false"),
    ("trafic_light", "green", "#/trafic_light", "is not a known name; did you mean traffic_light?"),
    ("a/b~c d", 1, "#/a~1b~0c%20d", "is not a known name"),
    ("action", {"title": "wrapped"}, "#/action", "is not a known name"),
]


@pytest.mark.parametrize(("field", "sent", "kept"), GOOD)
def test_a_good_value_is_kept_in_its_documented_form(ada: httpx.Client, field: str, sent: Any, kept: Any) -> None:
    made = ada.post(LIST, json={"title": "x", field: sent})
    assert made.status_code == 201, made.text
    assert made.json()[field] == kept
    assert ada.get(made.headers["location"]).json()[field] == kept


@pytest.mark.parametrize(("field", "sent", "pointer", "rule"), BAD)
def test_a_bad_value_is_named_with_its_rule(ada: httpx.Client, field: str, sent: Any, pointer: str, rule: str) -> None:
    answer = ada.post(LIST, content=json.dumps({"title": "x", field: sent}))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": pointer, "detail": rule}]
    assert answer.json()["message"] == answer.json()["detail"]
    assert ada.get(LIST).json() == []


def test_a_title_is_required(ada: httpx.Client) -> None:
    assert ada.post(LIST, json={}).json()["errors"] == [{"pointer": "#/title", "detail": "is required"}]


def test_every_wrong_element_of_an_array_is_named(ada: httpx.Client) -> None:
    answer = ada.post(LIST, json={"title": "x", "labels": ["", "ok", {}, 5], "strategies": [{"id": 0}, {"id": "y"}]})
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "#/labels/0/name",
        "#/labels/2/name",
        "#/labels/3",
        "#/strategies/0/id",
        "#/strategies/1/id",
    ]


def test_unknown_fields_are_dropped_for_a_lenient_client(ada: httpx.Client) -> None:
    body = {"title": "x", "wrong": 1, "labels": [{"name": "a", "colour": "red"}]}
    answer = ada.post(LIST, json=body, headers={"Prefer": "handling=lenient"})
    assert answer.status_code == 201
    assert answer.headers["preference-applied"] == "handling=lenient"
    assert answer.json()["labels"] == [{"name": "a"}]
    assert "wrong" not in answer.json()


def test_a_lenient_client_is_still_told_of_wrong_values(ada: httpx.Client) -> None:
    answer = ada.post(LIST, json={"title": "", "wrong": 1}, headers={"Prefer": "handling=lenient"})
    assert answer.json()["errors"] == [{"pointer": "#/title", "detail": "must not be blank"}]

"""Arbitrary input, made by Hypothesis: it is kept whole or refused with a reason, and never fails inside."""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import errors
from chalicelib.http import bodies
from chalicelib.schemas.actions import ACTION, STATUSES
from tests.support import counts

LIST = "/api/v2/actions.json"
EACH = settings(
    max_examples=counts.choose(quick=12, full=100),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

text = st.text(max_size=20) | st.sampled_from(["doing", "green", "2024-01-01", "true", "7", "", "\0", "\ud800"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | text
names = st.sampled_from([*ACTION.fields, "name", "id", "row_order"]) | text
values: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
days = st.none() | st.dates().map(str)
named = st.text(min_size=1, max_size=100).map(lambda name: {"name": name})
numbers = st.integers(1, 2**53 - 1)
actions = st.fixed_dictionaries(
    {"title": st.text(min_size=1, max_size=255)},
    optional={
        "labels": st.lists(named, max_size=3),
        "strategies": st.lists(st.fixed_dictionaries({"id": numbers}), max_size=3),
        "description": st.none() | st.text(max_size=300),
        "assignee": st.none() | named,
        "start": days,
        "due": days,
        "status": st.sampled_from(STATUSES).map(lambda name: {"name": name}),
        "traffic_light": st.sampled_from([None, "green", "orange", "red"]),
        "progress": st.integers(0, 100),
        "archived": st.booleans(),
    },
)


def assert_kept_or_refused(answer: httpx.Response) -> None:
    assert answer.status_code == 201 or 400 <= answer.status_code < 500, answer.text
    if answer.status_code == 201:
        assert list(answer.json()) == list(ACTION.fields)
    else:
        assert answer.json()["detail"]


@EACH
@given(body=values)
def test_any_json_is_kept_or_refused(ada: httpx.Client, body: Any) -> None:
    assert_kept_or_refused(ada.post(LIST, content=json.dumps(body)))


@EACH
@given(fields=st.dictionaries(st.sampled_from(list(ACTION.fields)), values, max_size=5))
def test_any_values_of_the_documented_fields_are_kept_or_refused(ada: httpx.Client, fields: dict[str, Any]) -> None:
    assert_kept_or_refused(ada.post(LIST, content=json.dumps({"title": "x"} | fields)))


@EACH
@given(pairs=st.lists(st.tuples(text, text), max_size=5), names=st.lists(names, max_size=3))
def test_any_form_is_kept_or_refused(ada: httpx.Client, pairs: list[tuple[str, str]], names: list[str]) -> None:
    all_pairs = [*pairs, *((f"{name}[][name]", name) for name in names)]
    form = "&".join(f"{quote(name, errors='replace')}={quote(value, errors='replace')}" for name, value in all_pairs)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert_kept_or_refused(ada.post(LIST, content=form, headers=headers))


@EACH
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_an_object_or_refused(raw: bytes) -> None:
    for content_type in ("application/json", "application/x-www-form-urlencoded"):
        with suppress(errors.BadRequest):
            assert isinstance(bodies.parse_body(raw, content_type).fields, dict)


@EACH
@given(action=actions)
def test_every_valid_action_is_returned_as_it_was_sent(ada: httpx.Client, action: dict[str, Any]) -> None:
    made = ada.post(LIST, content=json.dumps(action))
    if made.status_code == 422:
        assert {error["detail"].split(" ")[0] for error in made.json()["errors"]} <= {"must", "due"}
        return
    kept = ada.get(made.headers["location"]).json()
    for field, value in action.items():
        if field in ("description", "start", "due", "status", "traffic_light", "progress", "archived", "strategies"):
            assert kept[field] == value

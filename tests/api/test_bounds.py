"""Bounds of what a request may contain. They are checked before any work is done."""

import difflib
import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from infra.openapi import document
from infra.testing.world import World
from tests.support.problems import assert_problem

LIST = "/api/v2/actions.json"
Json = dict[str, Any]


def names(count: int) -> list[Json]:
    return [{"name": f"{number}"} for number in range(count)]


def numbered(count: int) -> list[Json]:
    return [{"id": number + 1} for number in range(count)]


@pytest.mark.parametrize(
    ("field", "most", "elements"),
    [
        ("labels", 100, names),
        ("involved", 100, names),
        ("strategies", 1_000, numbered),
        ("ogsm_canvases", 100, numbered),
    ],
)
def test_an_array_of_an_action_is_bounded(ada: httpx.Client, field: str, most: int, elements: Any) -> None:
    assert ada.post(LIST, json={"title": "x", field: elements(most)}).status_code == 201
    for count in (most + 1, 5_000):
        refused = ada.post(LIST, json={"title": "x", field: elements(count)})
        assert refused.status_code == 422
        detail = f"must have at most {most} elements, not {count}"
        assert refused.json()["errors"] == [{"pointer": f"#/{field}", "detail": detail}]
    assert len(ada.get(LIST).json()) == 1


def test_too_many_elements_are_counted_and_not_checked(ada: httpx.Client, asked: list[str]) -> None:
    ada.get(LIST)
    asked.clear()
    refused = ada.post(LIST, json={"title": "x", "labels": [{"wrong": 1}] * 40_000})
    assert refused.json()["errors"] == [{"pointer": "#/labels", "detail": "must have at most 100 elements, not 40000"}]
    assert asked == ["GetItem"], "Only the authorizer reads anything."


def test_fifty_people_are_invited_in_one_call(world: World, outbox: list[Json]) -> None:
    address = f"{world.workspace_url}/invitation"
    emails = [f"{number}@b.example" for number in range(51)]
    for body in ({"email": emails}, {"email": emails[:50], "slug": [world.users["other user"]]}):
        refused = world.owner.post(address, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/email")
    assert outbox == []
    assert len(world.owner.get(f"{world.workspace_url}/invitations").json()) == 1
    assert len(world.owner.post(address, json={"email": emails[:50]}).json()) == 50


def test_a_hundred_errors_are_listed_and_the_others_counted(ada: httpx.Client) -> None:
    refused = ada.post(LIST, json={"title": "x", "strategies": [{"id": "wrong"}] * 250})
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 100
    assert refused.json()["detail"].endswith("; and 150 more errors")


@pytest.fixture
def refused_requests(ada: httpx.Client, asked: list[str]) -> list[str]:
    """Return the list of operations that are sent to DynamoDB after Ada's first request of the day."""
    ada.get(LIST)
    asked.clear()
    return asked


def nested(depth: int) -> str:
    return '{"a":' * (depth // 2) + "[" * (depth - depth // 2)


@pytest.mark.parametrize(
    ("content", "is_too_deep"),
    [
        (nested(16), False),
        (nested(17), True),
        (nested(100_000), True),
        ('{"title": "' + "[" * 50 + '"}', False),
        ('{"title": "a\\"' + "[" * 50 + '\\\\"}', False),
        ('{"title": "\\' + '\\"[' * 100_000, False),  # the brackets are in a string
        ("[]" * 50, False),
        ('"' + '\\"' * 300_000, False),  # must not take long, although the text has no end
    ],
)
def test_the_depth_of_json_is_bounded(
    ada: httpx.Client, refused_requests: list[str], content: str, is_too_deep: bool
) -> None:
    answer = ada.post(LIST, content=content, headers={"Content-Type": "application/json"})
    assert ("more than 16 levels deep" in answer.text) is is_too_deep
    if is_too_deep:
        assert_problem(answer, 400, "more than 16 levels deep")
        assert refused_requests == ["GetItem"], "Only the authorizer reads anything."


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("a" + "[a]" * 16 + "=x", "more than 16 levels deep"),
        ("a" + "[a]" * 300 + "=x", "more than 16 levels deep"),
        ("\u0001" * 1_001 + "=x", "more than 1000 characters"),
        ("\u0001" * 900_000, "more than 1000 characters"),
    ],
)
def test_the_names_in_a_form_are_bounded(ada: httpx.Client, form: str, words: str) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    refused = ada.post(LIST, content=form, headers=headers)
    assert_problem(refused, 400, words)
    assert len(refused.content) < 10_000


def test_the_number_of_fields_of_an_object_is_bounded(ada: httpx.Client) -> None:
    many = {f"x{number}": 1 for number in range(40_000)}
    for lenient in ({}, {"Prefer": "handling=lenient"}):
        refused = ada.post(LIST, json=many, headers=lenient)
        assert refused.status_code == 422
        detail = "The body must have at most 100 fields, not 40000."
        assert refused.json()["errors"] == [{"pointer": "#", "detail": detail}]
        assert refused.json()["message"] == detail
    refused = ada.post(LIST, json={"title": "x", "status": many, "labels": [{"name": "x"}, many]})
    assert [error["pointer"] for error in refused.json()["errors"]] == ["#/status", "#/labels/1"]


def test_similar_names_are_looked_for_only_in_the_errors_that_are_listed(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_for: list[str] = []

    def note(name: str, *_: object, **__: object) -> list[str]:
        looked_for.append(name)
        return []

    monkeypatch.setattr(difflib, "get_close_matches", note)
    strategies = [{f"{number}": 1 for number in range(99)} for _ in range(500)]
    refused = ada.post(LIST, json={"title": "x", "strategies": strategies})
    assert re.search("; and [0-9]{3} more errors$", refused.json()["detail"]), "The rest is not even looked at."
    assert len(looked_for) <= 200


def test_a_long_name_is_not_repeated_in_the_error(ada: httpx.Client) -> None:
    refused = ada.post(LIST, json={"title": "x", "é" * 400_000: 1})
    assert refused.json()["errors"] == [{"pointer": "#/" + "%C3%A9" * 100, "detail": "is not a known name"}]


@pytest.mark.parametrize("name", ["Accept", "Content-Type", "If-Match", "Prefer", "Origin"])
def test_the_headers_that_are_read_are_bounded(ada: httpx.Client, refused_requests: list[str], name: str) -> None:
    refused = ada.post(LIST, json={"title": "x"}, headers={name: "x" * 4_097})
    assert_problem(refused, 400, f"The header {name} must have at most 4096 characters.")
    assert refused_requests == ["GetItem"], "Only the authorizer reads anything."


def test_an_if_none_match_that_is_too_long_is_refused(ada: httpx.Client) -> None:
    assert_problem(ada.get(LIST, headers={"If-None-Match": '"x",' * 1_025}), 400, "If-None-Match must have at most")
    assert ada.get(LIST, headers={"If-None-Match": '"x",' * 1_024}).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/api/users/{}", "/api/users/{}/collaborate", "/api/v2/actions/{}", "/api/credentials/{}", "/api/workspaces/{}"],
)
def test_a_part_of_a_path_that_is_too_long_is_not_found_before_anything_is_read(
    ada: httpx.Client, refused_requests: list[str], path: str
) -> None:
    part = "1" * 5_000
    method = "PUT" if "collaborate" in path else "GET"
    assert_problem(ada.request(method, path.format(part)), 404)
    assert refused_requests == ["GetItem"], "Only the authorizer reads anything."


def test_a_part_of_a_path_that_means_nothing_is_bounded(ada: httpx.Client) -> None:
    assert ada.post("/api/workspaces/" + "x" * 255, json={"name": "x"}).status_code == 201
    assert_problem(ada.post("/api/workspaces/" + "x" * 256, json={"name": "x"}), 404)


def test_the_number_of_parameters_is_bounded(ada: httpx.Client) -> None:
    query = "&".join(f"x{number}" for number in range(101))
    assert_problem(ada.get(f"{LIST}?{query}"), 400, "more than 100 parameters")


@pytest.mark.parametrize(
    "query",
    ["q={}", "label={}", "assignee={}", "sort={}", "fields={}", "status={}", "cursor={}", "page=1{}", "start_to={}"],
)
def test_the_values_of_parameters_are_bounded(ada: httpx.Client, refused_requests: list[str], query: str) -> None:
    refused = ada.get(f"{LIST}?{query.format('7' * 6_001)}")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"?{query.partition('=')[0]}")
    assert refused_requests == ["GetItem"], "Only the authorizer reads anything."


def test_a_sort_that_repeats_a_field_is_like_one_that_does_not(ada: httpx.Client) -> None:
    for title in "ab":
        ada.post(LIST, json={"title": title})
    following = ada.get(f"{LIST}?limit=1&sort=title,-id,title,title").links["next"]["url"]
    assert [action["title"] for action in ada.get(following).json()] == ["b"]


EXPANDING = "\N{GREEK SMALL LETTER IOTA WITH DIALYTIKA AND TONOS}"  # 6 bytes instead of 2 when case is ignored


@pytest.mark.parametrize(("local", "status"), [("x" * 248, 201), ("x" * 250, 422), (EXPANDING * 124, 201)])
def test_an_address_has_at_most_254_bytes_and_fits_into_a_key(ada: httpx.Client, local: str, status: int) -> None:
    person = {"email": f"{local}@b.de", "first_name": "x", "last_name": "x"}
    assert ada.post("/api/users", json=person).status_code == status
    assert ada.post("/api/users", json=person | {"email": f"{EXPANDING * 125}@b.de"}).status_code == 422


def test_no_address_outgrows_a_key_when_case_is_ignored() -> None:
    characters = (chr(number) for number in range(sys.maxunicode) if not 0xD800 <= number < 0xE000)
    growth = max(len(one.casefold().encode()) / len(one.encode()) for one in characters)
    assert len("EMAIL#") + 254 * growth <= 1_024


def test_a_slug_is_short_enough_for_paths_whatever_the_name(ada: httpx.Client) -> None:
    names = {"first_name": "\N{ROMAN NUMERAL EIGHT}" * 100, "last_name": "\N{ROMAN NUMERAL EIGHT}" * 100}
    for email in ("a@b.de", "c@b.de"):
        slug = ada.post("/api/users", json=names | {"email": email}).json()["slug"]
        assert len(slug) <= 255
        assert ada.get(f"/api/users/{slug}").json()["email"] == email


@pytest.mark.parametrize(("slug", "status"), [("\N{GRINNING FACE}" * 250, 404), ("\N{GRINNING FACE}" * 251, 422)])
def test_a_slug_that_does_not_fit_into_a_key_is_refused(world: World, slug: str, status: int) -> None:
    body = {"slug": slug}
    assert world.owner.post(f"{world.workspace_url}/invitation", json=body).status_code == status
    assert world.owner.put(f"{world.activity()}/delegate", json=body).status_code == status


def test_the_form_of_a_page_is_bounded(ada: httpx.Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    refused = ada.post("/settings/api", content="label=" + '"' * 100_000, headers=headers)
    assert_problem(refused, 413, "at most 100000")


def described_strings(schema: Any, path: str = "") -> Iterator[tuple[str, Json]]:
    """Yield every string and array in a JSON Schema, with its place."""
    if isinstance(schema, list):
        for number, one in enumerate(schema):
            yield from described_strings(one, f"{path}/{number}")
    elif isinstance(schema, dict):
        kinds = schema.get("type", ())
        if "array" in kinds or ("string" in kinds and "enum" not in schema):
            yield path, schema
        for name, one in schema.items():
            if name != "example":
                yield from described_strings(one, f"{path}/{name}")


def request_schemas() -> dict[str, Any]:
    """Return the schemas of all bodies, and of all parameters in paths, queries and headers."""
    described = document.document()
    operations = {one["operationId"]: one for path in described["paths"].values() for one in path.values()}
    schemas = described["components"]["schemas"]
    bodies: dict[str, Any] = {}
    unvisited = references([one["requestBody"] for one in operations.values() if "requestBody" in one])
    while unvisited:
        bodies |= {name: schemas[name] for name in unvisited}
        unvisited = references([schemas[name] for name in unvisited]) - bodies.keys()
    parameters = {name: one["parameters"] for name, one in operations.items()}
    return {"bodies": bodies, "parameters": parameters, "shared parameters": described["components"]["parameters"]}


def references(described: Any) -> set[str]:
    return set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)))


UNBOUNDED = re.compile(r"[*+]|\{\d*,\}")


def is_bounded(schema: Json) -> bool:
    if "array" in schema["type"]:
        return "maxItems" in schema
    pattern = re.sub(r"\[(\\.|[^\]])*\]", "x", schema.get("pattern", "*"))
    return "maxLength" in schema or schema.get("format") == "date" or not UNBOUNDED.search(pattern)


def test_every_string_and_array_of_every_request_has_a_declared_bound() -> None:
    found = list(described_strings(request_schemas()))
    assert len(found) > 100
    assert [path for path, schema in found if not is_bounded(schema)] == []


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": ["string", "null"], "pattern": "^[a-z]+$"},
        {"type": "string", "pattern": "^a{1,}$"},
        {"type": "array", "items": {"type": "string", "maxLength": 1}},
    ],
)
def test_a_string_or_array_without_a_bound_would_be_found(schema: Json) -> None:
    [(_, found), *_] = described_strings({"properties": {"x": schema}})
    assert not is_bounded(found)

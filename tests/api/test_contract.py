"""/openapi.json: the document is complete, valid, and made from the declarations that check requests."""

import json
from collections.abc import Iterator
from csv import DictReader
from functools import cache
from io import StringIO
from typing import Any

import httpx
import pytest
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import validate

from app import app
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.domain.ogsm.references import ALL_NOUNS
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from chalicelib.routes import contract
from chalicelib.storage.models.actions import Action
from infra import demo
from infra.openapi import document
from infra.testing.documents import example
from infra.testing.processes import PLAIN
from infra.testing.stream_records import record_creation
from tests.support.gateway_events import invoke

Json = dict[str, Any]
DOCUMENT: Json = json.loads(contract.FILE.read_text())
OPERATIONS = [(path, operation) for path, operations in DOCUMENT["paths"].items() for operation in operations.values()]
BY_NAME = {
    operation["operationId"]: operation
    for operations in DOCUMENT["paths"].values()
    for operation in operations.values()
}


BOTH_MEDIA_TYPES = {"application/json", "application/x-www-form-urlencoded"}


@cache
def validator(schema: str) -> Draft202012Validator:
    """Return the validator of a schema, given as JSON. Most calls share theirs, and each takes several milliseconds."""
    return Draft202012Validator(json.loads(schema) | {"components": DOCUMENT["components"]})


def resolve(found: Json) -> Json:
    """Return an object of the document, or what it refers to."""
    while "$ref" in found:
        target: Any = DOCUMENT
        for step in found["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        found = target
    return found


def parts(schema: Any, place: str = "") -> Iterator[tuple[str, Json]]:
    """Yield every JSON Schema within one, with its place."""
    if isinstance(schema, list):
        for number, one in enumerate(schema):
            yield from parts(one, f"{place}/{number}")
    elif isinstance(schema, dict):
        yield place, schema
        for name, one in schema.items():
            if name == "properties":
                yield from (found for field, kind in one.items() for found in parts(kind, f"{place}/{name}/{field}"))
            elif name not in ("required", "enum"):
                yield from parts(one, f"{place}/{name}")


def all_schemas() -> Iterator[tuple[str, Json]]:
    """Yield every JSON Schema of the components, the parameters, the bodies and the answers, with its place."""
    for name, schema in DOCUMENT["components"]["schemas"].items():
        yield from parts(schema, f"/{name}")
    for name, parameter in DOCUMENT["components"]["parameters"].items():
        yield from parts(parameter["schema"], name)
    for operation in BY_NAME.values():
        for one in operation["parameters"]:
            yield from parts(one.get("schema", {}), operation["operationId"])
        for media in media_types(operation):
            yield from parts(media["schema"], operation["operationId"])


def media_types(operation: Json) -> list[Json]:
    """Return the media types of a call's body and answers."""
    answers = [answer.get("content", {}) for answer in operation["responses"].values()]
    return [
        media
        for content in (operation.get("requestBody", {}).get("content", {}), *answers)
        for media in content.values()
    ]


def test_the_document_is_the_one_of_these_declarations() -> None:
    assert contract.FILE.read_text() == document.text(), "make generate writes it anew"


@pytest.mark.slow
def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"] == "3.1.0"


def test_the_document_has_every_call_once_at_its_documented_path() -> None:
    calls = {(endpoint.paths[0], endpoint.methods[0].lower()) for endpoint in ENDPOINTS}
    assert {(path, method) for path, operations in DOCUMENT["paths"].items() for method in operations} == calls


def test_the_description_of_a_call_names_its_other_methods_and_paths() -> None:
    for endpoint in ENDPOINTS:
        description = BY_NAME[endpoint.view.__name__]["description"]
        others = [method for method in endpoint.methods[1:] if method != "HEAD"]
        assert [f"`{other}`" in description for other in (*others, *endpoint.paths[1:])] == [True] * (
            len(others) + len(endpoint.paths) - 1
        )


def test_the_document_of_the_tests_has_every_route_and_no_other() -> None:
    described = document.document(has_aliases=True)["paths"]
    routes = {
        (path, method.lower())
        for endpoint in ENDPOINTS
        for path in endpoint.paths
        for method in endpoint.methods
        if method != "HEAD"
    }
    assert {(path, method) for path, operations in described.items() for method in operations} == routes
    assert set(described) == set(app.routes)


def test_every_operation_has_its_own_name() -> None:
    names = list(BY_NAME)
    assert len(names) == len(OPERATIONS)
    assert all(name.isidentifier() for name in names)


def test_an_operation_describes_its_parameters_and_responses() -> None:
    for path, operation in OPERATIONS:
        assert_described(path, operation)


def assert_described(path: str, operation: Json) -> None:
    assert operation["summary"]
    assert operation["description"].endswith(".")
    assert all(list(scheme) for scheme in operation["security"])
    names = [one["name"] for one in map(resolve, operation["parameters"]) if one["in"] == "path"]
    assert [f"{{{name}}}" for name in names] == [part for part in path.split("/") if part.startswith("{")]
    successes = [code for code in operation["responses"] if code < "304"]
    assert successes
    assert {"400", "404", "422"} <= operation["responses"].keys()
    for code in successes:
        is_empty = code in ("204", "303") or (path, code) == ("/mcp", "202")
        assert ("content" in resolve(operation["responses"][code])) != is_empty


def test_the_examples_fit_their_schemas() -> None:
    for _, operation in OPERATIONS:
        assert_examples_fit(operation)


def assert_examples_fit(operation: Json) -> None:
    for one in [*media_types(operation), *map(resolve, operation["parameters"])]:
        if "example" in one:
            validator(json.dumps(one["schema"])).validate(one["example"])


def test_every_parameter_and_body_has_an_example() -> None:
    for operation in BY_NAME.values():
        bodies = operation.get("requestBody", {}).get("content", {}).values()
        for one in [*bodies, *map(resolve, operation["parameters"])]:
            assert "example" in one, operation["operationId"]


def test_every_property_parameter_and_tag_has_a_sentence() -> None:
    components = DOCUMENT["components"]
    properties = [one for schema in components["schemas"].values() for one in schema.get("properties", {}).values()]
    parameters = [one for operation in BY_NAME.values() for one in operation["parameters"]]
    assert len(properties) > 250
    for one in [*properties, *parameters, *DOCUMENT["tags"]]:
        assert (one.get("description") or resolve(one)["description"]).endswith("."), one


def test_every_object_and_every_set_of_options_is_described_once() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for place, schema in all_schemas():
        if place.removeprefix("/") not in schemas and "/not/" not in place:
            assert "properties" not in schema, f"{place} should refer to an object"
            assert len(schema.get("enum", ())) < 2, f"{place} should refer to its options"
    texts = [json.dumps(schema, sort_keys=True) for schema in schemas.values()]
    assert len(set(texts)) == len(texts)


def test_the_calls_of_the_ogsm_api_and_the_token_call_describe_their_bodies_as_forms_too() -> None:
    forms = {
        name for name, one in BY_NAME.items() if set(one.get("requestBody", {}).get("content", ())) == BOTH_MEDIA_TYPES
    }
    ogsm = {f"{verb}_{noun.singular}" for noun in ALL_NOUNS for verb in ("create", "update")}
    by_date = {f"put_{noun.singular}_by_date" for noun in NOUNS if noun.measured}
    assert forms == {*ogsm, *by_date, "create_token"}


def test_the_form_of_the_document_does_what_its_json_does(ada: httpx.Client) -> None:
    [sent, form] = BY_NAME["create_action"]["requestBody"]["content"].values()
    made = ada.post("/api/v2/actions.json", json=sent["example"]).json()
    by_form = ada.post("/api/v2/actions.json", data=form["example"]).json()
    assert by_form | {"id": made["id"], "ogsm_canvases": []} == made | {"ogsm_canvases": []}


def test_the_examples_are_those_of_the_documents() -> None:
    for endpoint in ENDPOINTS:
        assert_documented_examples(endpoint)


def assert_documented_examples(endpoint: Endpoint) -> None:
    operation = BY_NAME[endpoint.view.__name__]
    if endpoint.answer_example:
        content = operation["responses"][str(endpoint.statuses[0])]["content"]
        assert list(content) == list(endpoint.media_types)
        if "application/json" in content:
            assert_contains(content["application/json"]["example"], example(endpoint.answer_example))
        if "text/csv" in content:
            rows = list(DictReader(StringIO(content["text/csv"]["example"], newline="")))
            assert [row["id"] for row in rows] == [str(one["id"]) for one in example(endpoint.answer_example)]
    if endpoint.body_example:
        assert operation["requestBody"]["content"]["application/json"]["example"] == example(endpoint.body_example)


def assert_contains(answer: Any, golden: Any) -> None:
    """Compare an example of an answer with that of a document, which leaves out some fields."""
    if isinstance(golden, dict):
        for name, value in golden.items():
            assert_contains(answer[name], value)
    elif isinstance(golden, list):
        for one, other in zip(answer, golden, strict=True):
            assert_contains(one, other)
    else:
        assert str(answer) == str(golden)  # one id of the documents is text


def test_every_get_of_the_document_works_with_its_examples_in_the_demo_account(url: str) -> None:
    admin = demo.create_demo_account(with_plan=False)[0]
    record_creation(demo.ACCOUNT_ID, Action.ref(demo.ACCOUNT_ID, demo.ACTION_ID))
    with httpx.Client(base_url=url, auth=(admin["key"], admin["secret"]), verify=PLAIN) as client:
        for path, operations in DOCUMENT["paths"].items():
            if "get" in operations:
                parameters = [resolve(one) for one in operations["get"]["parameters"]]
                examples = {
                    place: {one["name"]: one["example"] for one in parameters if one["in"] == place}
                    for place in ("path", "query")
                }
                left_out = ("limit", "cursor", "at")  # cannot be combined with `page`, and no time is always kept
                query = {name: value for name, value in examples["query"].items() if name not in left_out}
                answer = client.get(path.format(**examples["path"]), params=query)
                assert answer.status_code == 200 or answer.has_redirect_location, f"{path}: {answer.text}"


def test_every_schema_of_the_document_is_used() -> None:
    text = contract.FILE.read_text()
    assert all(f'"#/components/schemas/{name}"' in text for name in DOCUMENT["components"]["schemas"])


def test_the_document_names_the_address_at_which_it_was_requested(anybody: httpx.Client) -> None:
    answer = anybody.get("/openapi.json")
    assert [one["url"] for one in answer.json()["servers"]] == [str(anybody.base_url).rstrip("/")]
    assert answer.text == contract.FILE.read_text().replace(contract.WRITTEN_FOR, str(anybody.base_url).rstrip("/"))
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert anybody.get("/openapi.json", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_behind_a_stage_the_document_names_the_stage() -> None:
    answer = invoke("GET", "/openapi.json", stage="/dev")
    assert answer["json"]["servers"][0]["url"] == "https://abc.execute-api.us-east-1.amazonaws.com/dev"


def test_a_response_that_the_document_does_not_describe_fails_a_test(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.serializers import workspaces

    monkeypatch.setattr(workspaces, "serialize_user", lambda *_: {"id": "undocumented"})
    with pytest.raises(AssertionError, match="avatar"):
        ada.get("/api/workspaces")

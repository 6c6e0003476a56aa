"""/openapi.json: the document is complete, valid, and made from the declarations that check requests."""

import json
from typing import Any

import httpx
import pytest
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import validate

from app import app
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from chalicelib.routes import contract
from infra.openapi import document
from infra.testing.documents import example
from tests.support.gateway_events import invoke

Json = dict[str, Any]
DOCUMENT: Json = json.loads(contract.FILE.read_text())
OPERATIONS = [
    pytest.param(path, method, operation, id=operation["operationId"])
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]
BY_NAME = {
    operation["operationId"]: operation
    for operations in DOCUMENT["paths"].values()
    for operation in operations.values()
}


def component(schema: Json) -> Draft202012Validator:
    return Draft202012Validator(schema | {"components": DOCUMENT["components"]})


def test_the_document_is_the_one_of_these_declarations() -> None:
    assert contract.FILE.read_text() == document.text(), "make generate writes it anew"


@pytest.mark.slow
def test_the_document_is_valid_openapi() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"] == "3.1.0"


def test_the_document_has_every_route_and_no_other() -> None:
    routes = {
        (path, method.lower())
        for endpoint in ENDPOINTS
        for path in endpoint.paths
        for method in endpoint.methods
        if method != "HEAD"
    }
    assert {(path, method) for path, operations in DOCUMENT["paths"].items() for method in operations} == routes
    assert set(DOCUMENT["paths"]) == set(app.routes)


def test_every_operation_has_its_own_name() -> None:
    names = list(BY_NAME)
    assert len(names) == len(OPERATIONS)
    assert all(name.isidentifier() for name in names)


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_an_operation_describes_its_parameters_and_responses(path: str, method: str, operation: Json) -> None:
    assert operation["summary"].endswith((".", "?"))
    names = [one["name"] for one in operation["parameters"] if one.get("in") == "path"]
    assert [f"{{{name}}}" for name in names] == [part for part in path.split("/") if part.startswith("{")]
    successes = [code for code in operation["responses"] if code < "304"]
    assert successes
    for code in successes:
        assert ("content" in operation["responses"][code]) == (code not in ("204", "303"))


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_the_examples_fit_their_schemas(path: str, method: str, operation: Json) -> None:
    if "requestBody" in operation:
        [media] = operation["requestBody"]["content"].values()
        if "example" in media:
            component(media["schema"]).validate(media["example"])
    for answer in operation["responses"].values():
        for media in answer.get("content", {}).values():
            if "example" in media and not operation["operationId"].startswith("list_stacks"):  # an id there is text
                loose = json.loads(json.dumps(DOCUMENT["components"]))
                for schema in loose["schemas"].values():
                    schema.pop("required", None)  # the documents abridge some of their objects
                Draft202012Validator(media["schema"] | {"components": loose}).validate(media["example"])


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.view.__name__)
def test_the_examples_are_the_files_that_the_route_names(endpoint: Endpoint) -> None:
    operation = BY_NAME[endpoint.view.__name__]
    if endpoint.answer_example:
        [media] = operation["responses"][str(endpoint.statuses[0])]["content"].values()
        assert media["example"] == example(endpoint.answer_example)
    if endpoint.body_example:
        [media] = operation["requestBody"]["content"].values()
        assert media["example"] == example(endpoint.body_example)


def test_every_schema_of_the_document_is_used() -> None:
    text = contract.FILE.read_text()
    assert all(f'"#/components/schemas/{name}"' in text for name in DOCUMENT["components"]["schemas"])


def test_the_document_names_the_address_at_which_it_was_requested(anybody: httpx.Client) -> None:
    answer = anybody.get("/openapi.json")
    assert answer.json()["servers"] == [{"url": str(anybody.base_url).rstrip("/")}]
    assert answer.text == contract.FILE.read_text().replace(contract.WRITTEN_FOR, str(anybody.base_url).rstrip("/"))
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert anybody.get("/openapi.json", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_behind_a_stage_the_document_names_the_stage() -> None:
    answer = invoke("GET", "/openapi.json", stage="/dev")
    assert answer["json"]["servers"] == [{"url": "https://abc.execute-api.us-east-1.amazonaws.com/dev"}]


def test_a_response_that_the_document_does_not_describe_fails_a_test(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.serializers import workspaces

    monkeypatch.setattr(workspaces, "serialize_user", lambda *_: {"id": "undocumented"})
    with pytest.raises(ValueError, match="avatar"):
        ada.get("/api/workspaces")

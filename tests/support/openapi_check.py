"""Checking every response that a test gets over HTTP against the OpenAPI document."""

import json
import re
from functools import cache
from typing import Any

import httpx
from jsonschema_rs import Draft202012Validator

from infra.openapi import document

Json = dict[str, Any]


@cache
def described() -> Json:
    """Return the document with closed objects: a response may not have fields that it does not describe."""
    found = document.document(has_aliases=True)
    for schema in found["components"]["schemas"].values():
        if schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
    found["components"]["schemas"]["Contract"]["additionalProperties"] = True
    return found


@cache
def paths() -> list[tuple[re.Pattern[str], Json]]:
    """Return every path as a pattern, those without ids first."""
    found = sorted(described()["paths"].items(), key=lambda one: ("{" in one[0], one[0]))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operations) for path, operations in found]


def operation(method: str, path: str) -> Json | None:
    """Return the operation at an address, or None."""
    for pattern, operations in paths():
        if pattern.fullmatch(path.rstrip("/") or "/"):
            found: Json | None = operations.get(method.lower())
            return found
    return None


@cache
def validator(schema: str) -> Any:
    return Draft202012Validator(json.loads(schema) | {"components": described()["components"]})


def check_response(response: httpx.Response) -> None:
    """Fail if the document does not describe the status, the media type or the body of a response."""
    asked = operation(response.request.method, response.request.url.path)
    if (
        asked is None or response.status_code == 304 or "x-request-id" not in response.headers
    ):  # the response of another server
        return
    assert str(response.status_code) in asked["responses"], f"{asked['operationId']}: {response.status_code}"
    answer = resolved(asked["responses"][str(response.status_code)])
    if not response.content:
        assert "content" not in answer, asked["operationId"]
        return
    media_type = response.headers["content-type"].partition(";")[0]
    schema = answer["content"][media_type]["schema"]
    if media_type.endswith("json"):
        validator(json.dumps(schema)).validate(response.json())


def resolved(answer: Json) -> Json:
    if "$ref" not in answer:
        return answer
    found: Json = described()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return found

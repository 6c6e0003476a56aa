"""Checking every response that a test gets over HTTP against the OpenAPI document."""

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import httpx
from jsonschema_rs import Draft202012Validator, Registry

from infra.openapi import document

Json = dict[str, Any]

DOCUMENT = "urn:document"


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


@lru_cache(maxsize=10_000)
def operation(method: str, path: str) -> Json | None:
    """Return the operation at an address, or None."""
    for pattern, operations in paths():
        if pattern.fullmatch(path.rstrip("/") or "/"):
            found: Json | None = operations.get(method.lower())
            return found
    return None


@cache
def components() -> Registry:
    """Return the components of the document, prepared once for all validators."""
    return Registry([(DOCUMENT, {"components": described()["components"]})])


@cache
def validator(schema: str) -> Any:
    """Return the validator of a schema that refers to the components of the document."""
    return Draft202012Validator(
        json.loads(schema.replace('"#/components/', f'"{DOCUMENT}#/components/')), registry=components()
    )


def check_response(response: httpx.Response) -> None:
    """Fail if the document does not describe the status, the media type or the body of a response."""
    wrong = find_undescribed(
        response.request.method,
        response.request.url.path,
        response.status_code,
        response.headers,
        response.json() if response.content and "json" in response.headers.get("content-type", "") else None,
        is_empty=not response.content,
    )
    assert wrong is None, wrong


def find_undescribed(
    method: str, path: str, status: int, headers: Mapping[str, str], body: Any, *, is_empty: bool
) -> str | None:
    """Return what the document does not describe of a response, or None. `path` has no query string.

    `body` is the parsed JSON of the response. The names of the headers are in lower case.
    """
    asked = operation(method, path)
    if asked is None or status == 304 or "x-request-id" not in headers:  # the response of another server
        return None
    if str(status) not in asked["responses"]:
        return f"{asked['operationId']} has no status {status}."
    answer = resolved(asked["responses"][str(status)])
    if is_empty:
        return f"{asked['operationId']} has no empty response {status}." if "content" in answer else None
    media_type = headers["content-type"].partition(";")[0]
    if media_type not in answer.get("content", {}):
        return f"{asked['operationId']} has no response {status} of type {media_type}."
    schema = answer["content"][media_type]["schema"]
    if not media_type.endswith("json"):
        return None
    error = next(iter(validator(json.dumps(schema)).iter_errors(body)), None)
    return (
        f"{asked['operationId']} with status {status}: {error.message} ({list(error.instance_path)})" if error else None
    )


def resolved(answer: Json) -> Json:
    if "$ref" not in answer:
        return answer
    found: Json = described()["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return found

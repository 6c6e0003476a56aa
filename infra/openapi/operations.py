"""Endpoints as OpenAPI operations."""

import inspect
import re
from typing import Any

from chalicelib.errors import Problem
from chalicelib.http.endpoint import Endpoint, reader_of
from chalicelib.pages.rendering import HTML
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Boolean, Integer
from infra.openapi import examples, kinds, simple
from infra.openapi.links import CREATED

Operation = dict[str, Any]
JSON = "application/json"
ID = {"type": "integer", "minimum": 1, "maximum": 9_999_999_999_999_999}
PATH_IDS: dict[str, dict[str, Any]] = {
    "action_id": {"type": "string", "pattern": r"^[1-9][0-9]{0,15}(\.json)?$"},
    "block_id": {"type": "string", "pattern": "^[0-9a-f]{24}$"},
    "user_id": {"type": "string", "pattern": "^[0-9a-f]{9}$"},
    "user": {"type": "string", "pattern": "^[a-z0-9-]+$", "description": "slug or id"},
    "credential_id": {"type": "string", "pattern": "^[1-9][0-9]{0,8}-[0-9a-f]{16}$"},
    "token": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,100}$"},
}
READS, ANY, WRITES, BODIES = (400, 405, 406, 422, 429, 500, 503), (404,), (409, 413), (415,)
SIGNED = (401, 403)
MEANING = {200: "OK", 201: "Created", 204: "No content", 303: "See other"}


def operations(endpoint: Endpoint) -> list[tuple[str, str, Operation]]:
    """All operations of an endpoint: path, method, description. The first is the one that is meant."""
    name = endpoint.view.__name__
    found = []
    for path_number, path in enumerate(endpoint.paths):
        for method_number, method in enumerate(one for one in endpoint.methods if one != "HEAD"):
            suffix = ("_alias" if path_number else "") + (f"_{method.lower()}" if method_number else "")
            tag = "Other spellings" if suffix else _noun(endpoint)
            described = {"operationId": name + suffix, "tags": [tag]} | _operation(endpoint, path, method)
            found.append((path, method.lower(), described))
    return found


def _noun(endpoint: Endpoint) -> str:
    return endpoint.view.__module__.rpartition(".")[2].replace("_", " ").capitalize()


def _operation(endpoint: Endpoint, path: str, method: str) -> Operation:
    docstring = inspect.getdoc(endpoint.view) or ""
    parameters = [*_path(path, endpoint), *_query(endpoint.query), *_headers(endpoint, method)]
    return (
        {"summary": docstring.partition("\n")[0], "parameters": parameters}
        | _security(endpoint, method)
        | (_body(endpoint, method) if endpoint.body else {})
        | {"responses": _responses(endpoint, method)}
    )


def _path(path: str, endpoint: Endpoint) -> list[Operation]:
    schemas = {name: PATH_IDS.get(name, ID) for name in re.findall(r"\{(\w+)\}", path)}
    if endpoint.ignores_path_ids:
        schemas = {name: {"type": "string", "description": "means nothing"} for name in schemas}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in schemas.items()]


def _query(shape: Schema | None) -> list[Operation]:
    fields = shape.fields if shape else {}
    return [{"name": name, "in": "query", "schema": _parameter(kind)} for name, kind in fields.items()]


def _parameter(kind: Any) -> kinds.JsonSchema:
    """What may stand in a query string, where everything is text: numbers are numbers there, and flags are flags."""
    if isinstance(kind, Integer):
        return simple.number(kind)
    return kinds.answered(kind) if isinstance(kind, Boolean) else kinds.accepted(kind)


def _headers(endpoint: Endpoint, method: str) -> list[Operation]:
    if endpoint.is_open:
        return []
    wanted = ["IfNoneMatch"] if method == "GET" else ["IdempotencyKey"]
    if method != "GET" and reader_of(endpoint) and not endpoint.ignores_path_ids:
        wanted.append("IfMatch")
    return [{"$ref": f"#/components/parameters/{name}"} for name in wanted]


def _body(endpoint: Endpoint, method: str) -> Operation:
    suffix = "Input" if method == "POST" else "Update"
    schema = kinds.reference(endpoint.body, suffix) if endpoint.body else {}
    content = {JSON: {"schema": schema} | examples.body(endpoint.view.__name__)}
    return {"requestBody": {"required": not endpoint.needs_no_body, "content": content}}


def _responses(endpoint: Endpoint, method: str) -> Operation:
    is_read = method == "GET"
    success = {str(status): _success(endpoint, status, method) for status in endpoint.statuses}
    codes = {*READS, *ANY}
    codes |= set() if is_read else set(WRITES)
    codes |= {403} if not is_read else set()  # from another site's page
    codes |= set() if endpoint.is_open else {*SIGNED, *(() if is_read else (412,))}
    codes |= set(BODIES) if endpoint.body else set()
    problems = {str(code): {"$ref": f"#/components/responses/{_response(code)}"} for code in sorted(codes)}
    unchanged = {"304": {"description": "Not modified"}} if is_read else {}
    if endpoint.media_type == HTML:
        problems |= {code: _page(code) for code in ("403", "404", "409", "422") if code in problems}
    return success | unchanged | problems | _refusals(endpoint)


def _refusals(endpoint: Endpoint) -> Operation:
    """What an endpoint answers instead of problem details."""
    if endpoint.error_format is None:
        return {}
    content = {JSON: {"schema": kinds.answered(endpoint.error_format.answers)}}
    return {str(code): {"description": _titles()[code], "content": content} for code in endpoint.error_format.statuses}


def _security(endpoint: Endpoint, method: str) -> Operation:
    if endpoint.is_open:
        return {"security": []}
    return {} if method == "GET" else {"security": security("write")}


def security(scope: str) -> list[Operation]:
    """The ways to sign in, of which one is enough."""
    return [{"basic": []}, {"bearer": []}, {"oauth2": [scope]}]


def _success(endpoint: Endpoint, status: int, method: str) -> Operation:
    described: Operation = {"description": MEANING[status], "headers": {}}
    created = status in (201, 303) or (endpoint.view.__name__ in CREATED and 201 not in endpoint.statuses)
    location = ["Location"] if created else []
    headers = ["XRequestId", *location, *([] if method == "DELETE" or status == 303 else ["ETag"])]
    names = {"XRequestId": "X-Request-Id"}
    described["headers"] = {names.get(one, one): {"$ref": f"#/components/headers/{one}"} for one in headers}
    if endpoint.answers is not None:
        example = examples.answer(endpoint.view.__name__)
        described["content"] = {JSON: {"schema": kinds.answered(endpoint.answers)} | example}
    elif endpoint.media_type != JSON and status != 303:
        described["content"] = {endpoint.media_type: {"schema": {"type": "string"}}}
    return described


def _page(code: str) -> Operation:
    content = {HTML: {"schema": {"type": "string"}}, "application/problem+json": {"schema": PROBLEM}}
    return {"description": _titles()[int(code)], "content": content}


PROBLEM = {"$ref": "#/components/schemas/Problem"}


def _titles() -> dict[int, str]:
    known = {kind.status: kind.title for kind in _below(Problem)}
    return known | {401: "Unauthorized", 429: "Too Many Requests", 500: "Internal Server Error"}


def _below(kind: type[Problem]) -> list[type[Problem]]:
    return [kind, *(one for below in kind.__subclasses__() for one in _below(below))]


def _response(code: int) -> str:
    return _titles()[code].title().replace(" ", "")


def responses() -> Operation:
    """The problems that operations refer to."""
    content = {"application/problem+json": {"schema": PROBLEM}}
    codes = {*READS, *ANY, *WRITES, *BODIES, *SIGNED, 412}
    return {_response(code): {"description": _titles()[code], "content": content} for code in sorted(codes)}

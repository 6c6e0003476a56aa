"""Endpoints as OpenAPI operations."""

import inspect
from typing import Any

from chalicelib.errors import Problem
from chalicelib.http.endpoint import Endpoint, find_reader
from chalicelib.http.path_variables import ANY_TEXT, PATH_VARIABLES, variable_names
from chalicelib.pages.rendering import HTML
from chalicelib.validation.schema import Schema
from chalicelib.validation.types import Boolean, Integer
from infra.openapi import field_types, json_schema
from infra.openapi.examples import read_example

Operation = dict[str, Any]
JSON, PROBLEM_JSON, JPEG = "application/json", "application/problem+json", "image/jpeg"
PROBLEM = {"$ref": "#/components/schemas/Problem"}
ALIASES_TAG = "Other spellings"
MEANINGLESS = ANY_TEXT.json_schema | {"description": "has no meaning"}

# The errors of every call, of writes, of calls with a body, and of calls that need credentials.
ANY_ERRORS, WRITE_ERRORS, BODY_ERRORS = (400, 404, 405, 406, 422, 429, 500, 503), (403, 409, 413), (415,)
CREDENTIAL_ERRORS, PRECONDITION_ERRORS = (401, 403), (412,)
TITLES = {200: "OK", 201: "Created", 204: "No content", 303: "See other"}


def describe_operations(endpoint: Endpoint) -> list[tuple[str, str, Operation]]:
    """Return path, method and description of an endpoint's operations. The first of them is the documented one."""
    operations = []
    for path_number, path in enumerate(endpoint.paths):
        methods = [method for method in endpoint.methods if method != "HEAD"]
        for method_number, method in enumerate(methods):
            suffix = ("_alias" if path_number else "") + (f"_{method.lower()}" if method_number else "")
            tag = ALIASES_TAG if suffix else endpoint.noun.replace("_", " ").capitalize()
            names = {"operationId": endpoint.view.__name__ + suffix, "tags": [tag]}
            operations.append((path, method.lower(), names | _describe(endpoint, path, method)))
    return operations


def _describe(endpoint: Endpoint, path: str, method: str) -> Operation:
    docstring = inspect.getdoc(endpoint.view) or ""
    parameters = [
        *_path_parameters(path, endpoint),
        *_query_parameters(endpoint.query),
        *_header_parameters(endpoint, method),
    ]
    return (
        {"summary": docstring.partition("\n")[0], "parameters": parameters}
        | _security(endpoint, method)
        | _request_body(endpoint, method)
        | {"responses": _responses(endpoint, method)}
    )


def _path_parameters(path: str, endpoint: Endpoint) -> list[Operation]:
    parameters = []
    for name in variable_names(path):
        schema = MEANINGLESS if endpoint.ignores_path_variables else PATH_VARIABLES[name].json_schema
        parameters.append({"name": name, "in": "path", "required": True, "schema": schema})
    return parameters


def _query_parameters(schema: Schema | None) -> list[Operation]:
    fields = schema.fields if schema else {}
    return [{"name": name, "in": "query", "schema": _query_schema(kind)} for name, kind in fields.items()]


def _query_schema(kind: Any) -> json_schema.JsonSchema:
    """Return the JSON Schema of a query parameter. All of it is text, so numbers need no second form as digits."""
    if isinstance(kind, Integer):
        return field_types.number_schema(kind)
    return json_schema.response_schema(kind) if isinstance(kind, Boolean) else json_schema.request_schema(kind)


def _header_parameters(endpoint: Endpoint, method: str) -> list[Operation]:
    if endpoint.is_open:
        return []
    names = ["IfNoneMatch"] if method == "GET" else ["IdempotencyKey"]
    if method != "GET" and find_reader(endpoint) and not endpoint.ignores_path_variables:
        names.append("IfMatch")
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _security(endpoint: Endpoint, method: str) -> Operation:
    if endpoint.is_open:
        return {"security": []}
    return {} if method == "GET" else {"security": describe_security("write")}


def describe_security(scope: str) -> list[Operation]:
    """Return the ways to authenticate. Any one of them is enough."""
    return [{"basic": []}, {"bearer": []}, {"oauth2": [scope]}]


def _request_body(endpoint: Endpoint, method: str) -> Operation:
    if not endpoint.body:
        return {}
    schema = json_schema.reference(endpoint.body, "Input" if method == "POST" else "Update")
    content = {JSON: {"schema": schema} | read_example(endpoint.body_example)}
    return {"requestBody": {"required": not endpoint.is_body_optional, "content": content}}


def _responses(endpoint: Endpoint, method: str) -> Operation:
    responses = {str(status): _success(endpoint, status, method) for status in endpoint.statuses}
    if method == "GET":
        responses["304"] = {"description": "Not modified"}
    for status in sorted(_error_statuses(endpoint, method)):
        responses[str(status)] = _error(endpoint, status)
    return responses


def _error_statuses(endpoint: Endpoint, method: str) -> set[int]:
    statuses = set(ANY_ERRORS)
    if method != "GET":
        statuses |= set(WRITE_ERRORS)
    if not endpoint.is_open:
        statuses |= set(CREDENTIAL_ERRORS)
        statuses |= set() if method == "GET" else set(PRECONDITION_ERRORS)
    if endpoint.body:
        statuses |= set(BODY_ERRORS)
    return statuses | set(endpoint.error_format.statuses if endpoint.error_format else ())


def _error(endpoint: Endpoint, status: int) -> Operation:
    """Return the response of an error: in the endpoint's own format, as a page, or as problem details."""
    if endpoint.error_format and status in endpoint.error_format.statuses:
        content = {JSON: {"schema": json_schema.response_schema(endpoint.error_format.answers)}}
        return {"description": _error_titles()[status], "content": content}
    if endpoint.media_type == HTML and status != 429:  # which only API Gateway answers
        content = {HTML: {"schema": {"type": "string"}}, PROBLEM_JSON: {"schema": PROBLEM}}
        return {"description": _error_titles()[status], "content": content}
    return {"$ref": f"#/components/responses/{_component_name(status)}"}


def _success(endpoint: Endpoint, status: int, method: str) -> Operation:
    is_creation = endpoint.creates is not None and status == endpoint.statuses[0]
    headers = {"X-Request-Id": "XRequestId"}
    if is_creation or status == 303:
        headers["Location"] = "Location"
    if method != "DELETE" and status != 303:
        headers["ETag"] = "ETag"
    references = {name: {"$ref": f"#/components/headers/{component}"} for name, component in headers.items()}
    described: Operation = {"description": TITLES[status], "headers": references}
    if endpoint.answers is not None:
        schema = json_schema.response_schema(endpoint.answers)
        described["content"] = {JSON: {"schema": schema} | read_example(endpoint.answer_example)}
    elif endpoint.media_type != JSON and status != 303:
        file_format = {"format": "binary"} if endpoint.media_type == JPEG else {}
        described["content"] = {endpoint.media_type: {"schema": {"type": "string"} | file_format}}
    return described


def describe_error_responses() -> Operation:
    """Return the error responses that operations refer to."""
    content = {PROBLEM_JSON: {"schema": PROBLEM}}
    statuses = {*ANY_ERRORS, *WRITE_ERRORS, *BODY_ERRORS, *CREDENTIAL_ERRORS, *PRECONDITION_ERRORS}
    return {
        _component_name(status): {"description": _error_titles()[status], "content": content}
        for status in sorted(statuses)
    }


def _error_titles() -> dict[int, str]:
    """Return the titles of all errors: those of chalicelib.errors, and those that only API Gateway answers."""
    titles = {kind.status: kind.title for kind in _with_subclasses(Problem)}
    return titles | {401: "Unauthorized", 429: "Too Many Requests", 500: "Internal Server Error"}


def _with_subclasses(kind: type[Problem]) -> list[type[Problem]]:
    return [kind, *(descendant for child in kind.__subclasses__() for descendant in _with_subclasses(child))]


def _component_name(status: int) -> str:
    return _error_titles()[status].title().replace(" ", "")

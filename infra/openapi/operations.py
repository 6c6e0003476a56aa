"""Endpoints as OpenAPI operations."""

import inspect
from typing import Any

from chalicelib.errors import Problem
from chalicelib.http.endpoint import CSV, ENDPOINTS, JSON, MARKDOWN, Endpoint
from chalicelib.pages.rendering import HTML
from infra.openapi import components, dry_runs, examples, forms, json_schema, parameters, tags

Operation = dict[str, Any]
PROBLEM_JSON, JPEG = "application/problem+json", "image/jpeg"
FORM = "application/x-www-form-urlencoded"
PROBLEM = {"$ref": "#/components/schemas/Problem"}

# The errors of every call, of writes, of calls with a body, and of calls that need credentials.
ANY_ERRORS, WRITE_ERRORS, BODY_ERRORS = (400, 404, 405, 406, 422, 429, 500, 503), (403, 409, 413), (415,)
CREDENTIAL_ERRORS, PRECONDITION_ERRORS = (401, 403), (412,)
UNCONFIRMED = (428,)  # of a deletion, where the account requires a confirmation
# What to say about the other media types of an answer.
FORMATS = {
    CSV: f"With `Accept: {CSV}` or `format=csv` the answer is CSV.",
    MARKDOWN: f"With `Accept: {MARKDOWN}` the answer is Markdown.",
}
TITLES = {200: "OK", 201: "Created", 202: "Accepted", 204: "No content", 303: "See other"}


def describe_operations(endpoint: Endpoint, *, has_aliases: bool = False) -> list[tuple[str, str, Operation]]:
    """Return path, method and description of an endpoint's documented operation, and of its aliases if asked for.

    An alias is another method or another path that does the same.
    """
    operations = []
    for path_number, path in enumerate(endpoint.paths):
        for method_number, method in enumerate(_methods(endpoint)):
            suffix = ("_alias" if path_number else "") + (f"_{method.lower()}" if method_number else "")
            if has_aliases or not suffix:
                names = {
                    "operationId": endpoint.view.__name__ + suffix,
                    "tags": [tags.ALIASES_TAG if suffix else tags.tag_name(endpoint.noun)],
                }
                operations.append((path, method.lower(), names | _describe(endpoint, path, method)))
    return operations


def _methods(endpoint: Endpoint) -> list[str]:
    return [method for method in endpoint.methods if method != "HEAD"]


def _describe(endpoint: Endpoint, path: str, method: str) -> Operation:
    sentences = inspect.getdoc(endpoint.view) or ""
    return (
        {
            "summary": endpoint.view.__name__.replace("_", " ").capitalize(),
            "description": " ".join([*sentences.split(), *_describe_aliases(endpoint)]),
            "parameters": parameters.describe_parameters(endpoint, path, method),
            "security": [] if endpoint.is_open else describe_security(_scope(endpoint, method)),
        }
        | ({"deprecated": True} if endpoint.ignores_path_variables else {})
        | _request_body(endpoint, method)
        | {"responses": _responses(endpoint, method)}
    )


def _describe_aliases(endpoint: Endpoint) -> list[str]:
    """Return sentences about other methods and paths, which are not in the document, and about other media types."""
    methods = [f"`{method}` does the same." for method in _methods(endpoint)[1:]]
    formats = [FORMATS[media_type] for media_type in endpoint.other_media_types]
    return [*methods, *(f"`{path}` is another address of this call." for path in endpoint.paths[1:]), *formats]


def _scope(endpoint: Endpoint, method: str) -> str:
    """Return the scope that a credential needs. The calls in messages check the scope themselves."""
    return "read" if method == "GET" or endpoint.carries_messages else "write"


def describe_security(scope: str) -> list[Operation]:
    """Return the ways to authenticate. Any one of them is enough."""
    return [{"basic": []}, {"bearer": []}, {"oauth2": [scope]}]


def _request_body(endpoint: Endpoint, method: str) -> Operation:
    if not endpoint.body:
        return {}
    name = components.body_name(endpoint.body, is_partial=method != "POST")
    content = {JSON: {"schema": json_schema.reference(name)} | examples.body_example(endpoint.body_example)}
    if endpoint.paths[0].startswith(forms.DOCUMENTED_UNDER):
        form = {"schema": json_schema.reference(forms.form_name(name))}
        content[FORM] = form | examples.form_example(endpoint.body_example)
    return {"requestBody": {"required": not endpoint.is_body_optional, "content": content}}


def _responses(endpoint: Endpoint, method: str) -> Operation:
    responses = {str(status): _success(endpoint, status, method) for status in endpoint.statuses}
    responses = dry_runs.add_dry_run(endpoint, responses)
    if method == "GET":
        responses["304"] = {"description": "Not modified"}
    for status in sorted(_error_statuses(endpoint, method)):
        responses[str(status)] = _error(endpoint, status)
    return responses


def _error_statuses(endpoint: Endpoint, method: str) -> set[int]:
    statuses = {*ANY_ERRORS, *endpoint.more_errors}
    if method != "GET":
        statuses |= set(WRITE_ERRORS)
    if not endpoint.is_open:
        statuses |= set(CREDENTIAL_ERRORS)
        statuses |= set() if method == "GET" or endpoint.carries_messages else set(PRECONDITION_ERRORS)
    if endpoint.is_deletion:
        statuses |= set(UNCONFIRMED)
    if endpoint.body or (method == "POST" and endpoint.media_type == "text/html"):  # pages read their forms themselves
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
    gets_no_answer = endpoint.carries_messages and status == 202
    if method != "DELETE" and status != 303 and not gets_no_answer:
        headers["ETag"] = "ETag"
    references = {name: {"$ref": f"#/components/headers/{component}"} for name, component in headers.items()}
    described: Operation = {"description": TITLES[status], "headers": references}
    if endpoint.answers is not None and not gets_no_answer:
        described["content"] = {one: _describe_answer(endpoint, one) for one in endpoint.media_types}
    elif endpoint.media_type != JSON and status != 303:
        file_format = {"format": "binary"} if endpoint.media_type == JPEG else {}
        described["content"] = {one: {"schema": {"type": "string"} | file_format} for one in endpoint.media_types}
    return described


def _describe_answer(endpoint: Endpoint, media_type: str) -> Operation:
    """Return the schema and the example of a successful answer in one of its media types."""
    name, kind = endpoint.answer_example, endpoint.answers
    if media_type == CSV:
        return {"schema": {"type": "string"}} | examples.csv_example(name, kind)
    schema = json_schema.response_schema(kind)
    if endpoint.carries_messages:  # a batch of messages gets an array of answers
        schema = {"anyOf": [schema, {"type": "array", "items": schema}]}
    return {"schema": schema} | examples.answer_example(name, kind)


def describe_error_responses() -> Operation:
    """Return the error responses that operations refer to."""
    content = {PROBLEM_JSON: {"schema": PROBLEM}}
    statuses = {*ANY_ERRORS, *WRITE_ERRORS, *BODY_ERRORS, *CREDENTIAL_ERRORS, *PRECONDITION_ERRORS, *UNCONFIRMED}
    statuses |= {status for endpoint in ENDPOINTS for status in endpoint.more_errors}
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

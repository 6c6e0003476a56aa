"""From a request to its response: everything that all routes have in common, in the order in which it happens."""

from typing import Any

from chalice.app import Request, Response

from chalicelib import clock, errors, json_text, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.http import conditional, cors, idempotency, log, negotiation, problems
from chalicelib.http.endpoint import Endpoint, find_reader
from chalicelib.http.path_variables import PATH_VARIABLES
from chalicelib.http.request import (
    ApiRequest,
    full_path,
    is_lenient,
    raw_body,
    read_body,
    read_caller,
    read_query,
    request_origin,
    stage_prefix,
)
from chalicelib.http.response import ApiResponse
from chalicelib.storage import metering, unit_of_work
from chalicelib.storage.metering import Cost
from chalicelib.storage.unit_of_work import Change

READ_METHODS = ("GET", "HEAD")


def respond(endpoint: Endpoint, raw: Request, path_texts: dict[str, str]) -> Response:
    """Answer a request, whatever happens, and write its line to the access log."""
    started = clock.stopwatch()
    request_id = str(raw.context.get("requestId") or randomness.request_id())
    caller = read_caller(raw)
    with metering.measure() as cost:
        response = _answer_or_explain(endpoint, raw, caller, path_texts, request_id)
    milliseconds = (clock.stopwatch() - started) * 1000
    _write_log_line(raw, caller, request_id, response, milliseconds, cost)
    return _to_chalice_response(raw, response, request_id, cost)


def _answer_or_explain(
    endpoint: Endpoint, raw: Request, caller: Caller, path_texts: dict[str, str], request_id: str
) -> ApiResponse:
    """Plan and commit the call and return its answer. Every error becomes an answer too."""
    try:
        return unit_of_work.run_with_retries(lambda: _plan(endpoint, raw, caller, path_texts))
    except errors.Problem as problem:
        response = endpoint.error_format.format(problem) if endpoint.error_format else None
        return response or problems.problem_response(problem, full_path(raw), request_id)
    except Exception:  # the last resort: internal details must not reach the client
        log.write_exception(request_id)
        failure = errors.Problem("An internal error occurred. The log has details under this request_id.")
        return problems.problem_response(failure, full_path(raw), request_id)


def _plan(endpoint: Endpoint, raw: Request, caller: Caller, path_texts: dict[str, str]) -> Change[ApiResponse]:
    """Check the request, run its view and complete the answer. Only a call in steps commits anything here."""
    _require_allowed(endpoint, raw, caller)
    receipt = None if endpoint.is_open else idempotency.find_receipt(raw, caller)
    if receipt and receipt.status:
        return Change(idempotency.replay_receipt(receipt, raw, caller))
    request = _read_request(endpoint, raw, caller, path_texts)
    if endpoint.in_steps:
        _require_if_match(endpoint, request)
        change = _run_view(endpoint, request)
    else:  # the plan's versions guarantee that a match after planning is still one when the plan is committed
        change = _run_view(endpoint, request)
        _require_if_match(endpoint, request)
    change = change.with_answer(_add_etag(raw, _add_canonical_link(endpoint, raw, change.answer)))
    return idempotency.attach_receipt(receipt, change, raw, caller) if receipt else change


def _require_allowed(endpoint: Endpoint, raw: Request, caller: Caller) -> None:
    """Raises errors.NotAcceptable, and errors.Forbidden for writes of other sites and of read-only credentials."""
    negotiation.require_acceptable(raw.headers.get("accept"), endpoint.media_type)
    if raw.method not in READ_METHODS:
        negotiation.require_allowed_origin(raw.headers, request_origin(raw.headers))
        if not endpoint.is_open:
            access.require_write_scope(caller)


def _read_request(endpoint: Endpoint, raw: Request, caller: Caller, path_texts: dict[str, str]) -> ApiRequest:
    """Check path, query and body, in this order. Raises errors.NotFound, errors.Invalid and as parse_body."""
    path_values = {}
    if not endpoint.ignores_path_variables:
        path_values = {name: PATH_VARIABLES[name].read(text) for name, text in path_texts.items()}
    query = read_query(raw, endpoint.query)
    has_no_body = endpoint.is_body_optional and not raw_body(raw)
    body = read_body(raw, None if has_no_body else endpoint.body, partial=raw.method in ("PATCH", "PUT"))
    return ApiRequest(raw, caller, query, body, path_values)


def _run_view(endpoint: Endpoint, request: ApiRequest) -> Change[ApiResponse]:
    """Call the view. It may return a value, a response, or a Change with either."""
    outcome = endpoint.view(request, **request.path_values)
    change: Change[Any] = outcome if isinstance(outcome, Change) else Change(outcome)
    return change.with_answer(_to_api_response(endpoint, request, change.answer))


def _to_api_response(endpoint: Endpoint, request: ApiRequest, answer: Any) -> ApiResponse:
    """Give a value the status that the route declares first, and Location if the route declares what it creates.

    A response that the view made itself stays as it is. An array has no Location, because it has several objects.
    """
    if isinstance(answer, ApiResponse):
        return answer
    headers = {"Cache-Control": "no-store"} if endpoint.has_secret else {}
    response = ApiResponse("" if answer is None else answer, endpoint.statuses[0], headers)
    if endpoint.creates is None or isinstance(answer, list):
        return response
    body = json_text.load(answer) if isinstance(answer, str) else answer
    path_values = request.path_values | {endpoint.creates.variable: endpoint.creates.find_id(body)}
    path = endpoint.creates.path.format(**path_values) + PATH_VARIABLES[endpoint.creates.variable].suffix
    return response.with_headers({"Location": request.href(path)})


def _require_if_match(endpoint: Endpoint, request: ApiRequest) -> None:
    """Raises errors.PreconditionFailed if If-Match does not name what a GET of the same address shows now."""
    if_match = request.raw.headers.get("if-match")
    if not if_match or request.raw.method in READ_METHODS or endpoint.is_open or endpoint.ignores_path_variables:
        return
    reader = find_reader(endpoint)
    if reader is None:
        return
    path_values = {name: value for name, value in request.path_values.items() if f"{{{name}}}" in reader.paths[0]}
    current = _run_view(reader, ApiRequest(request.raw, request.caller, {}, {}, path_values)).answer
    conditional.require_match(current.text, if_match)


def _add_canonical_link(endpoint: Endpoint, raw: Request, response: ApiResponse) -> ApiResponse:
    """Point from an alias to the documented path (RFC 8288, RFC 6596)."""
    if raw.path == endpoint.paths[0] or not endpoint.has_canonical_path:
        return response
    canonical_path = stage_prefix(raw) + endpoint.paths[0].format(**(raw.uri_params or {}))
    links = [response.headers.get("Link"), f'<{canonical_path}>; rel="canonical"']
    return response.with_headers({"Link": ", ".join(filter(None, links))})


def _add_etag(raw: Request, response: ApiResponse) -> ApiResponse:
    if raw.method == "DELETE" or not response.text:
        return response
    return response.with_headers({"ETag": conditional.etag(response.text)})


def _to_chalice_response(raw: Request, response: ApiResponse, request_id: str, cost: Cost) -> Response:
    """Add the headers of every answer, and leave the body out where the client has it already or sent HEAD."""
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json", **response.headers}
    headers |= _common_headers(request_id, cost) | cors.cors_headers(raw.headers)
    if is_lenient(raw):
        headers["Preference-Applied"] = "handling=lenient"
    if raw.method in READ_METHODS and response.status == 200:
        headers.setdefault("Cache-Control", "private, no-cache")  # caches keep it, and revalidate it by its ETag
        if conditional.matches_etag(response.text, raw.headers.get("if-none-match")):
            return Response("", headers, 304)
    return Response("" if raw.method == "HEAD" else response.text, headers, response.status)


def _common_headers(request_id: str, cost: Cost) -> dict[str, str]:
    units = f"calls={cost.calls} rcu={cost.read_units:g} wcu={cost.write_units:g}"
    return {
        "X-Request-Id": request_id,
        "Server-Timing": f'dynamodb;dur={cost.milliseconds:.1f};desc="{units}"',
        "X-Content-Type-Options": "nosniff",
    }


def _write_log_line(
    raw: Request, caller: Caller, request_id: str, response: ApiResponse, milliseconds: float, cost: Cost
) -> None:
    log.write_line(
        request_id=request_id,
        account=caller.account,
        key=caller.key,
        method=raw.method,
        route=raw.path,
        status=response.status,
        ms=round(milliseconds, 1),
        **log.cost_fields(cost),
    )

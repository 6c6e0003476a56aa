"""From a request to its response: every check that does not depend on the route, in the order of their cost."""

from typing import Any

from chalice.app import Request, Response

from chalicelib import clock, errors, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.http import conditional, cors, idempotency, log, negotiation, problems
from chalicelib.http.endpoint import Endpoint, reader_of
from chalicelib.http.path_ids import PATH_IDS
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


def respond(endpoint: Endpoint, request: Request, ids: dict[str, str]) -> Response:
    """Answers a request, whatever happens, and writes its line in the log."""
    began = clock.stopwatch()
    request_id = str(request.context.get("requestId") or randomness.request_id())
    caller = read_caller(request)
    with metering.measure() as taken:
        reply = _guarded(endpoint, request, caller, ids, request_id)
    milliseconds = (clock.stopwatch() - began) * 1000
    _log(request, caller, request_id, reply, milliseconds, taken)
    return _response(request, reply, _common(request_id, taken) | cors.cors_headers(request.headers))


def _guarded(endpoint: Endpoint, request: Request, caller: Caller, ids: dict[str, str], request_id: str) -> ApiResponse:
    try:
        return unit_of_work.run_with_retries(lambda: _perform(endpoint, request, caller, ids))
    except errors.Problem as problem:
        said = endpoint.error_format.format(problem) if endpoint.error_format else None
        return said or problems.problem_response(problem, full_path(request), request_id)
    except Exception:  # the last resort: nothing of what went wrong inside may reach the client
        log.write_exception(request_id)
        failure = errors.Problem("something went wrong inside; the log tells more under this request_id")
        return problems.problem_response(failure, full_path(request), request_id)


def _perform(endpoint: Endpoint, request: Request, caller: Caller, ids: dict[str, str]) -> Change[ApiResponse]:
    negotiation.require_acceptable(request.headers.get("accept"), endpoint.media_type)
    if request.method not in READ_METHODS:
        negotiation.require_allowed_origin(request.headers, request_origin(request.headers))
        if not endpoint.is_open:
            access.require_write_scope(caller)
    receipt = None if endpoint.is_open else idempotency.find_receipt(request, caller)
    if receipt and receipt.status:
        return Change(idempotency.replay_receipt(receipt, request, caller))
    change = _view(endpoint, request, caller, ids)
    return idempotency.attach_receipt(receipt, change, request, caller) if receipt else change


def _view(endpoint: Endpoint, request: Request, caller: Caller, ids: dict[str, str]) -> Change[ApiResponse]:
    path_ids = {} if endpoint.ignores_path_ids else {name: PATH_IDS[name](text) for name, text in ids.items()}
    query = read_query(request, endpoint.query)
    shape = None if endpoint.needs_no_body and not raw_body(request) else endpoint.body
    body = read_body(request, shape, partial=request.method in ("PATCH", "PUT"))
    call = ApiRequest(request, caller, query, body)
    if endpoint.in_steps:
        _check_precondition(endpoint, call, path_ids)
        change = _change(endpoint.view(call, **path_ids))
    else:  # what fits after the plan was made, and is still so when the plan is committed, is what was meant
        change = _change(endpoint.view(call, **path_ids))
        _check_precondition(endpoint, call, path_ids)
    return change.with_answer(_tagged(request, _pointing(endpoint, request, change.answer)))


def _change(outcome: Any) -> Change[ApiResponse]:
    change: Change[Any] = outcome if isinstance(outcome, Change) else Change(outcome)
    return change.with_answer(change.answer if isinstance(change.answer, ApiResponse) else ApiResponse(change.answer))


def _check_precondition(endpoint: Endpoint, call: ApiRequest, ids: dict[str, Any]) -> None:
    """Lets a write pass while If-Match holds for what its address shows. Raises errors.PreconditionFailed."""
    if_match = call.raw.headers.get("if-match")
    reader = reader_of(endpoint) if if_match and call.raw.method not in READ_METHODS else None
    if reader is None or endpoint.is_open or endpoint.ignores_path_ids:
        return
    known = {name: value for name, value in ids.items() if f"{{{name}}}" in reader.paths[0]}
    shown = _change(reader.view(ApiRequest(call.raw, call.caller, {}, {}), **known)).answer
    conditional.require_match(shown.text, if_match)


def _pointing(endpoint: Endpoint, request: Request, reply: ApiResponse) -> ApiResponse:
    """Says which address is the canonical one where a call has several (RFC 8288, RFC 6596)."""
    if request.path == endpoint.paths[0] or not endpoint.has_canonical:
        return reply
    canonical = endpoint.paths[0].format(**(request.uri_params or {}))
    link = f'<{stage_prefix(request)}{canonical}>; rel="canonical"'
    links = ", ".join(filter(None, [reply.headers.get("Link"), link]))
    return ApiResponse(reply.text, reply.status, reply.headers | {"Link": links})


def _tagged(request: Request, reply: ApiResponse) -> ApiResponse:
    if request.method == "DELETE" or not reply.text:
        return reply
    return ApiResponse(reply.text, reply.status, reply.headers | {"ETag": conditional.etag(reply.text)})


def _response(request: Request, reply: ApiResponse, common: dict[str, str]) -> Response:
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json", **reply.headers, **common}
    if is_lenient(request):
        headers["Preference-Applied"] = "handling=lenient"
    if request.method in READ_METHODS and reply.status == 200:
        headers.setdefault("Cache-Control", "private, no-cache")  # kept, but asked for again with its ETag
        if conditional.matches_etag(reply.text, request.headers.get("if-none-match")):
            return Response("", headers, 304)
    return Response("" if request.method == "HEAD" else reply.text, headers, reply.status)


def _common(request_id: str, taken: Cost) -> dict[str, str]:
    units = f"calls={taken.calls} rcu={taken.read_units:g} wcu={taken.write_units:g}"
    return {
        "X-Request-Id": request_id,
        "Server-Timing": f'dynamodb;dur={taken.milliseconds:.1f};desc="{units}"',
        "X-Content-Type-Options": "nosniff",
    }


def _log(
    request: Request, caller: Caller, request_id: str, reply: ApiResponse, milliseconds: float, taken: Cost
) -> None:
    log.write_line(
        request_id=request_id,
        account=caller.account,
        key=caller.key,
        method=request.method,
        route=request.path,
        status=reply.status,
        ms=round(milliseconds, 1),
        calls=taken.calls,
        rcu=taken.read_units,
        wcu=taken.write_units,
    )

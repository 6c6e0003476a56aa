"""From a request to its response: errors, headers, the access log and what the request cost."""

from typing import Any

from chalice.app import Request, Response

from chalicelib import clock, errors, randomness
from chalicelib.domain.access import Caller
from chalicelib.http import compression, conditional, error_pages, log, negotiation, problems
from chalicelib.http.endpoint import Endpoint, find_endpoints
from chalicelib.http.execution import READ_METHODS, Execution
from chalicelib.http.request import full_path, join_preferences, read_caller, stage_prefix
from chalicelib.http.response import ApiResponse
from chalicelib.storage import metering
from chalicelib.storage.metering import Cost

COMMON_HEADERS = {"X-Content-Type-Options": "nosniff"}


class BinaryResponse(Response):
    """A response whose body is the Base64 text of bytes. API Gateway decodes it, whatever the client accepts.

    Chalice itself would refuse clients that do not name the type of the body in Accept.
    """

    def to_dict(self, binary_types: list[str] | None = None) -> dict[str, Any]:
        """Return the response as API Gateway expects it from a Lambda function."""
        response: dict[str, Any] = super().to_dict(binary_types)
        return response | {"isBase64Encoded": True}


def respond(endpoint: Endpoint, raw: Request, path_texts: dict[str, str]) -> Response:
    """Answer a request, whatever happens, and write its line to the access log."""
    started = clock.stopwatch()
    request_id = str(raw.context.get("requestId") or randomness.request_id())
    caller = read_caller(raw)
    join_preferences(raw)
    with metering.measure() as cost:
        response = answer_or_explain(endpoint, raw, caller, path_texts, request_id)
    milliseconds = (clock.stopwatch() - started) * 1000
    _write_log_line(raw, caller, request_id, response, milliseconds, cost)
    return _to_chalice_response(endpoint, raw, response, request_id, cost)


def answer_or_explain(
    endpoint: Endpoint, raw: Request, caller: Caller, path_texts: dict[str, str], request_id: str
) -> ApiResponse:
    """Carry out the request and return its answer. Every error becomes an answer too, and only failures are logged."""
    try:
        return Execution(endpoint, raw, caller, path_texts, request_id).run()
    except errors.Problem as problem:
        return _explain(endpoint, raw, problem, request_id)
    except Exception:  # the last resort: internal details must not reach the client
        log.write_exception(request_id)
        failure = errors.Problem("An internal error occurred. The log has details under this request_id.")
        return _explain(endpoint, raw, failure, request_id)


def _explain(endpoint: Endpoint, raw: Request, problem: errors.Problem, request_id: str) -> ApiResponse:
    """Return the answer that reports an error: a page, in the format of the endpoint, or as problem details."""
    if error_pages.is_wanted(raw.headers, find_endpoints(raw.path)):
        return error_pages.build_page(problem, stage_prefix(raw), request_id)
    response = endpoint.error_format.format(problem) if endpoint.error_format else None
    return response or problems.problem_response(problem, full_path(raw), request_id)


def _to_chalice_response(
    endpoint: Endpoint, raw: Request, response: ApiResponse, request_id: str, cost: Cost
) -> Response:
    """Add the headers of every answer, and leave the body out where the client has it already or sent HEAD."""
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json", **response.headers}
    headers |= COMMON_HEADERS | {"X-Request-Id": request_id}
    headers |= negotiation.negotiated_headers(raw.headers, has_choice=bool(endpoint.other_media_types))
    if response.status < 400:  # what a refused request cost would tell what the caller may not see
        headers["Server-Timing"] = _server_timing(cost)
    if negotiation.is_lenient(raw.headers):
        applied = response.headers.get("Preference-Applied")
        headers["Preference-Applied"] = f"{applied}, handling=lenient" if applied else "handling=lenient"
    if raw.method in READ_METHODS and response.status == 200:
        headers.setdefault("Cache-Control", "private, no-cache")  # caches keep it, and revalidate it by its ETag
        if conditional.matches_etag(response.text, raw.headers.get("if-none-match")):
            return Response("", headers, 304)
    if raw.method == "HEAD":
        headers |= compression.length_headers(response.content, raw.headers.get("accept-encoding"))
        return Response("", headers, response.status)
    return (BinaryResponse if response.is_binary else Response)(response.text, headers, response.status)


def _server_timing(cost: Cost) -> str:
    """Return what the request took of DynamoDB, in the format of the header Server-Timing."""
    units = f"calls={cost.calls} rcu={cost.read_units:g} wcu={cost.write_units:g}"
    return f'dynamodb;dur={cost.milliseconds:.1f};desc="{units}"'


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
        **response.log_fields,
    )

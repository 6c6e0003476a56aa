"""From a request to its response: every check that does not depend on the route, in the order of their cost."""

import time
import uuid
from typing import Any

from chalice.app import Request, Response

from chalicelib import errors
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.http import call as calls
from chalicelib.http import conditional, cors, idempotency, log, negotiation, problems
from chalicelib.http.call import Call, Reply
from chalicelib.http.endpoint import Endpoint, reader_of
from chalicelib.storage import changes, cost
from chalicelib.storage.changes import Change
from chalicelib.storage.cost import Cost

READS = ("GET", "HEAD")


def respond(endpoint: Endpoint, request: Request, ids: dict[str, str]) -> Response:
    """Answers a request, whatever happens, and writes its line in the log."""
    began = time.perf_counter()
    request_id = str(request.context.get("requestId") or uuid.uuid4())
    caller = calls.caller(request)
    with cost.metered() as taken:
        reply = _guarded(endpoint, request, caller, ids, request_id)
    milliseconds = (time.perf_counter() - began) * 1000
    _log(request, caller, request_id, reply, milliseconds, taken)
    return _response(request, reply, _common(request_id, taken) | cors.headers(request.headers))


def _guarded(endpoint: Endpoint, request: Request, caller: Caller, ids: dict[str, str], request_id: str) -> Reply:
    try:
        return changes.settle(lambda: _perform(endpoint, request, caller, ids))
    except errors.Problem as problem:
        said = endpoint.refusals.say(problem) if endpoint.refusals else None
        return said or problems.reply(problem, calls.path(request), request_id)
    except Exception:  # the last resort: nothing of what went wrong inside may reach the client
        log.failure(request_id)
        failure = errors.Problem("something went wrong inside; the log tells more under this request_id")
        return problems.reply(failure, calls.path(request), request_id)


def _perform(endpoint: Endpoint, request: Request, caller: Caller, ids: dict[str, str]) -> Change[Reply]:
    negotiation.check_accept(request.headers.get("accept"), endpoint.media_type)
    if request.method not in READS:
        negotiation.check_origin(request.headers, calls.origin(request.headers))
        if not endpoint.is_open:
            access.may_write(caller)
    receipt = None if endpoint.is_open else idempotency.find(request, caller)
    if receipt and receipt.status:
        return Change(idempotency.replay(receipt, request, caller))
    change = _view(endpoint, request, caller, ids)
    return idempotency.sign(receipt, change, request, caller) if receipt else change


def _view(endpoint: Endpoint, request: Request, caller: Caller, ids: dict[str, str]) -> Change[Reply]:
    path_ids = {} if endpoint.ignores_ids else {name: calls.PATH_IDS[name](text) for name, text in ids.items()}
    query = calls.parameters(request, endpoint.query)
    shape = None if endpoint.needs_no_body and not calls.raw(request) else endpoint.body
    body = calls.body(request, shape, partial=request.method in ("PATCH", "PUT"))
    call = Call(request, caller, query, body)
    if endpoint.in_steps:
        _check_precondition(endpoint, call, path_ids)
        change = _change(endpoint.view(call, **path_ids))
    else:  # what fits after the plan was made, and is still so when the plan is committed, is what was meant
        change = _change(endpoint.view(call, **path_ids))
        _check_precondition(endpoint, call, path_ids)
    return change.answering(_tagged(request, _pointing(endpoint, request, change.answer)))


def _change(outcome: Any) -> Change[Reply]:
    change: Change[Any] = outcome if isinstance(outcome, Change) else Change(outcome)
    return change.answering(change.answer if isinstance(change.answer, Reply) else Reply(change.answer))


def _check_precondition(endpoint: Endpoint, call: Call, ids: dict[str, Any]) -> None:
    """Lets a write pass while If-Match holds for what its address shows. Raises errors.PreconditionFailed."""
    if_match = call.request.headers.get("if-match")
    reader = reader_of(endpoint) if if_match and call.request.method not in READS else None
    if reader is None or endpoint.is_open or endpoint.ignores_ids:
        return
    known = {name: value for name, value in ids.items() if f"{{{name}}}" in reader.paths[0]}
    shown = _change(reader.view(Call(call.request, call.caller, {}, {}), **known)).answer
    conditional.check(shown.text, if_match)


def _pointing(endpoint: Endpoint, request: Request, reply: Reply) -> Reply:
    """Says which address is the canonical one where a call has several (RFC 8288, RFC 6596)."""
    if request.path == endpoint.paths[0] or not endpoint.has_canonical:
        return reply
    canonical = endpoint.paths[0].format(**(request.uri_params or {}))
    link = f'<{calls.prefix(request)}{canonical}>; rel="canonical"'
    links = ", ".join(filter(None, [reply.headers.get("Link"), link]))
    return Reply(reply.text, reply.status, reply.headers | {"Link": links})


def _tagged(request: Request, reply: Reply) -> Reply:
    if request.method == "DELETE" or not reply.text:
        return reply
    return Reply(reply.text, reply.status, reply.headers | {"ETag": conditional.etag(reply.text)})


def _response(request: Request, reply: Reply, common: dict[str, str]) -> Response:
    headers: dict[str, str | list[str]] = {"Content-Type": "application/json", **reply.headers, **common}
    if calls.is_lenient(request):
        headers["Preference-Applied"] = "handling=lenient"
    if request.method in READS and reply.status == 200:
        headers.setdefault("Cache-Control", "private, no-cache")  # kept, but asked for again with its ETag
        if conditional.is_known(reply.text, request.headers.get("if-none-match")):
            return Response("", headers, 304)
    return Response("" if request.method == "HEAD" else reply.text, headers, reply.status)


def _common(request_id: str, taken: Cost) -> dict[str, str]:
    units = f"calls={taken.calls} rcu={taken.read_units:g} wcu={taken.write_units:g}"
    return {
        "X-Request-Id": request_id,
        "Server-Timing": f'dynamodb;dur={taken.milliseconds:.1f};desc="{units}"',
        "X-Content-Type-Options": "nosniff",
    }


def _log(request: Request, caller: Caller, request_id: str, reply: Reply, milliseconds: float, taken: Cost) -> None:
    log.write(
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

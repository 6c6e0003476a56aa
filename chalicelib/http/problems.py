"""Errors as problem details (RFC 9457). `message` repeats `detail` for existing clients."""

from typing import Any

from chalicelib import json_text
from chalicelib.errors import Invalid, Problem
from chalicelib.http.response import ApiResponse


def problem_response(problem: Problem, instance: str, request_id: str) -> ApiResponse:
    """Return the answer that reports an error."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": instance,
        "message": problem.detail,
        "request_id": request_id,
    }
    if isinstance(problem, Invalid):
        body["errors"] = problem.errors
    return ApiResponse(
        json_text.dump_sendable(body), problem.status, problem.headers | {"Content-Type": "application/problem+json"}
    )

"""Errors as problem details (RFC 9457). Existing clients read `message`, which says the same as `detail`."""

from typing import Any

from chalicelib import jsontext
from chalicelib.errors import Invalid, Problem
from chalicelib.http.call import Reply


def reply(problem: Problem, instance: str, request_id: str) -> Reply:
    """The answer that tells a client what is wrong."""
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
    text = jsontext.dump(body).encode(errors="replace").decode()  # a client's half surrogate pair cannot be sent back
    return Reply(text, problem.status, problem.headers | {"Content-Type": "application/problem+json"})

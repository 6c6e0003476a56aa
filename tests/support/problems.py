"""Checks of the problem documents that every error is answered with."""

import httpx


def assert_problem(answer: httpx.Response, status: int, words: str = "") -> None:
    """Check a problem document: its status, every member, and words in its detail."""
    problem = answer.json()
    assert answer.status_code == problem["status"] == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert words in problem["detail"]
    assert problem["detail"] == problem["message"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["instance"] == answer.request.url.raw_path.decode().partition("?")[0]
    assert problem["type"]
    assert problem["title"]


def assert_unauthorized(answer: httpx.Response) -> str:
    """Check a 401 with its challenge, and return its detail."""
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="OGSM and Workspaces API", charset="UTF-8"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    return str(answer.json()["detail"])

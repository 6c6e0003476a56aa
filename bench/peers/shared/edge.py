"""What the peers answer around their bodies: problem details (RFC 9457), entity tags (RFC 9110), JSON text."""

import hashlib
import json
from typing import Any

Event = dict[str, Any]
TITLES = {
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    412: "Precondition Failed",
    422: "Unprocessable Content",
}
JSON, PROBLEM_JSON = "application/json", "application/problem+json"


class Problem(Exception):
    """A request that cannot be answered as asked."""

    def __init__(self, status: int, detail: str, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.errors = status, detail, errors

    def text(self, event: Event) -> str:
        """The problem details."""
        context = event["requestContext"]
        body = {
            "type": "about:blank",
            "title": TITLES[self.status],
            "status": self.status,
            "detail": self.detail,
            "instance": context["path"],
            "message": self.detail,
            "request_id": context["requestId"],
        }
        return dump(body | ({"errors": self.errors} if self.errors else {}))


def invalid(errors: list[dict[str, str]]) -> Problem:
    """The problem of a body in which these fields are wrong."""
    return Problem(422, "; ".join(f"{one['pointer']}: {one['detail']}" for one in errors), errors)


def dump(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def etag(text: str) -> str:
    """The strong entity tag of a body."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def lists(header: str | None, text: str) -> bool:
    """Whether If-Match or If-None-Match names this body."""
    if not header:
        return False
    tags = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in tags or etag(text) in tags


def check(header: str | None, text: str) -> None:
    """Lets a write pass that is about the current body."""
    if header and not lists(header, text):
        raise Problem(412, "the object is not the one that If-Match names")


def answer(value: Any, status: int = 200, if_none_match: str | None = None) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer; 304 without a text for who has it already."""
    text = dump(value)
    headers = {"Content-Type": JSON, "ETag": etag(text)}
    if lists(if_none_match, text):
        return 304, headers, ""
    return status, headers, text


def account(event: Event, *, writing: bool = False) -> int:
    """The account of the caller, as the authorizer tells it."""
    caller = event["requestContext"]["authorizer"]
    if writing and caller["scope"] != "write":
        raise Problem(403, "this credential may only read")
    return int(caller["account"])


def user(event: Event) -> str:
    """The id of the caller."""
    return str(event["requestContext"]["authorizer"]["user"])


def number(text: str) -> int:
    """The number in a path."""
    digits = text.removesuffix(".json")
    if not digits.isascii() or not digits.isdigit() or digits.startswith("0"):
        raise Problem(404, "there is nothing at this address")
    return int(digits)


def stage(event: Event) -> str:
    """What API Gateway put before the path."""
    return str(event["requestContext"]["path"]).removesuffix(event["path"])


def origin(event: Event) -> str:
    """Scheme and host that the client asked."""
    headers = event["headers"]
    return f"{headers['X-Forwarded-Proto']}://{headers['Host']}"

"""One call of the API as views see it: who calls, what is asked, and what a reply may carry."""

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any
from urllib.parse import quote

from chalice.app import Request

from chalicelib import errors, jsontext
from chalicelib.dataclass import dataclass
from chalicelib.domain import credentials
from chalicelib.domain.access import NOBODY, Caller
from chalicelib.http import bodies
from chalicelib.render import Addresses
from chalicelib.shapes import Shape


@dataclass(frozen=True)
class Reply:
    """What a view answers: a value or ready JSON text, and headers of its own."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """The body as the text that is sent."""
        return self.body if isinstance(self.body, str) else jsontext.dump(self.body)


@dataclass(frozen=True)
class Call:
    """A request whose parameters and body have passed their schemas."""

    request: Request
    caller: Caller
    query: dict[str, Any]
    body: dict[str, Any]

    @property
    def addresses(self) -> Addresses:
        """Where the client reached the service."""
        return Addresses(origin(self.request.headers), prefix(self.request))

    def href(self, path: str) -> str:
        """A root-relative path that the client can follow: with the stage, where the request came through one."""
        return prefix(self.request) + path


def caller(request: Request) -> Caller:
    """Who the authorizer says is calling; nobody on open routes. On AWS every value arrives as text."""
    known = request.context.get("authorizer")
    if not known or "account" not in known:
        return NOBODY
    return Caller(int(known["account"]), known["user"], known["key"], known["scope"])


def path(request: Request) -> str:
    """The path that the client asked for, stage and all."""
    return str(request.context.get("path", request.path))


def prefix(request: Request) -> str:
    """What API Gateway put before the resource: `/prod` behind a stage, nothing behind a custom domain."""
    parts = request.path.rstrip("/").count("/")  # counted, since what stands in them may be encoded in either
    return path(request).rstrip("/").rsplit("/", parts)[0]


def parameters(request: Request, shape: Shape | None) -> dict[str, Any]:
    """The query string's values. Raises errors.Invalid, also for a parameter that is given twice."""
    raw = request.query_params
    if shape is None or not raw:  # none is ever required
        return {}
    given = {name: raw.getlist(name) for name in raw}
    twice = [name for name, values in given.items() if len(values) > 1]
    if twice:
        raise errors.Invalid([{"pointer": f"?{quote(name)}", "detail": "is given more than once"} for name in twice])
    return shape.check({name: values[0] for name, values in given.items()})


def body(request: Request, shape: Shape | None, *, partial: bool) -> dict[str, Any]:
    """The body's fields, where the route takes a body. Raises as bodies.parse and errors.Invalid."""
    if shape is None:
        return {}
    data = bodies.parse(raw(request), request.headers.get("content-type", ""))
    return shape.check(data, partial=partial, lenient=is_lenient(request))


def form(request: Request) -> dict[str, Any]:
    """What a page's form was sent with, unchecked; nothing where there is no body. Raises as bodies.parse."""
    content = raw(request)
    return bodies.parse(content, request.headers.get("content-type", "")) if content else {}


def raw(request: Request) -> bytes:
    """The body as it was sent: the local server hands out bytes, API Gateway text."""
    content = request.raw_body
    return content if isinstance(content, bytes) else content.encode()


def is_lenient(request: Request) -> bool:
    """Whether unknown fields are to be dropped instead of refused (RFC 7240 section 4.4)."""
    return "handling=lenient" in request.headers.get("prefer", "").replace(" ", "").lower()


def origin(headers: Mapping[str, str]) -> str:
    """Scheme and host that the client asked: API Gateway says which scheme it was."""
    return f"{headers.get('x-forwarded-proto', 'http')}://{headers.get('host', '')}"


def number(text: str) -> int:
    """The number in a path. Raises errors.NotFound where there can be no such object."""
    if not re.fullmatch(r"[1-9][0-9]{0,15}", text):
        raise errors.NotFound(NOWHERE)
    return int(text)


def action_id(text: str) -> int:
    """The number in a path such as `actions/123.json`."""
    return number(text.removesuffix(".json"))


def user_id(text: str) -> str:
    """The nine hex digits of a user in a path. Raises errors.NotFound for anything else."""
    if not re.fullmatch(r"[0-9a-f]{9}", text):
        raise errors.NotFound(NOWHERE)
    return text


def user(text: str) -> str:
    """A user in a path, by slug or id. Raises errors.NotFound for what can be neither."""
    if not re.fullmatch(r"[a-z0-9-]+", text):
        raise errors.NotFound(NOWHERE)
    return text


def credential_id(text: str) -> str:
    """The key of a credential in a path. Raises errors.NotFound for anything else."""
    if not credentials.KEY.fullmatch(text):
        raise errors.NotFound(NOWHERE)
    return text


def block_id(text: str) -> str:
    """The 24 hex digits of a building block in a path. Raises errors.NotFound for anything else."""
    if not re.fullmatch(r"[0-9a-f]{24}", text):
        raise errors.NotFound(NOWHERE)
    return text


NOWHERE = "there is nothing at this address"
PATH_IDS: dict[str, Callable[[str], Any]] = {
    "action_id": action_id,
    "activity_id": number,
    "block_id": block_id,
    "comment_id": number,
    "delegation_id": number,
    "workspace_id": number,
    "stack_id": number,
    "invitation_id": number,
    "token": str,
    "user_id": user_id,
    "user": user,
    "credential_id": credential_id,
}

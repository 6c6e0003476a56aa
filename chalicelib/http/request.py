"""One call of the API as views see it: who calls, what is asked, and what a reply may carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chalice.app import Request

from chalicelib import errors
from chalicelib.domain.access import ANONYMOUS, Caller
from chalicelib.http import bodies
from chalicelib.serializers.common import Links
from chalicelib.validation.schema import Schema


@dataclass(frozen=True)
class ApiRequest:
    """A request whose parameters and body have passed their schemas."""

    raw: Request
    caller: Caller
    query: dict[str, Any]
    body: dict[str, Any]

    @property
    def addresses(self) -> Links:
        """Where the client reached the service."""
        return Links(request_origin(self.raw.headers), stage_prefix(self.raw))

    def href(self, path: str) -> str:
        """A root-relative path that the client can follow: with the stage, where the request came through one."""
        return stage_prefix(self.raw) + path


def read_caller(request: Request) -> Caller:
    """Who the authorizer says is calling; nobody on open routes. On AWS every value arrives as text."""
    known = request.context.get("authorizer")
    if not known or "account" not in known:
        return ANONYMOUS
    return Caller(int(known["account"]), known["user"], known["key"], known["scope"])


def full_path(request: Request) -> str:
    """The path that the client asked for, stage and all."""
    return str(request.context.get("path", request.path))


def stage_prefix(request: Request) -> str:
    """What API Gateway put before the resource: `/prod` behind a stage, nothing behind a custom domain."""
    parts = request.path.rstrip("/").count("/")  # counted, since what stands in them may be encoded in either
    return full_path(request).rstrip("/").rsplit("/", parts)[0]


def read_query(request: Request, shape: Schema | None) -> dict[str, Any]:
    """The query string's values. Raises errors.Invalid, also for a parameter that is given twice."""
    raw = request.query_params
    if shape is None or not raw:  # none is ever required
        return {}
    given = {name: raw.getlist(name) for name in raw}
    twice = [name for name, values in given.items() if len(values) > 1]
    if twice:
        raise errors.Invalid([{"pointer": f"?{quote(name)}", "detail": "is given more than once"} for name in twice])
    return shape.check({name: values[0] for name, values in given.items()})


def read_body(request: Request, shape: Schema | None, *, partial: bool) -> dict[str, Any]:
    """The body's fields, where the route takes a body. Raises as bodies.parse and errors.Invalid."""
    if shape is None:
        return {}
    data = bodies.parse_body(raw_body(request), request.headers.get("content-type", ""))
    return shape.check(data, partial=partial, lenient=is_lenient(request))


def read_form(request: Request) -> dict[str, Any]:
    """What a page's form was sent with, unchecked; nothing where there is no body. Raises as bodies.parse."""
    content = raw_body(request)
    return bodies.parse_body(content, request.headers.get("content-type", "")) if content else {}


def raw_body(request: Request) -> bytes:
    """The body as it was sent: the local server hands out bytes, API Gateway text."""
    content = request.raw_body
    return content if isinstance(content, bytes) else content.encode()


def is_lenient(request: Request) -> bool:
    """Whether unknown fields are to be dropped instead of refused (RFC 7240 section 4.4)."""
    return "handling=lenient" in request.headers.get("prefer", "").replace(" ", "").lower()


def request_origin(headers: Mapping[str, str]) -> str:
    """Scheme and host that the client asked: API Gateway says which scheme it was."""
    return f"{headers.get('x-forwarded-proto', 'http')}://{headers.get('host', '')}"

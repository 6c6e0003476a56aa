"""A call as views see it: the caller, and parameters and body that have passed their schemas."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from chalice.app import Request

from chalicelib import errors
from chalicelib.domain.access import ANONYMOUS, Caller
from chalicelib.http import bodies
from chalicelib.serializers.common import Links
from chalicelib.validation.bounds import MAX_FORM_BYTES, MAX_PARAMETERS
from chalicelib.validation.schema import Schema


@dataclass(frozen=True)
class ApiRequest:
    """A request whose parameters and body have passed their schemas. `raw` is Chalice's request."""

    raw: Request
    caller: Caller
    query: dict[str, Any]
    body: dict[str, Any]
    path_values: dict[str, Any] = field(default_factory=dict)  # of the path's variables
    request_id: str = ""
    path: str = ""  # the documented path of what is addressed, with its values

    @property
    def addresses(self) -> Links:
        """Return the address at which the client reached the service, for the links in answers."""
        return Links(request_origin(self.raw.headers), stage_prefix(self.raw))

    @property
    def base_url(self) -> str:
        """Return the URL under which the client reached the service, including the stage."""
        return request_origin(self.raw.headers) + stage_prefix(self.raw)

    def href(self, path: str) -> str:
        """Return a root-relative path that the client can follow: it starts with the stage if there is one."""
        return stage_prefix(self.raw) + path


def read_caller(raw: Request) -> Caller:
    """Return the caller that the authorizer identified, or ANONYMOUS on open routes. On AWS all values are text."""
    context = raw.context.get("authorizer")
    if not context or "account" not in context:
        return ANONYMOUS
    return Caller(int(context["account"]), context["user"], context["key"], context["scope"], "has_token" in context)


def full_path(raw: Request) -> str:
    """Return the path that the client requested, including the stage."""
    return str(raw.context.get("path", raw.path))


def stage_prefix(raw: Request) -> str:
    """Return what API Gateway put in front of the path: `/prod` behind a stage, nothing behind a custom domain."""
    parts = raw.path.rstrip("/").count("/")  # count the parts: their text may be encoded differently in the two paths
    return full_path(raw).rstrip("/").rsplit("/", parts)[0]


def read_query(raw: Request, schema: Schema | None) -> dict[str, Any]:
    """Return the values of the query string. Raises errors.Invalid, also for a parameter that is given twice."""
    if schema is None or not raw.query_params:  # no parameter is ever required
        return {}
    values_by_name = {name: raw.query_params.getlist(name) for name in raw.query_params}
    if len(values_by_name) > MAX_PARAMETERS:
        raise errors.BadRequest(f"The query string has more than {MAX_PARAMETERS} parameters.")
    repeated = [quote(name, errors="replace") for name, values in values_by_name.items() if len(values) > 1]
    if repeated:
        raise errors.Invalid([{"pointer": f"?{name}", "detail": "is given more than once"} for name in repeated])
    return schema.check({name: values[0] for name, values in values_by_name.items()})


def read_body(raw: Request, schema: Schema | None, *, partial: bool) -> dict[str, Any]:
    """Return the fields of the body, or none for a route without one. Raises errors.Invalid and as parse_body."""
    if schema is None:
        return {}
    data = bodies.parse_body(raw_body(raw), raw.headers.get("content-type", ""))
    return schema.check(data, partial=partial, lenient=is_lenient(raw))


def read_form(raw: Request) -> dict[str, Any]:
    """Return the fields of the form of a page as they were sent, unchecked. Raises as parse_body."""
    content = raw_body(raw)
    bodies.require_allowed_size(len(content), MAX_FORM_BYTES)  # the page may have to show it again
    return bodies.parse_body(content, raw.headers.get("content-type", "")) if content else {}


def raw_body(raw: Request) -> bytes:
    """Return the body as it was sent. The local server passes bytes, API Gateway passes text."""
    content = raw.raw_body
    return content if isinstance(content, bytes) else content.encode(errors="surrogatepass")  # refused as no UTF-8


def is_lenient(raw: Request) -> bool:
    """Return whether unknown fields are dropped instead of refused (RFC 7240 section 4.4)."""
    return "handling=lenient" in raw.headers.get("prefer", "").replace(" ", "").lower()


def request_origin(headers: Mapping[str, str]) -> str:
    """Return the scheme and host that the client used. API Gateway reports the scheme in a header."""
    return f"{headers.get('x-forwarded-proto', 'http')}://{headers.get('host', '')}"

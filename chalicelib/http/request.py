"""A call as views see it: the caller, and parameters and body that have passed their schemas."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from chalice.app import CaseInsensitiveMapping, Request

from chalicelib import config, errors
from chalicelib.domain.access import ANONYMOUS, Caller
from chalicelib.http import bodies
from chalicelib.http.endpoint import CSV, JSON
from chalicelib.http.negotiation import is_lenient, prefers_dry_run
from chalicelib.serializers.common import Links
from chalicelib.validation.bounds import MAX_FORM_BYTES, MAX_PARAMETERS
from chalicelib.validation.schema import Schema, parameters
from chalicelib.validation.types import Boolean

HOST = re.compile(r"([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
THIS_MACHINE = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?")
URL_CHARACTERS = "/:@!$&'()*+,;=~%"  # which stand for themselves in a path, beside letters, digits and -._
FORMATS = {"json": JSON, "csv": CSV}  # the values of the parameter `format`, which names a media type
IGNORED = ("_",)  # with which some clients keep caches from answering
DRY_RUN = "dry_run"  # the parameter that asks for the same as the preference dry-run
DRY_RUN_PARAMETERS = parameters(dry_run=Boolean())


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
    media_type: str = JSON  # of the answer
    is_usual_type: bool = True  # whether this address answers it to clients without a preference

    @property
    def addresses(self) -> Links:
        """Return the address at which the client reached the service, for the links in answers."""
        return Links(base_url(self.raw), stage_prefix(self.raw))

    def href(self, path: str) -> str:
        """Return a root-relative path that the client can follow: it starts with the stage if there is one."""
        return stage_prefix(self.raw) + path

    def url(self, path: str) -> str:
        """Return the absolute URL of a path. Characters that do not belong in a URL are encoded."""
        return base_url(self.raw) + quote(path, safe=URL_CHARACTERS, errors="replace")


def join_preferences(raw: Request) -> None:
    """Give the header Prefer the values of all its lines (RFC 7240 section 2). Chalice has only the last one on AWS.

    Another preference must not hide that the client asks for a dry run.
    """
    lines = raw.to_original_event().get("multiValueHeaders") or {} if "prefer" in raw.headers else {}
    values = [value for name, given in lines.items() if name.lower() == "prefer" for value in given]
    if len(values) > 1:
        raw.headers = CaseInsensitiveMapping({**raw.headers, "prefer": ", ".join(values)})


def read_caller(raw: Request) -> Caller:
    """Return the caller that the authorizer identified, or ANONYMOUS on open routes. On AWS all values are text."""
    context = raw.context.get("authorizer")
    if not context or "account" not in context:
        return ANONYMOUS
    flags = "has_token" in context, "confirms_deletions" in context
    return Caller(int(context["account"]), context["user"], context["key"], context["scope"], *flags)


def full_path(raw: Request) -> str:
    """Return the path that the client requested, including the stage."""
    return str(raw.context.get("path", raw.path))


def stage_prefix(raw: Request) -> str:
    """Return what API Gateway put in front of the path: `/prod` behind a stage, nothing behind a custom domain."""
    parts = raw.path.rstrip("/").count("/")  # count the parts: their text may be encoded differently in the two paths
    return full_path(raw).rstrip("/").rsplit("/", parts)[0]


def request_origin(raw: Request) -> str:
    """Return the scheme and host that the client used, or nothing if the header Host is not a host.

    API Gateway names the domain at which it accepted the request, and it serves HTTPS only. The local server has the
    header Host. Clients can send any X-Forwarded headers, so these are not read.
    """
    if domain := raw.context.get("domainName"):
        return f"https://{domain}"
    host = raw.headers.get("host", "")
    return f"http://{host}" if HOST.fullmatch(host) else ""


def own_origin(raw: Request) -> str:
    """Return the origin of the service's own pages, or nothing if the request names a host that may be another site.

    A site can let its own name lead to this machine (DNS rebinding), and then its pages send that name in Host. So the
    host must be the domain of API Gateway, that of PUBLIC_URL, or this machine by one of its own names.
    """
    origin = request_origin(raw)
    is_own = bool(raw.context.get("domainName")) or f"{config.PUBLIC_URL}/".startswith(f"{origin}/")
    return origin if is_own or THIS_MACHINE.fullmatch(origin) else ""


def base_url(raw: Request) -> str:
    """Return the URL at which the client reached the service, with the stage.

    If the request does not say it, this is PUBLIC_URL, or else the stage alone, which starts a root-relative path.
    """
    origin = request_origin(raw)
    return origin + stage_prefix(raw) if origin or not config.PUBLIC_URL else config.PUBLIC_URL


def narrow_by_format(raw: Request, media_types: Sequence[str]) -> Sequence[str]:
    """Return the offered media types, or only the one that the parameter `format` names."""
    named = FORMATS.get(raw.query_params.get("format", "").lower()) if raw.query_params else None
    return [named] if named and named in media_types else media_types


def asks_for_dry_run(raw: Request) -> bool:
    """Return whether the client asks what a write would do. Raises errors.Invalid for a wrong value of `dry_run`."""
    given = raw.query_params.getlist(DRY_RUN) if raw.query_params and DRY_RUN in raw.query_params else []
    _require_given_once({DRY_RUN: given})
    is_asked: bool = DRY_RUN_PARAMETERS.check({DRY_RUN: given[0]}, is_text=True)[DRY_RUN] if given else False
    return is_asked or prefers_dry_run(raw.headers)


def read_query(
    raw: Request, schema: Schema | None, media_types: Sequence[str] = (JSON,), ignored: Sequence[str] = IGNORED
) -> dict[str, Any]:
    """Return the values of the query string. Raises errors.Invalid, also for a parameter that is given twice.

    `media_types` are the offered ones, which `format` may name. For other answers than JSON and CSV it means nothing.
    `ignored` are parameters that the view does not get.
    """
    if schema is None or not raw.query_params:  # no parameter is ever required
        return {}
    values_by_name = {name: raw.query_params.getlist(name) for name in raw.query_params if name not in ignored}
    if len(values_by_name) > MAX_PARAMETERS:
        raise errors.BadRequest(f"The query string has more than {MAX_PARAMETERS} parameters.")
    _require_given_once(values_by_name)
    values = {name: values[0] for name, values in values_by_name.items()}
    lenient = is_lenient(raw.headers)
    formats = [name for name, media_type in FORMATS.items() if media_type in media_types] or ["json"]
    if values.pop("format", formats[0]).lower() not in formats and not lenient:
        detail = f"must be {' or '.join(formats)}, as there is no other format"
        raise errors.Invalid([{"pointer": "?format", "detail": detail}])
    return schema.check(values, lenient=lenient, is_text=True)


def _require_given_once(values_by_name: Mapping[str, Sequence[str]]) -> None:
    """Raise errors.Invalid if a parameter has several values."""
    repeated = [quote(name, errors="replace") for name, values in values_by_name.items() if len(values) > 1]
    if repeated:
        raise errors.Invalid([{"pointer": f"?{name}", "detail": "is given more than once"} for name in repeated])


def read_body(raw: Request, schema: Schema | None, *, partial: bool) -> dict[str, Any]:
    """Return the fields of the body, or none for a route without one. Raises errors.Invalid and as parse_body."""
    if schema is None:
        return {}
    body = bodies.parse_body(raw_body(raw), raw.headers.get("content-type", ""))
    return schema.check(body.fields, partial=partial, lenient=is_lenient(raw.headers), is_text=body.is_form)


def read_form(raw: Request) -> dict[str, Any]:
    """Return the fields of the form of a page as they were sent, unchecked. Raises as parse_body."""
    content = raw_body(raw)
    bodies.require_allowed_size(len(content), MAX_FORM_BYTES)  # the page may have to show it again
    return bodies.parse_body(content, raw.headers.get("content-type", "")).fields if content else {}


def raw_body(raw: Request) -> bytes:
    """Return the body as it was sent. The local server passes bytes, API Gateway passes text."""
    content = raw.raw_body
    return content if isinstance(content, bytes) else content.encode(errors="surrogatepass")  # refused as no UTF-8

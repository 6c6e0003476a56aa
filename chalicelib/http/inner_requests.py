"""Requests that the service makes to its own routes on behalf of a request, as the tools of agents do.

An inner request runs the pipeline of its route, so that access, validation, If-Match and idempotency are those of the
route. It has the caller, the address and the request id of the outer request. Its cost counts towards the outer
request, whose line in the access log covers both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from chalice.app import Request

from chalicelib import json_text
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from chalicelib.http.pipeline import answer_or_explain
from chalicelib.http.request import ApiRequest, stage_prefix
from chalicelib.http.response import ApiResponse
from chalicelib.json_text import JsonObject


@dataclass(frozen=True)
class InnerRequest:
    """A request to a route. `path` is the documented one, and `path_texts` are the texts of its variables."""

    method: str
    path: str
    path_texts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: JsonObject | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Return the path with the texts of its variables."""
        return self.path.format(**{name: quote(text, safe="") for name, text in self.path_texts.items()})


def find_route(method: str, path: str) -> Endpoint:
    """Return the endpoint that answers a method at a documented path. Raises LookupError if there is none."""
    for endpoint in ENDPOINTS:
        if path == endpoint.paths[0] and method in endpoint.methods:
            return endpoint
    raise LookupError(f"There is no route {method} {path}.")


def carry_out(outer: ApiRequest, inner: InnerRequest) -> ApiResponse:
    """Answer an inner request. Errors are answers too. Raises LookupError as find_route."""
    endpoint = find_route(inner.method, inner.path)
    raw = _build_request(outer.raw, inner)
    return answer_or_explain(endpoint, raw, outer.caller, dict(inner.path_texts), outer.request_id)


def _build_request(outer: Request, inner: InnerRequest) -> Request:
    """Return the request as Chalice would pass it to the route."""
    headers = {"host": outer.headers.get("host", "")} | dict(inner.headers)
    body = b""
    if inner.body is not None:
        headers["content-type"] = "application/json"
        body = json_text.dump(inner.body).encode(errors="surrogatepass")  # refused as no UTF-8
    address = {"httpMethod": inner.method, "resourcePath": inner.path, "path": stage_prefix(outer) + inner.address}
    event: dict[str, Any] = {
        "multiValueQueryStringParameters": {name: [text] for name, text in inner.query.items()} or None,
        "headers": headers,
        "pathParameters": dict(inner.path_texts),
        "requestContext": outer.context | address,
        "stageVariables": outer.stage_vars,
        "body": body,
    }
    return Request(event, outer.lambda_context)

"""API Gateway: finds the route of a request, calls the authorizer and the handler, and returns the response."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app import app
from chalicelib.http.authorizer import basic
from tests.simulation.history import Response

Json = dict[str, Any]
HOST = "api.example"
ARN = "arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/"


@dataclass(frozen=True)
class Context:
    """The context of a Lambda function."""

    aws_request_id: str
    remaining_milliseconds: Callable[[], int] = lambda: 40_000

    def get_remaining_time_in_millis(self) -> int:
        """Return how much time is left."""
        return self.remaining_milliseconds()


class Routes:
    """The resources of API Gateway, by the parts of their paths. Literal parts go before variables."""

    def __init__(self) -> None:
        self._root: Json = {}
        for path in app.routes:
            node = self._root
            for part in path.strip("/").split("/"):
                node = node.setdefault("{}" if part.startswith("{") else part, {})
            node[""] = path

    def find(self, path: str) -> tuple[str, dict[str, str]] | None:
        """Return the resource of a path and the values of its variables, or None."""
        parts = path.strip("/").split("/")
        resource = self._find(self._root, parts)
        if resource is None:
            return None
        names = resource.strip("/").split("/")
        values = {name[1:-1]: part for name, part in zip(names, parts, strict=True) if name.startswith("{")}
        return resource, values

    def _find(self, node: Json, parts: list[str]) -> str | None:
        if not parts:
            resource: str | None = node.get("")
            return resource
        for name in (parts[0], "{}"):
            found = self._find(node[name], parts[1:]) if name and name in node else None
            if found:
                return found
        return None


ROUTES = Routes()


def invoke(method: str, address: str, headers: dict[str, str], body: bytes | None, request_id: str) -> Response:
    """Carry out a request. Raises Killed."""
    url = urlsplit(address)
    found = ROUTES.find(url.path)
    if found is None:
        return _refuse(404)
    resource, ids = found
    context: Json = {}
    if app.routes[resource][method].authorizer is not None:
        try:
            context = _authorize(headers.get("Authorization", ""), request_id)
        except Exception:
            return _refuse(503)
        if not context:
            return _refuse(401)
    event = _event(method, resource, ids, url.path, parse_qs(url.query, keep_blank_values=True), headers, body)
    event["requestContext"] |= {"requestId": request_id, "authorizer": context}
    return _read(app(event, Context(request_id)))


def _authorize(header: str, request_id: str) -> Json:
    """Return the context that the authorizer gives a request, or nothing if it refuses it."""
    event = {"type": "TOKEN", "authorizationToken": header, "methodArn": ARN}
    answer: Json = basic(event, Context(request_id))
    is_allowed = bool(answer["policyDocument"]["Statement"][0]["Resource"])
    context: Json = answer.get("context") or {}
    return context if is_allowed else {}


def _event(
    method: str,
    resource: str,
    ids: dict[str, str],
    path: str,
    query: dict[str, list[str]],
    headers: dict[str, str],
    body: bytes | None,
) -> Json:
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {"Host": HOST, **headers},
        "multiValueHeaders": {name: [value] for name, value in {"Host": HOST, **headers}.items()},
        "multiValueQueryStringParameters": query or None,
        "pathParameters": ids or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": f"/prod{path}",
            "domainName": HOST,
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": None if body is None else base64.b64encode(body).decode(),
        "isBase64Encoded": body is not None,
    }


def _read(answer: Json) -> Response:
    headers = {name.lower(): str(value) for name, value in answer["headers"].items()}
    headers |= {name.lower(): ", ".join(values) for name, values in answer.get("multiValueHeaders", {}).items()}
    text = answer["body"] or ""
    body = base64.b64decode(text) if answer.get("isBase64Encoded") else text.encode()
    is_json = "json" in headers.get("content-type", "") and body
    return Response(answer["statusCode"], headers, body, json.loads(body) if is_json else None)


def _refuse(status: int) -> Response:
    """Return the response that API Gateway itself gives."""
    return Response(status, {"content-type": "application/problem+json", "retry-after": "1"}, b"{}", {})

"""Events as API Gateway sends them to Lambda, for what the local server cannot show, such as stages."""

import base64
import json
from typing import Any

from app import app


def event(
    method: str,
    resource: str,
    *,
    ids: dict[str, str] | None = None,
    stage: str = "/prod",
    body: Any = None,
    headers: dict[str, str] | None = None,
    caller: dict[str, str] | None = None,
    query: dict[str, list[str]] | None = None,
) -> dict[str, Any]:
    """Return the event that API Gateway sends for a request."""
    path = resource.format(**(ids or {}))
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {"Host": "abc.execute-api.us-east-1.amazonaws.com", "X-Forwarded-Proto": "https", **(headers or {})},
        "multiValueQueryStringParameters": query,
        "pathParameters": ids,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": stage + path,
            "domainName": "abc.execute-api.us-east-1.amazonaws.com",
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "identity": {"sourceIp": "192.0.2.1"},
            **({"authorizer": caller} if caller else {}),
        },
        "body": None if body is None else base64.b64encode(json.dumps(body).encode()).decode(),
        "isBase64Encoded": body is not None,  # because the template names all media types as binary
    }


def invoke(method: str, resource: str, **more: Any) -> dict[str, Any]:
    """Call the Lambda function with such an event, and return its answer with the body parsed."""
    answer: dict[str, Any] = app(event(method, resource, **more), None)
    answer["json"] = json.loads(answer["body"]) if answer["body"] else None
    return answer


def as_caller(answer: dict[str, Any]) -> dict[str, str]:
    """Return the authorizer's context for the output of an operator's command. All values are text, as on AWS."""
    credential = answer["credential"]
    return {
        "account": str(credential["account"]),
        "user": credential["user"],
        "key": credential["key"],
        "scope": credential["scope"],
        "principalId": credential["key"],
        "integrationLatency": "3",
    }

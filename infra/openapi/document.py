"""`make generate`: write the OpenAPI 3.1 document of all routes to chalicelib/pages/static/openapi.json."""

import json
import re
from collections import defaultdict
from typing import Any

import app  # noqa: F401 - it declares all routes
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.routes import contract
from chalicelib.validation.bounds import MAX_HEADER_LENGTH
from infra import changelog
from infra.openapi import components
from infra.openapi.links import add_links
from infra.openapi.operations import ALIASES_TAG, describe_error_responses, describe_operations, describe_security

VERSION = changelog.newest_release().version
DESCRIPTION = (
    "The OGSM API for strategic actions, and the OrganisedMinds Workspaces API for workspaces, inboxes, stacks and "
    "activities. A list is an array of all elements unless you ask for a page; then the `Link` header leads to the "
    "next one. Bodies are JSON, or form-encoded in bracket notation. Errors are problem details (RFC 9457). With "
    "`Prefer: handling=lenient`, unknown parameters and unknown fields of a body are ignored instead of refused."
)
TEXT = {"type": "string"}
HEADER_TEXT = {"type": "string", "maxLength": MAX_HEADER_LENGTH}
HEADERS = {
    "ETag": {"description": "The strong entity tag of this answer.", "schema": TEXT},
    "Location": {"description": "The address of the created object, or of the page to go to.", "schema": TEXT},
    "XRequestId": {"description": "The id of this request in the log.", "schema": TEXT},
}
PARAMETERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes a write safe to repeat: for 24 hours the same key gets the first answer again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag that the object must still have; otherwise the answer is 412.",
        "schema": HEADER_TEXT,
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag that you have already; the answer is 304 while it is current.",
        "schema": HEADER_TEXT,
    },
}

SCOPES = {
    "read": "Read everything that the user may see.",
    "write": "Read, and change everything that the user may change.",
}
SECURITY = {
    "basic": {"type": "http", "scheme": "basic", "description": "Key and secret of a credential."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "An access token from /oauth/token."},
    "oauth2": {
        "type": "oauth2",
        "description": "Client credentials: the client id and client secret are the key and secret of a credential.",
        "flows": {"clientCredentials": {"tokenUrl": f"{contract.WRITTEN_FOR}/oauth/token", "scopes": SCOPES}},
    },
}


def main() -> None:
    """Write the document."""
    contract.FILE.write_text(text())


def text() -> str:
    """Return the text of the file. It is compact, because it is part of the Lambda package."""
    return json.dumps(document(), ensure_ascii=False, separators=(",", ":")) + "\n"


def document() -> dict[str, Any]:
    """Return the document, with the address of the local server."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint in ENDPOINTS:
        for path, method, operation in describe_operations(endpoint):
            paths[path][method] = operation
    add_links(paths, ENDPOINTS)
    tags = dict.fromkeys(operation["tags"][0] for methods in paths.values() for operation in methods.values())
    described = {
        "openapi": "3.1.0",
        "info": {"title": "OGSM and Workspaces API", "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": contract.WRITTEN_FOR}],
        "security": describe_security("read"),
        "tags": [{"name": tag} for tag in sorted(tags, key=lambda tag: tag == ALIASES_TAG)],
        "paths": dict(paths),
    }
    return described | {"components": _describe_components(described)}


def _describe_components(described: dict[str, Any]) -> dict[str, Any]:
    """Return the components, with those schemas only that something refers to."""
    others = {
        "securitySchemes": SECURITY,
        "parameters": PARAMETERS,
        "headers": HEADERS,
        "responses": describe_error_responses(),
    }
    schemas = components.components()
    used: set[str] = set()
    unvisited = _referenced_schemas([described, others])
    while unvisited:
        used |= unvisited
        unvisited = _referenced_schemas([schemas[name] for name in unvisited]) - used
    return others | {"schemas": {name: schema for name, schema in schemas.items() if name in used}}


def _referenced_schemas(described: Any) -> set[str]:
    return set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)))


if __name__ == "__main__":
    main()

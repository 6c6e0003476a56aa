"""`make openapi`: the OpenAPI 3.1 document of every route, in chalicelib/pages/openapi.json."""

import json
import re
from collections import defaultdict
from typing import Any

import app  # noqa: F401 - registers every route
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.routes import contract
from infra.openapi import components, links, operations

VERSION = "1.0.0"
DESCRIPTION = (
    "Strategic actions as in the OGSM API; workspaces, inboxes, stacks and activities as in the OrganisedMinds "
    "Workspaces API. Lists are bare arrays of everything unless a page of them is asked for; `Link` says where they go "
    "on. Bodies may be form-encoded too, in bracket notation. Errors are problem details (RFC 9457). A request with "
    "`Prefer: handling=lenient` may have fields that nobody documents."
)
TEXT = {"type": "string"}
HEADERS = {
    "ETag": {"description": "The strong entity tag of this representation.", "schema": TEXT},
    "Location": {"description": "Where what was created is.", "schema": TEXT},
    "XRequestId": {"description": "Under which the log tells more.", "schema": TEXT},
}
PARAMETERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Makes a write safe to repeat: for 24 hours the same key answers what it answered first.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The ETag that the object must still have.",
        "schema": TEXT,
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "description": "The ETag that is known already: 304 while it holds.",
        "schema": TEXT,
    },
}

SCOPES = {"read": "Read everything that the user may see.", "write": "Change what the user may change; and read."}
SECURITY = {
    "basic": {"type": "http", "scheme": "basic", "description": "Key and secret of a credential."},
    "bearer": {"type": "http", "scheme": "bearer", "description": "An access token of /oauth/token."},
    "oauth2": {
        "type": "oauth2",
        "description": "Client credentials: client id and client secret are key and secret of a credential.",
        "flows": {"clientCredentials": {"tokenUrl": f"{contract.WRITTEN_FOR}/oauth/token", "scopes": SCOPES}},
    },
}


def main() -> None:
    """Writes the document."""
    contract.FILE.write_text(text())


def text() -> str:
    """The document as it is kept: compact, since it ships."""
    return json.dumps(document(), ensure_ascii=False, separators=(",", ":")) + "\n"


def document() -> dict[str, Any]:
    """The document, with the address of the local server."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint in ENDPOINTS:
        for path, method, operation in operations.operations(endpoint):
            paths[path][method] = operation
    links.add(paths)
    tags = dict.fromkeys(operation["tags"][0] for path in paths.values() for operation in path.values())
    described = {
        "openapi": "3.1.0",
        "info": {"title": "OGSM and Workspaces API", "version": VERSION, "description": DESCRIPTION},
        "servers": [{"url": contract.WRITTEN_FOR}],
        "security": operations.security("read"),
        "tags": [{"name": tag} for tag in sorted(tags, key=lambda tag: tag == "Other spellings")],
        "paths": dict(paths),
    }
    return described | {"components": _used(described)}


def _used(described: dict[str, Any]) -> dict[str, Any]:
    parts = {
        "securitySchemes": SECURITY,
        "parameters": PARAMETERS,
        "headers": HEADERS,
        "responses": operations.responses(),
    }
    known = components.components()
    used: set[str] = set()
    left = _references([described, parts])
    while left:
        used |= left
        left = _references([known[name] for name in left]) - used
    return parts | {"schemas": {name: schema for name, schema in known.items() if name in used}}


def _references(described: Any) -> set[str]:
    return set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(described)))


if __name__ == "__main__":
    main()

"""`make generate`: write the OpenAPI 3.1 document of all routes to chalicelib/pages/static/openapi.json."""

import json
import re
from collections import defaultdict
from typing import Any

import app  # noqa: F401 - it declares all routes
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.routes import contract
from infra import changelog
from infra.openapi import components, dry_runs
from infra.openapi.links import add_links
from infra.openapi.operations import describe_error_responses, describe_operations, describe_security
from infra.openapi.parameters import share_parameters
from infra.openapi.tags import ALIASES_TAG, describe_tags

VERSION = changelog.newest_release().version
DESCRIPTION = (
    "The OGSM API for strategic actions, and the OrganisedMinds Workspaces API for workspaces, inboxes, stacks and "
    "activities. A list is an array of all elements unless you ask for a page; then the `Link` header leads to the "
    "next one. Bodies are JSON, or form-encoded in bracket notation. Errors are problem details (RFC 9457). With "
    "`Prefer: handling=lenient`, unknown parameters and unknown fields of a body are ignored instead of refused. With "
    "`Prefer: dry-run`, a write answers what it would do, and does nothing."
)
INFO = {
    "title": "OGSM and Workspaces API",
    "version": VERSION,
    "description": DESCRIPTION,
    "contact": {"name": "The operator of this service", "url": f"{contract.WRITTEN_FOR}/"},
    "license": {"name": "MIT", "identifier": "MIT"},
}
TEXT = {"type": "string"}
HEADERS = {
    "ETag": {"description": "The strong entity tag of this answer.", "schema": TEXT},
    "Location": {"description": "The address of the created object, or of the page to go to.", "schema": TEXT},
    "XRequestId": {"description": "The id of this request in the log.", "schema": TEXT},
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


def document(*, has_aliases: bool = False) -> dict[str, Any]:
    """Return the document, with the address of the local server, and with the aliases of operations if asked for."""
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint in ENDPOINTS:
        for path, method, operation in describe_operations(endpoint, has_aliases=has_aliases):
            paths[path][method] = operation
    add_links(paths, ENDPOINTS)
    nouns = list(dict.fromkeys(endpoint.noun for endpoint in ENDPOINTS))
    described = {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": contract.WRITTEN_FOR, "description": "The server that answered with this document."}],
        "security": describe_security("read"),
        "tags": describe_tags(nouns) + ([{"name": ALIASES_TAG}] if has_aliases else []),
        "paths": dict(paths),
    }
    return described | {"components": _describe_components(described)}


def _describe_components(described: dict[str, Any]) -> dict[str, Any]:
    """Return the components, with those schemas only that something refers to."""
    others = {
        "securitySchemes": SECURITY,
        "parameters": share_parameters(described["paths"]),
        "headers": HEADERS,
        "responses": {dry_runs.COMPONENT: dry_runs.RESPONSE} | describe_error_responses(),
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

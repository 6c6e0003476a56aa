"""The answer of a dry run, which every write has besides its own."""

from typing import Any

from chalicelib.http.endpoint import JSON, Endpoint
from infra.openapi.json_schema import reference

Operation = dict[str, Any]

STATUS = "200"
SCHEMA = reference("DryRun")
COMPONENT = "DryRun"
REFERENCE = {"$ref": f"#/components/responses/{COMPONENT}"}
RESPONSE = {
    "description": "What the request would do, if that was asked. Nothing has been done.",
    "content": {JSON: {"schema": SCHEMA}},
}


def add_dry_run(endpoint: Endpoint, responses: Operation) -> Operation:
    """Return the responses of a call with that of a dry run. If a success has the same status, it is one of two."""
    if not endpoint.has_dry_run:
        return responses
    if STATUS not in responses:
        return {STATUS: REFERENCE, **responses}
    content = responses[STATUS].get("content", {JSON: {}})[JSON]
    alternatives = [content["schema"], SCHEMA] if "schema" in content else [SCHEMA]
    either = {"schema": {"anyOf": alternatives}} | {name: part for name, part in content.items() if name != "schema"}
    return {**responses, STATUS: responses[STATUS] | {"content": {JSON: either}}}

"""The parameters of operations: in the path, in the query and in headers, each with a sentence and an example.

The examples of ids are those of the demo account, so that every GET with its examples works there.
"""

from typing import Any

from chalicelib.http.endpoint import Endpoint, find_reader
from chalicelib.http.path_variables import ANY_TEXT, PATH_VARIABLES, variable_names
from chalicelib.http.request import DRY_RUN_PARAMETERS
from chalicelib.validation.bounds import MAX_HEADER_LENGTH
from chalicelib.validation.json_schema import plain_schema
from chalicelib.validation.types import Boolean, Cursor, Integer, Number
from infra import demo
from infra.openapi import json_schema, ogsm_parameters
from infra.openapi.json_schema import JsonSchema
from infra.openapi.ogsm_parameters import Text
from infra.testing.documents import example

Operation = dict[str, Any]


EXAMPLE_CURSOR = Cursor.write([demo.ACCOUNT_ID, "/api/workspaces", [], demo.SHARED_WORKSPACE_ID])
PATH = {
    "action_id": Text("The id of the action. `.json` may be left out.", f"{demo.ACTION_ID}.json"),
    "workspace_id": Text("The id of the workspace.", demo.PERSONAL_WORKSPACE_ID),
    "seq": Text("The place of the change in the feed.", 1),
    "stack_id": Text("The id of the stack. An inbox has one too.", demo.STACK_ID),
    "activity_id": Text("The id of the activity.", demo.ACTIVITY_ID),
    "block_id": Text("The id of a block of the activity.", demo.BLOCK_ID),
    "canvas_id": Text("The id of the OGSM canvas.", example("ogsm_canvas")["id"]),
    "comment_id": Text("The id of the comment.", demo.COMMENT_ID),
    "credential_id": Text("The id of the credential, which is its key.", demo.CREDENTIAL_ID),
    "delegation_id": Text("The id of the delegation.", demo.DELEGATION_ID),
    "invitation_id": Text("The id of the invitation.", demo.INVITATION_ID),
    "webhook_id": Text("The id of the webhook.", demo.WEBHOOK_ID),
    "user": Text("The slug or id of the user.", demo.MEMBER_SLUG),
    "user_id": Text("The id of the user.", demo.MEMBER_ID),
    "invitation_links.token": Text("The token from the link in the mail.", demo.LINK_TOKEN),
    "address_changes.token": Text("The token from the link in the mail.", demo.ADDRESS_TOKEN),
    "page_name": Text("The name of a page that `/llms.txt` lists.", "actions.md"),
    **ogsm_parameters.path_texts(),
}
QUERY = {
    "archived": Text("Only actions that are archived, or only those that are not.", example=False),
    "status": Text("Only actions with this status.", "doing"),
    "traffic_light": Text("Only actions with this traffic light.", "green"),
    "label": Text("Only actions with this label.", "label 1"),
    "assignee": Text("Only actions of this assignee.", "Firstname Lastname"),
    "involved": Text("Only actions in which this person is involved.", "Another name"),
    "strategy_id": Text("Only actions of this strategy.", 456),
    "ogsm_canvas_id": Text("Only actions on this canvas.", 789),
    "start_from": Text("Only actions that start on this day or later.", "2024-01-01"),
    "start_to": Text("Only actions that start on this day or earlier.", "2024-12-31"),
    "due_from": Text("Only actions that are due on this day or later.", "2024-01-01"),
    "due_to": Text("Only actions that are due on this day or earlier.", "2024-12-31"),
    "overdue": Text("Only actions that are past their due day and not done, or only the others.", example=True),
    "q": Text("Only actions with this text in the title or description, in upper or lower case.", "title"),
    "sort": Text("The fields to sort by, separated by commas. A minus sign reverses the order.", "due,-progress"),
    "fields": Text("The fields to answer, separated by commas. All by default.", "id,title,status"),
    "after": Text("Only changes behind this `seq`. Without it, the oldest that is kept comes first.", 0),
    "kind": Text("Only changes of objects of this kind.", "action"),
    "object": Text("Only changes of the object with this id, or with this kind and id.", f"action/{demo.ACTION_ID}"),
    "actor": Text("Only changes that the user with this id has made.", demo.MEMBER_ID),
    "since": Text("Only changes from this time on.", "2024-01-01T00:00:00Z"),
    "force": Text("Whether to undo it even if a later change has touched the same fields.", example=False),
    "wait": Text("For how many seconds to wait for a change if there is none yet.", 0),
    "at": Text(
        "Answer what was there at this time. It must not be in the future, nor before the changes that are kept.",
        "2024-12-31T23:59:59.999Z",  # shows the form. No time is always kept.
    ),
    "limit": Text("The most elements of a page. It cannot be combined with `page`.", 50),
    "cursor": Text("Where the page starts. The `Link` header of the page before has it.", EXAMPLE_CURSOR),
    "page": Text("The number of the page, from 1. It cannot be combined with `limit`.", 1),
    "per_page": Text("The most elements of a page that has a number.", 50),
    "cascade": Text(
        "Whether the objects that refer to it are deleted as well. Without it they are an error.", example=True
    ),
    "archive_items": Text("Whether the items are put into your archive. Only workspaces have any.", example=False),
    "workspace_id": Text("Only items of this workspace.", demo.PERSONAL_WORKSPACE_ID),
    "type": Text("The type of what is followed. There are only users.", "User"),
    "oauth.scope": Text("The scopes that the token is to have, separated by spaces.", "read write"),
    "settings.done": Text("What was done, which the page then tells.", "changed"),
    "webhook_settings.done": Text("What was done, which the page then tells.", "changed"),
    "assets.v": Text("The version of the file, for caches. The answer is always the present one.", "1"),
    "dry_run": Text("Whether to answer what the request would do, without doing it.", example=False),
    "include_archived": Text("Whether archived items are shown as well.", example=True),
    "ogsm_plans.fields": Text("The parts to answer, separated by commas. All by default.", "goals,actions"),
    **ogsm_parameters.query_texts(),
}
HEADER_TEXT = {"type": "string", "maxLength": MAX_HEADER_LENGTH}
HEADERS = {
    "Confirm-Token": (
        Text("The `confirm_token` of a dry run: do what it has said, or answer 409.", "WyIyMDI3.5d41402a"),
        HEADER_TEXT,
    ),
    "Idempotency-Key": (
        Text(
            "Makes a write safe to repeat: for 24 hours the same key gets the first answer again.",
            "6f1c2a52-9d0b-4c57-8a7e-3b1f0e5d9c84",
        ),
        {"type": "string", "minLength": 1, "maxLength": 255},
    ),
    "If-Match": (Text("The ETag that the object must still have; otherwise the answer is 412.", "*"), HEADER_TEXT),
    "If-None-Match": (
        Text("The ETag that you have already; the answer is 304 while it is current.", '"0123456789abcdef"'),
        HEADER_TEXT,
    ),
    "Prefer": (Text("With `dry-run`, the answer is what the request would do.", "handling=strict"), HEADER_TEXT),
}


def describe_parameters(endpoint: Endpoint, path: str, method: str) -> list[Operation]:
    """Return the parameters of an operation. Raises LookupError for one without a sentence and an example."""
    fields = dict(endpoint.query.fields) if endpoint.query else {}
    if endpoint.has_dry_run:
        fields |= DRY_RUN_PARAMETERS.fields
    return [
        *(_path_parameter(endpoint, name) for name in variable_names(path)),
        *(_query_parameter(endpoint, name, kind) for name, kind in fields.items()),
        *(_header_parameter(name) for name in _header_names(endpoint, method)),
    ]


def _path_parameter(endpoint: Endpoint, name: str) -> Operation:
    text = _find_text(PATH, endpoint, name)
    schema: JsonSchema = dict(PATH_VARIABLES[name].json_schema)
    if endpoint.ignores_path_variables:
        text, schema = text._replace(description="Any text. It has no meaning."), dict(ANY_TEXT.json_schema)
        text = text._replace(example=str(text.example))
    schema.pop("description", None)
    return _parameter(name, "path", text, schema) | {"required": True}


def _query_parameter(endpoint: Endpoint, name: str, kind: Any) -> Operation:
    text = _find_text(QUERY, endpoint, name)
    return _parameter(name, "query", text, _query_schema(kind))


def _query_schema(kind: Any) -> JsonSchema:
    """Return the JSON Schema of a query parameter. All of it is text, so numbers need no second form as digits."""
    return plain_schema(kind) if isinstance(kind, Integer | Number | Boolean) else json_schema.request_schema(kind)


def _header_names(endpoint: Endpoint, method: str) -> list[str]:
    if endpoint.is_open or endpoint.carries_messages:
        return []
    if method == "GET":
        return ["If-None-Match"]
    names = ["Idempotency-Key"]
    if find_reader(endpoint) and not endpoint.ignores_path_variables:
        names.append("If-Match")
    return [*names, "Prefer", "Confirm-Token"] if endpoint.has_dry_run else names


def _header_parameter(name: str) -> Operation:
    text, schema = HEADERS[name]
    return _parameter(name, "header", text, schema)


def _parameter(name: str, place: str, text: Text, schema: JsonSchema) -> Operation:
    return {"name": name, "in": place, "description": text.description, "schema": schema, "example": text.example}


def _find_text(texts: dict[str, Text], endpoint: Endpoint, name: str) -> Text:
    """Return the text of a parameter, or the one that it has for this noun."""
    for key in (f"{endpoint.noun}.{name}", name):
        if key in texts:
            return texts[key]
    raise LookupError(
        f"The parameter {name!r} of {endpoint.noun} has no sentence and no example yet. Add both to "
        f"infra/openapi/parameters.py, and what the example names to infra/demo.py."
    )


def share_parameters(paths: dict[str, dict[str, Operation]]) -> dict[str, Operation]:
    """Replace parameters that several operations have with references. Return what these refer to, by name."""
    lists = [operation["parameters"] for methods in paths.values() for operation in methods.values()]
    everyone = [parameter for parameters in lists for parameter in parameters]
    shared: dict[str, Operation] = {}
    for parameter in everyone:
        name = "".join(word.capitalize() for word in parameter["name"].replace("-", "_").split("_"))
        if everyone.count(parameter) > 1 and shared.setdefault(name, parameter) != parameter:
            shared.setdefault(f"{name}In{parameter['in'].capitalize()}", parameter)
    references = [(parameter, {"$ref": f"#/components/parameters/{name}"}) for name, parameter in shared.items()]
    for parameters in lists:
        parameters[:] = [
            next((reference for one, reference in references if one == parameter), parameter)
            for parameter in parameters
        ]
    return shared

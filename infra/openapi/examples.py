"""The documents' examples, by the operation that they show."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "testing/documents"
ACTIONS = ("create_action", "get_action", "update_action", "delete_action")
ANSWERS = {
    "list_workspaces": "workspaces",
    "get_workspace": "workspace",
    "create_workspace": "created_workspace",
    "update_workspace": "created_workspace",
    "get_inbox": "inbox",
    "put_on_inbox": "inbox",
    "list_stacks": "stacks",
    "get_stack": "stack",
    "create_stack": "created_stack",
    "update_stack": "updated_stack",
    "list_items": "items",
    "create_item": "created_item",
    "create_stack_item": "created_item",
} | dict.fromkeys(ACTIONS, "action")
SETTINGS = {
    "allow_take_over_by_members": True,
    "can_change_background": False,
    "allow_invitations": True,
    "members_can_change_blocks": False,
}
CREATED = {"name": "My API created workspace", "description": "Some workspace I created just for fun..."}
NEW_ITEM = {"type": "Activity", "name": "Created by API", "description": "I am new here"}
BODIES: dict[str, Any] = {
    "create_workspace": CREATED | {"setting": SETTINGS},
    "update_workspace": {"setting": {"allow_take_over_by_members": False}},
    "invite": {"cc": True, "slug": [], "email": ["jane@doe.example.org"]},
    "put_on_inbox": {"type": "Activity", "id": 1000},
    "create_stack": {"name": "TODO", "description": "Our common todo list"},
    "update_stack": {"name": "DONE", "description": None},
    "create_item": NEW_ITEM,
    "create_stack_item": NEW_ITEM,
}


def answer(name: str) -> dict[str, Any]:
    """The `example` of what an operation answers, where a document has one."""
    if name == "list_actions":
        return {"example": [_read("action")]}
    return {"example": _read(ANSWERS[name])} if name in ANSWERS else {}


def body(name: str) -> dict[str, Any]:
    """The `example` of what an operation is sent, where a document has one."""
    if name in ("create_action", "update_action"):
        return {"example": {key: value for key, value in _read("action").items() if key != "id"}}
    return {"example": BODIES[name]} if name in BODIES else {}


def _read(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text())

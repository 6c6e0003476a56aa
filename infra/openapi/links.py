"""Links: from what creates something to everything that can be done with it."""

import re
from typing import Any

# What an operation creates: the name of its id in paths, and where the answer has it.
CREATED = {
    "create_action": ("action_id", "/id"),
    "create_workspace": ("workspace_id", "/id"),
    "create_stack": ("stack_id", "/id"),
    "create_item": ("activity_id", "/activity/id"),
    "create_activity": ("activity_id", "/id"),
    "create_stack_item": ("activity_id", "/activity/id"),
    "create_comment": ("comment_id", "/id"),
    "redelegate": ("delegation_id", "/id"),
    "invite": ("invitation_id", "/0/id"),
}
Paths = dict[str, dict[str, Any]]


def add(paths: Paths) -> None:
    """Adds the links to the answers of what creates."""
    operations = [(path, one) for path, methods in paths.items() for one in methods.values()]
    for path, creating in operations:
        if creating["operationId"] in CREATED:
            name, pointer = CREATED[creating["operationId"]]
            shared = {one: f"$request.path.{one}" for one in _ids(path)}
            known = shared | {name: f"$response.body#{pointer}"}
            success = min(creating["responses"], key=lambda code: (code != "201", code))
            creating["responses"][success]["links"] = {
                one["operationId"]: {
                    "operationId": one["operationId"],
                    "parameters": {id_: known[id_] for id_ in _ids(to)},
                }
                for to, one in operations
                if name in _ids(to) and set(_ids(to)) <= known.keys()
            }


def _ids(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)

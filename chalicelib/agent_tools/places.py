"""The tools for where activities are: workspaces with their stacks, and the caller's own lists."""

from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.arguments import LIMIT, Argument, without_null
from chalicelib.agent_tools.declaring import ADDS, Invocation, declare_tool, wrong_argument
from chalicelib.agent_tools.lists import read_list
from chalicelib.agent_tools.results import build_write_result, link_to
from chalicelib.agent_tools.shortening import pick, simplify
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import ToolResult
from chalicelib.validation.types import Enum

ACTIVITY_FIELDS = ("id", "name", "state", "assignee", "priority", "progress", "target_date")
DELEGATION_FIELDS = ("id", "state", "activity", "delegator", "delegee", "note", "sign_off", "created_at")
INVITATION_FIELDS = ("id", "workspace", "user", "inviter", "state", "created_at")
PAGING = ("limit", "cursor")


def _list(path: str) -> ApiRoute:
    return ApiRoute("GET", path, PAGING)


WORKSPACE = "/api/workspaces/{workspace_id}"
PARTS = {part: _list(f"{WORKSPACE}/{part}") for part in ("stacks", "items", "members", "invitations", "archive")}
STACK_ITEMS = _list(f"{WORKSPACE}/stacks/{{stack_id}}/items")
INBOX = _list(f"{WORKSPACE}/inbox")
OWN = {
    "activities": _list("/api/activities"),
    "delegations_to_me": _list("/api/delegations/incoming"),
    "delegations_by_me": _list("/api/delegations/outgoing"),
    "invitations": _list("/api/invitations"),
    "workspaces": _list("/api/workspaces"),
}
CREATE = ApiRoute("POST", "/api/workspaces", ("name", "description"), unused=("setting", "settings"))
CREATE_STACK = ApiRoute("POST", f"{WORKSPACE}/stacks", ("name", "description"))
ONE, STACK = ApiRoute("GET", WORKSPACE), ApiRoute("GET", f"{WORKSPACE}/stacks/{{stack_id}}", unused=PAGING)


def summarise_activity(activity: JsonObject) -> JsonObject:
    """Return what a list shows of an activity or item."""
    return pick(simplify(activity), ACTIVITY_FIELDS)


def _summarise_stack(stack: JsonObject) -> JsonObject:
    return pick(stack, ("id", "name", "description")) | {"items": len(stack["items"])}


def _summarise_delegation(delegation: JsonObject) -> JsonObject:
    activity = pick(delegation["activity"], ("id", "name", "state"))
    return pick(simplify(delegation), DELEGATION_FIELDS) | {"activity": activity}


def _summarise_invitation(invitation: JsonObject) -> JsonObject:
    return pick(simplify(invitation), INVITATION_FIELDS)


def _summarise_workspace(workspace: JsonObject) -> JsonObject:
    return pick(simplify(workspace), ("id", "name", "type", "description", "owner"))


REDUCE = {
    "stacks": _summarise_stack,
    "items": summarise_activity,
    "members": simplify,
    "invitations": _summarise_invitation,
    "archive": summarise_activity,
    "activities": summarise_activity,
    "delegations_to_me": _summarise_delegation,
    "delegations_by_me": _summarise_delegation,
    "workspaces": _summarise_workspace,
}


def _browse_workspace(invocation: Invocation) -> ToolResult:
    values = invocation.values
    part = values["part"]
    if "stack_id" in values and part != "items":
        raise wrong_argument("stack_id", "goes with part=items only")
    if part == "inbox":
        return read_list(invocation.api, INBOX, values, "items", summarise_activity, lambda inbox: inbox["items"])
    if "stack_id" not in values:
        return read_list(invocation.api, PARTS[part], values, part, REDUCE[part])
    return read_list(invocation.api, STACK_ITEMS, values, "items", summarise_activity)


def _list_my_work(invocation: Invocation) -> ToolResult:
    what = invocation.values["what"]
    return read_list(invocation.api, OWN[what], invocation.values, what, REDUCE[what])


def _create_workspace(invocation: Invocation) -> ToolResult:
    api, values = invocation.api, invocation.values
    if "workspace_id" not in values:
        workspace = api.ask(CREATE, values).body
        link = link_to(api, ONE.address({"workspace_id": workspace["id"]}), workspace)
        return build_write_result(api, {"workspace": simplify(workspace)}, link)
    stack = api.ask(CREATE_STACK, values).body
    link = link_to(api, STACK.address(values | {"stack_id": stack["id"]}), stack)
    return build_write_result(api, {"stack": _summarise_stack(stack)}, link)


TOOLS = [
    declare_tool(
        "browse_workspace",
        "Look into a workspace",
        "One part of a workspace. part=items lists everything on it, the inbox first, then stack by stack; with"
        " stack_id only that stack.",
        [
            ONE.argument("workspace_id", is_required=True),
            Argument("part", Enum(("stacks", "inbox", *[part for part in PARTS if part != "stacks"])), "", True),
            STACK.argument("stack_id"),
            LIMIT,
            INBOX.argument("cursor"),
        ],
        _browse_workspace,
    ),
    declare_tool(
        "list_my_work",
        "What concerns me",
        "What concerns the caller in all workspaces, the newest first.",
        [
            Argument("what", Enum(tuple(OWN)), "", True),
            LIMIT,
            INBOX.argument("cursor"),
        ],
        _list_my_work,
    ),
    declare_tool(
        "create_workspace",
        "Create a workspace or stack",
        "Creates a workspace of the caller; with workspace_id a stack in that workspace.",
        [ONE.argument("workspace_id"), *without_null(CREATE.arguments("name"))],
        _create_workspace,
        ADDS,
    ),
]

"""The tools for activities."""

from chalicelib.agent_tools.api import Api
from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.arguments import Argument, without_null
from chalicelib.agent_tools.declaring import ADDS, CHANGES, Invocation, declare_tool, wrong_argument
from chalicelib.agent_tools.results import build_write_result, link_to
from chalicelib.agent_tools.shortening import simplify
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import ToolResult
from chalicelib.schemas.activities import BLOCKS
from chalicelib.validation.types import Enum

ONE_PATH = "/api/activities/{activity_id}"
TEXTS = ("name", "description")
SETTABLE = ("priority", "size", "progress", "target_date")  # blocks; an alarm would send a mail
VERBS = ("play", "pause", "finish", "approve", "reject", "take_over", "accept", "decline", "take_back")
OTHER_NAMES = ("type", "item_type", "item_id")  # of an item, whose type and id the service knows without them

ONE = ApiRoute("GET", ONE_PATH)
CREATE = ApiRoute("POST", "/api/activities", TEXTS, unused=("priority", "target_date", "size", "alarm"))
CREATE_IN_WORKSPACE = ApiRoute("POST", "/api/workspaces/{workspace_id}/items", TEXTS, unused=("id", *OTHER_NAMES))
CREATE_ON_STACK = ApiRoute("POST", "/api/stacks/{stack_id}/items", TEXTS, unused=("id", *OTHER_NAMES))
UPDATE = ApiRoute("PATCH", ONE_PATH, TEXTS)
SET_BLOCK = ApiRoute("PUT", f"{ONE_PATH}/blox/{{block_id}}", ("value",), unused=("time",))
APPLY = {verb: ApiRoute("PUT", f"{ONE_PATH}/{verb}", ("note",) if verb == "decline" else ()) for verb in VERBS}
MOVE = ApiRoute("PUT", f"{ONE_PATH}/move", ("workspace_id",), unused=("source_id",))
MOVE_TO_STACK = ApiRoute("POST", "/api/stacks/{stack_id}/items", ("id",), unused=(*TEXTS, *OTHER_NAMES))
ARCHIVE = ApiRoute("PUT", "/api/workspaces/{workspace_id}/archive", ("id",), unused=OTHER_NAMES)
COMMENT = ApiRoute("POST", f"{ONE_PATH}/comments", ("body",))
COMMENT_PATH = ApiRoute("GET", "/api/comments/{comment_id}")

BLOCK_ARGUMENTS = [Argument(name, BLOCKS[name]) for name in SETTABLE]
PLACE = [CREATE_IN_WORKSPACE.argument("workspace_id"), CREATE_ON_STACK.argument("stack_id")]


def _create_activity(invocation: Invocation) -> ToolResult:
    route = _choose_place(invocation.values, CREATE_IN_WORKSPACE, CREATE_ON_STACK) or CREATE
    body = invocation.api.ask(route, invocation.values).body
    return _set_blocks(invocation, body.get("activity", body))


def _update_activity(invocation: Invocation) -> ToolResult:
    api, values = invocation.api, invocation.values
    if {*TEXTS} & values.keys():
        return _set_blocks(invocation, api.ask(UPDATE, values).body)
    return _set_blocks(invocation, api.ask(ONE, values).body)


def _set_blocks(invocation: Invocation, activity: JsonObject) -> ToolResult:
    """Set the blocks of an activity whose values were sent, one after another, and return the activity."""
    for name in SETTABLE:
        if name in invocation.values:
            ids = {"activity_id": activity["id"], "block_id": activity[name]["id"]}
            activity = invocation.api.ask(SET_BLOCK, ids | {"value": invocation.values[name]}).body
    return _show(invocation.api, activity)


def _act(invocation: Invocation) -> ToolResult:
    values = invocation.values
    route = _choose_verb(values)
    body = invocation.api.ask(route, values | {"id": values["activity_id"]}).body
    return _show(invocation.api, body.get("activity", body))


def _choose_verb(values: JsonObject) -> ApiRoute:
    """Return the route of the verb. Raises errors.Invalid for arguments that do not go with it."""
    verb = values["verb"]
    if "note" in values and verb != "decline":
        raise wrong_argument("note", "goes with the verb decline only; use the tool comment instead")
    if verb in APPLY:
        return APPLY[verb]
    place = _choose_place(values, MOVE, MOVE_TO_STACK) if verb == "move" else _choose_place(values, ARCHIVE, None)
    if place is None:
        rule = "is required unless stack_id is given" if verb == "move" else "is required: your personal workspace"
        raise wrong_argument("workspace_id", rule)
    return place


def _choose_place(values: JsonObject, in_workspace: ApiRoute, on_stack: ApiRoute | None) -> ApiRoute | None:
    """Return the route for the place that was sent, or None. Raises errors.Invalid if there are two places."""
    if {"workspace_id", "stack_id"} <= values.keys():
        raise wrong_argument("workspace_id", "cannot be combined with stack_id, which is enough")
    if "stack_id" in values:
        return on_stack
    return in_workspace if "workspace_id" in values else None


def _comment(invocation: Invocation) -> ToolResult:
    api = invocation.api
    comment = api.ask(COMMENT, invocation.values).body
    link = link_to(api, COMMENT_PATH.address({"comment_id": comment["id"]}), comment)
    return build_write_result(api, {"comment": simplify(comment)}, link)


def _show(api: Api, activity: JsonObject) -> ToolResult:
    link = link_to(api, ONE.address({"activity_id": activity["id"]}), activity)
    return build_write_result(api, {"activity": simplify(activity)}, link)


TOOLS = [
    declare_tool(
        "create_activity",
        "Create an activity",
        "Creates an activity on the stack, else on the inbox of the workspace, else on the caller's own inbox."
        " hand_over delegates it.",
        [*without_null([*CREATE.arguments("name"), *BLOCK_ARGUMENTS]), *PLACE],
        _create_activity,
        ADDS,
    ),
    declare_tool(
        "update_activity",
        "Change an activity",
        "Changes the fields that are sent and no others. null clears.",
        [*UPDATE.arguments(), *BLOCK_ARGUMENTS],
        _update_activity,
        CHANGES,
    ),
    declare_tool(
        "act_on_activity",
        "Move an activity on",
        "One verb on one activity. A verb that does not fit its state is refused with those that do. accept, decline,"
        " take_back: its delegation. move needs stack_id, or workspace_id for its inbox; archive the caller's personal"
        " workspace_id.",
        [
            ONE.argument("activity_id", is_required=True),
            Argument("verb", Enum((*VERBS, "move", "archive")), "", is_required=True),
            *PLACE,
            *without_null([APPLY["decline"].argument("note", "why, for decline")]),
        ],
        _act,
        CHANGES,
    ),
    declare_tool(
        "comment",
        "Comment on an activity",
        "Adds a comment to an activity.",
        COMMENT.arguments("body"),
        _comment,
        ADDS,
    ),
]

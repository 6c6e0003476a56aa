"""The tool that reads one object of any kind in full."""

from chalicelib import errors
from chalicelib.agent_tools.api import Api
from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.arguments import LIMIT, Argument
from chalicelib.agent_tools.declaring import Invocation, declare_tool
from chalicelib.agent_tools.lists import read_list
from chalicelib.agent_tools.results import build_result, link_to
from chalicelib.agent_tools.shortening import simplify
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import ToolResult
from chalicelib.validation.containers import AnyOf
from chalicelib.validation.types import Enum, Integer, Text

ANY_ID = AnyOf((Integer(1), Text(1, 255)))
OGSM_NOUNS = {
    "objective": "objectives",
    "goal": "goals",
    "strategy": "strategies",
    "kpi": "kpis",
    "team": "teams",
    "ogsm_canvas": "ogsm_canvases",
}
KINDS = {
    "action": ApiRoute("GET", "/api/v2/actions/{action_id}", unused=("fields",)),
    **{kind: ApiRoute("GET", f"/api/v2/{noun}/{{{kind}_id}}", unused=("fields",)) for kind, noun in OGSM_NOUNS.items()},
    "workspace": ApiRoute("GET", "/api/workspaces/{workspace_id}"),
    "stack": ApiRoute("GET", "/api/stacks/{stack_id}", ("limit",), unused=("cursor",)),
    "activity": ApiRoute("GET", "/api/activities/{activity_id}"),
    "comment": ApiRoute("GET", "/api/comments/{comment_id}"),
    "delegation": ApiRoute("GET", "/api/delegations/{delegation_id}"),
    "invitation": ApiRoute("GET", "/api/invitations/{invitation_id}"),
    "user": ApiRoute("GET", "/api/users/{user}"),
    "change": ApiRoute("GET", "/api/changes/{seq}"),
}
HIDDEN_KINDS = ("audit_event", "credential")  # of changes: nothing about secrets must enter the context of a model
NO_CHANGE_SEEN = "There is no change with this seq that agents see."
COMMENTS = ApiRoute("GET", "/api/activities/{activity_id}/comments", ("limit", "cursor"))
FIRST_COMMENTS = 5  # of an activity, with the activity


def _get_object(invocation: Invocation) -> ToolResult:
    api, values = invocation.api, invocation.values
    kind = values["kind"]
    if kind == "comments":
        return read_list(api, COMMENTS, values | {"activity_id": values["id"]}, "comments")
    route = KINDS[kind]
    ids = {route.variables[0]: values["id"]}
    found = api.ask(route, ids | {"limit": 1}).body
    if kind == "change" and is_hidden(found):
        raise errors.NotFound(NO_CHANGE_SEEN)
    shown = simplify(found)
    if kind == "stack":
        del shown["items"]  # browse_workspace lists them
    document = {kind: shown} | (_first_comments(api, ids) if kind == "activity" else {})
    return build_result(document, link_to(api, route.address(ids), found))


def is_hidden(change: JsonObject) -> bool:
    """Return whether agents do not see a change, although the caller may."""
    return change["object"]["kind"] in HIDDEN_KINDS


def _first_comments(api: Api, ids: JsonObject) -> JsonObject:
    """Return the first comments on an activity, and if there are more, how to read them."""
    answer = api.ask(COMMENTS, ids | {"limit": FIRST_COMMENTS})
    comments: JsonObject = {"comments": simplify(answer.body)}
    return comments if answer.next is None else comments | {"more_comments": "kind=comments lists all of them"}


TOOLS = [
    declare_tool(
        "get_object",
        "Read one object",
        "One object in full, an activity with its first comments. kind=comments lists all comments on the activity"
        " with this id.",
        [
            Argument("kind", Enum((*KINDS, "comments")), "", True),
            Argument("id", ANY_ID, "of a user also the slug, of a change its seq", True),
            LIMIT._replace(description="of comments"),
            COMMENTS.argument("cursor"),
        ],
        _get_object,
    )
]

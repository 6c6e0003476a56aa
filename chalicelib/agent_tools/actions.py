"""The tools for strategic actions."""

from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.arguments import LIMIT, without_null
from chalicelib.agent_tools.declaring import ADDS, CHANGES, Invocation, declare_tool
from chalicelib.agent_tools.lists import read_list
from chalicelib.agent_tools.results import build_write_result, link_to
from chalicelib.agent_tools.shortening import simplify
from chalicelib.mcp.tools import ToolResult

SHOWN = ("id", "title", "status", "traffic_light", "assignee", "due", "progress")  # unless the agent asks for others
FILTERS = ("q", "assignee", "involved", "label", "status", "traffic_light", "archived", "overdue")
DAYS = ("due_from", "due_to")
OF_PLAN = ("strategy_id", "ogsm_canvas_id")
FIELDS = ("title", "description", "assignee", "involved", "labels", "start", "due", "status", "traffic_light")
MORE_FIELDS = ("progress", "strategies", "ogsm_canvases", "archived")
FIELD_TEXTS = {
    "description": "HTML",
    "assignee": "full name, see find_people",
    "strategies": "ids, see read_plan",
    "ogsm_canvases": "ids",
}

LIST = ApiRoute(
    "GET",
    "/api/v2/actions.json",
    (*FILTERS, *DAYS, *OF_PLAN, "sort", "fields", "cursor", "limit"),
    unused=("start_from", "start_to"),
)
CREATE = ApiRoute("POST", "/api/v2/actions.json", (*FIELDS, *MORE_FIELDS), unused=("id",))
UPDATE = ApiRoute("PATCH", "/api/v2/actions/{action_id}", (*FIELDS, *MORE_FIELDS), unused=("id",))


def _find_actions(invocation: Invocation) -> ToolResult:
    return read_list(invocation.api, LIST, {"fields": SHOWN} | invocation.values, "actions")


def _create_action(invocation: Invocation) -> ToolResult:
    return _save(invocation, CREATE)


def _update_action(invocation: Invocation) -> ToolResult:
    return _save(invocation, UPDATE)


def _save(invocation: Invocation, route: ApiRoute) -> ToolResult:
    action = invocation.api.ask(route, invocation.values).body
    address = UPDATE.address({"action_id": action["id"]})
    return build_write_result(invocation.api, {"action": simplify(action)}, link_to(invocation.api, address, action))


TOOLS = [
    declare_tool(
        "find_actions",
        "Find strategic actions",
        f"Strategic actions, filtered and sorted. Answers {', '.join(SHOWN)} unless `fields` names others.",
        [
            *LIST.arguments(
                q="words in title or description",
                assignee="full name",
                overdue="late and not done",
                sort="such as due,-progress",
                fields="such as id,title,labels",
            )[:-1],
            LIMIT,
        ],
        _find_actions,
    ),
    declare_tool(
        "create_action",
        "Create an action",
        "Creates a strategic action.",
        without_null(CREATE.arguments("title", **FIELD_TEXTS)),
        _create_action,
        ADDS,
    ),
    declare_tool(
        "update_action",
        "Change an action",
        "Changes the fields that are sent, as in create_action, and no others. null clears, arrays are replaced.",
        UPDATE.arguments(),
        _update_action,
        CHANGES,
    ),
]

"""The tool that an agent calls first: who the caller is, and where the work is."""

from collections.abc import Callable

from chalicelib import clock
from chalicelib.agent_tools.api import Api
from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.declaring import Invocation, declare_tool
from chalicelib.agent_tools.results import build_result
from chalicelib.agent_tools.shortening import pick, simplify, simplify_user
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import ToolResult

MOST_LISTED = 30  # workspaces and canvases
MOST_COUNTED = 100  # invitations and delegations

SESSION = ApiRoute("GET", "/api/session/context")
WORKSPACES = ApiRoute("GET", "/api/workspaces", ("limit",), unused=("cursor",))
INVITATIONS = ApiRoute("GET", "/api/invitations", ("limit",), unused=("cursor",))
DELEGATIONS = ApiRoute("GET", "/api/delegations/incoming/pending", ("limit",), unused=("cursor",))
CANVASES = ApiRoute(
    "GET",
    "/api/v2/ogsm_canvases.json",
    ("archived", "fields", "limit"),
    unused=("team_id", "status", "start_from", "start_to", "due_from", "due_to", "overdue", "q", "sort", "cursor"),
)


def _get_context(invocation: Invocation) -> ToolResult:
    api = invocation.api
    session = api.ask(SESSION, {}).body
    canvases = {"archived": False, "fields": ("id", "name", "status")}
    return build_result(
        {
            "user": simplify_user(session["user"]),
            "account": session["account"],
            "may_write": session["scope"] == "write",
            "today": clock.current_time().date().isoformat(),
            **_list_first(api, WORKSPACES, "workspaces", {}, ("id", "name", "type"), "list_my_work"),
            **_list_first(api, CANVASES, "ogsm_canvases", canvases, ("id", "name", "status"), "read_plan"),
            "waiting_invitations": _count(api, INVITATIONS, lambda one: one["user"]["id"] == session["user"]["id"]),
            "waiting_delegations": _count(api, DELEGATIONS, lambda _: True),
        }
    )


def _list_first(
    api: Api, route: ApiRoute, key: str, values: JsonObject, names: tuple[str, ...], tool: str
) -> JsonObject:
    """Return the first objects of a list, and if there are more, the tool that lists all of them."""
    answer = api.ask(route, values | {"limit": MOST_LISTED})
    listed: JsonObject = {key: [pick(simplify(one), names) for one in answer.body]}
    return listed if answer.next is None else listed | {f"more_{key}": f"{tool} lists all of them"}


def _count(api: Api, route: ApiRoute, concerns_caller: Callable[[JsonObject], bool]) -> int | str:
    """Return how many objects of a list wait for the caller. Some lists also have what the caller waits for."""
    answer = api.ask(route, {"limit": MOST_COUNTED})
    count = sum(map(concerns_caller, answer.body))
    return count if answer.next is None else f"{count} or more"


TOOLS = [
    declare_tool(
        "get_context",
        "Who am I",
        "Call this first: the caller, whether it may write, today's date, the workspaces and plans (OGSM canvases), and"
        " what waits for an answer.",
        [],
        _get_context,
    )
]

"""The tool that reads plans: OGSM canvases with their objectives, goals, strategies, KPIs and actions."""

from collections.abc import Collection, Iterator
from typing import Any

from voluptuous import Invalid

from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.arguments import LIMIT, Argument
from chalicelib.agent_tools.declaring import Invocation, declare_tool, wrong_argument
from chalicelib.agent_tools.lists import read_list, take_page
from chalicelib.agent_tools.results import build_result
from chalicelib.agent_tools.shortening import pick, simplify
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import ToolResult
from chalicelib.validation.containers import AnyOf
from chalicelib.validation.types import Enum, Integer

CANVAS_FIELDS = ("id", "name", "team", "status", "start", "due")
ENTRY_FIELDS = ("id", "title", "traffic_light", "assignee", "status", "progress", "due", "target_unit", "latest")
PLAN_CURSOR = Integer(0)  # how many entries come before; plans have no pages in the API
POINT_FIELDS = ("at", "target", "actual")  # of the newest measurement
PARTS = {"objectives": "objective", "goals": "goal", "strategies": "strategy", "kpis": "kpi", "actions": "action"}
OF_STRATEGY = ("kpis", "actions")  # what is below one. It also has references to its objectives

CANVASES = ApiRoute(
    "GET",
    "/api/v2/ogsm_canvases.json",
    ("fields", "limit", "cursor"),
    unused=("team_id", "status", "start_from", "start_to", "due_from", "due_to", "archived", "overdue", "q", "sort"),
)
PLAN = ApiRoute("GET", "/api/v2/ogsm_canvases/{ogsm_canvas_id}/plan.json", ("include_archived",), unused=("fields",))
REVIEW = ApiRoute("GET", "/api/v2/ogsm_canvases/{ogsm_canvas_id}/review.json", unused=("fields",))


def _read_plan(invocation: Invocation) -> ToolResult:
    values = invocation.values
    if "ogsm_canvas_id" not in values:
        if values.get("view") == "review":
            raise wrong_argument("ogsm_canvas_id", "is required for view=review")
        return read_list(invocation.api, CANVASES, values | {"fields": CANVAS_FIELDS}, "ogsm_canvases")
    if values.get("view") == "review":
        return build_result({"review": simplify(invocation.api.ask(REVIEW, values).body)})
    start = _read_number(values)
    plan = invocation.api.ask(PLAN, values).body
    head = {"ogsm_canvas": pick(simplify(plan["canvas"]), CANVAS_FIELDS)}
    return take_page(list(_list_entries(plan)), values | {"cursor": start}, "entries", head)


def _read_number(values: JsonObject) -> int:
    """Return the cursor of a page of a plan, which is a number. Raises errors.Invalid for that of another list."""
    try:
        return PLAN_CURSOR(values.get("cursor", 0))
    except Invalid:
        raise wrong_argument("cursor", "must be the next of the page before") from None


def _list_entries(part: JsonObject, names: Collection[str] = tuple(PARTS)) -> Iterator[JsonObject]:
    """Yield what is on a canvas in its order. A strategy is followed by its KPIs and actions, which name it."""
    for name in names:
        for found in part.get(name, ()):
            yield {"kind": PARTS[name]} | _summarise(found)
            for entry in _list_entries(found, OF_STRATEGY) if name == "strategies" else ():
                yield entry | {"strategy_id": found["id"]}


def _summarise(found: JsonObject) -> JsonObject:
    """Return the fields of an entry that tell how it is going, without those that are not set."""
    entry: dict[str, Any] = pick(simplify(found), ENTRY_FIELDS)
    if entry.get("latest"):
        entry["latest"] = pick(entry["latest"], POINT_FIELDS)
    return {name: value for name, value in entry.items() if value is not None}


TOOLS = [
    declare_tool(
        "read_plan",
        "Read a plan",
        "Without ogsm_canvas_id lists the plans. With it everything on that plan: objectives, goals, strategies each"
        " with its KPIs and actions; or as view=review the counts, what is late and what has no report.",
        [
            Argument("ogsm_canvas_id", PLAN.kind_of("ogsm_canvas_id")),
            Argument("view", Enum(("plan", "review"))),
            PLAN.argument("include_archived"),
            LIMIT,
            Argument("cursor", AnyOf((PLAN_CURSOR, CANVASES.kind_of("cursor")))),
        ],
        _read_plan,
    )
]

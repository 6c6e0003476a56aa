"""Results for requests that the API refuses, in the API's words and with what would have worked."""

from collections.abc import Collection, Iterator
from urllib.parse import unquote

from chalicelib import errors, json_text
from chalicelib.agent_tools.arguments import Argument
from chalicelib.agent_tools.results import shorten, to_result
from chalicelib.http.problems import problem_response
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import ToolResult

# Where the ids and names that an argument takes are shown. An `id` has the source of its kind: `action_id`.
SOURCES = {
    "action_id": "find_actions",
    "activity_id": "list_my_work or browse_workspace",
    "change_id": "list_changes",
    "comment_id": "get_object with kind=comments",
    "comments_id": "list_my_work or browse_workspace",
    "confirm_token": "a call without confirm_token",
    "cursor": "the next of the page before",
    "delegation_id": "list_my_work",
    "goal_id": "read_plan",
    "invitation_id": "list_my_work or browse_workspace",
    "kpi_id": "read_plan",
    "member_id": "browse_workspace with part=members",
    "objective_id": "read_plan",
    "ogsm_canvas_id": "read_plan without ogsm_canvas_id",
    "request_id": "list_changes",
    "seq": "list_changes",
    "stack_id": "browse_workspace with part=stacks",
    "strategy_id": "read_plan",
    "team_id": "read_plan without ogsm_canvas_id",
    "to": "find_people",
    "user_id": "find_people",
    "workspace_id": "get_context",
}
FIELD_ARGUMENTS = {"email": "to", "slug": "to"}  # fields that an argument of another name is passed on as
READ_ONLY = "The credential may only read. Show the person what you would change, or ask for one that may write."
NOT_ALLOWED = "The caller may not do this. Ask somebody who may, such as the owner of the workspace."
PREVIEW_AGAIN = "Call again without confirm_token to see what would happen now, and show it to the person again."
LATER = "Nothing is wrong with the call. Repeat it in a few seconds."
WRONG_NAMES = ("is not a known name", "is required")  # how the rules about names begin
OTHER_HINTS = {409: "Read the object again, and decide anew.", 410: "Ask for something newer.", 429: LATER, 503: LATER}


def to_problem(error: errors.Problem) -> JsonObject:
    """Return the problem details of an error of the API."""
    problem: JsonObject = json_text.load(problem_response(error, "", "").text)
    return problem


def build_refusal(
    problem: JsonObject, arguments: Collection[Argument], given: JsonObject, done: list[str], request_id: str
) -> ToolResult:
    """Return the result for a refused call of a tool with these arguments. `given` are those that were sent.

    `done` is what the call had changed before, which stays.
    """
    document = {name: problem[name] for name in ("status", "title", "detail")}
    if "errors" in problem:
        document["errors"] = [
            {"argument": _to_argument(error["pointer"]), "rule": error["detail"]} for error in problem["errors"]
        ]
    if hint := " ".join(_list_hints(problem, arguments, given)):
        document["hint"] = hint
    if done:
        document |= {"done_before": done, "request_id": request_id}
    return to_result(shorten(document, "correct these first"), is_error=True)


def _to_argument(pointer: str) -> str:
    """Return the argument that a pointer to a field or parameter means: `#/labels/0` is in labels."""
    path = unquote(pointer.lstrip("#/?"))
    name = FIELD_ARGUMENTS.get(path.partition("/")[0], path)
    return name.replace("~1", "/").replace("~0", "~") or "all arguments"  # RFC 6901


def _list_hints(problem: JsonObject, arguments: Collection[Argument], given: JsonObject) -> Iterator[str]:
    status = problem["status"]
    if any(error["detail"].startswith(WRONG_NAMES) for error in problem.get("errors", ())):
        yield _describe(arguments)
    if status in (404, 422):
        wrong = {_to_argument(error["pointer"]) for error in problem.get("errors", ())} or set(given)
        sources = {one.name: _find_source(one.name, given) for one in arguments if one.name in wrong}
        yield from (f"For {name}, see {source}." for name, source in sources.items() if source)
    if status == 403:
        yield READ_ONLY if "may only read" in problem["detail"] else NOT_ALLOWED
    if "confirm_token" in given and status in (400, 409):
        yield PREVIEW_AGAIN
    elif status in OTHER_HINTS:
        yield OTHER_HINTS[status]


def _find_source(name: str, given: JsonObject) -> str | None:
    """Return where the values of an argument are shown, if that is known."""
    return SOURCES.get(f"{given.get('kind')}_id" if name == "id" else name)


def _describe(arguments: Collection[Argument]) -> str:
    required = [one.name for one in arguments if one.is_required]
    optional = [one.name for one in arguments if not one.is_required]
    parts = [f"{word}: {', '.join(names)}" for word, names in (("required", required), ("optional", optional)) if names]
    return f"Arguments of this tool, {'; '.join(parts)}." if parts else "This tool takes no arguments."

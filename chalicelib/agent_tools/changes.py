"""The tools for what has changed: the change feed, and undo."""

from datetime import timedelta

from chalicelib import clock
from chalicelib.agent_tools.api import Answer
from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.arguments import CONFIRM_TOKEN, LIMIT, Argument
from chalicelib.agent_tools.confirming import TOKEN, preview, run_confirmed
from chalicelib.agent_tools.declaring import CHANGES, Invocation, declare_tool, wrong_argument
from chalicelib.agent_tools.lists import AFTER, read_list
from chalicelib.agent_tools.objects import HIDDEN_KINDS, is_hidden
from chalicelib.agent_tools.results import build_write_result
from chalicelib.agent_tools.shortening import simplify
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import Elicitation, ToolResult
from chalicelib.validation.types import Text

USUAL_PERIOD = timedelta(days=1)
ALWAYS_DIFFERENT = ("updated_at",)

LIST = ApiRoute("GET", "/api/changes", ("kind", "object", "actor", "since", "after", "limit"), unused=("wait",))
UNDO = ApiRoute("POST", "/api/changes/{seq}/undo", ("force",))
UNDO_REQUEST = ApiRoute("POST", "/api/changes/undo", ("request_id", "force"))


def _list_changes(invocation: Invocation) -> ToolResult:
    values = invocation.values
    if values.get("kind") in HIDDEN_KINDS:
        raise wrong_argument("kind", "is one that agents do not see")
    if not {"since", "after"} & values.keys():
        start = clock.current_time() - USUAL_PERIOD
        values = {"since": f"{start:%Y-%m-%dT%H:%M:%SZ}"} | values
    return read_list(invocation.api, LIST, values, "changes", _summarise, _without_hidden, AFTER)


def _without_hidden(changes: list[JsonObject]) -> list[JsonObject]:
    return [change for change in changes if not is_hidden(change)]


def _summarise(change: JsonObject) -> JsonObject:
    """Return a change with the fields that differ. Of an object that was created or deleted, it has the whole."""
    seen, actor = change["object"], change["actor"]["user"]
    head = {name: change[name] for name in ("seq", "at", "verb", "request_id")}
    head |= {"object": f"{seen['kind']}/{seen['id']}", "actor": actor}
    before, after = simplify(change["before"]), simplify(change["after"])
    if not before or not after:
        return head | {"before": before, "after": after}
    differing = [name for name in after if before.get(name) != after[name] and name not in ALWAYS_DIFFERENT]
    return head | {"changed": {name: {"before": before.get(name), "after": after[name]} for name in differing}}


def _undo(invocation: Invocation) -> ToolResult | Elicitation:
    """Undo at once what deletes nothing. If it would delete what has been created since, ask first."""
    values = invocation.values
    if {"seq", "request_id"} <= values.keys():
        raise wrong_argument("seq", "cannot be combined with request_id")
    if "seq" not in values and "request_id" not in values:
        raise wrong_argument("seq", "is required unless request_id is given")
    route = UNDO if "seq" in values else UNDO_REQUEST

    def finish(answer: Answer) -> ToolResult:
        return build_write_result(invocation.api, simplify(answer.body))

    if TOKEN not in values and not invocation.call.state:
        shown = preview(invocation.api, route, values)
        if not shown["more"] and all(effect["verb"] != "delete" for effect in shown["would"]):
            return finish(invocation.api.ask(route, values, confirm_token=shown[TOKEN]))
    return run_confirmed(invocation, route, values, finish, "Undo this? It would")


TOOLS = [
    declare_tool(
        "list_changes",
        "What has changed",
        "Changes of objects, the oldest first; of the last 24 hours unless since or after is given.",
        [
            Argument("kind", Text(1, 100), "such as action, activity"),
            LIST.argument("object", "such as action/123, or an id"),
            LIST.argument("actor", "id of a user"),
            LIST.argument("since"),
            LIST.argument("after", "a seq, or the next of the page before"),
            LIMIT,
        ],
        _list_changes,
    ),
    declare_tool(
        "undo",
        "Undo changes",
        "Undoes one change, or all changes of the call with this request_id. An undo can be undone too. It asks for"
        " confirmation if it deletes something. What sent mail cannot be undone.",
        [
            UNDO.argument("seq"),
            UNDO_REQUEST.argument("request_id"),
            UNDO.argument("force", "even if the same fields were changed later"),
            CONFIRM_TOKEN,
        ],
        _undo,
        CHANGES,
    ),
]

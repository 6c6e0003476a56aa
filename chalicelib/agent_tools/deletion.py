"""The tool that deletes. It asks for confirmation."""

from chalicelib.agent_tools.api import Answer
from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.arguments import CONFIRM_TOKEN, Argument
from chalicelib.agent_tools.confirming import run_confirmed
from chalicelib.agent_tools.declaring import DELETES, Invocation, declare_tool, wrong_argument
from chalicelib.agent_tools.objects import ANY_ID
from chalicelib.agent_tools.results import build_write_result
from chalicelib.mcp.tools import Elicitation, ToolResult
from chalicelib.validation.types import Enum

KINDS = {
    "action": ApiRoute("DELETE", "/api/v2/actions/{action_id}"),
    "workspace": ApiRoute("DELETE", "/api/workspaces/{workspace_id}", ("archive_items",)),
    "stack": ApiRoute("DELETE", "/api/stacks/{stack_id}", unused=("archive_items",)),
    "activity": ApiRoute("DELETE", "/api/activities/{activity_id}", unused=("archive_items",)),
    "comment": ApiRoute("DELETE", "/api/comments/{comment_id}", unused=("archive_items",)),
    "invitation": ApiRoute("DELETE", "/api/invitations/{invitation_id}", unused=("archive_items",)),
    "member": ApiRoute("DELETE", "/api/workspaces/{workspace_id}/members/{user_id}", unused=("archive_items",)),
}
WORKSPACE, MEMBER = KINDS["workspace"], KINDS["member"]


def _delete(invocation: Invocation) -> ToolResult | Elicitation:
    values = invocation.values
    kind = values["kind"]
    route = KINDS[kind]
    if ("workspace_id" in values) != (route is MEMBER):
        rule = "is required for a member" if route is MEMBER else "goes with kind=member only"
        raise wrong_argument("workspace_id", rule)
    if "archive_items" in values and route is not WORKSPACE:
        raise wrong_argument("archive_items", "goes with kind=workspace only")
    ids = {"workspace_id": values.get("workspace_id"), route.variables[-1]: values["id"]}

    def finish(_: Answer) -> ToolResult:
        return build_write_result(invocation.api, {"done": True, "deleted": {"kind": kind, "id": values["id"]}})

    return run_confirmed(invocation, route, values | ids, finish, "Delete this? It would")


TOOLS = [
    declare_tool(
        "delete",
        "Delete",
        "The first call deletes nothing: it shows what would go. The tool undo brings back what was deleted, except"
        " members and invitations.",
        [
            Argument("kind", Enum(tuple(KINDS)), "", is_required=True),
            Argument("id", ANY_ID, "", is_required=True),
            MEMBER.argument("workspace_id", "of a member"),
            WORKSPACE.argument("archive_items", "keep a workspace's items in the archive"),
            CONFIRM_TOKEN,
        ],
        _delete,
        DELETES,
    )
]

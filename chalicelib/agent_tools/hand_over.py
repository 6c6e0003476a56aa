"""The tool that hands activities and workspaces to people. It sends mail, so it asks for confirmation."""

from chalicelib.agent_tools.api import Answer
from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.arguments import CONFIRM_TOKEN, Argument, without_null
from chalicelib.agent_tools.confirming import run_confirmed
from chalicelib.agent_tools.declaring import SENDS_MAIL, Invocation, declare_tool, wrong_argument
from chalicelib.agent_tools.results import build_write_result
from chalicelib.agent_tools.shortening import simplify
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import Elicitation, ToolResult
from chalicelib.schemas.invitations import MOST_PEOPLE
from chalicelib.validation.containers import ListOf
from chalicelib.validation.types import Text

PERSON = ("slug", "email")
DELEGATE = ApiRoute(
    "PUT", "/api/activities/{activity_id}/delegate", (*PERSON, "note", "sign_off"), unused=("delegee_slug",)
)
REDELEGATE = ApiRoute("POST", "/api/delegations/{delegation_id}/redelegate", (*PERSON, "note"))
INVITE = ApiRoute("POST", "/api/workspaces/{workspace_id}/invitation", PERSON, unused=("cc",))
ROUTES = {"activity_id": DELEGATE, "delegation_id": REDELEGATE, "workspace_id": INVITE}
QUESTIONS = {
    "activity_id": "Delegate this activity? It would",
    "delegation_id": "Pass this delegation on? It would",
    "workspace_id": "Invite to this workspace? It would",
}


def _hand_over(invocation: Invocation) -> ToolResult | Elicitation:
    values = invocation.values
    what = [name for name in ROUTES if name in values]
    if not what:
        raise wrong_argument("activity_id", "is required unless delegation_id or workspace_id is given")
    if len(what) > 1:
        raise wrong_argument(what[1], f"must be given alone, of {', '.join(ROUTES)}")
    route = ROUTES[what[0]]
    for name in ("note", "sign_off"):
        if name in values and name not in route.fields:
            raise wrong_argument(name, f"does not go with {what[0]}")

    def finish(answer: Answer) -> ToolResult:
        return build_write_result(invocation.api, {"done": True, "answer": simplify(answer.body)})

    return run_confirmed(invocation, route, values | _name_people(route, values["to"]), finish, QUESTIONS[what[0]])


def _name_people(route: ApiRoute, people: list[str]) -> JsonObject:
    """Return the fields that name some people. Raises errors.Invalid if there is not one whom an activity can go to."""
    if not people:
        raise wrong_argument("to", "must name somebody")
    emails, slugs = [one for one in people if "@" in one], [one for one in people if "@" not in one]
    if route is INVITE:
        return {name: named for name, named in (("slug", slugs), ("email", emails)) if named}
    if len(people) != 1:
        raise wrong_argument("to", "must name one person for an activity")
    return {"email": emails[0]} if emails else {"slug": slugs[0]}


TOOLS = [
    declare_tool(
        "hand_over",
        "Delegate or invite",
        "Delegates an activity, passes a delegation on, or invites people to a workspace. It sends mail, so the first"
        " call does nothing but show to whom.",
        [
            *(Argument(name, route.kind_of(name)) for name, route in ROUTES.items()),
            Argument("to", ListOf(Text(1, 255), unique=True, most=MOST_PEOPLE), "slugs, ids or addresses", True),
            *without_null([DELEGATE.argument("note")]),
            DELEGATE.argument("sign_off", "the caller approves what is finished"),
            CONFIRM_TOKEN,
        ],
        _hand_over,
        SENDS_MAIL,
    )
]

"""Confirmation: a tool shows first what it would delete or mail, and does it only when the person has agreed.

The preview is a dry run of the same request. Its token executes exactly what the dry run has shown, or the API answers
409. A client that can put a question to its user does so. Any other gets the preview with the token, which it sends
back as an argument.
"""

from collections.abc import Callable

from chalicelib.agent_tools.api import Answer, Api
from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.agent_tools.declaring import Invocation
from chalicelib.agent_tools.results import shorten, to_result
from chalicelib.control_characters import to_one_line
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import Elicitation, ToolResult

TOKEN = "confirm_token"  # noqa: S105 - the name of a field
MOST_SHOWN = 10  # effects in a question to the user
NAMES = ("title", "name", "body", "name_or_email", "email")  # the fields by which people recognise an object
NEXT_STEP = (
    "Nothing has been done yet. Show this to the person. If the person agrees, call again within 5 minutes with the"
    " same arguments and this confirm_token."
)
NOTHING_DONE = "Nothing was done, because the person did not agree. Do not try it again unless the person asks for it."
ACCEPT, REFUSALS = "accept", ("decline", "cancel")
MAX_NAME = 80  # characters
ANYTHING: JsonObject = {"type": "object", "properties": {}}  # to accept is the whole answer

Finish = Callable[[Answer], ToolResult]


def run_confirmed(
    invocation: Invocation, route: ApiRoute, values: JsonObject, finish: Finish, question: str
) -> ToolResult | Elicitation:
    """Ask for confirmation, or carry out the request if it is confirmed. `finish` makes the result of its answer.

    `question` is the sentence that is put to the user, before what would happen.
    """
    action = (invocation.call.answer or {}).get("action")
    if action in REFUSALS:
        return to_result({"done": False, "hint": NOTHING_DONE})
    token = invocation.call.state if action == ACCEPT else invocation.values
    if not token or TOKEN not in token:
        return _ask(invocation, preview(invocation.api, route, values), question)
    return finish(invocation.api.ask(route, values, confirm_token=token[TOKEN]))


def preview(api: Api, route: ApiRoute, values: JsonObject) -> JsonObject:
    """Return what a request would do, from a dry run."""
    shown: JsonObject = api.ask(route, values, prefer="dry-run").body
    return shown


def _ask(invocation: Invocation, shown: JsonObject, question: str) -> ToolResult | Elicitation:
    effects = list(dict.fromkeys(map(_describe_effect, shown["would"])))  # several commits may write one object
    effects += [f"and {shown['more']} more changes"] if shown["more"] else []
    if invocation.call.can_elicit:
        lines = [question, *_first(effects), *(f"Mail to {to}" for to in _first(_addressees(shown)))]
        return Elicitation("\n".join(lines), ANYTHING, {TOKEN: shown[TOKEN]})
    document = {"done": False, "would": effects, "mails_to": _addressees(shown)}
    return to_result(shorten(document, "these are the first", {TOKEN: shown[TOKEN], "hint": NEXT_STEP}))


def _describe_effect(effect: JsonObject) -> str:
    """Return one effect in words: delete activity 12 “Write the plan”. No name can add a line to the question."""
    seen = effect["object"]
    name = _find_name(effect["before"] or effect["after"] or {})
    words = [effect["verb"], seen["kind"].replace("_", " "), str(seen["id"] or "")]
    return " ".join(filter(None, [*words, f"“{to_one_line(name[:MAX_NAME])}”" if name else ""]))


def _find_name(image: JsonObject) -> str:
    """Return the name by which people recognise an object. A delegation has that of its activity."""
    found = next((str(image[name]) for name in NAMES if image.get(name)), "")
    return found or str((image.get("activity") or {}).get("name", ""))


def _addressees(shown: JsonObject) -> list[str]:
    return [str(mail["to"]) for mail in shown["mails"]]


def _first(lines: list[str]) -> list[str]:
    """Return the first lines, and how many there are besides."""
    more = len(lines) - MOST_SHOWN
    return [*lines[:MOST_SHOWN], f"and {more} more"] if more > 0 else lines

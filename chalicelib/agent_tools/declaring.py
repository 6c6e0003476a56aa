"""The declaration of tools: from their arguments and what they do to what the protocol needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib import errors
from chalicelib.agent_tools.api import Api, Refused
from chalicelib.agent_tools.arguments import Argument, check_arguments, describe_arguments
from chalicelib.agent_tools.refusals import build_refusal, to_problem
from chalicelib.json_text import JsonObject
from chalicelib.mcp.tools import Annotations, Elicitation, Tool, ToolCall, ToolResult

READS = Annotations(is_read_only=True)
ADDS = Annotations()
CHANGES = Annotations(is_destructive=True, is_idempotent=True)  # the protocol calls whatever replaces a value so
DELETES = Annotations(is_destructive=True, is_idempotent=True)
SENDS_MAIL = Annotations(is_open_world=True)


@dataclass(frozen=True)
class Invocation:
    """A call of a tool whose arguments have been checked. `values` has those that were given."""

    api: Api
    values: JsonObject
    call: ToolCall


Run = Callable[[Invocation], ToolResult | Elicitation]


def declare_tool(
    name: str, title: str, description: str, arguments: Sequence[Argument], run: Run, annotations: Annotations = READS
) -> Tool:
    """Return a tool. `run` gets arguments that have passed their types, and may raise Refused and errors.Problem."""

    def run_checked(call: ToolCall) -> ToolResult | Elicitation:
        api = Api(call.context)
        try:
            return run(Invocation(api, check_arguments(arguments, call.arguments), call))
        except (errors.Problem, Refused) as error:
            problem = error.problem if isinstance(error, Refused) else to_problem(error)
        return build_refusal(problem, arguments, call.arguments, api.done, api.request_id)

    return Tool(name, title, description, describe_arguments(arguments), run_checked, annotations)


def wrong_argument(name: str, rule: str) -> errors.Invalid:
    """Return the error for an argument that does not go with the others."""
    return errors.Invalid([{"pointer": f"#/{name}", "detail": rule}])

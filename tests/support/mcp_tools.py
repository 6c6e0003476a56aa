"""Tools for tests of the protocol: those that the official conformance suite calls, by their names and answers."""

from collections.abc import Callable
from typing import Any

from chalicelib import errors
from chalicelib.mcp.tools import (
    Annotations,
    Elicitation,
    InputRequest,
    InputRequired,
    ResourceLink,
    Tool,
    ToolCall,
    ToolResult,
)

Json = dict[str, Any]
Run = Callable[[ToolCall], ToolResult | Elicitation | InputRequired]

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="
IMAGE = {"type": "image", "data": PNG, "mimeType": "image/png"}
AUDIO = {"type": "audio", "data": WAV, "mimeType": "audio/wav"}
RESOURCE = {"uri": "test://mixed-content-resource", "mimeType": "application/json", "text": "{}"}
EMBEDDED = {"type": "resource", "resource": RESOURCE}

NO_ARGUMENTS: Json = {"type": "object", "properties": {}, "additionalProperties": False}
TEXT, BOOLEAN = {"type": "string"}, {"type": "boolean"}
RULES = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {"$anchor": "addressDef", "type": "object", "properties": {"street": TEXT, "city": TEXT}},
    },
    "properties": {
        "name": TEXT,
        "address": {"$ref": "#/$defs/address"},
        "contactMethod": {"type": "string", "enum": ["phone", "email"]},
        "phone": TEXT,
        "email": TEXT,
    },
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": False,
}


def form(message: str, name: str, kind: Json = TEXT) -> InputRequest:
    """Return a question with one field."""
    schema = {"type": "object", "properties": {name: kind}, "required": [name]}
    return InputRequest("elicitation/create", {"mode": "form", "message": message, "requestedSchema": schema})


FRANCE = {"role": "user", "content": {"type": "text", "text": "What is the capital of France?"}}
SAMPLE = InputRequest("sampling/createMessage", {"messages": [FRANCE], "maxTokens": 100})
ROOTS = InputRequest("roots/list")


def tool(name: str, run: Run, schema: Json = NO_ARGUMENTS, **more: Any) -> Tool:
    """Return a tool whose title and description are its name."""
    return Tool(name, name, f"The tool {name}.", schema, run, **more)


def always(text: str, *blocks: Json, is_error: bool = False) -> Run:
    """Return what answers the same to every call."""
    return lambda _: ToolResult(text, blocks=blocks, is_error=is_error)


def ask(requests: dict[str, InputRequest], state: Json | None = None, done: str = "done") -> Run:
    """Return what asks until it has an accepted response to every request."""

    def run(call: ToolCall) -> ToolResult | InputRequired:
        if any(accepted(call, name) is None for name in requests):
            return InputRequired(requests, state)
        return ToolResult(done.format(call=call))

    return run


def accepted(call: ToolCall, name: str) -> Json | None:
    """Return the response to a request, or None if the user has not accepted it."""
    response = call.responses.get(name)
    return response if isinstance(response, dict) and response.get("action", "accept") == "accept" else None


def ask_twice(call: ToolCall) -> ToolResult | InputRequired:
    """Ask for a name, and then for a colour."""
    step = call.state["step"] if call.state else 0
    if step == 2 and accepted(call, "step2"):
        return ToolResult("done")
    if step == 1 and accepted(call, "step1"):
        return InputRequired({"step2": form("Step 2: What is your favorite color?", "color")}, {"step": 2})
    return InputRequired({"step1": form("Step 1: What is your name?", "name")}, {"step": 1})


NAME = {"user_name": form("What is your name?", "name")}
CONFIRM = {"confirm": form("Please confirm", "ok", BOOLEAN)}
SUFFIXES: dict[str, Run] = {
    "elicitation": ask(NAME, done="Hello, {call.responses[user_name][content][name]}!"),
    "sampling": ask({"capital_question": SAMPLE}, done="{call.responses[capital_question][content]}"),
    "list_roots": ask({"client_roots": ROOTS}),
    "request_state": ask(CONFIRM, {"step": 1}, "state-ok"),
    "tampered_state": ask(CONFIRM, {"step": 1}, "state-ok"),
    "multiple_inputs": ask(NAME | {"greeting": SAMPLE, "client_roots": ROOTS}, {"step": 1}),
    "capabilities": ask(NAME | {"greeting": SAMPLE}),
    "multi_round": ask_twice,
}
CONFORMANCE_TOOLS = [
    tool("test_simple_text", always("This is a simple text response for testing.")),
    tool("test_image_content", always("", IMAGE)),
    tool("test_audio_content", always("", AUDIO)),
    tool("test_embedded_resource", always("", EMBEDDED)),
    tool("test_multiple_content_types", always("Multiple content types test:", IMAGE, EMBEDDED)),
    tool("test_error_handling", always("This tool intentionally returns an error for testing", is_error=True)),
    tool("test_missing_capability", ask({"capital_question": SAMPLE})),
    tool("test_streaming_elicitation", always("nothing was streamed")),
    tool("test_logging_tool", always("nothing was logged")),
    *(tool(f"test_input_required_result_{suffix}", run) for suffix, run in SUFFIXES.items()),
    tool("json_schema_2020_12_tool", always("ok"), RULES),
]


def echo(call: ToolCall) -> ToolResult:
    """Answer the arguments, as text and as data, with a link."""
    return ToolResult(f"Got {len(call.arguments)}.", {"got": call.arguments}, [ResourceLink("test://one", "One")])


def delete(call: ToolCall) -> ToolResult | Elicitation:
    """Ask the user before anything is deleted."""
    if not call.can_elicit:
        return ToolResult("Call it again with confirm_token.", is_error=True)
    if call.answer is None:
        schema = {"type": "object", "properties": {"sure": BOOLEAN}, "required": ["sure"]}
        return Elicitation(f"Delete {call.arguments.get('id')}?", schema, {"version": 3})
    if call.answer["action"] != "accept" or not call.answer.get("content", {}).get("sure"):
        return ToolResult("The user said no.", is_error=True)
    return ToolResult(f"Deleted in version {call.state['version']}." if call.state else "")


def refuse(call: ToolCall) -> ToolResult:
    """Raise an error of the API."""
    raise errors.NotFound("There is no action 7.")


def fail(call: ToolCall) -> ToolResult:
    """Raise what no tool should raise."""
    raise RuntimeError("the secret ingredient")


TOOLS = [
    tool("echo", echo, output_schema={"type": "object"}, annotations=Annotations(is_read_only=True)),
    tool("delete", delete, annotations=Annotations(is_destructive=True, is_idempotent=True)),
    tool("refuse", refuse),
    tool("fail", fail),
]

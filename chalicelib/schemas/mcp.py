"""Messages of the Model Context Protocol, which are JSON-RPC 2.0. Only what all of them have is declared here."""

from chalicelib.validation.containers import All, AnyOf, Nullable, json_object
from chalicelib.validation.schema import LenientSchema, Schema
from chalicelib.validation.types import MAX_INTEGER, Enum, Integer, Text

JSON_RPC = Enum(("2.0",), name="JsonRpcVersion")
MESSAGE_ID = AnyOf((Text(), Integer(-MAX_INTEGER)))
MCP_MESSAGE = LenientSchema(
    "McpMessage",
    {"jsonrpc": JSON_RPC, "id": MESSAGE_ID, "method": Text(), "params": All(json_object, {})},
    required={"jsonrpc", "method"},
    descriptions={
        "jsonrpc": "The version of JSON-RPC.",
        "id": "The id that the answer will have. A notification has none, and gets no answer.",
        "method": "The method, such as `tools/list` or `tools/call`.",
        "params": "The parameters of the method.",
    },
)
MCP_ERROR = Schema(
    "McpError",
    {},
    read_only={"code": Integer(-MAX_INTEGER), "message": Text(), "data": All(json_object, {})},
    optional_in_response={"data"},
    descriptions={
        "code": "The code of the error, as JSON-RPC and the protocol define it.",
        "message": "What is wrong, in a sentence.",
        "data": "What else belongs to the code, such as the versions that are supported.",
    },
)
MCP_ANSWER = Schema(
    "McpAnswer",
    {},
    read_only={
        "jsonrpc": JSON_RPC,
        "id": Nullable(MESSAGE_ID),
        "result": All(json_object, {}),
        "error": MCP_ERROR,
    },
    optional_in_response={"result", "error"},
    descriptions={
        "jsonrpc": "The version of JSON-RPC.",
        "id": "The id of the message. Null if it had no valid one.",
        "result": "The result of the method.",
        "error": "Why there is no result.",
    },
)

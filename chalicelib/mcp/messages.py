"""Messages of JSON-RPC 2.0, as far as the protocol uses them, and the codes of its errors."""

from typing import Any, NamedTuple

from chalicelib import json_text
from chalicelib.json_text import JsonObject

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = -32700, -32600, -32601, -32602, -32603
HEADER_MISMATCH, MISSING_CAPABILITY, UNSUPPORTED_VERSION = -32020, -32021, -32022

MAX_LEVELS = 20  # of objects and arrays: 16 of arguments as in every body of the API, and those around them
MAX_SHOWN = 100  # characters of what a client sent, in an error

RpcId = str | int


class RpcError(Exception):
    """An error that is answered as the error of a message. `text` is a sentence, and `data` depends on the code."""

    def __init__(self, code: int, text: str, data: JsonObject | None = None) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.data = data


class RpcRequest(NamedTuple):
    """A message that asks for an answer. `meta` is what it says about itself."""

    id: RpcId
    method: str
    params: JsonObject
    meta: JsonObject


def parse_body(body: bytes) -> Any:
    """Return the message in a body, or the array of messages. Raises RpcError."""
    try:
        return json_text.parse(json_text.decode(body), MAX_LEVELS)
    except json_text.UnusableText as error:
        code = INVALID_REQUEST if isinstance(error, json_text.TooDeepText) else PARSE_ERROR
        raise RpcError(code, f"The body {error}.") from None


def read_request(message: object) -> RpcRequest | None:
    """Return the request in a message, or None for a notification or a response, which get no answer.

    Raises RpcError.
    """
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise RpcError(INVALID_REQUEST, 'A message must be a JSON object with "jsonrpc": "2.0".')
    method, params = message.get("method"), message.get("params", {})
    if method is None and {"result", "error"} & message.keys():
        return None
    if not isinstance(method, str):
        raise RpcError(INVALID_REQUEST, "method must be a string.")
    if "id" not in message:
        return None
    rpc_id = find_id(message)
    if rpc_id is None:
        raise RpcError(INVALID_REQUEST, "id must be a string or an integer.")
    if not isinstance(params, dict):
        raise RpcError(INVALID_PARAMS, "params must be an object.")
    return RpcRequest(rpc_id, method, params, find_meta(message))


def find_id(message: object) -> RpcId | None:
    """Return the id of a message, or None if it has no valid one."""
    rpc_id = message.get("id") if isinstance(message, dict) else None
    return rpc_id if isinstance(rpc_id, str | int) and not isinstance(rpc_id, bool) else None


def find_meta(message: object) -> JsonObject:
    """Return what a message says about itself, which is nothing if it is malformed."""
    params = message.get("params") if isinstance(message, dict) else None
    meta = params.get("_meta") if isinstance(params, dict) else None
    return meta if isinstance(meta, dict) else {}


def describe_result(rpc_id: RpcId, result: JsonObject) -> JsonObject:
    """Return the message that answers a request."""
    return {"jsonrpc": "2.0", "id": rpc_id, "result": result}


def describe_error(rpc_id: RpcId | None, error: RpcError) -> JsonObject:
    """Return the message that reports an error. The id is None if the message had no valid one."""
    described: JsonObject = {"code": error.code, "message": error.text}
    if error.data is not None:
        described["data"] = error.data
    return {"jsonrpc": "2.0", "id": rpc_id, "error": described}


def show(value: object) -> str:
    """Return a value that a client sent for an error: quoted, and not longer than MAX_SHOWN."""
    shown = json_text.dump(value)
    return shown if len(shown) <= MAX_SHOWN else f"{shown[:MAX_SHOWN]}..."

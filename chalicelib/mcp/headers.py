"""The HTTP headers of a message. In the modern version they repeat what the body says, so that proxies can read it."""

import base64
import binascii
from collections.abc import Mapping

from chalicelib.json_text import JsonObject
from chalicelib.mcp import messages, versions
from chalicelib.mcp.messages import RpcError, RpcRequest

PROTOCOL_VERSION, METHOD, NAME = "MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"
META_PREFIX = "io.modelcontextprotocol/"
META_VERSION, META_CAPABILITIES = f"{META_PREFIX}protocolVersion", f"{META_PREFIX}clientCapabilities"
ENCODED_START, ENCODED_END = "=?base64?", "?="


def read_version(headers: Mapping[str, str]) -> str | None:
    """Return the version that the header names, or None without the header."""
    return _read(headers, PROTOCOL_VERSION)


def is_modern(headers: Mapping[str, str], message: object) -> bool:
    """Return whether a message is one of the modern version, or of a version that does not exist.

    The latter is answered as in the modern version. initialize is always legacy, whatever its header says, unless the
    message itself names a version.
    """
    version = read_version(headers)
    if META_VERSION in messages.find_meta(message) or version == versions.MODERN:
        return True
    is_initialize = isinstance(message, dict) and message.get("method") == "initialize"
    return version is not None and version not in versions.LEGACY and not is_initialize


def require_modern(headers: Mapping[str, str], request: RpcRequest) -> JsonObject:
    """Return the capabilities of the client that a modern message names.

    Raises RpcError for a version that does not exist, for incomplete metadata, and if a header differs from the body.
    """
    header, version = read_version(headers), request.meta.get(META_VERSION)
    if version is None and header not in (None, *versions.SUPPORTED):
        raise _unsupported(header)
    capabilities = request.meta.get(META_CAPABILITIES)
    if version is None or not isinstance(capabilities, dict):
        raise RpcError(messages.INVALID_PARAMS, f"params._meta needs {META_VERSION} and {META_CAPABILITIES}.")
    _require_match(headers, PROTOCOL_VERSION, version)
    _require_match(headers, METHOD, request.method)
    if request.method == "tools/call":
        _require_match(headers, NAME, request.params.get("name"))
    if version != versions.MODERN:
        raise _unsupported(version)
    return capabilities


def _require_match(headers: Mapping[str, str], name: str, expected: object) -> None:
    given = _read(headers, name)
    if given != expected:
        found = f"is {messages.show(given)}" if given is not None else "is missing or cannot be decoded"
        text = f"The header {name} {found}, but the body says {messages.show(expected)}."
        raise RpcError(messages.HEADER_MISMATCH, text)


def _unsupported(version: object) -> RpcError:
    data = {"supported": list(versions.SUPPORTED), "requested": version}
    return RpcError(messages.UNSUPPORTED_VERSION, "This version of the protocol is not supported.", data)


def _read(headers: Mapping[str, str], name: str) -> str | None:
    """Return the value of a header, decoded if it is in Base64. It is None if it is missing or cannot be decoded."""
    value = headers.get(name.lower(), "").strip(" \t")
    is_encoded = value.startswith(ENCODED_START) and value.endswith(ENCODED_END)
    if not is_encoded:
        return value or None
    try:
        encoded = value.removeprefix(ENCODED_START).removesuffix(ENCODED_END)
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return None

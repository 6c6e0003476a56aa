"""Messages of the protocol as Hypothesis makes them: right ones of every version, and some with a mistake."""

import base64
import json
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.support.mcp_messages import META, MODERN
from tests.support.mcp_tools import CONFORMANCE_TOOLS, TOOLS

Json = dict[str, Any]

LEGACY = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
VERSIONS = [MODERN, *LEGACY, None, "2030-01-01"]
METHODS = [*["tools/call"] * 6, "tools/list", "initialize", "ping", "server/discover", "notifications/initialized", "x"]
# Without the tool that fails on purpose.
OFFERED = [tool for tool in [*TOOLS, *CONFORMANCE_TOOLS] if tool.name != "fail"]
CAPABILITIES: list[Json] = [{}, {"elicitation": {}}, {"elicitation": {"url": {}}, "sampling": {}, "roots": {}}]

text = st.text(max_size=8)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    text,
    st.sampled_from(["\ud800", "\0", "x" * 5_000, 10**30]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3), max_leaves=6
)
header_values = st.one_of(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=20).map(
        lambda value: value.strip("\t \x85\xa0").encode("latin-1")
    ),
    text.map(lambda value: b"=?base64?" + base64.b64encode(value.encode(errors="replace")) + b"?="),
    st.sampled_from([b"", b"=?base64?", b"=?base64?=?=", b"x" * 5_000, *(one.encode() for one in VERSIONS if one)]),
)
responses = st.dictionaries(
    st.sampled_from(["answer", "user_name", "step1", "step2", "confirm", "x"]),
    st.fixed_dictionaries(
        {"action": st.sampled_from(["accept", "decline", "cancel", "x"])},
        optional={"content": st.fixed_dictionaries({"sure": st.booleans(), "name": text})},
    )
    | values,
    max_size=3,
)


class Sent(NamedTuple):
    """A request to the endpoint."""

    headers: dict[str, bytes]
    content: bytes


@st.composite
def messages(draw: st.DrawFn, version: str | None) -> Json:
    """Return a right message of a version, mostly a call of a tool."""
    method = draw(st.sampled_from(METHODS))
    params: Json = {}
    if method == "tools/call":
        params["name"] = draw(st.sampled_from(OFFERED)).name
        if draw(st.booleans()):
            params["arguments"] = draw(st.dictionaries(text, values, max_size=3))
        if draw(st.booleans()):
            params["inputResponses"] = draw(responses)
    if method == "initialize":
        params["protocolVersion"] = draw(st.sampled_from(VERSIONS))
    if version == MODERN:
        capabilities = draw(st.sampled_from(CAPABILITIES))
        params["_meta"] = {f"{META}protocolVersion": version, f"{META}clientCapabilities": capabilities}
    message: Json = {"jsonrpc": "2.0", "method": method, "params": params}
    return message if method.startswith("notifications/") else message | {"id": draw(st.integers() | text)}


@st.composite
def spoiled(draw: st.DrawFn, message: Json) -> Any:
    """Return a message with one part of it left out or replaced with any value."""
    places = [message, message["params"], message["params"].get("_meta", {})]
    place = draw(st.sampled_from([one for one in places if one]))
    names = [*place, "requestState", "cursor", "arguments", "inputResponses", "result", "x"]
    name = draw(st.sampled_from(names))
    if draw(st.booleans()):
        place.pop(name, None)
    else:
        place[name] = draw(values)
    return message


def headers_of(version: str | None, message: Json) -> dict[str, bytes]:
    """Return the headers that belong to a message."""
    headers = {"MCP-Protocol-Version": version or ""}
    if version == MODERN:
        headers |= {"Mcp-Method": message["method"], "Mcp-Name": message["params"].get("name", "")}
    return {name: value.encode() for name, value in headers.items() if value}


@st.composite
def requests(draw: st.DrawFn) -> Sent:
    """Return a request with one message, of which some have a mistake."""
    version = draw(st.sampled_from(VERSIONS))
    message = draw(messages(version))
    headers = headers_of(version, message)
    if draw(st.booleans()):
        message = draw(spoiled(message))
    if draw(st.integers(0, 5)) == 0:
        headers[draw(st.sampled_from(["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"]))] = draw(header_values)
    return Sent({name: value for name, value in headers.items() if value}, json.dumps(message).encode())


@st.composite
def batches(draw: st.DrawFn) -> Sent:
    """Return a request with a batch, which may be too long, or with any other value."""
    version = draw(st.sampled_from(["2025-03-26", *VERSIONS]))
    batch = draw(st.lists(messages(version).flatmap(spoiled) | values, max_size=3)) * draw(st.sampled_from([1, 8]))
    headers = {"MCP-Protocol-Version": version.encode()} if version else {}
    return Sent(headers, json.dumps(draw(st.just(batch) | values)).encode())


@st.composite
def broken(draw: st.DrawFn) -> Sent:
    """Return a request whose body has a few wrong bytes."""
    headers, content = draw(requests())
    place = draw(st.integers(0, len(content)))
    return Sent(headers, content[:place] + draw(st.binary(max_size=3)) + content[place + draw(st.integers(0, 3)) :])


any_requests = st.one_of(requests(), requests(), batches(), broken())

"""Arbitrary arguments of every tool, made by Hypothesis: they are answered or refused, and nothing fails inside."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.agent_tools import load_tools
from chalicelib.mcp.tools import Tool
from infra.testing.world import World
from tests.support import counts
from tests.support.agents import Agent

Json = dict[str, Any]

MOST_RESULT_BYTES = 20_000
EACH = settings(
    max_examples=counts.choose(quick=12, full=1_000),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TOOLS = {tool.name: tool for tool in load_tools()}

WORDS = ("", "0", "1", "17", "1.0", "true", "2024-01-01", "mia-member", "x@y.example", "\0", "\ud800", "..", "%2e/{x}")
text = st.text(max_size=20) | st.sampled_from(WORDS)
numbers = (
    st.integers()
    | st.sampled_from([0, 1, 2, 17, 18, 19, 20, 21, 22, -1, 2**53, 10**400])
    | st.floats(allow_nan=False, allow_infinity=False)
)
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
dates = st.dates().map(str) | st.datetimes().map(lambda time: f"{time.isoformat()}Z")
BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "string": text | dates,
    "integer": st.sampled_from([1, 2, 3, 17, 18, 19, 20, 21, 22]) | st.integers(0, 100),
    "boolean": st.booleans(),
    "null": st.none(),
}


def values(schema: Json) -> st.SearchStrategy[Any]:
    """Return values of an argument that mostly have its type."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "array":
        return st.lists(values(schema["items"]), max_size=3)
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of(*(BY_TYPE[one] for one in types))


@st.composite
def arguments(draw: st.DrawFn, tool: Tool) -> Json:
    """Return arguments of a tool: mostly those that it has, mostly of their types."""
    properties, required = tool.input_schema["properties"], tool.input_schema.get("required", ())
    chosen = draw(st.sets(st.sampled_from(sorted(properties)))) if properties else set()
    drawn = {name: draw(values(properties[name])) for name in sorted({*chosen, *required})}
    if draw(st.integers(0, 3)) == 0:
        drawn |= draw(st.dictionaries(st.sampled_from(sorted(properties) or ["x"]) | text, anything, max_size=3))
    return drawn


def check(agent: Agent, tool: str, sent: Json) -> None:
    result = agent.send(tool, sent)
    assert len(json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode()) <= MOST_RESULT_BYTES
    data = result["structuredContent"]
    assert json.loads(result["content"][0]["text"]) == data
    if result.get("isError"):
        assert 400 <= data["status"] < 500, data
        assert data["detail"]


@pytest.fixture
def agent(world: World) -> Agent:
    """Return an agent of the owner, in a world where small ids are those of something."""
    agent = Agent(world.owner)
    agent.call("create_action", title="x", due="2024-01-01")
    agent.call("comment", activity_id=world.item(), body="x")
    world.delegate()
    return agent


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_any_arguments_are_answered_or_refused(agent: Agent, tool: Tool) -> None:
    @EACH
    @given(sent=arguments(tool))
    def send(sent: Json) -> None:
        check(agent, tool.name, sent)

    send()

"""The routes that tools use: a route that changes has to change with its tools."""

import jsonschema_rs
import pytest

import app  # noqa: F401 - registers every route
from chalicelib.agent_tools import load_tools
from chalicelib.agent_tools.api_routes import ApiRoute
from chalicelib.http import inner_requests
from chalicelib.http.endpoint import ENDPOINTS, Endpoint
from chalicelib.mcp.tools import Tool
from chalicelib.validation.schema import Schema, parameters
from chalicelib.validation.types import Integer, Text
from tests.support.agent_routes import find_routes, list_differences

ROUTES = find_routes()
IDS = [f"{route.method} {route.path}" for route in ROUTES]
NO_DIFFERENCE: dict[str, set[str]] = {"has": set(), "lacks": set()}
SECRETS_AND_ADMINISTRATION = ("/api/credentials", "/api/audit", "/api/webhooks", "/api/session/switch", "/oauth")
UPDATE = ApiRoute("PATCH", "/api/activities/{activity_id}", ("name", "description"))


@pytest.fixture
def _changed(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Change the declaration of UPDATE as the parameter of the test says."""
    changed: Endpoint = request.param(UPDATE.endpoint)
    others = [changed if endpoint == UPDATE.endpoint else endpoint for endpoint in ENDPOINTS]
    monkeypatch.setattr(inner_requests, "ENDPOINTS", others)


def with_body(**fields: object) -> object:
    return lambda endpoint: endpoint._replace(body=Schema("", fields))


TEXTS = {"name": Text(), "description": Text()}
NEW_PARAMETER = parameters(color=Text())


@pytest.mark.parametrize("route", ROUTES, ids=IDS)
def test_every_field_of_a_route_is_passed_on_or_left_out_on_purpose(route: ApiRoute) -> None:
    assert list_differences(route) == NO_DIFFERENCE, "Decide what the tools do: see ApiRoute in chalicelib/agent_tools."


@pytest.mark.parametrize(
    ("_changed", "difference"),
    [
        (with_body(**TEXTS, color=Text()), {"has": {"color"}, "lacks": set()}),
        (with_body(name=Text()), {"has": set(), "lacks": {"description"}}),
        (lambda endpoint: endpoint._replace(query=NEW_PARAMETER), {"has": {"color"}, "lacks": set()}),
    ],
    indirect=["_changed"],
    ids=["a new field", "a field less", "a new parameter"],
)
@pytest.mark.usefixtures("_changed")
def test_a_changed_route_is_noticed(difference: dict[str, set[str]]) -> None:
    assert list_differences(ApiRoute(UPDATE.method, UPDATE.path, UPDATE.fields)) == difference


@pytest.mark.parametrize(
    "_changed",
    [
        lambda endpoint: endpoint._replace(methods=("PUT",)),
        lambda endpoint: endpoint._replace(paths=("/api/tasks/{activity_id}",)),
    ],
    indirect=True,
    ids=["another method", "another path"],
)
@pytest.mark.usefixtures("_changed")
def test_a_route_that_has_moved_is_noticed() -> None:
    with pytest.raises(LookupError, match="There is no route PATCH /api/activities"):
        list_differences(ApiRoute(UPDATE.method, UPDATE.path, UPDATE.fields))


@pytest.mark.parametrize("_changed", [with_body(name=Integer(1), description=Text())], indirect=True)
@pytest.mark.usefixtures("_changed")
def test_an_argument_has_the_type_that_the_route_has() -> None:
    assert ApiRoute(UPDATE.method, UPDATE.path, UPDATE.fields).kind_of("name") == Integer(1)


def test_no_tool_reaches_secrets_or_administration() -> None:
    used = {(route.method, route.path) for route in ROUTES}
    assert not [path for _, path in used if path.startswith(SECRETS_AND_ADMINISTRATION)]
    about_people = {(method, path) for method, path in used if path.startswith(("/api/users", "/api/me"))}
    assert about_people == {("GET", "/api/users"), ("GET", "/api/users/{user}")}


@pytest.mark.parametrize("tool", load_tools(), ids=lambda tool: tool.name)
def test_the_arguments_of_a_tool_are_described_by_a_valid_schema(tool: Tool) -> None:
    jsonschema_rs.meta.validate(tool.input_schema)
    assert tool.input_schema["type"] == "object"
    assert set(tool.input_schema.get("required", ())) <= set(tool.input_schema["properties"])


def test_tools_are_always_in_the_same_order_and_those_that_read_come_first() -> None:
    names = [tool.name for tool in load_tools()]
    assert names == [tool.name for tool in load_tools()]
    assert len(set(names)) == len(names)
    reading = [tool.annotations.is_read_only for tool in load_tools()]
    assert reading == sorted(reading, reverse=True)

"""Everything about a call is declared once. A forgotten declaration fails with a message that says where it belongs."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from chalice.app import Chalice

from app import app
from chalicelib import routes
from chalicelib.http import path_variables, routing
from chalicelib.http.endpoint import ENDPOINTS, Created, Endpoint
from chalicelib.http.path_variables import HEX_24, NUMBER
from chalicelib.http.routing import Routes
from chalicelib.schemas.actions import ACTION
from chalicelib.validation.schema import Schema
from infra.openapi import examples, json_schema
from infra.testing import documents


def place(endpoint: Endpoint) -> str:
    return f"{endpoint.view.__name__} in {endpoint.view.__module__}"


def creations_without_declaration(endpoints: Iterable[Endpoint]) -> list[str]:
    return [
        f"{place(endpoint)} answers 201 but does not declare what it creates. Add creates=PATH to its route; PATH is "
        "where the new object can be read."
        for endpoint in endpoints
        if 201 in endpoint.statuses and endpoint.creates is None
    ]


def creations_without_a_reader(endpoints: Iterable[Endpoint]) -> list[str]:
    readable = {path for endpoint in ENDPOINTS if "GET" in endpoint.methods for path in endpoint.paths}
    return [
        f"{place(endpoint)} declares creates={endpoint.creates.path!r}, but no route reads that path. Correct the "
        "path, or add the GET route."
        for endpoint in endpoints
        if endpoint.creates and endpoint.creates.path.removesuffix(".json") not in readable
    ]


def views_without_docstring(endpoints: Iterable[Endpoint]) -> list[str]:
    return [
        f"{place(endpoint)} has no docstring. Add one: its first line is the summary in the OpenAPI document."
        for endpoint in endpoints
        if not endpoint.view.__doc__
    ]


def modules_without_line(names: Iterable[str]) -> list[str]:
    return [
        f"chalicelib/routes/{name}.py is not served. Add {name!r} to BLUEPRINTS in chalicelib/routes/__init__.py."
        for name in names
        if name not in routes.BLUEPRINTS
    ]


def missing_examples(endpoints: Iterable[Endpoint]) -> list[str]:
    named = {name for endpoint in endpoints for name in (endpoint.answer_example, endpoint.body_example) if name}
    return [
        f"A route names the example {name!r}. Add the file infra/testing/documents/{name}.json."
        for name in sorted(named)
        if not documents.has_example(name)
    ]


def route_modules() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(routes.__path__)]


@pytest.mark.parametrize(
    "check", [creations_without_declaration, creations_without_a_reader, views_without_docstring, missing_examples]
)
def test_no_route_lacks_a_declaration(check: Callable[[Iterable[Endpoint]], list[str]]) -> None:
    mistakes = check(ENDPOINTS)
    assert not mistakes, "\n".join(mistakes)


def test_every_route_module_is_served() -> None:
    mistakes = modules_without_line(route_modules())
    assert not mistakes, "\n".join(mistakes)


def test_every_served_noun_has_a_module() -> None:
    assert sorted(routes.BLUEPRINTS) == sorted(set(route_modules()))


def make_endpoint(view: Callable[..., Any], **declared: Any) -> Endpoint:
    return Endpoint(("POST",), ("/api/things",), view, **declared)


def create_thing(_: object) -> None:
    """Creates a thing."""


def view_without_docstring(_: object) -> None: ...


def test_a_201_without_what_it_creates_is_found() -> None:
    [message] = creations_without_declaration([make_endpoint(create_thing, statuses=(201,))])
    assert message.startswith("create_thing in tests.infra.test_declarations answers 201")
    assert "Add creates=PATH to its route" in message


def test_a_created_object_that_cannot_be_read_is_found() -> None:
    [message] = creations_without_a_reader([make_endpoint(create_thing, creates=Created("/api/things/{thing_id}"))])
    assert "no route reads that path" in message


def test_a_route_without_a_docstring_is_found() -> None:
    [message] = views_without_docstring([make_endpoint(view_without_docstring)])
    assert message.startswith("view_without_docstring in tests.infra.test_declarations has no docstring.")


def test_a_route_module_that_is_not_served_is_found() -> None:
    [message] = modules_without_line(["actions", "things"])
    assert message.endswith("Add 'things' to BLUEPRINTS in chalicelib/routes/__init__.py.")


def test_an_example_without_a_file_is_found() -> None:
    [message] = missing_examples([make_endpoint(create_thing, answer_example="action", body_example="thing")])
    assert message.endswith("Add the file infra/testing/documents/thing.json.")
    with pytest.raises(FileNotFoundError, match=r"Add thing\.json to infra/testing/documents"):
        examples.body_example("thing")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the declarations of a test out of the real ones."""
    monkeypatch.setattr(routing, "ENDPOINTS", [])
    monkeypatch.setattr(path_variables, "PATH_VARIABLES", dict(path_variables.PATH_VARIABLES))


@pytest.mark.usefixtures("registry")
def test_a_path_variable_that_no_noun_declares_stops_the_app_from_being_built() -> None:
    things = Routes("chalicelib.routes.things")
    things.get("/api/activities/{activity_id}/things/{thing_id}")(create_thing)
    with pytest.raises(LookupError, match="'thing_id', which no noun declares"):
        Chalice(app_name="things").register_blueprint(things)


@pytest.mark.usefixtures("registry")
def test_a_noun_declares_its_path_variables_and_uses_those_of_others() -> None:
    things = Routes("chalicelib.routes.things", path_variables={"thing_id": NUMBER})
    things.get("/api/activities/{activity_id}/things/{thing_id}")(create_thing)
    built = Chalice(app_name="things")
    built.register_blueprint(things)
    assert set(built.routes) == {"/api/activities/{activity_id}/things/{thing_id}"}


@pytest.mark.usefixtures("registry")
def test_a_path_variable_has_one_kind() -> None:
    Routes("chalicelib.routes.things", path_variables={"activity_id": NUMBER})
    with pytest.raises(ValueError, match="'activity_id', but another module declares another kind"):
        Routes("chalicelib.routes.things", path_variables={"activity_id": HEX_24})


def test_a_schema_name_that_is_used_twice_is_found() -> None:
    with pytest.raises(ValueError, match=r"chalicelib\.schemas\.things has a second schema named 'Action'"):
        json_schema.index_by_name(
            [("chalicelib.schemas.actions", ACTION), ("chalicelib.schemas.things", Schema("Action", {}))]
        )
    again = json_schema.index_by_name([("chalicelib.schemas.actions", ACTION), ("chalicelib.schemas.things", ACTION)])
    assert again == {"Action": ACTION}


def test_every_spelling_of_a_path_is_a_route() -> None:
    for endpoint in ENDPOINTS:
        assert endpoint.paths == routing.list_spellings(endpoint.paths[0])
        assert set(endpoint.paths) <= set(app.routes)


@pytest.mark.parametrize(
    ("path", "spellings"),
    [
        ("/api/workspaces", ("/api/workspaces", "/api/workspace")),
        (
            "/api/workspaces/{workspace_id}/inbox",
            ("/api/workspaces/{workspace_id}/inbox", "/api/workspace/{workspace_id}/inbox"),
        ),
        ("/api/v2/actions.json", ("/api/v2/actions.json", "/api/v2/actions")),
        ("/api/v2/actions/{action_id}", ("/api/v2/actions/{action_id}",)),
        ("/openapi.json", ("/openapi.json",)),
    ],
)
def test_the_other_spellings_of_a_path(path: str, spellings: tuple[str, ...]) -> None:
    assert routing.list_spellings(path) == spellings


def test_every_blueprint_is_named_routes() -> None:
    for name in routes.BLUEPRINTS:
        assert isinstance(importlib.import_module(f"chalicelib.routes.{name}").routes, Routes), name

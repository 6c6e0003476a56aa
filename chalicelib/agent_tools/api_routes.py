"""A route of the API as a tool uses it: what the tool passes on, and of what type each of its fields is."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chalicelib.agent_tools.arguments import Argument
from chalicelib.agent_tools.field_kinds import flatten, unflatten
from chalicelib.http.endpoint import Endpoint
from chalicelib.http.inner_requests import InnerRequest, find_route
from chalicelib.http.path_variables import NUMBER, NUMBER_WITH_JSON, PATH_VARIABLES, variable_names
from chalicelib.json_text import JsonObject
from chalicelib.validation.types import Integer, Text

NUMBERS = (NUMBER, NUMBER_WITH_JSON)
OTHERS = ("page", "per_page", "at", "dry_run")  # parameters that no tool needs: cursor, history and Prefer do the same


@dataclass(frozen=True)
class ApiRoute:
    """A route, by its method and documented path, and what of it a tool uses.

    `fields` are the parameters and the fields of the body that the tool passes on. `unused` and OTHERS are those that
    it does not offer. A test compares them with the route, so that whoever changes a route decides what its tools do.
    """

    method: str
    path: str
    fields: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @cached_property
    def endpoint(self) -> Endpoint:
        """Return the declaration of the route. Raises LookupError if there is no such route."""
        return find_route(self.method, self.path)

    @cached_property
    def variables(self) -> list[str]:
        """Return the names of the path's variables."""
        return variable_names(self.path)

    @property
    def query_fields(self) -> dict[str, Any]:
        """Return the parameters of the route with their types."""
        return dict(self.endpoint.query.fields) if self.endpoint.query else {}

    @property
    def body_fields(self) -> dict[str, Any]:
        """Return the fields of the body with their types."""
        return dict(self.endpoint.body.fields) if self.endpoint.body else {}

    def kind_of(self, name: str) -> Any:
        """Return the type of an argument that becomes a field of the route. Raises LookupError without such a field."""
        if name in self.variables:
            return Integer(1) if PATH_VARIABLES[name] in NUMBERS else Text(1, 255)
        fields = self.query_fields | self.body_fields
        if name not in self.fields or name not in fields:
            raise LookupError(f"{self.method} {self.path} has no field {name!r} that a tool passes on.")
        return flatten(fields[name])

    def argument(self, name: str, description: str = "", *, is_required: bool = False) -> Argument:
        """Return the argument that becomes a field of the route. Raises LookupError as kind_of."""
        return Argument(name, self.kind_of(name), description, is_required)

    def arguments(self, *required: str, **descriptions: str) -> list[Argument]:
        """Return the arguments that become the path's variables, which are required, and all fields."""
        names = (*self.variables, *self.fields)
        return [
            self.argument(one, descriptions.get(one, ""), is_required=one in (*self.variables, *required))
            for one in names
        ]

    def request(self, values: JsonObject, headers: dict[str, str]) -> InnerRequest:
        """Return the request with these values of arguments. Those that the route does not have are left out."""
        passed = {name: value for name, value in values.items() if name in self.fields}
        query = {name: _write(value) for name, value in passed.items() if name in self.query_fields}
        body = {name: unflatten(self.body_fields[name], passed[name]) for name in self.body_fields if name in passed}
        has_body = bool(body) or (self.endpoint.body is not None and not self.endpoint.is_body_optional)
        texts = {name: str(values[name]) for name in self.variables}
        return InnerRequest(self.method, self.path, texts, query, body if has_body else None, headers)

    def address(self, values: JsonObject) -> str:
        """Return the path of the object with these ids, as the API documents it."""
        suffix = PATH_VARIABLES[self.variables[-1]].suffix if self.variables and self.path.endswith("}") else ""
        return self.request(values, {}).address + suffix


def _write(value: Any) -> str:
    """Return a value as the text of a parameter."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(value) if isinstance(value, list | tuple) else str(value)

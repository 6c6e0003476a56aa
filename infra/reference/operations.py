"""Read the OpenAPI document (version 3.1) into what the reference at /docs shows."""

import json
import re
from dataclasses import replace
from typing import Any, NamedTuple

from infra.reference.examples import find_example
from infra.reference.schema_text import MemberText, SchemaReader, ValueText, value_text

JsonObject = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
JSON = "application/json"


class Content(NamedTuple):
    """The body of a request or response: its media type, a description of its value, and an example as JSON text."""

    media_type: str
    value: ValueText
    example: str


class Response(NamedTuple):
    """A response of a call. `status` is 500 for the response that stands for all other statuses."""

    status: int
    note: str
    content: Content | None


class Operation(NamedTuple):
    """One call: a method and a path."""

    id: str
    title: str
    method: str
    path: str
    note: str
    scope: str  # that the credential must have; empty if the call needs no credential
    parameters: tuple[MemberText, ...]
    body: Content | None
    responses: tuple[Response, ...]

    def parameters_in(self, location: str) -> list[MemberText]:
        """Return the parameters in the path, the query or the header."""
        return [parameter for parameter in self.parameters if parameter.location == location]

    @property
    def successes(self) -> list[Response]:
        """The responses to requests that were carried out."""
        return [response for response in self.responses if response.status < 300]

    @property
    def failures(self) -> list[Response]:
        """The other responses: errors, and 304."""
        return [response for response in self.responses if response.status >= 300]


class Group(NamedTuple):
    """The calls that have the same tag."""

    id: str
    name: str
    note: str
    operations: tuple[Operation, ...]


class Reference:
    """An OpenAPI document, as the reference shows it."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self._schemas: dict[str, JsonObject] = document.get("components", {}).get("schemas", {})
        self._reader = SchemaReader(self._schemas)
        self.info: dict[str, str] = document["info"]

    @property
    def groups(self) -> list[Group]:
        """The groups of calls for programs in the order of the document, those under /api first.

        Calls that a browser makes to show a page are left out.
        """
        return self._group([one for one in self._declared() if self._is_for_programs(one[2])])

    @property
    def all_groups(self) -> list[Group]:
        """The groups of all calls, those under /api first."""
        return self._group(self._declared())

    def _group(self, calls: list[tuple[str, str, JsonObject]]) -> list[Group]:
        tags = {tag["name"]: tag.get("description", "") for tag in self._document.get("tags", [])}
        operations: dict[str, list[Operation]] = {name: [] for name in tags}
        for path, method, declared in calls:
            tag = (declared.get("tags") or ["Other"])[0]
            operations.setdefault(tag, []).append(self._operation(path, method, declared))
        groups = [
            Group(slug(name), name, tags.get(name, ""), tuple(tagged)) for name, tagged in operations.items() if tagged
        ]
        return sorted(groups, key=lambda group: not group.operations[0].path.startswith("/api/"))

    def _declared(self) -> list[tuple[str, str, JsonObject]]:
        """Return path, method and description of each call. Parameters of the path are added to those of the call."""
        declared = []
        for path, item in self._document["paths"].items():
            for method in filter(item.__contains__, METHODS):
                parameters = [*item.get("parameters", []), *item[method].get("parameters", [])]
                declared.append((path, method, item[method] | {"parameters": parameters}))
        return declared

    def _is_for_programs(self, declared: JsonObject) -> bool:
        """Say whether a call answers JSON or nothing. The others are for browsers: pages and what these load."""
        responses = [self._resolve(response) for status, response in declared["responses"].items() if status < "300"]
        return any(JSON in response.get("content", {JSON: {}}) for response in responses)

    def _operation(self, path: str, method: str, declared: JsonObject) -> Operation:
        name = declared.get("operationId") or slug(f"{method} {path}")
        body = self._resolve(declared.get("requestBody", {}))
        return Operation(
            id=name,
            title=declared.get("summary") or name.replace("_", " ").capitalize(),
            method=method.upper(),
            path=path,
            note=declared.get("description", ""),
            scope=_scope(declared["security"] if "security" in declared else self._document.get("security", [])),
            parameters=tuple(map(self._parameter, declared["parameters"])),
            body=self._content(body),
            responses=tuple(self._response(status, response) for status, response in declared["responses"].items()),
        )

    def _parameter(self, declared: JsonObject) -> MemberText:
        declared = self._resolve(declared)
        value = self._reader.describe(declared.get("schema", {}))
        value = replace(value, note=declared.get("description") or value.note)
        example = value_text(find_example(declared, self._schemas))
        return MemberText(declared["name"], value, declared.get("required", False), declared["in"], example)

    def _response(self, status: str, declared: JsonObject) -> Response:
        number = int(status) if status.isdigit() else 500
        # The guide describes the format of errors, and that of responses which many calls have.
        has_content = number < 300 and "$ref" not in declared
        declared = self._resolve(declared)
        return Response(number, declared.get("description", ""), self._content(declared) if has_content else None)

    def _content(self, declared: JsonObject) -> Content | None:
        """Return the first content of a request body or response, or None if it has none."""
        for media_type, content in declared.get("content", {}).items():
            example = json.dumps(find_example(content, self._schemas), ensure_ascii=False, indent=2)
            return Content(media_type, self._reader.describe(content.get("schema", {})), example)
        return None

    def _resolve(self, declared: JsonObject) -> JsonObject:
        """Follow references within the document."""
        while "$ref" in declared:
            target: Any = self._document
            for step in declared["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            declared = target
        return declared


def _scope(security: list[JsonObject]) -> str:
    """Return the scope that a call needs, from the ways to authenticate it. A call without any needs none."""
    scopes = [scope for way in security for names in way.values() for scope in names]
    return scopes[0] if scopes else "read" if security else ""


def slug(text: str) -> str:
    """Return a text as an id: lower case, with hyphens between words."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")

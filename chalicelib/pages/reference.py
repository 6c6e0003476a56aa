"""Read the OpenAPI document (version 3.1) into what the reference at /docs shows."""

import json
import re
from dataclasses import replace
from typing import Any, NamedTuple

from chalicelib.pages.rendering import HTML
from chalicelib.pages.schema_text import MemberText, ValueText, describe

JsonObject = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


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
    method: str
    path: str
    summary: str
    note: str
    is_open: bool  # needs no credentials
    parameters: tuple[MemberText, ...]
    body: Content | None
    responses: tuple[Response, ...]

    @property
    def can_be_tried(self) -> bool:
        """Say whether the page offers a form that sends the call, which it does unless the answer is a page."""
        return any(
            response.status < 300 and (response.content is None or response.content.media_type != HTML)
            for response in self.responses
        )

    def parameters_in(self, location: str) -> list[MemberText]:
        """Return the parameters in the path, the query or the header."""
        return [parameter for parameter in self.parameters if parameter.location == location]


class Group(NamedTuple):
    """The calls that have the same tag."""

    id: str
    name: str
    note: str
    operations: tuple[Operation, ...]


class Reference:
    """An OpenAPI document, as the template shows it."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self.info: dict[str, str] = document["info"]

    @property
    def groups(self) -> list[Group]:
        """The groups of calls in the order of the document, but those of the API before those of the pages."""
        tags = {tag["name"]: tag.get("description", "") for tag in self._document.get("tags", [])}
        operations: dict[str, list[Operation]] = {name: [] for name in tags}
        for path, item in self._document["paths"].items():
            for method in filter(item.__contains__, METHODS):
                tag = (item[method].get("tags") or ["Other"])[0]
                operations.setdefault(tag, []).append(self._operation(path, method, item))
        groups = [
            Group(_slug(name), name, tags.get(name, ""), tuple(tagged)) for name, tagged in operations.items() if tagged
        ]
        return sorted(groups, key=lambda group: not group.operations[0].path.startswith("/api/"))

    @property
    def schemas(self) -> list[MemberText]:
        """The schemas of the document, by name."""
        schemas = self._document.get("components", {}).get("schemas", {})
        return [MemberText(name, describe(schema)) for name, schema in sorted(schemas.items())]

    def _operation(self, path: str, method: str, item: JsonObject) -> Operation:
        declared = item[method]
        body = self._resolve(declared.get("requestBody", {}))
        security = declared.get("security", self._document.get("security", []))
        responses = {status: self._resolve(response) for status, response in declared["responses"].items()}
        return Operation(
            id=declared.get("operationId") or _slug(f"{method} {path}"),
            method=method.upper(),
            path=path,
            summary=declared.get("summary", ""),
            note=declared.get("description", ""),
            is_open=not security,
            parameters=tuple(map(self._parameter, [*item.get("parameters", []), *declared.get("parameters", [])])),
            body=_content(body),
            responses=tuple(_response(status, response) for status, response in responses.items()),
        )

    def _parameter(self, declared: JsonObject) -> MemberText:
        declared = self._resolve(declared)
        value = describe(declared.get("schema", {}))
        value = replace(value, note=declared.get("description") or value.note)
        return MemberText(declared["name"], value, declared.get("required", False), declared["in"])

    def _resolve(self, declared: JsonObject) -> JsonObject:
        """Follow references within the document."""
        while "$ref" in declared:
            target: Any = self._document
            for step in declared["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            declared = target
        return declared


def _response(status: str, declared: JsonObject) -> Response:
    return Response(int(status) if status.isdigit() else 500, declared.get("description", ""), _content(declared))


def _content(declared: JsonObject) -> Content | None:
    """Return the first content of a request body or response, or None if it has none."""
    for media_type, content in declared.get("content", {}).items():
        return Content(media_type, describe(content.get("schema", {})), _example(content))
    return None


def _example(content: JsonObject) -> str:
    examples = [example.get("value") for example in content.get("examples", {}).values()]
    if "example" in content:
        examples.insert(0, content["example"])
    return json.dumps(examples[0], ensure_ascii=False, indent=2) if examples else ""


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")

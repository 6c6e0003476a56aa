"""The API's own document (OpenAPI 3.1) as the page of reference shows it."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.pages.schema_text import MemberText, ValueText, describe

JsonObject = dict[str, Any]
HTML = "text/html"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Answer:
    """What comes back under one status; a body that is sent has the status 0."""

    status: int
    note: str
    media_type: str = ""
    value: ValueText | None = None
    example: str = ""


@dataclass(frozen=True)
class Operation:
    """One call."""

    id: str
    method: str
    path: str
    summary: str
    note: str
    is_open: bool
    parameters: tuple[MemberText, ...]
    body: Answer | None
    answers: tuple[Answer, ...]

    @property
    def is_tried(self) -> bool:
        """Whether its answer is for programs, and not a page."""
        return any(one.status < 300 and one.media_type != HTML for one in self.answers)

    def placed(self, place: str) -> list[MemberText]:
        """Its parameters in the path, the query or the headers."""
        return [one for one in self.parameters if one.place == place]


@dataclass(frozen=True)
class Group:
    """Calls that belong together."""

    id: str
    name: str
    note: str
    operations: tuple[Operation, ...]


class Reference:
    """A document, read."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document
        self.info: dict[str, str] = document["info"]

    @property
    def groups(self) -> list[Group]:
        """The calls by their tag, in the document's order but those of the API first."""
        tags = {tag["name"]: tag.get("description", "") for tag in self._document.get("tags", [])}
        found: dict[str, list[Operation]] = {name: [] for name in tags}
        for path, item in self._document["paths"].items():
            for method in filter(item.__contains__, METHODS):
                tag = (item[method].get("tags") or ["Other"])[0]
                found.setdefault(tag, []).append(self._operation(path, method, item))
        groups = [Group(_slug(name), name, tags.get(name, ""), tuple(all_)) for name, all_ in found.items() if all_]
        return sorted(groups, key=lambda group: not group.operations[0].path.startswith("/api/"))

    @property
    def schemas(self) -> list[MemberText]:
        """What the document's parts are like."""
        parts = self._document.get("components", {}).get("schemas", {})
        return [MemberText(name, describe(schema)) for name, schema in sorted(parts.items())]

    def _operation(self, path: str, method: str, item: JsonObject) -> Operation:
        told = item[method]
        body = self._found(told.get("requestBody", {}))
        security = told.get("security", self._document.get("security", []))
        responses = {status: self._found(one) for status, one in told["responses"].items()}
        return Operation(
            id=told.get("operationId") or _slug(f"{method} {path}"),
            method=method.upper(),
            path=path,
            summary=told.get("summary", ""),
            note=told.get("description", ""),
            is_open=not security,
            parameters=tuple(map(self._parameter, [*item.get("parameters", []), *told.get("parameters", [])])),
            body=_answer("0", body) if body else None,
            answers=tuple(_answer(status, one) for status, one in responses.items()),
        )

    def _parameter(self, told: JsonObject) -> MemberText:
        told = self._found(told)
        meant = describe(told.get("schema", {}))
        meant = replace(meant, note=told.get("description") or meant.note)
        return MemberText(told["name"], meant, told.get("required", False), told["in"])

    def _found(self, told: JsonObject) -> JsonObject:
        while "$ref" in told:
            place: Any = self._document
            for step in told["$ref"].removeprefix("#/").split("/"):
                place = place[step]
            told = place
        return told


def _answer(status: str, told: JsonObject) -> Answer:
    number, note = int(status) if status.isdigit() else 500, told.get("description", "")
    for media_type, content in told.get("content", {}).items():
        examples = [one.get("value") for one in content.get("examples", {}).values()]
        known = [content["example"]] if "example" in content else examples
        text = json.dumps(known[0], ensure_ascii=False, indent=2) if known else ""
        return Answer(number, note, media_type, describe(content.get("schema", {})), text)
    return Answer(number, note)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")

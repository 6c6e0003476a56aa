"""Write the calls of a noun as Markdown, for agents and other programs that read text.

An object that several calls take or answer is described once in a page, below the calls.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby

from infra.reference.operations import Content, Group, Operation, Response
from infra.reference.schema_text import MemberText, ValueText

LOCATIONS = (("path", "Path parameters"), ("query", "Query parameters"))


def render_group(group: Group, texts: Sequence[str]) -> str:
    """Return the page of a group of calls. `texts` are what the documentation says about the noun."""
    page = NounPage()
    calls = [page.render_call(operation) for operation in group.operations]
    return join_parts([f"# {group.name}", group.note, *texts, *calls, *page.render_objects()])


def join_parts(parts: Sequence[str]) -> str:
    """Return the parts of a page that are not empty as one text, with an empty line between them."""
    return "\n\n".join(part for part in parts if part) + "\n"


class NounPage:
    """The calls of one page, and what has been described on it already."""

    def __init__(self) -> None:
        self._parameters: dict[str, str] = {}  # the text of a list of parameters: the call that has it
        self._objects: dict[str, ValueText] = {}  # what the page names, by name
        self._sent: set[str] = set()  # the names of objects that clients send
        self._examples: set[str] = set()  # the names of objects that an example shows

    def render_call(self, operation: Operation) -> str:
        """Return the section about a call."""
        title = f"{operation.method} {operation.path}"
        scope = f"Scope: `{operation.scope}`." if operation.scope else "Needs no credential."
        headers = [f"`{header.name}`" for header in operation.parameters_in("header")]
        parts = [
            f"## {title}",
            operation.note,
            f"Operation: `{operation.id}`. {scope}",
            *(self._render_parameters(operation, title, *location) for location in LOCATIONS),
            _list_all("Headers", headers),
            self._render_body(operation.body) if operation.body else "",
            *map(self._render_response, operation.successes),
            _list_all("Other statuses", [str(response.status) for response in operation.failures]),
        ]
        return join_parts(parts).rstrip()

    def render_objects(self) -> Iterator[str]:
        """Return the sections about the objects that the calls name, and about those that these objects name."""
        described: dict[tuple[MemberText, ...], str] = {}
        names = list(self._objects)
        for name in names:
            value = self._objects[name]
            same_as = described.setdefault(_without_rules(value.members), name)
            if same_as == name:
                text = self._render_members(value.members, is_sent=name in self._sent)
            else:
                text = self._refer_to(same_as, name)
            names += [new for new in self._objects if new not in names]
            yield f"## Object: {name}\n\n{text}"

    def _refer_to(self, other: str, name: str) -> str:
        """Return a sentence instead of the fields of an object, which are those of another one."""
        if name not in self._sent:
            return f"The fields of {other}."
        required = [f"`{member.name}`" for member in self._objects[name].members if member.is_required]
        return f"The fields of {other}. " + (_list_all("Required", required) or "None of them is required.")

    def _render_parameters(self, operation: Operation, title: str, location: str, heading: str) -> str:
        parameters = operation.parameters_in(location)
        if not parameters:
            return ""
        text = self._render_members(parameters, is_sent=True)
        first = self._parameters.setdefault(text, title)
        return f"{heading}:\n\n{text}" if first == title else f"{heading}: those of `{first}`."

    def _render_body(self, content: Content) -> str:
        return f"Request body, {self._describe(content, is_sent=True)}\n\n{_code(content.example)}"

    def _render_response(self, response: Response) -> str:
        if not response.content:
            return f"Response {response.status}: {response.note.removesuffix('.')}."
        text = f"Response {response.status}, {self._describe(response.content, is_sent=False)}"
        name = response.content.value.name
        if not name or name in self._examples:
            return text
        self._examples.add(name)
        return f"{text}\n\n{_code(response.content.example)}"

    def _describe(self, content: Content, *, is_sent: bool) -> str:
        return f"{content.media_type}: {self._name_type(content.value, is_sent=is_sent)}. {content.value.note}".strip()

    def _render_members(self, members: Sequence[MemberText], *, is_sent: bool) -> str:
        """Return a list of fields or parameters. Neighbours that differ in their names only share a line."""
        lines = []
        for _, same in groupby(members, lambda member: (member.value, member.is_required, member.example)):
            first, *others = same
            names = ", ".join(f"`{member.name}`" for member in (first, *others))
            required = ", required" if first.is_required and is_sent else ""
            note = f": {first.value.note}" if first.value.note else ""
            example = f" Example: `{first.example}`." if first.example else ""
            lines.append(f"- {names} ({self._name_type(first.value, is_sent=is_sent)}{required}){note}{example}")
        return "\n".join(lines)

    def _name_type(self, value: ValueText, *, is_sent: bool) -> str:
        """Return the type of a value with what else is known about it. Remember the object that it names."""
        kind = value.kind
        if value.members:
            self._objects.setdefault(value.name, value)
            self._sent |= {value.name} if is_sent else set()
            kind = f"{kind}: {value.name}"
        facts = (" ".join([fact.text, *(f"`{literal}`" for literal in fact.values)]) for fact in value.facts)
        return ", ".join([kind, *facts])


def _without_rules(members: Sequence[MemberText]) -> tuple[MemberText, ...]:
    """Return fields without what may differ between two objects that have the same fields."""
    return tuple(member._replace(is_required=False, example="") for member in members)


def _list_all(title: str, texts: Sequence[str]) -> str:
    return f"{title}: {', '.join(texts)}." if texts else ""


def _code(example: str) -> str:
    """Return an example on one line, which takes fewer tokens."""
    return f"```json\n{json.dumps(json.loads(example), ensure_ascii=False)}\n```"

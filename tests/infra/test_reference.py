"""The content of the reference, as it is made from the OpenAPI document and from docs/api.md."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import jsonschema_rs
import pytest

from chalicelib.routes import contract
from infra.reference import guide, page
from infra.reference.examples import make_example
from infra.reference.operations import Content, Operation, Reference

Json = dict[str, Any]

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}`<b>`"


class Tags(HTMLParser):
    """The tags of a text with their attributes, and the words of the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    @property
    def ids(self) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get("id"))]


@pytest.fixture(scope="module")
def document() -> Json:
    text: Json = json.loads(contract.FILE.read_text())
    return text


@pytest.fixture(scope="module")
def reference(document: Json) -> Reference:
    return Reference(document)


@pytest.fixture(scope="module")
def operations(reference: Reference) -> dict[str, Operation]:
    return {operation.id: operation for group in reference.groups for operation in group.operations}


@pytest.fixture(scope="module")
def written() -> str:
    return page.FILE.read_text()


def article(written: str, name: str) -> str:
    """Return the text of a call without tags, with single spaces."""
    [part] = [part for part in written.split("<article") if f'id="{name}"' in part]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", "", part)))


def test_the_reference_is_up_to_date(written: str) -> None:
    assert page.text() == written, "Run `make generate` to update it."


def test_every_call_for_programs_is_shown_once_and_no_other(document: Json, written: str) -> None:
    ids = Tags(written).ids
    shown: set[str] = set()
    hidden: set[str] = set()
    for item in document["paths"].values():
        for declared in item.values():
            media_types = declared["responses"].get("200", {}).get("content", {"application/json": {}})
            is_shown = "application/json" in media_types
            (shown if is_shown and "303" not in declared["responses"] else hidden).add(declared["operationId"])
    assert {"list_actions", "update_workspace", "delete_comment", "create_token", "get_health"} <= shown
    assert {"show_docs", "submit_credential", "get_stylesheet"} <= hidden
    assert {name: ids.count(name) for name in shown | hidden} == dict.fromkeys(shown, 1) | dict.fromkeys(hidden, 0)


def test_a_call_names_its_other_methods_and_addresses(written: str) -> None:
    text = article(written, "update_workspace")
    assert "PUT does the same. /api/workspace/{workspace_id} is another address of this call." in text
    assert "another address" not in article(written, "get_activity")


def test_the_fields_of_a_body_are_described_in_the_call(written: str) -> None:
    text = article(written, "create_action")
    assert "title string required 1 to 255 characters The title of the action. It must not be blank." in text
    assert "labels array of objects or strings at most 100 elements" in text
    assert "traffic_light string or null one of green orange red" in text
    assert "progress integer 0 to 100" in text
    assert "row_order integer or null" in text, "a field in a field"
    assert text.index("title string") < text.index("id any value"), "what may be sent back comes last"
    assert "avatar object: thumb_url, url" in article(written, "get_activity"), (
        "the names of what is deep in a response"
    )


def test_every_body_and_every_parameter_has_an_example(operations: dict[str, Operation]) -> None:
    for operation in operations.values():
        assert all(parameter.example for parameter in operation.parameters), operation.id
        assert all(content.example not in ("", "null") for content in contents(operation)), operation.id


def contents(operation: Operation) -> list[Content]:
    bodies = [operation.body, *(response.content for response in operation.successes)]
    return [content for content in bodies if content]


def test_an_example_that_is_made_from_a_schema_is_valid(document: Json) -> None:
    schemas = document["components"]["schemas"]
    # Which fields exclude each other cannot be seen from their types: such a body needs an example in the document.
    simple = {name: schema for name, schema in schemas.items() if "not" not in schema}
    assert len(simple) > 40
    made = {name: make_example(schema, schemas) for name, schema in simple.items()}
    jsonschema_rs.validate({"properties": simple, "components": document["components"]}, made)


def test_a_response_without_an_example_gets_one_with_all_its_fields() -> None:
    user = {"type": "object", "properties": {"id": {"type": "integer"}, "born": {"type": "string", "format": "date"}}}
    schema = {"type": "array", "items": {"$ref": "#/components/schemas/User"}}
    response = {"description": "OK", "content": {"application/json": {"schema": schema}}}
    call = {"operationId": "list_users", "tags": ["Users"], "responses": {"200": response}}
    document = {"info": {}, "paths": {"/users": {"get": call}}, "components": {"schemas": {"User": user}}}
    [[operation]] = [group.operations for group in Reference(document).groups]
    [content] = contents(operation)
    assert json.loads(content.example) == [{"id": 1, "born": "2026-12-31"}]


def test_paths_contain_no_invisible_characters(written: str) -> None:
    assert not [character for character in INVISIBLE if character in written]
    assert "/api/workspaces/{workspace_id}/stacks/{stack_id}" in Tags(written).words


def test_the_guide_comes_before_the_calls_and_is_that_of_the_documentation(written: str) -> None:
    before, _, _ = written.partition("<article")
    text = re.sub(r"\s+", " ", Tags(before).words)
    source = re.sub(r"[`\s]+", " ", guide.FILE.read_text())
    for words in (
        "HTTP Basic authentication",
        "Retry-After",
        "Brackets lead to fields",
        "RFC 9457",
        "cursor",
        "Idempotency-Key",
    ):
        assert words in text
        assert words in source
    assert "| endpoint |" not in text
    assert "/oauth/token</code></td>" not in before, "the tables of endpoints repeat the calls"


def test_a_section_with_the_name_of_a_group_introduces_the_group(reference: Reference) -> None:
    text = "## Rules\n\n### Errors\n\nBad.\n\n### Actions\n\nDone by people.\n"
    made = page.render(reference, text)
    assert made.index("Bad.") < made.index('id="actions"') < made.index("Done by people.") < made.index("<article")
    assert 'href="#errors"' in made
    assert Tags(made).ids.count("actions") == 1


def test_links_of_the_guide_work_or_become_text() -> None:
    text = (
        "# Page\n\nNot shown.\n\n## First part\n\n[here](#second-part), [there](operating.md), [gone](#nowhere), "
        "[group](#actions), [far](https://example.org/) ![picture](a.png)\n\n## Second part\n\n#### Deep\n"
    )
    first, second = guide.read_sections(text, ["actions"])
    here = '<a href="#second-part">here</a>'
    assert first.html == f'<p>{here}, there, gone, <a href="#actions">group</a>, far </p>'
    assert second == guide.Section("second-part", "Second part", "<h5>Deep</h5>")


def test_generated_parts_and_comments_are_no_part_of_the_guide() -> None:
    text = "## Calls\n\nRules.\n\n<!-- endpoints: made -->\n### Actions\n\n| a |\n|---|\n<!-- end of endpoints -->\n"
    assert guide.read_sections(f"{text}<!-- a note -->\n") == [guide.Section("calls", "Calls", "<p>Rules.</p>")]


def test_no_text_of_the_document_or_the_guide_becomes_markup() -> None:
    schema = {
        "type": "object",
        "description": HOSTILE,
        "properties": {HOSTILE: {"enum": [HOSTILE], "default": HOSTILE}},
    }
    answer = {"description": HOSTILE, "content": {"application/json": {"schema": schema, "example": HOSTILE}}}
    call = {
        "tags": [HOSTILE],
        "summary": HOSTILE,
        "description": HOSTILE,
        "parameters": [{"name": HOSTILE, "in": "query", "schema": schema, "example": HOSTILE}],
        "requestBody": {"content": {HOSTILE: {"schema": schema, "example": {HOSTILE: HOSTILE}}}},
        "responses": {"200": answer, "default": answer},
    }
    document = {
        "info": {"title": HOSTILE, "description": HOSTILE},
        "tags": [{"name": HOSTILE, "description": HOSTILE}],
        "paths": {f"/{HOSTILE}": {"get": call}},
    }
    made = Tags(page.render(Reference(document), f"## {HOSTILE}\n\n{HOSTILE} [x](javascript:alert(1))\n"))
    assert not {"script", "b"} & {tag for tag, _ in made.tags}
    assert not {name for _, found in made.tags for name in found if name.startswith(("on", "alert", "style"))}
    assert not [found for tag, found in made.tags if tag == "a" and not str(found["href"]).startswith("#")]

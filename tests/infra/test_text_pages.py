"""The pages in Markdown, as they are made from the OpenAPI document and from docs/."""

from pathlib import Path
from typing import Any

import pytest

from infra.reference import text_pages
from infra.reference.guide_text import LinkMap, TextSection, read_body, resolve_links, split_text
from infra.reference.markdown import render_group
from infra.reference.operations import Reference

Json = dict[str, Any]

LINKS = LinkMap(
    "https://x/docs.md", {"limits": "https://x/docs/limits.md", "actions": "https://x/docs/actions.md"}, ["actions"]
)
RESOLVED = {
    "[a](limits.md)": "[a](https://x/docs/limits.md)",
    "[a](limits.md#sizes)": "[a](https://x/docs/limits.md#sizes)",
    "[`a`](limits.md)": "[`a`](https://x/docs/limits.md)",
    "[a](#errors)": "[a](#errors)",
    "[a](api.md)": "[a](https://x/docs.md)",
    "[a](#actions)": "[a](https://x/docs/actions.md)",
    "[a](operating.md), [b](../infra/serve.py) ![c](d.png)": "a, b c",
    "[a](https://example.org/b.md#c)": "[a](https://example.org/b.md#c)",
    "`[a](limits.md)` [a](limits.md)": "`[a](limits.md)` [a](https://x/docs/limits.md)",
    "```\n[a](limits.md)\n```": "```\n[a](limits.md)\n```",
}
USER = {"type": "object", "properties": {"name": {"type": "string"}, "boss": {"$ref": "#/components/schemas/User"}}}
SENT_USER = {"allOf": [{"$ref": "#/components/schemas/User"}, {"required": ["name"]}], "required": ["name"]}


def content(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def page_of(*operations: Json) -> str:
    """Return the page of calls that answer users."""
    answer = {"200": {"description": "OK"} | content({"$ref": "#/components/schemas/User"})}
    paths = {f"/{one['operationId']}": {"post": {"tags": ["Users"], "responses": answer} | one} for one in operations}
    schemas = {"User": USER, "SentUser": SENT_USER}
    [group] = Reference({"info": {}, "paths": paths, "components": {"schemas": schemas}}).all_groups
    return render_group(group, ["Introduction."])


@pytest.mark.parametrize(("text", "resolved"), RESOLVED.items(), ids=RESOLVED)
def test_a_link_leads_to_a_page_of_the_service_or_becomes_text(text: str, resolved: str) -> None:
    assert resolve_links(text, "api.md", "https://x/docs.md", LINKS) == resolved


def test_a_page_is_split_at_its_headings_and_not_in_its_code() -> None:
    text = (
        "# Page\n\nNot shown.\n\n## One\n\nA.\n\n```\n## No heading\n```\n<!-- note -->\n\n## Empty\n\n### Two\n\n- b\n"
    )
    assert split_text(text) == [
        TextSection("one", "One", "A.\n\n```\n## No heading\n```"),
        TextSection("two", "Two", "- b"),
    ]


def test_the_body_of_a_page_has_no_title_and_no_comments() -> None:
    assert read_body("# Page\n\nText.\n<!-- note -->\n\n## Part\n") == "Text.\n\n\n## Part"


def test_an_object_that_refers_to_itself_is_described_once() -> None:
    page = page_of({"operationId": "one"}, {"operationId": "two"})
    assert page.count("## Object: ") == 1
    assert "- `boss` (object)" in page
    assert page.count("```json") == 1, "and so is its example"


def test_an_object_with_the_fields_of_another_one_refers_to_it() -> None:
    page = page_of({"operationId": "one", "requestBody": content({"$ref": "#/components/schemas/SentUser"})})
    assert "## Object: User\n\nThe fields of SentUser.\n" in page
    assert "- `name` (string, required)" in page
    other = {"operationId": "two", "requestBody": content({"$ref": "#/components/schemas/SentUser"})}
    assert "## Object: SentUser\n\nThe fields of User. Required: `name`.\n" in page_of({"operationId": "one"}, other)


def test_parameters_that_an_earlier_call_has_are_not_repeated() -> None:
    parameters = [{"name": "q", "in": "query", "schema": {"type": "string"}, "description": "A word.", "example": "x"}]
    page = page_of(*({"operationId": name, "parameters": parameters} for name in ("one", "two")))
    assert page.count("- `q` (string): A word. Example: `x`.") == 1
    assert "Query parameters: those of `POST /one`." in page


def test_the_page_of_a_noun_that_is_gone_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_pages, "FOLDER", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/gone.md").write_text("# Gone\n")
    text_pages.main()
    written = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert written == set(text_pages.pages())

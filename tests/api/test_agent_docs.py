"""/llms.txt, /docs.md and /docs/: the documentation as agents read it."""

import json
import re
from typing import Any

import httpx
import pytest

from app import app
from chalicelib.routes import contract
from infra.reference import text_pages
from infra.reference.operations import slug
from tests.support.gateway_events import event
from tests.support.problems import assert_problem

Json = dict[str, Any]

MARKDOWN = "text/markdown; charset=utf-8"
LINK = re.compile(r"\]\(([^)]+)\)")
LISTED = re.compile(r"- \[[^\]]+\]\(\S+\): \S.*\.")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
MOST_CHARACTERS = 30_000  # of a page: some 8,000 tokens
ON_AWS = "https://abc.execute-api.us-east-1.amazonaws.com/dev"
DOCUMENT: Json = json.loads(contract.FILE.read_text())
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
FILES = sorted(
    str(file.relative_to(text_pages.FOLDER))
    for file in (text_pages.FOLDER / "llms.txt", text_pages.FOLDER / "docs.md", *text_pages.FOLDER.glob("docs/*"))
)


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return {name: (text_pages.FOLDER / name).read_text() for name in FILES}


def nouns(written: dict[str, str]) -> dict[str, str]:
    """Return the pages with calls."""
    return {name: text for name, text in written.items() if re.search(r"^## (GET|POST|PUT) /", text, re.MULTILINE)}


def section(text: str, title: str) -> str:
    """Return a section of a page, without its title."""
    return re.split(r"\n## ", text.split(f"\n## {title}\n")[1])[0]


def resolve(declared: Json) -> Json:
    if "$ref" not in declared:
        return declared
    target: Any = DOCUMENT
    for step in declared["$ref"].removeprefix("#/").split("/"):
        target = target[step]
    return resolve(target)


def test_the_pages_are_up_to_date(written: dict[str, str]) -> None:
    assert text_pages.pages() == written, "Run `make generate` to update them."


def test_the_index_has_the_format_of_llms_txt(anybody: httpx.Client) -> None:
    answer = anybody.get("/llms.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    title, summary, note, *parts = answer.text.strip().split("\n\n")
    assert (title, summary[:2]) == ("# OGSM and Workspaces API", "> ")
    assert "Basic" in note
    headings = [part for part in parts if part.startswith("## ")]
    assert (headings[0], headings[-1]) == ("## Guide", "## Optional")
    lists = [part.splitlines() for part in parts if part not in headings]
    assert len(lists) == len(headings)
    assert [line for lines in lists for line in lines if not LISTED.fullmatch(line)] == []


def test_every_link_of_the_index_leads_to_a_page_in_markdown(anybody: httpx.Client) -> None:
    links = LINK.findall(anybody.get("/llms.txt").text)
    assert len(links) == len(set(links)) == len(FILES)  # openapi.json in place of the index itself
    for link in links:
        answer = anybody.get(link)
        is_json = link.endswith("/openapi.json")
        assert (answer.status_code, answer.headers["content-type"]) == (
            200,
            "application/json" if is_json else MARKDOWN,
        )
        assert is_json or answer.text.startswith("# ")


@pytest.mark.parametrize("page", FILES)
def test_every_link_of_a_page_leads_to_a_page_and_a_heading_that_exist(anybody: httpx.Client, page: str) -> None:
    base = str(anybody.base_url).rstrip("/")
    text = anybody.get(f"/{page}").text
    assert contract.WRITTEN_FOR not in text
    for link in LINK.findall(CODE.sub("", text)):
        address, _, fragment = link.partition("#")
        if address.startswith(("https://", f"{base}/openapi.json")):
            continue
        assert not address or address.startswith(f"{base}/docs"), link
        target = anybody.get(address) if address else None
        assert target is None or target.status_code == 200, link
        headings = re.findall(r"^#+ (.+)$", target.text if target else text, re.MULTILINE)
        assert not fragment or fragment in {slug(heading) for heading in headings}, link


def test_every_operation_of_the_document_is_on_one_page(written: dict[str, str]) -> None:
    titles = [
        title for text in nouns(written).values() for title in re.findall(r"^## ([A-Z]+ /.*)$", text, re.MULTILINE)
    ]
    assert sorted(titles) == sorted(OPERATIONS)


def test_a_call_is_described_with_its_parameters_its_body_and_its_answers(written: dict[str, str]) -> None:
    for text in nouns(written).values():
        for title in re.findall(r"^## ([A-Z]+ /.*)$", text, re.MULTILINE):
            assert_described(title, section(text, title), text)


def assert_described(title: str, described: str, page: str) -> None:
    operation = OPERATIONS[title]
    assert operation["description"] in described
    assert f"`{operation['operationId']}`" in described
    listed = described + "".join(section(page, other) for other in re.findall("those of `([^`]+)`", described))
    for parameter in map(resolve, operation["parameters"]):
        assert f"`{parameter['name']}`" in listed, (title, parameter["name"])
    assert "requestBody" not in operation or "\nRequest body, " in described
    for status, response in operation["responses"].items():
        assert re.search(rf"^(Response|Other statuses:.*) {status}[,.:]", described, re.MULTILINE), (title, status)
        if status < "300":
            assert_content_described(response, described, page)
    assert_content_described(operation.get("requestBody", {}), described, page)


def assert_content_described(declared: Json, described: str, page: str) -> None:
    for media_type, content in list(declared.get("content", {}).items())[:1]:
        assert f", {media_type}: " in described
        assert_fields_described(content["schema"], described, page, ())


def assert_fields_described(schema: Json, described: str, page: str, seen: tuple[str, ...]) -> None:
    """Check that a text names an object, and that the section about the object has its fields."""
    schema = schema.get("items", schema)
    schema = next(filter(fields_of, schema.get("anyOf", ())), schema)  # of several objects, the first is described
    name, fields = schema.get("$ref", "").rpartition("/")[2], fields_of(schema)
    if not fields or name in seen:
        return
    assert re.search(rf"\b{name}\b", described), name
    text = section(page, f"Object: {name}")
    for same in re.findall(r"^The fields of (\w+)\.", text.strip()):
        text = section(page, f"Object: {same}")
    for field, value in fields.items():
        assert f"`{field}`" in text, (name, field)
        assert_fields_described(value, text, page, (*seen, name))


def fields_of(schema: Json) -> Json:
    schema = resolve(schema)
    parts = schema.get("allOf", [])
    own: Json = schema.get("properties", {})
    return own | {name: one for part in parts for name, one in fields_of(part).items()}


def test_what_a_body_requires_is_said(written: dict[str, str]) -> None:
    page = written["docs/actions.md"]
    assert "- `title` (string, 1 to 255 characters, required): The title" in section(page, "Object: ActionInput")
    assert section(page, "Object: ActionUpdate").strip() == "The fields of ActionInput. None of them is required."
    assert "- `title` (string): The title" in section(page, "Object: Action"), "answers have no required fields"
    assert "Query parameters: those of `GET /api/v2/actions.json`." in section(page, "GET /api/v2/actions.csv")


def test_a_page_is_short_enough_to_be_read_at_once(written: dict[str, str]) -> None:
    assert {name: len(text) for name, text in written.items() if len(text) > MOST_CHARACTERS} == {}


def test_the_guide_has_the_rules_of_all_calls_and_the_pages_the_rules_of_their_noun(written: dict[str, str]) -> None:
    overview = written["docs.md"]
    for title in ("Authentication", "Errors", "Paging", "Conditional requests", "Idempotent requests", "Limits"):
        assert section(overview, title).strip()
    assert "A verb that the state of the activity does not allow returns 409." in written["docs/activities.md"]
    assert "A verb that the state of the activity does not allow returns 409." not in overview
    assert "Each change has a `seq`." in section(written["docs/changes.md"], "Read the feed")


@pytest.mark.parametrize("path", ["/llms.txt", "/docs.md", "/docs/actions.md"])
def test_the_pages_are_cached_and_revalidated_by_their_tag(anybody: httpx.Client, path: str) -> None:
    answer = anybody.get(path)
    assert answer.headers["cache-control"] == "public, max-age=3600"
    again = anybody.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = anybody.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["etag"], head.headers["content-length"]) == (
        answer.headers["etag"],
        str(len(answer.content)) if "content-encoding" not in answer.headers else head.headers["content-length"],
    )
    assert_problem(anybody.post(path), 405)


@pytest.mark.parametrize("path", ["/llms.txt", "/docs.md", "/docs/actions.md", "/docs/mcp.md"])
def test_behind_a_stage_every_link_has_it(path: str) -> None:
    page = {"page_name": path.rpartition("/")[2]} if path.startswith("/docs/") else {}
    answer: Json = app(event("GET", "/docs/{page_name}" if page else path, ids=page, stage="/dev"), None)
    links = [link for link in LINK.findall(CODE.sub("", answer["body"])) if not link.startswith("#")]
    assert links or path == "/docs/actions.md"
    assert [link for link in links if not link.startswith(f"{ON_AWS}/")] == []
    assert f"Addresses begin with {ON_AWS}." in answer["body"]


@pytest.mark.parametrize(
    "name",
    [
        *("nothing.md", "actions", "actions.html", "actions.md.md", "ACTIONS.md", ".md", "a" * 60 + ".md"),
        *("..%2Fdocs.md", "..%2F..%2F..%2Froutes%2Fpages.py", "%2Fetc%2Fpasswd", "docs%2Factions.md", "actions.md%00"),
    ],
)
def test_another_page_is_not_found(anybody: httpx.Client, name: str) -> None:
    assert_problem(anybody.get(f"/docs/{name}"), 404)


def test_the_error_for_an_unknown_page_says_where_all_pages_are_listed(anybody: httpx.Client) -> None:
    index = f"{str(anybody.base_url).rstrip('/')}/llms.txt"
    answer = anybody.get("/docs/nothing.md")
    assert_problem(answer, 404, f"There is no page docs/nothing.md. {index} lists all pages.")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        *(
            (accept, MARKDOWN)
            for accept in ("text/markdown", "text/markdown, text/html, */*", "text/html, text/markdown")
        ),
        ("text/markdown;q=1.0, text/x-markdown;q=0.9, text/plain;q=0.8, text/html;q=0.7, */*;q=0.1", MARKDOWN),
        *((accept, "text/html; charset=utf-8") for accept in ("*/*", "text/*", "text/html, text/markdown;q=0.9")),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
    ],
)
def test_the_reference_is_markdown_for_clients_that_prefer_it(
    anybody: httpx.Client, accept: str, media_type: str
) -> None:
    answer = anybody.get("/docs", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["vary"].startswith("Accept, ")
    assert (answer.text == anybody.get("/docs.md").text) == (media_type == MARKDOWN)


def test_the_index_is_markdown_for_clients_that_ask_for_it(anybody: httpx.Client) -> None:
    answer = anybody.get("/llms.txt", headers={"Accept": "text/markdown"})
    assert (answer.headers["content-type"], answer.text) == (MARKDOWN, anybody.get("/llms.txt").text)


def test_the_html_pages_name_those_in_markdown(anybody: httpx.Client) -> None:
    assert '<link rel="alternate" type="text/markdown" href="/docs.md">' in anybody.get("/docs").text
    assert '<a href="/llms.txt">' in anybody.get("/").text

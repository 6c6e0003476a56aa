"""The reference in a browser on the server of `make run`, used with mouse and keyboard."""

import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from infra.testing.processes import Running, running_server
from tests.support import counts
from tests.support.browser import CHROMIUM, Visitor
from tests.support.browser import check_accessibility as check

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here"),
]

Json = dict[str, Any]

ACTION = "/api/v2/actions/123.json"
WIDTHS, THEMES = (1280, 390), ("light", "dark")
LOOKS = counts.choose(quick=[(390, "dark")], full=list(itertools.product(WIDTHS, THEMES)))
KEPT = "[localStorage.length, sessionStorage.length, document.cookie, location.href]"
CLIPBOARD: Json = {"permissions": ["clipboard-read", "clipboard-write"]}
COPIED = "navigator.clipboard.readText()"
WITHOUT_FOLDED = "document.querySelectorAll('details:not([open]) > .inside').forEach((part) => part.remove())"
MOST_REQUESTS = 8  # the page, two stylesheets, three scripts, and the icon once or twice


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_server(tmp_path_factory.mktemp("reference") / "data") as running:
        yield running


def operation(page: Page, name: str) -> Locator:
    return page.locator(f"article.operation:has(#{name})")


def sign_in(call: Locator, server: Running, secret: str = "") -> Json:
    """Enter a key and secret in the dialog that the form of a call opens."""
    credential: Json = server.server_file["credentials"][0]
    call.get_by_role("button", name="key and secret").click()
    dialog = call.page.locator("#key-and-secret")  # to look for its role in the whole page takes a second
    dialog.get_by_label("Key", exact=True).fill(credential["key"])
    dialog.get_by_label("Secret", exact=True).fill(secret or credential["secret"])
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_be_hidden()
    return credential


def filled(page: Page, server: Running) -> Locator:
    """Fill in a change of the document's action. Return the call."""
    call = operation(page, "update_action")
    sign_in(call, server)
    call.get_by_label("action_id").fill("123.json")
    call.get_by_label("Body").fill("""{"progress": 75, "archived": false, "title": "It's"}""")
    return call


def sample(call: Locator, language: str) -> str:
    """Copy the sample of a call with its button. Return the clipboard."""
    call.get_by_role("button", name=language, exact=True).click()
    call.get_by_role("button", name="Copy: Request", exact=True).click()
    expect(call.locator(".request .copy")).to_have_text("Copied")
    text: str = call.page.evaluate(COPIED)
    return text


def progress(server: Running, new: int | None = None) -> int:
    """Return the progress of the document's action, after setting it if a new one is given."""
    with server.client() as tester:
        if new is not None:
            tester.patch(ACTION, json={"progress": new})
        return int(tester.get(ACTION).json()["progress"])


@pytest.mark.nightly
@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_the_reference_is_accessible(visit: Visitor, server: Running, axe: str, width: int, theme: str) -> None:
    page = visit("/docs#update_action", width=width, color_scheme=theme)
    call = filled(page, server)
    call.get_by_role("button", name="Send PATCH").click()
    expect(call.locator(".status")).to_have_text("200 OK")
    operation(page, "list_workspaces").locator("summary").first.click()
    if width < 1000:
        page.get_by_text("Contents", exact=True).click()
    page.evaluate(WITHOUT_FOLDED)  # axe does not check what cannot be seen, but takes a minute to pass it by
    only_colours = {"runOnly": ["color-contrast"]}  # themes differ only in these
    check(page, axe, **(only_colours if theme == "dark" else {}))
    call.get_by_role("button", name="key and secret").click()
    check(page, axe, **(only_colours if theme == "dark" else {}))


def test_the_page_makes_few_requests_and_does_not_load_the_document(visit: Visitor, server: Running) -> None:
    page = visit("/docs")
    page.wait_for_load_state("networkidle")
    assert len(visit.addresses) <= MOST_REQUESTS
    files = [address for address in visit.addresses if "/icon.svg" not in address]  # the icon is in the tab as well
    assert len(set(files)) == len(files), "nothing is loaded twice"
    assert f"{server.api}/openapi.json" not in visit.addresses


@pytest.mark.nightly
def test_the_search_keeps_the_calls_that_contain_every_word(visit: Visitor) -> None:
    page = visit("/docs")
    calls = page.locator("main .group .operation").filter(visible=True)
    every = calls.count()
    page.get_by_label("Search").fill("PATCH /api/v2/actions/{action_id}")
    expect(page.get_by_role("status")).to_have_text("1 match")
    expect(calls).to_have_count(1)
    expect(calls).to_contain_text("Update action")
    expect(page.locator(".contents li").filter(visible=True)).to_have_count(1)
    expect(page.locator("main .group").filter(visible=True)).to_have_count(1)
    page.get_by_label("Search").fill("")
    expect(calls).to_have_count(every)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("due_from", "list_actions"),  # a parameter
        ("row_order", "create_action"),  # a field of a body, in another field
        ("thumb_url", "get_me"),  # a field of a response
        ("idempotency-key", "create_action"),  # a header
        ("Revokes a credential permanently", "delete_credential"),  # a text
        ("RFC 9457", "errors"),  # the guide
    ],
)
def test_the_search_finds_parameters_fields_and_texts(visit: Visitor, words: str, found: str) -> None:
    page = visit("/docs")
    page.get_by_label("Search").fill(words)
    expect(page.locator(f"#{found}")).to_be_visible()
    expect(page.locator("#health")).to_be_hidden()


@pytest.mark.nightly
def test_a_search_without_matches_says_so_and_can_be_cleared(visit: Visitor) -> None:
    page = visit("/docs")
    page.get_by_label("Search").fill("xylophone")
    expect(page.get_by_text("Nothing found")).to_be_visible()
    expect(page.locator("main article").filter(visible=True)).to_have_count(0)
    page.get_by_role("button", name="Clear the search").click()
    expect(page.get_by_text("Nothing found")).to_be_hidden()
    expect(page.get_by_label("Search")).to_be_focused()
    expect(page.locator("#list_actions")).to_be_visible()


@pytest.mark.nightly
def test_a_slash_starts_the_search_and_escape_clears_it(visit: Visitor) -> None:
    page = visit("/docs#update_action")
    search = page.get_by_label("Search")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("a/b")
    expect(search).to_have_value("a/b")
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    expect(page.get_by_text("Nothing found")).to_be_hidden()
    body = operation(page, "update_action").get_by_label("Body")
    body.fill("")
    body.press("/")
    expect(body).to_have_value("/")
    expect(body).to_be_focused()


@pytest.mark.nightly
def test_the_url_and_the_contents_follow_the_page(visit: Visitor) -> None:
    page = visit("/docs#get_workspace")
    current = page.locator(".contents [aria-current]")
    expect(operation(page, "get_workspace").locator("details").first).to_have_attribute("open", "")
    expect(page.locator("#get_workspace")).to_be_in_viewport()
    expect(current).to_have_attribute("href", "#get_workspace")
    page.evaluate("document.getElementById('comments').scrollIntoView()")
    expect(current).to_have_attribute("href", "#comments")
    expect(current).to_be_in_viewport()
    page.wait_for_url("**/docs#comments")
    operation(page, "create_comment").locator("summary").first.click()
    page.wait_for_url("**/docs#create_comment")
    expect(current).to_have_count(1)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_url("**/docs")


@pytest.mark.nightly
def test_the_last_call_can_be_linked_to(visit: Visitor) -> None:
    page = visit("/docs#get_health")
    expect(operation(page, "get_health").locator(".inside")).to_be_in_viewport()
    expect(page.locator(".contents [aria-current]")).to_have_attribute("href", "#get_health")
    assert page.url.endswith("#get_health")


def test_a_path_is_copied_without_invisible_characters(visit: Visitor) -> None:
    page = visit("/docs#get_stack", **CLIPBOARD)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#get_stack .path'))")
    page.keyboard.press("ControlOrMeta+c")
    assert page.evaluate(COPIED) == "/api/workspaces/{workspace_id}/stacks/{stack_id}"


def test_a_call_is_tried(visit: Visitor, server: Running) -> None:
    page = visit("/docs#update_action")
    expect(operation(page, "update_action").get_by_label("Body")).to_have_value(re.compile('"title": "Action title"'))
    progress(server, 10)
    call = filled(page, server)
    call.get_by_role("button", name="Send PATCH").click()
    expect(call.locator(".status")).to_have_text("200 OK")
    answer, headers = call.locator(".outcome pre").all_text_contents()
    assert json.loads(answer)["title"] == "It's"
    assert "\n  " in answer
    assert "calls=2" in headers
    assert progress(server) == 75


@pytest.mark.nightly
def test_key_and_secret_are_entered_once_for_all_forms(visit: Visitor, server: Running) -> None:
    page = visit("/docs#list_actions")
    credential = sign_in(operation(page, "list_actions"), server)
    page.goto("/docs#get_me")
    call = operation(page, "get_me")
    expect(call.locator(".signed")).to_contain_text(credential["key"])
    call.get_by_role("button", name="Send GET").click()
    expect(call.locator(".status")).to_have_text("200 OK")
    call.get_by_role("button", name="key and secret").click()
    page.get_by_role("button", name="Forget both").click()
    page.get_by_role("button", name="Done").click()
    expect(call.locator(".signed")).to_contain_text("No key yet.")


@pytest.mark.nightly
def test_samples_are_shown_before_anything_is_sent_and_follow_the_form(visit: Visitor, server: Running) -> None:
    page = visit("/docs#update_action", **CLIPBOARD)
    call = operation(page, "update_action")
    for language in ("curl", "Python", "JavaScript"):
        assert f"{server.api}/api/v2/actions/" in sample(call, language)
        assert "Action title" in sample(call, language)
    filled(page, server)
    call.locator(".try summary").click()
    call.get_by_label("If-Match").fill('"tag"')
    for language in ("curl", "Python", "JavaScript"):
        text = sample(call, language)
        assert ACTION in text
        assert server.server_file["credentials"][0]["key"] in text
        assert "API_SECRET" in text
        assert "If-Match" in text
        assert "Action title" not in text
    page.goto("/docs#create_action")
    expect(operation(page, "create_action").locator(".request")).to_contain_text("await fetch")
    page.goto("/docs#create_token")
    assert "API_SECRET" not in sample(operation(page, "create_token"), "JavaScript"), "it needs no credential"


@pytest.mark.parametrize(
    ("language", "command"),
    [("curl", ["sh", "-c"]), pytest.param("Python", [sys.executable, "-c"], marks=pytest.mark.nightly)],
)
def test_a_sample_works_when_pasted(visit: Visitor, server: Running, language: str, command: list[str]) -> None:
    code = sample(filled(visit("/docs#update_action", **CLIPBOARD), server), language)
    progress(server, 10)
    environment = os.environ | {"API_SECRET": server.server_file["credentials"][0]["secret"]}
    subprocess.run([*command, code], env=environment, check=True, capture_output=True)
    assert progress(server) == 75


@pytest.mark.nightly
def test_the_sample_in_javascript_works(visit: Visitor, server: Running) -> None:
    page = visit("/docs#update_action", **CLIPBOARD)
    code = sample(filled(page, server), "JavaScript")
    progress(server, 10)
    secret = json.dumps(server.server_file["credentials"][0]["secret"])
    page.evaluate(f"(async () => {{ const process = {{ env: {{ API_SECRET: {secret} }} }}; {code} }})()")
    assert progress(server) == 75


def test_the_secret_is_never_shown_stored_or_part_of_a_url(visit: Visitor, server: Running) -> None:
    page = visit("/docs#update_action", **CLIPBOARD)
    call = filled(page, server)
    call.get_by_role("button", name="Send PATCH").click()
    expect(call.locator(".status")).to_have_text("200 OK")
    secret = server.server_file["credentials"][0]["secret"]
    samples = [sample(call, language) for language in ("curl", "Python", "JavaScript")]
    assert not [text for text in (page.content(), *samples, *visit.addresses) if secret in text]
    assert page.evaluate(KEPT) == [0, 0, "", f"{server.api}/docs#update_action"]
    page.reload()
    assert page.locator("#secret").input_value() == ""


def test_an_error_is_shown_and_opens_no_dialog(visit: Visitor, server: Running) -> None:
    page = visit("/docs#list_actions", fails="401 422")
    call = operation(page, "list_actions")
    button = call.get_by_role("button", name="Send GET")
    button.click()
    expect(call.locator(".status.failed")).to_have_text("401 Unauthorized")
    sign_in(call, server, secret="wrong")
    button.click()
    expect(call.locator(".status.failed")).to_have_text("401 Unauthorized")
    sign_in(call, server)
    call.get_by_label("sort").fill("&?=#é")
    button.click()
    expect(call.locator(".status.failed")).to_contain_text("422")
    expect(call.locator(".outcome pre").first).to_contain_text('"?sort"')
    call.get_by_label("sort").fill("-progress")
    call.get_by_label("limit").fill("1")
    call.get_by_label("limit").press("Enter")
    expect(call.locator(".status")).to_have_text("200 OK")


def test_the_reference_is_used_without_a_mouse(visit: Visitor) -> None:
    page = visit("/docs")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    page.keyboard.type("GET /api/v2/actions.json")
    page.keyboard.press("Enter")
    first = operation(page, "list_actions")
    expect(first.locator("summary").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(first.get_by_role("button", name="Send GET")).to_be_visible()
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Create workspace POST", exact=True).focus()
    page.keyboard.press("Enter")
    expect(operation(page, "create_workspace").get_by_role("button", name="Send POST")).to_be_visible()
    expect(page.locator("#create_workspace")).to_be_in_viewport()


def test_the_dialog_for_key_and_secret_is_used_without_a_mouse(visit: Visitor) -> None:
    page = visit("/docs#create_workspace")
    call = operation(page, "create_workspace")
    call.get_by_role("button", name="key and secret").press("Enter")
    expect(page.get_by_label("Key", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(call.get_by_role("button", name="key and secret")).to_be_focused()


@pytest.mark.nightly
def test_the_menu_of_a_phone_leads_to_a_call_and_closes(visit: Visitor) -> None:
    page = visit("/docs#comments", width=390)
    page.get_by_text("Contents", exact=True).click()
    page.locator(".contents a[href='#get_comment']").click()
    expect(page.locator(".contents nav")).to_be_hidden()
    expect(page.locator("#get_comment")).to_be_in_viewport()
    expect(operation(page, "get_comment").locator(".inside")).to_be_visible()


@pytest.mark.nightly
@pytest.mark.parametrize("width", WIDTHS)
def test_the_reference_can_be_read_without_scripts(visit: Visitor, width: int) -> None:
    page = visit("/docs", width=width, java_script_enabled=False)
    expect(page.locator(".toolbar")).to_be_hidden()
    expect(page.locator("dialog")).to_be_hidden()
    expect(page.locator("#authentication")).to_be_visible()
    if width < 1000:
        page.get_by_text("Contents", exact=True).click()
    page.locator(".contents a[href='#get_workspace']").click()
    expect(page.locator("#get_workspace")).to_be_in_viewport()
    if width < 1000:
        page.get_by_text("Contents", exact=True).click()
    operation(page, "create_action").locator("summary").first.click()
    call = operation(page, "create_action")
    expect(call.locator(".about")).to_contain_text("1 to 255 characters")
    expect(call.locator(".sent pre")).to_contain_text('"title": "Action title"')
    expect(call.locator(".answer pre")).to_contain_text('"id": 123')

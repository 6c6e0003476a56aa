"""The HTML pages in a browser on the server of `make run`, used with mouse and keyboard."""

import itertools
import json
import re
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from infra.testing.processes import PLAIN, Running, running_server
from tests.support import counts
from tests.support.browser import ARGUMENTS, CHROMIUM, Visitor
from tests.support.browser import check_accessibility as check

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here"),
]

Json = dict[str, Any]

ACTION = "/api/v2/actions/123.json"
SETTINGS = "/settings/api"
WIDTHS, THEMES = (1280, 390), ("light", "dark")
LOOKS = list(itertools.product(WIDTHS, THEMES))
LOOKS_OF_THE_REFERENCE = counts.choose(quick=[(1280, "light"), (390, "dark")], full=LOOKS)  # axe takes long on it
KEPT = "[localStorage.length, sessionStorage.length, document.cookie, location.href]"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_server(tmp_path_factory.mktemp("browser") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text()


@pytest.fixture
def visit(server: Running, browser: Browser) -> Iterator[Visitor]:
    visitor = Visitor(server, browser)
    yield visitor
    for context in visitor.contexts:
        context.close()
    assert visitor.addresses
    assert not [one for one in visitor.addresses if not one.startswith(f"{server.api}/")], "loaded from another host"
    assert not visitor.complaints


def operation(page: Page, name: str) -> Locator:
    return page.locator(f"article.operation:has(#{name})")


def sign_in(page: Page, server: Running, number: int = 0, secret: str = "") -> Json:
    credential: Json = server.server_file["credentials"][number]
    page.get_by_label("Key", exact=True).fill(credential["key"])
    page.get_by_label("Secret", exact=True).fill(secret or credential["secret"])
    return credential


def tried(page: Page, server: Running) -> list[str]:
    """Try a change of the document's action. Return the body, headers and curl command that the page shows."""
    sign_in(page, server)
    form = operation(page, "update_action")
    form.get_by_label("action_id").fill("123.json")
    form.get_by_label("Body").fill("""{"progress": 75, "title": "It's"}""")
    form.get_by_role("button", name="Send PATCH").click()
    expect(form.locator(".status")).to_have_text("200 OK")
    return form.locator(".outcome pre").all_text_contents()


def status(server: Running, key: str, secret: str) -> int:
    return httpx.get(f"{server.api}{ACTION}", auth=(key, secret), verify=PLAIN).status_code


def shown(page: Page) -> tuple[str, str]:
    """Return the key and the secret that are shown once."""
    key, secret = page.locator(".secret code").all_text_contents()
    return key, secret


def made(page: Page, label: str) -> tuple[str, str]:
    """Create a credential on the page, and return its key and secret."""
    form = page.locator("form.create")
    form.get_by_label("Label").fill(label)
    form.get_by_role("button", name="Create").click()
    return shown(page)


def row(page: Page, key: str) -> Locator:
    return page.locator("tr", has_text=key)


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_page_is_accessible(visit: Visitor, axe: str, width: int, theme: str) -> None:
    look: Json = {"width": width, "color_scheme": theme}
    check(visit("/", **look), axe)
    for path in ("/invitations/1-x", "/address-changes/1-x"):
        check(visit(path, fails="404", **look), axe)
    settings = visit(SETTINGS, as_=0, fails="401", **look)
    settings.locator("form.create button").click()
    settings.locator(".cog summary").first.click()
    settings.get_by_text("Revoke…").first.click()
    check(settings, axe)


@pytest.mark.parametrize(("width", "theme"), LOOKS_OF_THE_REFERENCE)
def test_the_reference_is_accessible(visit: Visitor, server: Running, axe: str, width: int, theme: str) -> None:
    page = visit("/docs#update_action", width=width, color_scheme=theme)
    if width < 1000:
        page.get_by_text("Contents", exact=True).click()
    sign_in(page, server)
    form = operation(page, "update_action")
    form.get_by_label("action_id").fill("123")
    form.get_by_role("button", name="Send PATCH").click()
    expect(form.locator(".status")).to_have_text("200 OK")
    operation(page, "list_workspaces").locator("summary").first.click()
    page.locator("article.schema summary").first.click()
    check(
        page, axe, **({"runOnly": ["color-contrast"]} if theme == "dark" else {})
    )  # themes differ only in their colours


def test_the_landing_page_leads_to_the_others_and_its_call_works(visit: Visitor, server: Running) -> None:
    page = visit("/", as_=0, fails="401")
    expect(page.get_by_role("heading", level=1)).to_have_text("OGSM and Workspaces API")
    credential = server.server_file["credentials"][0]
    line = page.locator("pre").inner_text().replace("KEY:SECRET", f"{credential['key']}:{credential['secret']}")
    assert json.loads(subprocess.check_output(["sh", "-c", f"{line} --silent"]))[0]["id"] == 123
    page.get_by_role("link", name="Read the reference").click()
    expect(page).to_have_title("Reference: OGSM and Workspaces API")
    page.get_by_label("Main").get_by_role("link", name="Credentials").click()
    expect(page).to_have_title("API credentials")
    page.get_by_role("link", name="OGSM and Workspaces").click()
    page.get_by_role("link", name="Reference for workspaces").click()
    expect(page.locator("h2#workspaces")).to_be_in_viewport()


def test_a_newcomer_is_welcomed(visit: Visitor, server: Running, axe: str) -> None:
    with server.client() as tester:
        [invitation] = tester.post("/api/workspaces/7/invitation", json={"email": "jane@doe.example.org"}).json()
    assert invitation["delivery"] == "sent"
    [link] = re.findall(r"/invitations/\S+", server.stdout.read_text())
    page = visit(link, width=390, color_scheme="dark")
    check(page, axe)
    page.get_by_label("First name").fill("Jane")
    page.get_by_label("Last name").fill("Doe")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Welcome")
    check(page, axe)
    key, secret = page.locator("dd code").all_text_contents()
    assert status(server, key, secret) == 200


def test_the_filter_keeps_the_calls_that_contain_every_word(visit: Visitor) -> None:
    page = visit("/docs")
    calls = page.locator("main .group .operation")
    links = page.locator(".contents li")
    every = calls.count()
    page.get_by_label("Filter").fill("DELETE /api/work stack")
    expect(page.get_by_role("status")).to_have_text("1 call")
    left = calls.filter(visible=True)
    expect(left).to_have_count(1)
    expect(left.first).to_contain_text("/api/workspaces/{workspace_id}/stacks/{stack_id}".replace("/", "/\u200b"))
    expect(links.filter(visible=True)).to_have_count(1)
    expect(page.locator("main .group").filter(visible=True)).to_have_count(1)
    page.get_by_label("Filter").fill("nothing has this")
    expect(page.get_by_role("status")).to_have_text("0 calls")
    page.get_by_label("Filter").fill("")
    expect(left).to_have_count(every)


def test_a_call_is_tried(visit: Visitor, server: Running) -> None:
    page = visit("/docs#update_action")
    form = operation(page, "update_action")
    expect(form.get_by_label("Body")).to_have_value(re.compile('"title": "Action title"'))
    answer, headers, _ = tried(page, server)
    assert json.loads(answer)["title"] == "It's"
    assert "\n  " in answer
    assert "calls=2" in headers
    with server.client() as tester:
        assert tester.get(ACTION).json()["progress"] == 75


def test_the_shell_command_of_a_call_works_with_the_users_secret(visit: Visitor, server: Running) -> None:
    *_, line = tried(visit("/docs#update_action"), server)
    secret = server.server_file["credentials"][0]["secret"]
    assert secret not in line
    with server.client() as tester:
        tester.patch(ACTION, json={"progress": 10})
        pasted = line.replace(":SECRET", f":{secret}")
        subprocess.run(["sh", "-c", f"{pasted} --silent --fail"], check=True, capture_output=True)
        assert tester.get(ACTION).json()["progress"] == 75


def test_the_secret_stays_in_memory(visit: Visitor, server: Running) -> None:
    page = visit("/docs#update_action")
    tried(page, server)
    assert server.server_file["credentials"][0]["secret"] not in page.content()
    assert page.evaluate(KEPT) == [0, 0, "", f"{server.api}/docs#update_action"]
    page.reload()
    assert page.get_by_label("Secret", exact=True).input_value() == ""


def test_an_error_is_shown_and_opens_no_dialog(visit: Visitor, server: Running) -> None:
    page = visit("/docs#list_actions", fails="401 422")
    form = operation(page, "list_actions")
    button = form.get_by_role("button", name="Send GET")
    button.click()
    expect(form.locator(".status.failed")).to_have_text("401 Unauthorized")
    sign_in(page, server, secret="wrong")
    button.click()
    expect(form.locator(".status.failed")).to_have_text("401 Unauthorized")
    sign_in(page, server)
    form.get_by_label("sort").fill("&?=#é")
    button.click()
    expect(form.locator(".status.failed")).to_contain_text("422")
    expect(form.locator(".outcome pre").first).to_contain_text('"?sort"')
    form.get_by_label("sort").fill("-progress")
    form.get_by_label("limit").fill("1")
    form.get_by_label("limit").press("Enter")
    expect(form.locator(".status")).to_have_text("200 OK")


def test_the_reference_is_used_without_a_mouse(visit: Visitor) -> None:
    page = visit("/docs")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Key", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    first = operation(page, "list_actions")
    expect(first.locator("summary").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(first.get_by_role("button", name="Send GET")).to_be_visible()
    page.get_by_role("link", name="POST /\u200bapi/\u200bworkspaces", exact=True).focus()
    page.keyboard.press("Enter")
    expect(operation(page, "create_workspace").get_by_role("button", name="Send POST")).to_be_visible()
    expect(operation(page, "create_workspace")).to_be_in_viewport()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_reference_can_be_read_without_scripts(visit: Visitor, width: int) -> None:
    page = visit("/docs", width=width, java_script_enabled=False)
    expect(page.locator("#sign-in")).to_be_hidden()
    expect(page.locator("form.try").first).to_be_hidden()
    if width < 1000:
        page.get_by_text("Contents", exact=True).click()
    page.locator(".contents a[href='#get_workspace']").click()
    expect(operation(page, "get_workspace")).to_be_in_viewport()
    operation(page, "list_workspaces").locator("summary").first.click()
    expect(operation(page, "list_workspaces")).to_contain_text("Personal workspace")


def test_a_new_credential_is_copied_and_not_made_twice(visit: Visitor, server: Running) -> None:
    page = visit(SETTINGS, as_=0, fails="401", permissions=["clipboard-read", "clipboard-write"])
    page.locator("form.create").get_by_label("Scope").select_option("Read only")
    key, secret = made(page, "Nightly report")
    expect(page.get_by_role("heading", name="New secret for Nightly report")).to_be_focused()
    assert status(server, key, secret) == 200
    page.get_by_role("button", name="Copy Secret").click()
    expect(page.locator(".copy").last).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.reload()  # asks for the page, and does not send the form again
    expect(page.locator(".secret")).to_have_count(0)
    expect(row(page, "Nightly report")).to_have_count(1)
    expect(row(page, key)).to_contain_text("read only")


def test_a_credential_is_rotated_changed_and_revoked(visit: Visitor, server: Running) -> None:
    page = visit(SETTINGS, as_=0, fails="401")
    key, old = made(page, "Old")
    row(page, key).locator(".cog > summary").click()
    row(page, key).get_by_role("button", name="Create new secret").click()
    same, new = shown(page)
    assert (same, status(server, key, old), status(server, key, new)) == (key, 401, 200)
    row(page, key).locator(".cog > summary").click()
    row(page, key).get_by_label("Label").fill("Weekly report")
    row(page, key).get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("The credential was changed.")
    row(page, key).locator(".cog > summary").click()
    expect(row(page, key).get_by_role("button", name="Revoke credential")).to_be_hidden()
    row(page, key).get_by_text("Revoke…").click()
    row(page, key).get_by_role("button", name="Revoke credential").click()
    expect(page.get_by_role("status")).to_contain_text("The credential was revoked.")
    assert status(server, key, new) == 401
    page.locator(".ended > summary").click()
    expect(row(page, key)).to_contain_text("revoked")


def test_the_secret_is_selected_where_it_cannot_be_copied(visit: Visitor) -> None:
    page = visit(SETTINGS, as_=1, fails="401")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.locator("form.create button").click()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.get_by_role("button", name="Copy Secret").click()
    expect(page.locator(".copy").last).to_contain_text("Selected")
    assert page.evaluate("getSelection().toString()") == shown(page)[1]


def test_the_menu_of_a_credential_works_without_a_mouse(visit: Visitor) -> None:
    page = visit(SETTINGS, as_=1, fails="401")
    summary = page.locator(".cog > summary").first
    summary.focus()
    page.keyboard.press("Enter")
    label = page.locator(".menu").first.get_by_label("Label")
    page.keyboard.press("Tab")
    expect(label).to_be_focused()
    page.keyboard.press("Escape")
    expect(label).to_be_hidden()
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Typed")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("The credential was changed.")
    expect(page.locator("td.name").first).to_contain_text("Typed")


def test_a_wrong_form_is_shown_again_with_the_error_and_the_input(visit: Visitor, axe: str) -> None:
    page = visit(SETTINGS, as_=0, fails="401 422", width=390)
    form = page.locator("form.create")
    form.get_by_label("Label").fill("Too late")
    form.get_by_label("Expires on").fill("2001-01-01")
    form.get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_contain_text("must lie in the future")
    expect(form.get_by_label("Label")).to_have_value("Too late")
    expect(form.get_by_label("Expires on")).to_have_value("2001-01-01")
    expect(form.get_by_label("Expires on")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Expires on")).to_be_focused()
    check(page, axe)


def test_a_member_sees_only_their_credentials_and_a_reader_no_forms(visit: Visitor) -> None:
    member = visit(SETTINGS, as_=1, fails="401")
    expect(member.locator("th", has_text="Owner")).to_have_count(0)
    expect(member.get_by_text("Tester The Great")).to_have_count(0)
    reader = visit(SETTINGS, as_=2, fails="401")
    expect(reader.get_by_text("read-only credential")).to_be_visible()
    expect(reader.locator("form")).to_have_count(0)

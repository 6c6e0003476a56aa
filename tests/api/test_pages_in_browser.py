"""The HTML pages in a browser on the server of `make run`, used with mouse and keyboard."""

import itertools
import json
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from infra import demo
from infra.testing.processes import PLAIN, Running, running_server
from tests.support import counts
from tests.support.browser import CHROMIUM, Visitor
from tests.support.browser import check_accessibility as check

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here"),
]

Json = dict[str, Any]

ACTION = "/api/v2/actions/123.json"
SETTINGS, WEBHOOKS = "/settings/api", "/settings/webhooks"
WIDTHS, THEMES = (1280, 390), ("light", "dark")
LOST = counts.choose(quick=("/nowhere",), full=("/nowhere", "/invitations/1-x", "/address-changes/1-x"))
LOOKS = counts.choose(quick=[(390, "dark")], full=list(itertools.product(WIDTHS, THEMES)))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_server(tmp_path_factory.mktemp("browser") / "data", with_plan=True) as running:
        yield running


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


def canvas(server: Running) -> str:
    """Return the address of the page of the first canvas of the demo account's plan."""
    with server.client() as client:
        [found] = [one for one in client.get("/api/v2/ogsm_canvases.json").json() if one["name"] == "Company plan"]
    return f"/ogsm/{found['id']}"


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_every_page_is_accessible(visit: Visitor, server: Running, axe: str, width: int, theme: str) -> None:
    look: Json = {"width": width, "color_scheme": theme}
    check(visit("/", **look), axe)
    for path in LOST:
        check(visit(path, fails="404", **look), axe)
    check(visit("/ogsm", as_=0, fails="401", **look), axe)
    check(visit(canvas(server), as_=0, fails="401", **look), axe)
    for path in (WEBHOOKS, f"{WEBHOOKS}/{demo.WEBHOOK_ID}"):
        check(visit(path, as_=0, fails="401", **look), axe)
    settings = visit(SETTINGS, as_=0, fails="401", **look)
    settings.locator("form.create button").click()
    settings.locator(".cog summary").first.click()
    settings.get_by_text("Revoke…").first.click()
    check(settings, axe)


def test_the_landing_page_leads_to_the_others_and_its_call_works(visit: Visitor, server: Running) -> None:
    page = visit("/", as_=0, fails="401")
    expect(page.get_by_role("heading", level=1)).to_have_text("OGSM and Workspaces API")
    credential = server.server_file["credentials"][0]
    line = page.locator("pre").inner_text().replace("KEY:SECRET", f"{credential['key']}:{credential['secret']}")
    assert json.loads(subprocess.check_output(["sh", "-c", f"{line} --silent"]))[0]["id"] == 123
    page.get_by_role("link", name="Read the reference").click()
    expect(page).to_have_title("Reference: OGSM and Workspaces API")
    page.get_by_label("Main").get_by_text("Settings").click()
    page.get_by_label("Main").get_by_role("link", name="API").click()
    expect(page).to_have_title("API - Settings")
    page.get_by_role("link", name="OGSM and Workspaces").click()
    page.get_by_role("link", name="Reference for workspaces").click()
    expect(page.locator("h2#workspaces")).to_be_in_viewport()


def test_a_canvas_is_found_by_keyboard_and_printed_on_one_page_of_a3(visit: Visitor, server: Running) -> None:
    page = visit("/ogsm", as_=0, fails="401")
    page.get_by_role("link", name="Company plan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Company plan")
    expect(page.get_by_role("img", name="Net promoter score.")).to_be_visible()
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 119\d[.\d]* 841[.\d]*\]", printed), "A3, landscape"


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
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy Secret").click()
    expect(page.locator(".copy").last).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == secret


def test_a_new_credential_is_copied_and_not_made_twice(visit: Visitor, server: Running) -> None:
    page = visit(SETTINGS, as_=0, fails="401", permissions=["clipboard-read", "clipboard-write"])
    page.locator("form.create").get_by_label("Scope").select_option("read")
    key, secret = made(page, "Nightly report")
    expect(page.get_by_role("heading", name="New secret for Nightly report")).to_be_focused()
    assert status(server, key, secret) == 200
    page.get_by_role("button", name="Copy Secret").click()
    expect(page.locator(".copy").last).to_contain_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.reload()  # asks for the page, and does not send the form again
    expect(page.locator(".secret")).to_have_count(0)
    expect(row(page, "Nightly report")).to_have_count(1)
    expect(row(page, key)).to_contain_text("read")


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


@pytest.mark.parametrize(("width", "height"), [pytest.param(1280, 900, marks=pytest.mark.nightly), (390, 500)])
def test_the_menu_of_the_last_row_opens_inside_the_window(visit: Visitor, width: int, height: int) -> None:
    page = visit(SETTINGS, as_=0, fails="401", width=width)
    page.set_viewport_size({"width": width, "height": height})
    summary, menu = page.locator(".cog > summary").last, page.locator(".cog[open] > .menu")
    summary.click()
    for step in (None, menu.get_by_text("Revoke…")):
        if step is not None:
            step.click()
        box = menu.bounding_box()
        assert box is not None
        assert box["x"] >= 0 <= box["y"]
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
    menu.get_by_role("button", name="Revoke credential").scroll_into_view_if_needed()
    expect(menu.get_by_role("button", name="Revoke credential")).to_be_in_viewport()
    page.mouse.click(3, 3)  # outside of the menu
    expect(menu).to_have_count(0)


def test_menus_open_and_close_without_scripts(visit: Visitor) -> None:
    page = visit(SETTINGS, as_=0, fails="401", java_script_enabled=False)
    for summary in (page.locator(".cog > summary").last, page.locator(".dropdown > summary")):
        opened = page.locator("details[open]")
        summary.click()
        expect(opened).to_have_count(1)
        page.mouse.click(3, 200)
        expect(opened).to_have_count(0)
    expect(page.locator("button:visible", has_text="Copy")).to_have_count(0)


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
    expect(reader.get_by_text("Your credential has the scope read")).to_be_visible()
    expect(reader.locator("form")).to_have_count(0)

"""The HTML pages as a browser gets them: policy, caching, addresses, and text that never becomes markup."""

import gzip
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from app import app
from chalicelib.pages import rendering
from infra import operations
from infra.testing.processes import PROJECT, environment
from tests.support.gateway_events import as_caller, event

Json = dict[str, Any]

OPEN = ["/", "/docs", "/invitations/1-x"]
ALL = [*OPEN, "/settings/api", "/settings/webhooks", "/ogsm"]
MOST_BYTES = 100_000  # compressed, of the reference and everything that it loads
SCRIPTS = {
    "/docs": ["docs.js"],
    "/settings/api": ["copy.js", "settings.js"],
    "/settings/webhooks": ["settings.js"],
}
PLAIN = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
]
POLICIES = {
    "/docs": [*PLAIN, "script-src 'self'", "connect-src 'self'"],
    "/settings/api": [*PLAIN, "script-src 'self'"],
    "/settings/webhooks": [*PLAIN, "script-src 'self'"],
}
HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}`<b>`"
HOSTILE_HOST = 'x"><script>alert(1)</script>'
WHO_IMPORTS = """
import json, sys, app
event = json.loads(%r)
def call(path):
    event["requestContext"] |= {"resourcePath": path, "path": "/dev" + path}
    assert app.app(event, None)["statusCode"] == 200, path
    return "jinja2" in sys.modules
print(json.dumps([call("/health"), call("/openapi.json"), call("/docs")]))
"""


class Page(HTMLParser):
    """A parsed page: its tags with their attributes, and the text of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inline = ""
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._within = tag

    def handle_data(self, data: str) -> None:
        self.inline += data.strip() if self._within in ("script", "style") else ""

    def handle_endtag(self, _: str) -> None:
        self._within = ""

    @property
    def addresses(self) -> list[str]:
        names = ("src", "href", "action", "data-page-url", "formaction", "poster", "srcset")
        return [value for _, attributes in self.tags for name in names if (value := attributes.get(name)) is not None]

    @property
    def ids(self) -> list[str]:
        return [value for _, attributes in self.tags if (value := attributes.get("id"))]


@pytest.fixture
def answers(ada: httpx.Client) -> dict[str, httpx.Response]:
    return {path: ada.get(path) for path in ALL}


def through_a_stage(path: str, **more: Any) -> Json:
    answer: Json = app(event("GET", path, stage="/dev", **more), None)
    return answer


def test_every_page_has_a_strict_content_security_policy(answers: dict[str, httpx.Response]) -> None:
    for path, answer in answers.items():
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["content-security-policy"].split("; ") == POLICIES.get(path, PLAIN)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


def test_pages_contain_no_inline_scripts_or_styles(answers: dict[str, httpx.Response]) -> None:
    for path, answer in answers.items():
        page = Page(answer.text)
        assert not page.inline
        attributes = {name for _, found in page.tags for name in found}
        assert not {name for name in attributes if name == "style" or name.startswith("on")}
        scripts = [str(found["src"]) for tag, found in page.tags if tag == "script"]
        assert scripts == [rendering.asset_url(name) for name in SCRIPTS.get(path, [])]


def test_every_page_names_the_icon_and_browsers_find_it_without(
    anybody: httpx.Client, answers: dict[str, httpx.Response]
) -> None:
    icons = [
        found["href"]
        for answer in answers.values()
        for _, found in Page(answer.text).tags
        if found.get("rel") == "icon"
    ]
    assert icons == [rendering.asset_url("icon.svg")] * len(answers)
    blind = anybody.get(
        "/favicon.ico?x=1", headers={"Accept": "image/avif,image/webp,image/apng,image/svg+xml,image/*"}
    )
    assert (blind.status_code, blind.headers["content-type"]) == (200, "image/svg+xml; charset=utf-8")
    assert blind.headers["cache-control"] == "public, max-age=604800"
    assert blind.content == anybody.get(str(icons[0])).content


def test_no_page_names_another_host_and_no_link_is_dead(ada: httpx.Client, answers: dict[str, httpx.Response]) -> None:
    targets = set()
    for answer in answers.values():
        page = Page(answer.text)
        assert page.addresses
        assert all(one.startswith(("/", "#")) and not one.startswith("//") for one in page.addresses)
        assert {one[1:] for one in page.addresses if one.startswith("#")} <= set(page.ids)
        targets |= {str(found["href"]) for tag, found in page.tags if tag in ("a", "link")}
    for target in {one.partition("#")[0] for one in targets if one.startswith("/")}:
        assert ada.get(target).status_code == 200, target


def test_ids_are_unique_in_a_page(answers: dict[str, httpx.Response]) -> None:
    for answer in answers.values():
        ids = Page(answer.text).ids
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_public_pages_are_revalidated_by_their_tag(anybody: httpx.Client, path: str) -> None:
    answer = anybody.get(path)
    assert answer.headers["cache-control"] == "private, no-cache"
    again = anybody.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert anybody.head(path).headers["etag"] == answer.headers["etag"]


def test_personal_pages_are_not_cached(answers: dict[str, httpx.Response]) -> None:
    assert {answers[path].headers["cache-control"] for path in ("/settings/api", "/invitations/1-x")} == {"no-store"}


def test_behind_a_stage_every_address_has_it(acme: Json) -> None:
    for path in ("/", "/docs", "/settings/api"):
        answer = through_a_stage(path, caller=as_caller(acme))
        assert (answer["statusCode"], answer.get("isBase64Encoded", False)) == (200, False)
        addresses = Page(answer["body"]).addresses
        assert all(one.startswith(("/dev/", "#")) for one in addresses)
    landing = through_a_stage("/")["body"]
    assert "curl -u KEY:SECRET https://abc.execute-api.us-east-1.amazonaws.com/dev/api/v2/actions.json" in landing


def test_behind_a_stage_the_page_for_an_odd_link_has_its_style_too() -> None:
    odd = event("GET", "/invitations/{token}", ids={"token": "1-ä b"}, stage="/dev")
    odd["requestContext"]["path"] = "/dev/invitations/1-%C3%A4%20b"
    answer: Json = app(odd, None)
    assert answer["statusCode"] == 404
    assert all(one.startswith("/dev/") for one in Page(answer["body"]).addresses)


def test_the_landing_page_shows_the_address_at_which_it_was_reached(anybody: httpx.Client) -> None:
    host = {"Host": HOSTILE_HOST}
    assert f"curl -u KEY:SECRET {str(anybody.base_url).rstrip('/')}/api/v2/actions.json" in anybody.get("/").text
    assert not Page(anybody.get("/", headers=host).text).inline


def test_names_and_labels_stay_text(acme: Json, ada: httpx.Client) -> None:
    person = {"email": "eve@acme.example", "first_name": HOSTILE, "last_name": "Eve"}
    eve = operations.create_user(acme["account"]["id"], **person)
    ada.post("/api/credentials", json={"label": HOSTILE, "user": eve["user"]["id"]})
    answer = ada.get("/settings/api")
    assert answer.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
    assert "{{7*7}}" in answer.text
    page = Page(answer.text)
    assert not page.inline
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert HOSTILE in [found.get("value") for tag, found in page.tags if tag == "input"]


def test_the_reference_is_small_and_loads_few_files(anybody: httpx.Client) -> None:
    page = anybody.get("/docs")
    tags = [found for tag, found in Page(page.text).tags if tag in ("link", "script")]
    files = {str(found.get("src") or found["href"]) for found in tags if found.get("rel") != "alternate"}
    assert {path.partition("?")[0].rpartition(".")[2] for path in files} == {"css", "js", "svg"}
    assert len(files) <= 6
    imported = {name for path in files for name in re.findall(r' from "\./([^"]+)"', anybody.get(path).text)}
    assert {f"/assets/app/{name}" for name in imported} <= files, "the page names what its scripts import"
    texts = [page.content, *(anybody.get(path).content for path in files)]
    assert sum(len(gzip.compress(text, 6)) for text in texts) < MOST_BYTES


def test_the_reference_shows_the_address_at_which_it_was_reached(anybody: httpx.Client) -> None:
    assert f"curl -u KEY:SECRET {str(anybody.base_url).rstrip('/')}/api/me" in anybody.get("/docs").text
    behind_a_stage = through_a_stage("/docs")["body"]
    assert "curl -u KEY:SECRET https://abc.execute-api.us-east-1.amazonaws.com/dev/api/me" in behind_a_stage
    assert 'data-prefix="/dev"' in behind_a_stage
    hostile = Page(anybody.get("/docs", headers={"Host": HOSTILE_HOST}).text)
    assert not hostile.inline
    assert [tag for tag, _ in hostile.tags].count("script") == 1


def test_a_json_request_does_not_pay_for_templates() -> None:
    plain = event("GET", "/health", stage="/dev")
    command = [sys.executable, "-c", WHO_IMPORTS % json.dumps(plain)]
    run = subprocess.run(command, cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == [False, False, True]

"""Errors in a browser are pages. API clients get problem details, whatever the address."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app import app
from chalicelib.domain.accounts import user_management
from chalicelib.http import error_pages
from tests.support.failures import Hook, failing
from tests.support.gateway_events import event
from tests.support.problems import assert_problem

Json = dict[str, Any]
Request = Callable[..., httpx.Response]

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
UNKNOWN, SETTINGS, ACTIONS = "/nowhere", "/settings/api", "/api/v2/actions.json"


def check_page(answer: httpx.Response, status: int, title: str, sentence: str) -> None:
    """Check that an answer is the page for an error."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert re.findall("<title>(.*)</title>", answer.text) == [title]
    assert f'<span class="number">{status}</span> {title}</h1>' in answer.text
    assert sentence in answer.text
    assert f"<code>{answer.headers['x-request-id']}</code>" in answer.text
    assert '<a class="button quiet" href="/">' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'; ")


@pytest.mark.parametrize(
    ("method", "path", "status", "title", "sentence"),
    [
        ("GET", UNKNOWN, 404, "Not Found", "There is nothing at this address."),
        ("GET", f"{SETTINGS}/nothing/at-all", 404, "Not Found", "There is nothing at this address."),
        ("GET", SETTINGS, 401, "Unauthorized", "Sign in with the key and the secret of a credential."),
        ("POST", "/docs", 405, "Method Not Allowed", "This address does not support POST, only GET, HEAD, OPTIONS."),
        ("GET", "/?x=1", 422, "Unprocessable Content", "x: "),
    ],
)
def test_a_browser_gets_a_page(
    anybody: httpx.Client, method: str, path: str, status: int, title: str, sentence: str
) -> None:
    check_page(anybody.request(method, path, headers=BROWSER), status, title, sentence)


def test_a_browser_that_may_not_write_gets_a_page(ada: httpx.Client, reader: httpx.Client) -> None:
    check_page(reader.post(SETTINGS, headers=BROWSER), 403, "Forbidden", "read")
    foreign = BROWSER | {"Origin": "https://evil.example"}
    check_page(ada.post(SETTINGS, headers=foreign), 403, "Forbidden", "Pages of other sites may not change anything")


def test_after_cancelling_the_sign_in_the_page_offers_it_again(anybody: httpx.Client) -> None:
    answer = anybody.get(SETTINGS, headers=BROWSER)
    assert answer.headers["www-authenticate"].startswith("Basic realm=")
    assert f'<a class="button" href="{SETTINGS}">Sign in</a>' in answer.text


def test_a_browser_gets_a_page_while_the_table_is_away(ada: httpx.Client, on: Hook) -> None:
    on("before-call.dynamodb", failing("Query", "InternalServerError", times=50))
    answer = ada.get(SETTINGS, headers=BROWSER)
    check_page(answer, 503, "Service Unavailable", "")
    assert answer.headers["retry-after"] == "1"


def test_a_browser_gets_a_page_without_details_of_an_internal_error(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_management, "list_users", lambda _: 1 / 0)
    answer = ada.get(SETTINGS, headers=BROWSER)
    check_page(answer, 500, "Internal Server Error", "An internal error occurred.")
    assert "ZeroDivisionError" not in answer.text
    assert_problem(ada.get(SETTINGS), 500, "An internal error occurred.")


def test_head_has_the_headers_of_the_page_and_no_body(anybody: httpx.Client) -> None:
    answer = anybody.head("/?x=1", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert answer.content == b""


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "application/json, text/html;q=0.9"])
@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", UNKNOWN, 404), ("GET", SETTINGS, 401), ("PUT", "/", 405)]
)
def test_an_api_client_gets_problem_details_at_every_address(
    anybody: httpx.Client, accept: str | None, method: str, path: str, status: int
) -> None:
    assert_problem(anybody.request(method, path, headers={"Accept": accept} if accept else {}), status)


def test_errors_of_api_calls_are_problem_details_in_a_browser_too(ada: httpx.Client, anybody: httpx.Client) -> None:
    assert_problem(ada.get("/api/v2/actions/999.json", headers=BROWSER), 404)
    assert_problem(ada.get(f"{ACTIONS}?sort=x", headers=BROWSER), 422)
    assert_problem(anybody.get(ACTIONS, headers=BROWSER), 401)
    assert_problem(anybody.put("/health", headers=BROWSER), 405)


def test_text_of_a_request_never_becomes_markup(anybody: httpx.Client) -> None:
    answer = anybody.get("/", params={"<script>": "<b>"}, headers=BROWSER)
    assert answer.status_code == 422
    assert "<script>" not in answer.text


def test_behind_a_stage_the_links_of_the_page_have_it() -> None:
    answer: Json = app(event("POST", "/docs", stage="/dev", headers=BROWSER), None)
    assert answer["statusCode"] == 405
    assert set(re.findall(r'href="(/[^/"]*)', answer["body"])) == {"/dev"}


@pytest.mark.parametrize(
    ("accept", "is_preferred"),
    [
        (BROWSER["Accept"], True),
        ("text/html", True),
        ("TEXT/HTML ; q=0.5, */* ; q=0.4", True),
        ("text/*, application/json;q=0.9", True),
        ("text/html;q=1.000, application/*;q=0.999", True),
        ("", False),
        ("*/*", False),
        ("text/html, application/json", False),
        ("text/html, application/problem+json", False),
        ("text/html;q=0", False),
        ("text/html;q=0.5, */*;q=0.5", False),
        ("text/html;q=nan, application/json;q=0.1", False),
        ("text/html;q=9, */*;q=0.1", False),
        (",;=,text", False),
    ],
)
def test_a_page_is_preferred_if_accept_ranks_it_above_json(accept: str, is_preferred: bool) -> None:
    assert error_pages.prefers_html(accept) is is_preferred

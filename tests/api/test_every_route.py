"""Rules for every route: bodies, media types, methods, problem documents, other sites, headers and the log."""

import json
import re
import socket
import struct
import threading
from typing import Any

import httpx
import pytest

from app import app
from chalicelib import config
from chalicelib.domain.ogsm import actions
from tests.support.failures import Hook
from tests.support.gateway_events import as_caller, invoke
from tests.support.problems import assert_problem

LIST = "/api/v2/actions.json"
ONE = "/api/v2/actions/{action_id}"
JSON = {"Content-Type": "application/json"}
Json = dict[str, Any]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1, column 1"),
        (b"{", "line 1, column 2"),
        (b'{"title":\n "x",\n}', "line 3, column 1"),
        (b"{'title': 'x'}", "line 1, column 2"),
        (b'"title"', "must be a JSON object"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"title": "\xff"}', "not valid UTF-8 at byte 11"),
        (b'{"progress": NaN}', "NaN is not a JSON number"),
        (b'{"progress": -Infinity}', "-Infinity is not a JSON number"),
        (b"[" * 100_000, "more than 16 levels deep"),
        (b'{"progress": ' + b"9" * 5_000 + b"}", "not usable JSON"),
        (b'{"title": "a\x01b"}', "line 1, column 13"),
    ],
)
def test_the_error_for_a_malformed_body_says_where_it_is_wrong(ada: httpx.Client, content: bytes, words: str) -> None:
    assert_problem(ada.post(LIST, content=content, headers=JSON), 400, words)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/json;charset=ISO-8859-1",
        "application/vnd.api+json",
        "application/merge-patch+json",
        "",
    ],
)
def test_json_is_accepted_under_each_of_its_media_types(ada: httpx.Client, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    answer = ada.post(LIST, content='\ufeff{"title": "é"}'.encode(), headers=headers)
    assert answer.status_code == 201
    assert answer.json()["title"] == "é"


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "json"])
def test_other_media_types_are_refused(ada: httpx.Client, content_type: str) -> None:
    answer = ada.post(LIST, content=b'{"title": "x"}', headers={"Content-Type": content_type})
    assert_problem(answer, 415, content_type.partition(";")[0])
    assert_problem(answer, 415, "with the header Content-Type: application/json")


def test_a_form_is_accepted_like_json(ada: httpx.Client) -> None:
    form = "title=x&status[name]=doing&labels[][name]=a&labels[][name]=b&progress=5&archived=true&due="
    answer = ada.post(LIST, content=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 201
    expected = {"status": {"name": "doing"}, "labels": [{"name": "a"}, {"name": "b"}], "progress": 5, "due": None}
    assert expected.items() <= answer.json().items()


def test_the_body_of_a_delete_is_ignored(ada: httpx.Client) -> None:
    address = ada.post(LIST, json={"title": "x"}).headers["location"]
    assert ada.request("DELETE", address, content=b"not json", headers=JSON).status_code == 200


def test_a_body_over_one_megabyte_is_too_large(ada: httpx.Client, acme: Json) -> None:
    body = {"title": "x" * 1_000_001}
    assert_problem(ada.post(LIST, json=body), 413, "at most 1000000")
    on_lambda = invoke("POST", LIST, body=body, caller=as_caller(acme))
    assert on_lambda["statusCode"] == 413
    assert "at most 1000000" in on_lambda["json"]["detail"]


def test_the_error_for_an_object_that_is_too_large_to_store_names_its_largest_field(ada: httpx.Client) -> None:
    fits = {"title": "x", "description": "é" * 202_000}
    made = ada.post(LIST, json=fits, headers={"Idempotency-Key": "large"})
    assert made.status_code == 201
    assert ada.get(made.headers["location"]).json()["description"] == fits["description"]
    too_large = {"title": "x", "description": "é" * 203_000}
    assert_problem(ada.post(LIST, json=too_large), 413, "Its largest field is description.")
    assert_problem(ada.patch(made.headers["location"], json=too_large), 413, "Its largest field is description.")


def test_a_semicolon_is_a_character_of_a_path_like_others(ada: httpx.Client) -> None:
    address = ada.post(LIST, json={"title": "x"}).headers["location"].removesuffix(".json")
    assert_problem(ada.get(address + "%3B2"), 404)
    assert ada.delete(address + ";2").status_code == 404
    assert ada.get(address).status_code == 200


def test_an_unknown_path_is_not_found(ada: httpx.Client, anybody: httpx.Client) -> None:
    for client in (ada, anybody):
        for path in ("/nowhere", "/api", "/api/v2/actions/1/x", "/api/v3/actions.json", "/api//v2/actions.json"):
            answer = client.get(path)
            assert answer.status_code == 404, path
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", LIST, "GET, HEAD, POST, OPTIONS"),
        ("DELETE", LIST, "GET, HEAD, POST, OPTIONS"),
        ("POST", "/api/v2/actions/1.json", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ("POST", "/health", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_a_path_does_not_have_is_answered_with_those_it_has(
    ada: httpx.Client, anybody: httpx.Client, method: str, path: str, allow: str
) -> None:
    for client in (ada, anybody):
        answer = client.request(method, path, json={})
        assert_problem(answer, 405, method)
        assert answer.headers["allow"] == allow


def test_every_405_and_every_options_lists_all_methods_and_options(anybody: httpx.Client) -> None:
    paths = [re.sub(r"\{(workspace|stack|activity)_id\}", "1", route) for route in app.routes]
    for path in [path for path in paths if "{" not in path][::11]:
        for method in ("PROPFIND", "OPTIONS"):
            answer = anybody.request(method, path)
            allowed = answer.headers["allow"].split(", ")
            assert answer.status_code == (204 if method == "OPTIONS" else 405), path
            assert allowed[-1] == "OPTIONS"
            for other in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(allowed):
                refused = anybody.request(other, path)
                assert (refused.status_code, refused.headers["allow"]) == (405, answer.headers["allow"])


def test_options_lists_the_methods(anybody: httpx.Client) -> None:
    answer = anybody.options(LIST)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_head_answers_like_get_without_the_body(ada: httpx.Client, acme: Json) -> None:
    head, get = ada.head(LIST), ada.get(LIST)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", get.headers["etag"])
    on_lambda = invoke("HEAD", LIST, caller=as_caller(acme))
    length = str(len(get.content))
    assert (on_lambda["body"], on_lambda["headers"]["Content-Length"]) == ("", length)


@pytest.mark.parametrize(
    "accept",
    [
        *("*/*", "application/json", "application/*;q=0.5", "text/html, */*;q=0.1", "", ",", "APPLICATION/JSON"),
        *("text/html, application/*;q=0.1", "application/json; charset=utf-8", "*/*;q=0, application/json"),
        *("text/json", "application/vnd.github+json", "application/problem+json"),
        *("json", "text/html, *; q=.2", "text/html;q=high", "text/html;q=2", "<script>", "text/html, text/"),
    ],
)
def test_json_is_sent_to_clients_that_accept_it(ada: httpx.Client, accept: str) -> None:
    assert ada.get(LIST, headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    "accept",
    [
        *("text/html", "image/*", "application/json;q=0", "application/xml, text/csv;q=1", "*/*, application/json;q=0"),
        *("application/*;q=0, */*", "application/json;q=0.000, text/json", "application/x+json;q=0, text/html"),
    ],
)
def test_json_is_not_sent_to_clients_that_do_not_accept_it(ada: httpx.Client, accept: str) -> None:
    assert_problem(ada.get("/api/workspaces", headers={"Accept": accept}), 406, "application/json")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_pages_of_other_sites_may_not_write(ada: httpx.Client, headers: dict[str, str]) -> None:
    assert_problem(ada.post(LIST, json={"title": "x"}, headers=headers), 403, "other sites")
    assert ada.get(LIST, headers=headers).json() == []


def test_own_pages_and_listed_sites_may_write(ada: httpx.Client, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "ALLOWED_ORIGINS", frozenset({"https://intranet.example"}))
    for headers in (
        {"Origin": url, "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://intranet.example", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
    ):
        assert ada.post(LIST, json={"title": "x"}, headers=headers).status_code == 201


def test_each_response_reports_its_cost_and_has_a_request_id(ada: httpx.Client) -> None:
    answers = [ada.get(LIST), ada.post(LIST, json={}), ada.put(LIST), ada.get("/nowhere")]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 4
    timing = r'dynamodb;dur=\d+\.\d;desc="calls=1 rcu=[\d.]+ wcu=0"'
    assert re.fullmatch(timing, answers[0].headers["server-timing"])
    errors = answers[1:]
    assert [answer.status_code for answer in errors] == [422, 405, 404]
    assert not any("server-timing" in answer.headers for answer in errors), "It would tell what is hidden."


def test_behind_a_stage_addresses_carry_the_stage(acme: dict[str, Any]) -> None:
    caller = as_caller(acme)
    made = invoke("POST", LIST, body={"title": "x"}, caller=caller)
    assert made["statusCode"] == 201
    assert made["headers"]["Location"] == "/prod/api/v2/actions/1.json"
    assert made["headers"]["X-Request-Id"] == "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
    invoke("POST", LIST, body={"title": "y"}, caller=caller)
    page = invoke("GET", LIST, caller=caller, query={"limit": ["1"]})
    here = "https://abc.execute-api.us-east-1.amazonaws.com"
    assert page["headers"]["Link"].startswith(f"<{here}/prod/api/v2/actions.json?limit=1&cursor=")
    lost = invoke("GET", ONE, ids={"action_id": "9.json"}, caller=caller)
    assert lost["json"]["instance"] == "/prod/api/v2/actions/9.json"


def test_behind_a_custom_domain_addresses_are_as_documented(acme: dict[str, Any]) -> None:
    made = invoke("POST", LIST, body={"title": "x"}, caller=as_caller(acme), stage="")
    assert made["headers"]["Location"] == "/api/v2/actions/1.json"
    page = invoke("GET", LIST, caller=as_caller(acme), stage="", query={"page": ["2"]})
    assert page["headers"]["Link"].startswith(
        "<https://abc.execute-api.us-east-1.amazonaws.com/api/v2/actions.json?page=1>"
    )


def test_a_page_of_the_deployment_itself_may_write(acme: dict[str, Any]) -> None:
    headers = {"Origin": "https://abc.execute-api.us-east-1.amazonaws.com"}
    assert invoke("POST", LIST, body={"title": "x"}, caller=as_caller(acme), headers=headers)["statusCode"] == 201


def test_an_internal_error_tells_the_client_only_the_request_id(
    ada: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret ingredient")

    monkeypatch.setattr(actions, "get_action", fail)
    answer = ada.get("/api/v2/actions/1.json")
    assert_problem(answer, 500)
    assert "ingredient" not in answer.text
    [logged] = [json.loads(line) for line in caplog.messages if '"level":"error"' in line]
    assert logged["request_id"] == answer.headers["x-request-id"]
    assert logged["traceback"].endswith("RuntimeError: the secret ingredient\n")


def test_each_request_writes_one_line_to_the_log_without_secrets(
    acme: dict[str, Any], ada: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = ada.get("/api/v2/actions/77.json")
    lines = [json.loads(record.getMessage()) for record in caplog.records if record.name == "access"]
    assert len(lines) == 1
    assert lines[0].pop("ms") >= 0
    assert lines[0].pop("rcu") > 0
    assert lines[0] == {
        "request_id": answer.headers["x-request-id"],
        "account": 1,
        "key": acme["credential"]["key"],
        "method": "GET",
        "route": "/api/v2/actions/{action_id}",
        "status": 404,
        "calls": 1,
        "wcu": 0,
    }
    assert acme["credential"]["secret"] not in caplog.text


def test_a_client_that_disconnects_is_not_logged_as_an_error(
    ada: httpx.Client, url: str, on: Hook, caplog: pytest.LogCaptureFixture
) -> None:
    gone, request = threading.Event(), ada.build_request("GET", LIST)
    signed = next(ada.auth.sync_auth_flow(request)) if ada.auth else request
    host, port = url.removeprefix("http://").split(":")
    on("before-call.dynamodb", lambda **_: None if gone.wait(10) else pytest.fail("nobody left"))
    with socket.create_connection((host, int(port))) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # resets the connection
        client.sendall(f"GET {LIST} HTTP/1.1\r\nAuthorization: {signed.headers['authorization']}\r\n\r\n".encode())
    gone.set()
    assert [ada.get(LIST).status_code for _ in range(3)] == [200] * 3
    assert [one for one in caplog.messages if '"status":500' in one or "could not be" in one] == []

"""No input leads to a 5xx: every field, parameter, path part and header of the OpenAPI document gets wrong values.

Each request has wrong values in all places of one kind. The error must name all of them, and nothing may change.
"""

import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app import app
from infra.openapi.tags import ALIASES_TAG
from infra.testing.world import World
from tests.support import counts
from tests.support.bad_values import TARGET_TEXTS, body_fields, operations, parameters, wrong_values
from tests.support.gateway_events import as_caller, event
from tests.support.problems import assert_problem
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]

STEP = counts.choose(quick=7, full=1)  # of how many wrong values of a field one is sent
ALL = [one for one in operations() if counts.choose(quick=ALIASES_TAG not in one[2]["tags"], full=True)]
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REQUIRED = {"name", "title", "email", "first_name", "last_name", "url", "from", "to"}  # by some calls
OWN_ERRORS = {"/oauth/token", "/mcp"}  # whose errors have another format
MAX_TARGET = 9_000  # bytes of an address; with the headers it may have 10,240


@pytest.fixture
def unchanged(world: World) -> Iterator[World]:
    """Return the world, in which nothing may change."""
    for client in (world.owner, world.member):
        client.get("/api/workspaces")  # the first request of a day stores when the credential was used
    before = stored_rows()
    yield world
    assert stored_rows() == before


def fill(path: str) -> str:
    """Return a path with ids in the right form. What they name need not exist, as the request is checked before."""
    path = path.replace("{block_id}", "a" * 24).replace("{user_id}", "a" * 9).replace("{user}", "a" * 9)
    path = path.replace("{day}", "2024-01-31").replace("{webhook_id}", "1-" + "a" * 8)
    return re.sub(r"\{\w+\}", "1", path.replace("{credential_id}", "1-" + "a" * 16))


def rounds(fields: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    """Yield a wrong value of each field at once, until every field has had all of its own."""
    for number in range(max(map(len, fields.values()), default=0)):
        yield {name: values[number % len(values)] for name, values in fields.items()}


def send(client: httpx.Client, method: str, target: str, **more: Any) -> httpx.Response:
    """Send a request with an address that is not changed in any way."""
    request = client.build_request(method, "/", **more)
    request.url = request.url.copy_with(raw_path=target.encode())
    return client.send(request)


def named_fields(answer: httpx.Response) -> set[str]:
    """Return the fields or parameters that an error names."""
    return {error["pointer"].lstrip("#/?").partition("/")[0] for error in answer.json()["errors"]}


def assert_refused(answer: httpx.Response) -> None:
    assert 400 <= answer.status_code < 500, f"{answer.request.method} {answer.request.url}: {answer.text}"
    if answer.headers["content-type"] == "application/problem+json":
        assert_problem(answer, answer.status_code)
    assert len(answer.content) < 1_000_000


WITH_BODY = [(method, path, fields) for method, path, one in ALL if (fields := body_fields(one))]


def test_wrong_values_in_a_body_are_all_named(unchanged: World) -> None:
    for index, (method, path, fields) in enumerate(WITH_BODY):
        wrong = {name: values for name, schema in fields.items() if (values := wrong_values(schema))}
        for body in islice(rounds(wrong), index % STEP, None, STEP):
            answer = unchanged.owner.request(method, fill(path), content=json.dumps(body), headers=JSON)
            assert_refused(answer)
            if path not in OWN_ERRORS:
                assert answer.status_code in (413, 422), answer.text
            if answer.status_code == 422:
                missing = REQUIRED - body.keys()
                assert named_fields(answer) - missing == body.keys(), f"{method} {path}: {answer.text}"


BODIES = [
    *(
        b"",
        b"{",
        b"[",
        b"null",
        b'"x"',
        b"1",
        b"\xff",
        b'{"name": "\xed\xa0\x80"}',
        b"\x00",
        b'{"a":1}' * 2,
        b"[" * 900_000,
    ),
    *(
        b'{"a":' * 100_000,
        b'{"name": ' + b"9" * 5_000 + b"}",
        b"x" * 1_000_001,
        b'{"' + b"n" * 900_000 + b'": 1}',
        b"NaN",
    ),
]
FORMS = [
    *(b"%00=x", b"name=%ED%A0%80", b"name=%C0%80", b"name=%FF", b"\xff=1", b"[", b"]=", b"a[=1", b"a[][]=1"),
    *(b"a" + b"[a]" * 5_000, b"name[]=1&name=1", b"name=1&name=1", b"=" * 1_000, b"n" * 900_000 + b"=1"),
    *(b"name[0]=1&name[]=1", b"name[0]=1&name[0]=2", b"name[0]=1&name=1", b"{", b' {"name":', b"{}&name=1", b"\xff{}"),
    b"&".join(b"x%d=1" % number for number in range(50_000)),
    b"&".join(b"x[%d]=1" % number for number in range(50_000)),
]


def test_a_malformed_body_is_refused_by_every_call(unchanged: World) -> None:
    calls = [(method, path) for method, path, _ in WITH_BODY if path != "/oauth/token"]
    for number, (content, headers) in enumerate([*((one, JSON) for one in BODIES), *((one, FORM) for one in FORMS)]):
        for method, path in calls[number % 12 :: counts.choose(quick=12, full=1)]:
            answer = unchanged.owner.request(method, fill(path), content=content, headers=headers)
            assert_refused(answer)
            may_be_empty = not content or content.strip(b"=") == b""
            assert answer.status_code in (400, 413, 422) or may_be_empty, answer.text


QUERIES = [(path, fields) for method, path, one in ALL if method == "GET" and (fields := parameters(one, "query"))]


def test_wrong_values_in_a_query_are_refused_or_harmless(unchanged: World) -> None:
    for index, (path, fields) in enumerate(QUERIES):
        for text in texts_for(index):
            names = [name for name in fields if len(text) * len(fields) < MAX_TARGET or name == "cursor"]
            answer = send(unchanged.owner, "GET", f"{fill(path)}?{'&'.join(f'{name}={text}' for name in names)}")
            assert answer.status_code < 500, f"{answer.request.url}: {answer.text}"
            if answer.status_code == 422 and "cursor" in names:
                assert named_fields(answer) & {"cursor", "page", "limit"}


def texts_for(index: int) -> list[str]:
    """Return all texts, or in a quick run some of them for the place with this number."""
    return TARGET_TEXTS[index % 12 :: counts.choose(quick=12, full=1)]


def test_a_wrong_parameter_is_named(unchanged: World) -> None:
    for name in sorted({name for _, fields in QUERIES for name in fields}):
        path, fields = next((path, fields) for path, fields in QUERIES if name in fields)
        for value in [value for value in wrong_values(fields[name]) if isinstance(value, str)][::STEP]:
            answer = send(unchanged.owner, "GET", f"{fill(path)}?{name}={quote(value[:MAX_TARGET], errors='replace')}")
            if answer.status_code < 400 or answer.status_code == 404:  # "" may be right, and "?" for the surrogate
                assert "\ud800" in value or value == ""
            else:
                assert_refused(answer)
                assert named_fields(answer) == {name}
        assert_refused(answer := send(unchanged.owner, "GET", f"{fill(path)}?{name}=1&{name}=1"))
        assert named_fields(answer) == {name}


VARIABLES = [(method, path, name) for method, path, one in ALL for name in parameters(one, "path")]


def test_wrong_parts_of_a_path_are_not_found(unchanged: World) -> None:
    for index, (method, path, name) in enumerate(VARIABLES):
        for text in counts.choose(quick=[TARGET_TEXTS[index % len(TARGET_TEXTS)]], full=TARGET_TEXTS):
            target = fill(path.replace(f"{{{name}}}", text if text.strip(".") else "x"))  # the client resolves dots
            answer = send(unchanged.owner, method, target, headers=JSON, content=b"{}")
            assert_refused(answer)


HEADERS: list[dict[str, str]] = [
    {"Accept": "x" * 5_000},
    {"Accept": ",;=" * 1_000},
    {"Content-Type": "\xff" * 50},
    {"Content-Type": "application/" + "x" * 4_000 + "+json"},
    {"Prefer": "handling=lenient;" * 400},
    {"If-Match": '"' * 5_000},
    {"If-None-Match": "W/" * 2_500},
    {"Idempotency-Key": ""},
    {"Idempotency-Key": "x" * 256},
    {"Idempotency-Key": "\xe9" * 256},
    {"Origin": "null" * 1_100},
    {"X-Forwarded-Proto": "javascript", "Sec-Fetch-Site": "cross-site"},
    {"Authorization": "Basic " + "=" * 4_000},
    {"Authorization": "Basic gICAgA=="},
    {"Authorization": "Bearer 1-" + "a" * 16 + "." + "x" * 5_000},
    {"Authorization": "Basic " + "MS1hOmI=" * 400},
    {"Accept": "text/html;q=" + "0" * 4_000},
    {"Accept-Encoding": "gzip;q=," * 900},
    {"Accept-Encoding": "gzip;q=0." + "1" * 4_000},
    {"Host": "<\xff>" * 900},
]


def test_headers_that_are_wrong_or_too_long_are_refused_or_harmless(unchanged: World) -> None:
    for number, texts in enumerate(HEADERS):
        headers = {name: value.encode("latin-1") for name, value in texts.items()}
        client = unchanged.clients["nobody" if "Authorization" in headers else "owner"]
        for method, path, _ in ALL[number % 20 :: counts.choose(quick=20, full=1)]:
            answer = send(client, method, fill(path), headers=headers, content=b"[")
            assert answer.status_code < 500, answer.text
            if max(map(len, headers.values())) > 4_096 and client is unchanged.owner:
                assert_refused(answer)


@pytest.mark.parametrize("text", ["\ud800", "a\0b", "\uffff", "\U0010ffff", "x" * 100_000])
def test_text_that_only_api_gateway_could_pass_on_is_refused_or_harmless(acme: Json, text: str) -> None:
    caller = as_caller(acme)
    before = stored_rows()
    for method, path, operation in ALL[len(text) % 5 :: counts.choose(quick=5, full=1)]:
        query = {name: [text] for name in [*parameters(operation, "query"), text[:100]]}
        ids = dict.fromkeys(parameters(operation, "path"), text)
        headers = dict.fromkeys(("Accept", "Content-Type", "If-Match", "Idempotency-Key", "Prefer", "Origin"), text)
        for more in ({"query": query}, {"ids": ids}, {"headers": headers}, {"body": {"name": text}}):
            wanted = {"query": query} if "{" not in path else {"query": query, "ids": dict.fromkeys(ids, "0")}
            answer = app(event(method, path, caller=caller, **(wanted | more)), None)
            assert answer["statusCode"] < 500, f"{method} {path} {list(more)}: {answer['body']}"
    assert stored_rows() == before


def test_a_field_with_an_empty_name_is_named_in_quotes(ada: httpx.Client) -> None:
    refused = ada.post("/api/v2/actions.json", json={"title": "x", "": 1})
    assert refused.json()["errors"] == [{"pointer": "#/", "detail": "is not a known name"}]
    assert refused.json()["message"] == '"": is not a known name'

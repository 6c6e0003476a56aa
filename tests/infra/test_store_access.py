"""Access to the store of `make run`. Other programs of the machine and pages in a browser must not have it."""

import json
from collections.abc import Iterator

import httpx
import pytest
from botocore.credentials import Credentials

from infra.testing.processes import Running, running_server
from tests.support.store_requests import access_key, call, send, sign, store_url, target

pytestmark = pytest.mark.slow

EVIL = "https://evil.example"
SCAN = json.dumps({"TableName": "ogsm-workspaces-dev"}).encode()
CORS = "access-control-"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running_server(tmp_path_factory.mktemp("access") / "data") as server:
        yield server


@pytest.fixture(autouse=True)
def nothing_is_lost(running: Running) -> Iterator[None]:
    """Check after each attack that the data is still there and the store still answers."""
    yield
    with running.client() as client:
        assert [action["id"] for action in client.get("/api/v2/actions.json").json()] == [123]


def test_a_request_with_the_key_in_server_json_is_answered(running: Running) -> None:
    answer = call(running, "Scan", TableName="ogsm-workspaces-dev")
    assert answer.status_code == 200
    assert answer.json()["Count"] > 0
    assert_no_cors(answer)


def test_each_start_makes_another_key(running: Running, tmp_path_factory: pytest.TempPathFactory) -> None:
    first = access_key(running)
    with running_server(tmp_path_factory.mktemp("another") / "data") as other:
        second = access_key(other)
    assert len(first.access_key) == 32
    assert len(first.secret_key) >= 43
    assert (first.access_key, first.secret_key) != (second.access_key, second.secret_key)


def test_a_reset_from_a_foreign_page_wipes_nothing(running: Running) -> None:
    answer = httpx.post(f"{store_url(running)}/_ministack/reset", headers={"Origin": EVIL}, trust_env=False)
    assert_refused(answer)


def test_a_foreign_page_cannot_scan_the_table(running: Running) -> None:
    answer = httpx.post(f"{store_url(running)}/", content=SCAN, headers={"Origin": EVIL, **target("Scan")})
    assert_refused(answer)


@pytest.mark.parametrize("origin", [EVIL, "null", "http://127.0.0.1:8000", ""])
def test_a_request_with_an_origin_is_refused_although_it_is_signed(running: Running, origin: str) -> None:
    headers = {"Origin": origin, **target("Scan")}
    assert_refused(send(sign(f"{store_url(running)}/", SCAN, access_key(running), headers)))


def test_a_preflight_request_is_refused(running: Running) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-target"}
    assert_refused(httpx.options(f"{store_url(running)}/", headers={"Origin": EVIL, **asked}, trust_env=False))


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "192.168.0.1"])
def test_a_name_that_is_not_loopback_is_refused_although_the_request_is_signed(running: Running, host: str) -> None:
    headers = {"Host": host, **target("Scan")}
    assert_refused(send(sign(f"{store_url(running)}/", SCAN, access_key(running), headers)))


@pytest.mark.parametrize(
    "authorization", ["", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=///,=", "Basic eDp5", "é"]
)
def test_a_request_without_a_signature_is_refused(running: Running, authorization: str) -> None:
    headers = [(b"authorization", authorization.encode()), *httpx.Headers(target("Scan")).raw]
    assert_refused(send(httpx.Request("POST", f"{store_url(running)}/", content=SCAN, headers=headers)))


def test_a_request_with_another_key_is_refused(running: Running) -> None:
    local = Credentials("local", "local")
    assert_refused(send(sign(f"{store_url(running)}/", SCAN, local, target("Scan"))))


def test_a_request_with_the_right_key_and_another_secret_is_refused(running: Running) -> None:
    guessed = Credentials(access_key(running).access_key, "guessed")
    assert_refused(send(sign(f"{store_url(running)}/", SCAN, guessed, target("Scan"))))


@pytest.mark.parametrize(
    "changed", [{"X-Amz-Target": "DynamoDB_20120810.DeleteTable"}, {"X-Amz-Date": "20200101T000000Z"}]
)
def test_a_request_that_was_changed_after_it_was_signed_is_refused(running: Running, changed: dict[str, str]) -> None:
    request = sign(f"{store_url(running)}/", SCAN, access_key(running), target("DescribeTable"))
    request.headers.update(changed)
    assert_refused(send(request))


def test_a_body_that_was_changed_after_it_was_signed_is_refused(running: Running) -> None:
    signed = sign(f"{store_url(running)}/", b"{}", access_key(running), target("Scan"))
    del signed.headers["content-length"]
    assert_refused(send(httpx.Request("POST", signed.url, headers=signed.headers, content=SCAN)))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/_ministack/reset"),
        ("GET", "/_ministack/health"),
        ("GET", "/_ministack/ses/messages"),
        ("POST", "/_ministack/config"),
        ("GET", "/_localstack/health"),
        ("GET", "/v2/apis"),
        ("PUT", "/bucket"),
        ("GET", "/"),
    ],
)
def test_the_other_paths_of_the_emulator_are_closed(running: Running, method: str, path: str) -> None:
    answer = send(sign(f"{store_url(running)}{path}", b"", access_key(running), {}, method))
    assert answer.status_code == 404
    assert_no_cors(answer)


@pytest.mark.parametrize(
    "operation", ["AWSIdentityManagementV20100508.ListUsers", "DynamoDB_20120810.UpdateTimeToLive", "Scan", ""]
)
def test_other_services_and_operations_are_closed(running: Running, operation: str) -> None:
    answer = send(sign(f"{store_url(running)}/", SCAN, access_key(running), {"X-Amz-Target": operation}))
    assert answer.status_code == 404


def test_a_web_socket_is_refused(running: Running) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    assert httpx.get(store_url(running), headers=upgrade, trust_env=False).status_code == 403


def assert_refused(answer: httpx.Response) -> None:
    assert answer.status_code == 403
    assert answer.json()["__type"] == "UnrecognizedClientException"
    assert_no_cors(answer)


def assert_no_cors(answer: httpx.Response) -> None:
    assert [name for name in answer.headers if name.lower().startswith(CORS)] == []

"""The local server and clients that send too much, too little, too slowly or nonsense, on raw connections."""

import base64
import http.client
import json
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from socketserver import BaseRequestHandler, StreamRequestHandler
from typing import Any

import httpx
import pytest
from chalice.local import LocalDevServer, ThreadedHTTPServer

from chalicelib.http import local_server
from chalicelib.http.local_requests import MAX_HEAD_BYTES, MAX_HEADERS, Timeouts
from chalicelib.validation.bounds import MAX_BODY_BYTES

Json = dict[str, Any]
Send = Callable[[bytes], bytes]

ACTIONS = "/api/v2/actions.json"
PROBLEM_FIELDS = {"type", "title", "status", "detail", "instance", "message", "request_id"}
PATIENCE = 10  # seconds in which the server must have answered or closed the connection
SOON = Timeouts(next_request=0.2, head=0.2, body=0.2, response=0.2, closing=0.2)
HEALTH = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
LAST_HEALTH = b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n"


@pytest.fixture
def send(url: str) -> Send:
    """Return a function that sends bytes to the server, and returns all that it answers until it hangs up."""
    port = httpx.URL(url).port or 0

    def send_and_receive(content: bytes) -> bytes:
        with _connected(port) as connection:
            connection.sendall(content)
            return _received(connection)

    return send_and_receive


@pytest.fixture
def impatient(server: LocalDevServer, monkeypatch: pytest.MonkeyPatch, url: str) -> Iterator[int]:
    """Return the port of another server of the same API, with short timeouts and few places."""
    assert url
    monkeypatch.setattr(local_server, "TIMEOUTS", SOON)
    monkeypatch.setattr(local_server, "MAX_CONNECTIONS", 4)
    with _serving(server.server.RequestHandlerClass) as port:
        yield port


@pytest.fixture
def authorization(acme: Json) -> bytes:
    """Return the header with Ada's credential."""
    credential = acme["credential"]
    pair = f"{credential['key']}:{credential['secret']}".encode()
    return b"Authorization: Basic " + base64.b64encode(pair) + b"\r\n"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /health HTTP/1.1\r\n" + b"X: 1\r\n" * (MAX_HEADERS + 1) + b"\r\n", 431),
        (b"GET /health HTTP/1.1\r\nX: " + b"a" * MAX_HEAD_BYTES, 431),
        (b"GET /health HTTP/1.1\r\n" + (b"X: " + b"a" * 1000 + b"\r\n") * 20, 431),
        (b"GET /" + b"a" * MAX_HEAD_BYTES, 414),
        (b"GET /health HTTP/1.1\r\nX: " + b"a" * 1_000_000, 431),
    ],
)
def test_a_head_that_is_too_large_is_refused_before_it_ends(send: Send, head: bytes, status: int) -> None:
    _check_refusal(send(head), status)


def test_as_many_headers_as_allowed_are_accepted(send: Send) -> None:
    answer = send(b"GET /health HTTP/1.1\r\nConnection: close\r\n" + b"X: 1\r\n" * (MAX_HEADERS - 1) + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"Content-Length: -1", 400),
        (b"Content-Length: abc", 400),
        (b"Content-Length: 2\r\nContent-Length: 3", 400),
        (b"Content-Length: 1000001", 413),
        (b"Content-Length: 1000000000000000000", 413),
        (b"Content-Length: 2\r\nTransfer-Encoding: chunked", 400),
        (b"Transfer-Encoding: gzip", 501),
        (b"Expect: 100-continue\r\nContent-Length: 1000001", 413),
        (b"no header\r\nContent-Length: 2", 400),
        (b"X: a\rContent-Length: 2", 400),
    ],
)
def test_a_body_of_unclear_or_excessive_length_is_refused_before_it_arrives(
    send: Send, headers: bytes, status: int
) -> None:
    head = b"POST " + ACTIONS.encode() + b" HTTP/1.1\r\n" + headers + b"\r\n\r\n"
    _check_refusal(send(head), status)
    _check_refusal(send(head + HEALTH), status)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_client_that_sends_too_large_a_body_receives_the_reason(url: str, chunked: bool) -> None:
    body = b"x" * (3 * MAX_BODY_BYTES)
    address = httpx.URL(url)
    connection = http.client.HTTPConnection(address.host, address.port, timeout=PATIENCE)
    connection.request("POST", ACTIONS, iter([body]) if chunked else body, encode_chunked=chunked)
    response = connection.getresponse()
    assert (response.status, json.loads(response.read())["status"]) == (413, 413)


@pytest.mark.parametrize(
    "body",
    [
        b'15\r\n{"title": "In parts"}\r\n0\r\n\r\n',
        b'9;part=one\r\n{"title":\r\nb;part="2"\r\n"In parts"}\r\n000\r\nX-Trailer: 1\r\n\r\n',
    ],
)
def test_a_chunked_body_is_read_to_its_end(send: Send, ada: httpx.Client, authorization: bytes, body: bytes) -> None:
    head = _head(ACTIONS, authorization + b"Transfer-Encoding: chunked\r\n")
    made, health = _answers(send(head + body + LAST_HEALTH))
    assert made.startswith(b"201 ")
    assert health.startswith(b"200 ")
    assert [action["title"] for action in ada.get(ACTIONS).json()] == ["In parts"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"zz\r\n{}\r\n0\r\n\r\n", 400),
        (b"2\r\n{}}\r\n0\r\n\r\n", 400),
        (b"2\n{}\n0\n\n", 400),
        (b"-2\r\n{}\r\n0\r\n\r\n", 400),
        (b"2\r\n{}\r\n0\r\nno trailer\r\n\r\n", 400),
        (b"2;" + b"x" * 2000 + b"\r\n{}\r\n0\r\n\r\n", 400),
        (b"fffffffffffffff\r\n", 413),
        (b"2\r\n{}\r\n" + b"f423f\r\n", 413),
    ],
)
def test_a_malformed_or_too_large_chunked_body_is_refused(
    send: Send, ada: httpx.Client, authorization: bytes, body: bytes, status: int
) -> None:
    _check_refusal(send(_head(ACTIONS, authorization + b"Transfer-Encoding: chunked\r\n") + body), status)
    assert ada.get(ACTIONS).json() == []


@pytest.mark.parametrize("hangs_up", [False, True])
@pytest.mark.parametrize(
    ("header", "part"),
    [
        (b"Content-Length: 19\r\n", b'{"title":"Cut off"}'[:-1]),
        (b"Transfer-Encoding: chunked\r\n", b'13\r\n{"title":"Cut off"}\r\n'),
        (b"Transfer-Encoding: chunked\r\n", b'13\r\n{"title":"Cut'),
    ],
)
def test_a_body_that_is_cut_off_is_400_and_has_no_effect(
    impatient: int, ada: httpx.Client, authorization: bytes, header: bytes, part: bytes, hangs_up: bool
) -> None:
    with _connected(impatient) as connection:
        connection.sendall(_head(ACTIONS, authorization + header) + part)
        if hangs_up:
            connection.shutdown(socket.SHUT_WR)
        _check_refusal(_received(connection), 400)
    assert ada.get(ACTIONS).json() == []


@pytest.mark.parametrize("part", [b"G", b"GET /heal", b"GET /health HTTP/1.1\r\n", b"GET /health HTTP/1.1\r\nX: "])
def test_half_a_request_is_cut_off(impatient: int, part: bytes) -> None:
    with _connected(impatient) as connection:
        connection.sendall(part)
        _check_refusal(_received(connection), 408)
    with _connected(impatient) as connection:
        connection.sendall(part)
        connection.shutdown(socket.SHUT_WR)
        _check_refusal(_received(connection), 400)


def test_a_client_that_sends_a_byte_now_and_then_is_cut_off(impatient: int) -> None:
    with _connected(impatient) as connection:
        connection.settimeout(0.05)
        answer = b""
        for byte in b"GET /health HTTP/1.1\r\nX: " + b"a" * 100:
            try:
                connection.sendall(bytes([byte]))
                answer = connection.recv(65536)
                break
            except TimeoutError:
                continue
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_an_idle_connection_is_closed_without_an_answer(impatient: int) -> None:
    with _connected(impatient) as connection:
        assert _received(connection) == b""
    with _connected(impatient) as connection:
        connection.sendall(HEALTH)
        assert len(_answers(_received(connection))) == 1


def test_a_client_that_reads_no_answers_is_cut_off(impatient: int) -> None:
    count = 200
    with _connected(impatient) as connection:
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\n\r\n" * count)
        time.sleep(1)
        received = b""
        try:
            while part := connection.recv(1_000_000):
                received += part
        except ConnectionResetError:
            pass
    assert 0 < len(_answers(received)) < count


def test_connections_that_wait_for_their_client_do_not_keep_others_out(
    impatient: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_server, "TIMEOUTS", Timeouts())
    before = threading.active_count()
    with ExitStack() as stack:
        silent = [stack.enter_context(_connected(impatient)) for _ in range(20)]
        for connection in silent[::2]:
            connection.sendall(b"GET /health HTTP/1.1\r\nX: ")
        for _ in range(3):
            with _connected(impatient) as connection:
                connection.sendall(LAST_HEALTH)
                assert _received(connection).startswith(b"HTTP/1.1 200 ")
        assert threading.active_count() <= before + 4
        assert _received(silent[0]) == _received(silent[1]) == b""


def test_a_connection_is_not_closed_for_others_while_the_server_works_on_its_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    class Slow(StreamRequestHandler):
        server: local_server.Server

        def handle(self) -> None:
            with self.server.working_for(self.request):
                begun.set()
                may_end.wait(PATIENCE)
            self.wfile.write(b"done")

    monkeypatch.setattr(local_server, "MAX_CONNECTIONS", 1)
    with _serving(Slow) as port, _connected(port) as first:
        assert begun.wait(PATIENCE)
        with _connected(port) as second:
            time.sleep(0.1)
            may_end.set()
            assert _received(first) == _received(second) == b"done"


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /\x1b[31mred\x1b[0m HTTP/1.1",
        b"GET /\xc2\x9b31m HTTP/1.1",
        b"G\x1b[31mET /health HTTP/1.1",
        b"GET /health HTTP/1.\x1b[31m",
        b"GET /health HTTP/1.1\r\nX: \x1b[31m",
        b"GET /health HTTP/1.1\r\nX\x07: 1",
        b"GET /nothing HTTP/1.1\r\nAuthorization: \x9b31m",
        b"GET /api/v2/actions.json HTTP/1.1\r\nAuthorization: \x9b31m",
    ],
)
def test_control_characters_never_reach_the_log(
    send: Send, capfd: pytest.CaptureFixture[str], request_line: bytes
) -> None:
    with _access_log() as lines:
        send(request_line + b"\r\nConnection: close\r\n\r\n")
    written = "".join([*lines, *capfd.readouterr()])
    assert written
    assert re.fullmatch("[\n -~]*", written)


@pytest.mark.parametrize("request_line", [b"hello", b"GET /health", b"GET / HTTP/2.0", b"\x16\x03\x01\x02\n"])
def test_what_is_no_request_of_http_1_is_answered_with_a_status_line(send: Send, request_line: bytes) -> None:
    _check_refusal(send(request_line + b"\r\n\r\n"), 505 if b"2.0" in request_line else 400)


def test_a_refusal_says_nothing_about_the_request_before(send: Send) -> None:
    health, refusal = _answers(send(HEALTH + b"nonsense\r\n\r\n"))
    assert health.startswith(b"200 ")
    assert json.loads(refusal.partition(b"\r\n\r\n")[2])["instance"] == "/"


@pytest.mark.parametrize("path", ["/health", "/openapi.json", ACTIONS, "/api/v2/actions/7.json", "/nothing"])
def test_head_tells_the_length_of_the_body_of_get(ada: httpx.Client, path: str) -> None:
    head, get = ada.head(path), ada.get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert "content-encoding" in get.headers or get.headers["content-length"] == str(len(get.content))


def test_answers_without_content_tell_no_length(ada: httpx.Client) -> None:
    etag = ada.get(ACTIONS).headers["etag"]
    unchanged = ada.get(ACTIONS, headers={"If-None-Match": etag})
    options = ada.options(ACTIONS)
    assert (unchanged.status_code, options.status_code) == (304, 204)
    for answer in (unchanged, options, ada.head(ACTIONS, headers={"If-None-Match": etag})):
        assert answer.content == b""
        assert not {"content-length", "transfer-encoding"} & answer.headers.keys()


def test_a_client_may_wait_until_it_is_told_to_send_the_body(url: str, authorization: bytes) -> None:
    with _connected(httpx.URL(url).port or 0) as connection:
        headers = b"Expect: 100-continue\r\nContent-Length: 13\r\nConnection: close\r\n"
        connection.sendall(_head(ACTIONS, authorization + headers))
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b'{"title":"x"}')
        assert _received(connection).startswith(b"HTTP/1.1 201 ")


def test_a_connection_serves_many_requests_of_every_kind(send: Send, authorization: bytes) -> None:
    body = b'{"title":"x"}'
    post = _head(ACTIONS, authorization + b"Content-Length: 13\r\n") + body
    unauthorized = _head(ACTIONS, b"Content-Length: 13\r\n") + body
    head = HEALTH.replace(b"GET", b"HEAD")
    options = HEALTH.replace(b"GET", b"OPTIONS")
    answers = _answers(send(HEALTH + post + b"\r\n" + unauthorized + head + options + LAST_HEALTH))
    assert [int(answer[:3]) for answer in answers] == [200, 201, 401, 200, 204, 200]


@contextmanager
def _serving(handler: Callable[..., BaseRequestHandler]) -> Iterator[int]:
    with ThreadedHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@contextmanager
def _connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        yield connection


@contextmanager
def _access_log() -> Iterator[list[str]]:
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]
    logging.getLogger("access").addHandler(handler)
    yield lines
    logging.getLogger("access").removeHandler(handler)


def _head(path: str, headers: bytes) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\n".encode() + headers + b"\r\n"


def _received(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def _answers(received: bytes) -> list[bytes]:
    """Return the answers of a connection, without "HTTP/1.1"."""
    return re.split(rb"HTTP/1\.1 (?=\d{3} )", received)[1:]


def _check_refusal(received: bytes, status: int) -> None:
    """Fail unless there is one answer with a problem, after which the server closed the connection."""
    head, _, body = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    problem = json.loads(body)
    assert status_line == f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"
    assert (headers["Content-Type"], headers["Connection"]) == ("application/problem+json", "close")
    assert problem.keys() == PROBLEM_FIELDS
    assert (problem["status"], problem["message"]) == (status, problem["detail"])
    assert problem["request_id"] == headers["X-Request-Id"]

"""Connections to DynamoDB are kept, given up and replaced. A server on this machine misbehaves on demand."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import trustme
from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from chalicelib.storage.fastpath.transport import Transport
from tests.storage.fastpath.clients import AWS, fast_client, plain_client

CLIENTS = 8
EMPTY = b'{"TableNames":[]}'
Behaviour = Callable[["Answering"], None]


class Answering(BaseHTTPRequestHandler):
    """Sends back the body of the request, in the way that the server is told to behave."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server: Any = self.server
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        server.asked.append(self.headers)
        behaviour = server.behaviours.pop(0) if server.behaviours else normal
        behaviour(self)

    def setup(self) -> None:
        super().setup()
        server: Any = self.server
        server.connections += 1

    def log_message(self, *_: object) -> None:
        """Keep the output of the tests clean."""

    def answer(self, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


def normal(call: Answering) -> None:
    call.answer(call.body)


def announcing_the_close(call: Answering) -> None:
    call.answer(call.body, Connection="close")


def closing_silently(call: Answering) -> None:
    call.answer(call.body)
    call.close_connection = True


def breaking_off(call: Answering) -> None:
    call.answer(call.body[:1], length=len(call.body))
    call.close_connection = True


def hanging_up(call: Answering) -> None:
    call.close_connection = True


def falling_asleep(call: Answering) -> None:
    time.sleep(0.5)
    call.close_connection = True


def empty(call: Answering) -> None:
    call.answer(EMPTY)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.behaviours: list[Behaviour] = []
        self.asked: list[Any] = []
        self.connections = 0
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Ignore clients that close the connection: some tests do that on purpose."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def transport_to(server: Server, ca_bundle: str = "", read_timeout: float = 5) -> Transport:
    return Transport(server.url, ca_bundle, 2, read_timeout)


def ask(transport: Transport, server: Server, body: bytes = b"{}") -> bytes:
    request = AWSPreparedRequest("POST", f"{server.url}/", {"X": b"y"}, body, False)
    content: bytes = transport.send(request).content
    return content


def test_one_connection_serves_request_after_request(server: Server) -> None:
    transport = transport_to(server)
    assert [ask(transport, server, body) for body in (b"a", b"b", b"c")] == [b"a", b"b", b"c"]
    assert (server.connections, server.asked[0]["X"]) == (1, "y")


@pytest.mark.parametrize("behaviour", [announcing_the_close, closing_silently])
def test_a_connection_that_the_server_has_closed_is_not_used_again(server: Server, behaviour: Behaviour) -> None:
    transport = transport_to(server)
    server.behaviours = [behaviour]
    assert ask(transport, server, b"a") == b"a"
    for kept in transport._idle:  # wait until the server has closed the connection
        kept.sock.settimeout(5)
        assert kept.sock.recv(1) == b""
    assert ask(transport, server, b"b") == b"b"
    assert (server.connections, len(server.asked)) == (2, 2)


@pytest.mark.parametrize("behaviour", [breaking_off, hanging_up, falling_asleep])
def test_a_connection_that_fails_raises_an_error_and_is_not_kept(server: Server, behaviour: Behaviour) -> None:
    transport = transport_to(server, read_timeout=0.1)
    server.behaviours = [normal, behaviour]
    ask(transport, server)
    with pytest.raises(HTTPClientError):
        ask(transport, server)
    assert transport._idle == []
    assert ask(transport, server, b"again") == b"again"


def test_when_one_connection_fails_all_are_closed(server: Server) -> None:
    transport = transport_to(server)
    both = Barrier(2, timeout=5)

    def meet(call: Answering) -> None:
        both.wait()
        normal(call)

    server.behaviours = [meet, meet, hanging_up]
    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(lambda body: ask(transport, server, body), [b"a", b"b"])] == [b"a", b"b"]
    assert len(transport._idle) == 2
    with pytest.raises(HTTPClientError):
        ask(transport, server)
    assert transport._idle == []


def test_an_address_without_a_server_raises_an_error(server: Server) -> None:
    with pytest.raises(HTTPClientError, match="refused"):
        ask(Transport("http://127.0.0.1:1", "", 2, 5), server)


def test_parallel_requests_get_their_own_responses_and_share_connections(server: Server) -> None:
    transport = transport_to(server)
    bodies = [str(number).encode() for number in range(20 * CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        assert [*pool.map(lambda body: ask(transport, server, body), bodies)] == bodies
    assert server.connections == len(transport._idle) <= CLIENTS
    transport.close()
    assert transport._idle == []


@pytest.fixture
def authority(tmp_path: Path) -> tuple[trustme.CA, str]:
    made = trustme.CA()
    file = tmp_path / "authority.pem"
    made.cert_pem.write_to_path(file)
    return made, str(file)


def secure(server: Server, made: trustme.CA, name: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.issue_cert(name).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url = server.url.replace("http:", "https:")


def test_a_server_with_a_trusted_certificate_is_accepted(server: Server, authority: tuple[trustme.CA, str]) -> None:
    secure(server, authority[0], "127.0.0.1")
    assert ask(transport_to(server, authority[1]), server, b"a") == b"a"


@pytest.mark.parametrize(("is_untrusted", "name"), [(True, "127.0.0.1"), (False, "elsewhere.example")])
def test_nothing_is_sent_to_a_server_without_a_trusted_certificate(
    server: Server, authority: tuple[trustme.CA, str], is_untrusted: bool, name: str
) -> None:
    secure(server, trustme.CA() if is_untrusted else authority[0], name)
    with pytest.raises(HTTPClientError, match="CERTIFICATE_VERIFY_FAILED"):
        ask(transport_to(server, authority[1]), server)
    assert server.asked == []


def test_botocore_tries_again_on_another_connection(server: Server) -> None:
    server.behaviours = [hanging_up, breaking_off, empty]
    response = fast_client(server.url).list_tables()
    assert (response["TableNames"], response["ResponseMetadata"]["RetryAttempts"]) == ([], 2)


@pytest.mark.parametrize("make_client", [fast_client, plain_client])
def test_the_ca_bundle_of_the_environment_is_used(
    server: Server,
    authority: tuple[trustme.CA, str],
    monkeypatch: pytest.MonkeyPatch,
    make_client: Callable[[str], Any],
) -> None:
    secure(server, authority[0], "127.0.0.1")
    monkeypatch.setenv("AWS_CA_BUNDLE", authority[1])
    server.behaviours = [empty]
    assert make_client(server.url).list_tables()["TableNames"] == json.loads(EMPTY)["TableNames"]


def test_behind_a_proxy_botocores_own_session_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(fast_client(AWS)._endpoint.http_session, Transport)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert isinstance(fast_client(AWS)._endpoint.http_session, URLLib3Session)

"""Connections to DynamoDB: kept, given up and made anew, against a server on loopback that misbehaves on demand."""

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
from pynamodb.connection import Connection

from chalicelib.storage.fastpath import client
from chalicelib.storage.fastpath.transport import Session

CLIENTS = 8
EMPTY = b'{"TableNames":[]}'
Behaviour = Callable[["Answering"], None]


class Answering(BaseHTTPRequestHandler):
    """Answers with the body that was sent, as the server's behaviour has it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        server: Any = self.server
        self.body = self.rfile.read(int(self.headers["Content-Length"]))
        server.asked.append(self.headers)
        behaviour = server.behaviours.pop(0) if server.behaviours else usual
        behaviour(self)

    def setup(self) -> None:
        super().setup()
        server: Any = self.server
        server.connections += 1

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def answer(self, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


def usual(call: Answering) -> None:
    call.answer(call.body)


def saying_that_it_closes(call: Answering) -> None:
    call.answer(call.body, Connection="close")


def closing_without_a_word(call: Answering) -> None:
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
        """A client that goes away is what some tests are about."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def session(server: Server, authorities: str = "", read_timeout: float = 5) -> Session:
    return Session(server.url, authorities, 2, read_timeout)


def ask(session: Session, server: Server, body: bytes = b"{}") -> bytes:
    answer: bytes = session.send(AWSPreparedRequest("POST", f"{server.url}/", {"X": b"y"}, body, False)).content
    return answer


def test_one_connection_serves_request_after_request(server: Server) -> None:
    one = session(server)
    assert [ask(one, server, body) for body in (b"a", b"b", b"c")] == [b"a", b"b", b"c"]
    assert (server.connections, server.asked[0]["X"]) == (1, "y")


@pytest.mark.parametrize("behaviour", [saying_that_it_closes, closing_without_a_word])
def test_a_connection_that_was_closed_meanwhile_is_not_used_again(server: Server, behaviour: Behaviour) -> None:
    one = session(server)
    server.behaviours = [behaviour]
    assert ask(one, server, b"a") == b"a"
    for kept in one._idle:  # until the end of the connection has arrived
        kept.sock.settimeout(5)
        assert kept.sock.recv(1) == b""
    assert ask(one, server, b"b") == b"b"
    assert (server.connections, len(server.asked)) == (2, 2)


@pytest.mark.parametrize("behaviour", [breaking_off, hanging_up, falling_asleep])
def test_a_connection_that_fails_is_an_error_and_not_kept(server: Server, behaviour: Behaviour) -> None:
    one = session(server, read_timeout=0.1)
    server.behaviours = [usual, behaviour]
    ask(one, server)
    with pytest.raises(HTTPClientError):
        ask(one, server)
    assert one._idle == []
    assert ask(one, server, b"again") == b"again"


def test_with_one_connection_that_fails_all_are_given_up(server: Server) -> None:
    one = session(server)
    both = Barrier(2, timeout=5)

    def meet(call: Answering) -> None:
        both.wait()
        usual(call)

    server.behaviours = [meet, meet, hanging_up]
    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(lambda body: ask(one, server, body), [b"a", b"b"])] == [b"a", b"b"]
    assert len(one._idle) == 2
    with pytest.raises(HTTPClientError):
        ask(one, server)
    assert one._idle == []


def test_nobody_at_the_address_is_an_error(server: Server) -> None:
    with pytest.raises(HTTPClientError, match="refused"):
        ask(Session("http://127.0.0.1:1", "", 2, 5), server)


def test_many_at_once_each_get_their_own_answer_and_later_ones_their_connections(server: Server) -> None:
    one = session(server)
    bodies = [str(number).encode() for number in range(20 * CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        assert [*pool.map(lambda body: ask(one, server, body), bodies)] == bodies
    assert server.connections == len(one._idle) <= CLIENTS
    one.close()
    assert one._idle == []


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


def test_tls_is_spoken_with_whom_the_authorities_vouch_for(server: Server, authority: tuple[trustme.CA, str]) -> None:
    secure(server, authority[0], "127.0.0.1")
    assert ask(session(server, authority[1]), server, b"a") == b"a"


@pytest.mark.parametrize(("stranger", "name"), [(True, "127.0.0.1"), (False, "elsewhere.example")])
def test_nothing_is_sent_to_whom_nobody_vouches_for(
    server: Server, authority: tuple[trustme.CA, str], stranger: bool, name: str
) -> None:
    secure(server, trustme.CA() if stranger else authority[0], name)
    with pytest.raises(HTTPClientError, match="CERTIFICATE_VERIFY_FAILED"):
        ask(session(server, authority[1]), server)
    assert server.asked == []


def make_client(host: str) -> Any:
    """A client of its own, as the table has one."""
    return client.client(Connection(region="us-east-1", host=host, connect_timeout_seconds=2, read_timeout_seconds=5))


def test_botocore_tries_again_on_another_connection(server: Server) -> None:
    server.behaviours = [hanging_up, breaking_off, empty]
    told = make_client(server.url).list_tables()
    assert (told["TableNames"], told["ResponseMetadata"]["RetryAttempts"]) == ([], 2)


def test_authorities_of_the_environment_count(
    server: Server, authority: tuple[trustme.CA, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secure(server, authority[0], "127.0.0.1")
    monkeypatch.setenv("AWS_CA_BUNDLE", authority[1])
    server.behaviours = [empty]
    assert make_client(server.url).list_tables()["TableNames"] == json.loads(EMPTY)["TableNames"]


def test_credentials_of_the_environment_count_and_else_those_that_botocore_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://dynamodb.us-east-1.amazonaws.com"
    assert make_client(address)._request_signer._credentials.method == "env"
    shared = tmp_path / "credentials"
    shared.write_text("[default]\naws_access_key_id = A\naws_secret_access_key = B\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(shared))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert make_client(address)._request_signer._credentials.method == "shared-credentials-file"


def test_with_a_proxy_in_between_botocore_sends_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://dynamodb.us-east-1.amazonaws.com"
    assert isinstance(make_client(address)._endpoint.http_session, Session)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert isinstance(make_client(address)._endpoint.http_session, URLLib3Session)

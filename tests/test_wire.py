"""What goes over the wire to DynamoDB, against sockets that answer well, badly and not at all."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    SSLError,
)
from botocore.httpsession import get_cert_path

from chalicelib.storage.sender import Sender
from chalicelib.storage.wire import Signer
from tests.processes import free_port

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx-amz-crc32: 1\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
BODY = b'{"TableName":"x"}'
URLS = ["https://dynamodb.us-east-1.amazonaws.com", "https://dynamodb.us-east-1.amazonaws.com/", "http://127.0.0.1:1/"]
Heard = list[bytes]


def request(url: str) -> AWSRequest:
    headers = {"X-Amz-Target": "DynamoDB_20120810.Query", "Content-Type": "application/x-amz-json-1.0"}
    return AWSRequest(method="POST", url=url, data=BODY, headers=headers)


@contextmanager
def serving(*connections: list[bytes]) -> Iterator[tuple[str, Heard]]:
    """A server that gives these answers on one connection after another, each then closed; and what it is sent."""
    heard: Heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            for answers in connections:
                connection, _ = server.accept()
                with connection:
                    for answer in answers:
                        heard.append(connection.recv(65536))
                        connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", heard
        thread.join(5)


@pytest.fixture
def sender() -> Iterator[Sender]:
    sender = Sender(get_cert_path(verify=True), connect_timeout=2, read_timeout=0.3)
    yield sender
    sender.close()


def send(sender: Sender, url: str) -> Any:
    return sender.send(request(url).prepare())


@pytest.mark.parametrize("answer", [ANSWER, CHUNKED, LAST])
def test_answers_of_every_form_are_read(sender: Sender, answer: bytes) -> None:
    with serving([answer]) as (url, heard):
        got = send(sender, url)
    assert (got.status_code, got.content) == (200, b"{}")
    head, body = heard[0].split(b"\r\n\r\n")
    assert body == BODY
    assert b"Content-Length: 17" in head.splitlines()
    assert b"Host: " + url[7:-1].encode() in head.splitlines()


def test_a_connection_is_kept_for_the_next_request(sender: Sender) -> None:
    with serving([ANSWER, ANSWER]) as (url, heard):
        assert [send(sender, url).status_code for _ in range(2)] == [200, 200]
    assert len(heard) == 2


@pytest.mark.parametrize("first", [[ANSWER], [LAST]])
def test_a_connection_that_was_closed_meanwhile_is_replaced_unseen(sender: Sender, first: list[bytes]) -> None:
    with serving(first, [ANSWER]) as (url, _):
        send(sender, url)
        for kept in sender._idle.values():
            for connection in kept:
                connection.recv(1)  # returns when the other side has closed it
        assert send(sender, url).status_code == 200


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", b"nonsense\r\n\r\n"])
def test_half_an_answer_is_a_lost_connection(sender: Sender, answer: bytes) -> None:
    with serving([answer]) as (url, _), pytest.raises(ConnectionClosedError):
        send(sender, url)
    assert not any(sender._idle.values())


def silent() -> tuple[socket.socket, str]:
    server = socket.create_server(("127.0.0.1", 0))
    return server, f"127.0.0.1:{server.getsockname()[1]}/"


def test_no_answer_is_a_timeout(sender: Sender) -> None:
    server, place = silent()
    with server, pytest.raises(ReadTimeoutError):
        send(sender, f"http://{place}")


def test_nobody_there_is_no_connection(sender: Sender) -> None:
    with pytest.raises(EndpointConnectionError):
        send(sender, f"http://127.0.0.1:{free_port()}/")


def test_whoever_does_not_speak_tls_is_not_trusted(sender: Sender) -> None:
    with serving([ANSWER]) as (url, _), pytest.raises(SSLError):
        send(sender, url.replace("http:", "https:"))


def signed(kind: Any, url: str, token: str | None) -> list[tuple[str, str]]:
    one = request(url)
    for _ in range(2):  # as if it were sent again
        kind(ReadOnlyCredentials("key", "secret", token), "dynamodb", "us-east-1").add_auth(one)
    return list(one.headers.items())


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("token", [None, "token"])
def test_requests_are_signed_as_botocore_signs_them(url: str, token: str | None) -> None:
    for _ in range(3):  # a second may pass in between, but not each time
        theirs, ours = (signed(kind, url, token) for kind in (SigV4Auth, Signer))
        if dict(theirs)["X-Amz-Date"] == dict(ours)["X-Amz-Date"]:
            break
    assert sorted(ours) == sorted(theirs)


def test_nothing_is_signed_without_credentials() -> None:
    with pytest.raises(NoCredentialsError):
        Signer(None, "dynamodb", "us-east-1").add_auth(request(URLS[0]))

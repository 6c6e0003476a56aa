"""Sending to webhooks: the addresses that are reached, the signatures, and the bounds of time."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import trustme
from standardwebhooks import Webhook

from chalicelib import config
from chalicelib.webhooks import addresses, sending, signing
from chalicelib.webhooks.sending import WebhookMessage
from tests.support.webhook_receiver import Receiver, running_receiver

NOT_PUBLIC = "The host of the URL has an address that is not public."
SECRET = signing.create_secret()
Resolve = Callable[..., None]


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return the list of addresses that are connected to. None of them answers."""
    tried: list[tuple[str, int]] = []

    def refuse(_: socket.socket, address: tuple[str, int]) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    """Return a function that sets the answers of DNS, one list of addresses for each time that it is asked."""

    def set_answers(*answers: list[str]) -> None:
        left = list(answers)

        def answer(host: str, port: int, **_: Any) -> list[Any]:
            return [(0, 0, 0, "", (address, port)) for address in left.pop(0)]

        monkeypatch.setattr(socket, "getaddrinfo", answer)

    return set_answers


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allow receivers on this machine, as in development."""
    monkeypatch.setattr(config, "WEBHOOK_ALLOW_LOCAL", True)


@pytest.fixture
def receiver(local: None) -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


def send(url: str, *secrets: str) -> sending.Attempt:
    return WebhookMessage(url, "1-1-0a1b2c3d-7", '{"type":"é"}', secrets or (SECRET,)).send()


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - nothing binds to it
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "224.0.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::a00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::a00:1",
        "100::1",
        "2001:0:a00:1::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_an_address_that_is_not_public_is_never_connected_to(
    address: str, resolve: Resolve, connections: list[Any]
) -> None:
    resolve([address], ["93.184.215.14", address])
    for _ in range(2):
        attempt = send("https://receiver.example/hooks")
        assert (attempt.status, attempt.error) == (None, NOT_PUBLIC)
    assert connections == []


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_is_connected_to(address: str, resolve: Resolve, connections: list[Any]) -> None:
    resolve([address])
    assert send("https://receiver.example/hooks").error == sending.UNREACHABLE
    assert connections == [(address, 443)]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "[::1]", "[::ffff:7f00:1]"],
)
def test_no_spelling_of_a_local_address_gets_through(host: str, connections: list[Any]) -> None:
    attempt = send(f"https://{host}/hooks")
    assert (attempt.status, attempt.error) in [(None, NOT_PUBLIC), (None, sending.NO_HOST)]
    assert connections == []


def test_the_connection_goes_to_the_address_that_was_checked(resolve: Resolve, connections: list[Any]) -> None:
    resolve(["93.184.215.14"], ["127.0.0.1"])
    assert send("https://rebinding.example:8443/").error == sending.UNREACHABLE
    assert connections == [("93.184.215.14", 8443)], "the second answer of DNS was not asked for"


def test_all_addresses_are_tried_those_of_ipv4_first(resolve: Resolve, connections: list[Any]) -> None:
    resolve(["2606:4700::6810:1", "8.8.8.8", "8.8.4.4"])
    send("https://receiver.example/")
    assert [address for address, _ in connections] == ["8.8.8.8", "8.8.4.4", "2606:4700::6810:1"]


def test_a_host_without_an_address_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert send("https://unknown.example/").error == sending.NO_HOST


FORM = "The URL must be like https://example.org/hooks, without a user and a fragment."


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://receiver.example/", "The URL must begin with https."),
        ("ftp://receiver.example/", FORM),
        ("https://", FORM),
        ("https://a.example:99999/", FORM),
    ],
)
def test_other_urls_are_not_reached(url: str, error: str, connections: list[Any]) -> None:
    assert send(url).error == error
    assert connections == []


def test_the_setting_for_development_opens_loopback_and_nothing_more(
    local: None, resolve: Resolve, connections: list[Any]
) -> None:
    resolve(["10.0.0.1"], ["169.254.169.254"], ["127.0.0.1"])
    errors = [send("http://receiver.example:8080/").error for _ in range(3)]
    assert errors == [NOT_PUBLIC, NOT_PUBLIC, sending.UNREACHABLE]
    assert connections == [("127.0.0.1", 8080)]


def test_the_setting_for_development_is_refused_on_aws_but_not_in_an_emulator() -> None:
    lambda_process = {"AWS_LAMBDA_FUNCTION_NAME": "x"}
    assert config.read_allow_local("on", {})
    assert config.read_allow_local("on", lambda_process | {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"})
    assert not config.read_allow_local("", lambda_process)
    with pytest.raises(ValueError, match="must not be set"):
        config.read_allow_local("on", lambda_process)
    assert not config.WEBHOOK_ALLOW_LOCAL


def test_a_receiver_verifies_the_message_with_the_library_of_the_standard(receiver: Receiver) -> None:
    attempt = send(receiver.url)
    assert (attempt.status, attempt.error, attempt.is_success) == (204, None, True)
    [received] = receiver.requests
    assert Webhook(SECRET).verify(received.body, received.headers) == {"type": "é"}
    assert received.headers["webhook-id"] == "1-1-0a1b2c3d-7"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_two_secrets_sign_the_same_message(receiver: Receiver) -> None:
    secrets = SECRET, signing.create_secret()
    send(receiver.url, *secrets)
    [received] = receiver.requests
    assert received.headers["webhook-signature"].count("v1,") == 2
    for secret in secrets:
        Webhook(secret).verify(received.body, received.headers)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_are_failures_and_are_not_followed(receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    attempt = send(receiver.url)
    assert (attempt.status, attempt.is_success) == (status, False)
    assert len(receiver.requests) == 1


def test_a_proxy_of_the_environment_is_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert send(receiver.url).status == 204


@pytest.fixture
def slow(local: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Return a socket that accepts connections and answers nothing itself. A message has a fifth of a second."""
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_receiver_that_does_not_answer_is_given_up(slow: socket.socket) -> None:
    assert send(f"http://127.0.0.1:{slow.getsockname()[1]}/").error == sending.TIMED_OUT


def answer_each(server: socket.socket, pieces: Iterable[bytes]) -> None:
    """Answer one connection with some pieces, one after another, until the other side is gone."""

    def answer() -> None:
        connected, _ = server.accept()
        with connected, suppress(OSError):
            for piece in pieces:
                connected.sendall(piece)
                time.sleep(0.02)

    threading.Thread(target=answer, daemon=True).start()


def test_a_receiver_that_answers_byte_by_byte_is_given_up(slow: socket.socket) -> None:
    answer_each(slow, [b"HTTP/1.1 200 OK\r\nX: ", *[b"x"] * 1_000])
    assert send(f"http://127.0.0.1:{slow.getsockname()[1]}/").error == sending.TIMED_OUT


def test_an_answer_that_is_not_http_is_an_error_that_does_not_repeat_it(slow: socket.socket) -> None:
    answer_each(slow, [b"SSH-2.0-x\r\n"])
    assert send(f"http://127.0.0.1:{slow.getsockname()[1]}/").error == sending.NOT_HTTP


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """Return the only certificate authority that the service trusts."""
    authority = trustme.CA()
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    monkeypatch.setattr(sending, "tls_context", lambda: trusting)
    return authority


@pytest.mark.parametrize(("name", "status"), [("receiver.example", 204), ("other.example", None)])
def test_the_certificate_must_have_the_name_of_the_url_although_an_address_is_connected_to(
    local: None, authority: trustme.CA, resolve: Resolve, name: str, status: int | None
) -> None:
    served: list[str] = []
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(tls)
    tls.sni_callback = lambda _socket, server_name, _context: served.append(server_name)
    with running_receiver(tls) as receiver:
        resolve(["127.0.0.1"])
        attempt = send(f"https://receiver.example:{receiver.port}/hooks")
        assert (attempt.status, attempt.error) == (status, None if status else sending.UNTRUSTED)
        assert served == ["receiver.example"]
        hosts = [one.headers["host"] for one in receiver.requests]
        assert hosts == ([f"receiver.example:{receiver.port}"] if status else [])


def test_a_url_has_a_path_and_its_host_a_port_only_if_it_is_not_the_usual_one() -> None:
    usual, other = addresses.parse_url("https://a.example"), addresses.parse_url("https://[2606:4700::1]:444/x?y=1")
    assert (usual.path, usual.host_header) == ("/", "a.example")
    assert (other.path, other.host_header) == ("/x?y=1", "[2606:4700::1]:444")

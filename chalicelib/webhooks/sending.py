"""Send one message to a webhook: a single request, to an address that was checked, within a fixed time.

Redirects are not followed, no proxy is used, and what the receiver answers is thrown away but for the status.
"""

import io
import socket
import ssl
from contextlib import suppress
from functools import cache
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple, cast

from chalicelib import clock
from chalicelib.webhooks import addresses, signing
from chalicelib.webhooks.addresses import ForbiddenAddress, Target

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 10.0  # from the connection to the status of the answer
MAX_ANSWER_BYTES = 1024
USER_AGENT = "ogsm-workspaces-webhooks/1.0"

UNREACHABLE, TIMED_OUT, NOT_HTTP, UNTRUSTED = (
    "The host could not be reached.",
    "The receiver did not answer in time.",
    "The receiver did not answer in HTTP.",
    "The connection is not secure: the certificate could not be verified.",
)
NO_HOST = "The host of the URL could not be resolved."


class Attempt(NamedTuple):
    """The outcome of an attempt: the status of the answer or the error, and the duration in milliseconds."""

    status: int | None
    error: str | None
    duration: int

    @property
    def is_success(self) -> bool:
        """Whether the receiver has accepted the message."""
        return self.status is not None and 200 <= self.status < 300


class WebhookMessage(NamedTuple):
    """A message to a webhook. `id` is the same each time that the message is sent. `secrets` sign it."""

    url: str
    id: str
    body: str
    secrets: tuple[str, ...]

    def send(self) -> Attempt:
        """Send the message. Return how it went; this raises no error."""
        start = clock.stopwatch()
        status, error = None, None
        try:
            status = _post(addresses.parse_url(self.url), self.id, self.body.encode(), self.secrets)
        except (OSError, UnicodeError, HTTPException, ForbiddenAddress) as problem:
            error = _describe(problem)
        return Attempt(status, error, round((clock.stopwatch() - start) * 1000))


def _describe(problem: Exception) -> str:
    """Return a sentence about an error. It never repeats what the receiver has sent."""
    match problem:
        case ForbiddenAddress():
            return str(problem)
        case socket.gaierror() | UnicodeError():
            return NO_HOST
        case TimeoutError():
            return TIMED_OUT
        case ssl.SSLError():
            return UNTRUSTED
        case HTTPException():
            return NOT_HTTP
    return UNREACHABLE


def _post(target: Target, message_id: str, body: bytes, secrets: tuple[str, ...]) -> int:
    """Send a request and return the status of the answer. Raises OSError, HTTPException and ForbiddenAddress."""
    reachable = addresses.resolve_host(target.host, target.port)
    deadline = clock.stopwatch() + TOTAL_SECONDS
    timestamp = clock.microseconds() // 1_000_000
    headers = {
        "Host": target.host_header,
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Connection": "close",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signing.sign_message(secrets, message_id, timestamp, body),
    }
    with _connect(target, reachable) as connected:
        return _request(target, _TimedSocket(connected, deadline), body, headers)


def _request(target: Target, connected: "_TimedSocket", body: bytes, headers: dict[str, str]) -> int:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = cast("Any", connected)
    connection.request("POST", target.path, body, headers)
    response = connection.getresponse()
    with suppress(OSError, HTTPException):  # the status is known
        response.read(MAX_ANSWER_BYTES)
    return response.status


def _connect(target: Target, reachable: list[str]) -> socket.socket:
    """Return a connection to one of the addresses, which proves the name of the host if it is secure."""
    deadline = clock.stopwatch() + CONNECT_SECONDS
    plain = _connect_to_any(reachable, target.port, deadline)
    if not target.is_secure:
        return plain
    try:
        plain.settimeout(_left(deadline))
        return tls_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise


def _connect_to_any(reachable: list[str], port: int, deadline: float) -> socket.socket:
    error = OSError()
    for address in reachable:
        connected = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            connected.settimeout(_left(deadline))
            connected.connect((address, port))
        except OSError as problem:
            connected.close()
            error = problem
        else:
            return connected
    raise error


@cache
def tls_context() -> ssl.SSLContext:
    """Return the settings of secure connections, with the authorities that the system trusts."""
    return ssl.create_default_context()


def _left(deadline: float) -> float:
    """Return the seconds that are left until a deadline. Raises TimeoutError if there are none."""
    left = deadline - clock.stopwatch()
    if left <= 0:
        raise TimeoutError
    return left


class _TimedSocket:
    """A connection all of whose operations have to end by one deadline.

    The timeout of a socket holds for each operation anew, so that a receiver could keep it busy byte by byte.
    """

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket = connected
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            self._socket.settimeout(_left(self._deadline))
            rest = rest[self._socket.send(rest) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._socket, self._deadline))

    def close(self) -> None:
        """Leave the connection open: the answer is still read from it after HTTPConnection has closed it."""


class _TimedReader(io.RawIOBase):
    """The answer of a receiver, which can be read until the deadline."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket = connected
        self._deadline = deadline

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what has arrived. Raises TimeoutError after the deadline."""
        self._socket.settimeout(_left(self._deadline))
        return self._socket.recv_into(buffer)

"""HTTP for botocore: kept connections, each request in one piece, nothing that DynamoDB has no use for.

It takes the place of botocore's own session over urllib3, which takes three times as long for a small request.
"""

import socket
import ssl
from collections import defaultdict
from collections.abc import Iterator
from http.client import HTTPException, HTTPResponse
from urllib.parse import SplitResult, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from urllib3.util.wait import wait_for_read


class Sender:
    """Sends requests and answers whatever comes back. Threads may share it; no two use a connection at once."""

    def __init__(self, authorities: str, connect_timeout: float, read_timeout: float) -> None:
        """`authorities` is the file of those whose certificates are trusted; timeouts are in seconds."""
        self._tls = ssl.create_default_context(cafile=authorities)
        self._connect_timeout, self._read_timeout = connect_timeout, read_timeout
        self._idle: dict[str, list[socket.socket]] = defaultdict(list)

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The answer to a request. Raises what botocore takes for a lost connection, and tries again after."""
        place = urlsplit(request.url)
        connection = self._kept(place.netloc) or self._connected(place, request.url)
        try:
            connection.sendall(_written(request, place))
            answer, content = _read(connection)
        except TimeoutError as error:
            connection.close()
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except (OSError, HTTPException) as error:
            connection.close()
            raise ConnectionClosedError(endpoint_url=request.url, error=error, request=request) from error
        if answer.will_close:
            connection.close()
        else:
            self._idle[place.netloc].append(connection)
        return AWSResponse(request.url, answer.status, answer.headers, _Content(content))

    def close(self) -> None:
        """Ends the connections that nobody uses."""
        for connections in self._idle.values():
            while connections:
                connections.pop().close()

    def _kept(self, netloc: str) -> socket.socket | None:
        """A connection from before that the other side has not closed meanwhile."""
        idle = self._idle[netloc]
        while idle:
            try:
                connection = idle.pop()
            except IndexError:
                break  # another thread took it
            if not wait_for_read(connection, timeout=0):
                return connection
            connection.close()
        return None

    def _connected(self, place: SplitResult, url: str) -> socket.socket:
        address = (place.hostname or "", place.port or (443 if place.scheme == "https" else 80))
        try:
            connection = socket.create_connection(address, self._connect_timeout)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if place.scheme == "https":
                connection = self._tls.wrap_socket(connection, server_hostname=place.hostname)
        except ssl.SSLError as error:
            raise SSLError(endpoint_url=url, error=error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=url, error=error) from error
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=url, error=error) from error
        connection.settimeout(self._read_timeout)
        return connection


class _Content(bytes):
    """A body that has been read, for botocore to read."""

    def stream(self) -> Iterator[bytes]:
        yield self


def _read(connection: socket.socket) -> tuple[HTTPResponse, bytes]:
    answer = HTTPResponse(connection)
    answer.begin()
    return answer, answer.read()


def _written(request: AWSPreparedRequest, place: SplitResult) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{request.method} {place.path or '/'} HTTP/1.1", f"Host: {place.netloc}"]
    for name, value in request.headers.items():  # botocore has made most of the values bytes already
        lines.append(f"{name}: {value.decode('latin-1') if isinstance(value, bytes) else value}")
    body: bytes = request.body
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

"""How requests reach DynamoDB: by the standard library's HTTP client, over connections that are kept.

botocore would go through urllib3, which looks for the pool, the proxy, the certificates and the path of this one
address anew for each request. That is more than half of what sending takes.
"""

import ssl
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import HTTPClientError
from urllib3.util.wait import wait_for_read


class Session:
    """What botocore sends through, to one address, from any number of threads."""

    def __init__(self, url: str, authorities: str, connect_timeout: float, read_timeout: float) -> None:
        """`authorities` is the file with the certificates that vouch for the address; both times are seconds."""
        self._address = urlsplit(url)
        self._timeouts = connect_timeout, read_timeout
        self._tls = ssl.create_default_context(cafile=authorities) if self._address.scheme == "https" else None
        self._idle: list[HTTPConnection] = []

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """The answer. Raises HTTPClientError, after which botocore tries again, on another connection."""
        connection = self._kept() or self._new()
        try:
            self._connect(connection)
            connection.request(request.method, urlsplit(request.url).path, request.body, request.headers)
            response = connection.getresponse()
            body = _Read(response.read())
        except (OSError, HTTPException) as error:
            connection.close()
            self.close()  # what ended this one, as a long sleep of Lambda, may have ended them all
            raise HTTPClientError(request=request, error=error) from error
        if connection.sock:  # unless this answer was to be the last
            self._idle.append(connection)
        return AWSResponse(request.url, response.status, response.headers, body)

    def close(self) -> None:
        """Closes what is kept."""
        while self._idle:
            self._idle.pop().close()

    def _kept(self) -> HTTPConnection | None:
        """A connection that the other side has not closed meanwhile."""
        with suppress(IndexError):
            while True:
                connection = self._idle.pop()
                if not wait_for_read(connection.sock, 0):
                    return connection
                connection.close()
        return None

    def _new(self) -> HTTPConnection:
        host, port, to_connect = self._address.hostname or "", self._address.port, self._timeouts[0]
        if self._tls:
            return HTTPSConnection(host, port, timeout=to_connect, context=self._tls)
        return HTTPConnection(host, port, timeout=to_connect)

    def _connect(self, connection: HTTPConnection) -> None:
        if not connection.sock:
            connection.connect()
            connection.sock.settimeout(self._timeouts[1])


class _Read(bytes):
    """A body that has been read, as botocore asks for it."""

    def stream(self) -> Iterator[bytes]:
        yield self

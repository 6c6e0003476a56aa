"""Requests as the local server reads them from a connection: strictly (RFC 9112), and within limits of size and time.

Without limits one client could fill the memory or keep threads busy for ever. A request that two programs could
understand differently is refused, because such requests can be smuggled past a proxy. This module is not in the Lambda
package, because API Gateway does this work on AWS.
"""

import io
import re
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from math import inf
from socket import socket

from chalicelib import clock
from chalicelib.errors import BadRequest, Problem
from chalicelib.http.bodies import require_allowed_size

MAX_HEAD_BYTES = 10_240  # request line and headers; API Gateway allows the same
MAX_HEADERS = 64
MAX_CHUNK_LINE_BYTES = 1024
MAX_DISCARDED_BYTES = 10_000_000

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_VISIBLE_TEXT = rb"[\t -~\x80-\xff]*"
_REQUEST_LINE = re.compile(_TOKEN + rb" [!-~]+ HTTP/([0-9])\.[0-9]\r?\n")
_HEADER_LINE = re.compile(rb"(?:" + _TOKEN + rb":" + _VISIBLE_TEXT + rb")?\r?\n")
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})[\t ]*(?:;" + _VISIBLE_TEXT + rb")?\r\n")
_LENGTH = re.compile("[0-9]{1,19}")


class Refused(Problem):
    """A request that the server does not accept, with a status that the API itself never uses, such as 431."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status, self.title = int(status), status.phrase


@dataclass(frozen=True)
class Timeouts:
    """The seconds for which the server waits for a client."""

    next_request: float = 60  # on an idle connection
    head: float = 10  # from the first byte of a request to the end of its headers
    body: float = 10
    response: float = 30  # until the client has accepted all of it
    closing: float = 2  # until the client notices that its request was refused


class RequestReader(io.BufferedReader):
    """Reads the requests of a connection. It replaces `rfile` in http.server, which reads the head by `readline`.

    Its methods raise a Problem if a request is malformed, too large or too slow. After that, the remaining bytes must
    not be read as another request.
    """

    def __init__(self, connection: socket, timeouts: Timeouts) -> None:
        self._source = _Source(connection)
        super().__init__(self._source)
        self._timeouts = timeouts
        self.start_request()

    def start_request(self) -> None:
        """Prepare for the next request."""
        self._line_count, self._bytes_left = 0, MAX_HEAD_BYTES

    def readline(self, _size: int | None = -1, /) -> bytes:
        """Return the next line of the head. Returns no bytes if the connection ends where a request would begin."""
        if self._line_count > 0:
            line = self._read_head_line()
            require_header_line(line)
        elif self._has_next_request():
            line = self._read_head_line()
            if line == b"\r\n":  # some clients send one too many after a body
                line = self._read_head_line()
            require_request_line(line)
        else:
            line = b""
        return line

    def read_body(self, headers: Message, version: str) -> bytes:
        """Return the whole body of the request with these headers. A part of a body raises BadRequest."""
        length = body_length(headers, version)
        if length == 0:
            return b""
        self._set_timeout(self._timeouts.body)
        try:
            return self._read_chunks() if length is None else self._read_exactly(length)
        except TimeoutError:
            raise BadRequest("The body did not arrive completely in time.") from None

    def discard_rest(self) -> None:
        """Read what the client is still sending, up to a limit. Raises TimeoutError if it keeps the connection open.

        If the server closed the connection at once, the client could lose the response.
        """
        self._set_timeout(self._timeouts.closing)
        bytes_left = MAX_DISCARDED_BYTES
        while bytes_left > 0 and (part := self.read1(65536)):
            bytes_left -= len(part)

    def _has_next_request(self) -> bool:
        self._set_timeout(self._timeouts.next_request)
        try:
            has_begun = bool(self.peek(1))
        except TimeoutError:
            return False
        self._set_timeout(self._timeouts.head)
        return has_begun

    def _read_head_line(self) -> bytes:
        try:
            line = super().readline(self._bytes_left + 1)
        except TimeoutError:
            raise Refused(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive completely in time.") from None
        self._line_count += 1
        self._bytes_left -= len(line)
        if self._bytes_left < 0 and self._line_count == 1:
            detail = f"The address is too long. The request line may have up to {MAX_HEAD_BYTES} bytes."
            raise Refused(HTTPStatus.REQUEST_URI_TOO_LONG, detail)
        if self._bytes_left < 0 or self._line_count > MAX_HEADERS + 2:  # with the request line and the empty line
            detail = f"Send at most {MAX_HEADERS} headers, and at most {MAX_HEAD_BYTES} bytes with the request line."
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, detail)
        if not line.endswith(b"\n"):
            raise BadRequest("The request ended before its last header.")
        return line

    def _read_chunks(self) -> bytes:
        content = bytearray()
        while size := chunk_size(super().readline(MAX_CHUNK_LINE_BYTES)):
            require_allowed_size(len(content) + size)
            content += self._read_exactly(size)
            if self._read_exactly(2) != b"\r\n":
                raise BadRequest("A chunk of the body is longer than its size.")
        while self.readline() not in (b"\r\n", b"\n"):
            pass  # the trailer of a chunked body counts as part of the head, and is not used
        return bytes(content)

    def _read_exactly(self, length: int) -> bytes:
        content = self.read(length)
        if len(content) < length:
            raise BadRequest("The request ended before the end of its body.")
        return content

    def _set_timeout(self, seconds: float) -> None:
        self._source.deadline = clock.stopwatch() + seconds


class _Source(io.RawIOBase):
    """The bytes that arrive on a connection until a deadline. Then reading raises TimeoutError.

    The timeout of a socket would begin again with each byte, so a client could go on for hours.
    """

    def __init__(self, connection: socket) -> None:
        self._connection = connection
        self.deadline = inf

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        seconds = self.deadline - clock.stopwatch()
        if seconds <= 0:
            raise TimeoutError
        self._connection.settimeout(seconds)
        return self._connection.recv_into(buffer)


def require_request_line(line: bytes) -> None:
    """Raise a Problem unless a line is a method, an address and a version of HTTP that the server understands."""
    match = _REQUEST_LINE.fullmatch(line)
    if match is None:
        raise BadRequest(
            "The first line of a request must be a method, an address and HTTP/1.1, separated by single blanks. "
            "Percent-encode blanks, control characters and non-ASCII characters in the address."
        )
    if match[1] != b"1":
        raise Refused(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "Use HTTP/1.1.")


def require_header_line(line: bytes) -> None:
    """Raise BadRequest unless a line is a header, or the empty line after the headers."""
    if not _HEADER_LINE.fullmatch(line):
        raise BadRequest("A header must be a name, a colon and a value without control characters, all on one line.")


def body_length(headers: Message, version: str) -> int | None:
    """Return the length of a body in bytes, or None if the body is chunked. Raises a Problem if it is unclear."""
    codings, lengths = headers.get_all("transfer-encoding", []), headers.get_all("content-length", [])
    if codings and (lengths or version == "HTTP/1.0"):
        raise BadRequest("Send a Content-Length, or with HTTP/1.1 a Transfer-Encoding, but not both.")
    if codings:
        if [coding.strip(" \t").lower() for coding in codings] != ["chunked"]:
            raise Refused(HTTPStatus.NOT_IMPLEMENTED, "Send Transfer-Encoding: chunked. This server knows no other.")
        return None
    if not lengths:
        return 0
    text = lengths[0].strip(" \t")
    if len(lengths) > 1 or not _LENGTH.fullmatch(text):
        raise BadRequest("Send one Content-Length, which must be a whole number.")
    require_allowed_size(int(text))
    return int(text)


def chunk_size(line: bytes) -> int:
    """Return the size that the first line of a chunk tells, in bytes. Raises BadRequest."""
    match = _CHUNK_LINE.fullmatch(line)
    if match is None:
        raise BadRequest("A chunk of the body does not begin with its size in hexadecimal digits.")
    return int(match[1], 16)

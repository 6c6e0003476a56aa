"""The lines and lengths that the local server accepts and refuses in a request."""

from email.message import Message

import pytest

from chalicelib.errors import Problem
from chalicelib.http.local_requests import body_length, chunk_size, require_header_line, require_request_line
from chalicelib.validation.bounds import MAX_BODY_BYTES


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1\r\n",
        b"GET /health HTTP/1.0\r\n",
        b"PROPFIND /health?a=%0d%1b HTTP/1.1\n",
        b"OPTIONS * HTTP/1.1\r\n",
    ],
)
def test_a_request_line_is_a_method_an_address_and_a_version(line: bytes) -> None:
    require_request_line(line)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /health\r\n", 400),
        (b"GET  /health HTTP/1.1\r\n", 400),
        (b"GET /health over there HTTP/1.1\r\n", 400),
        (b" GET /health HTTP/1.1\r\n", 400),
        (b"GET /\x1b[31m HTTP/1.1\r\n", 400),
        (b"GET /\x9b31m HTTP/1.1\r\n", 400),
        (b"GET /caf\xc3\xa9 HTTP/1.1\r\n", 400),
        (b"G\x1bT / HTTP/1.1\r\n", 400),
        (b"GET / HTTP/\x1b.1\r\n", 400),
        (b"GET /\rX HTTP/1.1\r\n", 400),
        (b"GET / HTTP/1.1\r\r\n", 400),
        (b"\r\n", 400),
        (b"GET / HTTP/2.0\r\n", 505),
        (b"GET / HTTP/0.9\r\n", 505),
    ],
)
def test_any_other_request_line_is_refused(line: bytes, status: int) -> None:
    with pytest.raises(Problem) as refused:
        require_request_line(line)
    assert refused.value.status == status


@pytest.mark.parametrize(
    "line", [b"Host: x\r\n", b"X-Empty:\r\n", b"x:\tcaf\xc3\xa9 \n", b"!#$%&'*+-.^_`|~09Az: :\r\n", b"\r\n", b"\n"]
)
def test_a_header_line_is_a_name_and_a_value(line: bytes) -> None:
    require_header_line(line)


@pytest.mark.parametrize(
    "line",
    [
        b"no colon\r\n",
        b": no name\r\n",
        b"Content-Length : 5\r\n",
        b" folded: 5\r\n",
        b"\tfolded\r\n",
        b"X: a\rContent-Length: 5\r\n",
        b"X: a\0b\r\n",
        b"X: \x1b[31m\r\n",
        b"X: \x7f\r\n",
        b"\xc3\xa9: x\r\n",
    ],
)
def test_any_other_header_line_is_refused(line: bytes) -> None:
    with pytest.raises(Problem) as refused:
        require_header_line(line)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("fields", "length"),
    [
        ([], 0),
        ([("Content-Length", "0")], 0),
        ([("content-length", "0012 ")], 12),
        ([("Content-Length", str(MAX_BODY_BYTES))], MAX_BODY_BYTES),
        ([("Transfer-Encoding", "chunked")], None),
        ([("transfer-encoding", " Chunked ")], None),
    ],
)
def test_the_length_of_a_body_is_a_number_or_told_by_its_chunks(
    fields: list[tuple[str, str]], length: int | None
) -> None:
    assert body_length(_headers(fields), "HTTP/1.1") == length


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ([("Content-Length", "")], 400),
        ([("Content-Length", "-1")], 400),
        ([("Content-Length", "+1")], 400),
        ([("Content-Length", "1_0")], 400),
        ([("Content-Length", "0x10")], 400),
        ([("Content-Length", "1.5")], 400),
        ([("Content-Length", "\u00b2")], 400),
        ([("Content-Length", "abc")], 400),
        ([("Content-Length", "5, 5")], 400),
        ([("Content-Length", "9" * 5000)], 400),
        ([("Content-Length", "5"), ("Content-Length", "6")], 400),
        ([("Content-Length", "5"), ("content-length", "5")], 400),
        ([("Content-Length", str(MAX_BODY_BYTES + 1))], 413),
        ([("Content-Length", str(10**18))], 413),
        ([("Content-Length", "5"), ("Transfer-Encoding", "chunked")], 400),
        ([("Content-Length", "5"), ("Transfer-Encoding", "identity")], 400),
        ([("Transfer-Encoding", "identity")], 501),
        ([("Transfer-Encoding", "gzip, chunked")], 501),
        ([("Transfer-Encoding", "chunked, chunked")], 501),
        ([("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")], 501),
        ([("Transfer-Encoding", "\x0bchunked")], 501),
    ],
)
def test_an_unclear_or_excessive_length_is_refused(fields: list[tuple[str, str]], status: int) -> None:
    with pytest.raises(Problem) as refused:
        body_length(_headers(fields), "HTTP/1.1")
    assert refused.value.status == status


def test_http_1_0_has_no_chunks() -> None:
    with pytest.raises(Problem) as refused:
        body_length(_headers([("Transfer-Encoding", "chunked")]), "HTTP/1.0")
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("line", "size"),
    [(b"0\r\n", 0), (b"1a\r\n", 26), (b"000F\r\n", 15), (b"5;name=value\r\n", 5), (b'5 ; name="a;b"\r\n', 5)],
)
def test_a_chunk_begins_with_its_size_in_hexadecimal_digits(line: bytes, size: int) -> None:
    assert chunk_size(line) == size


@pytest.mark.parametrize(
    "line",
    [b"", b"\r\n", b"5", b"5\n", b"0x5\r\n", b"-5\r\n", b"5 5\r\n", b"zz\r\n", b"5;\x1b\r\n", b"0" * 17 + b"\r\n"],
)
def test_any_other_beginning_of_a_chunk_is_refused(line: bytes) -> None:
    with pytest.raises(Problem) as refused:
        chunk_size(line)
    assert refused.value.status == 400


def _headers(fields: list[tuple[str, str]]) -> Message:
    headers = Message()
    for name, value in fields:
        headers[name] = value
    return headers

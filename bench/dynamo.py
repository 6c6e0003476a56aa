"""A stand-in for DynamoDB in a process of its own: it answers what a real store answered to the very same request."""

import http.client
import multiprocessing
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

Request = tuple[str, bytes]  # operation and body, byte for byte
Answer = tuple[int, bytes]  # status and body
Tape = dict[Request, Answer]
UNKNOWN = b'{"__type":"com.amazon.coral.validate#ValidationException","message":"not on the tape"}'


@contextmanager
def recording(upstream: str) -> Iterator[tuple[str, Tape]]:
    """An address at which the store at `upstream` answers, and everything that is answered there."""
    server = _Server(upstream)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.address, server.tape
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def replaying(tape: Tape, certificate: Path | None = None) -> Iterator[str]:
    """The address of a process that answers from the tape, over TLS where it is given a certificate (and key)."""
    server = _Server()
    server.tape.update(tape)
    if certificate:
        server.secure(certificate)
    process = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
    process.start()
    try:
        yield server.address
    finally:
        process.terminate()
        process.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, upstream: str | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.tape: Tape = {}
        self.address = f"http://127.0.0.1:{self.server_port}"
        self._upstream = upstream.removeprefix("http://") if upstream else None

    def secure(self, certificate: Path) -> None:
        """Lets it speak TLS."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.address = self.address.replace("http://", "https://")

    def answer(self, request: Request, headers: dict[str, str]) -> Answer:
        """From the tape, or from the store, which is then on the tape."""
        if self._upstream is None:
            return self.tape.get(request, (400, UNKNOWN))
        store = http.client.HTTPConnection(self._upstream)
        store.request("POST", "/", request[1], headers)
        response = store.getresponse()
        self.tape[request] = response.status, response.read()
        store.close()
        return self.tape[request]


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """One request of the DynamoDB protocol, answered with its checksum as DynamoDB does."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        status, text = cast("_Server", self.server).answer((self.headers["X-Amz-Target"], body), headers)
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("x-amzn-RequestId", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF")
        self.send_header("x-amz-crc32", str(zlib.crc32(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Nobody reads a log of it."""

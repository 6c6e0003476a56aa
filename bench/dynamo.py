"""Record the responses of a DynamoDB store, and replay them from another process to the same requests."""

import http.client
import multiprocessing
import re
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

Request = tuple[str, bytes]  # operation and body
Response = tuple[int, bytes]  # status and body
Recording = dict[Request, Response]
STAMP = re.compile(rb'"stamp": ?\{"B": ?"[^"]*"\},? ?')  # contains the time, so no request has the same one again
UNKNOWN = b'{"__type":"com.amazon.coral.validate#ValidationException","message":"not recorded"}'


@contextmanager
def record(upstream: str) -> Iterator[tuple[str, Recording]]:
    """Yield the address of a proxy for the store at `upstream`, and its recording."""
    server = _Server(upstream)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.address, server.recording
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def replay(recording: Recording, certificate: Path | None = None) -> Iterator[str]:
    """Yield the address of a process that replays a recording, over TLS if there is a file with certificate and key."""
    server = _Server()
    server.recording.update(recording)
    if certificate:
        server.use_tls(certificate)
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
        super().__init__(("127.0.0.1", 0), _RequestHandler)
        self.recording: Recording = {}
        self.address = f"http://127.0.0.1:{self.server_port}"
        self._upstream = upstream.removeprefix("http://") if upstream else None

    def use_tls(self, certificate: Path) -> None:
        """Serve over TLS from now on."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.address = self.address.replace("http://", "https://")

    def respond(self, request: Request, headers: dict[str, str]) -> Response:
        """Return the recorded response, or that of the store after recording it."""
        recorded = request[0], STAMP.sub(b"", request[1])
        if self._upstream is None:
            return self.recording.get(recorded, (400, UNKNOWN))
        store = http.client.HTTPConnection(self._upstream)
        store.request("POST", "/", request[1], headers)
        response = store.getresponse()
        self.recording[recorded] = response.status, response.read()
        store.close()
        return self.recording[recorded]


class _RequestHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Respond to a request of the DynamoDB protocol, with a checksum as DynamoDB does."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        status, text = cast("_Server", self.server).respond((self.headers["X-Amz-Target"], body), headers)
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("x-amzn-RequestId", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF")
        self.send_header("x-amz-crc32", str(zlib.crc32(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Log nothing."""

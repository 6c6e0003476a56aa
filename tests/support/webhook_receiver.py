"""A receiver of webhooks on this machine, which answers as a test says and keeps what it has accepted."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any, NamedTuple

Json = dict[str, Any]


class Received(NamedTuple):
    """A request that arrived: its path, its headers with lower-case names, its body, and the status of the answer."""

    path: str
    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def message(self) -> Json:
        """The body as JSON."""
        message: Json = json.loads(self.body)
        return message


class Receiver:
    """A server that notes each request. `statuses` are those of the next answers; afterwards it answers `status`."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str) -> None:
        self.port: int = server.server_address[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}/hooks"
        self.requests: list[Received] = []
        self.statuses: list[int] = []
        self.status = 204

    @property
    def accepted(self) -> list[Received]:
        """The requests that were answered with success."""
        return [one for one in self.requests if one.status < 300]

    @property
    def seqs(self) -> list[int]:
        """The sequence numbers of the changes that were accepted."""
        return [one.message["data"]["seq"] for one in self.accepted]

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Note a request, and return the status to answer."""
        status = self.statuses.pop(0) if self.statuses else self.status
        self.requests.append(Received(path, headers, body, status))
        return status


@contextmanager
def running_receiver(tls: SSLContext | None = None) -> Iterator[Receiver]:
    """Run a receiver on a free port while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.answer(self.path, headers, body)
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"{receiver.url}/redirected")
            self.end_headers()
            self.wfile.write(b"" if status == 204 else b"x" * 100_000)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the overridden one
            """Write no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(server, "https" if tls else "http")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()

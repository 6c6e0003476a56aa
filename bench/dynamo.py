"""A stand-in for DynamoDB: a process that answers each Query with one action, and nothing else."""

import json
import multiprocessing
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from tests.documents import example

ACTION = {
    "pk": {"S": "ACCOUNT#000000001#ACTIONS"},
    "sk": {"S": "ACTION#0000000000000123"},
    "kind": {"S": "action"},
    "version": {"N": "1"},
    "doc": {"S": json.dumps(example("action"), ensure_ascii=False, separators=(",", ":"))},
}
CAPACITY = {"TableName": "ogsm-workspaces-dev", "CapacityUnits": 1.0}
PAGE = json.dumps({"ConsumedCapacity": CAPACITY, "Count": 1, "Items": [ACTION], "ScannedCount": 1}).encode()


@contextmanager
def serving() -> Iterator[str]:
    """The address at which it answers, over a socket of this machine and without TLS."""
    server = HTTPServer(("127.0.0.1", 0), _Answer)
    process = multiprocessing.get_context("fork").Process(target=server.serve_forever, daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        process.terminate()
        process.join()
        server.server_close()


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["X-Amz-Target"] != "DynamoDB_20120810.Query":
            self.send_error(400)
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(PAGE)))
        self.send_header("x-amzn-RequestId", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF")
        self.send_header("x-amz-crc32", str(zlib.crc32(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Nobody reads a log of it."""

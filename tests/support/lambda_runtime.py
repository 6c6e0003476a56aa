"""Lambda for tests: the unpacked package, run by awslambdaric, with the Runtime API on 127.0.0.1."""

import importlib.metadata
import json
import shutil
import subprocess
import sys
import time
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

from infra.testing.processes import await_that, end

Json = dict[str, Any]

PYTHON = (sys.executable, "-S")  # without any site-packages
CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")  # what Lambda has of its own
ARN = "arn:aws:lambda:us-east-1:123456789012:function:ogsm-workspaces-dev"


@dataclass(frozen=True)
class Outcome:
    """The JSON that a function reports for an event; `kind` is `response` or `error`."""

    kind: str
    report: Any


class RuntimeApi(ThreadingHTTPServer):
    """A server that hands out events one by one and keeps the outcome of each."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self.events: Queue[tuple[str, bytes]] = Queue()
        self.outcomes: dict[str, Outcome] = {}


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: RuntimeApi

    def do_GET(self) -> None:
        """Answer `/2018-06-01/runtime/invocation/next` as soon as there is an event."""
        request_id, event = self.server.events.get()
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": request_id,
            "Lambda-Runtime-Deadline-Ms": f"{(time.time() + 300) * 1000:.0f}",
            "Lambda-Runtime-Invoked-Function-Arn": ARN,
        }
        self._answer(200, event, headers)

    def do_POST(self) -> None:
        """Keep the body of `/2018-06-01/runtime/invocation/{request_id}/response`, or of `/error`."""
        *_, request_id, kind = self.path.split("/")
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.outcomes[request_id] = Outcome(kind, json.loads(body))
        self._answer(202)

    def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log into the output of the tests."""


@dataclass(frozen=True)
class Task:
    """The folder and the environment in which a function runs."""

    root: Path
    environment: dict[str, str]

    @contextmanager
    def running(self, handler: str, log: Path) -> Iterator["Function"]:
        """Start a process that serves this handler. The file takes all that it prints."""
        with runtime_api() as api, log.open("wb") as printed:
            address = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_port}", "_HANDLER": handler}
            command = [*PYTHON, "-m", "awslambdaric", handler]
            process = subprocess.Popen(
                command, cwd=self.root, env=self.environment | address, stdout=printed, stderr=subprocess.STDOUT
            )
            try:
                yield Function(process, api, log)
            finally:
                end(process)


@dataclass(frozen=True)
class Function:
    """The process of a function."""

    process: subprocess.Popen[bytes]
    api: RuntimeApi
    log: Path

    def invoke(self, event: Any) -> Outcome:
        """Send an event, and return the outcome. Fail if the process ends or takes too long."""
        request_id = str(uuid.uuid4())
        self.api.events.put((request_id, json.dumps(event, ensure_ascii=False).encode()))
        await_that(lambda: request_id in self.api.outcomes, self.process, self.log)
        return self.api.outcomes[request_id]

    def answer(self, event: Any) -> Json:
        """Send an event that must succeed, and return the response."""
        outcome = self.invoke(event)
        assert outcome.kind == "response", outcome.report
        answer: Json = outcome.report
        return answer


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    """Start the Runtime API for one function on a free port."""
    api = RuntimeApi()
    Thread(target=api.serve_forever, daemon=True).start()
    try:
        yield api
    finally:
        api.shutdown()
        api.server_close()


def install(package: Path, folder: Path, runtime: str, settings: dict[str, str]) -> Task:
    """Unpack the package beside Lambda's runtime client and nothing else."""
    root, client = folder / "task", folder / "runtime"
    with zipfile.ZipFile(package) as archive:
        archive.extractall(root)
    for distribution in CLIENT:
        _copy(distribution, client)
    own = {
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "LAMBDA_TASK_ROOT": str(root),
        "HOME": str(folder),  # where no .aws is
        "PYTHONPATH": f"{root}:{client}",
    }
    return Task(root, own | settings)


def _copy(distribution: str, folder: Path) -> None:
    for file in importlib.metadata.files(distribution) or ():
        if file.suffix in (".py", ".so"):
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), target)

"""The embedded store: ministack's DynamoDB and SES in this process, on loopback only. It keeps its data in a folder."""

import asyncio
import ctypes
import json
import os
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from infra import emulator, fast_queries, terminal
from infra.durable_store import DurableStore
from infra.operation_log import Operation
from infra.repeated_transactions import RepeatedTransactions
from infra.store_access import StoreRequest, StoreResponse, error_response, find_refusal, make_access_key
from infra.stream_records import StreamRecords

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # from malloc.h
SEND_EMAIL_PATH = "/v2/email/outbound-emails"  # SES's SendEmail

Receive = Callable[[], Awaitable[dict[str, Any]]]  # an ASGI receive function
Send = Callable[[dict[str, Any]], Awaitable[None]]  # an ASGI send function


class EmbeddedStore:
    """ministack in a thread of its own, for programs that have the access key of this start.

    A persistent store answers a write when it is on the disk. Another store forgets everything at its end.
    """

    def __init__(self, folder: Path, *, persistent: bool = True) -> None:
        self.port = _find_free_port()
        self._access_key = make_access_key()
        self.environment = {
            "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{self.port}",
            "AWS_DEFAULT_REGION": emulator.REGION,
            "AWS_ACCESS_KEY_ID": self._access_key.access_key,
            "AWS_SECRET_ACCESS_KEY": self._access_key.secret_key,
        }
        self.mail_environment = {
            "AWS_ENDPOINT_URL_SESV2": f"http://127.0.0.1:{self.port}",
            "MAIL_FROM": "invitations@localhost.example",
        }
        _configure_ministack(folder, persistent)
        self.stream = StreamRecords()
        self._durable = DurableStore(folder, self.stream) if persistent else None
        self._transactions = RepeatedTransactions(self._durable.write if self._durable else self._write_to_memory)
        self._write_count = 0
        self._loop_is_set = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="store")

    def start(self) -> None:
        """Load the data, start the store, and wait until it answers. Raises StartupError if the data is damaged."""
        _limit_memory()
        fast_queries.install()
        if self._durable:
            self._durable.open()
        self._thread.start()
        self._loop_is_set.wait()
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Wait for running requests to end, save everything if the store is persistent, and end the thread.

        Raises SaveError if the snapshot cannot be saved. The log has all answered writes in this case, too.
        """
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        if self._durable:
            self._durable.close()

    @property
    def is_writable(self) -> bool:
        """Return whether the store accepts writes. It refuses them while its disk is full or broken."""
        return self._durable is None or self._durable.is_writable

    async def _run(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        config = Config()
        config.bind = [f"127.0.0.1:{self.port}"]
        config.loglevel = "ERROR"
        self._loop_is_set.set()
        serving = serve(self._handle_scope, config, shutdown_trigger=self._stopping.wait)  # type: ignore[arg-type]
        if self._durable is None:
            await serving
            return
        writing = asyncio.create_task(self._durable.run())
        await serving
        await self._durable.stop()
        await writing

    async def _handle_scope(self, scope: Any, receive: Receive, send: Send) -> None:
        """Handle one request of an ASGI server."""
        if scope["type"] == "lifespan":
            await _acknowledge_lifespan(receive, send)
        elif scope["type"] == "http":
            request = await _read_request(scope, receive)
            await _send_response(await self._answer(request), send)
        else:
            await send({"type": "websocket.close"})

    async def _answer(self, request: StoreRequest) -> StoreResponse:
        refusal = find_refusal(request, self._access_key)
        if refusal:
            return refusal
        if request.path.startswith(emulator.MAIL_PATH):
            return await _answer_mail_request(request)
        service, _, operation = request.headers.get("x-amz-target", "").rpartition(".")
        if (request.method, request.path, service) == ("POST", "/", emulator.DYNAMODB):
            if operation in emulator.READS:
                return await emulator.carry_out(operation, request.body)
            if operation in emulator.WRITES:
                return await self._transactions.write(Operation(operation, request.body))
        return error_response(404, "UnknownOperationException", "The store does not have this operation.")

    async def _write_to_memory(self, operation: Operation) -> StoreResponse:
        self._write_count += 1
        response = await emulator.carry_out(*operation)
        self.stream.collect(self._write_count)
        return response


async def _answer_mail_request(request: StoreRequest) -> StoreResponse:
    """Answer a request to SES. Print the mail that it sends, because ministack delivers none."""
    response = await emulator.answer_mail_request(request)
    if request.path == SEND_EMAIL_PATH and response.status == 200:
        print_mail(json.loads(request.body))
    return response


def print_mail(mail: dict[str, Any]) -> None:
    """Print the addresses and the text of a mail, as the body of a request to SES describes it."""
    text = mail["Content"]["Simple"]["Body"]["Text"]["Data"]
    terminal.show(f"\nMail to {', '.join(mail['Destination']['ToAddresses'])}:\n\n{text}")


async def _read_request(scope: Any, receive: Receive) -> StoreRequest:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = scope["query_string"].decode("latin-1")
    target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    body, is_complete = bytearray(), False
    while not is_complete:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        body.extend(message.get("body", b""))
        is_complete = not message.get("more_body")
    return StoreRequest(scope["method"], target, headers, bytes(body))


async def _send_response(response: StoreResponse, send: Send) -> None:
    headers = {"content-length": str(len(response.body)), **response.headers}
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": response.body})


async def _acknowledge_lifespan(receive: Receive, send: Send) -> None:
    """Tell the ASGI server that nothing has to be done at its start and end."""
    while (message := await receive())["type"] == "lifespan.startup":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": f"{message['type']}.complete"})


def _configure_ministack(folder: Path, persistent: bool) -> None:
    """Set ministack's settings. It reads them from the environment when it is imported."""
    os.environ.update(PERSIST_STATE="1" if persistent else "0", STATE_DIR=str(folder))


def _limit_memory() -> None:
    """Make glibc return the memory of a snapshot, which takes megabytes, to the system.

    By default glibc soon keeps such memory in heaps that never shrink.
    """
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)  # only glibc has this function, and only glibc needs it
    if set_option:
        set_option(M_MMAP_THRESHOLD, 128 * 1024)  # the initial value, which glibc would raise to the size of a snapshot
        set_option(M_ARENA_MAX, 1)  # one heap for all threads


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

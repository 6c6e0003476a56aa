"""The embedded store: ministack's DynamoDB in this process, on loopback only, kept in a folder across restarts."""

import asyncio
import ctypes
import fcntl
import json
import os
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

LEAST_PAUSE = 1.0  # seconds between two snapshots, and
FORMAT = 2  # of the files that this version of ministack writes and reads
REMEMBERED = 30  # seconds that a transaction is known again; ministack keeps all of it, and otherwise for ten minutes
PAUSE_RATIO = 5  # at most a fifth of the time goes into them, however large the store is
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # of malloc.h
OUTBOX = "/v2/email/outbound-emails"  # of SES
READS = (b"GetItem", b"Query", b"BatchGetItem", b"TransactGetItems", b"DescribeTable", b"ListTables")


class Refusal(Exception):
    """Why the store cannot start, in one line for whoever started it."""


class Store:
    """ministack in a thread of its own. Its folder holds each change moments later, and all after `stop`."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self.environment = {
            "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{self.port}",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }
        self.mail_environment = {
            "AWS_ENDPOINT_URL_SESV2": f"http://127.0.0.1:{self.port}",
            "MAIL_FROM": "invitations@localhost.example",
        }
        _configure(folder, self.port)
        self._changes = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="store")

    def start(self) -> None:
        """Returns when the store answers."""
        _keep_memory_flat()
        self._thread.start()
        self._ready.wait()
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Lets running requests end, writes everything to the folder and returns."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    async def _run(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        config = Config()
        config.bind = [f"127.0.0.1:{self.port}"]
        config.loglevel = "ERROR"
        self._ready.set()
        # ministack saves all as it ends, by way of the same file as the last snapshot, which has to be done by then.
        await serve(self._counted, config, shutdown_trigger=self._keep)

    async def _counted(self, scope: Any, receive: Any, send: Any) -> None:
        from ministack.app import app

        await app(scope, _overheard(receive) if scope.get("path") == OUTBOX else receive, send)
        target = dict(scope.get("headers", ())).get(b"x-amz-target", b"")
        if target and not target.endswith(READS):
            self._changes += 1

    async def _keep(self) -> None:
        from ministack.core.persistence import save_state
        from ministack.services import dynamodb

        dynamodb._TXN_TOKEN_TTL = REMEMBERED
        kept, pause = 0, LEAST_PAUSE
        while not await _happens(self._stopping, pause):
            dynamodb._txn_token_sweep_at = 0.0  # with the next transaction, and not only once a minute
            if self._changes == kept:
                continue
            began, kept = time.monotonic(), self._changes
            state = dynamodb.get_state()  # on the loop that serves requests: none is half done
            await asyncio.to_thread(save_state, "dynamodb", state)
            pause = max(LEAST_PAUSE, PAUSE_RATIO * (time.monotonic() - began))


def _overheard(receive: Callable[[], Awaitable[dict[str, Any]]]) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Prints the mail that a request brings: ministack catches it, and nobody else would see it."""
    body = bytearray()

    async def receive_and_print() -> dict[str, Any]:
        message = await receive()
        body.extend(message.get("body", b""))
        if message["type"] == "http.request" and not message.get("more_body"):
            mail = json.loads(body)
            text = mail["Content"]["Simple"]["Body"]["Text"]["Data"]
            print(f"\nMail to {', '.join(mail['Destination']['ToAddresses'])}:\n\n{text}", flush=True)
        return message

    return receive_and_print


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Makes sure that the folder can be used, that what lies in it can be read, and that no other server uses it.

    Raises Refusal.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
    except OSError as error:
        raise Refusal(f"the data folder {folder} cannot be used: {error.strerror}") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refusal(f"the data folder {folder} is in use by another server") from None
        _check(folder / "dynamodb.json")
        yield


def _check(state: Path) -> None:
    # ministack would begin with an empty store and overwrite what it could not read.
    if not state.exists():
        return
    try:
        content = json.loads(state.read_bytes())
        readable = content["__ministack_format__"] == FORMAT and all(content["payload"]["tables"]["data"].values())
    except (AttributeError, OSError, ValueError, LookupError, TypeError):
        readable = False
    if not readable:
        raise Refusal(f"the data file {state} is damaged; move it away to begin anew") from None


def _configure(folder: Path, port: int) -> None:
    """ministack reads its settings from the environment when it is imported."""
    os.environ.update(
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        IOT_MTLS_ENABLED="0",
        LOG_LEVEL="ERROR",
        PERSIST_STATE="1",
        SERVICES="dynamodb,ses",
        SFTP_ENABLED="0",
        STATE_DIR=str(folder),
    )


def _keep_memory_flat() -> None:
    """Snapshots come and go by the megabyte; left to itself glibc soon keeps them in heaps that never shrink again."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)  # only glibc has it, and needs it
    if set_option:
        set_option(M_MMAP_THRESHOLD, 128 * 1024)  # where it begins; it would raise that to the size of a snapshot
        set_option(M_ARENA_MAX, 1)  # and not a heap for each thread


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True

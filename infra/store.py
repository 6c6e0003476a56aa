"""The embedded store: ministack's DynamoDB and SES in this process, on loopback only. It saves its data to a folder."""

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

from infra import terminal

MIN_PAUSE = 1.0  # seconds between two snapshots
PAUSE_RATIO = 5  # a pause lasts at least five times as long as a snapshot, however large the store is
TOKEN_SECONDS = 30  # how long ministack remembers a transaction
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # from malloc.h
SEND_EMAIL_PATH = "/v2/email/outbound-emails"  # SES's SendEmail
READS = (b"GetItem", b"Query", b"BatchGetItem", b"TransactGetItems", b"DescribeTable", b"ListTables")

Receive = Callable[[], Awaitable[dict[str, Any]]]  # an ASGI receive function


class EmbeddedStore:
    """ministack in a thread of its own.

    A persistent store saves each change to its folder within moments, and everything in `stop`.
    """

    def __init__(self, folder: Path, *, persistent: bool = True) -> None:
        self.port = _find_free_port()
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
        self._persistent = persistent
        _configure_ministack(folder, self.port, persistent)
        self._writes = 0
        self._loop_is_set = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="store")

    def start(self) -> None:
        """Start the store and wait until it answers."""
        _limit_memory()
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
        """Wait for running requests to end, save everything if the store is persistent, and end the thread."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()

    async def _run(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        config = Config()
        config.bind = [f"127.0.0.1:{self.port}"]
        config.loglevel = "ERROR"
        self._loop_is_set.set()
        # ministack saves everything when it shuts down. It uses the same temporary file as a snapshot, so the shutdown
        # begins only when the last snapshot is complete.
        until_stopped = self._save_until_stopped if self._persistent else self._stopping.wait
        await serve(self._handle_request, config, shutdown_trigger=until_stopped)

    async def _handle_request(self, scope: Any, receive: Any, send: Any) -> None:
        """Handle one ASGI request: count it if it may write, and print the mail that it sends."""
        from ministack.app import app

        await app(scope, print_mail(receive) if scope.get("path") == SEND_EMAIL_PATH else receive, send)
        target = dict(scope.get("headers", ())).get(b"x-amz-target", b"")
        if target and not target.endswith(READS):
            self._writes += 1

    async def _save_until_stopped(self) -> None:
        """Save a snapshot from time to time while there are writes. Return when the store is to stop."""
        from ministack.core.persistence import save_state
        from ministack.services import dynamodb

        saved_writes, pause = 0, MIN_PAUSE
        while not await _is_set_within(self._stopping, pause):
            _forget_old_transactions(dynamodb)
            if self._writes == saved_writes:
                continue
            started, saved_writes = time.monotonic(), self._writes
            state = dynamodb.get_state()  # on the loop that serves requests, so no request is half done
            await asyncio.to_thread(save_state, "dynamodb", state)
            pause = max(MIN_PAUSE, PAUSE_RATIO * (time.monotonic() - started))


def _forget_old_transactions(dynamodb: Any) -> None:
    """Make ministack forget each transaction after TOKEN_SECONDS.

    ministack remembers the token of each transaction for ten minutes, together with the whole response, and it looks
    for old tokens only once a minute. Under load this takes much memory. It has no public setting for either, so this
    function sets its private variables.
    """
    dynamodb._TXN_TOKEN_TTL = TOKEN_SECONDS
    dynamodb._txn_token_sweep_at = 0.0  # the next transaction removes the old tokens


def print_mail(receive: Receive) -> Receive:
    """Print the mail in a request while it is read. ministack delivers no mail, so nobody would see it otherwise."""
    body = bytearray()

    async def receive_and_print() -> dict[str, Any]:
        message = await receive()
        body.extend(message.get("body", b""))
        if message["type"] == "http.request" and not message.get("more_body"):
            mail = json.loads(body)
            text = mail["Content"]["Simple"]["Body"]["Text"]["Data"]
            terminal.show(f"\nMail to {', '.join(mail['Destination']['ToAddresses'])}:\n\n{text}")
        return message

    return receive_and_print


def _configure_ministack(folder: Path, port: int, persistent: bool) -> None:
    """Set ministack's settings. It reads them from the environment when it is imported."""
    os.environ.update(
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        IOT_MTLS_ENABLED="0",
        LOG_LEVEL="ERROR",
        PERSIST_STATE="1" if persistent else "0",
        SERVICES="dynamodb,ses",
        SFTP_ENABLED="0",
        STATE_DIR=str(folder),
    )


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


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True

"""The receivers of webhooks: they stand behind the sockets that the service opens, and note each message.

The code of the service is real down to the socket: it resolves a host, connects, and speaks HTTP. Each message is a
point for the scheduler, and may be lost, refused or answered too late. A receiver may be down for a while. A few never
answer.
"""

import random
import socket
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.simulation import faults
from tests.simulation.faults import Faults
from tests.simulation.history import Delivery, Event, History
from tests.simulation.scheduler import Killed, Scheduler, Task

ADDRESS = "93.184.216.34"  # of every host that there is
NO_HOST_RATE = 0.02
OUTAGES = (20.0, 400.0, 4_000.0, 30_000.0)  # seconds, one of them for each time that a receiver is down
DEAD_RATE = 0.1  # the part of the receivers that never answer
ANSWER_SECONDS = 11.0  # longer than the service waits
OK, ERROR, DOWN, GONE = 204, 500, 503, 410
STATUSES = {faults.RECEIVER_FAILS: ERROR, faults.RECEIVER_DOWN: DOWN, faults.RECEIVER_GONE: GONE}


class Receivers:
    """The receivers of one seed, one for each URL."""

    def __init__(self, seed: object, scheduler: Scheduler, history: History, chosen: Faults) -> None:
        self._seed = seed
        self._scheduler = scheduler
        self._history = history
        self._faults = chosen
        self._down_until: dict[str, float] = {}  # by URL

    def resolve(self, host: str, port: int) -> list[tuple[Any, ...]]:
        """Return the addresses of a host, as socket.getaddrinfo does. Raises socket.gaierror."""
        task = self._scheduler.current
        has_faults = self._faults.profile.delivery_rate > 0
        if task and has_faults and task.chance.random() < NO_HOST_RATE:
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, host, (ADDRESS, port))]

    def end_outages(self) -> None:
        """Let all receivers that are down for a while be up again."""
        self._down_until.clear()

    def receive(self, url: str, headers: dict[str, str], body: str) -> int:
        """Let a message arrive, and return the status of the answer. Raises OSError without one, and Killed."""
        task = self._scheduler.current
        if task is None:
            raise AssertionError("Messages are sent by tasks only.")
        self._scheduler.pause()
        fault = self._faults.draw_for_delivery(task)
        if fault in (faults.KILL_BEFORE, faults.LOSE_REQUEST):
            self._note(task, url, headers, body, None, fault)
            self._end(task, fault)
        if fault == faults.RECEIVER_DOWN:
            self._down_until[url] = self._scheduler.now + task.chance.choice(OUTAGES)
        status = STATUSES.get(fault, OK)
        if self._is_dead(url) or self._scheduler.now < self._down_until.get(url, 0.0):
            status = DOWN
        self._note(task, url, headers, body, status, fault)
        self._end(task, fault)
        return status

    def _is_dead(self, url: str) -> bool:
        return random.Random(f"{self._seed}/receiver/{url}").random() < DEAD_RATE

    def _note(self, task: Task, url: str, headers: dict[str, str], body: str, status: int | None, fault: str) -> None:
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        message_id, timestamp, signatures = (headers[name] for name in names)
        is_confirmed = status is not None and fault not in faults.WITHOUT_ANSWER
        place = (self._scheduler.step, task.process.name, url, message_id, int(timestamp), signatures, body)
        self._history.entries.append(Delivery(*place, status, is_confirmed, fault, self._scheduler.now))

    def _end(self, task: Task, fault: str) -> None:
        """Raise what the service gets instead of an answer, if there is none."""
        if fault in (faults.KILL_BEFORE, faults.KILL_AFTER):
            self._history.entries.append(Event(self._scheduler.step, task.name, "the process is killed"))
            self._scheduler.kill(task.process)
            raise Killed
        if fault == faults.RECEIVER_SLOW:
            self._scheduler.sleep(ANSWER_SECONDS)
            raise TimeoutError
        if fault in (faults.LOSE_REQUEST, faults.LOSE_ANSWER):
            raise ConnectionResetError


class Connection:
    """Stands in for a socket: collects a request, lets it arrive when it is complete, and holds the answer."""

    receivers: Callable[[], Receivers]

    def __init__(self, *_: object) -> None:
        self._sent = b""
        self._answer = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def settimeout(self, seconds: float) -> None:
        """Do nothing: the simulation never waits in an operation of a socket."""

    def close(self) -> None:
        """Do nothing."""

    def connect(self, address: tuple[str, int]) -> None:
        """Connect to the only address that there is. Raises OSError for another."""
        if address[0] != ADDRESS:
            raise ConnectionRefusedError

    def send(self, data: bytes) -> int:
        """Take data, and let the request arrive if this was the rest of it."""
        self._sent += bytes(data)
        head, end, body = self._sent.partition(b"\r\n\r\n")
        if end:
            request = _read_head(head.decode())
            if len(body) == int(request.headers["content-length"]):
                url = f"https://{request.headers['host']}{request.path}"
                status = Connection.receivers().receive(url, request.headers, body.decode())
                self._answer = f"HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()
        return len(data)

    def recv_into(self, buffer: memoryview) -> int:
        """Fill a buffer with the answer, and return how much it was."""
        part, self._answer = self._answer[: len(buffer)], self._answer[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


class Head(NamedTuple):
    """The head of a request: its path, and its headers by their names in lower case."""

    path: str
    headers: dict[str, str]


def _read_head(text: str) -> Head:
    first, *lines = text.split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    return Head(first.split(" ")[1], {name.lower(): value for name, _, value in pairs})

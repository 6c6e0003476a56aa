"""Clients as real ones are: they wait, give up, try again after errors, and follow Retry-After."""

import base64
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.simulation import gateway
from tests.simulation.calls import Call
from tests.simulation.faults import Faults
from tests.simulation.history import Event, History, Request, Response
from tests.simulation.scheduler import Killed, Process, Scheduler

MAX_ATTEMPTS = 4
LONGEST_RUN = 300  # seconds; the time limit of the Lambda function that serves the API
RETRIED = (500, 502, 503, 504)


@dataclass(frozen=True)
class Identity:
    """Who a client is: a user of an account, with a credential."""

    name: str
    account: int
    user: str
    key: str
    secret: str

    @property
    def authorization(self) -> str:
        """The header of Basic authentication."""
        return basic_header(self.key, self.secret)


def basic_header(key: str, secret: str) -> str:
    """Return the header Authorization for a key and a secret."""
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


@dataclass(eq=False)
class Client:
    """A client that makes some calls, one after the other.

    `skipped` are the names of calls that are left out, which shortens a history.
    """

    name: str  # c1, c2 ...
    identity: Identity
    scheduler: Scheduler
    history: History
    faults: Faults
    draw: Callable[["Client", random.Random, str], Call]
    count: int
    skipped: frozenset[str] = frozenset()
    unfinished: list[tuple[str, Call, int]] = field(default_factory=list)  # without a definite answer, with attempts

    def run(self) -> None:
        """Make all calls."""
        for number in range(1, self.count + 1):
            chance = random.Random(f"{self.scheduler.seed}/{self.name}.r{number}")
            name = f"{self.name}.r{number}"
            if name in self.skipped:
                continue
            self.scheduler.pause()
            self._carry_out(name, self.draw(self, chance, name), chance)

    def _carry_out(self, name: str, call: Call, chance: random.Random) -> None:
        patience = chance.choice((1, MAX_ATTEMPTS, MAX_ATTEMPTS))
        for attempt in range(1, patience + 1):
            request = self.send(name, call, attempt, self.faults.gives_up_after(chance))
            response = request.response
            if response is not None:
                call.learn(response)
            pause = _pause_before_retry(response, chance)
            if pause is None:
                return
            if attempt < patience:
                self.scheduler.sleep(pause)
        self.unfinished.append((name, call, patience))

    def settle(self, name: str, call: Call, attempt: int) -> None:
        """Send a request once more, when all others have ended. It stays unfinished if it must be sent again."""
        request = self.send(name, call, attempt)
        if request.response is not None:
            call.learn(request.response)
        if _pause_before_retry(request.response, random.Random(0)) is not None:
            self.unfinished.append((name, call, attempt))

    def send(self, name: str, call: Call, attempt: int, seconds: float = 29.0) -> Request:
        """Send a request and wait for its answer, at most so many seconds. Return it with what came of it."""
        request = self._new_request(name, call, attempt)
        process = Process(request.id, request.account, self.scheduler.now + LONGEST_RUN)
        task = self.scheduler.spawn(request.id, lambda: self._serve(request, call), process)
        self.scheduler.wait(lambda: task.is_done, seconds)
        request.ended = self.scheduler.step
        if not task.is_done:
            request.outcome = "abandoned"
        elif isinstance(task.error, Killed):
            request.outcome = "failed"
        else:
            request.outcome, request.response = "answered", task.result
        if request.outcome != "answered":
            self.history.entries.append(Event(self.scheduler.step, request.id, f"the request is {request.outcome}"))
        return request

    def send_calmly(self, name: str, call: Call, attempt: int = 1) -> Request:
        """Send a request outside of all tasks, without faults."""
        request = self._new_request(name, call, attempt)
        request.response = self._serve(request, call)
        request.ended, request.outcome = self.scheduler.step, "answered"
        return request

    def _new_request(self, name: str, call: Call, attempt: int) -> Request:
        self.scheduler.step += 1
        number = name if attempt == 1 else f"{name}/{attempt}"
        request = Request(
            number,
            name,
            attempt,
            self.name,
            self.identity.user,
            self.identity.account,
            call.verb,
            call.method,
            call.path,
            call.body,
            call.headers,
            str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.scheduler.seed}/{number}")),
            self.scheduler.step,
            self.scheduler.now,
            credential=self._credential(call),
        )
        self.history.requests.append(request)
        return request

    def _credential(self, call: Call) -> str:
        """Return the key of the credential with which a call is made. An access token begins with it."""
        key = call.auth[0] if call.auth else self.identity.key
        token: str = call.headers.get("Authorization", "").removeprefix("Bearer ")
        return key or token.partition(".")[0]

    def _serve(self, request: Request, call: Call) -> Response:
        headers = dict(call.headers)
        if call.auth is None:
            headers["Authorization"] = self.identity.authorization
        elif call.auth[0]:
            headers["Authorization"] = basic_header(*call.auth)
        body = None if call.body is None else json.dumps(call.body).encode()
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            return gateway.invoke(call.method, call.path, headers, body, request.request_id)
        finally:
            request.finished = self.scheduler.step


def _pause_before_retry(response: Response | None, chance: random.Random) -> float | None:
    """Return after how many seconds a client sends a request again, or None if it has its answer."""
    if response is None or response.status in RETRIED:
        return chance.choice((0.0, 0.0, 0.05, 0.2, 5.0, 70.0))
    if response.status == 409 and "retry-after" in response.headers:
        return float(response.headers["retry-after"]) + chance.choice((0.0, 60.0))
    return None

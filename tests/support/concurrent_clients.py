"""Many clients of one server that send their requests at the same moment."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import httpx

from infra.testing.processes import Running


def at_once(running: Running, count: int, work: Callable[[httpx.Client, int], httpx.Response]) -> list[httpx.Response]:
    """Return the responses that many clients get who start together, each on a connection of its own."""
    start = Barrier(count)

    def call(number: int) -> httpx.Response:
        with signed_in(running) as client:
            client.get("/health")
            start.wait()
            return work(client, number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(call, range(count)))


@contextmanager
def signed_in(running: Running) -> Iterator[httpx.Client]:
    """Make a client of the demo account's admin that waits up to a minute for an answer."""
    with running.client() as client:
        client.timeout = httpx.Timeout(60)
        yield client


def cost(answer: httpx.Response) -> dict[str, float]:
    """Return the DynamoDB requests and capacity units that a response reports in Server-Timing."""
    words = answer.headers["server-timing"].split('"')[1].split()
    return {name: float(number) for name, number in (word.split("=") for word in words)}

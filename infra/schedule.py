"""The scheduled functions on this machine. They run as EventBridge and Lambda would run them, but more often."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Function = Callable[[Any, Any], Any]  # a Lambda function: an event and a context

PAUSE_SECONDS = 5  # between two runs; on AWS they are a minute apart, which is long for somebody trying the API out
TIMEOUT = 45  # seconds, as in .chalice/config.json

# The event that EventBridge sends for a schedule.
EVENT = {
    "version": "0",
    "id": "local",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "local",
    "time": "1970-01-01T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}


class Context:
    """The context of one run, as Lambda passes it to a function."""

    def __init__(self, timeout: float = TIMEOUT) -> None:
        """Begin a run that may take so many seconds."""
        self.aws_request_id = str(uuid.uuid4())
        self._deadline = time.monotonic() + timeout

    def get_remaining_time_in_millis(self) -> int:
        """Return how many milliseconds the run may still take."""
        return int((self._deadline - time.monotonic()) * 1000)


@contextmanager
def running() -> Iterator[None]:
    """Run the functions repeatedly, each in a thread of its own, while the block runs."""
    stopping = threading.Event()
    threads = [
        threading.Thread(target=_run_until, args=(stopping, function), name="schedule") for function in load_functions()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def load_functions() -> list[Function]:
    """Return the scheduled functions."""
    from chalicelib.routes.alarms import ring_alarms
    from chalicelib.routes.webhook_delivery import deliver_webhooks

    return [ring_alarms, deliver_webhooks]


def _run_until(stopping: threading.Event, function: Function) -> None:
    from chalicelib.http import log

    while not stopping.wait(PAUSE_SECONDS):
        context = Context()
        try:
            function(EVENT, context)
        except Exception:  # a failed run does not prevent the next one, as on Lambda
            log.write_exception(context.aws_request_id)

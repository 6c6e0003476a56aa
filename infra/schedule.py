"""The scheduled function on this machine: run as EventBridge and Lambda run it, only more often."""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

PAUSE = 5  # seconds between two runs, so that nobody who tries it out waits for a minute
TIMEOUT = 45  # seconds, as in .chalice/config.json
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
    """What Lambda tells a function of its run."""

    def __init__(self) -> None:
        self.aws_request_id = str(uuid.uuid4())
        self._latest = time.monotonic() + TIMEOUT

    def get_remaining_time_in_millis(self) -> int:
        """How long the run may still take."""
        return int((self._latest - time.monotonic()) * 1000)


@contextmanager
def running() -> Iterator[None]:
    """Runs the function again and again in a thread of its own, which ends with the block."""
    ended = threading.Event()
    thread = threading.Thread(target=_run, args=(ended,), name="schedule")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _run(ended: threading.Event) -> None:
    from chalicelib.http import log
    from chalicelib.routes.alarms import ring_alarms

    while not ended.wait(PAUSE):
        context = Context()
        try:
            ring_alarms(EVENT, context)
        except Exception:  # as on Lambda, the next run is none the worse for it
            log.write_exception(context.aws_request_id)

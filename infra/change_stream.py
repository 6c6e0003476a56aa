"""The functions of the table's stream on this machine. They get its records as Lambda would pass them.

One records the changes, and the other delivers those that were recorded to webhooks. Each picks its records by itself.
"""

import copy
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from infra.schedule import Context
from infra.stream_records import Record, StreamRecords

BATCH_SIZE = 100  # records in one call at most, as in infra/template.yaml
TIMEOUT = 60  # seconds, as in .chalice/config.json
DELIVERY_TIMEOUT = 20  # seconds; what is left then is left to the schedule, so that slow receivers hold up no changes
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0  # seconds before a failed batch is repeated; the pause doubles each time

Function = Callable[[Any, Any], Any]  # a Lambda function: an event and a context


def load_functions() -> list[tuple[Function, int]]:
    """Return the functions in the order in which they are called, each with its timeout in seconds."""
    from chalicelib.routes.change_stream import record_changes
    from chalicelib.routes.webhook_delivery import deliver_new_changes

    return [(record_changes, TIMEOUT), (deliver_new_changes, DELIVERY_TIMEOUT)]


@contextmanager
def running(records: StreamRecords) -> Iterator[None]:
    """Hand records to the functions in a thread of its own while the block runs."""
    stopping = threading.Event()
    thread = threading.Thread(target=_run_until, args=(stopping, records), name="change stream")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        records.close()
        thread.join()


def _run_until(stopping: threading.Event, records: StreamRecords) -> None:
    functions = load_functions()
    while batch := records.wait_for_batch(BATCH_SIZE):
        if not all(_handle(function, timeout, batch, stopping) for function, timeout in functions):
            return
        records.mark_handled(batch)


def _handle(function: Function, timeout: int, batch: Sequence[Record], stopping: threading.Event) -> bool:
    """Call the function with a batch until it succeeds. Return False if the server stops before."""
    pause = FIRST_PAUSE
    while not _succeeds(function, timeout, batch):
        if stopping.wait(pause):
            return False
        pause = min(2 * pause, LONGEST_PAUSE)
    return True


def _succeeds(function: Function, timeout: int, batch: Sequence[Record]) -> bool:
    from chalicelib.http import log

    context = Context(timeout)
    try:
        function({"Records": copy.deepcopy(list(batch))}, context)  # a copy, because the images are rows of the store
    except Exception:  # Lambda, too, repeats a batch after every error
        log.write_exception(context.aws_request_id)
        return False
    return True

"""The function of the change feed on this machine. It gets the records of the stream as Lambda would pass them."""

import copy
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from infra.schedule import Context
from infra.stream_records import Record, StreamRecords

BATCH_SIZE = 100  # records in one call at most, as in infra/template.yaml
TIMEOUT = 60  # seconds, as in .chalice/config.json
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0  # seconds before a failed batch is repeated; the pause doubles each time

Function = Callable[[Any, Any], Any]  # a Lambda function: an event and a context


def load_function() -> Function:
    """Return the function of the change feed."""
    from chalicelib.routes.change_stream import record_changes

    function: Function = record_changes
    return function


@contextmanager
def running(records: StreamRecords) -> Iterator[None]:
    """Hand records to the function in a thread of its own while the block runs."""
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
    function = load_function()
    while batch := records.wait_for_batch(BATCH_SIZE):
        if not _handle(function, batch, stopping):
            return
        records.mark_handled(batch)


def _handle(function: Function, batch: Sequence[Record], stopping: threading.Event) -> bool:
    """Call the function with a batch until it succeeds. Return False if the server stops before."""
    pause = FIRST_PAUSE
    while not _succeeds(function, batch):
        if stopping.wait(pause):
            return False
        pause = min(2 * pause, LONGEST_PAUSE)
    return True


def _succeeds(function: Function, batch: Sequence[Record]) -> bool:
    from chalicelib.http import log

    context = Context(TIMEOUT)
    try:
        function({"Records": copy.deepcopy(list(batch))}, context)  # a copy, because the images are rows of the store
    except Exception:  # Lambda, too, repeats a batch after every error
        log.write_exception(context.aws_request_id)
        return False
    return True

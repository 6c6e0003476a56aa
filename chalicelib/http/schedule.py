"""Work that no request asks for, one piece after another as long as there is time; its log has a line for each."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

from chalicelib.http import log
from chalicelib.storage import metering

P = TypeVar("P")

RESERVED_MILLISECONDS = 15_000  # milliseconds that are left when the last piece is begun


class IncompleteRun(Exception):
    """Some pieces went wrong, as the log tells. Whoever counts a function's errors counts the run."""


def process_all(parts: list[Iterator[P]], work: Callable[[P], Any], context: Any) -> None:
    """Does the work on every piece, the parts side by side. `context` is Lambda's. Raises Incomplete.

    What goes wrong with one piece keeps no other from being done. What is not begun in time is left.
    """
    with ThreadPoolExecutor(len(parts)) as pool:
        failures = sum(pool.map(partial(_work_off, work, context), parts))
    if failures:
        raise IncompleteRun(f"{failures} could not be done")


def _work_off(work: Callable[[P], Any], context: Any, pieces: Iterator[P]) -> int:
    """Answers how many went wrong."""
    failures = 0
    for piece in pieces:
        if context.get_remaining_time_in_millis() < RESERVED_MILLISECONDS:
            break
        try:
            _do(work, piece, context.aws_request_id)
        except Exception:  # the last resort, as for a request
            failures += 1
            log.write_exception(context.aws_request_id)
    return failures


def _do(work: Callable[[P], Any], piece: P, request_id: str) -> None:
    with metering.measure() as taken:
        done = work(piece)
    if done is not None:
        spent = {"calls": taken.calls, "rcu": taken.read_units, "wcu": taken.write_units}
        log.write_line(request_id=request_id, work=type(done).__name__.lower(), **asdict(done), **spent)

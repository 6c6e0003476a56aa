"""Scheduled work, one piece after another while there is time, with a log line for each piece."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

from chalicelib.http import log
from chalicelib.storage import metering

P = TypeVar("P")

RESERVED_MILLISECONDS = 15_000  # no new piece is started when less time than this is left


class IncompleteRun(Exception):
    """Some pieces of work failed; the log has their tracebacks. Raised so that Lambda counts the run as an error."""


def process_all(parts: list[Iterator[P]], work: Callable[[P], Any], context: Any) -> None:
    """Work on every piece, the parts in parallel. `context` is Lambda's. Raises IncompleteRun if any piece failed.

    A failure does not stop the other pieces. Pieces for which no time is left are not started.
    """
    with ThreadPoolExecutor(len(parts)) as pool:
        failures = sum(pool.map(partial(_work_off, work, context), parts))
    if failures:
        raise IncompleteRun(f"{failures} pieces of work failed.")


def _work_off(work: Callable[[P], Any], context: Any, pieces: Iterator[P]) -> int:
    """Work on the pieces of one part and return how many failed."""
    failures = 0
    for piece in pieces:
        if context.get_remaining_time_in_millis() < RESERVED_MILLISECONDS:
            break
        try:
            _process_piece(work, piece, context.aws_request_id)
        except Exception:  # the last resort, as for a request
            failures += 1
            log.write_exception(context.aws_request_id)
    return failures


def _process_piece(work: Callable[[P], Any], piece: P, request_id: str) -> None:
    with metering.measure() as cost:
        result = work(piece)
    if result is not None:
        name = type(result).__name__.lower()
        log.write_line(request_id=request_id, work=name, **asdict(result), **log.cost_fields(cost))

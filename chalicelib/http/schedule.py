"""Work of a scheduled function: process one piece after another while there is time, and log each of them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

from chalicelib.http import log
from chalicelib.storage import metering, unit_of_work
from chalicelib.storage.parallel import run_parallel
from chalicelib.storage.unit_of_work import Steps

P = TypeVar("P")

RESERVED_MILLISECONDS = 15_000  # no piece is begun if less time is left


class IncompleteRun(Exception):
    """Some pieces failed. The log has their errors. The function reports an error, so that its alarm counts the run."""


def process_all(parts: list[Iterator[P]], work: Callable[[P], Steps[Any]], context: Any) -> None:
    """Do the work on every piece, with the parts in parallel. `context` is the context of the Lambda function.

    An error of one piece does not stop the others. Pieces that cannot begin in time are left for the next run. Raises
    IncompleteRun at the end if a piece failed.
    """
    failures = sum(run_parallel([partial(_process_part, pieces, work, context) for pieces in parts]))
    if failures:
        raise IncompleteRun(f"{failures} pieces of work failed. The log has their errors.")


def _process_part(pieces: Iterator[P], work: Callable[[P], Steps[Any]], context: Any) -> int:
    """Do the work on the pieces of one part. Return how many failed."""
    failures = 0
    for piece in pieces:
        if context.get_remaining_time_in_millis() < RESERVED_MILLISECONDS:
            break
        try:
            _process(piece, work, context.aws_request_id)
        except Exception:  # whatever went wrong, the next piece must be tried
            failures += 1
            log.write_exception(context.aws_request_id)
    return failures


def _process(piece: P, work: Callable[[P], Steps[Any]], request_id: str) -> None:
    with metering.measure() as cost:
        result = unit_of_work.run(lambda: work(piece))
    if result is not None:
        name = type(result).__name__.lower()
        log.write_line(request_id=request_id, work=name, **result._asdict(), **log.cost_fields(cost))

"""Work of a scheduled function: process one piece after another while there is time, and log each of them."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Generic, NamedTuple, TypeVar

from chalicelib.http import log
from chalicelib.storage import metering, unit_of_work
from chalicelib.storage.parallel import run_parallel
from chalicelib.storage.unit_of_work import Steps

P = TypeVar("P")

RESERVED_MILLISECONDS = 15_000  # no piece is begun if less time is left


class IncompleteRun(Exception):
    """Some pieces failed. The log has their errors. The function reports an error, so that its alarm counts the run."""


class Part(NamedTuple, Generic[P]):
    """Pieces of one kind, which are processed one after another, and the work on each of them."""

    pieces: Iterator[P]
    work: Callable[[P], Steps[Any]]


def process_all(parts: Iterable[Part[Any]], context: Any) -> None:
    """Do the work on every piece, with the parts in parallel. `context` is the context of the Lambda function.

    An error of one piece does not stop the others. Pieces that cannot begin in time are left for the next run. Raises
    IncompleteRun at the end if a piece failed.
    """
    failures = sum(run_parallel([partial(_process_part, part, context) for part in parts]))
    if failures:
        raise IncompleteRun(f"{failures} pieces of work failed. The log has their errors.")


def has_time(context: Any) -> bool:
    """Return whether there is time to begin another piece, or another step of a long one."""
    remaining: int = context.get_remaining_time_in_millis()
    return remaining >= RESERVED_MILLISECONDS


def _process_part(part: Part[Any], context: Any) -> int:
    """Do the work on the pieces of one part. Return how many failed."""
    failures = 0
    for piece in part.pieces:
        if not has_time(context):
            break
        try:
            _process(piece, part.work, context.aws_request_id)
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

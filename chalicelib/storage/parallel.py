"""Run independent calls in parallel. This is the only thread pool of the service."""

from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from functools import partial
from itertools import chain
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")
MAX_PARALLEL = 8  # threads


def run_parallel(calls: Sequence[Callable[[], A]]) -> list[A]:
    """Run calls in parallel, at most MAX_PARALLEL at once, and return their results in the same order.

    If a call raises an error, that error is raised when all calls have ended. The cost of the calls counts towards the
    metering of the caller.
    """
    from concurrent.futures import ThreadPoolExecutor  # few requests need it, and each cold start would load it

    if not calls:
        return []
    with ThreadPoolExecutor(min(len(calls), MAX_PARALLEL)) as pool:
        contexts = [copy_context() for _ in calls]  # the context variables hold the metering of the caller
        return [*pool.map(lambda context, call: context.run(call), contexts, calls)]


def run_both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """Run two calls in parallel and return both results, each with its own type."""
    results: list[Any] = run_parallel([first, second])
    return results[0], results[1]


def prefetch(lists: Sequence[Iterator[A]]) -> list[Iterator[A]]:
    """Return the same iterators after fetching the first element of each in parallel."""
    firsts = run_parallel([partial(next, iterator, None) for iterator in lists])
    return [rest if first is None else chain([first], rest) for first, rest in zip(firsts, lists, strict=True)]

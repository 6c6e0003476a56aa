"""TODO."""

from collections.abc import Callable, Iterator, Sequence
from contextvars import copy_context
from functools import partial
from itertools import chain
from typing import Any, TypeVar

A = TypeVar("A")
B = TypeVar("B")
MAX_PARALLEL = 8  # requests under way side by side


def run_parallel(calls: Sequence[Callable[[], A]]) -> list[A]:
    """What requests answer that need not wait for one another, so many at once."""
    from concurrent.futures import ThreadPoolExecutor  # few requests need it, and every cold start would pay

    if not calls:
        return []
    with ThreadPoolExecutor(min(len(calls), MAX_PARALLEL)) as pool:
        contexts = [copy_context() for _ in calls]  # in which their cost is counted
        return [*pool.map(lambda context, call: context.run(call), contexts, calls)]


def run_both(first: Callable[[], A], second: Callable[[], B]) -> tuple[A, B]:
    """What two requests answer, side by side, each of its own type."""
    both: list[Any] = run_parallel([first, second])
    return both[0], both[1]


def prefetch(lists: Sequence[Iterator[A]]) -> list[Iterator[A]]:
    """The same lists, the first request of each already answered, side by side."""
    firsts = run_parallel([partial(next, one, None) for one in lists])
    return [rest if first is None else chain([first], rest) for first, rest in zip(firsts, lists, strict=True)]

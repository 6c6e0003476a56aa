"""The CPU of one request in a process that has answered before, of each variant in turn."""

import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import Any

from bench.variants import Child, Variant

Json = dict[str, Any]
Samples = dict[str, dict[str, list[float]]]  # variant, call, milliseconds of each round

TIMES = {"list of 1,000": 1, "list of 100": 4, "inbox of 100": 4}  # requests in a round, for one sample
OTHERWISE = 16


def measure(variants: Iterable[Variant], events: Mapping[str, Json], store: str, rounds: int) -> Samples:
    """Samples of every variant and call. The store answers over a socket, and its own CPU does not count."""
    with ExitStack() as stack:
        children = [stack.enter_context(variant.running(store)) for variant in variants]
        samples: Samples = {child.variant.name: {call: [] for call in events} for child in children}
        for call, event in events.items():
            for child in children:
                _warm_up(child, call, event)
        for number in range(rounds):
            for call, event in events.items():
                for child in _turned(children, number):
                    told = child.ask(event, TIMES.get(call, OTHERWISE))
                    samples[child.variant.name][call].append(round(told["cpu_ms"], 4))
    return samples


def _warm_up(child: Child, call: str, event: Json) -> None:
    for _ in range(3):
        answer = child.ask(event)["answer"]
        if answer["statusCode"] not in (200, 201):
            sys.exit(f"{child.variant.name} answers {call} with {answer['statusCode']}: {answer['body']}")


def _turned(children: list[Child], number: int) -> list[Child]:
    """The children in another order each time, so that none always has the same one before it."""
    start = number % len(children)
    return children[start:] + children[:start]

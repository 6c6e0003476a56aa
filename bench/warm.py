"""Measure the CPU time of one request in a running process, for each variant in turn."""

import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import Any

from bench.variants import HandlerProcess, Variant

Json = dict[str, Any]
Samples = dict[str, dict[str, list[float]]]  # milliseconds of each round, by variant and call

REPEATS = {"list of 1,000": 1, "list of 100": 4, "inbox of 100": 4}  # requests for one sample
DEFAULT_REPEATS = 16


def measure(variants: Iterable[Variant], events: Mapping[str, Json], store: str, rounds: int) -> Samples:
    """Return samples of all variants and calls. The CPU time of the store does not count: it is another process."""
    with ExitStack() as stack:
        processes = [stack.enter_context(variant.running(store)) for variant in variants]
        samples: Samples = {process.variant.name: {call: [] for call in events} for process in processes}
        for call, event in events.items():
            for process in processes:
                _warm_up(process, call, event)
        for number in range(rounds):
            for call, event in events.items():
                for process in _rotate(processes, number):
                    result = process.send(event, REPEATS.get(call, DEFAULT_REPEATS))
                    samples[process.variant.name][call].append(round(result["cpu_ms"], 4))
    return samples


def _warm_up(process: HandlerProcess, call: str, event: Json) -> None:
    for _ in range(3):
        response = process.send(event)["response"]
        if response["statusCode"] not in (200, 201):
            sys.exit(f"{process.variant.name}: {call} returns {response['statusCode']}: {response['body']}")


def _rotate(processes: list[HandlerProcess], number: int) -> list[HandlerProcess]:
    """Return the processes in another order for each round."""
    start = number % len(processes)
    return processes[start:] + processes[:start]

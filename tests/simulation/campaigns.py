"""Run many seeds, in this process or in several, and report them in their order."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from tests.simulation.outcomes import Outcome, run_seed
from tests.simulation.report import SHOWN_FAILURES, describe_failure, summarize
from tests.simulation.simulation import Options
from tests.simulation.statistics import Statistics

CHUNK = 25  # seeds that a worker runs at a time


class Run(NamedTuple):
    """A seed, and what is left out of its simulation."""

    seed: int
    options: Options


@dataclass(frozen=True)
class Campaign:
    """The simulations to run, and what to do after a failure."""

    runs: Sequence[Run]
    workers: int = 1
    stops_at_first: bool = False
    shrinks: bool = True

    def run(self, show: Callable[[str], None]) -> bool:
        """Run all simulations, show failures and counts. Return whether none failed.

        What is shown does not depend on the number of workers.
        """
        statistics, failed, count = Statistics(), list[Outcome](), 0
        with self._outcomes() as outcomes:
            for run, outcome in zip(self.runs, outcomes, strict=True):
                count += 1
                statistics.add(outcome.statistics)
                if outcome.has_failed:
                    failed.append(outcome)
                    self._show_failure(outcome, run.options, len(failed), show)
                    if self.stops_at_first:
                        break
        for line in summarize(count, statistics, failed):
            show(line)
        return not failed

    def _show_failure(self, outcome: Outcome, options: Options, number: int, show: Callable[[str], None]) -> None:
        if number <= SHOWN_FAILURES:
            for line in describe_failure(outcome, options, shrinks=self.shrinks):
                show(line)

    @contextmanager
    def _outcomes(self) -> Iterator[Iterator[Outcome]]:
        """Run the block with the outcomes of all simulations, in order. The workers end with the block."""
        chunks = [self.runs[start : start + CHUNK] for start in range(0, len(self.runs), CHUNK)]
        if self.workers == 1 or len(chunks) == 1:
            yield (run_seed(*run) for run in self.runs)
            return
        with multiprocessing.get_context("spawn").Pool(self.workers) as pool:
            yield chain.from_iterable(pool.imap(_run_chunk, chunks))


def _run_chunk(runs: Sequence[Run]) -> list[Outcome]:
    return [run_seed(*run) for run in runs]

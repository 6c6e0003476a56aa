"""Run many seeds, in this process or in several, and report them in their order."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from tests.simulation.outcomes import Outcome, run_seed
from tests.simulation.report import SHOWN_FAILURES, describe_failure, summarize
from tests.simulation.simulation import Options
from tests.simulation.statistics import Statistics

CHUNK = 25  # seeds that a worker runs at a time


@dataclass(frozen=True)
class Campaign:
    """The seeds to run, with which options, and what to do after a failure."""

    seeds: range
    options: Options
    workers: int = 1
    stops_at_first: bool = False
    shrinks: bool = True

    def run(self, show: Callable[[str], None]) -> bool:
        """Run all seeds, show failures and counts. Return whether no seed failed.

        What is shown does not depend on the number of workers.
        """
        statistics, failed, count = Statistics(), list[Outcome](), 0
        with self._outcomes() as outcomes:
            for outcome in outcomes:
                count += 1
                statistics.add(outcome.statistics)
                if outcome.has_failed:
                    failed.append(outcome)
                    self._show_failure(outcome, len(failed), show)
                    if self.stops_at_first:
                        break
        for line in summarize(count, statistics, failed):
            show(line)
        return not failed

    def _show_failure(self, outcome: Outcome, number: int, show: Callable[[str], None]) -> None:
        if number <= SHOWN_FAILURES:
            for line in describe_failure(outcome, self.options, shrinks=self.shrinks):
                show(line)

    @contextmanager
    def _outcomes(self) -> Iterator[Iterator[Outcome]]:
        """Run the block with the outcomes of all seeds, in order. The workers end with the block."""
        work = partial(_run_chunk, self.options)
        chunks = [self.seeds[start : start + CHUNK] for start in range(0, len(self.seeds), CHUNK)]
        if self.workers == 1 or len(chunks) == 1:
            yield (run_seed(seed, self.options) for seed in self.seeds)
            return
        with multiprocessing.get_context("spawn").Pool(self.workers) as pool:
            yield (outcome for outcomes in pool.imap(work, chunks) for outcome in outcomes)


def _run_chunk(options: Options, seeds: Sequence[int]) -> list[Outcome]:
    return [run_seed(seed, options) for seed in seeds]

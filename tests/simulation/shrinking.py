"""Shorten a failing simulation: leave out calls, faults, events and changes of tasks while it still fails."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.simulation.outcomes import simulate
from tests.simulation.simulation import Options, Simulation

MOST_RUNS = 300


def minimize(items: Sequence[str], fails_with: Callable[[Sequence[str]], bool]) -> list[str]:
    """Return a few of these items with which something still fails.

    Tries to leave out all, then halves, quarters and so on, down to single items (delta debugging).
    """
    kept = list(items)
    size = len(kept)
    while size and kept:
        start = 0
        while start < len(kept):
            fewer = kept[:start] + kept[start + size :]
            if fails_with(fewer):
                kept = fewer
            else:
                start += size
        size //= 2
    return kept


class Shrinker:
    """Shortens the simulation of one seed. A shorter one counts only if the same checker finds a violation."""

    def __init__(self, seed: int, options: Options, checker: str, most_runs: int = MOST_RUNS) -> None:
        self.seed = seed
        self.options = options
        self.runs = 0
        self._checker = checker
        self._most_runs = most_runs

    def shrink(self) -> Options:
        """Return the options of the shortest simulation that was found."""
        self._accept(replace(self.options, switch_rate=0.0))
        before = None
        while before != self.options and self.runs < self._most_runs:
            before = self.options
            self._leave_out_calls()
            self._leave_out_faults()
        return self.options

    def _leave_out_calls(self) -> None:
        simulation = self._run(self.options)
        skipped = self.options.skipped
        calls = list(dict.fromkeys(request.call for request in simulation.history.requests))
        minimize(calls, lambda kept: self._accept(replace(self.options, skipped=skipped | _missing(calls, kept))))

    def _leave_out_faults(self) -> None:
        simulation = self._run(self.options)
        faults = list(dict.fromkeys(simulation.faults.ids))
        suppressed = self.options.suppressed
        minimize(
            faults, lambda kept: self._accept(replace(self.options, suppressed=suppressed | _missing(faults, kept)))
        )

    def _accept(self, options: Options) -> bool:
        """Keep these options if the simulation fails with them. Return whether it does."""
        if self.runs >= self._most_runs or options == self.options:
            return False
        self.runs += 1
        _, violations = simulate(self.seed, options)
        fails = any(violation.checker == self._checker for violation in violations)
        if fails:
            self.options = options
        return fails

    def _run(self, options: Options) -> Simulation:
        self.runs += 1
        return simulate(self.seed, options)[0]


def _missing(all_items: Sequence[str], kept: Sequence[str]) -> frozenset[str]:
    return frozenset(all_items) - frozenset(kept)

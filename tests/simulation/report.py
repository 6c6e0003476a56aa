"""The texts that the command line prints."""

from collections import Counter
from collections.abc import Iterator, Mapping

from tests.simulation.checkers.violation import Violation
from tests.simulation.event_source import COUNTS
from tests.simulation.faults import KINDS
from tests.simulation.outcomes import Outcome, simulate
from tests.simulation.rendering import render
from tests.simulation.shrinking import Shrinker
from tests.simulation.simulation import CALLS, Options
from tests.simulation.statistics import STATES, Statistics

EVENTS = ("clock", "alarms", "expiry", "all killed", "purges")
SHOWN_FAILURES = 10  # more failures are named by their seeds only


def replay_command(seed: int, options: Options) -> str:
    """Return the command that replays a simulation exactly."""
    parts = [f"make simulate SEED={seed}"]
    if options.calls != CALLS:
        parts.append(f"CALLS={options.calls}")
    if options.switch_rate is not None:
        parts.append(f"SWITCH_RATE={options.switch_rate:g}")
    if options.skipped:
        parts.append(f"SKIP={','.join(sorted(options.skipped))}")
    if options.suppressed:
        parts.append(f"SUPPRESS={','.join(sorted(options.suppressed))}")
    return " ".join(parts)


def describe_failure(outcome: Outcome, options: Options, *, shrinks: bool) -> Iterator[str]:
    """Yield the violations of a seed, the command that replays it, and its history, shortened if `shrinks` is set."""
    yield f"Seed {outcome.seed} failed:"
    yield from _describe_violations(outcome.violations)
    yield f"Replay it: {replay_command(outcome.seed, options)}"
    shorter = options
    if shrinks:
        shrinker = Shrinker(outcome.seed, options, outcome.violations[0].checker)
        shorter = shrinker.shrink()
        yield f"Shortened in {shrinker.runs} runs: {replay_command(outcome.seed, shorter)}"
    simulation, violations = simulate(outcome.seed, shorter)
    if violations != outcome.violations:
        yield "The shortened history has these violations:"
        yield from _describe_violations(violations)
    yield from render(simulation)
    yield ""


def _describe_violations(violations: list[Violation]) -> Iterator[str]:
    for violation in violations:
        named = f" ({', '.join(violation.requests)})" if violation.requests else ""
        yield f"  {violation.checker}: {violation.text}{named}"


def summarize(seeds: int, statistics: Statistics, failed: list[Outcome]) -> Iterator[str]:
    """Yield the counts of all simulations, and the seeds that failed."""
    yield f"seeds: {seeds}"
    yield from _table("requests", statistics.requests)
    yield from _table("store operations", statistics.operations)
    yield from _table("faults", dict.fromkeys((*KINDS, *EVENTS), 0) | statistics.faults)
    yield from _table("states reached", dict.fromkeys(STATES, 0) | statistics.states)
    yield from _table("change feed", dict.fromkeys(COUNTS, 0) | statistics.feed)
    yield f"failures: {len(failed)}"
    checkers = Counter(name for outcome in failed for name in {one.checker for one in outcome.violations})
    for name, times in sorted(checkers.items()):
        yield f"  {name:32} {times:>9,}"
    if failed:
        yield f"  seeds: {', '.join(str(outcome.seed) for outcome in failed)}"


def _table(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield f"{title}: {sum(counts.values()):,}"
    for name, times in sorted(counts.items()):
        yield f"  {name:32} {times:>9,}"

"""Run simulations from the command line: `python -m tests.simulation.run --help`. Ends with 1 if a seed failed."""

import argparse
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.simulation.regressions import read_regressions

if TYPE_CHECKING:
    from tests.simulation.campaigns import Run

# Set before anything of the service is imported, here and in the workers.
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "TABLE_NAME": "ogsm-workspaces-dev",
    "MAIL_FROM": "invitations@acme.example",
    "PUBLIC_URL": "https://api.example",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the simulations that the arguments name, and return the exit status."""
    chosen = _read_arguments(arguments)
    os.environ.update(ENVIRONMENT)
    from tests.simulation.campaigns import Campaign

    runs = _read_runs(chosen)
    if chosen.regressions:
        runs = [run for line in read_regressions() for run in _read_runs(_read_arguments(line.arguments))] + runs
    if chosen.digest:
        return _show_digests(runs)
    campaign = Campaign(runs, chosen.workers, chosen.stop_at_first, not chosen.no_shrink)
    return 0 if campaign.run(_show) else 1


def _show(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def _show_digests(runs: "list[Run]") -> int:
    """Show what each seed leads to as a hash, so that two runs can be compared."""
    from tests.simulation.outcomes import simulate
    from tests.simulation.rendering import digest

    for run in runs:
        _show(f"{run.seed} {digest(simulate(*run)[0])}")
    return 0


def _read_runs(chosen: argparse.Namespace) -> "list[Run]":
    """Return the simulations that the arguments name, without the regressions."""
    from tests.simulation.campaigns import Run
    from tests.simulation.simulation import Options
    from tests.simulation.workload.scenarios import scenario_of

    options = Options(
        calls=chosen.calls,
        skipped=_names(chosen.skip),
        suppressed=_names(chosen.suppress),
        switch_rate=chosen.switch_rate,
    )
    first, count = (chosen.first, chosen.seeds) if chosen.seed is None else (chosen.seed, 1)
    seeds = range(first, first + count)
    return [Run(seed, options) for seed in seeds if not chosen.scenario or scenario_of(seed) == chosen.scenario]


def _read_first(text: str) -> int:
    """Return the first seed: a number, or for `fresh` the day multiplied by 10,000, so that no two days share seeds."""
    return datetime.now(UTC).toordinal() * 10_000 if text == "fresh" else int(text)


def _read_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run simulations of the service.")
    parser.add_argument("--seeds", type=int, default=10_000, help="how many seeds to run")
    parser.add_argument("--first", type=_read_first, default=0, help="the first of them; fresh means those of today")
    parser.add_argument("--seed", type=int, help="run this seed only")
    parser.add_argument("--scenario", default="", help="run only those of the seeds that have this scenario")
    parser.add_argument("--workers", type=int, default=2, help="the number of processes")
    parser.add_argument("--stop-at-first", action="store_true", help="end after the first failure")
    parser.add_argument("--calls", type=int, default=30, help="how many calls all clients together make")
    parser.add_argument("--skip", default="", help="calls to leave out, such as c1.r3,c2.r5")
    parser.add_argument("--suppress", default="", help="faults and events to leave out, such as c2.r5@7,event@40")
    parser.add_argument("--switch-rate", type=float, help="how often tasks change places: 0 to 1")
    parser.add_argument("--no-shrink", action="store_true", help="do not shorten the history of a failure")
    parser.add_argument("--regressions", action="store_true", help="also replay the failures of regressions.txt, first")
    parser.add_argument("--digest", action="store_true", help="only show a hash of what happens in each seed")
    return parser.parse_args(arguments)


def _names(text: str) -> frozenset[str]:
    return frozenset(filter(None, text.split(",")))


if __name__ == "__main__":
    sys.exit(main())

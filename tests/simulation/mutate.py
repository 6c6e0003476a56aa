"""Plant each mutant in a copy of the project, and see which checker finds it.

`python -m tests.simulation.mutate --help` describes the command line. It ends with 1 if too many mutants survive.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.simulation.mutants import MUTANTS
from tests.simulation.mutants.mutant import Mutant

PROJECT = Path(__file__).parent.parent.parent
COPIED = ("chalicelib", "docs", "infra", "tests", ".chalice")
FILES = ("app.py", "CHANGELOG.md")  # the OpenAPI document has the version of the newest release
IGNORED = shutil.ignore_patterns("__pycache__", "node_modules", "rows_*.json")
LEAST_FOUND = 0.95  # of all mutants
MOST_SECONDS = 3600  # for one mutant


@dataclass(frozen=True)
class Trial:
    """A mutant, the checkers that found it, and after how many seeds. Without checkers it was not found.

    `trouble` says why the simulation itself could not be run. Such a mutant is no use.
    """

    mutant: Mutant
    checkers: Sequence[str]
    seeds: int
    trouble: str = ""

    @property
    def is_found(self) -> bool:
        """Whether a checker found the mistake."""
        return bool(self.checkers)


def try_mutant(seeds: int, mutant: Mutant) -> Trial:
    """Run simulations with a mutant until the first failure."""
    with planted(mutant) as copy:
        command = [sys.executable, "-m", "tests.simulation.run", "--seeds", str(seeds), "--workers", "1"]
        command += ["--stop-at-first", "--no-shrink", "--scenario", mutant.scenario]
        try:
            shown = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False, timeout=MOST_SECONDS)
        except subprocess.TimeoutExpired:
            return Trial(mutant, [], 0, f"not finished after {MOST_SECONDS} seconds")
    return read_trial(mutant, shown.stdout, shown.stderr)


def read_trial(mutant: Mutant, output: str, errors: str = "") -> Trial:
    """Return what the output of the command line says about a mutant."""
    counts = re.findall(r"^seeds: (\d+)$", output, re.MULTILINE)
    if "in build_base" in errors:  # the service does not even make the first objects
        return Trial(mutant, ["base"], 0)
    parts = re.findall(r"^failures: \d+\n((?:  [\w -]+ {2,}[\d,]+\n)*)", output, re.MULTILINE)
    if not counts or not parts:
        last_line = (errors.splitlines() or [""])[-1]
        return Trial(mutant, [], 0, f"does not start: {last_line}")
    failed = re.findall(r"^  seeds: (\d+)", output, re.MULTILINE)
    seeds = int(failed[-1]) + 1 if failed else int(counts[-1])  # the seeds of other scenarios count, too
    return Trial(mutant, re.findall(r"^  (.+?) {2,}", parts[-1], re.MULTILINE), seeds)


@contextmanager
def planted(mutant: Mutant) -> Iterator[Path]:
    """Run the block with a copy of the project in which a mistake is made."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        for name in COPIED:
            shutil.copytree(PROJECT / name, copy / name, ignore=IGNORED)
        for name in FILES:
            shutil.copy(PROJECT / name, copy)
        mutant.plant(copy)
        yield copy


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutants that the arguments select, show a table, and return the exit status."""
    parser = argparse.ArgumentParser(description="Plant mistakes and see whether simulations find them.")
    parser.add_argument("--seeds", type=int, default=2000, help="how many seeds each mutant may take")
    parser.add_argument("--only", default="", help="the names of some mutants, such as checks_dropped,claim_unchecked")
    parser.add_argument("--workers", type=int, default=2, help="how many mutants to try at once")
    chosen = parser.parse_args(arguments)
    names = chosen.only.split(",") if chosen.only else []
    selected = [mutant for mutant in MUTANTS if mutant.name in names or not names]
    _show("| mutant | mistake | found by | after seeds |\n|---|---|---|---|")
    with ThreadPoolExecutor(chosen.workers) as pool:
        found = [_show_trial(trial) for trial in pool.map(partial(_try_or_skip, chosen.seeds, names), selected)]
    _show(f"\n{sum(found)} of {len(found)} mutants were found.")
    return 0 if sum(found) >= LEAST_FOUND * len(found) else 1


def _try_or_skip(seeds: int, names: Sequence[str], mutant: Mutant) -> Trial:
    """Try a mutant. One that no seed is expected to find is not run, unless it is named."""
    return Trial(mutant, [], 0) if mutant.survives and not names else try_mutant(seeds, mutant)


def _show_trial(trial: Trial) -> bool:
    """Show a row of the table. Return whether the mutant was found."""
    mutant = trial.mutant
    found_by = ", ".join(trial.checkers) or trial.trouble or f"not found: {mutant.survives or 'nobody knows why'}"
    _show(f"| {mutant.name} | {mutant.why} | {found_by} | {trial.seeds} |")
    return trial.is_found


def _show(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())

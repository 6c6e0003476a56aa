"""The service keeps its promises in the simulated worlds of a fixed set of seeds, and a seed always means the same."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.event_source import COUNTS
from tests.simulation.faults import KINDS
from tests.simulation.mutants import MUTANTS
from tests.simulation.mutate import read_trial
from tests.simulation.regressions import read_regressions
from tests.simulation.report import EVENTS, replay_command
from tests.simulation.shrinking import minimize
from tests.simulation.simulation import Options
from tests.simulation.statistics import STATES
from tests.support.counts import choose

PROJECT = Path(__file__).parent.parent.parent
SEEDS, WORKERS = choose(quick=300, full=10_000), 2
CALLS = choose(quick=20, full=30)  # of a seed


def run(*arguments: str, hash_seed: str = "random") -> subprocess.CompletedProcess[str]:
    """Run simulations in a process of their own, because they replace what the other tests need."""
    command = [sys.executable, "-m", "tests.simulation.run", *arguments]
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)


def counts_in(output: str) -> dict[str, int]:
    rows = re.findall(r"^(?:  )?([a-z0-9][\w -]*?)(?::| {2,}) *([\d,]+)$", output, re.MULTILINE)
    return {name: int(number.replace(",", "")) for name, number in rows}


def test_the_service_keeps_its_promises_in_all_seeds_and_in_those_that_once_failed() -> None:
    done = run("--regressions", "--seeds", str(SEEDS), "--calls", str(CALLS), "--workers", str(WORKERS))
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
    counts = counts_in(done.stdout)
    assert counts["seeds"] == SEEDS + len(read_regressions())
    assert counts["requests"] > CALLS * SEEDS
    assert counts["2xx"] > counts["requests"] / 2
    never = [name for name in (*KINDS, *EVENTS, *STATES, *COUNTS) if counts[name] == 0]
    assert never == [], "No seed has this fault, or reaches this state."
    assert counts["failures"] == 0


@pytest.mark.nightly
def test_a_seed_means_the_same_in_another_process_with_other_hashes_and_after_other_seeds() -> None:
    whole = run("--digest", "--seeds", "12", hash_seed="1").stdout.splitlines()
    part = run("--digest", "--first", "7", "--seeds", "5", hash_seed="2").stdout.splitlines()
    assert len(set(whole)) == 12
    assert part == whole[7:]


@pytest.mark.parametrize("needed", [[], ["c1.r1"], ["c1.r2", "c2.r7"], [f"c1.r{number}" for number in range(20)]])
def test_shortening_keeps_what_the_failure_needs_and_nothing_else(needed: list[str]) -> None:
    everything = [f"c{client}.r{number}" for client in (1, 2) for number in range(20)]
    assert minimize(everything, lambda kept: set(needed) <= set(kept)) == needed


def test_a_replay_names_everything_that_differs_from_an_ordinary_run() -> None:
    assert replay_command(7, Options()) == "make simulate SEED=7"
    options = Options(
        calls=5, skipped=frozenset({"c2.r1", "c1.r3"}), suppressed=frozenset({"event@9"}), switch_rate=0.0
    )
    shown = replay_command(7, options)
    assert shown == "make simulate SEED=7 CALLS=5 SWITCH_RATE=0 SKIP=c1.r3,c2.r1 SUPPRESS=event@9"


def test_a_regression_says_what_was_wrong() -> None:
    [regression] = read_regressions(["# a comment", "", "--seed 3 --skip c1.r1 # It lost an item."])
    assert regression == (["--seed", "3", "--skip", "c1.r1"], "It lost an item.")
    with pytest.raises(ValueError, match="what was wrong"):
        read_regressions(["--seed 3"])


def test_the_output_of_a_run_says_which_checker_found_a_mutant_and_when() -> None:
    output = "seeds: 12\nrequests: 30\n  2xx     30\nfailures: 1\n  places        1\n  versions      1\n  seeds: 11\n"
    trial = read_trial(MUTANTS[0], output)
    assert (trial.checkers, trial.seeds, trial.is_found) == (["places", "versions"], 12, True)
    assert not read_trial(MUTANTS[0], "seeds: 9\nfailures: 0\n").is_found
    assert read_trial(MUTANTS[0], "", "Traceback\nno module").trouble == "does not start: no module"
    assert read_trial(MUTANTS[0], "", "in build_base").checkers == ["base"]

"""A failure can be replayed: by its command, also in its shortened form."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS
from tests.simulation.mutate import planted

pytestmark = pytest.mark.nightly

FOUND_AT_ONCE = "old_placement_kept"
OPTIONS = {
    "SEED": "--seed",
    "CALLS": "--calls",
    "SWITCH_RATE": "--switch-rate",
    "SKIP": "--skip",
    "SUPPRESS": "--suppress",
}


def run(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "tests.simulation.run", "--workers", "1", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def arguments_of(make_command: str) -> list[str]:
    """Return the arguments that the target `simulate` of the Makefile makes of its variables."""
    pairs = [word.partition("=") for word in shlex.split(make_command)[2:]]
    return [argument for name, _, value in pairs for argument in (OPTIONS[name], value)]


def history_in(output: str) -> list[str]:
    """Return the lines of the history, without those of the summary."""
    lines = output.partition("\nseeds: ")[0].splitlines()
    return lines[next(number for number, line in enumerate(lines) if line.startswith("  step")) :]


def test_the_printed_commands_replay_a_failure_and_its_shortened_history() -> None:
    [mutant] = [mutant for mutant in MUTANTS if mutant.name == FOUND_AT_ONCE]
    with planted(mutant) as folder:
        failed = run(folder, "--seeds", "20", "--stop-at-first")
        [whole] = re.findall(r"^Replay it: (.*)$", failed, re.MULTILINE)
        [shortened] = re.findall(r"^Shortened in \d+ runs: (.*)$", failed, re.MULTILINE)
        replayed = run(folder, *arguments_of(whole), "--no-shrink")
        shorter = run(folder, *arguments_of(shortened), "--no-shrink")
    assert failed.splitlines()[:2] == replayed.splitlines()[:2]
    assert history_in(shorter) == history_in(failed)
    assert len(history_in(failed)) < len(history_in(replayed)) / 2

"""`make help` lists what `make` can do."""

import re
from pathlib import Path

from infra.testing.processes import environment, run

PROJECT = Path(__file__).parent.parent.parent
MAKEFILE = (PROJECT / "Makefile").read_text()
# The rules for people: those whose targets are words. Those for files have a dot or a slash.
TARGETS = {
    target for targets in re.findall(r"^([a-z][a-z -]*):(?!=)", MAKEFILE, re.MULTILINE) for target in targets.split()
}


def test_make_help_lists_every_target_once_with_its_purpose() -> None:
    shown = run(["make", "-C", str(PROJECT), "--no-print-directory", "help"], environment(MAKEFLAGS="")).stdout
    lines = re.findall(r"^make (\S+) +(\S.*)$", shown, re.MULTILINE)
    assert len(lines) == len(shown.splitlines()) == len(TARGETS)
    assert {target for target, _ in lines} == TARGETS


def test_no_target_is_taken_for_a_file() -> None:
    shown = run(["make", "-C", str(PROJECT), "-pnq", "help"], environment(MAKEFLAGS="")).stdout
    [phony] = re.findall(r"^\.PHONY: (.*)$", shown, re.MULTILINE)
    assert set(phony.split()) == TARGETS


def test_an_installation_says_what_it_does() -> None:
    for target in (".venv/run", ".venv/test"):
        [recipe] = re.findall(rf"^{re.escape(target)}: .*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
        assert recipe.lstrip().startswith('@echo "Installing ')

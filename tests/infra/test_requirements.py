"""What ships and what runs with AWS credentials: every file of every package has a known hash."""

import re
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra.pins import normalize, read_hashes, read_versions

PROJECT = Path(__file__).parent.parent.parent
SHIPPED, TOOLS = "requirements", "infra/requirements"
LOCKED = (SHIPPED, TOOLS)
# Each of these is installed in an environment of its own.
CLIENTS = ("pandas", "mcp_clients/official", "mcp_clients/early", "mcp_clients/fastmcp")
SEPARATE = tuple(f"tests/tools/{name}/requirements" for name in CLIENTS)
MAKEFILE = (PROJECT / "Makefile").read_text()
ADVICE = "run `make lock`"


def recipe(target: str) -> str:
    """Return a rule of the Makefile: its line with the prerequisites and the lines below it."""
    [rule] = re.findall(rf"^{re.escape(target)}: (?!export).*(?:\n\t.*)*", MAKEFILE, re.MULTILINE)
    return str(rule)


def wanted(name: str) -> set[str]:
    """Return the packages that an input file names, and those of the files that it includes."""
    file = PROJECT / f"{name}.in"
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    included = {one for line in lines if line.startswith("-r ") for one in wanted(SHIPPED)}
    return included | {normalize(line.partition("==")[0]) for line in lines if not line.startswith("-")}


@pytest.mark.parametrize("name", [*LOCKED, *SEPARATE])
def test_every_pinned_version_has_the_hashes_of_its_files(name: str) -> None:
    file = PROJECT / f"{name}.txt"
    hashes = read_hashes(file)
    assert wanted(name) <= hashes.keys(), ADVICE
    assert all(hashes.values()), ADVICE
    lines = [line for line in file.read_text().splitlines() if not line.startswith(("#", " "))]
    assert len(lines) == len(hashes), "there is nothing but pinned versions"


@pytest.mark.parametrize("name", LOCKED)
def test_the_versions_are_those_of_the_constraints(name: str) -> None:
    versions, constraints = read_versions(PROJECT / f"{name}.txt"), read_versions(PROJECT / "infra/constraints.txt")
    assert versions.keys() <= constraints.keys(), "the test tools must get the same versions"
    assert versions == {one: constraints[one] for one in versions}, ADVICE


def test_the_tools_run_on_the_files_that_ship() -> None:
    tools = read_hashes(PROJECT / f"{TOOLS}.txt")
    shipped = read_hashes(PROJECT / f"{SHIPPED}.txt")
    assert {name: tools.get(name) for name in shipped} == shipped, ADVICE


@pytest.mark.parametrize("name", LOCKED)
def test_everything_that_a_locked_package_requires_is_locked(name: str) -> None:
    versions = read_versions(PROJECT / f"{name}.txt")
    for package in versions.keys() - {"ansicon"}:  # for Windows
        for text in requires(package) or []:
            required = Requirement(text)
            if required.marker is None or required.marker.evaluate({"extra": ""}):
                version = versions.get(normalize(required.name))
                assert version, f"{package} requires {text}: {ADVICE}"
                assert required.specifier.contains(version), f"{package} requires {text}: {ADVICE}"


def test_pip_installs_these_files_with_hashes_only_and_builds_nothing() -> None:
    assert re.search(r"^HASHED := --require-hashes --only-binary :all:$", MAKEFILE, re.MULTILINE)
    assert "$(HASHED) -r infra/requirements.txt" in recipe(".venv/run")


def test_what_has_aws_credentials_runs_on_these_files_alone() -> None:
    for target in ("package", "deploy", "rollback", "template", "destroy", "logs"):
        assert re.match(rf"{target}: .venv/run ##", recipe(target))
    assert recipe(".venv/run").startswith(".venv/run: .venv/bin/python infra/requirements.txt\n")
    assert "pip" in wanted(TOOLS), "pip itself is one of them"


def test_make_lock_writes_each_of_these_files() -> None:
    [inputs] = re.findall(r"for input in ([^;]+);", recipe("lock"))
    assert tuple(inputs.replace("\\\n", " ").split()) == (*LOCKED, *SEPARATE)
    assert "--generate-hashes" in MAKEFILE
    assert "--constraint infra/constraints.txt" in MAKEFILE

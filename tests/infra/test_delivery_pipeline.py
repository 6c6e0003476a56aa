"""Workflows that only call make, and the one repository that may take the role of a stage."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.policies import PIPELINE
from tests.support.yaml_files import read_yaml

PROJECT = Path(__file__).parent.parent.parent
Json = dict[str, Any]

WORKFLOWS: dict[str, Json] = {path.name: read_yaml(path) for path in sorted((PROJECT / ".github/workflows").iterdir())}
JOBS = {f"{name}: {job}": body for name, flow in WORKFLOWS.items() for job, body in flow["jobs"].items()}
STEPS = [pytest.param(step, id=f"{job} {n}") for job, body in JOBS.items() for n, step in enumerate(body["steps"], 1)]
DEPLOYING = {"deploy.yml: dev", "deploy.yml: prod"}
TARGETS = {
    target
    for line in re.findall(r"^([a-z][a-z -]*):(?!=)", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    for target in line.split()
}
HELPERS = {
    "actions/checkout",
    "actions/setup-python",
    "actions/upload-artifact",
    "aws-actions/configure-aws-credentials",
}

ROLE: Json = PIPELINE["Resources"]["Deployer"]["Properties"]
TOKEN = "token.actions.githubusercontent.com"


def commands(step: Json) -> Iterator[list[str]]:
    return (shlex.split(line) for line in step.get("run", "").splitlines())


@pytest.mark.parametrize("step", STEPS)
def test_a_step_calls_make_or_prepares_it(step: Json) -> None:
    assert ("run" in step) != ("uses" in step)
    for program, target, *settings in commands(step):
        assert program == "make"
        assert target in TARGETS
        assert all(re.fullmatch(r"[A-Z]+=[a-z]+", setting) for setting in settings)


@pytest.mark.parametrize("step", STEPS)
def test_an_action_is_one_of_four_and_pinned_by_its_commit(step: Json) -> None:
    if "uses" in step:
        action, _, commit = step["uses"].partition("@")
        assert action in HELPERS
        assert re.fullmatch(r"[0-9a-f]{40}", commit)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_pin_says_which_version_it_is(name: str) -> None:
    pins = re.findall(r"uses: (\S+)(.*)", (PROJECT / ".github/workflows" / name).read_text())
    assert pins
    assert all(re.fullmatch(r" # v\d+\.\d+\.\d+", version) for _, version in pins)
    assert len({pin for pin, _ in pins}) == len({pin.split("@")[0] for pin, _ in pins}), "one version of each action"


@pytest.mark.parametrize("step", STEPS)
def test_a_checkout_leaves_no_credentials_behind(step: Json) -> None:
    if step.get("uses", "").startswith("actions/checkout@"):
        assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_has_no_permissions_by_default_and_never_runs_twice_at_once(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {}
    assert WORKFLOWS[name]["concurrency"]["group"]


@pytest.mark.parametrize("job", JOBS)
def test_only_deploying_jobs_may_take_a_role(job: str) -> None:
    allowed = {"contents": "read"} | ({"id-token": "write"} if job in DEPLOYING else {})
    assert JOBS[job]["permissions"] == allowed
    assert JOBS[job]["timeout-minutes"] <= (60 if job in DEPLOYING else 300), "a role's session lasts an hour"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_deployment_follows_the_tests_and_saves_the_previous_template(stage: str) -> None:
    job = WORKFLOWS["deploy.yml"]["jobs"][stage]
    done = [" ".join(command) for step in job["steps"] for command in commands(step)]
    uploads = [n for n, step in enumerate(job["steps"]) if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert job["needs"] == "test"
    assert done == [f"make package STAGE={stage}", f"make template STAGE={stage}", f"make deploy STAGE={stage}"]
    assert uploads == [len(job["steps"]) - 2], "just before the deployment"


@pytest.mark.parametrize("job", sorted(DEPLOYING))
def test_packages_are_installed_before_the_job_takes_its_role(job: str) -> None:
    steps = [step.get("run", step.get("uses", "")).partition("@")[0] for step in JOBS[job]["steps"]]
    stage = job.rpartition(" ")[2]
    assert steps.index(f"make package STAGE={stage}") < steps.index("aws-actions/configure-aws-credentials")


def test_the_deploying_role_is_for_one_repository_and_one_place_in_it() -> None:
    [trust] = ROLE["AssumeRolePolicyDocument"]["Statement"]
    prod, dev = "repo:${Repository}:environment:prod", "repo:${Repository}:ref:refs/heads/main"
    assert trust["Condition"] == {
        "StringEquals": {
            f"{TOKEN}:aud": "sts.amazonaws.com",
            f"{TOKEN}:sub": {"Fn::If": ["IsProd", {"Fn::Sub": prod}, {"Fn::Sub": dev}]},
        }
    }
    assert PIPELINE["Conditions"]["IsProd"] == {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}


def test_the_jobs_have_the_subjects_that_the_roles_ask_for() -> None:
    jobs = WORKFLOWS["deploy.yml"]["jobs"]
    assert "environment" not in jobs["dev"]
    assert jobs["prod"]["environment"] == "prod"


@pytest.mark.parametrize(
    ("repository", "accepted"),
    [
        ("acme/workspaces-api", True),
        ("acme@123/workspaces.api@456", True),
        ("acme/*", False),
        ("*/workspaces-api", False),
        ("acme/workspaces-api:ref:refs/heads/other", False),
        ("acme", False),
    ],
)
def test_a_repository_is_named_in_full(repository: str, accepted: bool) -> None:
    pattern = PIPELINE["Parameters"]["Repository"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, repository)) == accepted

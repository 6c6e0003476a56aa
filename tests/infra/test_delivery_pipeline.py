"""Workflows that only call make, and deployment permissions as narrow as AWS allows."""

import json
import re
import shlex
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs
from cfnlint.decode.cfn_yaml import load

PROJECT = Path(__file__).parent.parent.parent
Json = dict[str, Any]

WORKFLOWS: dict[str, Json] = {path.name: load(str(path)) for path in sorted((PROJECT / ".github/workflows").iterdir())}
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

POLICY: Json = json.loads((PROJECT / "infra/deployer-policy.json").read_text())
STATEMENTS = [pytest.param(statement, id=statement["Sid"]) for statement in POLICY["Statement"]]
LARGEST_POLICY = 6144  # characters without whitespace, the quota of a managed policy
NAME = "ogsm-workspaces-"
LISTS_ALL = "AWS can list only all of them"
UNRESTRICTED = {
    "cloudformation:ListStacks": LISTS_ALL,
    "logs:DescribeIndexPolicies": LISTS_ALL,
    "logs:DescribeLogGroups": LISTS_ALL,
    "logs:DescribeResourcePolicies": LISTS_ALL,
    "sts:GetCallerIdentity": "it is about the caller only",
}
NAMELESS = {
    "arn:aws:apigateway:*::/": "API Gateway chooses its ids",
    "arn:aws:cloudformation:*:aws:transform/Serverless-2016-10-31": "SAM belongs to AWS",
    "arn:aws:iam::*:role/aws-service-role/ops.apigateway.amazonaws.com/": "AWS names the role of a service",
}

PIPELINE: Json = load(str(PROJECT / "infra/pipeline.yaml"))
ROLE: Json = PIPELINE["Resources"]["Deployer"]["Properties"]
TOKEN = "token.actions.githubusercontent.com"


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


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
    assert JOBS[job]["timeout-minutes"] <= 60, "an hour is what the role's session lasts"


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_deployment_follows_the_tests_and_saves_the_previous_template(stage: str) -> None:
    job = WORKFLOWS["deploy.yml"]["jobs"][stage]
    done = [" ".join(command) for step in job["steps"] for command in commands(step)]
    uploads = [n for n, step in enumerate(job["steps"]) if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert job["needs"] == "test"
    assert done == ["make tools", f"make template STAGE={stage}", f"make deploy STAGE={stage}"]
    assert uploads == [len(job["steps"]) - 2], "just before the deployment"


@pytest.mark.parametrize("job", sorted(DEPLOYING))
def test_packages_are_installed_before_the_job_takes_its_role(job: str) -> None:
    steps = [step.get("run", step.get("uses", "")).partition("@")[0] for step in JOBS[job]["steps"]]
    assert steps.index("make tools") < steps.index("aws-actions/configure-aws-credentials")


def test_the_policy_fits_into_a_managed_policy() -> None:
    assert len(re.sub(r"\s", "", json.dumps(POLICY))) <= LARGEST_POLICY


def test_aws_knows_every_action_of_the_policy_and_its_resource() -> None:
    known = [one for one in POLICY["Statement"] if one["Sid"] != "Sam"]  # cfn-lint does not know transforms
    document = {"Version": POLICY["Version"], "Statement": known}
    resource = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    found = lint(json.dumps({"Resources": {"Policy": resource}}), config=ManualArgs(include_checks=["I"]))
    assert [match.message for match in found] == []


@pytest.mark.parametrize("statement", STATEMENTS)
def test_only_reading_actions_have_wildcards(statement: Json) -> None:
    for action in listed(statement["Action"]):
        assert "*" not in action or re.fullmatch(r"[a-z0-9]+:Get[A-Za-z]+\*", action), action


@pytest.mark.parametrize("statement", STATEMENTS)
def test_everything_is_limited_to_this_service_unless_aws_cannot(statement: Json) -> None:
    if statement["Resource"] == "*":
        assert set(statement["Action"]) == set(UNRESTRICTED)
        return
    for resource in listed(statement["Resource"]):
        assert NAME in resource or resource.startswith(tuple(NAMELESS)), resource


@pytest.mark.parametrize("statement", STATEMENTS)
def test_roles_are_passed_to_lambda_and_api_gateway_only(statement: Json) -> None:
    if "iam:PassRole" in listed(statement["Action"]):
        services = statement["Condition"]["StringEquals"]["iam:PassedToService"]
        assert services == ["apigateway.amazonaws.com", "lambda.amazonaws.com"]


def test_the_only_managed_policy_that_can_be_attached_is_the_one_for_gateway_logs() -> None:
    [statement] = [one for one in POLICY["Statement"] if "iam:AttachRolePolicy" in one["Action"]]
    policy = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
    assert statement["Condition"] == {"ArnEquals": {"iam:PolicyARN": policy}}


def test_the_deploying_role_cannot_change_itself() -> None:
    mine = f"arn:aws:iam::123456789012:role/{ROLE['RoleName']['Fn::Sub']}"
    patterns = [pattern for one in POLICY["Statement"] for pattern in listed(one["Resource"]) if pattern != "*"]
    assert not [pattern for pattern in patterns if fnmatchcase(mine, pattern)]


def test_the_deploying_role_has_the_permissions_of_the_policy_for_an_hour() -> None:
    assert ROLE["ManagedPolicyArns"] == [{"Ref": "PolicyArn"}]
    assert ROLE["MaxSessionDuration"] == 3600
    [_, _, only_dev] = ROLE["Policies"][0]["Fn::If"]
    assert {one["Effect"] for one in only_dev["PolicyDocument"]["Statement"]} == {"Deny"}


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

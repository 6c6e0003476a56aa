"""What the role of the pipeline may do, and that it leads to nothing more, whatever somebody pushes to main."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra import deploy
from tests.support.policies import (
    ACCOUNT,
    PIPELINE,
    PSEUDO_PARAMETERS,
    REGION,
    boundary_arn,
    is_allowed,
    listed,
    pipeline_policy,
    resolve,
)

Json = dict[str, Any]

STAGES: list[str] = PIPELINE["Parameters"]["Stage"]["AllowedValues"]
RESOURCES: Json = PIPELINE["Resources"]
ROLE: Json = RESOURCES["Deployer"]["Properties"]
LARGEST_POLICY = 6144  # characters without whitespace, the quota of a managed policy
LISTS_ALL = "AWS can list only all of them"
UNRESTRICTED = {
    "iam:ListPolicies": LISTS_ALL,
    "logs:DescribeIndexPolicies": LISTS_ALL,
    "logs:DescribeLogGroups": LISTS_ALL,
    "logs:DescribeResourcePolicies": LISTS_ALL,
    "sts:GetCallerIdentity": "it is about the caller only",
}
NAMELESS = {
    "arn:aws:apigateway:*::/": "API Gateway chooses its ids",
    "arn:aws:cloudformation:*:aws:transform/Serverless-2016-10-31": "SAM belongs to AWS",
    f"arn:aws:lambda:*:{ACCOUNT}:event-source-mapping:*": "Lambda chooses the ids; these actions are about tags only",
    f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ops.apigateway.amazonaws.com/": "AWS names the role of a service",
}
# The modules that `make deploy` runs, and the actions of IAM for those of their calls that have another name there.
DEPLOYING = ("artifacts", "change_sets", "deploy", "function_logs", "stacks")
ACTIONS = {
    "cloudformation:change_set_create_complete": "cloudformation:DescribeChangeSet",
    "apigateway:get_account": "apigateway:GET",
    "s3:head_object": "s3:GetObject",
}
SHARED = {
    f"arn:aws:cloudformation:*:{ACCOUNT}:stack/ogsm-workspaces-account/*",
    f"arn:aws:s3:::ogsm-workspaces-artifacts-{ACCOUNT}-*",
}


def iam(rest: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{rest}"


def in_region(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


PARTS = ("DeployerPolicy", "DeployerEvents")


def deployer_policy(stage: str) -> Json:
    """Return the policies of the role of a stage as one."""
    parts = [pipeline_policy(name, stage) for name in PARTS]
    return parts[0] | {"Statement": [statement for part in parts for statement in part["Statement"]]}


POLICIES = {stage: deployer_policy(stage) for stage in STAGES}
BOUNDARIES = {stage: pipeline_policy("Boundary", stage) for stage in STAGES}
STATEMENTS = {one["Sid"]: one for one in POLICIES["dev"]["Statement"]}

OWN = iam("role/ogsm-workspaces-dev-ApiHandlerRole-ABC")
OTHERS = iam("role/OrganizationAdmin")
ADMIN_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"
BOUNDED = {"iam:PermissionsBoundary": boundary_arn("dev")}
BUCKET = f"arn:aws:s3:::ogsm-workspaces-artifacts-{ACCOUNT}-{REGION}"
STACK = in_region("cloudformation", "stack/ogsm-workspaces-dev/1")
ACCOUNT_STACK = in_region("cloudformation", "stack/ogsm-workspaces-account/1")

# What somebody with the role of dev would try. Each is one request to AWS: action, resource, and what IAM knows of it.
ATTACKS: dict[str, tuple[str, str, dict[str, str]]] = {
    "create a role without a boundary": ("iam:CreateRole", OWN, {}),
    "create a role with a boundary that allows everything": (
        "iam:CreateRole",
        OWN,
        {"iam:PermissionsBoundary": ADMIN_POLICY},
    ),
    "create a role with the boundary of prod": (
        "iam:CreateRole",
        OWN,
        {"iam:PermissionsBoundary": boundary_arn("prod")},
    ),
    "create a role outside the stage": ("iam:CreateRole", iam("role/mine"), BOUNDED),
    "create a role under a path": ("iam:CreateRole", iam("role/x/ogsm-workspaces-dev-mine"), BOUNDED),
    "give rights to a role without a boundary": ("iam:PutRolePolicy", OWN, {}),
    "give rights to a role of somebody else": ("iam:PutRolePolicy", OTHERS, {}),
    "give rights to the role of the pipeline": ("iam:PutRolePolicy", iam("role/deploy-ogsm-workspaces-dev"), {}),
    "attach a policy of AWS to an own role": ("iam:AttachRolePolicy", OWN, BOUNDED | {"iam:PolicyARN": ADMIN_POLICY}),
    "attach a policy of AWS to the role of the pipeline": (
        "iam:AttachRolePolicy",
        iam("role/deploy-ogsm-workspaces-dev"),
        {"iam:PolicyARN": ADMIN_POLICY},
    ),
    "take the boundary off a role": ("iam:DeleteRolePermissionsBoundary", OWN, BOUNDED),
    "exchange the boundary of a role": (
        "iam:PutRolePermissionsBoundary",
        OWN,
        {"iam:PermissionsBoundary": ADMIN_POLICY},
    ),
    "widen the boundary": ("iam:CreatePolicyVersion", boundary_arn("dev"), {}),
    "return to an older version of the boundary": ("iam:SetDefaultPolicyVersion", boundary_arn("dev"), {}),
    "delete the boundary": ("iam:DeletePolicy", boundary_arn("dev"), {}),
    "create the boundary anew": ("iam:CreatePolicy", boundary_arn("dev"), {}),
    "widen the policy of the pipeline": ("iam:CreatePolicyVersion", iam("policy/deploy-ogsm-workspaces-dev"), {}),
    "let somebody else take an own role": ("iam:UpdateAssumeRolePolicy", OWN, {}),
    "let another repository take the role": ("iam:UpdateAssumeRolePolicy", iam("role/deploy-ogsm-workspaces-dev"), {}),
    "pass an administrator's role to a function": (
        "iam:PassRole",
        OTHERS,
        {"iam:PassedToService": "lambda.amazonaws.com"},
    ),
    "pass the role of the pipeline to a function": (
        "iam:PassRole",
        iam("role/deploy-ogsm-workspaces-dev"),
        {"iam:PassedToService": "lambda.amazonaws.com"},
    ),
    "pass the role of a function of prod to one of dev": (
        "iam:PassRole",
        iam("role/ogsm-workspaces-prod-ApiHandlerRole-ABC"),
        {"iam:PassedToService": "lambda.amazonaws.com"},
    ),
    "pass the role for the logs of API Gateway": (
        "iam:PassRole",
        iam("role/ogsm-workspaces-account-GatewayLoggingRole-ABC"),
        {"iam:PassedToService": "apigateway.amazonaws.com"},
    ),
    **{
        f"pass a role to {service}": ("iam:PassRole", OWN, {"iam:PassedToService": f"{service}.amazonaws.com"})
        for service in ("apigateway", "cloudformation", "codebuild", "ec2", "events", "scheduler")
    },
    "take an administrator's role": ("sts:AssumeRole", OTHERS, {}),
    "take an own role": ("sts:AssumeRole", OWN, {}),
    "create a user": ("iam:CreateUser", iam("user/mine"), {}),
    "create a key for a user": ("iam:CreateAccessKey", iam("user/admin"), {}),
    "set a password": ("iam:UpdateLoginProfile", iam("user/admin"), {}),
    "add a user to a group": ("iam:AddUserToGroup", iam("group/admins"), {}),
    "change who may sign in from GitHub": (
        "iam:UpdateOpenIDConnectProviderThumbprint",
        iam("oidc-provider/token.actions.githubusercontent.com"),
        {},
    ),
    "create a stack with another name": (
        "cloudformation:CreateChangeSet",
        in_region("cloudformation", "stack/mine/1"),
        {},
    ),
    "change the stack of the pipeline": (
        "cloudformation:CreateChangeSet",
        in_region("cloudformation", "stack/pipeline-ogsm-workspaces-dev/1"),
        {},
    ),
    "change what the stages share": (
        "cloudformation:ExecuteChangeSet",
        in_region("cloudformation", "stack/ogsm-workspaces-account/1"),
        {},
    ),
    "update a stack past its change sets": ("cloudformation:UpdateStack", STACK, {}),
    "use a macro of the AWS account": (
        "cloudformation:CreateChangeSet",
        in_region("cloudformation", "transform/Macro"),
        {},
    ),
    "register a resource type": ("cloudformation:RegisterType", "*", {}),
    "change the code of another function": (
        "lambda:UpdateFunctionCode",
        in_region("lambda", "function:billing"),
        {},
    ),
    "change the code of a function of prod": (
        "lambda:UpdateFunctionCode",
        in_region("lambda", "function:ogsm-workspaces-prod-APIHandler-ABC"),
        {},
    ),
    "let a function of prod read a stream": (
        "lambda:CreateEventSourceMapping",
        "*",
        {"lambda:FunctionArn": in_region("lambda", "function:ogsm-workspaces-prod-RecordChanges-ABC")},
    ),
    "keep a function of prod from reading its stream": (
        "lambda:UpdateEventSourceMapping",
        in_region("lambda", "event-source-mapping:0-1-2"),
        {"lambda:FunctionArn": in_region("lambda", "function:ogsm-workspaces-prod-RecordChanges-ABC")},
    ),
    "create a mapping for an unknown function": ("lambda:CreateEventSourceMapping", "*", {}),
    "read the stream of prod": (
        "dynamodb:GetRecords",
        in_region("dynamodb", "table/ogsm-workspaces-prod-Table-ABC/stream/2026-01-01T00:00:00.000"),
        {},
    ),
    "read the table of prod": ("dynamodb:Query", in_region("dynamodb", "table/ogsm-workspaces-prod-Table-ABC"), {}),
    "give away a table": ("dynamodb:PutResourcePolicy", in_region("dynamodb", "table/ogsm-workspaces-dev-Table"), {}),
    "plant a package of prod": ("s3:PutObject", f"{BUCKET}/prod/0123456789abcdef", {}),
    "open the bucket": ("s3:PutBucketPolicy", BUCKET, {}),
    "change the role that API Gateway logs with": ("apigateway:PATCH", f"arn:aws:apigateway:{REGION}::/account", {}),
    "run a build": ("codebuild:StartBuild", in_region("codebuild", "project/x"), {}),
    "start a machine": ("ec2:RunInstances", in_region("ec2", "instance/*"), {}),
    "run a command on a machine": ("ssm:SendCommand", in_region("ssm", "document/x"), {}),
}
NEEDED: dict[str, tuple[str, str, dict[str, str]]] = {
    "create a role with the boundary": ("iam:CreateRole", OWN, BOUNDED),
    "give rights to a role with the boundary": ("iam:PutRolePolicy", OWN, BOUNDED),
    "give the boundary to a role of an older release": ("iam:PutRolePermissionsBoundary", OWN, BOUNDED),
    "delete a role": ("iam:DeleteRole", OWN, {}),
    "pass a role to a function": ("iam:PassRole", OWN, {"iam:PassedToService": "lambda.amazonaws.com"}),
    "find the boundary": ("iam:ListPolicies", "*", {}),
    "update the stack": ("cloudformation:ExecuteChangeSet", STACK, {}),
    "remove a change set that is not executed": ("cloudformation:DeleteChangeSet", STACK, {}),
    "find out that the stages share what they need": ("cloudformation:CreateChangeSet", ACCOUNT_STACK, {}),
    **{
        f"{verb} the event source of a function": (
            f"lambda:{verb.capitalize()}EventSourceMapping",
            "*" if verb == "create" else in_region("lambda", "event-source-mapping:0-1-2"),
            {"lambda:FunctionArn": in_region("lambda", "function:ogsm-workspaces-dev-RecordChanges-ABC")},
        )
        for verb in ("create", "get", "update", "delete")
    },
    "tag the event source of a function": (
        "lambda:TagResource",
        in_region("lambda", "event-source-mapping:0-1-2"),
        {},
    ),
    "upload a package": ("s3:PutObject", f"{BUCKET}/dev/0123456789abcdef", {}),
    "create an API key": ("apigateway:POST", f"arn:aws:apigateway:{REGION}::/apikeys", {}),
    "add an API key to the usage plan": ("apigateway:POST", f"arn:aws:apigateway:{REGION}::/usageplans/a/keys", {}),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_role_of_the_pipeline_cannot(attack: str) -> None:
    assert not is_allowed([POLICIES["dev"]], *ATTACKS[attack])


@pytest.mark.parametrize("step", NEEDED)
def test_the_role_of_the_pipeline_can(step: str) -> None:
    assert is_allowed([POLICIES["dev"]], *NEEDED[step])


def test_the_role_may_make_each_call_of_the_deployment_and_no_other_of_cloudformation() -> None:
    text = "".join(Path(deploy.__file__).with_name(f"{name}.py").read_text() for name in DEPLOYING)
    calls = re.findall(r"""client\(["'](\w+)["']\)\.(?:get_paginator\("|get_waiter\(")?([a-z_]+)""", text)
    called = {action_of(service, call) for service, call in calls if call != "meta"}
    allowed = {one for statement in STATEMENTS.values() for one in listed(statement["Action"])}
    assert len(called) > 12
    assert called <= allowed
    own = {action for action in allowed if action.startswith("cloudformation:")}
    assert own - called == {"cloudformation:TagResource", "cloudformation:UntagResource"}, "the tags of the stack"


def action_of(service: str, call: str) -> str:
    """Return the action of IAM that a call of botocore needs."""
    return ACTIONS.get(f"{service}:{call}") or f"{service}:{''.join(map(str.capitalize, call.split('_')))}"


@pytest.mark.parametrize(
    ("action", "resource"), sorted({(action, resource) for action, resource, _ in ATTACKS.values()})
)
def test_a_function_cannot_either_even_if_its_role_is_given_every_right(action: str, resource: str) -> None:
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    assert not is_allowed([everything], action, resource, boundary=BOUNDARIES["dev"])


@pytest.mark.parametrize("action", ["iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion"])
def test_the_boundary_holds_even_if_the_role_of_the_pipeline_is_given_every_right(action: str) -> None:
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    resource = boundary_arn("dev") if "Policy" in action else OWN
    assert is_allowed([everything], action, resource)
    assert not is_allowed([everything, POLICIES["dev"]], action, resource)


@pytest.mark.parametrize(
    ("action", "rest"),
    [("dynamodb:Query", "table/ogsm-workspaces-{}-Table"), ("dynamodb:GetItem", "table/ogsm-workspaces-{}-restored")],
)
def test_a_function_reaches_the_tables_of_its_own_stage_alone(action: str, rest: str) -> None:
    everything = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    for stage in STAGES:
        for owner in STAGES:
            table = in_region("dynamodb", rest.format(owner))
            assert is_allowed([everything], action, table, boundary=BOUNDARIES[stage]) == (stage == owner)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("logs:PutLogEvents", in_region("logs", "log-group:/aws/lambda/ogsm-workspaces-dev-api:log-stream:a")),
        ("dynamodb:Query", in_region("dynamodb", "table/ogsm-workspaces-dev-Table-ABC/index/alarms")),
        ("dynamodb:GetRecords", in_region("dynamodb", "table/ogsm-workspaces-dev-Table-ABC/stream/2026-01-01")),
        ("dynamodb:ListStreams", "*"),
        ("ses:SendEmail", in_region("ses", "identity/example.org")),
        ("xray:PutTraceSegments", "*"),
    ],
)
def test_the_boundary_leaves_room_for_what_a_function_does(action: str, resource: str) -> None:
    own = {"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}
    assert is_allowed([own], action, resource, boundary=BOUNDARIES["dev"])


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", [*PARTS, "Boundary"])
def test_a_policy_fits_into_a_managed_policy(name: str, stage: str) -> None:
    assert len(re.sub(r"\s", "", json.dumps(pipeline_policy(name, stage)))) <= LARGEST_POLICY


@pytest.mark.parametrize("policy", [POLICIES["dev"], BOUNDARIES["dev"]])
def test_aws_knows_every_action_of_a_policy_and_its_resource(policy: Json) -> None:
    from cfnlint.api import lint  # it takes a second
    from cfnlint.config import ManualArgs

    known = [one for one in policy["Statement"] if one["Sid"] != "Sam"]  # cfn-lint does not know transforms
    checked = {"Version": policy["Version"], "Statement": known}
    resource = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": checked}}
    found = lint(json.dumps({"Resources": {"Policy": resource}}), config=ManualArgs(include_checks=["I"]))
    assert [match.message for match in found] == []


def test_no_action_has_wildcards() -> None:
    for statement in STATEMENTS.values():
        assert "*" not in "".join(listed(statement["Action"]))


@pytest.mark.parametrize("name", [name for name, one in STATEMENTS.items() if one["Effect"] == "Allow"])
def test_everything_is_limited_to_the_stage_unless_aws_cannot(name: str) -> None:
    statement = STATEMENTS[name]
    if statement["Resource"] == "*" and "Condition" in statement:
        assert statement["Condition"]["ArnEquals"]["lambda:FunctionArn"].endswith(":function:ogsm-workspaces-dev-*")
        return
    if statement["Resource"] == "*":
        assert set(statement["Action"]) == set(UNRESTRICTED)
        return
    for resource in set(listed(statement["Resource"])) - SHARED:
        is_named = "ogsm-workspaces-dev" in resource or resource.endswith("/dev/*")
        assert is_named or resource.startswith(tuple(NAMELESS)), resource


def test_the_role_has_these_policies_for_an_hour_and_dev_may_not_touch_the_api_of_prod() -> None:
    assert ROLE["ManagedPolicyArns"] == [{"Ref": name} for name in PARTS]
    assert ROLE["MaxSessionDuration"] == 3600
    [[condition, _, only_dev]] = [one["Fn::If"] for one in ROLE["Policies"]]
    assert condition == "IsProd"
    deny = resolve(only_dev["PolicyDocument"], PSEUDO_PARAMETERS)
    request = ("apigateway:PATCH", f"arn:aws:apigateway:{REGION}::/restapis/a")
    for stage in STAGES:
        tags = {"aws:ResourceTag/stage": stage}
        assert is_allowed([POLICIES["dev"], deny], *request, tags) == (stage == "dev")


def test_the_policies_have_the_names_that_the_deployment_looks_for() -> None:
    for stage in STAGES:
        name = resolve(RESOURCES["Boundary"]["Properties"]["ManagedPolicyName"], {"Stage": stage})
        assert name == deploy.boundary_name(stage)

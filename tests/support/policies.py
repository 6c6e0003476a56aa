"""What IAM allows, for the policies in CloudFormation templates: identity policies, a boundary, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from operator import eq
from typing import Any

from infra.deploy import boundary_name
from infra.package import PROJECT
from tests.support.yaml_files import read_yaml

Json = dict[str, Any]

ACCOUNT, REGION = "123456789012", "eu-west-1"
PIPELINE: Json = read_yaml(PROJECT / "infra/pipeline.yaml")
PSEUDO_PARAMETERS = {"AWS::Partition": "aws", "AWS::AccountId": ACCOUNT, "AWS::Region": REGION}
OPERATORS: dict[str, Callable[[str, str], bool]] = {"StringEquals": eq, "ArnEquals": fnmatchcase}


def pipeline_policy(name: str, stage: str) -> Json:
    """Return a policy that infra/pipeline.yaml creates for a stage, by its name in the template."""
    values = PSEUDO_PARAMETERS | {"Stage": stage, "Boundary": boundary_arn(stage)}
    document: Json = resolve(PIPELINE["Resources"][name]["Properties"]["PolicyDocument"], values)
    return document


def boundary_arn(stage: str) -> str:
    """Return the ARN of the boundary of a stage's roles."""
    return f"arn:aws:iam::{ACCOUNT}:policy/{boundary_name(stage)}"


def resolve(node: Any, values: Mapping[str, str]) -> Any:
    """Return a part of a template with its references and texts filled in. Raises KeyError for an unknown name."""
    if isinstance(node, Mapping):
        if "Ref" in node:
            return values[node["Ref"]]
        if "Fn::Sub" in node:
            return _substitute(node["Fn::Sub"], values)
        return {str(name): resolve(child, values) for name, child in node.items()}
    if isinstance(node, list):
        return [resolve(child, values) for child in node]
    return node


def _substitute(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    if "${" in text:
        raise KeyError(text)
    return text


def is_allowed(
    policies: Sequence[Json],
    action: str,
    resource: str,
    context: Mapping[str, str] | None = None,
    boundary: Json | None = None,
) -> bool:
    """Return whether IAM allows a request of the holder of some policies, who may have a permissions boundary.

    A statement that denies wins. Otherwise one of the policies must allow the request, and so must the boundary.
    """
    given = context or {}
    every = [*policies, *([boundary] if boundary else [])]
    if any(_has("Deny", policy, action, resource, given) for policy in every):
        return False
    by_boundary = boundary is None or _has("Allow", boundary, action, resource, given)
    return by_boundary and any(_has("Allow", policy, action, resource, given) for policy in policies)


def _has(effect: str, policy: Json, action: str, resource: str, context: Mapping[str, str]) -> bool:
    return any(
        statement["Effect"] == effect
        and any(fnmatchcase(action.lower(), pattern.lower()) for pattern in listed(statement["Action"]))
        and any(fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"]))
        and _holds(statement.get("Condition", {}), context)
        for statement in policy["Statement"]
    )


def _holds(conditions: Json, context: Mapping[str, str]) -> bool:
    """Return whether all conditions of a statement hold. One about a key that the request lacks does not."""
    return all(
        key in context and any(OPERATORS[operator](context[key], value) for value in listed(values))
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def listed(value: str | list[str]) -> list[str]:
    """Return a list, which a policy may abbreviate to its only element."""
    return [value] if isinstance(value, str) else value

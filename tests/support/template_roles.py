"""What the roles of the functions may do, by the CloudFormation template."""

from typing import Any

Json = dict[str, Any]

ROLES = (
    "ApiHandlerRole",
    "BasicRole",
    "RingAlarmsRole",
    "RecordChangesRole",
    "DeliverWebhooksRole",
    "DeliverNewChangesRole",
)


def statements(role: Json) -> dict[str, list[Json]]:
    """Return the statements of each policy of a role, by the name of the policy."""
    policies = [policy["Fn::If"][1] if "Fn::If" in policy else policy for policy in role["Policies"]]
    return {policy["PolicyName"]: policy["PolicyDocument"]["Statement"] for policy in policies}


def allowed(role: Json) -> set[str]:
    """Return the operations of DynamoDB that a role may carry out on the table."""
    [statement] = statements(role)["Table"]
    return {action.removeprefix("dynamodb:") for action in statement["Action"]}

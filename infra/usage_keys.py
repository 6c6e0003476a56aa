"""The API keys of accounts in the usage plan of a deployed stack, which limits the requests of each account.

The environment variable STACK_NAME names the stack. API Gateway answers 403 to an account without a key.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import config, errors
from chalicelib.domain.accounts import accounts
from chalicelib.domain.accounts.usage_keys import derive_usage_key
from infra import aws, operations, stacks

Json = dict[str, Any]


@dataclass(frozen=True)
class UsagePlan:
    """The usage plan of a stack. `stack_id` is the unique part of the stack's ARN, `table` the name of its table."""

    id: str
    stack: str
    stack_id: str
    table: str

    def list_keys(self) -> Iterator[tuple[str, str]]:
        """Return the id and name of each account's key in the plan."""
        pages = aws.client("apigateway").get_paginator("get_usage_plan_keys").paginate(usagePlanId=self.id)
        keys = (key for page in pages for key in page["items"])
        return ((key["id"], key["name"]) for key in keys if key["name"].startswith(self.name_key("")))

    def name_key(self, account: int | str) -> str:
        """Return the name of an account's key."""
        return f"{self.stack}-account-{account}"

    def create_key(self, account: int) -> None:
        """Create the key of an account and add it to the plan. A key that exists already is only added."""
        key = self._find_or_create(self.name_key(account), derive_usage_key(self.stack_id, account))
        aws.client("apigateway").create_usage_plan_key(usagePlanId=self.id, keyId=key, keyType="API_KEY")

    def delete_keys(self) -> None:
        """Delete the keys of all accounts. Their requests get 403 from then on."""
        for key, _ in list(self.list_keys()):
            aws.client("apigateway").delete_api_key(apiKey=key)

    def _find_or_create(self, name: str, value: str) -> str:
        """Return the id of a key. It exists if an earlier run was cut off before the key was in the plan."""
        pages = aws.client("apigateway").get_paginator("get_api_keys").paginate(nameQuery=name, includeValues=True)
        found = [key["id"] for page in pages for key in page["items"] if key["value"] == value]
        if found:
            return str(found[0])
        tags = {"application": "ogsm-workspaces", "stage": self.stack.rpartition("-")[2]}
        return str(aws.client("apigateway").create_api_key(name=name, value=value, enabled=True, tags=tags)["id"])


def find_usage_plan(name: str) -> UsagePlan | None:
    """Return the usage plan of a stack, or None if the stack has none. Raises StackError if there is no such stack."""
    stack = stacks.get_stack(name)
    plan = stacks.find_resource(stack, "UsagePlan")
    return UsagePlan(plan, name, stack.unique_id, stack.outputs.get("Table", "")) if plan else None


def create_account(**fields: str) -> Json:
    """Create an account as operations.create_account does, and on AWS the account's API key.

    If the key cannot be created, the answer says why, and `finished` is false. Raises errors.BadRequest if the
    environment names neither a stack nor a local store, and what operations.create_account raises.
    """
    plan = _plan_of_environment()
    created = operations.create_account(**fields)
    if plan is None:
        return created
    account = created["account"]["id"]
    try:
        plan.create_key(account)
    except (BotoCoreError, ClientError) as error:
        advice = "Run sync-keys, because API Gateway refuses the requests of an account without a key."
        return created | {"usage_key": None, "error": f"{error} {advice}", "finished": False}
    return created | {"usage_key": plan.name_key(account)}


def sync_keys() -> Json:
    """Create the API keys that accounts lack, and return the numbers of these accounts.

    Raises errors.BadRequest if the environment names no stack.
    """
    plan = _plan_of_environment()
    if plan is None:
        raise errors.BadRequest("A local store has no API keys. Set STACK_NAME to the name of the stack on AWS.")
    present = {name for _, name in plan.list_keys()}
    every = [account.id for account in accounts.list_accounts()]
    missing = [account for account in every if plan.name_key(account) not in present]
    for account in missing:
        plan.create_key(account)
    return {"accounts": len(every), "created": missing}


def _plan_of_environment() -> UsagePlan | None:
    """Return the usage plan of the stack that the environment names, or None for a local store."""
    stack = os.environ.get("STACK_NAME")
    if not stack and os.environ.get("AWS_ENDPOINT_URL_DYNAMODB"):
        return None
    if not stack:
        message = "Set STACK_NAME to the name of the stack, so that every account gets its API key."
        raise errors.BadRequest(f"{message} For a local store, set AWS_ENDPOINT_URL_DYNAMODB.")
    plan = find_usage_plan(stack)
    if plan is None:
        raise errors.NotFound(f"The stack {stack} has no usage plan.")
    if plan.table != config.TABLE_NAME:
        raise errors.BadRequest(f"TABLE_NAME is {config.TABLE_NAME}, but the stack {stack} uses {plan.table}.")
    return plan

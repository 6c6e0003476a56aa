"""CloudFormation stacks: their state, and their events while they are created, changed or deleted."""

import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from botocore.exceptions import ClientError

from infra import aws, terminal

Json = dict[str, Any]

NEVER_CREATED = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")  # they can only be deleted
SUCCESSFUL = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE")
POLL_SECONDS = 2.0
LONGEST_SECONDS = 3600  # after which a program no longer waits for a stack


class StackError(Exception):
    """A stack could not be changed. The message says why in one line, `reasons` has one line for each resource."""

    def __init__(self, message: str, reasons: list[str] | None = None) -> None:
        super().__init__(message)
        self.reasons = reasons or []


@dataclass(frozen=True)
class Stack:
    """A stack that exists. `parameters` are the names of its parameters."""

    name: str
    id: str
    status: str
    outputs: dict[str, str]
    parameters: frozenset[str]

    @property
    def is_created(self) -> bool:
        """Return whether the stack can be changed. Otherwise it was never completely created."""
        return self.status not in NEVER_CREATED

    @property
    def unique_id(self) -> str:
        """Return the last part of the ARN. A stack that is deleted and created again has another one."""
        return self.id.split("/")[2]


def find_stack(name: str) -> Stack | None:
    """Return a stack by its name or ARN, or None if there is none. Raises ClientError and BotoCoreError."""
    try:
        [described] = aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):  # AWS has no code of its own for this
            return None
        raise
    return Stack(
        name=described["StackName"],
        id=described["StackId"],
        status=described["StackStatus"],
        outputs={one["OutputKey"]: one["OutputValue"] for one in described.get("Outputs", [])},
        parameters=frozenset(one["ParameterKey"] for one in described.get("Parameters", [])),
    )


def get_stack(name: str) -> Stack:
    """Return a stack by its name. Raises StackError if there is none."""
    stack = find_stack(name)
    if stack is None:
        raise StackError(f"There is no stack {name} in {aws.describe_target()}.")
    return stack


def require_idle(stack: Stack | None) -> None:
    """Raise StackError while CloudFormation is changing a stack."""
    if stack and stack.is_created and stack.status.endswith("_IN_PROGRESS"):
        advice = "Try again when that has ended."
        raise StackError(f"CloudFormation is still changing the stack {stack.name}: {stack.status}. {advice}")


def find_resource(stack: Stack, logical_id: str) -> str | None:
    """Return the physical id of a resource of a stack, or None if the stack has no such resource."""
    resources = aws.client("cloudformation").describe_stack_resources(StackName=stack.name)["StackResources"]
    ids = {one.get("LogicalResourceId"): one.get("PhysicalResourceId") for one in resources}
    return ids.get(logical_id)


def read_template(stack: Stack) -> Json:
    """Return the template of a stack as it was uploaded, which is JSON."""
    answer = aws.client("cloudformation").get_template(StackName=stack.name, TemplateStage="Original")
    template: Json = answer["TemplateBody"]
    return template


def delete_stack(stack: Stack) -> None:
    """Delete a stack and wait until it is gone. Raises StackError."""
    terminal.show(f"Deleting the stack {stack.name}, which is {stack.status}.")
    last = find_last_event(stack.id)
    aws.client("cloudformation").delete_stack(StackName=stack.name)
    follow(stack.name, stack.id, last)


def find_last_event(stack_id: str) -> str | None:
    """Return the id of the newest event of a stack, after which the events of the next operation come."""
    event = next(_list_events(stack_id), None)
    return str(event["EventId"]) if event else None


def follow(name: str, stack_id: str, last: str | None) -> None:
    """Print the events of a stack after the event `last` until its operation ends. Raises StackError if it fails."""
    shown: dict[str, Json] = {}
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        stack = find_stack(stack_id)
        is_gone = stack is None or stack.status == "DELETE_COMPLETE"
        with suppress(ClientError) if is_gone else nullcontext():  # the events of a deleted stack may be gone, too
            _show_events(stack_id, last, shown)
        status = stack.status if stack and not is_gone else "DELETE_COMPLETE"
        if is_gone or (_has_ended(stack_id, shown) and not status.endswith("_IN_PROGRESS")):
            return _require_success(name, status, list(shown.values()))
        time.sleep(POLL_SECONDS)
    raise StackError(f"The stack {name} was not ready after {LONGEST_SECONDS} seconds. CloudFormation goes on with it.")


def show_reasons(error: StackError) -> None:
    """Print to stderr why resources of a stack could not be changed, the first failure first."""
    for reason in error.reasons:
        terminal.show(reason, sys.stderr)


def _list_events(stack_id: str) -> Iterator[Json]:
    """Return the events of a stack, the newest first."""
    pages = aws.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack_id)
    return (event for page in pages for event in page["StackEvents"])


def _show_events(stack_id: str, last: str | None, shown: dict[str, Json]) -> None:
    """Print the events that were not printed yet, and add them to `shown` by their ids."""
    events = list(takewhile(lambda event: event["EventId"] != last, _list_events(stack_id)))
    for event in reversed(events):
        if event["EventId"] not in shown:
            shown[event["EventId"]] = event
            terminal.show(f"  {_describe_event(event)}")


def _describe_event(event: Json) -> str:
    moment: datetime = event["Timestamp"]
    reason = event.get("ResourceStatusReason")
    line = f"{moment.astimezone():%H:%M:%S}  {event['ResourceStatus']:<20}  {event['LogicalResourceId']}"
    return f"{line}: {' '.join(reason.split())}" if reason else line


def _has_ended(stack_id: str, shown: dict[str, Json]) -> bool:
    """Return whether the stack itself has an event that ends an operation. Its status alone may be an older one."""
    own = [one["ResourceStatus"] for one in shown.values() if one.get("PhysicalResourceId") == stack_id]
    return bool(own) and not own[-1].endswith("_IN_PROGRESS")


def _require_success(name: str, status: str, events: list[Json]) -> None:
    """Raise StackError, with the failures of resources as reasons, unless the status is a success."""
    if status in SUCCESSFUL:
        return
    failed = [one for one in events if one["ResourceStatus"].endswith("_FAILED")]
    raise StackError(f"The stack {name} is now {status}.", [_describe_event(one) for one in failed])

"""Change sets, with which CloudFormation creates and changes stacks."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import WaiterError

from infra import aws, stacks, terminal
from infra.stacks import Stack, StackError

CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")  # templates create roles, and SAM is a macro
WAITING = {"Delay": 2, "MaxAttempts": 300}  # seconds, and how often
UNCHANGED = ("didn't contain changes", "No updates are to be performed")  # how CloudFormation says it


@dataclass(frozen=True)
class Template:
    """A template: where it is, as an argument of CloudFormation, and the names of its parameters."""

    source: Mapping[str, str]
    parameters: Sequence[str]


@dataclass(frozen=True)
class StackUpdate:
    """The new template, parameters and tags of a stack. A parameter without a value keeps its old one."""

    template: Template
    values: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


def apply(name: str, update: StackUpdate) -> None:
    """Create or change a stack, and print its events until it is ready. Nothing happens if nothing is to change.

    A stack that was never completely created is deleted first. Raises StackError, ClientError and BotoCoreError.
    """
    stack = stacks.find_stack(name)
    stacks.require_idle(stack)
    if stack and not stack.is_created:
        stacks.delete_stack(stack)
        stack = None
    _apply_to(name, stack, update)


def _apply_to(name: str, stack: Stack | None, update: StackUpdate) -> None:
    terminal.show(f"Creating a change set of the stack {name}.")
    change_set, stack_id = _create(name, stack, update)
    is_executed = False
    try:
        if not _has_changes(name, change_set):
            terminal.show(f"The stack {name} has nothing to change.")
            return
        last = stacks.find_last_event(stack_id)
        terminal.show(f"{'Updating' if stack else 'Creating'} the stack {name}.")
        aws.client("cloudformation").execute_change_set(ChangeSetName=change_set)
        is_executed = True
    finally:
        if not is_executed:
            aws.client("cloudformation").delete_change_set(ChangeSetName=change_set)
    stacks.follow(name, stack_id, last)


def _create(name: str, stack: Stack | None, update: StackUpdate) -> tuple[str, str]:
    """Create a change set, and return its id and that of its stack."""
    answer = aws.client("cloudformation").create_change_set(
        StackName=name,
        ChangeSetName=f"deploy-{time.time_ns()}",  # one that was left over does not matter
        ChangeSetType="UPDATE" if stack else "CREATE",
        Capabilities=CAPABILITIES,
        Parameters=_list_parameters(stack, update),
        **({"Tags": [{"Key": key, "Value": value} for key, value in update.tags.items()]} if update.tags else {}),
        **update.template.source,
    )
    return answer["Id"], answer["StackId"]


def _list_parameters(stack: Stack | None, update: StackUpdate) -> list[dict[str, Any]]:
    """Return the parameters of a change set. One that has neither an old nor a new value gets its default."""
    given = {name: str(update.values[name]) for name in update.template.parameters if name in update.values}
    kept = stack.parameters.intersection(update.template.parameters) - given.keys() if stack else frozenset()
    return [
        *({"ParameterKey": name, "ParameterValue": value} for name, value in given.items()),
        *({"ParameterKey": name, "UsePreviousValue": True} for name in sorted(kept)),
    ]


def _has_changes(name: str, change_set: str) -> bool:
    """Wait until a change set is complete, and return whether it changes anything. Raises StackError if it failed."""
    try:
        waiter = aws.client("cloudformation").get_waiter("change_set_create_complete")
        waiter.wait(ChangeSetName=change_set, WaiterConfig=WAITING)
    except WaiterError as error:
        reason = error.last_response.get("StatusReason", str(error))
        if any(text in reason for text in UNCHANGED):
            return False
        raise StackError(f"The stack {name} cannot be changed: {terminal.make_sentence(reason)}") from None
    return True

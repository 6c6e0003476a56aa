"""Scenarios: a few verbs that get in each other's way. Clients who draw only these lose races more often."""

import random

from tests.simulation.workload.drawing import Function

SCENARIOS: dict[str, tuple[str, ...]] = {
    "a stack is deleted": (
        "delete_stack",
        "create_stack",
        "create_item_on_stack",
        "put_item_on_stack",
        "move_activity",
        "reorder_stack",
        "update_stack",
        "delete_activity",
    ),
    "a workspace is deleted": (
        "delete_workspace",
        "create_item",
        "create_stack",
        "create_comment",
        "invite",
        "delegate_activity",
        "put_item_into_workspace",
        "put_item_on_inbox",
        "remove_member",
    ),
    "lists are read and extended": (
        "list_items",
        "create_item",
        "create_item",
        "list_stacks",
        "create_stack",
        "list_comments",
        "create_comment",
    ),
    "an activity is discussed and deleted": (
        "create_comment",
        "create_comment",
        "update_comment",
        "delete_comment",
        "delete_activity",
        "remove_activity",
        "move_activity",
    ),
    "an activity is changed": (
        "update_activity",
        "change_block",
        "set_alarm",
        "play_activity",
        "finish_activity",
        "take_over_activity",
        "move_activity",
        "archive_item",
        "put_item_on_inbox",
    ),
    "an activity is delegated": (
        "delegate_activity",
        "accept_activity",
        "decline_activity",
        "accept_delegation",
        "decline_delegation",
        "redelegate",
        "take_back_activity",
        "take_over_activity",
        "accept_link",
    ),
    "delegated activities return": (
        "delegate_activity",
        "accept_delegation",
        "take_back_activity",
        "redelegate",
        "redelegate",
        "delete_stack",
        "delete_workspace",
    ),
    "people come and go": (
        "create_user",
        "delete_user",
        "delete_user",
        "delegate_activity",
        "delegate_activity",
        "invite",
        "invite",
        "create_credential",
        "collaborate",
    ),
    "people are invited": (
        "invite",
        "accept_invitation",
        "decline_invitation",
        "withdraw_invitation",
        "cancel_invitation",
        "accept_link",
        "decline_link",
        "remove_member",
        "leave_workspace",
        "collaborate",
    ),
    "credentials change": (
        "create_credential",
        "rotate_credential",
        "update_credential",
        "revoke_credential",
        "retire_credential",
        "retire_credential",
        "change_role",
        "create_token",
        "submit_rotation",
    ),
    "addresses change": (
        "change_own_address",
        "change_address_of_user",
        "confirm_address",
        "update_me",
        "update_user",
        "create_user",
        "invite",
    ),
    "actions change": ("create_action", "update_action", "update_action", "delete_action", "create_report"),
    "strategies are archived": (
        "create_strategy",
        "archive_or_publish_strategy",
        "archive_or_publish_strategy",
        "create_kpi",
        "update_kpi",
        "create_action_of_strategy",
        "update_action",
        "delete_strategy",
    ),
    "goals have parts": ("create_part", "create_part", "update_goal", "delete_goal", "put_measurement"),
    "a plan is read": (
        "create_canvas",
        "create_part",
        "update_goal",
        "put_measurement",
        "create_report",
        "update_action",
        "get_series",
        "get_plan",
        "review_canvas",
        "review_team",
    ),
    "strategies share KPIs": ("create_strategy", "create_kpi", "create_kpi", "delete_strategy"),
    "goals are measured": ("create_goal", "update_goal", "put_measurement", "create_measurement", "delete_measurement"),
    "actions are reported": ("create_report", "update_report", "update_action", "delete_report", "delete_action"),
    "changes are followed": (
        "follow_changes",
        "follow_changes",
        "follow_changes",
        "get_change",
        "create_action",
        "update_action",
        "delete_action",
        "update_activity",
        "move_activity",
        "delegate_activity",
        "accept_activity",
        "decline_activity",
        "delete_activity",
        "create_comment",
        "rotate_credential",
        "put_measurement",
        "put_measurement",
        "delete_measurement",
        "delete_measurement",
        "invite",
        "remove_member",
        "update_workspace",
        "delete_stack",
    ),
    "changes are undone": (
        "undo_change",
        "undo_change",
        "undo_request",
        "undo_request",
        "follow_changes",
        "follow_changes",
        "create_action",
        "update_action",
        "delete_action",
        "create_strategy",
        "create_kpi",
        "delete_strategy",
        "update_activity",
        "change_block",
        "move_activity",
        "delete_activity",
        "create_comment",
        "delete_comment",
        "update_workspace",
        "update_stack",
        "delete_stack",
    ),
    "reports go with their action": ("create_report", "create_report", "create_report", "delete_action"),
}
# How often clients choose calls about what another client is just changing. It is lower where different objects get in
# each other's way: an activity and the place to which it returns, or the credentials of two admins.
CHASE_RATE, OTHER_CHASE_RATES = 0.9, {"delegated activities return": 0.1, "credentials change": 0.4}
CHANGES = ("changes are followed", "changes are undone")  # the scenarios in which changes are recorded
SHARE = 6.0  # how much more often the verbs of a scenario are drawn than all others together


def scenario_of(seed: int) -> str:
    """Return the name of the scenario of a seed, or an empty text for some of the seeds."""
    chance = random.Random(f"{seed}/scenario")
    return chance.choice(list(SCENARIOS)) if chance.random() < 0.8 else ""


def favour(scenario: tuple[str, ...], functions: list[Function], weights: list[float]) -> list[float]:
    """Return the weights of functions with those of a scenario much higher than all others together."""
    others = sum(weights)
    return [
        weight + others * SHARE * scenario.count(function.__name__) / len(scenario)
        for function, weight in zip(functions, weights, strict=True)
    ]

"""Delivery to webhooks in the CloudFormation template: the two functions, what calls them, and their roles."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.storage.new_entries import FEED_ENTRY
from tests.support.template_roles import allowed, statements

pytestmark = pytest.mark.slow  # it builds the package

Json = dict[str, Any]


@pytest.fixture(scope="module")
def resources(built_package: Callable[[str], Path]) -> Json:
    template: Json = json.loads((built_package("dev") / "sam.json").read_text())
    return {name: one.get("Properties", {}) for name, one in template["Resources"].items()}


def test_one_function_is_called_with_new_entries_of_the_feed_only(resources: Json) -> None:
    [event] = resources["DeliverNewChanges"]["Events"].values()
    [pattern] = [json.loads(one["Pattern"]) for one in event["Properties"]["FilterCriteria"]["Filters"]]
    assert pattern == {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"kind": {"S": [FEED_ENTRY]}}}}
    [recording] = resources["RecordChanges"]["Events"].values()
    assert event["Properties"]["Stream"] == recording["Properties"]["Stream"]
    assert (event["Properties"]["MaximumRetryAttempts"], event["Properties"]["BisectBatchOnFunctionError"]) == (
        -1,
        True,
    )


def test_the_other_function_runs_every_minute_and_a_failed_run_is_not_repeated(resources: Json) -> None:
    function = resources["DeliverWebhooks"]
    [event] = function["Events"].values()
    assert event == {"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}}
    assert function["EventInvokeConfig"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 0}
    assert function["Timeout"] < 60


def test_the_functions_may_read_and_write_rows_and_send_mail_and_nothing_more(resources: Json) -> None:
    new_changes, scheduled = (
        statements(resources["DeliverNewChangesRole"]),
        statements(resources["DeliverWebhooksRole"]),
    )
    assert set(scheduled) == {"Logs", "Table", "Mail", "Traces"}
    assert new_changes == scheduled | {
        name: statements(resources["RecordChangesRole"])[name] for name in ("Stream", "Streams")
    }
    assert allowed(resources["DeliverWebhooksRole"]) == {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query"}

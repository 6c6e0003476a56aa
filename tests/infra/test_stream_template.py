"""The change feed in the CloudFormation template: the stream, the function that reads it, and its role."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.changes.kinds import KINDS
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.changes import FeedEntry, HistoryPart, HistoryRecord
from infra import change_stream
from tests.support.template_roles import allowed, statements

pytestmark = pytest.mark.slow  # it builds the package

Json = dict[str, Any]
LONGEST_PATTERN = 4096  # characters of a filter, the limit of Lambda


@pytest.fixture(scope="module")
def template(built_package: Callable[[str], Path]) -> Json:
    loaded: Json = json.loads((built_package("dev") / "sam.json").read_text())
    return loaded


@pytest.fixture(scope="module")
def resources(template: Json) -> Json:
    return {name: one.get("Properties", {}) for name, one in template["Resources"].items()}


@pytest.fixture(scope="module")
def record(resources: Json) -> Json:
    """The function that records changes."""
    function: Json = resources["RecordChanges"]
    return function


@pytest.fixture(scope="module")
def mapping(record: Json) -> Json:
    """The settings with which Lambda reads the stream for the function that records changes."""
    [event] = record["Events"].values()
    assert event["Type"] == "DynamoDB"
    properties: Json = event["Properties"]
    return properties


def test_changes_are_read_from_the_stream_of_the_table_in_order_until_they_are_recorded(
    mapping: Json, record: Json
) -> None:
    stream = {"Fn::If": ["OwnsTable", {"Fn::GetAtt": ["Table", "StreamArn"]}, {"Ref": "ExistingStream"}]}
    assert {name: value for name, value in mapping.items() if name != "FilterCriteria"} == {
        "Stream": stream,
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": change_stream.BATCH_SIZE,
        "MaximumBatchingWindowInSeconds": 0,
        "ParallelizationFactor": 1,
        "MaximumRetryAttempts": -1,
        "BisectBatchOnFunctionError": True,
    }
    assert record["Timeout"] == change_stream.TIMEOUT


def test_only_records_about_the_kinds_with_changes_call_the_function_that_records_them(mapping: Json) -> None:
    patterns = [json.loads(one["Pattern"]) for one in mapping["FilterCriteria"]["Filters"]]
    assert [[*pattern["dynamodb"]] for pattern in patterns] == [["NewImage"], ["OldImage"]]
    for pattern in patterns:
        assert len(json.dumps(pattern)) <= LONGEST_PATTERN
        [image] = pattern["dynamodb"].values()
        assert set(image["kind"]["S"]) == set(KINDS)
    own = {Row.kind.get_discriminator(kind) for kind in (HistoryRecord, HistoryPart, FeedEntry)}
    assert not own & set(KINDS), "the function would call itself"


def test_the_function_that_records_changes_may_read_the_stream_and_rows_and_write_rows_and_nothing_more(
    resources: Json,
) -> None:
    role = resources["RecordChangesRole"]
    assert allowed(role) == {"BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"}
    [stream] = statements(role)["Stream"]
    assert set(stream["Action"]) == {
        f"dynamodb:{name}" for name in ("DescribeStream", "GetRecords", "GetShardIterator")
    }
    assert stream["Resource"]["Fn::Sub"][0].endswith(":table/${Name}/stream/*")
    [streams] = statements(role)["Streams"]
    assert (streams["Action"], streams["Resource"]) == ("dynamodb:ListStreams", "*")


def test_nothing_reads_the_stream_if_changes_are_kept_for_no_days(template: Json) -> None:
    assert template["Conditions"]["KeepsHistory"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "HistoryDays"}, 0]}]}
    conditional = {name for name, one in template["Resources"].items() if one.get("Condition") == "KeepsHistory"}
    assert conditional == {
        *("RecordChanges", "RecordChangesRole", "ChangesLogs", "ChangesErrors", "ChangesDelay"),
        *("DeliverWebhooks", "DeliverWebhooksRole", "DeliverNewChanges", "DeliverNewChangesRole"),
        *("WebhooksLogs", "WebhooksErrors", "WebhooksDelay"),
    }
    days = {"Ref": "HistoryDays"}
    for name in ("APIHandler", "RecordChanges"):
        assert template["Resources"][name]["Properties"]["Environment"]["Variables"]["HISTORY_DAYS"] == days

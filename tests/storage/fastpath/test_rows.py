"""Rows are built as PynamoDB builds them."""

from typing import Any

import boto3
import httpx
import pytest

from chalicelib import config
from chalicelib.storage.fastpath.rows import build_row
from chalicelib.storage.models.base import Row, class_of_kind
from infra.testing.documents import example


def build_plain_row(item: dict[str, Any]) -> Row:
    """Build a row without the shortcut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "FASTPATH", False)
        return Row.from_raw_data(item)


def values_of(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.get_attributes()}


def test_stored_rows_are_built_as_pynamodb_builds_them(ada: httpx.Client) -> None:
    ada.post("/api/v2/actions.json", json=example("action"), headers={"Idempotency-Key": "one"})
    ada.post("/api/workspaces", json={"name": "Read"})
    ada.post("/api/activities", json={"name": "Read"})
    items = boto3.client("dynamodb").scan(TableName=config.TABLE_NAME)["Items"]
    for item in items:
        fast, plain = build_row(class_of_kind(item["kind"]["S"]), item), build_plain_row(item)
        assert type(fast) is type(plain)
        assert values_of(fast) == values_of(plain)
    assert len({item["kind"]["S"] for item in items}) > 12

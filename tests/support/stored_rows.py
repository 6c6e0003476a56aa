"""Read the rows in moto's table, past the API, and check that copies of activities agree."""

from typing import Any

from moto.dynamodb.models import dynamodb_backends

from chalicelib import config
from chalicelib.storage import unit_of_work
from chalicelib.storage.models.base import Row
from chalicelib.storage.unit_of_work import Change
from tests.support.places import find_wrong_places

Json = dict[str, Any]


def save_rows(*rows: Row) -> None:
    """Save rows in one commit, past the API."""
    unit_of_work.run(lambda: Change(None, save=rows))


def stored_rows(*kinds: str) -> list[Json]:
    """Return all rows of these kinds, or of all kinds, without boto3, which would take a tenth of a second."""
    [backend] = [region for regions in dynamodb_backends.values() for region in regions.values() if region.tables]
    stored = [item.to_json()["Attributes"] for item in backend.tables[config.TABLE_NAME].all_items()]
    return [row for row in stored if not kinds or row["kind"]["S"] in kinds]


def check_places() -> dict[int, tuple[int, int | None]]:
    """Return the workspace and stack of every activity in the table, or None as the stack of an archived one.

    Fails unless each activity has exactly one copy in its place, one with each of its people, and two with an open
    delegation.
    """
    rows = stored_rows("activity", "placement", "user_activity", "delegation")
    assert list(find_wrong_places(rows)) == []
    return {
        int(row["id"]["N"]): (int(row["workspace"]["N"]), int(row["stack"]["N"]) if "stack" in row else None)
        for row in rows
        if row["kind"]["S"] == "activity"
    }

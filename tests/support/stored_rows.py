"""The rows that moto holds, past the API."""

import json
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from chalicelib import config

Json = dict[str, Any]


def rows(*kinds: str) -> list[Json]:
    """Return all rows of these kinds, or of all kinds, without boto3, which would take a tenth of a second."""
    [backend] = [region for regions in dynamodb_backends.values() for region in regions.values() if region.tables]
    found = [item.to_json()["Attributes"] for item in backend.tables[config.TABLE_NAME].all_items()]
    return [row for row in found if not kinds or row["kind"]["S"] in kinds]


def places() -> dict[int, tuple[int, int | None]]:
    """Return the workspace and stack of every activity in the table, or None as the stack of an archived one.

    Fails unless each activity has exactly one copy in its place, one with each of its people, and two with an open
    delegation.
    """
    both = rows("activity", "placement")
    activities = {int(row["id"]["N"]): row for row in both if row["kind"]["S"] == "activity"}
    placements = {(row["pk"]["S"], row["sk"]["S"]): row for row in both if row["kind"]["S"] == "placement"}
    assert len(placements) == len(activities), "an activity without its place, or in two"
    found: dict[int, tuple[int, int | None]] = {}
    for number, row in activities.items():
        workspace, stack, order = int(row["workspace"]["N"]), row.get("stack"), row["order"]["S"]
        partition = row["pk"]["S"].replace("#ACTIVITIES", f"#WORKSPACE#{workspace:016}")
        prefix = f"ITEM#{int(stack['N']):016}#" if stack else "ARCHIVE#"
        placement = placements[partition, f"{prefix}{order}#{number:016}"]
        assert placement["doc"] == row["doc"]
        assert int(placement["activity"]["N"]) == number
        assert ("discussed" in placement) == row["discussed"]["BOOL"]
        found[number] = (workspace, int(stack["N"]) if stack else None)
    assert _stored_with_people() == {
        (row["pk"]["S"].replace("#ACTIVITIES", f"#USER#{user}"), str(number), row["workspace"]["N"], row["doc"]["S"])
        for number, row in activities.items()
        for user in {json.loads(row["doc"]["S"])[role].strip("\0") for role in ("creator", "assignee")} | parties(row)
    }
    assert _stored_with_delegations() == {
        (user, str(number), row["workspace"]["N"], row["doc"]["S"])
        for number, row in activities.items()
        if delegation(row).get("state") in ("pending", "accepted")
        for user in parties(row)
    }
    return found


def delegation(row: Json) -> Json:
    """Return the delegation of a stored activity, or an empty object."""
    found: Json = json.loads(row["delegation"]["S"]) if "delegation" in row else {}
    return found


def parties(row: Json) -> set[str]:
    """Return the users between whom a stored activity is delegated."""
    return {delegation(row)[side] for side in ("delegator", "delegee") if delegation(row)}


def _stored_with_people() -> set[tuple[str, str, str, str]]:
    """Return partition, activity, workspace and text of the copies of activities with their people."""
    kept = rows("involvement")
    found = {(row["pk"]["S"], row["activity"]["N"], row["workspace"]["N"], row["doc"]["S"]) for row in kept}
    assert len(found) == len(kept)
    return found


def _stored_with_delegations() -> set[tuple[str, str, str, str]]:
    """Return user, activity, workspace and text of the copies of activities in open delegations."""
    kept = [row for row in rows("delegation") if "#OPEN#" in row["sk"]["S"]]
    return {
        (row["pk"]["S"].rpartition("#")[2], row["activity"]["N"], row["workspace"]["N"], _compact(row)) for row in kept
    }


def _compact(row: Json) -> str:
    text: str = json.dumps(json.loads(row["doc"]["S"])["activity"], ensure_ascii=False, separators=(",", ":"))
    return text

"""Read the rows in moto's table, past the API, and check that copies of activities agree."""

import json
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from chalicelib import config
from chalicelib.storage import unit_of_work
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.unit_of_work import Change

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
    activities = {int(row["id"]["N"]): row for row in stored_rows("activity")}
    placements = {(row["pk"]["S"], row["sk"]["S"]): row for row in stored_rows("placement")}
    assert len(placements) == len(activities), "An activity has no place, or two."
    for activity in activities.values():
        _check_placement(activity, placements)
    _check_copies(list(activities.values()))
    return {
        number: (int(row["workspace"]["N"]), int(row["stack"]["N"]) if "stack" in row else None)
        for number, row in activities.items()
    }


def _check_placement(activity: Json, placements: dict[tuple[str, str], Json]) -> None:
    partition = activity["pk"]["S"].replace("#ACTIVITIES", f"#WORKSPACE#{int(activity['workspace']['N']):016}")
    prefix = f"ITEM#{int(activity['stack']['N']):016}#" if "stack" in activity else "ARCHIVE#"
    number = int(activity["id"]["N"])
    placement = placements[partition, f"{prefix}{activity['order']['S']}#{number:016}"]
    assert placement["doc"] == activity["doc"]
    assert int(placement["activity"]["N"]) == number
    assert ("discussed" in placement) == activity["discussed"]["BOOL"]


def _check_copies(activities: list[Json]) -> None:
    with_people, with_delegations = set(), set()
    for row in activities:
        copy = row["id"]["N"], row["workspace"]["N"], row["doc"]["S"]
        document = document_of(row)
        is_open = delegation(row).get("state") in ("pending", "accepted")
        people = {document[role] for role in ("creator", "assignee")} | (parties(row) if is_open else set())
        with_people |= {(row["pk"]["S"].replace("#ACTIVITIES", f"#USER#{user}"), *copy) for user in people}
        if is_open:
            with_delegations |= {(user, *copy) for user in parties(row)}
    assert _stored_with_people() == with_people
    assert _stored_with_delegations() == with_delegations


def document_of(row: Json) -> Json:
    """Return the document of a stored row."""
    document: Json = Row.from_raw_data(row).doc  # type: ignore[attr-defined]
    return document


def delegation(row: Json) -> Json:
    """Return the delegation of a stored activity, or an empty object."""
    text = row["delegation"]["S"] if "delegation" in row else "{}"
    parsed: Json = json.loads(text)
    return parsed


def parties(row: Json) -> set[str]:
    """Return the users between whom a stored activity is delegated."""
    return {delegation(row)[side] for side in ("delegator", "delegee") if delegation(row)}


def _stored_with_people() -> set[tuple[str, str, str, str]]:
    """Return partition, activity, workspace and text of the copies of activities with their people."""
    stored = stored_rows("user_activity")
    copies = {(row["pk"]["S"], row["activity"]["N"], row["workspace"]["N"], row["doc"]["S"]) for row in stored}
    assert len(copies) == len(stored)
    return copies


def _stored_with_delegations() -> set[tuple[str, str, str, str]]:
    """Return user, activity, workspace and text of the copies of activities in open delegations."""
    stored = [row for row in stored_rows("delegation") if "#OPEN#" in row["sk"]["S"]]
    return {
        (
            row["pk"]["S"].rpartition("#")[2],
            row["activity"]["N"],
            row["workspace"]["N"],
            Delegation.from_raw_data(row).activity_text,
        )
        for row in stored
    }

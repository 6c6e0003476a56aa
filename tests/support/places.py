"""Check that the copies of activities agree, in any rows in DynamoDB's JSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from chalicelib.storage.models.base import Row
from chalicelib.storage.models.delegations import Delegation

Json = dict[str, Any]
Copy = tuple[str, ...]  # partition or user, activity, workspace, text, and of a delegation its own text
# What a delegation says of itself, in an activity as well as in its own rows.
DETAILS = ("id", "delegator", "delegee", "note", "sign_off", "state", "created_at", "updated_at", "reason", "delivery")


def find_wrong_places(rows: Iterable[Json]) -> Iterator[str]:
    """Yield what is wrong with the copies of activities, a sentence each.

    Each activity has exactly one copy in its place, one with each of its people, and two with an open delegation. One
    that is being deleted has none.
    """
    by_kind: dict[str, list[Json]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"]["S"], []).append(row)
    activities = [row for row in by_kind.get("activity", []) if "deleted_by" not in row]
    placements = {(row["pk"]["S"], row["sk"]["S"]): row for row in by_kind.get("placement", [])}
    for activity in activities:
        yield from _check_placement(activity, placements)
    for pk, sk in placements:
        yield f"The placement {pk} / {sk} belongs to no activity, or to one that is in another place."
    with_people, with_delegations = _expected_copies(activities)
    yield from _compare("for a person", _with_people(by_kind.get("user_activity", [])), with_people)
    yield from _compare("in a delegation", _with_delegations(by_kind.get("delegation", [])), with_delegations)


def _check_placement(activity: Json, placements: dict[tuple[str, str], Json]) -> Iterator[str]:
    """Yield what is wrong with the place of an activity, and remove the place from those that are left."""
    partition = activity["pk"]["S"].replace("#ACTIVITIES", f"#WORKSPACE#{int(activity['workspace']['N']):016}")
    prefix = f"ITEM#{int(activity['stack']['N']):016}#" if "stack" in activity else "ARCHIVE#"
    number = int(activity["id"]["N"])
    key = partition, f"{prefix}{activity['order']['S']}#{number:016}"
    placement = placements.pop(key, None)
    if placement is None:
        yield f"Activity {number} has no placement {key[0]} / {key[1]}."
    elif placement["doc"] != activity["doc"] or int(placement["activity"]["N"]) != number:
        yield f"The placement of activity {number} has another text or number."
    elif ("discussed" in placement) != activity["discussed"]["BOOL"]:
        yield f"Activity {number} and its placement disagree whether there are comments."


def _expected_copies(activities: list[Json]) -> tuple[set[Copy], set[Copy]]:
    """Return the copies of activities that there should be with people and with delegations."""
    with_people: set[Copy] = set()
    with_delegations: set[Copy] = set()
    for row in activities:
        copy = row["id"]["N"], row["workspace"]["N"], row["doc"]["S"]
        document = document_of(row)
        is_open = delegation(row).get("state") in ("pending", "accepted")
        people = {document[role] for role in ("creator", "assignee")} | (parties(row) if is_open else set())
        with_people |= {(row["pk"]["S"].replace("#ACTIVITIES", f"#USER#{user}"), *copy) for user in people}
        if is_open:
            details = _text_of_delegation(delegation(row))
            with_delegations |= {(user, *copy, details) for user in parties(row)}
    return with_people, with_delegations


def _compare(where: str, stored: list[Copy], expected: set[Copy]) -> Iterator[str]:
    for holder, activity, *_ in sorted(expected.difference(stored)):
        yield f"The copy {where} of activity {activity} with {holder} is missing or outdated."
    for holder, activity, *_ in sorted(set(stored) - expected):
        yield f"There is a copy {where} of activity {activity} with {holder} that is outdated or should not be there."
    if len(set(stored)) < len(stored):
        yield f"There are two equal copies {where}."


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


def _with_people(rows: list[Json]) -> list[Copy]:
    return [(row["pk"]["S"], row["activity"]["N"], row["workspace"]["N"], row["doc"]["S"]) for row in rows]


def _with_delegations(rows: list[Json]) -> list[Copy]:
    return [
        (
            row["pk"]["S"].rpartition("#")[2],
            row["activity"]["N"],
            row["workspace"]["N"],
            found.activity_text,
            _text_of_delegation(found.doc),
        )
        for row in rows
        if "#OPEN#" in row["sk"]["S"]
        for found in [Delegation.from_raw_data(row)]
    ]


def _text_of_delegation(found: Json) -> str:
    return json.dumps([found[name] for name in DETAILS])

"""Rows as an older release would have stored them.

`declare_older_forms` says that two fields got their present form in two steps. `age_rows` takes the steps back in all
rows of the table, so that the code of today is the newer release.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.storage.connection import client
from chalicelib.storage.migrations import DocumentFormat, Migration, rename_field
from chalicelib.storage.models.actions import Action
from chalicelib.storage.models.activities import Activity, Placement, UserActivity
from chalicelib.storage.models.audit import AuditEvent
from chalicelib.storage.models.base import StoredDocument, class_of_kind
from chalicelib.storage.models.comments import Comment
from chalicelib.storage.models.delegations import Delegation
from tests.support.older_actions import ACTION_FORMAT, ADDED, RENAMED_FROM
from tests.support.stored_rows import stored_rows

Json = dict[str, Any]
TABLE_NAME = "ogsm-workspaces-dev"

ACTIVITY_STEPS: tuple[Migration, ...] = (rename_field("title", "name"), rename_field("text", "description"))

FORMATS: Mapping[type[StoredDocument], DocumentFormat] = {
    Action: ACTION_FORMAT,
    Activity: DocumentFormat(ACTIVITY_STEPS),
    UserActivity: DocumentFormat(ACTIVITY_STEPS),
    Placement: DocumentFormat(ACTIVITY_STEPS),
    Delegation: DocumentFormat([rename_field("remark", "note")], parts={"activity": ACTIVITY_STEPS}),
    Comment: DocumentFormat([rename_field("text", "body")]),
    AuditEvent: DocumentFormat([rename_field("what", "verb")]),
}


def _age_action(document: Json) -> Json:
    return {name: value for name, value in rename_field("description", RENAMED_FROM)(document).items() if name != ADDED}


def _age_activity(document: Json) -> Json:
    return rename_field("description", "text")(rename_field("name", "title")(document))


def _age_delegation(document: Json) -> Json:
    return rename_field("note", "remark")(document | {"activity": _age_activity(document["activity"])})


AGE: Mapping[str, Callable[[Json], Json]] = {
    "action": _age_action,
    "activity": _age_activity,
    "user_activity": _age_activity,
    "placement": _age_activity,
    "delegation": _age_delegation,
    "comment": rename_field("body", "text"),
    "audit_event": rename_field("verb", "what"),
}


def declare_older_forms(monkeypatch: pytest.MonkeyPatch, *row_classes: type[StoredDocument]) -> None:
    """Let these kinds of document, or all kinds, have the older versions that FORMATS declares."""
    for row_class in row_classes or FORMATS:
        monkeypatch.setattr(row_class, "doc_format", FORMATS[row_class])


def age_rows(*kinds: str) -> int:
    """Turn all documents of these kinds, or of all kinds, into their first version. Return how many there are."""
    rows = stored_rows(*(kinds or AGE))
    for row in rows:
        store_document(row, AGE[row["kind"]["S"]](stored_document(row)), None)
    return len(rows)


def stored_document(row: Json) -> Json:
    """Return the document of a stored row in the version in which it is stored."""
    row_class: type[StoredDocument] = class_of_kind(row["kind"]["S"])
    document: Json = row_class.doc.deserialize(row["doc"]["S"])
    return document


def store_document(row: Json, document: Json, version: str | None) -> None:
    """Store a row with this document instead of its own."""
    text = class_of_kind(row["kind"]["S"]).doc.serialize(document)
    others = {name: value for name, value in row.items() if name != "doc_version"}
    stamp = {"doc_version": {"S": version}} if version else {}
    client.put_item(TableName=TABLE_NAME, Item=others | {"doc": {"S": text}} | stamp)


def versions_of(*kinds: str) -> set[str | None]:
    """Return the versions of the stored documents of these kinds."""
    return {row["doc_version"]["S"] if "doc_version" in row else None for row in stored_rows(*kinds)}

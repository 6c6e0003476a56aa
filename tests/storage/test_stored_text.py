"""Stored texts: short, turned into answers without loss, and safe from placeholders in the texts of clients."""

from typing import Any

import pytest

from chalicelib import json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, documents
from chalicelib.storage import stored_text
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.comments import Comment
from infra.testing.capacity import WRITE_BLOCK, item_size

Json = dict[str, Any]
USER, OTHER = "a1b2c3d4e", "012345678"
USERS = {USER: '{"id":"a1b2c3d4e"}', OTHER: '{"id":"012345678"}'}
NAME = "Ask the printer whether the leaflets are ready by next Monday"
STAMP_AND_VERSION = {"stamp": {"S": "x" * 35}, "doc_version": {"N": "1"}}

LIKE_PLACEHOLDERS = [
    "\\u0000a1b2c3d4e",
    f'"\\u0000{USER}"',
    f'"creator":"{USER}"',
    f'","creator":"{USER}","x":"',
    "\x01a1b2c3d4e",
    "\x02 and \x03",
    "%s",
    ',"name":"priority","id":"',
    '","created_at":"2000-01-01T00:00:00Z","x":"',
    "2013-08-21T13:19:19Z",
    '"2013-08-21T13:19:19Z"',
    "\\",
]


def new_activity(name: str = NAME, description: str | None = None) -> Activity:
    doc = documents.new_document(12_345_678, USER, {"name": name, "description": description})
    place = {"workspace": 12_345_600, "stack": 12_345_601, "order": f"{10**16 - 1}"}
    return Activity.at(1_000_001, doc["id"], id=doc["id"], doc=doc, **place)


def size_with_stamp(row: Row) -> int:
    return item_size(row.next_item() | STAMP_AND_VERSION)


def answer(document: Json) -> str:
    """Return the JSON text of a document with objects in place of the ids of users."""
    people = {name: json_text.load(USERS[document[name]]) for name in document if document[name] in [*USERS]}
    return json_text.dump(document | people)


def test_an_activity_and_each_of_its_copies_fit_into_one_write_unit_with_much_room() -> None:
    activity = new_activity()
    rows = [activity, *copies.all_copies(Caller(1_000_001, USER, "", "write"), activity)]
    assert max(size_with_stamp(row) for row in rows) <= WRITE_BLOCK - 300


def test_an_activity_fits_into_one_write_unit_when_everything_in_it_has_been_changed() -> None:
    activity = new_activity(description="x" * 60)
    moment = "2013-08-21T13:19:19Z"
    for name in ("priority", "progress", "target_date", "size", "alarm"):
        content = {"time": moment} if "time" in activity.block(name) else {"value": "medium"}
        activity.change_fields({name: {**activity.block(name), **content, "updated_at": moment}})
    assert size_with_stamp(activity) <= WRITE_BLOCK


@pytest.mark.parametrize("text", LIKE_PLACEHOLDERS)
def test_texts_of_clients_are_never_placeholders(text: str) -> None:
    activity = new_activity(text, text)
    activity.assignee = OTHER
    assert stored_text.expand(activity.text, USERS) == answer(activity.doc)
    assert Activity.from_raw_data(activity.next_item()).doc == activity.doc
    assert stored_text.people_in([activity.text]) == activity.people == {USER, OTHER}
    comment = Comment.at(
        1, 2, 3, id=3, doc={"id": 3, "body": text, "author": USER, "created_at": "2", "updated_at": "2"}
    )
    assert stored_text.expand(comment.text, USERS) == answer(comment.doc)


def test_a_user_who_is_not_known_is_null() -> None:
    assert '"creator":null,' in stored_text.expand(new_activity().text, {})


def test_a_delegation_is_stored_with_the_activity_in_it() -> None:
    activity = new_activity()
    times = {"created_at": "2013-08-21T13:19:19Z", "updated_at": "2013-08-21T13:19:19Z"}
    document = {"id": 7, "activity": activity.doc, "delegator": USER, "delegee": OTHER, **times}
    text = stored_text.store(document)
    assert stored_text.id_of(text) == 7
    assert stored_text.expand(text, USERS) == answer(document | {"activity": json_text.load(answer(activity.doc))})
    assert len(text) < len(activity.text) + 150

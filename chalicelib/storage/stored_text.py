"""The stored form of activities, delegations and comments: JSON text in which control characters replace some parts.

- PERSON replaces the quote before the id of a user. A stored text contains no names, because names change.
- TIME replaces the time of creation where it is repeated. Most blocks of an activity contain it twice.
- PASSAGE replaces the next one of PASSAGES. They contain what is the same in all activities, such as the options of a
  block.

An activity that spelled out all of this would not fit into the 1 KB that one write unit pays for. JSON escapes control
characters, so no text of a client can be mistaken for one of them.

Answers are made from stored texts by string operations, without parsing JSON.
"""

import re
from collections.abc import Iterable, Mapping

from chalicelib import json_text
from chalicelib.json_text import JsonObject
from chalicelib.storage.models.base import DocumentAttribute, StoredDocument, StoredText

PERSON, TIME, PASSAGE = "\x01", "\x02", "\x03"
USER_ID_LENGTH = 9
PERSON_FIELDS = ("creator", "assignee", "delegator", "delegee", "author")
PERSON_MARK = re.compile(f"{PERSON}([0-9a-f]{{{USER_ID_LENGTH}}})")


def _passages_of_block(field: str, name: str | None, options: list[str] | None = None) -> list[str]:
    """Return the passages of a block that are the same in every activity: before its content and behind it."""
    options_text = f'"options":{json_text.dump(options)},' if options else ""
    return [
        f',"{field}":{{"created_at":{TIME},{options_text}"updated_at":',
        f',"name":{json_text.dump(name)},"id":"',
    ]


# In the order of an activity's JSON text. A text that lacks one of them is stored with all of them spelled out. Do not
# change them while there are texts that were stored without them: they would be expanded to something else.
PASSAGES = [
    *_passages_of_block("priority", "priority", ["low", "normal", "high"]),
    *_passages_of_block("progress", "progress"),
    *_passages_of_block("target_date", "deadline"),
    *_passages_of_block("size", "size", ["small", "medium", "large"]),
    *_passages_of_block("alarm", None),
]
TEMPLATE = "%s".join(["", *PASSAGES, ""])  # what stands between the passages is to be filled in


class StoredTextAttribute(DocumentAttribute):
    """A documented object that is stored as a StoredText. In the object, people are ids of users."""

    def to_text(self, document: JsonObject) -> str:
        """Return the stored text of an object, even if it does not fit into a row."""
        return store(document)

    def serialize(self, value: JsonObject) -> str:
        """Return the stored text of an object. Raises errors.TooLarge if it does not fit into a row."""
        return _shorten(super().serialize(value))

    def deserialize(self, value: str) -> JsonObject:
        """Return the object of a stored text."""
        return super().deserialize(_spell_out(value).replace(PERSON, '"'))


class StoredTextDocument(StoredDocument):
    """A row whose `doc` is stored as a StoredText."""

    doc = StoredTextAttribute()

    @property
    def text(self) -> StoredText:
        """The stored text of the object."""
        return store(self.doc)


def store(document: JsonObject) -> StoredText:
    """Return the stored text of an object, in which people are ids of users."""
    return StoredText(_shorten(json_text.dump(document)))


def expand(text: StoredText, users: Mapping[str, str]) -> str:
    """Return the JSON text of a stored text, with users as JSON texts. A user who is not among them is null."""
    start, *others = _spell_out(text).split(PERSON)
    return start + "".join([users.get(part[:USER_ID_LENGTH], "null") + part[USER_ID_LENGTH + 1 :] for part in others])


def people_in(texts: Iterable[StoredText]) -> set[str]:
    """Return the ids of all people in these stored texts."""
    return {user for text in texts for user in PERSON_MARK.findall(text)}


def id_of(text: StoredText) -> int:
    """Return the id of the stored object, which is its first field."""
    return int(text[len('{"id":') : text.index(",")])


def _shorten(text: str) -> str:
    """Return the stored text of a JSON text."""
    for field in PERSON_FIELDS:
        text = text.replace(f'"{field}":"', f'"{field}":{PERSON}')
    created_at = _creation_time(text)
    if not created_at:
        return text
    before, field, after = text.partition(f'"created_at":{created_at}')
    return _leave_out_passages(before + field + after.replace(created_at, TIME))


def _leave_out_passages(text: str) -> str:
    """Return a text with the character PASSAGE in place of each passage, or as it is if it does not have all."""
    parts, rest = [], text
    for passage in PASSAGES:
        part, found, rest = rest.partition(passage)
        if not found:
            return text
        parts.append(part)
    return PASSAGE.join([*parts, rest])


def _spell_out(text: str) -> str:
    """Return a stored text with its passages and its time of creation in full."""
    if PASSAGE in text:
        text = TEMPLATE % tuple(text.split(PASSAGE))
    return text.replace(TIME, _creation_time(text))


def _creation_time(text: str) -> str:
    """Return the first `created_at` of a text, in quotes: that of the object, or of a delegation's activity."""
    return text.partition('"created_at":')[2].partition(",")[0]

"""The audit log: who changed which user, credential or webhook. Events are kept for 90 days.

Each event is saved in the transaction of the change that it describes.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

from chalicelib import clock, errors, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.json_text import JsonObject
from chalicelib.schemas.audit import SUBJECT_KINDS
from chalicelib.storage import table
from chalicelib.storage.models.audit import AuditEvent
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.users import User
from chalicelib.storage.rows import TextEntry

RETENTION = timedelta(days=90)
EVENT_ID = re.compile("[0-9]{16}-[0-9a-f]{8}")
USER, CREDENTIAL, WEBHOOK = SUBJECT_KINDS  # what is changed


def build_event(caller: Caller, verb: str, kind: str, subject: str, details: JsonObject) -> AuditEvent:
    """Return the event that the caller does this to a user, credential or webhook. `details` contain no secret."""
    event_id = f"{new_order()}-{randomness.hex_digits(8)}"  # newer events sort first
    document = {
        "id": event_id,
        "at": clock.now(),
        "actor": {"user": caller.user, "credential": caller.key or None},
        "verb": verb,
        "subject": {"kind": kind, "id": subject},
        "details": details,
    }
    return AuditEvent.at(caller.account, event_id, doc=document, ttl=clock.after(RETENTION))


def differences(item: Row, fields: JsonObject) -> JsonObject:
    """Return which of these fields would change an item, each as `{"from": ..., "to": ...}`."""
    changes: JsonObject = {}
    for name, value in fields.items():
        before = getattr(item, name)
        if value != before:
            changes[name] = {"from": before, "to": value}
    return changes


def list_events(caller: Caller, after: str | None = None, limit: int | None = None) -> Iterator[TextEntry[str]]:
    """Return the account's events, each by its id and as JSON text, newest first, or those after the id `after`.

    `limit` is the number of events that will be read at most. Raises Forbidden if the caller is not an admin, and
    errors.WrongCursor if no event can have the id.
    """
    if after is not None and not EVENT_ID.fullmatch(after):
        raise errors.WrongCursor
    access.require_admin(table.get(User.ref(caller.account, caller.user)))
    position = None if after is None else AuditEvent.ref(caller.account, after).position
    return table.query_entries(AuditEvent.of_account(caller.account), AuditEvent.read_entry, position, limit)

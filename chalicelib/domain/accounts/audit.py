"""The audit: who changed which user or credential, kept for ninety days. Each event is committed with what it tells."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chalicelib import clock, randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.schemas.audit import SUBJECT_KINDS
from chalicelib.storage import table
from chalicelib.storage.models.audit import AuditEvent
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.users import User

RETENTION = timedelta(days=90)
USER, CREDENTIAL = SUBJECT_KINDS  # what is changed


def build_event(caller: Caller, verb: str, kind: str, subject: str, details: dict[str, Any]) -> AuditEvent:
    """That the caller does this to a user or credential. There is never a secret in it."""
    key = f"{new_order()}-{randomness.hex_digits(8)}"  # the newest first
    doc = {
        "id": key,
        "at": clock.now(),
        "actor": {"user": caller.user, "credential": caller.key or None},
        "verb": verb,
        "subject": {"kind": kind, "id": subject},
        "details": details,
    }
    return AuditEvent.at(caller.account, key, doc=doc, ttl=clock.after(RETENTION))


def differences(item: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """What these fields would change: from what, to what."""
    before = {name: getattr(item, name) for name in fields}
    return {name: {"from": before[name], "to": to} for name, to in fields.items() if to != before[name]}


def list_events(caller: Caller, after: str | None = None, reach: int | None = None) -> Iterator[tuple[str, str]]:
    """The events of the account as JSON texts behind their places, the newest first. Raises errors.Forbidden."""
    access.require_admin(table.get(User, caller.account, caller.user))
    begin = AuditEvent.key(caller.account, after)[1] if after else None
    for key, text in table.query_documents(AuditEvent.key(caller.account, "")[0], AuditEvent.prefix, begin, reach):
        yield key.removeprefix(AuditEvent.prefix), text

"""The audit: who changed which user or credential, kept for ninety days. Each event is committed with what it tells."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chalicelib.domain import access, items, times
from chalicelib.domain.access import Caller
from chalicelib.storage import table
from chalicelib.storage.models import User
from chalicelib.storage.records import Event

KEPT = timedelta(days=90)
USER, CREDENTIAL = "user", "credential"  # what is changed


def event(caller: Caller, verb: str, kind: str, subject: str, details: dict[str, Any]) -> Event:
    """That the caller does this to a user or credential. There is never a secret in it."""
    key = f"{items.order_now()}-{secrets.token_hex(4)}"  # the newest first
    doc = {
        "id": key,
        "at": times.now(),
        "actor": {"user": caller.user, "credential": caller.key or None},
        "verb": verb,
        "subject": {"kind": kind, "id": subject},
        "details": details,
    }
    return Event.at(caller.account, key, doc=doc, ttl=KEPT)


def differences(item: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """What these fields would change: from what, to what."""
    before = {name: getattr(item, name) for name in fields}
    return {name: {"from": before[name], "to": to} for name, to in fields.items() if to != before[name]}


def listing(caller: Caller, after: str | None = None, reach: int | None = None) -> Iterator[tuple[str, str]]:
    """The events of the account as JSON texts behind their places, the newest first. Raises errors.Forbidden."""
    access.administer(table.get(User, caller.account, caller.user))
    begin = Event.key(caller.account, after)[1] if after else None
    for key, text in table.texts(Event.key(caller.account, "")[0], Event.prefix, begin, reach):
        yield key.removeprefix(Event.prefix), text

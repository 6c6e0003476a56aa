"""Each acknowledged change was made by a commit of its call, before the answer, and no refused one was."""

import json
import re
from collections.abc import Iterator
from typing import Any

from chalicelib.domain.ogsm.references import ALL_NOUNS
from chalicelib.storage.unit_of_work import KEEPS_CHANGING
from tests.simulation.checkers.items import Item, Key, is_canonical, kind_of, text_of
from tests.simulation.checkers.paths import Named, named_by
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.faults import LATE
from tests.simulation.history import Request

NAME = "acknowledged"
MEMBER = re.compile(r"/api/workspaces?/(\d+)/members/([0-9a-f]{9})")
CREATED_STATUS = 201
NOT_FOUND = 404
GONE = ("left", "deleted", "purging")  # the states in which a deleted object still has its row
TRANSACTION = "TransactWriteItems"
UNKNOWN = ("unknown", "wrong")  # fields that the API does not know, and ignores if the client asks it to
WRITES = ("POST", "PATCH", "PUT", "DELETE")
CREATED = {
    **{f"/api/v2/{noun.name}.json": noun.singular for noun in ALL_NOUNS},
    "/api/workspaces": "workspace",
    "/api/activities": "activity",
}
CREATED_IN = {
    "items": "activity",
    "stacks": "stack",
    "comments": "comment",
    "users": "user",
    "credentials": "credential",
}
# What a refused request may have written nevertheless: numbers that stay unused, and the end of its own claim.
UNIMPORTANT = ("counter", "receipt")


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield answers that tell of a change which was not made, and refusals of a change which was made."""
    for request in timeline.history.requests:
        if request.method not in WRITES or request.response is None:
            continue
        if request.is_acknowledged:
            changes = [one for one in timeline.changes_of_call(request.call) if one.step <= (request.ended or 0)]
            yield from _check_creation(timeline, request, changes)
            yield from _check_deletion(timeline, request, changes)
            yield from _check_texts(request, changes)
        elif is_refused(request):
            yield from _check_refusal(timeline, request)


def is_refused(request: Request) -> bool:
    """Return whether a request was answered with 4xx and must not have changed anything.

    A call that was given up after many lost races is to be repeated, and may have made some of its commits.
    """
    response = request.response
    return response is not None and 400 <= response.status < 500 and KEEPS_CHANGING not in str(response.json)


def _what(request: Request) -> str:
    status = request.response.status if request.response else request.outcome
    return f"{request.id} ({request.method} {request.path}) was answered with {status}"


def created_kind(request: Request) -> str | None:
    """Return the kind of the object that a request creates, or None."""
    path = request.path.partition("?")[0]
    if request.method != "POST":
        return None
    return CREATED.get(path) or CREATED_IN.get(path.rpartition("/")[2])


def _check_creation(timeline: Timeline, request: Request, changes: list[Change]) -> Iterator[Violation]:
    kind = created_kind(request)
    assert request.response
    document = request.response.json
    if kind is None or not isinstance(document, dict) or request.response.status != CREATED_STATUS:
        return  # an item that existed was put on a stack
    document = document.get("activity", document)
    number = str(document.get("key" if kind == "credential" else "id"))
    key = timeline.keys.get((request.account, kind, number))
    if not any(one.is_creation and one.key == key for one in changes):
        yield Violation(NAME, f"{_what(request)}, but the call has created no {kind} {number}.", (request.id,))
    made = [one for one in timeline.by_owner.get(request.id, ()) if one.is_creation and kind_of(one.item) == kind]
    own = list({one.key: one for one in made}.values())  # others may delete what is then written again
    may_repeat = request.key is None and any(_is_late(timeline, one) for one in own)
    if len(own) > 1 and not may_repeat:
        yield Violation(NAME, f"{_what(request)}, but it has created {len(own)} of {kind}.", (request.id,))


def _is_late(timeline: Timeline, change: Change) -> bool:
    """Return whether the service had stopped waiting for a commit before it was made, and may have tried another."""
    operation = timeline.operations.get(change.commit)
    return operation is not None and operation.fault == LATE


def _check_deletion(timeline: Timeline, request: Request, changes: list[Change]) -> Iterator[Violation]:
    named = _named_by_deletion(request)
    if named is None or (request.response and "idempotency-replayed" in request.response.headers):
        return  # a kept answer may be that of another call, which has sent the same request with the same key
    key = timeline.keys.get((request.account, *named))
    if named.kind == "credential" and key and _is_gone(timeline.versions_between(key, 0, request.ended or 0)[-1]):
        return  # it may have been revoked before
    if not any(one.key == key and _is_gone(one.after) for one in changes):
        yield Violation(NAME, f"{_what(request)}, but the call has not deleted {named.kind} {named.id}.", (request.id,))
    elif key in timeline.rows and not _is_gone(timeline.rows[key]) and not timeline.was_restored(key):
        yield Violation(NAME, f"{_what(request)}, but {named.kind} {named.id} has come back.", (request.id,))


def _named_by_deletion(request: Request) -> Named | None:
    """Return the object that a request deletes, or None if it deletes none."""
    is_deletion = request.method == "DELETE" or request.path.endswith("/delete")
    return named_by(request.path.removesuffix("/delete")) if is_deletion else None


def _is_gone(item: Item | None) -> bool:
    """Return whether an object is deleted. Credentials are revoked, users have left, and workspaces are marked."""
    return item is None or "revoked_at" in item or text_of(item, "deletion_state") in GONE


def _check_texts(request: Request, changes: list[Change]) -> Iterator[Violation]:
    """Yield texts of a request that none of the commits of its call has written."""
    texts = [text for text in _texts(request.body) if request.call in text]
    if not texts or request.path.startswith("/invitations/"):
        return  # the page of a link ignores the names if the user has some already
    begins = any(one.is_creation and kind_of(one.item) == "delegation" for one in changes)
    if request.path.endswith("delegate") and not begins:
        return  # delegating to the same delegee again changes nothing
    written = "\n".join(value["S"] for one in changes for value in (one.after or {}).values() if "S" in value)
    for text in texts:
        if json.dumps(text, ensure_ascii=False)[1:-1] not in written and text not in written:
            yield Violation(NAME, f"{_what(request)}, but nothing has stored the text {text!r}.", (request.id,))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in UNKNOWN:
                yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _check_refusal(timeline: Timeline, request: Request) -> Iterator[Violation]:
    if request.path.startswith("/address-changes/"):
        return  # of two requests that open the same link, the later one may have done some of the steps
    if _has_another_deleted(timeline, request) or _is_invitation_in_parts(timeline, request):
        return
    for one in timeline.by_owner.get(request.id, ()):
        is_use = kind_of(one.item) == "credential" and _is_use(one)
        if is_use or kind_of(one.item) in UNIMPORTANT or _was_overtaken(timeline, request, one):
            continue
        if is_canonical(one.key, one.item):
            yield Violation(NAME, f"{_what(request)}, but it has written {one.key[0]} / {one.key[1]}.", (request.id,))
            return


def _was_overtaken(timeline: Timeline, request: Request, change: Change) -> bool:
    """Return whether the answer of a write was lost, and another request changed the row before it was repeated.

    The service then cannot know that its first write has succeeded.
    """
    operation = timeline.operations.get(change.commit)
    others = [one for one in timeline.by_key[change.key] if one.owner != request.id]
    is_changed = any(change.step < one.step <= (request.ended or one.step) for one in others)
    return operation is not None and bool(operation.fault) and is_changed


def _is_use(change: Change) -> bool:
    """Return whether the authorizer has noted that a credential was used."""
    before, after = change.before or {}, change.after or {}
    return {name for name in after if before.get(name) != after[name]} <= {"last_used_at", "version"}


def _has_another_deleted(timeline: Timeline, request: Request) -> bool:
    """Return whether a request found nothing because another one has finished the deletion that it had begun."""
    if request.response is None or request.response.status != NOT_FOUND:
        return False
    if request.verb == "delete_user":
        slug_or_id = request.path.rpartition("/")[2]
        users = [one for one in timeline.changes if kind_of(one.item) == "user"]
        own = {one.key for one in users if slug_or_id in (text_of(one.item, "slug"), text_of(one.item, "id"))}
        return any(_has_another_removed(timeline, request, key) for key in own)
    if match := MEMBER.fullmatch(request.path):
        place = f"ACCOUNT#{request.account:09}#WORKSPACE#{int(match[1]):016}"
        return _has_another_removed(timeline, request, (place, f"MEMBER#{match[2]}"))
    named = _named_by_deletion(request)
    if named is None:
        return False
    key = timeline.keys.get((request.account, *named))
    return key is not None and _has_another_removed(timeline, request, key)


def _has_another_removed(timeline: Timeline, request: Request, key: Key) -> bool:
    """Return whether another request has removed or marked a row while this one ran."""
    return any(
        (one.after is None or text_of(one.after, "deletion_state") in GONE)
        and one.owner != request.id
        and request.started <= one.step <= (request.ended or 0)
        for one in timeline.by_key.get(key, ())
    )


def _is_invitation_in_parts(timeline: Timeline, request: Request) -> bool:
    """Return whether somebody had left, or the workspace was deleted, when a request had invited the first people."""
    if not request.path.endswith("/invitation") or request.response is None or request.response.status != NOT_FOUND:
        return False
    operations = [one for one in timeline.history.operations if one.owner == request.id]
    commits = [one.step for one in operations if one.operation == TRANSACTION and one.commit is not None]
    refusals = [one.step for one in operations if one.operation == TRANSACTION and one.error]
    return bool(commits and refusals) and refusals[-1] > commits[-1]

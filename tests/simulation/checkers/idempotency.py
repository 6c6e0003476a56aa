"""Calls with an Idempotency-Key have one effect, however often they are sent, and one answer."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.simulation.checkers.items import OGSM, Item, is_canonical, kind_of, text_of
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request

NAME = "idempotency"
RETENTION = 86_400 - 60  # seconds for which an answer is certainly kept
CREATED_ONCE = (*OGSM, "activity", "comment", "credential", "delegation", "invitation", "stack", "user", "workspace")
# Calls without authentication and pages with forms have no keys.
WITHOUT_KEYS = ("/oauth/", "/invitations/", "/address-changes/", "/settings/")
REFUSED = ("declined", "taken_back")
OF_PLACEHOLDER = ("workspace", "stack")  # created with each user who is invited by an address
INVITED = ("invitation", "user")  # one request may create several of them


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield keys under which something was done twice, or that got different answers."""
    by_key: dict[tuple[str, str], list[Request]] = defaultdict(list)
    for request in timeline.history.requests:
        has_key = request.key is not None and not request.path.startswith(WITHOUT_KEYS)
        if has_key and request.method not in ("GET", "HEAD"):
            by_key[request.credential, request.key or ""].append(request)
    for requests in by_key.values():
        same: dict[str, list[Request]] = defaultdict(list)
        for request in requests:
            same[f"{request.method} {request.path} {request.body}"].append(request)
        for attempts in same.values():
            yield from _check_effects(timeline, attempts)
            yield from _check_answers(attempts)
        if len(same) > 1:
            yield from _check_mismatches(timeline, requests)


def _check_effects(timeline: Timeline, attempts: list[Request]) -> Iterator[Violation]:
    """Yield creations of further objects, while the answer to the first request is kept."""
    begun: dict[tuple[str, Any], Change] = {}
    names = {request.id: request for request in attempts}
    changes = sorted(change for request in attempts for change in timeline.by_owner.get(request.id, ()))
    for change in changes:
        kind = kind_of(change.item)
        if not _creates(change):
            continue
        is_of_invited = kind in INVITED or (kind in OF_PLACEHOLDER and names[change.owner].path.endswith("/invitation"))
        what = change.key if is_of_invited else None
        if kind == "invitation":
            what = change.item["user"]["S"]
        first = begun.setdefault((kind, what), change)
        if first.owner == change.owner or _was_undone(timeline, first.owner, change):
            continue
        if _is_kept(names[first.owner], names[change.owner]):
            text = f"{first.owner} and {change.owner} with the same Idempotency-Key each created a {kind}"
            yield Violation(NAME, f"{text}: {first.key} and {change.key}.", (first.owner, change.owner))


def _creates(change: Change) -> bool:
    """Return whether a change creates an object.

    A delegation that ends gets another row, and a request may end several.
    """
    kind = kind_of(change.item)
    is_ended = kind == "delegation" and "#OPEN#" not in change.key[1]
    return change.is_creation and kind in CREATED_ONCE and is_canonical(change.key, change.item) and not is_ended


def _was_undone(timeline: Timeline, first: str, later: Change) -> bool:
    """Return whether a request was cut off, and others then ended what it had made. Repeating it makes that again."""
    own = [one for one in timeline.by_owner[first] if one.step <= later.step]
    if any(kind_of(one.item) == "receipt" and text_of(one.after, "status") != "0" for one in own):
        return False
    made = [one.key for one in own if one.is_creation and kind_of(one.item) in CREATED_ONCE]
    changes = [one for key in made for one in timeline.by_key[key] if one.owner != first and one.step <= later.step]
    return any(_is_ended(one.after) for one in changes)


def _is_ended(item: Item | None) -> bool:
    """Return whether an object is gone, or is an invitation or a delegation that somebody has refused."""
    return item is None or bool(text_of(item, "deletion_state")) or text_of(item, "state") in REFUSED


def _is_kept(first: Request, later: Request) -> bool:
    return later.at - first.at < RETENTION


def _check_answers(attempts: list[Request]) -> Iterator[Violation]:
    acknowledged = [request for request in attempts if request.is_acknowledged]
    for first, later in pairwise(acknowledged):
        if not _is_kept(attempts[0], later) or not first.response or not later.response:
            continue
        if first.response.status != later.response.status or _without_secret(first) != _without_secret(later):
            text = f"{first.id} and {later.id} with the same Idempotency-Key got different answers"
            yield Violation(NAME, f"{text}, {first.response.status} and {later.response.status}.", (first.id, later.id))


def _without_secret(request: Request) -> Any:
    assert request.response
    if isinstance(request.response.json, dict):
        return {name: value for name, value in request.response.json.items() if name != "secret"}
    return request.response.json


def _check_mismatches(timeline: Timeline, requests: list[Request]) -> Iterator[Violation]:
    """Yield another request with the same key that was carried out after the first one had been acknowledged."""
    first = next((request for request in requests if request.is_acknowledged), None)
    if first is None:
        return
    head = (first.method, first.path, first.body)
    for later in requests:
        is_other = (later.method, later.path, later.body) != head
        if is_other and later.started > (first.ended or 0) and _is_kept(first, later) and later.is_acknowledged:
            text = f"{later.id} was carried out under the Idempotency-Key of {first.id}, which was another request"
            yield Violation(NAME, f"{text}.", (first.id, later.id))

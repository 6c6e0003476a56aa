"""A claim of an Idempotency-Key keeps other requests with the key away while it is in force, and no longer."""

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

from chalicelib.http.idempotency import IN_PROGRESS
from tests.simulation.checkers.items import Item, Key, kind_of, number_of, text_of
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request

NAME = "claims"
CLAIMED = "0"  # the status in a receipt before its answer is known


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield work under a key that another request had claimed, and refusals that no claim explains."""
    receipts: dict[tuple[str, str], Key] = {}
    for key, changes in timeline.by_key.items():
        if kind_of(changes[0].item) == "receipt":
            credential, _, digest = key[1].removeprefix("RECEIPT#").partition("#")
            receipts[credential, digest] = key
            yield from _check_owners(timeline, changes)
    for request in timeline.history.requests:
        if request.key and request.response and IN_PROGRESS in str(request.response.json):
            found = receipts.get((request.credential, hashlib.sha256(request.key.encode()).hexdigest()))
            yield from _check_refusal(timeline, request, timeline.by_key[found] if found else [])


def _is_claim(item: Item | None) -> bool:
    return text_of(item, "status") == CLAIMED


def _check_owners(timeline: Timeline, changes: Sequence[Change]) -> Iterator[Violation]:
    """Yield requests that replaced a claim of another one although they had looked for it while it was in force."""
    for first, later in pairwise(changes):
        other = timeline.requests.get(later.owner)
        if first.owner == later.owner or other is None or not _is_claim(first.after):
            continue
        reads = [
            one.step for one in timeline.history.operations if one.owner == other.id and _reads(one.request, later)
        ]
        looked = [step for step in reads if first.step < step < later.step]
        if looked and _latest_time(timeline, looked[-1]) < number_of(first.after, "ttl"):
            text = f"{other.id} did the work of an Idempotency-Key that {first.owner} had claimed"
            yield Violation(NAME, f"{text}.", (other.id, first.owner))


def _reads(request: dict[str, object], change: Change) -> bool:
    return request.get("Key") == {"pk": {"S": change.key[0]}, "sk": {"S": change.key[1]}}


def _latest_time(timeline: Timeline, step: int) -> float:
    """Return the time of the next request after a step, in seconds since 1970. The step was not later than that."""
    return min((one.at for one in timeline.history.requests if one.started >= step), default=float("inf"))


def _check_refusal(timeline: Timeline, request: Request, changes: Sequence[Change]) -> Iterator[Violation]:
    """Yield a request that was sent away although the claim had expired, or its owner had been refused."""
    what = f"{request.id} ({request.method} {request.path}) was told that its Idempotency-Key is in use"
    ended = request.ended or request.started
    claims = [one for one in changes if _is_claim(one.after) and one.step <= ended]
    if not any(number_of(one.after, "ttl") > request.at for one in claims):
        yield Violation(NAME, f"{what}, but no claim of it was in force.", (request.id,))
    elif _was_released(timeline, claims[-1], request):
        yield Violation(
            NAME, f"{what}, but {claims[-1].owner} had been refused before.", (request.id, claims[-1].owner)
        )


def _was_released(timeline: Timeline, claim: Change, request: Request) -> bool:
    """Return whether the owner of a claim should have ended it: it was refused before, and nothing went wrong."""
    owner = timeline.requests.get(claim.owner)
    if owner is None or owner.response is None or not 400 <= owner.response.status < 500:
        return False
    if (owner.ended or request.started) >= request.started:
        return False
    operations = [one for one in timeline.history.operations if one.owner == owner.id]
    return not any(one.fault or (one.error and one.operation == "DeleteItem") for one in operations)

"""Each answer about one object shows it as it was at some point between the request and the answer."""

from collections.abc import Iterator

from tests.simulation.calls import is_about_past
from tests.simulation.checkers.access import could_see_all_the_time
from tests.simulation.checkers.acknowledged import created_kind
from tests.simulation.checkers.items import Json, answered, is_answer_about
from tests.simulation.checkers.paths import Named, named_by
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request

NAME = "reads"
VERBS = (
    "play",
    "pause",
    "finish",
    "approve",
    "reject",
    "take_over",
    "move",
    "delegate",
    "accept",
    "decline",
    "take_back",
)


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield answers that no version of their object explains, and unfounded answers that there is no object."""
    for request in timeline.history.requests:
        response = request.response
        if response is None or is_about_past(request.path):
            continue
        if response.status == 404 and request.method in ("GET", "PATCH", "DELETE"):
            yield from _check_absence(timeline, request)
        elif response.status in (200, 201) and isinstance(response.json, dict):
            named, document = _find_shown(request)
            if named:
                yield from _check_version(timeline, request, named, document)


def _find_shown(request: Request) -> tuple[Named | None, Json]:
    """Return the object that an answer is about, and what it shows of it."""
    assert request.response
    document: Json = request.response.json
    path = request.path.partition("?")[0]
    before, _, last = path.rpartition("/")
    kind = created_kind(request)
    document = document.get("activity", document) if kind == "activity" else document
    if kind and kind != "credential":
        return Named(kind, str(document.get("id"))), document
    if last in VERBS or "/blox/" in path:
        named = named_by(before.partition("/blox")[0])
        return (named if named and named.kind == "activity" else None), document
    if request.method in ("GET", "PATCH"):
        return named_by(path), document
    return None, {}


def _check_version(timeline: Timeline, request: Request, named: Named, document: Json) -> Iterator[Violation]:
    """Yield an answer that shows no version from its request to its end. A write shows its own or a later one."""
    key = timeline.keys.get((request.account, *named))
    if key is None:
        if named.kind != "stack":  # an inbox has no row
            yield Violation(NAME, f"{request.id} shows {named.kind} {named.id}, which never existed.", (request.id,))
        return
    is_replay = "idempotency-replayed" in (request.response.headers if request.response else {})
    first = _first_with_key(timeline, request).started if is_replay else request.started
    own = [
        one.step
        for one in timeline.changes_of_call(request.call)
        if one.key == key and one.step <= (request.ended or 0)
    ]
    if own and not is_replay:  # the answer may show what it was before a mail; others may change it until that is sent
        has_mailed = any(mail.owner == request.id for mail in timeline.history.mails)
        first = max(first, own[0] if has_mailed else own[-1])
    shown = answered(named.kind, document)
    versions = timeline.versions_between(key, first, request.ended or first)
    if not any(is_answer_about(item, shown) for item in versions):
        text = f"{request.id} ({request.method} {request.path}) shows {named.kind} {named.id} in a version"
        when = f"that was not current between step {first} and step {request.ended}"
        yield Violation(NAME, f"{text} {when}.", (request.id,))


def _first_with_key(timeline: Timeline, request: Request) -> Request:
    """Return the first request that was sent with the credential and the Idempotency-Key of this one."""
    name = request.credential, request.key
    return next(one for one in timeline.history.requests if (one.credential, one.key) == name)


def _check_absence(timeline: Timeline, request: Request) -> Iterator[Violation]:
    named = named_by(request.path)
    if named is None or not could_see_all_the_time(timeline, request, named):
        return
    text = (
        f"{request.id} ({request.method} {request.path}) was answered with 404, but {named.kind} {named.id} was there"
    )
    yield Violation(NAME, f"{text} and visible from step {request.started} to step {request.ended}.", (request.id,))

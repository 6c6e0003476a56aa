"""Every response is one that the OpenAPI document allows, and errors have a reason."""

from collections.abc import Iterator

from chalicelib.domain.changes.past import NOT_RECORDED_YET
from chalicelib.storage.unit_of_work import KEEPS_CHANGING
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request, Response, StoreOperation
from tests.support.openapi_check import find_undescribed

NAME = "answers"
PROBLEM = "application/problem+json"
LINKS = ("/invitations/", "/address-changes/")  # whoever has such a link may use it
LOST = ("ConditionalCheckFailedException", "TransactionCanceledException")  # what DynamoDB says of a lost race


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield responses that are not described, unexpected exceptions, and errors without details or reason."""
    troubled = {one.owner for one in timeline.history.operations if _is_trouble(one)}
    for request in timeline.history.requests:
        if request.error:
            last_line = request.error.strip().rpartition("\n")[2]
            yield Violation(NAME, f"{_what(request)} had an unexpected exception: {last_line}", (request.id,))
        if request.response is not None:
            yield from _check(request, request.response, request.id in troubled)
            yield from _check_lost_races(timeline, request, request.response)


def _check_lost_races(timeline: Timeline, request: Request, response: Response) -> Iterator[Violation]:
    """Yield an answer that others kept changing the objects, if the request failed more often than others committed."""
    if response.status != 409 or KEEPS_CHANGING not in str(response.json):
        return
    operations = [*timeline.history.operations]
    lost = [one for one in operations if one.owner == request.id and one.error in LOST and not one.fault]
    others = [one for one in operations if one.commit is not None and one.owner != request.id]
    others = [one for one in others if request.started <= one.step <= (request.ended or one.step)]
    if len(lost) > len(others):
        text = f"{_what(request)} lost {len(lost)} races, and others have committed only {len(others)} times."
        yield Violation(NAME, text, (request.id,))


def _is_trouble(operation: StoreOperation) -> bool:
    return bool(operation.fault) or operation.error not in ("", *LOST)


def _is_early(response: Response) -> bool:
    """Return whether a state of the past depends on a change that is still being recorded. `past` checks this."""
    return NOT_RECORDED_YET in str(response.json)


def _what(request: Request) -> str:
    return f"{request.id} ({request.method} {request.path})"


def _check(request: Request, response: Response, is_troubled: bool) -> Iterator[Violation]:
    path = request.path.partition("?")[0]
    wrong = find_undescribed(
        request.method, path, response.status, response.headers, response.json, is_empty=not response.body
    )
    if wrong:
        yield Violation(NAME, f"{_what(request)} got an undescribed response: {wrong}", (request.id,))
    if response.status == 403 and path.startswith(LINKS):
        yield Violation(NAME, f"{_what(request)} opened a link that was mailed, and may not use it.", (request.id,))
    if response.status == 500 or (response.status == 503 and not is_troubled and not _is_early(response)):
        yield Violation(NAME, f"{_what(request)} was answered with {response.status} without any fault.", (request.id,))
    is_own = "x-request-id" in response.headers and response.headers.get("content-type") == PROBLEM
    if is_own and not (response.json and response.json.get("title") and response.json.get("detail")):
        yield Violation(NAME, f"{_what(request)} got a problem document without a title or detail.", (request.id,))

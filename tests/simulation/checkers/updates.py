"""An update changes what it was asked to change, and nothing else: no write brings back an older text."""

import json
from collections.abc import Iterator

from tests.simulation.checkers.items import OGSM, calls_in, kind_of, shown_by
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import Request

NAME = "updates"
CHECKED = (*OGSM, "activity", "comment", "stack", "workspace")
OF_THE_SERVER = frozenset({"updated_at"})
# A report or measurement that gets another day may become the newest. It then sets these fields of its item.
REPORTS, REPORTED = ("_progress_reports/", "_measurements/"), frozenset({"progress", "status", "traffic_light"})


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield commits that changed other fields than asked, or that wrote a text of another call."""
    for change in timeline.changes:
        if kind_of(change.item) not in CHECKED or change.before is None or change.after is None:
            continue
        request = timeline.requests.get(change.owner)
        if timeline.is_undo(change.owner):
            continue  # it brings back an older text on purpose, and another checker looks after it
        if request is None or change.before.get("doc", 0) == change.after.get("doc", 1):
            continue
        yield from _check(request, change)


def _check(request: Request, change: Change) -> Iterator[Violation]:
    assert change.before
    assert change.after
    before, after = shown_by(change.before), shown_by(change.after)
    changed = frozenset(name for name in {**before, **after} if before.get(name) != after.get(name))
    what = f"{request.id} ({request.method} {request.path}) changed {change.key[1]}"
    if request.method == "PATCH":
        unasked = changed - OF_THE_SERVER - frozenset(request.body or ())
        unasked -= REPORTED if any(part in request.path for part in REPORTS) else frozenset()
        if unasked:
            yield Violation(NAME, f"{what} in {', '.join(sorted(unasked))}, which it was not asked to.", (request.id,))
    old, new = (calls_in(json.dumps([one.get(name) for name in sorted(changed)])) for one in (before, after))
    strange = new - old - {request.call}
    if strange:
        yield Violation(NAME, f"{what} and wrote the text of {', '.join(sorted(strange))}.", (request.id,))

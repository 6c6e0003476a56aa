"""Each commit of a row raises its version by one, carries the stamp of its request, and leaves a tombstone."""

import base64
from collections.abc import Iterator

from chalicelib.storage import stamps
from tests.simulation.checkers.alarms import RUNS
from tests.simulation.checkers.items import is_canonical, kind_of, number_of, text_of
from tests.simulation.checkers.timeline import EXPIRY, Change, Timeline
from tests.simulation.checkers.violation import Violation

NAME = "versions"
COMMANDS = "operator."  # the names of the processes of the operator's commands begin with this
# Rows without a version of their own: copies, which the version of another row protects, and what is overwritten
# without having been read.
UNVERSIONED = (
    "counter",
    "delegation",
    "due_webhook",
    "feed_entry",
    "placement",
    "recent_mail",
    "tombstone",
    "user_activity",
)
READ_TO_DELETE = ("activity", "action")
COUNTED = frozenset({"additions"})  # attributes that change without a new version
UNSTAMPED = frozenset({"last_used_at", "alarm_at", "alarm_claim", "alarm_tries", "alarm_shard", "version"})
PURGED = UNSTAMPED | {"deletion_state"}  # what the scheduled function changes


def check(timeline: Timeline) -> Iterator[Violation]:
    """Yield commits that were based on an outdated version, bear a wrong stamp, or lack a tombstone."""
    tombstones = {(change.commit, change.key[1]) for change in timeline.changes if _is_tombstone(change)}
    for change in timeline.changes:
        kind = kind_of(change.item)
        if kind not in UNVERSIONED:
            yield from _check_version(timeline, change)
        if not is_canonical(change.key, change.item):
            continue
        if change.after is not None:
            yield from _check_stamp(timeline, change)
        elif change.owner.startswith(RUNS):
            continue  # a purge has no author
        elif (change.commit, f"{kind}#{change.key[0]}#{change.key[1]}") not in tombstones:
            yield Violation(NAME, f"{_say(change)} deleted the row without a tombstone.", (change.owner,))


def is_of_operator(stamp: str) -> bool:
    """Return whether a stamp names the operator, whose commands are no requests."""
    return stamps.unpack(base64.b64decode(stamp)).author.user == stamps.OPERATOR


def _is_tombstone(change: Change) -> bool:
    return change.after is not None and kind_of(change.after) == "tombstone"


def _say(change: Change) -> str:
    return f"Commit {change.commit} of {change.owner} to {change.key[0]} / {change.key[1]}"


def _changed_names(change: Change) -> frozenset[str]:
    before, after = change.before or {}, change.after or {}
    return frozenset(name for name in {**before, **after} if before.get(name) != after.get(name))


def _check_version(timeline: Timeline, change: Change) -> Iterator[Violation]:
    if change.after is None or change.owner == EXPIRY:
        return
    before, after = number_of(change.before, "version"), number_of(change.after, "version")
    if change.is_creation and timeline.is_undo(change.owner):
        is_known = after > 1 or kind_of(change.item) in READ_TO_DELETE
        before = _version_of_deleted(timeline, change) if is_known else 0  # rows deleted unread have left no version
    if after != before + 1 and not _changed_names(change) <= COUNTED:
        text = f"{_say(change)} wrote version {after} over version {before}."
        yield Violation(NAME, text, (change.owner,))


def _version_of_deleted(timeline: Timeline, change: Change) -> int:
    """Return the version that a row had when it was deleted before this change."""
    deleted = [one for one in timeline.by_key[change.key] if one.after is None and one.commit < change.commit]
    return number_of(deleted[-1].before, "version") if deleted else 0


def _check_stamp(timeline: Timeline, change: Change) -> Iterator[Violation]:
    """Yield a commit that does not bear the stamp of its request.

    The authorizer, the alarms and the purges have no author and leave the stamp as it is.
    """
    stamp, stamp_before = text_of(change.after, "stamp"), text_of(change.before, "stamp")
    unstamped = PURGED if change.owner.startswith(RUNS) else UNSTAMPED
    if stamp == stamp_before and _changed_names(change) <= unstamped | COUNTED:
        return
    request = timeline.requests.get(change.owner)
    if change.owner.startswith(COMMANDS) and stamp and is_of_operator(stamp):
        return
    if request is None or stamp is None:
        yield Violation(NAME, f"{_say(change)} has no stamp, or nobody's.", (change.owner,))
    elif base64.b64decode(stamp)[13:29] != stamps.pack_request_id(request.request_id):
        yield Violation(NAME, f"{_say(change)} bears the stamp of another request.", (change.owner,))

"""Only one run at a time has a webhook, it waits between attempts, and in the end nothing is left to do."""

from collections.abc import Iterator
from datetime import datetime

from tests.simulation.checkers.items import Item, number_of, text_of
from tests.simulation.checkers.timeline import Change, Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.checkers.webhook_rows import RUNS, Hook, Hooks, cursor_of, is_claim, is_enabled

NAME = "webhooks"
CLAIM_SECONDS, DEFAULT_OVERLAP = 60, 86_400  # seconds


def check_states(timeline: Timeline, hooks: Hooks, hook: Hook) -> Iterator[Violation]:
    """Yield changes of the state of a webhook that a run may not make."""
    token: dict[str, str | None] = {}  # of the claim that each run has made last
    for change in hooks.state_changes(hook):
        if change.before is None or not change.owner.startswith(RUNS):
            continue
        if is_claim(change):
            token[change.owner] = text_of(change.after, "claim")
            yield from _check_claim(change, hook)
        elif text_of(change.before, "claim") is None or text_of(change.before, "claim") != token.get(change.owner):
            yield _violation(hook, f"{change.owner} has written its state without a claim")
        if cursor_of(change.after) < cursor_of(change.before):
            yield _violation(hook, f"{change.owner} has moved its cursor back")
        if _has_mail(change.before) and not _has_mail(change.after):
            yield from _check_mail(timeline, hook, change)


def check_rotations(timeline: Timeline, hook: Hook) -> Iterator[Violation]:
    """Yield rotations after which the old secret does not sign as long as the request says."""
    for change in timeline.by_key.get(hook.row_key, ()):
        before, after = change.before, change.after
        is_own = text_of(before, "id") == text_of(after, "id") == hook.id
        if not is_own or text_of(before, "secret") == text_of(after, "secret"):
            continue
        request = timeline.requests.get(change.owner)
        overlap = (request.body or {}).get("overlap", DEFAULT_OVERLAP) if request else 0
        if text_of(after, "old_secret") != (text_of(before, "secret") if overlap else None):
            yield _violation(
                hook, f"{change.owner} has rotated its secret, and the old one signs too long or too short"
            )


def _check_claim(change: Change, hook: Hook) -> Iterator[Violation]:
    """Yield a claim before the end of another one, or before the next attempt is due, by the clock of the run."""
    now = _seconds(text_of(change.after, "claim_until")) - CLAIM_SECONDS
    if text_of(change.before, "claim") and _seconds(text_of(change.before, "claim_until")) > now:
        yield _violation(hook, f"{change.owner} has claimed it while another run had it")
    if _seconds(text_of(change.before, "next_attempt_at")) > now:
        yield _violation(hook, f"{change.owner} has claimed it before the next attempt was due")


def _check_mail(timeline: Timeline, hook: Hook, change: Change) -> Iterator[Violation]:
    """Yield the note that the admins were told that a webhook was disabled, if they were not."""
    mails = [one for one in timeline.history.mails if one.owner == change.owner and one.step < change.step]
    if not mails:
        yield _violation(hook, f"{change.owner} has noted that the admins were told, without a mail")


def check_end(timeline: Timeline, hook: Hook, newest: int) -> Iterator[Violation]:
    """Yield what is left to do when everything has been delivered. `newest` is the last seq of the account."""
    row, state = timeline.rows.get(hook.row_key), timeline.rows.get(hook.state_key)
    if row is None or state is None or text_of(row, "id") != hook.id:
        return
    if _has_mail(state):
        yield _violation(hook, "it was disabled, and nobody has told the admins")
    if not is_enabled(row):
        return
    if cursor_of(state) != newest:
        yield _violation(hook, f"its cursor has stopped at {cursor_of(state)}, and the feed ends at {newest}")
    if number_of(state, "attempts") or text_of(state, "replay_next"):
        yield _violation(hook, "a message or a replay was left unfinished")


def _has_mail(state: Item | None) -> bool:
    return state is not None and state.get("has_unsent_mail") == {"BOOL": True}


def _seconds(timestamp: str | None) -> float:
    return datetime.fromisoformat(timestamp).timestamp() if timestamp else 0.0


def _violation(hook: Hook, text: str) -> Violation:
    return Violation(NAME, f"Webhook {hook.id} of account {hook.account}: {text}.")

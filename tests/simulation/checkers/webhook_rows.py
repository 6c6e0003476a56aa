"""The webhooks of a simulation: their rows and states over time, and the runs that have claimed them."""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tests.simulation.checkers.items import Item, Key, account_of, kind_of, number_of, text_of
from tests.simulation.checkers.timeline import END, Change, Timeline, Version

RUNS = ("hooks.", "webhooks.")  # the names of the processes that deliver begin with these
READ = "BatchGetItem"


class Hook(NamedTuple):
    """A webhook: its account, its id, and the keys of its row and of its state. Another may have had them before."""

    account: int
    id: str
    row_key: Key
    state_key: Key


class Hooks:
    """All webhooks of a simulation, by account and id."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self.by_id: dict[tuple[int, str], Hook] = {}
        for change in timeline.changes:
            if kind_of(change.item) == "webhook":
                account, hook_id = account_of(change.key) or 0, text_of(change.item, "id") or ""
                state_key = change.key[0], change.key[1].replace("WEBHOOK#", "STATE#")
                self.by_id[account, hook_id] = Hook(account, hook_id, change.key, state_key)
        self._reads: dict[tuple[str, Key], list[int]] = defaultdict(list)
        for operation in timeline.history.operations:
            for key in _keys_read(operation.request) if operation.operation == READ else ():
                self._reads[operation.owner, key].append(operation.step)
        self.rows_of_commit: dict[int, list[Item]] = defaultdict(list)
        for change in timeline.changes:
            self.rows_of_commit[change.commit].append(change.item)

    def read_at(self, hook: Hook, owner: str, step: int) -> int:
        """Return the step in which a process has last read a webhook before a step, or the step itself."""
        steps = self._reads.get((owner, hook.row_key), [])
        number = bisect_right(steps, step)
        return steps[number - 1] if number else step

    def rows(self, hook: Hook, first: int, last: int) -> list[Item]:
        """Return the rows that a webhook had at some point between two steps."""
        return [one.item for one in self._versions(hook, hook.row_key, "id", first, last) if one.item]

    def is_throughout(self, hook: Hook, first: int, last: int) -> bool:
        """Return whether a webhook was there all the time between two steps."""
        versions = self._timeline.versions_between(hook.row_key, first, last)
        return len(versions) == len(self.rows(hook, first, last))

    def states(self, hook: Hook, first: int = 0, last: int = END) -> list[Item]:
        """Return the states that a webhook had at some point between two steps."""
        return [one.item for one in self._versions(hook, hook.state_key, "webhook", first, last) if one.item]

    def _versions(self, hook: Hook, key: Key, name: str, first: int, last: int) -> Iterator[Version]:
        for version in self._timeline.versions(key):
            if version.first <= last and version.last >= first and text_of(version.item, name) == hook.id:
                yield version

    def state_changes(self, hook: Hook) -> list[Change]:
        """Return the changes of the state of a webhook, in order, without its deletion."""
        changes = self._timeline.by_key.get(hook.state_key, [])
        return [one for one in changes if one.after is not None and text_of(one.after, "webhook") == hook.id]

    def claimed_at(self, hook: Hook, owner: str, step: int) -> int | None:
        """Return the step in which a run has last claimed a webhook before a step, or None."""
        own = [one for one in self.state_changes(hook) if one.owner == owner and one.step <= step and is_claim(one)]
        return own[-1].step if own else None


def _keys_read(request: Item) -> Iterator[Key]:
    for entry in request["RequestItems"].values():
        yield from ((key["pk"]["S"], key["sk"]["S"]) for key in entry["Keys"])


def is_claim(change: Change) -> bool:
    """Return whether a run has claimed a webhook with a change of its state."""
    token = text_of(change.after, "claim")
    return token is not None and token != text_of(change.before, "claim")


def cursor_of(state: Item | None) -> int:
    """Return the seq of the last change that was delivered or passed over."""
    return number_of(state, "cursor")


def is_replaying(state: Item, seq: int) -> bool:
    """Return whether a change is one of those that a state says are to be sent again."""
    first, last = text_of(state, "replay_next"), text_of(state, "replay_last")
    return first is not None and last is not None and int(first) <= seq <= int(last)


def wants(row: Item, kind: str) -> bool:
    """Return whether a webhook gets changes of a kind."""
    kinds: list[str] = json.loads(row["kinds"]["S"])
    return not kinds or kind in kinds


def is_enabled(row: Item) -> bool:
    """Return whether a webhook is enabled."""
    return bool(row["enabled"]["BOOL"])

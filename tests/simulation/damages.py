"""Damage what simulations have left in one way at a time, and show what the checkers of the feed find.

`python -m tests.simulation.damages` prints a JSON object: the texts of the violations by the name of each damage. It is
a process of its own, because a simulation replaces what other tests need.
"""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from tests.simulation.run import ENVIRONMENT

if TYPE_CHECKING:
    from tests.simulation.checkers.timeline import Timeline
    from tests.simulation.history import Delivery, History, Request
    from tests.simulation.simulation import Simulation
    from tests.simulation.store import Commit, Item, Key, RowChange

Alter = Callable[["Item"], "Item | None"]
SEEDS = 6  # of each scenario: some have too few requests for all damages


class ImpossibleError(LookupError):
    """A simulation has nothing that could be damaged in this way."""


@dataclass
class World:
    """What a simulation has left: its commits and its history, which may be changed."""

    simulation: "Simulation"
    commits: "list[Commit]"
    history: "History"

    @staticmethod
    def of(simulation: "Simulation") -> "World":
        """Return a copy of what a simulation has left."""
        from tests.simulation.history import History

        found = simulation.history
        requests = [replace(request) for request in found.requests]
        return World(
            simulation, list(simulation.store.commits), History(requests, list(found.entries), found.commit_steps)
        )

    def timeline(self) -> "Timeline":
        """Return what the checkers look at."""
        from tests.simulation.checkers.timeline import Timeline

        return Timeline(self.history, self.commits, self.simulation.base.store.rows())

    def changes(self, *kinds: str) -> "Iterator[RowChange]":
        """Yield the changes of rows of some kinds, in order."""
        for commit in self.commits:
            for change in commit.changes:
                if (change.after or change.before or {})["kind"]["S"] in kinds:
                    yield change

    def keys(self, *kinds: str) -> "list[Key]":
        """Return the keys of the rows of some kinds, in the order of their first commits. Raises ImpossibleError."""
        found = list(dict.fromkeys(change.key for change in self.changes(*kinds)))
        entries = [key for key in found if not key[1].endswith(f"#{0:016}")]  # the beginning of a feed is no entry
        if not entries:
            raise ImpossibleError
        return entries

    def alter(self, key: "Key", alter: Alter) -> None:
        """Change a row in all commits. None leaves it out."""
        self.alter_commits(key, alter, alter)

    def alter_commits(self, key: "Key", before: Alter, after: Alter, most: int = 10**9) -> None:
        """Change a row as it was before, and as it was after each commit, in the last `most` commits of it."""
        from tests.simulation.store import Commit, RowChange

        for number in range(len(self.commits) - 1, -1, -1):
            commit = self.commits[number]
            if most and any(change.key == key for change in commit.changes):
                most -= 1
                changed = [
                    RowChange(one.key, one.before and before(one.before), one.after and after(one.after))
                    if one.key == key
                    else one
                    for one in commit.changes
                ]
                kept = tuple(one for one in changed if one.before or one.after)
                self.commits[number] = Commit(commit.number, kept)

    def item(self, key: "Key") -> "Item":
        """Return a row as it was when it was written first."""
        return next(change.after for commit in self.commits for change in commit.changes if change.key == key) or {}

    def request(self, is_wanted: "Callable[[Request], bool]") -> "Request":
        """Return the first acknowledged request that is wanted. Raises ImpossibleError."""
        for request in self.history.requests:
            if request.is_acknowledged and is_wanted(request):
                return request
        raise ImpossibleError

    def answer(self, request: "Request", document: Any) -> None:
        """Give a request another answer."""
        assert request.response
        request.response = replace(request.response, json=document)

    def deliveries(self, is_wanted: "Callable[[Delivery], bool]" = lambda _: True) -> "list[Delivery]":
        """Return the accepted messages about changes that are wanted. Raises ImpossibleError."""
        found = [one for one in self.history.deliveries if one.is_accepted and "test" not in one.id and is_wanted(one)]
        if not found:
            raise ImpossibleError
        return found

    def put(self, former: "Delivery", *instead: "Delivery") -> None:
        """Put other messages in the place of one."""
        place = self.history.entries.index(former)
        self.history.entries[place : place + 1] = instead


def attribute(name: str, value: "dict[str, Any] | None") -> Alter:
    """Return what sets an attribute of a row, or removes it."""

    def alter(item: "Item") -> "Item":
        rest = {key: one for key, one in item.items() if key != name}
        return rest if value is None else rest | {name: value}

    return alter


def removed(_: "Item") -> None:
    """Leave a row out."""


def _run(seed: int) -> "Simulation":
    from tests.simulation.simulation import Simulation

    simulation = Simulation(seed)
    simulation.run()
    if not simulation.has_webhooks:
        _undo_an_update(simulation)
    return simulation


def _undo_an_update(simulation: "Simulation") -> None:
    """Let the first client update an action and undo that, because few seeds have such an undo."""
    created = _send(simulation, "c1.r91", "POST", "/api/v2/actions.json", {"title": "c1.r91"})
    if created.response is None or not created.is_acknowledged:
        return  # the credential of the client was revoked
    updated = _send(
        simulation, "c1.r92", "PATCH", f"/api/v2/actions/{created.response.json['id']}.json", {"title": "new"}
    )
    simulation.event_source.catch_up()
    _send(simulation, "c1.r93", "POST", "/api/changes/undo", {"request_id": updated.request_id})
    simulation.event_source.catch_up()


def _send(simulation: "Simulation", name: str, method: str, path: str, body: Any) -> "Request":
    from tests.simulation.calls import Call
    from tests.simulation.scheduler import Process

    client, sent = simulation.clients[0], list["Request"]()
    call = Call("more", method, path, body)
    simulation.scheduler.spawn(name, lambda: sent.append(client.send(name, call, 1)), Process(name))
    simulation.scheduler.run()
    return sent[0]


def find() -> dict[str, list[str]]:
    """Return the texts that the checkers find after each damage, and without any."""
    from tests.simulation.damaged_feeds import FEED_DAMAGES
    from tests.simulation.damaged_webhooks import WEBHOOK_DAMAGES
    from tests.simulation.workload.scenarios import WEBHOOKS, scenario_of

    found: dict[str, list[str]] = defaultdict(list)
    for scenario, damages in (("changes are undone", FEED_DAMAGES), (WEBHOOKS, WEBHOOK_DAMAGES)):
        seeds = [seed for seed in range(2_000) if scenario_of(seed) == scenario][:SEEDS]
        for simulation in map(_run, seeds):
            for name, (checker, damage) in damages.items():
                world = World.of(simulation)
                with suppress(ImpossibleError):
                    damage(world)
                    found[name] += [one.text for one in checker(world)]
    return found


if __name__ == "__main__":
    os.environ.update(ENVIRONMENT)
    main = import_module("tests.simulation.damages")  # the module of this name, and not __main__
    print(json.dumps(main.find()))  # noqa: T201

"""What happens to the whole world between two steps.

The clock jumps, processes die, rows expire, alarms ring, and deleted objects are purged, by an operator or when due.
"""

import random
from typing import TYPE_CHECKING

from chalicelib import config
from chalicelib.domain.changes.guard import STREAM_RETENTION
from tests.simulation.history import Event

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

LAST_STEP = 400
JUMPS = (1.0, 31.0, 61.0, 601.0, 3_601.0, 90_000.0)  # seconds
KINDS = ("clock", "clock", "alarms", "alarms", "alarms", "expiry", "all killed")

PURGES, PURGE_SECONDS = "purges", (config.PURGE_DAYS + 1) * 86_400.0
OPERATOR = "operator"


class Disturbances:
    """The events of one seed, each at a step of its own."""

    def __init__(self, seed: int, simulation: "Simulation") -> None:
        chance = random.Random(f"{seed}/events")
        self._simulation = simulation
        self._planned: dict[int, tuple[str, float]] = {}
        for _ in range(chance.choice((0, 1, 2, 4, 8))):
            self._planned[chance.randrange(5, LAST_STEP)] = chance.choice(KINDS), chance.choice(JUMPS)
        chance = random.Random(f"{seed}/purges")
        if chance.random() < 0.3:
            self._planned[chance.randrange(100, LAST_STEP)] = PURGES, PURGE_SECONDS
        self._operator = random.Random(f"{seed}/operator")
        if self._operator.random() < 0.3:
            self._planned[self._operator.randrange(100, LAST_STEP)] = OPERATOR, 0.0

    def before_step(self) -> None:
        """Let the event of this step happen, if there is one."""
        scheduler = self._simulation.scheduler
        planned = self._planned.pop(scheduler.step, None)
        if planned is None or f"event@{scheduler.step}" in self._simulation.faults.suppressed:
            return
        kind, seconds = planned
        self._simulation.faults.counts[kind] += 1
        self._simulation.faults.ids.append(f"event@{scheduler.step}")
        self._simulation.history.entries.append(Event(scheduler.step, "event", self._happen(kind, seconds)))

    def _happen(self, kind: str, seconds: float) -> str:
        simulation = self._simulation
        if kind == "clock":
            self._advance(seconds)
            return f"the clock moves on by {seconds:g} seconds"
        if kind == "alarms":
            simulation.ring_alarms(f"alarms.{simulation.scheduler.step}")
            return "the scheduled function starts"
        if kind == PURGES:
            self._advance(seconds)
            simulation.ring_alarms(f"alarms.{simulation.scheduler.step}")
            return "the scheduled function starts when all purges are due"
        if kind == OPERATOR:
            return simulation.purge_as_operator(f"{OPERATOR}.{simulation.scheduler.step}", self._operator)
        if kind == "expiry":
            commit = simulation.store.remove_expired()
            return f"{len(commit.changes) if commit else 0} expired rows are removed"
        return f"{simulation.scheduler.kill_served()} processes are killed"

    def _advance(self, seconds: float) -> None:
        """Let time pass. All records of the stream are handled before a time in which DynamoDB would remove them."""
        if seconds >= STREAM_RETENTION.total_seconds():
            self._simulation.event_source.read_to_the_end()
        self._simulation.scheduler.now += seconds

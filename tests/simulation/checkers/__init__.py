"""Check after a simulation that the service has kept its promises. Each module checks one of them.

A checker is a function of the `Timeline`, which contains the history and the rows. Only `deletions` sends requests, and
therefore comes last.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tests.simulation.checkers import (
    accounts,
    acknowledged,
    addresses,
    alarms,
    answers,
    arrivals,
    claims,
    conditions,
    counters,
    credentials,
    deletions,
    feed,
    feed_reads,
    histories,
    idempotency,
    mails,
    ogsm,
    past,
    places,
    reads,
    references,
    undos,
    updates,
    versions,
    webhooks,
)
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

__all__ = ["Timeline", "Violation", "check"]

CHECKERS: tuple[Callable[[Timeline], Iterator[Violation]], ...] = (
    places.check,
    counters.check,
    versions.check,
    updates.check,
    acknowledged.check,
    reads.check,
    conditions.check,
    idempotency.check,
    claims.check,
    references.check,
    arrivals.check,
    mails.check,
    alarms.check,
    accounts.check,
    credentials.check,
    addresses.check,
    answers.check,
    ogsm.check,
)


def check(simulation: "Simulation") -> list[Violation]:
    """Return everything that a simulation shows to be wrong, after it has been run."""
    timeline = Timeline(simulation.history, simulation.store.commits, simulation.base.store.rows())
    found = [violation for checker in CHECKERS for violation in checker(timeline)]
    if simulation.records_changes:
        found += feed.check(timeline, simulation.event_source)
        found += feed_reads.check(timeline, simulation.stream)
        found += undos.check(timeline, simulation.stream)
        found += histories.check(timeline, simulation.stream)
        found += past.check(timeline, simulation.stream)
    if simulation.has_webhooks:
        found += webhooks.check(timeline, simulation.stream)
    return [*found, *deletions.check(simulation)]

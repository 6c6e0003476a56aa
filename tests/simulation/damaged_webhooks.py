"""Ways to damage what a simulation has left of its webhooks."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from tests.simulation.checkers import webhooks
from tests.simulation.checkers.violation import Violation
from tests.simulation.damages import ImpossibleError, World, attribute, removed
from tests.simulation.history import Delivery

Check = Callable[[World], Iterator[Violation]]
Damage = Callable[[World], object]


def check(world: World) -> Iterator[Violation]:
    """Yield what the checker of webhooks finds."""
    return webhooks.check(world.timeline(), world.simulation.stream)


def nothing(_: World) -> None:
    """Damage nothing."""


def a_change_is_not_accepted(world: World) -> None:
    first = world.deliveries()[0]
    for one in world.deliveries(lambda one: one.id == first.id):
        world.put(one, replace(one, status=500))


def a_signature_is_another(world: World) -> None:
    first = world.deliveries()[0]
    world.put(first, replace(first, signatures="v1,AAAA"))


def an_old_secret_does_not_sign(world: World) -> None:
    first = world.deliveries(lambda one: " " in one.signatures)[0]
    world.put(first, replace(first, signatures=first.signatures.split(" ")[0]))


def a_url_is_another(world: World) -> None:
    first = world.deliveries()[0]
    world.put(first, replace(first, url="https://hooks.example/strange"))


def a_time_is_another(world: World) -> None:
    first = world.deliveries()[0]
    world.put(first, replace(first, timestamp=first.timestamp + 60))


def an_account_is_another(world: World) -> None:
    first = world.deliveries()[0]
    account, _, rest = first.id.partition("-")
    world.put(first, replace(first, id=f"{int(account) + 7}-{rest}"))


def a_message_comes_once_more(world: World) -> None:
    """Send a message again after the next one."""
    first, later = _two_of_a_run(world)
    world.put(later, later, replace(first, step=later.step, at=later.at, timestamp=later.timestamp))


def a_message_comes_in_a_later_run(world: World) -> None:
    """Send a message again in another run."""
    found = world.deliveries()
    for first in found:
        hook = first.id.rpartition("-")[0]
        for later in found:
            if later.step > first.step and later.id.rpartition("-")[0] == hook and later.owner != first.owner:
                world.put(later, replace(later, id=first.id, body=first.body))
                return
    raise ImpossibleError


def a_message_comes_too_early(world: World) -> None:
    first, later = _two_of_a_run(world)
    early = replace(later, step=first.step, at=first.at, timestamp=first.timestamp)
    world.put(first, early, first)


def _two_of_a_run(world: World) -> tuple[Delivery, Delivery]:
    """Return two messages to a webhook that a run has sent one after the other."""
    found = world.deliveries()
    for first in found:
        hook = first.id.rpartition("-")[0]
        for later in found:
            is_next = later.step > first.step and later.id.rpartition("-")[0] == hook and later.id != first.id
            if is_next and later.owner == first.owner and later.signatures.count(" ") == first.signatures.count(" "):
                return first, later
    raise ImpossibleError


def a_repetition_says_something_else(world: World) -> None:
    first = world.deliveries()[0]
    message = json.loads(first.body) | {"type": "action.delete"}
    world.put(first, first, replace(first, body=json.dumps(message)))


def a_kind_is_not_wanted(world: World) -> None:
    for key in world.keys("webhook"):
        world.alter(key, attribute("kinds", {"S": '["goal"]'}))


def a_disabled_webhook_gets_something(world: World) -> None:
    for key in world.keys("webhook"):
        world.alter(key, attribute("enabled", {"BOOL": False}))


def an_attempt_is_not_recorded(world: World) -> None:
    for key in world.keys("webhook_delivery"):
        world.alter(key, removed)


def a_cursor_has_stopped(world: World) -> None:
    for key in world.keys("webhook_state"):
        world.alter_commits(key, lambda item: item, attribute("cursor", {"N": "0"}), most=1)


def a_webhook_has_no_claim(world: World) -> None:
    for key in world.keys("webhook_state"):
        world.alter(key, attribute("claim", None))


def a_claim_is_taken(world: World) -> None:
    """Let a webhook be claimed by another run before each change of its state."""
    claimed = {"claim": {"S": "other"}, "claim_until": {"S": "2099-01-01T00:00:00Z"}}
    for key in world.keys("webhook_state"):
        world.alter_commits(key, lambda item: item | claimed, lambda item: item)


WEBHOOK_DAMAGES: Mapping[str, tuple[Check, Damage]] = {
    damage.__name__: (check, damage)
    for damage in (
        a_change_is_not_accepted,
        a_signature_is_another,
        an_old_secret_does_not_sign,
        a_url_is_another,
        a_time_is_another,
        an_account_is_another,
        a_message_comes_once_more,
        a_message_comes_in_a_later_run,
        a_message_comes_too_early,
        a_repetition_says_something_else,
        a_kind_is_not_wanted,
        a_disabled_webhook_gets_something,
        an_attempt_is_not_recorded,
        a_cursor_has_stopped,
        a_webhook_has_no_claim,
        a_claim_is_taken,
    )
} | {"no damage of a webhook": (check, nothing)}

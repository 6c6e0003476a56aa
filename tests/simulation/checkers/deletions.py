"""A deletion that was cut off finishes when it is repeated, and what was deleted is purged in the end."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.simulation.calls import Call
from tests.simulation.checkers import places, references
from tests.simulation.checkers.counters import OF_THEIR_OWN
from tests.simulation.checkers.items import Item, Key, account_of, key_of, kind_of, number_of, text_of
from tests.simulation.checkers.timeline import Timeline
from tests.simulation.checkers.violation import Violation
from tests.simulation.history import History

if TYPE_CHECKING:
    from tests.simulation.clients import Client
    from tests.simulation.simulation import Simulation

NAME = "deletions"
DONE = (200, 204)
WITHOUT_CASCADE = ("action",)  # kinds that nothing refers to


def check(simulation: "Simulation") -> Iterator[Violation]:
    """Repeat each deletion that has not been finished, and yield those that fail or leave something behind.

    Then let the time pass until everything that was deleted is purged.
    """
    marked = [item for item in simulation.store.rows() if is_being_deleted(item)]
    for item in marked:
        client, call = _find_sender(simulation, key_of(item), item), _repetition(item)
        if client is not None:
            yield from _repeat(simulation, client, call, item)
    for item in simulation.store.rows():
        if "deleted_with" in item and simulation.store.get_row((key_of(item)[0], item["deleted_with"]["S"])) is None:
            yield Violation(NAME, f"{key_of(item)[1]} is hidden, but {item['deleted_with']['S']} has been deleted.")
    if marked:
        yield from _check_rest(simulation, "After repeating deletions")
    if any(is_deleted(item) for item in simulation.store.rows()):
        simulation.purge()
        yield from _check_purged(simulation)
        yield from _check_rest(simulation, "After the purges")


def _check_rest(simulation: "Simulation", when: str) -> Iterator[Violation]:
    rest = Timeline(History(), [], simulation.store.rows())
    for violation in (*places.check(rest), *references.check(rest)):
        yield Violation(NAME, f"{when}: {violation.text}")


def _check_purged(simulation: "Simulation") -> Iterator[Violation]:
    """Yield rows that should have been purged, and notes of purges that should be done."""
    for item in simulation.store.rows():
        if is_deleted(item) or kind_of(item) == "purge":
            yield Violation(NAME, f"{key_of(item)[0]} / {key_of(item)[1]} has not been purged.")


def is_deleted(item: Item) -> bool:
    """Return whether a workspace or stack is marked as deleted, and waits for its purge."""
    return text_of(item, "deletion_state") in ("deleted", "purging")


def is_being_deleted(item: Item) -> bool:
    """Return whether a row is that of an object whose deletion has begun, and must be repeated to be finished."""
    is_hidden = "deleted_by" in item or text_of(item, "deleted_with") == key_of(item)[1]
    return is_hidden or text_of(item, "deletion_state") in ("archiving", "deleting", "leaving")


def _repetition(item: Item) -> Call:
    """Return the call that deletes an object."""
    kind = kind_of(item)
    if kind in OF_THEIR_OWN:
        number = int(key_of(item)[1].rpartition("#")[2])
        query = "" if kind in WITHOUT_CASCADE else "?cascade=true"
        return Call(f"delete_{kind}", "DELETE", f"/api/v2/{OF_THEIR_OWN[kind]}/{number}.json{query}")
    noun = "activities" if kind == "activity" else f"{kind}s"
    return Call(f"delete_{kind}", "DELETE", f"/api/{noun}/{text_of(item, 'id')}")


def _find_sender(simulation: "Simulation", key: Key, item: Item) -> "Client | None":
    """Return a client that may delete an object: its workspace's owner, who began it, or another admin for a user."""
    account = account_of(key) or 0
    workspace = simulation.store.get_row((key[0], "META"))
    for person in simulation.base.people:
        place = f"ACCOUNT#{person.account:09}"
        user = simulation.store.get_row((place, f"USER#{person.user}"))
        credential = simulation.store.get_row((place, f"CREDENTIAL#{person.key}"))
        is_live = credential is not None and "revoked_at" not in credential and "expires_at" not in credential
        is_known = is_live and text_of(credential, "secret_hash") == hashlib.sha256(person.secret.encode()).hexdigest()
        is_allowed = text_of(user, "role") == "admin" and person.user != text_of(item, "id")
        if workspace is not None:
            is_allowed = text_of(workspace, "owner") == person.user
        if "deleted_by" in item:
            is_allowed = text_of(item, "deleted_by") == person.user
        if person.account == account and is_known and is_allowed and text_of(user, "deletion_state") is None:
            return replace(simulation.clients[0], name="check", identity=person, unfinished=[])
    return None


def _repeat(simulation: "Simulation", client: "Client", call: Call, item: Item) -> Iterator[Violation]:
    request = client.send_calmly(f"check.{call.path}", call)
    status = request.response.status if request.response else 0
    pk, sk = key_of(item)
    row = simulation.store.get_row((pk, sk))
    if kind_of(item) == "user" and status == 409 and row is not None and not is_being_deleted(row):
        return  # the user owns a shared workspace, and stays
    if status not in DONE:
        yield Violation(NAME, f"{call.method} {call.path} was answered with {status} when it was repeated.")
        return
    left = [one for one in map(key_of, simulation.store.rows()) if _belongs_to(one, item)]
    if left or (row is not None and is_being_deleted(row)):
        yield Violation(NAME, f"{call.method} {call.path} was repeated, and has left {left or sk}.")


def _belongs_to(key: Key, item: Item) -> bool:
    """Return whether the deletion of an object also deletes or moves the row with this key."""
    pk, sk = key_of(item)
    if key[0] != pk:
        return False
    match kind_of(item):
        case "workspace":
            return key[1].startswith("ITEM#")
        case "stack":
            return key[1].startswith(f"ITEM#{number_of(item, 'id'):016}#")
        case "activity" | "action" | "goal" | "kpi" | "strategy":
            return key[1] == sk
    return False  # users stay, as people who have left

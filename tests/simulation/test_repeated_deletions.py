"""The checker of deletions repeats those that were cut off, and finds those that do not finish."""

import hashlib
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from tests.simulation.calls import Call
from tests.simulation.checkers import deletions
from tests.simulation.checkers.items import Item, key_of
from tests.simulation.clients import Identity
from tests.simulation.history import Request
from tests.simulation.scenes import ACCOUNT, USER, Scene, item


@dataclass
class Deleter:
    """A client whose requests are answered with a status. It marks the workspace as deleted if `deletes` is set."""

    rows: list[Item]
    status: int
    deletes: bool
    name: str = "c1"
    identity: Identity | None = None
    unfinished: list[object] = field(default_factory=list)

    def send_calmly(self, _: str, call: Call) -> Request:
        scene = Scene()
        request = scene.begin("c1.r1", call.method, call.path)
        scene.end(request, self.status)
        if self.deletes:
            self.rows[0]["deletion_state"] = {"S": "deleted"}
        return request


@pytest.mark.parametrize(
    ("status", "deletes", "text"),
    [(204, True, ""), (204, False, "was repeated, and has left"), (409, False, "was answered with 409")],
)
def test_deletions_that_were_cut_off_are_repeated(status: int, deletes: bool, text: str) -> None:
    secret = hashlib.sha256(b"secret").hexdigest()
    rows = [
        item(
            "workspace",
            f"{ACCOUNT}#WORKSPACE#{3:016}",
            "META",
            id=3,
            stacks="[]",
            owner=USER,
            deletion_state="archiving",
        ),
        item("credential", ACCOUNT, "CREDENTIAL#1-a", id="1-a", user=USER, secret_hash=secret),
    ]
    store = SimpleNamespace(
        rows=lambda: iter(list(rows)), get_row=lambda key: next((row for row in rows if key_of(row) == key), None)
    )
    base = SimpleNamespace(people=[Identity("ada", 1, USER, "1-a", "secret")])
    clients = [Deleter(rows, status, deletes)]
    simulation: Any = SimpleNamespace(store=store, base=base, clients=clients, purge=rows.clear)
    found = [one.text for one in deletions.check(simulation) if "After repeating" not in one.text]
    assert all(text in one for one in found)
    assert bool(found) is bool(text)


@pytest.mark.parametrize("kind", ["workspace", "stack", "purge"])
@pytest.mark.parametrize("is_purged", [True, False])
def test_what_was_deleted_must_be_purged_in_the_end(kind: str, is_purged: bool) -> None:
    deleted = item("workspace", f"{ACCOUNT}#WORKSPACE#{3:016}", "META", id=3, stacks="[]", deletion_state="deleted")
    place, sort = ("PURGES", "x") if kind == "purge" else (f"{ACCOUNT}#WORKSPACE#{4:016}", "META")
    rows = [deleted, item(kind, place, sort, id=4, stacks="[]", deletion_state="purging")]
    store = SimpleNamespace(rows=lambda: iter(list(rows)))

    purge = rows.clear if is_purged else list
    simulation: Any = SimpleNamespace(store=store, clients=[], base=SimpleNamespace(people=[]), purge=purge)
    found = [one.text for one in deletions.check(simulation) if "has not been purged" in one.text]
    assert len(found) == (0 if is_purged else 2)

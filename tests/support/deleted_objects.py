"""What everybody sees of a workspace, and restoring it as a user: no call of the API does so."""

from functools import partial
from typing import Any

from chalicelib.domain.access import Caller
from chalicelib.domain.workspaces import deletion_marks
from chalicelib.storage import unit_of_work
from infra.testing.world import World

Json = dict[str, Any]
PEOPLE = ("owner", "member", "invited", "other user")
LISTS = (
    "/api/workspaces",
    "/api/workspaces/invited",
    "/api/workspaces/items",
    "/api/activities",
    "/api/delegations",
    "/api/delegations/incoming/pending",
    "/api/invitations",
    "/api/connections",
)


def caller_of(world: World, role: str) -> Caller:
    """Return the caller of a request of this person."""
    return Caller(world.account, world.users[role], "", "write")


def restore_workspace(world: World, role: str = "owner") -> None:
    """Restore the shared workspace as this person. Raises the errors of restoring."""
    unit_of_work.run(partial(deletion_marks.restore_workspace, caller_of(world, role), world.workspace))


def restore_stack(world: World, stack: str, role: str = "owner", position: int | None = None) -> None:
    """Restore the stack with this address as this person. Raises the errors of restoring."""
    stack_id = int(stack.rpartition("/")[2])
    plan = partial(deletion_marks.restore_stack, caller_of(world, role), world.workspace, stack_id, position)
    unit_of_work.run(plan)


def seen_by_everybody(world: World, addresses: tuple[str, ...]) -> dict[str, Any]:
    """Return the status and the answer of these addresses and of all lists, for each person."""
    seen = {}
    for role in PEOPLE:
        for address in (*LISTS, *addresses):
            answer = world.clients[role].get(address, headers={"Content-Type": "application/json"})
            content = answer.json() if answer.status_code == 200 else None
            seen[f"{role} {address}"] = answer.status_code, content
    return seen

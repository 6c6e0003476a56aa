"""Items of workspaces. `python -m infra.testing.nouns.items ACCOUNT USER WORKSPACE STACK COUNT` stores many of them."""

import sys

from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, documents
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.keys import new_order
from infra.testing.noun import Noun
from infra.testing.nouns.activities import item_elsewhere, item_of_member
from infra.testing.request_cases import (
    BATCH_GET,
    CHECKS_FIRST,
    GET_ITEM,
    PARALLEL_QUERIES,
    QUERY,
    TRANSACTION,
    UPDATE_ITEM,
    RequestCase,
    Step,
)
from infra.testing.rows import store_rows
from infra.testing.world import World, create_item

ALL_ITEMS = "/api/workspaces/items"
WORKSPACE = "/api/workspaces/{workspace_id}"
ITEMS, STACK_ITEMS = f"{WORKSPACE}/items", f"{WORKSPACE}/stacks/{{stack_id}}/items"
ARCHIVE = f"{WORKSPACE}/archive"
READ: list[Step] = [BATCH_GET, QUERY, BATCH_GET]
CREATE: list[Step] = [(BATCH_GET, UPDATE_ITEM), TRANSACTION]
MOVE: list[Step] = [BATCH_GET, TRANSACTION]
NAME = {"name": "x"}


def list_all_items(world: World) -> str:
    """Create an item, and return the address of the list for all workspaces."""
    world.item()
    return ALL_ITEMS


def items_of_workspace(world: World) -> str:
    """Return the address of the items of the shared workspace."""
    return f"{world.workspace_url}/items"


def items_of_new_stack(world: World) -> str:
    """Create a stack, and return the address of its items."""
    return f"{world.stack()}/items"


def items_of_filled_stack(world: World) -> str:
    """Create a stack with an item, and return the address of its items."""
    stack = world.stack()
    create_item(world.owner, stack)
    return f"{stack}/items"


def archive_of_personal_workspace(world: World) -> str:
    """Return the address of the archive of the owner's personal workspace."""
    return f"{world.personal_url}/archive"


def store_items(
    account: int, user: str, workspace: int, stack: int, count: int, text: str = "words " * 20
) -> list[int]:
    """Write items of a stack in batches, past the API, and return their ids, the highest first.

    They go into the table that the environment names. The id of the stack may be that of an inbox.
    """
    last = next_id(account, "ids", by=count)
    caller = Caller(account, user, "", "write")
    rows: list[Row] = []
    for number in range(last - count + 1, last + 1):
        doc = documents.new_document(number, user, {"name": f"item {number}", "description": text})
        place = {"workspace": workspace, "stack": stack, "order": new_order(number - last)}
        activity = Activity.at(account, number, id=number, doc=doc, **place)
        rows += [activity, *copies.all_copies(caller, activity)]
    store_rows(rows)
    return list(range(last, last - count, -1))


NOUN = Noun(
    request_cases=[
        RequestCase(
            "GET",
            ALL_ITEMS,
            [QUERY, PARALLEL_QUERIES, BATCH_GET],
            address=list_all_items,
            why_large="reads the workspaces, then their items, then the users in these",
        ),
        RequestCase("GET", ITEMS, READ, address=items_of_workspace, why_large=CHECKS_FIRST),
        RequestCase("POST", ITEMS, CREATE, [GET_ITEM, *CREATE], address=items_of_workspace, body=NAME),
        RequestCase(
            "POST",
            ITEMS,
            MOVE,
            [GET_ITEM, *MOVE],
            variant="an item that is here",
            address=items_of_workspace,
            body=item_elsewhere,
        ),
        RequestCase("GET", STACK_ITEMS, READ, address=items_of_filled_stack, why_large=CHECKS_FIRST),
        RequestCase("POST", STACK_ITEMS, MOVE, [GET_ITEM, *MOVE], address=items_of_new_stack, body=item_elsewhere),
        RequestCase(
            "POST",
            STACK_ITEMS,
            CREATE,
            [GET_ITEM, *CREATE],
            variant="a new item on a stack",
            address=items_of_new_stack,
            body=NAME,
        ),
        RequestCase(
            "POST",
            STACK_ITEMS,
            [BATCH_GET, *MOVE],
            [GET_ITEM, BATCH_GET, *MOVE],
            variant="somebody else's item",
            address=items_of_new_stack,
            body=item_of_member,
        ),
        RequestCase("GET", ARCHIVE, READ, address=archive_of_personal_workspace, why_large=CHECKS_FIRST),
        RequestCase(
            "PUT", ARCHIVE, MOVE, [GET_ITEM, *MOVE], address=archive_of_personal_workspace, body=item_elsewhere
        ),
    ]
)

if __name__ == "__main__":
    account, user, workspace, stack, count = sys.argv[1:]
    store_items(int(account), user, int(workspace), int(stack), int(count))

"""Stacks and the inbox of a workspace."""

from chalicelib.domain.workspaces import workspaces
from chalicelib.storage.models.stacks import Stack, StackLookup
from infra.testing.noun import Noun
from infra.testing.nouns.activities import item_elsewhere, item_of_member
from infra.testing.nouns.items import store_items
from infra.testing.past_cases import past_cases
from infra.testing.request_cases import (
    BATCH_GET,
    CHECKS_FIRST,
    GET_ITEM,
    PUT_ITEM,
    QUERY,
    TRANSACTION,
    UPDATE_ITEM,
    Json,
    RequestCase,
    Step,
)
from infra.testing.sample_rows import FIRST_ID, SampleRow
from infra.testing.world import World, create_item

WORKSPACE = "/api/workspaces/{workspace_id}"
INBOX = f"{WORKSPACE}/inbox"
STACKS, STACK = f"{WORKSPACE}/stacks", f"{WORKSPACE}/stacks/{{stack_id}}"
NAME = {"name": "x"}
MANY = 34  # more items than one transaction moves
MOVE_SOME_ITEMS: list[Step] = [QUERY, BATCH_GET, TRANSACTION]  # one step of a large deletion

READ: list[Step] = [BATCH_GET, QUERY, BATCH_GET]
CHANGE, CHANGE_WITH_KEY = [*READ, PUT_ITEM], [GET_ITEM, *READ, TRANSACTION]
DELETE: list[Step] = [BATCH_GET, QUERY, BATCH_GET, TRANSACTION]
PUT_ON_INBOX: list[Step] = [(BATCH_GET, GET_ITEM, QUERY), BATCH_GET, TRANSACTION]
CREATE_ON_INBOX: list[Step] = [(BATCH_GET, QUERY, UPDATE_ITEM), BATCH_GET, TRANSACTION]


def delete_large(mark_as_deleting: Step) -> list[Step]:
    """Return the requests of a deletion in steps. The first commit is one row, or two with an Idempotency-Key."""
    return [
        BATCH_GET,
        QUERY,
        mark_as_deleting,
        *MOVE_SOME_ITEMS,
        *MOVE_SOME_ITEMS,
        QUERY,
        TRANSACTION,
    ]


def stack_with_item(world: World) -> str:
    """Create a stack with an item, and return its address."""
    stack = world.stack()
    create_item(world.owner, stack)
    return stack


def large_stack(world: World) -> str:
    """Create a stack with more items than one transaction moves, and return its address."""
    stack = world.stack()
    store_items(world.account, world.users["owner"], world.workspace, int(stack.rpartition("/")[2]), MANY)
    return stack


def inbox(world: World) -> str:
    """Return the address of the shared workspace's inbox."""
    return f"{world.workspace_url}/inbox"


def stacks_of_workspace(world: World) -> str:
    """Return the address of the shared workspace's stacks."""
    return f"{world.workspace_url}/stacks"


def first_position(world: World) -> Json:
    """Create a second stack, and return the position above all others as a body."""
    world.stack()
    return {"position": 0}


def sample_rows(account: int) -> list[SampleRow]:
    """Return a stack of another workspace, and the row that finds it by its id."""
    stack, lookup = workspaces.build_stack(account, FIRST_ID, FIRST_ID, {"name": "TODO"})
    return [
        SampleRow(stack, lambda n: Stack.ref(account, FIRST_ID + n, FIRST_ID + n)),
        SampleRow(lookup, lambda n: StackLookup.ref(account, FIRST_ID + n)),
    ]


NOUN = Noun(
    request_cases=[
        RequestCase("GET", INBOX, READ, address=inbox, why_large=CHECKS_FIRST),
        RequestCase("PUT", INBOX, PUT_ON_INBOX, [GET_ITEM, *PUT_ON_INBOX], address=inbox, body=item_elsewhere),
        RequestCase(
            "PUT",
            INBOX,
            PUT_ON_INBOX,
            [GET_ITEM, *PUT_ON_INBOX],
            variant="somebody else's item on the inbox",
            address=inbox,
            body=item_of_member,
        ),
        RequestCase(
            "PUT",
            INBOX,
            CREATE_ON_INBOX,
            [GET_ITEM, *CREATE_ON_INBOX],
            variant="a new item on the inbox",
            address=inbox,
            body=NAME,
        ),
        RequestCase("GET", STACKS, READ, address=stacks_of_workspace, why_large=CHECKS_FIRST),
        RequestCase(
            "POST",
            STACKS,
            [BATCH_GET, UPDATE_ITEM, TRANSACTION],
            [GET_ITEM, BATCH_GET, UPDATE_ITEM, TRANSACTION],
            address=stacks_of_workspace,
            body=NAME,
        ),
        RequestCase("GET", STACK, READ, address=stack_with_item, why_large=CHECKS_FIRST),
        *past_cases(STACK, stack_with_item, READ, present=(GET_ITEM, GET_ITEM)),
        RequestCase(
            "PATCH", STACK, CHANGE, CHANGE_WITH_KEY, address=stack_with_item, body=NAME, why_large=CHECKS_FIRST
        ),
        RequestCase("DELETE", STACK, DELETE, [GET_ITEM, *DELETE], address=stack_with_item, why_large=CHECKS_FIRST),
        RequestCase(
            "DELETE",
            STACK,
            delete_large(PUT_ITEM),
            [GET_ITEM, *delete_large(TRANSACTION)],
            variant="a large stack",
            address=large_stack,
            why_large="goes in steps of some items",
        ),
        RequestCase(
            "PUT",
            f"{STACK}/reorder",
            CHANGE,
            CHANGE_WITH_KEY,
            address=lambda world: f"{world.stack()}/reorder",
            body=first_position,
            why_large=CHECKS_FIRST,
        ),
    ],
    sample_rows=sample_rows,
)

"""Stacks by their ids alone."""

from infra.testing.noun import Noun
from infra.testing.nouns.activities import item_elsewhere
from infra.testing.nouns.stacks import DELETE, READ, stack_with_item
from infra.testing.past_cases import past_cases
from infra.testing.request_cases import (
    BATCH_GET,
    CHECKS_FIRST,
    GET_ITEM,
    PUT_ITEM,
    TRANSACTION,
    UPDATE_ITEM,
    RequestCase,
)
from infra.testing.world import World

STACK = "/api/stacks/{stack_id}"
FINDS_WORKSPACE = f"reads in which workspace the stack is, {CHECKS_FIRST}"
NAME = {"name": "x"}


def flat_stack(world: World) -> str:
    """Create a stack with an item, and return its address by its id alone."""
    return f"/api/stacks/{stack_with_item(world).rpartition('/')[2]}"


def items_of_flat_stack(world: World) -> str:
    """Create a stack with an item, and return the address of its items by its id alone."""
    return f"{flat_stack(world)}/items"


NOUN = Noun(
    request_cases=[
        RequestCase("GET", STACK, [BATCH_GET, *READ], address=flat_stack, why_large=FINDS_WORKSPACE),
        *past_cases(STACK, flat_stack, [BATCH_GET, *READ], present=(GET_ITEM, GET_ITEM)),
        RequestCase(
            "PATCH",
            STACK,
            [BATCH_GET, *READ, PUT_ITEM],
            [GET_ITEM, BATCH_GET, *READ, TRANSACTION],
            address=flat_stack,
            body=NAME,
            why_large=FINDS_WORKSPACE,
        ),
        RequestCase(
            "DELETE",
            STACK,
            [BATCH_GET, *DELETE],
            [GET_ITEM, BATCH_GET, *DELETE],
            address=flat_stack,
            why_large=FINDS_WORKSPACE,
        ),
        RequestCase(
            "GET",
            f"{STACK}/items",
            [BATCH_GET, *READ],
            address=items_of_flat_stack,
            why_large=FINDS_WORKSPACE,
        ),
        RequestCase(
            "POST",
            f"{STACK}/items",
            [BATCH_GET, BATCH_GET, TRANSACTION],
            [GET_ITEM, BATCH_GET, BATCH_GET, TRANSACTION],
            address=items_of_flat_stack,
            body=item_elsewhere,
        ),
        RequestCase(
            "POST",
            f"{STACK}/items",
            [BATCH_GET, (BATCH_GET, UPDATE_ITEM), TRANSACTION],
            [GET_ITEM, BATCH_GET, (BATCH_GET, UPDATE_ITEM), TRANSACTION],
            variant="a new item on a stack by its id alone",
            address=items_of_flat_stack,
            body=NAME,
        ),
    ]
)

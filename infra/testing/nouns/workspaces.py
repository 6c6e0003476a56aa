"""Workspaces."""

from chalicelib.domain.workspaces import workspaces
from chalicelib.storage.models.workspaces import Member, Membership, Workspace
from infra.testing.noun import Noun
from infra.testing.nouns.stacks import DELETE, MOVE_SOME_ITEMS, large_stack, stack_with_item
from infra.testing.past_cases import past_cases
from infra.testing.request_cases import (
    BATCH_GET,
    CHECKS_FIRST,
    GET_ITEM,
    PUT_ITEM,
    QUERY,
    TRANSACTION,
    UPDATE_ITEM,
    RequestCase,
    Step,
)
from infra.testing.sample_rows import FIRST_ID, SampleRow, sample_user
from infra.testing.world import World

WORKSPACES, WORKSPACE = "/api/workspaces", "/api/workspaces/{workspace_id}"
NAME = {"name": "x"}

CREATE, CREATE_WITH_KEY = [GET_ITEM, UPDATE_ITEM, TRANSACTION], [GET_ITEM, GET_ITEM, UPDATE_ITEM, TRANSACTION]
DELETE_WITH_COMMENTS: list[Step] = [BATCH_GET, QUERY, (BATCH_GET, QUERY, QUERY), TRANSACTION]


def delete_large(mark_as_deleting: Step) -> list[Step]:
    """Return the requests of a deletion in steps. The first commit is one row, or two with an Idempotency-Key."""
    return [
        BATCH_GET,
        QUERY,
        BATCH_GET,
        mark_as_deleting,
        *MOVE_SOME_ITEMS,
        *MOVE_SOME_ITEMS,
        QUERY,
        QUERY,
        TRANSACTION,
        QUERY,
        TRANSACTION,
        TRANSACTION,
    ]


def shared_workspace(world: World) -> str:
    """Return the address of the shared workspace."""
    return world.workspace_url


def filled_workspace(world: World) -> str:
    """Put a stack with an item into the workspace, and return its address."""
    stack_with_item(world)
    return world.workspace_url


def large_workspace(world: World) -> str:
    """Put more items into the workspace than one transaction moves, and return its address."""
    large_stack(world)
    return world.workspace_url


def discussed_workspace(world: World) -> str:
    """Put two activities with comments into the workspace, and return its address."""
    for _ in range(2):
        assert world.member.post(f"{world.activity()}/comments", json={"body": "x"}).is_success
    return world.workspace_url


def sample_rows(account: int) -> list[SampleRow]:
    """Return a workspace of other users, and its owner's rows."""
    workspace, member, membership = workspaces.build_workspace(
        account, sample_user(0), FIRST_ID, workspaces.SHARED, {"name": "Of others"}
    )
    return [
        SampleRow(workspace, lambda n: Workspace.ref(account, FIRST_ID + n)),
        SampleRow(member, lambda n: Member.ref(account, FIRST_ID + n, sample_user(n))),
        SampleRow(membership, lambda n: Membership.ref(account, sample_user(n), FIRST_ID + n)),
    ]


NOUN = Noun(
    request_cases=[
        RequestCase("GET", WORKSPACES, [QUERY, BATCH_GET]),
        RequestCase("GET", f"{WORKSPACES}/invited", [QUERY]),
        RequestCase("GET", WORKSPACE, [BATCH_GET], address=shared_workspace),
        *past_cases(WORKSPACE, shared_workspace, [BATCH_GET]),
        RequestCase(
            "GET",
            WORKSPACE,
            [BATCH_GET, BATCH_GET],
            variant="a member's workspace",
            address=shared_workspace,
            caller="member",
        ),
        RequestCase("POST", WORKSPACES, CREATE, CREATE_WITH_KEY, body=NAME),
        RequestCase("POST", WORKSPACE, CREATE, CREATE_WITH_KEY, address="/api/workspaces/7", body=NAME),
        RequestCase(
            "PATCH",
            WORKSPACE,
            [BATCH_GET, PUT_ITEM],
            [GET_ITEM, BATCH_GET, TRANSACTION],
            address=shared_workspace,
            body=NAME,
        ),
        RequestCase(
            "PATCH",
            WORKSPACE,
            [BATCH_GET],
            [GET_ITEM, BATCH_GET, PUT_ITEM],
            variant="an update that changes nothing",
            address=shared_workspace,
            body={},
        ),
        RequestCase("DELETE", WORKSPACE, DELETE, [GET_ITEM, *DELETE], address=filled_workspace, why_large=CHECKS_FIRST),
        RequestCase(
            "DELETE",
            WORKSPACE,
            DELETE_WITH_COMMENTS,
            [GET_ITEM, *DELETE_WITH_COMMENTS],
            why_large=CHECKS_FIRST,
            variant="a workspace in which something was said",
            address=discussed_workspace,
        ),
        RequestCase(
            "DELETE",
            WORKSPACE,
            delete_large(PUT_ITEM),
            [GET_ITEM, *delete_large(TRANSACTION)],
            variant="a large workspace",
            address=large_workspace,
            why_large="goes in steps: items, stacks, members",
        ),
    ],
    sample_rows=sample_rows,
)

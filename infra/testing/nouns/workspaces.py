"""Workspaces."""

from chalicelib.domain.workspaces import workspaces
from chalicelib.storage.models.purges import Purge
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
DUE = "2999-01-01T00:00:00Z"  # so that no sample is purged

CREATE, CREATE_WITH_KEY = [GET_ITEM, UPDATE_ITEM, TRANSACTION], [GET_ITEM, GET_ITEM, UPDATE_ITEM, TRANSACTION]
MARK: list[Step] = [BATCH_GET, TRANSACTION]
ARCHIVED = "?archive_items=true"


def delete_large(mark_as_archiving: Step) -> list[Step]:
    """Return the requests of a deletion in steps. The first commit is one row, or two with an Idempotency-Key."""
    return [BATCH_GET, QUERY, mark_as_archiving, *MOVE_SOME_ITEMS, *MOVE_SOME_ITEMS, QUERY, TRANSACTION]


def shared_workspace(world: World) -> str:
    """Return the address of the shared workspace."""
    return world.workspace_url


def filled_workspace(world: World) -> str:
    """Put a stack with an item into the workspace, and return the address that deletes it and archives its items."""
    stack_with_item(world)
    return world.workspace_url + ARCHIVED


def large_workspace(world: World) -> str:
    """Put more items into the workspace than one transaction moves, and return the address as `filled_workspace`."""
    large_stack(world)
    return world.workspace_url + ARCHIVED


def sample_rows(account: int) -> list[SampleRow]:
    """Return a workspace of other users, and its owner's rows."""
    workspace, member, membership = workspaces.build_workspace(
        account, sample_user(0), FIRST_ID, workspaces.SHARED, {"name": "Of others"}
    )
    return [
        SampleRow(workspace, lambda n: Workspace.ref(account, FIRST_ID + n)),
        SampleRow(member, lambda n: Member.ref(account, FIRST_ID + n, sample_user(n))),
        SampleRow(membership, lambda n: Membership.ref(account, sample_user(n), FIRST_ID + n)),
        SampleRow(Purge.build(DUE, account, FIRST_ID), lambda n: Purge.ref(DUE, account, FIRST_ID + n)),
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
        RequestCase("DELETE", WORKSPACE, MARK, [GET_ITEM, *MARK], address=shared_workspace),
        RequestCase(
            "DELETE",
            WORKSPACE,
            DELETE,
            [GET_ITEM, *DELETE],
            why_large=CHECKS_FIRST,
            variant="a workspace whose items are archived",
            address=filled_workspace,
        ),
        RequestCase(
            "DELETE",
            WORKSPACE,
            delete_large(PUT_ITEM),
            [GET_ITEM, *delete_large(TRANSACTION)],
            variant="a large workspace whose items are archived",
            address=large_workspace,
            why_large="goes in steps of some items",
        ),
    ],
    sample_rows=sample_rows,
)

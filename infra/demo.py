"""The demo account of an empty local store. It holds the example objects of the API documents under their ids."""

from typing import Any

from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import accounts, credentials, users
from chalicelib.domain.activities import items
from chalicelib.domain.ogsm import actions
from chalicelib.domain.workspaces import workspaces
from chalicelib.schemas.actions import ACTION
from chalicelib.storage.ids import raise_counter
from chalicelib.storage.models.users import User
from infra.operations import run_as, run_as_operator

ACCOUNT_ID = 1  # the first account of a store

# The ids of the examples in the API documents.
ACTION_ID = 123
ACTIVITY_ID = 47
PERSONAL_WORKSPACE_ID = 3

ADMIN = {"email": "info@organisedminds.com", "first_name": "Tester", "last_name": "The Great"}
MEMBER = {"email": "mia@example.org", "first_name": "Mia", "last_name": "Member", "role": "member"}
SHARED_WORKSPACE = {"name": "Workspace with others", "description": "roger that"}
EXAMPLE_ACTION: dict[str, Any] = {
    "title": "Action title",
    "labels": [{"name": "label 1"}, {"name": "Label 2"}],
    "strategies": [{"id": 456}],
    "description": "<p>Description</p>",
    "assignee": {"name": "Firstname Lastname"},
    "involved": [{"name": "Another name"}],
    "start": "2024-01-01",
    "due": "2024-12-31",
    "status": {"name": "doing"},
    "ogsm_canvases": [{"id": 789, "row_order": 91}],
    "traffic_light": "green",
    "progress": 50,
    "archived": False,
}

Credential = dict[str, Any]  # as server.json lists it


def create_demo_account() -> list[Credential]:
    """Create the demo account, its users and the example objects.

    Return three credentials with their secrets: one of the admin, one of the member, and a read-only one of the admin.
    """
    raise_counter(ACCOUNT_ID, "ids", PERSONAL_WORKSPACE_ID - 1)  # the next id is that of the admin's workspace
    account, admin = run_as_operator(lambda: accounts.create_account(name="Demo", **ADMIN))
    admin_credential = create_credential(admin)
    _create_examples(Caller(account.id, admin.id, admin_credential["key"], "write"))
    member = run_as_operator(lambda: users.create_user(access.operator(account.id), MEMBER))
    return [admin_credential, create_credential(member), create_credential(admin, "read")]


def _create_examples(admin: Caller) -> None:
    """Create an action, a shared workspace, and an activity on the admin's inbox."""
    raise_counter(admin.account, "actions", ACTION_ID - 1)
    run_as(admin, lambda: actions.create_action(admin, ACTION.check(EXAMPLE_ACTION)))
    run_as(admin, lambda: workspaces.create_workspace(admin, SHARED_WORKSPACE))
    raise_counter(admin.account, "ids", ACTIVITY_ID - 1)
    inbox = workspaces.inbox_id(PERSONAL_WORKSPACE_ID)
    run_as(admin, lambda: items.create_item(admin, PERSONAL_WORKSPACE_ID, inbox, {"name": "console"}))


def create_credential(user: User, scope: str = "write") -> Credential:
    """Create a credential for a user of the demo account and return it with its secret."""
    caller = access.operator(user.account)
    issued = run_as(caller, lambda: credentials.issue_credential(caller, user.id, label="demo", scope=scope))
    return {
        "account": user.account,
        "user": user.id,
        "role": user.role,
        "scope": scope,
        "key": issued.credential.id,
        "secret": issued.secret,
    }

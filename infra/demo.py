"""The world of the documents, for a store in which there is nothing yet."""

from typing import Any

from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import accounts, credentials, users
from chalicelib.domain.activities import items
from chalicelib.domain.ogsm import actions
from chalicelib.domain.workspaces import workspaces
from chalicelib.schemas.actions import ACTION
from chalicelib.storage import unit_of_work
from chalicelib.storage.ids import raise_counter
from chalicelib.storage.models.users import User

ACTION_OF_THE_DOCUMENT: dict[str, Any] = {
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
FIRST_ACCOUNT = 1

# Ids of the documents' examples.
ACTION_ID = 123
ACTIVITY_ID = 47
PERSONAL_WORKSPACE = 3


def create() -> list[dict[str, Any]]:
    """A demo account with the documents' world under the documented ids. Answers its credentials, secrets and all."""
    owner = {"email": "info@organisedminds.com", "first_name": "Tester", "last_name": "The Great"}
    other = {"email": "mia@example.org", "first_name": "Mia", "last_name": "Member", "role": "member"}
    raise_counter(FIRST_ACCOUNT, "ids", PERSONAL_WORKSPACE - 1)
    account, admin = unit_of_work.run_with_retries(lambda: accounts.create_account(name="Demo", **owner))
    cards = [credential_of(admin), credential_of(admin, "read")]
    _fill(Caller(account.id, admin.id, cards[0]["key"], "write"))
    member = unit_of_work.run_with_retries(lambda: users.create_user(access.operator(account.id), other))
    return [cards[0], credential_of(member), cards[1]]


def _fill(tester: Caller) -> None:
    raise_counter(tester.account, "actions", ACTION_ID - 1)
    unit_of_work.run_with_retries(lambda: actions.create_action(tester, ACTION.check(ACTION_OF_THE_DOCUMENT)))
    together = {"name": "Workspace with others", "description": "roger that"}
    unit_of_work.run_with_retries(lambda: workspaces.create_workspace(tester, together))
    raise_counter(tester.account, "ids", ACTIVITY_ID - 1)
    inbox = workspaces.inbox_id(PERSONAL_WORKSPACE)
    unit_of_work.run_with_retries(lambda: items.create_item(tester, PERSONAL_WORKSPACE, inbox, {"name": "console"}))


def credential_of(user: User, scope: str = "write") -> dict[str, Any]:
    """A new credential of a user, as server.json lists them."""
    account = user.account
    issued = unit_of_work.run_with_retries(
        lambda: credentials.issue_credential(access.operator(account), user.id, label="demo", scope=scope)
    )
    key = {"key": issued.credential.id, "secret": issued.secret}
    return {"account": account, "user": user.id, "role": user.role, "scope": scope} | key

"""The world of the documents, for a store in which there is nothing yet."""

from typing import Any

from chalicelib import schemas
from chalicelib.domain import access, accounts, actions, credentials, items, users, workspaces
from chalicelib.domain.access import Caller
from chalicelib.storage import changes, table
from chalicelib.storage.models import User

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
ACTION = 123
ACTIVITY = 47
PERSONAL_WORKSPACE = 3


def create() -> list[dict[str, Any]]:
    """A demo account with the documents' world under the documented ids. Answers its credentials, secrets and all."""
    owner = {"email": "info@organisedminds.com", "first_name": "Tester", "last_name": "The Great"}
    other = {"email": "mia@example.org", "first_name": "Mia", "last_name": "Member", "role": "member"}
    table.count_from(FIRST_ACCOUNT, "ids", PERSONAL_WORKSPACE - 1)
    account, admin = changes.settle(lambda: accounts.create(name="Demo", **owner))
    cards = [credential_of(admin), credential_of(admin, "read")]
    _fill(Caller(account.id, admin.id, cards[0]["key"], "write"))
    member = changes.settle(lambda: users.create(access.operator(account.id), other))
    return [cards[0], credential_of(member), cards[1]]


def _fill(tester: Caller) -> None:
    table.count_from(tester.account, "actions", ACTION - 1)
    changes.settle(lambda: actions.create(tester, schemas.ACTION.check(ACTION_OF_THE_DOCUMENT)))
    together = {"name": "Workspace with others", "description": "roger that"}
    changes.settle(lambda: workspaces.create(tester, together))
    table.count_from(tester.account, "ids", ACTIVITY - 1)
    inbox = workspaces.inbox_of(PERSONAL_WORKSPACE)
    changes.settle(lambda: items.create(tester, PERSONAL_WORKSPACE, inbox, {"name": "console"}))


def credential_of(user: User, scope: str = "write") -> dict[str, Any]:
    """A new credential of a user, as server.json lists them."""
    account = user.account
    issued = changes.settle(lambda: credentials.create(access.operator(account), user.id, label="demo", scope=scope))
    key = {"key": issued.credential.id, "secret": issued.secret}
    return {"account": account, "user": user.id, "role": user.role, "scope": scope} | key

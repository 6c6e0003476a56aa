"""The world of the documents, for a store in which there is nothing yet."""

from typing import Any

from chalicelib.domain import accounts, actions, credentials, users
from chalicelib.domain.access import Caller
from chalicelib.schemas import ACTION
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
ID_OF_THE_DOCUMENT = 123


def create() -> list[dict[str, Any]]:
    """A demo account with the document's action under its documented id. Answers its credentials, secrets and all."""
    owner = {"email": "info@organisedminds.com", "first_name": "Tester", "last_name": "The Great"}
    other = {"email": "mia@example.org", "first_name": "Mia", "last_name": "Member", "role": "member"}
    account, admin = changes.settle(lambda: accounts.create(name="Demo", **owner))
    member = changes.settle(lambda: users.create(account.id, **other))
    cards = [credential_of(admin), credential_of(member), credential_of(admin, "read")]
    table.count_from(account.id, "ids", ID_OF_THE_DOCUMENT - 1)
    caller = Caller(account.id, admin.id, cards[0]["key"], "write")
    changes.settle(lambda: actions.create(caller, ACTION.check(ACTION_OF_THE_DOCUMENT)))
    return cards


def credential_of(user: User, scope: str = "write") -> dict[str, Any]:
    """A new credential of a user, as server.json lists them."""
    account = user.account
    issued = changes.settle(lambda: credentials.create(account, user.id, label="demo", scope=scope))
    key = {"key": issued.credential.id, "secret": issued.secret}
    return {"account": account, "user": user.id, "role": user.role, "scope": scope} | key

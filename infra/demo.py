"""The demo account of an empty local store.

It holds the example objects of the API documents under their ids, and the plan of a small company (infra/demo_plan.py).
"""

from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from chalicelib import randomness
from chalicelib.domain import access
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts import accounts, credentials, user_management, users
from chalicelib.domain.activities import activities, comments, delegating, items
from chalicelib.domain.activities.delegating import DelegateRequest
from chalicelib.domain.ogsm import actions, objects
from chalicelib.domain.ogsm.noun import OgsmNoun
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.domain.people import invitations
from chalicelib.domain.people.invitations import InviteRequest
from chalicelib.domain.webhooks import webhooks
from chalicelib.domain.workspaces import workspaces
from chalicelib.mail import sending
from chalicelib.schemas.actions import ACTION
from chalicelib.storage.ids import raise_counter
from chalicelib.storage.models.users import User
from infra import demo_plan
from infra.operations import run_as, run_as_operator
from infra.testing.documents import example

ACCOUNT_ID = 1  # the first account of a store

# The ids of the examples in the API documents.
ACTION_ID = 123
ACTIVITY_ID = 47
PERSONAL_WORKSPACE_ID = 3
STACK_ID = 5  # a stack of the personal workspace
SHARED_WORKSPACE_ID = 7
ADMIN_ID, MEMBER_ID = "a98542857", "240587408"
BLOCK_ID = "525668f164fc7b9387000017"  # the priority of the activity

# The ids and tokens of what no document shows.
COMMENT_ID, INVITATION_ID, DELEGATION_ID = 75, 76, 78
MEMBER_SLUG = "mia-member"
CREDENTIAL_ID = f"{ACCOUNT_ID}-0123456789abcdef"
WEBHOOK_ID = "1-0a1b2c3d"
EXAMPLE_TOKEN = "example-token-of-the-demo-account-012345678"  # noqa: S105 - of links that concern this account alone
LINK_TOKEN = f"{ACCOUNT_ID}-{EXAMPLE_TOKEN}"
ADDRESS_TOKEN = f"{ACCOUNT_ID}-{MEMBER_ID}-{EXAMPLE_TOKEN}"

ADMIN = {"email": "info@organisedminds.com", "first_name": "Tester", "last_name": "The Great"}
MEMBER = {"email": "mia@example.org", "first_name": "Mia", "last_name": "Member", "role": "member"}
WEBHOOK = {"url": "https://example.org/hooks", "label": "Example", "enabled": False}  # nothing is sent to it
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


def create_demo_account(*, with_plan: bool = True) -> list[Credential]:
    """Create the demo account, its users and the example objects, and the plan of a company if it is wanted.

    Return three credentials with their secrets: one of the admin, one of the member, and a read-only one of the admin.
    """
    raise_counter(ACCOUNT_ID, "ids", PERSONAL_WORKSPACE_ID - 1)  # the next id is that of the admin's workspace
    with _next_hex_digits(ADMIN_ID):
        account, admin = run_as_operator(lambda: accounts.create_account(name="Demo", **ADMIN))
    admin_credential = create_credential(admin)
    caller = Caller(account.id, admin.id, admin_credential["key"], "write")
    _create_examples(caller)
    if with_plan:
        demo_plan.create_plan(caller)
    with _next_hex_digits(MEMBER_ID):
        member = run_as_operator(lambda: users.create_user(access.operator(account.id), MEMBER))
    with patch.object(sending, "deliver", lambda *_: True):  # nobody waits for these mails
        _create_shared_examples(caller, member)
    with _next_hex_digits(WEBHOOK_ID.partition("-")[2]):
        run_as(caller, lambda: webhooks.create_webhook(caller, WEBHOOK))
    with _next_hex_digits(CREDENTIAL_ID.partition("-")[2]):
        reader_credential = create_credential(admin, "read")
    return [admin_credential, create_credential(member), reader_credential]


def _create_examples(admin: Caller) -> None:
    """Create an object of each OGSM noun, a shared workspace, and an activity on the admin's inbox."""
    raise_counter(admin.account, "actions", ACTION_ID - 1)
    run_as(admin, lambda: actions.create_action(admin, ACTION.check(EXAMPLE_ACTION)))
    for noun in NOUNS:
        _create_example(admin, noun)
    run_as(admin, lambda: workspaces.create_workspace(admin, SHARED_WORKSPACE))
    raise_counter(admin.account, "ids", ACTIVITY_ID - 1)
    inbox = workspaces.inbox_id(PERSONAL_WORKSPACE_ID)
    with _next_hex_digits(BLOCK_ID):
        run_as(admin, lambda: items.create_item(admin, PERSONAL_WORKSPACE_ID, inbox, {"name": "console"}))


def _create_example(admin: Caller, noun: OgsmNoun) -> None:
    """Create the example of an OGSM noun, under its id."""
    if not noun.subject:
        raise_counter(admin.account, noun.name, example(noun.singular)["id"] - 1)
    fields = noun.schema.check(example(f"sent_{noun.singular}"))
    run_as(admin, lambda: objects.create_object(admin, noun, fields))


def _create_shared_examples(admin: Caller, member: User) -> None:
    """Create a comment, an invitation of the member, an activity delegated to the member, and an address to confirm."""
    raise_counter(admin.account, "ids", COMMENT_ID - 1)
    run_as(admin, lambda: comments.create_comment(admin, ACTIVITY_ID, {"body": "What is this about?"}))
    with patch.object(randomness, "url_safe_token", lambda: EXAMPLE_TOKEN):
        invitation = InviteRequest([member.slug], [], cc=False, request_id=randomness.request_id())
        run_as(admin, lambda: invitations.invite(admin, SHARED_WORKSPACE_ID, invitation))
        address = {"email": "mia.member@example.org"}
        run_as(admin, lambda: user_management.update_user(admin, member.id, address, randomness.request_id()))
    delegated = run_as(admin, lambda: activities.create_activity(admin, {"name": "Prepare the meeting"})).activity
    delegation = DelegateRequest(member.slug, None, "Would you?", randomness.request_id())
    run_as(admin, lambda: delegating.delegate(admin, delegated, delegation, sign_off=True))


def _next_hex_digits(digits: str) -> AbstractContextManager[object]:
    """Let the next random hexadecimal digits of this number be these, so that an object has the id of the examples."""
    draw, unused = randomness.hex_digits, [digits]

    def hex_digits(count: int) -> str:
        return unused.pop() if unused and len(digits) == count else draw(count)

    return patch.object(randomness, "hex_digits", hex_digits)


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

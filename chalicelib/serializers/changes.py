"""Changes, with the objects before and after them as their addresses answer them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib import clock, json_text
from chalicelib.json_text import JsonObject
from chalicelib.serializers.activities import serialize_activities
from chalicelib.serializers.comments import serialize_comments
from chalicelib.serializers.common import Links
from chalicelib.serializers.credentials import serialize_credential
from chalicelib.serializers.delegations import serialize_delegations
from chalicelib.serializers.invitations import serialize_invitation
from chalicelib.serializers.stacks import serialize_stack_without_items
from chalicelib.serializers.users import serialize_user, serialize_user_with_role
from chalicelib.serializers.workspaces import serialize_workspace
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.comments import Comment
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.follows import Follow
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Workspace
from chalicelib.storage.stamps import Author


class Surroundings(Protocol):
    """The rows that the answers of images show, and what the viewer may see of them."""

    @property
    def people(self) -> Mapping[str, User]: ...

    @property
    def workspaces(self) -> Mapping[int, Workspace]: ...

    def role_in(self, workspace: Workspace) -> str: ...

    def sees_all_of(self, user: User) -> bool: ...

    @property
    def is_admin(self) -> bool: ...


class ChangedObject(Protocol):
    """An object that was changed. One without an address has no path."""

    @property
    def kind(self) -> str: ...

    @property
    def public_id(self) -> int | str: ...

    @property
    def path(self) -> str | None: ...


class VisibleChange(ChangedObject, Protocol):
    """A change as a viewer sees it."""

    @property
    def verb(self) -> str: ...

    @property
    def before(self) -> Row | None: ...

    @property
    def after(self) -> Row | None: ...

    @property
    def around(self) -> Surroundings: ...


class SeenChange(VisibleChange, Protocol):
    """A change of the feed."""

    @property
    def account(self) -> int: ...

    @property
    def seq(self) -> int: ...

    @property
    def changed_at(self) -> int: ...

    @property
    def author(self) -> Author: ...

    @property
    def shows_credential(self) -> bool: ...


@dataclass(frozen=True)
class _WorkspaceView:
    workspace: Workspace
    owner: User
    role: str


@dataclass(frozen=True)
class _UnconfirmedAddress:
    email: str
    delivery: str


@dataclass(frozen=True)
class _UserView:
    user: User
    role: str | None
    unconfirmed: _UnconfirmedAddress | None


@dataclass(frozen=True)
class _InvitationView:
    invitation: Invitation
    workspace: Workspace
    people: Mapping[str, User]


def serialize_changed_object(changed: ChangedObject, links: Links) -> JsonObject:
    """Return the kind, the id and the address of an object that was changed."""
    href = links.prefix + changed.path if changed.path else None
    return {"kind": changed.kind, "id": changed.public_id, "href": href}


def serialize_change(change: SeenChange, links: Links) -> str:
    """Return the JSON text of a change."""
    author, time = change.author, clock.format_timestamp(clock.at_milliseconds(change.changed_at))
    credential = f"{change.account}-{author.credential}" if author.credential and change.shows_credential else None
    document = {
        "seq": change.seq,
        "at": time,
        "verb": change.verb,
        "object": serialize_changed_object(change, links),
        "actor": {"user": author.user or None, "credential": credential},
        "request_id": author.request_id or None,
    }
    before, after = (serialize_image(row, change.around, links) for row in (change.before, change.after))
    return f'{json_text.dump(document)[:-1]},"before":{before},"after":{after}}}'


def serialize_image(row: Row | None, around: Surroundings, links: Links) -> str:
    """Return the JSON text of an object as its address answers it, or null. Stacks come without their items."""
    if row is None:
        return "null"
    serialize = SERIALIZERS.get(type(row), _serialize_document)
    answer = serialize(row, around, links)
    return answer if isinstance(answer, str) else json_text.dump(answer)


def _serialize_document(row: Any, _around: Surroundings, _links: Links) -> JsonObject:
    document: JsonObject = row.doc
    return document


def _serialize_workspace(row: Workspace, around: Surroundings, links: Links) -> JsonObject:
    return serialize_workspace(_WorkspaceView(row, around.people[row.owner], around.role_in(row)), links)


def _serialize_stack(row: Stack, _around: Surroundings, links: Links) -> JsonObject:
    return serialize_stack_without_items(row, links)


def _serialize_member(row: Member, around: Surroundings, links: Links) -> JsonObject:
    return {
        "workspace": row.workspace,
        "user": serialize_user(around.people[row.user], links),
        "role": row.role,
    }


def _serialize_activity(row: Activity, around: Surroundings, links: Links) -> str:
    return serialize_activities([row.text], around.people, links)[0]


def _serialize_comment(row: Comment, around: Surroundings, links: Links) -> str:
    return serialize_comments(row.doc["activity_id"], [row.text], around.people, links)[0]


def _serialize_delegation(row: Delegation, around: Surroundings, links: Links) -> str:
    return serialize_delegations([row.text], around.people, links)[0]


def _serialize_invitation(row: Invitation, around: Surroundings, links: Links) -> JsonObject:
    return serialize_invitation(_InvitationView(row, around.workspaces[row.workspace], around.people), links)


def _serialize_follow(row: Follow, around: Surroundings, links: Links) -> JsonObject:
    return {
        "follower": serialize_user(around.people[row.holder], links),
        "followed": serialize_user(around.people[row.other_user], links),
    }


def _serialize_user(row: User, around: Surroundings, links: Links) -> JsonObject:
    unconfirmed = None
    if row.unconfirmed_email and around.sees_all_of(row):
        unconfirmed = _UnconfirmedAddress(row.unconfirmed_email, row.confirmation_delivery)
    return serialize_user_with_role(_UserView(row, row.role if around.is_admin else None, unconfirmed), links)


def _serialize_credential(row: Credential, _around: Surroundings, _links: Links) -> JsonObject:
    return serialize_credential(row)


# Of the other kinds, the document is answered as it is stored.
SERIALIZERS: Mapping[type[Row], Callable[[Any, Surroundings, Links], JsonObject | str]] = {
    Workspace: _serialize_workspace,
    Stack: _serialize_stack,
    Member: _serialize_member,
    Activity: _serialize_activity,
    Comment: _serialize_comment,
    Delegation: _serialize_delegation,
    Invitation: _serialize_invitation,
    Follow: _serialize_follow,
    User: _serialize_user,
    Credential: _serialize_credential,
}

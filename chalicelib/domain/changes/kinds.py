"""The kinds of object whose changes are recorded: how each is named, and what counts as a change of it.

An object is its canonical row. A row that is marked as deleted is no object any more, although it is still there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from chalicelib.domain.access import INVITED
from chalicelib.domain.ogsm.nouns import NOUNS
from chalicelib.storage.models.actions import Action
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.audit import AuditEvent
from chalicelib.storage.models.base import Item, Row
from chalicelib.storage.models.changes import CREATE, DELETE, MOVE, NO_CHANGE, UPDATE
from chalicelib.storage.models.comments import Comment
from chalicelib.storage.models.credentials import Credential
from chalicelib.storage.models.delegations import Delegation
from chalicelib.storage.models.follows import Follow
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.users import User
from chalicelib.storage.models.workspaces import Member, Workspace

DELETION_MARKS = ("deletion_state", "deleted_with", "deleted_by")


def _attributes(*names: str) -> Callable[[Row], object]:
    """Return the function that returns these attributes of a row."""
    return lambda row: [getattr(row, name) for name in names]


def _document(row: Row) -> object:
    return cast("Any", row).doc


def _nothing(_row: Row) -> object:
    return None


def _is_unmarked(row: Row) -> bool:
    return not any(getattr(row, mark, None) for mark in DELETION_MARKS)


def _has_joined(member: Row) -> bool:
    return cast("Member", member).role != INVITED


def _delegation_itself(row: Row) -> object:
    """Return a delegation without its activity, which has changes of its own."""
    document = cast("Delegation", row).doc
    return {name: value for name, value in document.items() if name != "activity"}


class _RowAttributes(dict[str, object]):
    """The attributes of a row, for the variables of a path."""

    def __init__(self, row: Row | None) -> None:
        super().__init__()
        self._row = row

    def __missing__(self, name: str) -> object:
        return getattr(self._row, name)


@dataclass(frozen=True)
class Kind:
    """A kind of object.

    `path` is the address of an object, or of the list with it if an object has no address; its variables are filled
    with the attributes of the row. `id_attributes` make up the id. `has_number` says that it is one number. `answered`
    returns what decides the answer to GET: a write that leaves it equal is no change. `place` returns what tells where
    the object is: a write that changes it is a move. `exists` tells whether the row is an object. `secrets` are
    attributes that are never copied.

    `is_log` marks events: they are only ever added, and their removal is no change. Only admins see them.
    """

    row: type[Row]
    path: str | None
    answered: Callable[[Row], object] = _document
    id_attributes: tuple[str, ...] = ("id",)
    place: Callable[[Row], object] = _nothing
    exists: Callable[[Row], bool] = _is_unmarked
    secrets: frozenset[str] = frozenset()
    has_number: bool = True
    is_log: bool = False

    @property
    def name(self) -> str:
        """The name of the kind, which is that of its rows."""
        return cast("str", Row.kind.get_discriminator(self.row))

    def identify(self, row: Row) -> str:
        """Return the id of an object. Parts of an id are separated by a slash."""
        return "/".join(str(getattr(row, name)) for name in self.id_attributes)

    def public_id(self, object_id: str) -> int | str:
        """Return the id of an object as it is answered."""
        return int(object_id) if self.has_number else object_id

    def path_of(self, row: Row | None) -> str | None:
        """Return the address of an object, or of the list that it is in."""
        return self.path and self.path.format_map(_RowAttributes(row))

    def without_secrets(self, image: Item | None) -> Item | None:
        """Return the image of a row without the attributes that are never copied."""
        return image and {name: value for name, value in image.items() if name not in self.secrets}

    def verb(self, before: Row | None, after: Row | None) -> str:
        """Return what a write has done to an object."""
        existed = before is not None and self.exists(before)
        exists = after is not None and self.exists(after)
        if existed != exists:
            return CREATE if exists else DELETE
        if not existed or before is None or after is None:
            return NO_CHANGE
        if self.place(before) != self.place(after):
            return MOVE
        return NO_CHANGE if self.answered(before) == self.answered(after) else UPDATE


USER_FIELDS = ("email", "first_name", "last_name", "slug", "role", "unconfirmed_email", "confirmation_delivery")
CREDENTIAL_FIELDS = ("label", "scope", "expires_at", "revoked_at", "old_secret_until")

_KINDS = [
    Kind(
        Workspace,
        "/api/workspaces/{id}",
        _attributes("owner", "name", "type", "description", "setting"),
    ),
    Kind(Stack, "/api/workspaces/{workspace}/stacks/{id}", _attributes("name", "description")),
    Kind(
        Member,
        "/api/workspaces/{workspace}/members",
        _attributes("role"),
        id_attributes=("workspace", "user"),
        has_number=False,
        exists=_has_joined,
    ),
    Kind(Activity, "/api/activities/{id}", place=_attributes("workspace", "stack")),
    Kind(Comment, "/api/comments/{id}"),
    Kind(Delegation, "/api/delegations/{id}", _delegation_itself),
    Kind(
        Invitation,
        "/api/invitations/{id}",
        _attributes("workspace", "user", "email", "inviter", "state", "delivery"),
        secrets=frozenset({"mail_claim"}),
    ),
    Kind(Follow, None, _attributes("other_user"), id_attributes=("holder", "other_user"), has_number=False),
    Kind(
        User,
        "/api/users/{id}",
        _attributes(*USER_FIELDS),
        secrets=frozenset({"confirmation_hash", "confirmation_claim"}),
        has_number=False,
    ),
    Kind(
        Credential,
        "/api/credentials/{id}",
        _attributes(*CREDENTIAL_FIELDS),
        secrets=frozenset({"secret_hash", "old_secret_hash"}),
        has_number=False,
    ),
    Kind(Action, "/api/v2/actions/{id}.json"),
    Kind(AuditEvent, "/api/audit", has_number=False, is_log=True),
]


def _by_name(kinds: Iterable[Kind]) -> Mapping[str, Kind]:
    return {kind.name: kind for kind in kinds}


# The kinds by their names.
KINDS = _by_name([*_KINDS, *(Kind(noun.row, f"/api/v2/{noun.name}/{{id}}.json") for noun in NOUNS)])

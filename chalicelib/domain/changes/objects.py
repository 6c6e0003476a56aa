"""Objects by their kind and id: how an address names one, and its row as it is now."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.accounts.user_management import USER_NOT_FOUND
from chalicelib.domain.changes.kinds import KINDS
from chalicelib.schemas.users import is_user_id
from chalicelib.storage import table
from chalicelib.storage.models.base import Ref, Row
from chalicelib.storage.models.comments import Comment, CommentLookup
from chalicelib.storage.models.delegations import OPEN, PAST, Delegation
from chalicelib.storage.models.invitations import Invitation
from chalicelib.storage.models.stacks import Stack, StackLookup
from chalicelib.storage.models.users import Slug


class ObjectName(NamedTuple):
    """The name of an object: its kind, and its id as the feed has it.

    `workspace` is the workspace in which the object must be, because its address says so, or None.
    """

    kind: str
    id: str
    workspace: int | None = None

    def fits(self, row: Row) -> bool:
        """Return whether a row of the object is where its address says."""
        return self.workspace is None or getattr(row, "workspace", None) == self.workspace


def name_object(caller: Caller, kind: str, variable: str, path_values: Mapping[str, Any]) -> ObjectName:
    """Return the name of the object at an address whose path variable `variable` has its id.

    For the slug of a user this makes one request. Raises errors.NotFound if nobody has the slug.
    """
    value = str(path_values[variable])
    if kind == "user" and not is_user_id(value):
        slug = table.get(Slug.ref(caller.account, value))
        if slug is None:
            raise errors.NotFound(USER_NOT_FOUND)
        value = slug.user
    workspace = None if variable == "workspace_id" else path_values.get("workspace_id")
    return ObjectName(kind, value, workspace)


def read_present_row(caller: Caller, name: ObjectName) -> Row | None:
    """Return the row of an object, or None. Of delegations and invitations, only the caller's own ones are found."""
    find = FINDERS.get(name.kind)
    if find is not None:
        return find(caller, int(name.id))
    kind = KINDS[name.kind]
    ref: Ref[Row] = kind.row.ref(caller.account, int(name.id) if kind.has_number else name.id)
    return table.get(ref)


def _find_stack(caller: Caller, stack: int) -> Row | None:
    lookup = table.get(StackLookup.ref(caller.account, stack))
    return lookup and table.get(Stack.ref(caller.account, lookup.workspace, stack))


def _find_comment(caller: Caller, comment: int) -> Row | None:
    lookup = table.get(CommentLookup.ref(caller.account, comment))
    return lookup and table.get(Comment.ref(caller.account, lookup.activity, comment))


def _find_delegation(caller: Caller, delegation: int) -> Row | None:
    refs = [Delegation.ref(caller.account, caller.user, group, delegation) for group in (OPEN, PAST)]
    return next(iter(table.get_many(refs)), None)


def _find_invitation(caller: Caller, invitation: int) -> Row | None:
    return table.get(Invitation.ref(caller.account, caller.user, invitation))


FINDERS: Mapping[str, Callable[[Caller, int], Row | None]] = {
    "stack": _find_stack,
    "comment": _find_comment,
    "delegation": _find_delegation,
    "invitation": _find_invitation,
}

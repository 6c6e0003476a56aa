"""Undo what was done to one object: plan the opposite, with the function of its noun and by the rules of its noun."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import activities, comments, deletion
from chalicelib.domain.activities import restoring as activity_restoring
from chalicelib.domain.changes.fields import SETTING, changed_fields, fields_of
from chalicelib.domain.changes.net_changes import NetChange
from chalicelib.domain.changes.stack_positions import find_position
from chalicelib.domain.ogsm import deletion as ogsm_deletion
from chalicelib.domain.ogsm import references
from chalicelib.domain.ogsm import restoring as ogsm_restoring
from chalicelib.domain.workspaces import deletion_marks, stacks, workspaces
from chalicelib.json_text import JsonObject
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.base import Row
from chalicelib.storage.models.changes import CREATE, DELETE, UPDATE
from chalicelib.storage.models.comments import Comment
from chalicelib.storage.models.ogsm_objects import ObjectRow
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Workspace
from chalicelib.storage.rows import Rows
from chalicelib.storage.unit_of_work import Change, Steps

MAIL_SENT = "{} cannot be undone, because mails about them were sent."
NOT_UNDOABLE = {
    "member": "Memberships cannot be undone. Invite the person again, or end the membership.",
    "invitation": MAIL_SENT.format("Invitations"),
    "delegation": MAIL_SENT.format("Delegations"),
    "follow": "Following a user cannot be undone.",
    "user": "Changes of users cannot be undone. An admin can change a user again.",
    "credential": "Changes of credentials cannot be undone, so that a revoked one never works again.",
    "audit_event": "The audit log says what has happened. That cannot be undone.",
}
ONLY_OWNER = "Only the owner of the workspace may undo this."
OWNER_CHANGED = "The owner of the workspace has changed. That is a membership, and cannot be undone."
NOW_CHANGED = "The object has just been changed."

R = TypeVar("R", bound=Row)
Planned = Change[Any] | Steps[Any]


@dataclass(frozen=True)
class Undoing:
    """The undoing of what was done to one object.

    `rows` has the object as it is now, with what is beside it. `with_activity` says that the activity of a comment is
    restored along with it.
    """

    caller: Caller
    change: NetChange
    rows: Rows
    with_activity: bool = False

    @property
    def present(self) -> Row | None:
        """The row of the object as it is now, also if it was only marked as deleted."""
        return self.rows.get(self.change.ref)

    @property
    def fields(self) -> set[str]:
        """The names of the fields that the change has set."""
        return changed_fields(self.change.before, self.change.after)

    def plan(self) -> Planned:
        """Plan the opposite of the change, without looking for later changes. Raises the errors of its noun."""
        planned = PLANNERS[base_of(self.change.image)][self.change.verb](self)
        if not isinstance(planned, Change):
            return self._take_steps(planned)
        self._require_unchanged(planned)
        return planned

    def _take_steps(self, steps: Steps[Any]) -> Steps[Any]:
        """Yield these steps, and check the first one."""
        is_checked = False
        try:
            step = next(steps)
            while True:
                if isinstance(step, Change) and not is_checked:
                    self._require_unchanged(step)
                    is_checked = True
                try:
                    outcome = yield step
                except errors.Problem as problem:
                    step = steps.throw(problem)
                else:
                    step = steps.send(outcome)
        except StopIteration as end:
            last: Change[Any] = end.value
        if not is_checked:
            self._require_unchanged(last)
        return last

    def _require_unchanged(self, change: Change[Any]) -> None:
        """Raise errors.Stale if a change writes another version of the object than that which was checked."""
        present = self.present
        version = present.version if present else None
        written = [row for row in [*change.save, *change.delete] if row.reference == self.change.ref]
        if any(row.version not in (None, version) for row in written):
            raise errors.Stale(NOW_CHANGED)


def base_of(image: Row) -> type[Row]:
    """Return the class of a row by which its noun is undone: one class for all nouns of the OGSM API."""
    return ObjectRow if isinstance(image, ObjectRow) else type(image)


def require_undoable(change: NetChange) -> None:
    """Raise errors.Conflict, which gives the reason, if what was done to an object cannot be undone."""
    reason = NOT_UNDOABLE.get(change.kind)
    if reason:
        raise errors.Conflict(reason)
    before, after = change.before, change.after
    if isinstance(before, Activity) and isinstance(after, Activity):
        activity_restoring.require_no_delegation_changed(before, after)
    if isinstance(before, Workspace) and isinstance(after, Workspace) and before.owner != after.owner:
        raise errors.Conflict(OWNER_CHANGED)


def _delete_object(undoing: Undoing) -> Planned:
    noun = references.noun_of(_as(ObjectRow, undoing.change.after))
    return ogsm_deletion.delete_object(undoing.caller, noun, int(undoing.change.object_id))


def _restore_object(undoing: Undoing) -> Planned:
    image = _as(ObjectRow, undoing.change.before)
    return ogsm_restoring.plan_restoration(undoing.caller, undoing.rows, image)


def _revert_object(undoing: Undoing) -> Planned:
    row, before = _as(ObjectRow, undoing.present), _as(ObjectRow, undoing.change.before)
    return ogsm_restoring.plan_reversal(undoing.caller, row, before, undoing.fields)


def _delete_activity(undoing: Undoing) -> Planned:
    return activities.delete_activity(undoing.caller, int(undoing.change.object_id))


def _restore_activity(undoing: Undoing) -> Planned:
    image = _as(Activity, undoing.change.before)
    return activity_restoring.plan_restoration(undoing.caller, undoing.rows, image)


def _revert_activity(undoing: Undoing) -> Planned:
    row, before = _as(Activity, undoing.present), _as(Activity, undoing.change.before)
    return activity_restoring.plan_reversal(undoing.caller, undoing.rows, row, before, undoing.fields)


def _delete_comment(undoing: Undoing) -> Planned:
    return comments.delete_comment(undoing.caller, int(undoing.change.object_id))


def _restore_comment(undoing: Undoing) -> Planned:
    image = _as(Comment, undoing.change.before)
    return comments.plan_restoration(undoing.caller, undoing.rows, image, with_activity=undoing.with_activity)


def _revert_comment(undoing: Undoing) -> Planned:
    body = _as(Comment, undoing.change.before).body
    return comments.update_comment(undoing.caller, int(undoing.change.object_id), {"body": body})


def _delete_stack(undoing: Undoing) -> Planned:
    stack = _as(Stack, undoing.change.after)
    return deletion.delete_stack(undoing.caller, stack.workspace, stack.id)


def _restore_stack(undoing: Undoing) -> Planned:
    stack = _as(Stack, undoing.change.before)
    workspace = undoing.rows.get(workspaces.workspace_refs(undoing.caller, stack.workspace)[0])
    order = _as(Workspace, workspace).stacks if workspace else []
    position = find_position(undoing.caller, undoing.change, order)
    return deletion_marks.restore_stack(undoing.caller, stack.workspace, stack.id, position)


def _revert_stack(undoing: Undoing) -> Planned:
    stack = _as(Stack, undoing.change.before)
    fields = {name: getattr(stack, name) for name in undoing.fields}
    return stacks.update_stack(undoing.caller, stack.workspace, stack.id, fields)


def _delete_workspace(undoing: Undoing) -> Planned:
    _require_owner(undoing)
    return deletion.delete_workspace(undoing.caller, int(undoing.change.object_id), archive_items=False)


def _restore_workspace(undoing: Undoing) -> Planned:
    _require_owner(undoing)
    return deletion_marks.restore_workspace(undoing.caller, int(undoing.change.object_id))


def _revert_workspace(undoing: Undoing) -> Planned:
    before = _as(Workspace, undoing.change.before)
    values = fields_of(before)
    fields: JsonObject = {name: values[name] for name in undoing.fields if not name.startswith(SETTING)}
    settings = {name: values[name] for name in undoing.fields if name.startswith(SETTING)}
    fields["setting"] = {name.removeprefix(SETTING): value for name, value in settings.items()}
    return workspaces.update_workspace(undoing.caller, before.id, fields)


def _require_owner(undoing: Undoing) -> None:
    """Raise errors.Forbidden unless the caller owns the workspace. Only its owner can delete or restore it."""
    if _as(Workspace, undoing.change.image).owner != undoing.caller.user:
        raise errors.Forbidden(ONLY_OWNER)


def _as(kind: type[R], row: Row | None) -> R:
    """Return a row of this kind. Raises TypeError for any other."""
    if not isinstance(row, kind):
        raise TypeError(f"A row of the kind {kind.__name__} was expected.")
    return row


Planner = Callable[[Undoing], Planned]
PLANNERS: Mapping[type[Row], Mapping[str, Planner]] = {
    ObjectRow: {CREATE: _delete_object, DELETE: _restore_object, UPDATE: _revert_object},
    Activity: {CREATE: _delete_activity, DELETE: _restore_activity, UPDATE: _revert_activity},
    Comment: {CREATE: _delete_comment, DELETE: _restore_comment, UPDATE: _revert_comment},
    Stack: {CREATE: _delete_stack, DELETE: _restore_stack, UPDATE: _revert_stack},
    Workspace: {CREATE: _delete_workspace, DELETE: _restore_workspace, UPDATE: _revert_workspace},
}

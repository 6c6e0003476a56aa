"""Items: the activities of workspaces. Each is in exactly one place: an inbox, another stack or an archive."""

from chalicelib import errors
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, documents
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.documents import ACTIVITY_NOT_FOUND
from chalicelib.domain.workspaces import stacks, workspaces
from chalicelib.domain.workspaces.stacks import StackContents
from chalicelib.domain.workspaces.workspaces import PERSONAL, People, WorkspaceContext
from chalicelib.json_text import JsonObject
from chalicelib.storage import table
from chalicelib.storage.ids import next_id
from chalicelib.storage.models.activities import Activity, Placement
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Member, is_open
from chalicelib.storage.parallel import run_both
from chalicelib.storage.rows import Entry
from chalicelib.storage.unit_of_work import Change, Precondition


def describes_new_item(fields: JsonObject) -> bool:
    """Return whether a body describes a new item, by its name, or else an existing one, by its id."""
    return "name" in fields


def create_item(caller: Caller, workspace_id: int, stack_id: int, fields: JsonObject) -> Change[PlacedActivity]:
    """Create an activity on top of a stack. Raises errors.NotFound, and errors.Conflict if the stack is going."""
    stack_ref = Stack.ref(caller.account, workspace_id, stack_id)
    context, activity_id = run_both(  # if the caller is refused, the new id stays unused
        lambda: workspaces.enter_workspace(caller, workspace_id, "enter", refs=[stack_ref]),
        lambda: next_id(caller.account, "ids"),
    )
    _require_stack_open(caller, context, stack_id)
    document = documents.new_document(activity_id, caller.user, fields)
    return plan_new_item(caller, workspace_id, stack_id, document, context.people)


def create_on_inbox(caller: Caller, workspace_id: int, fields: JsonObject) -> Change[StackContents]:
    """Create an activity on top of the inbox. Return the inbox with it."""
    inbox_id = workspaces.inbox_id(workspace_id)
    entries, activity_id = run_both(
        lambda: stacks.read_entries(caller, workspace_id, inbox_id),
        lambda: next_id(caller.account, "ids"),
    )
    inbox, context = stacks.enter_stack(caller, workspace_id, inbox_id, entries)
    document = documents.new_document(activity_id, caller.user, fields)
    change = plan_new_item(caller, workspace_id, inbox_id, document, context.people)
    return change.with_answer(_with_item_on_top(inbox, change.answer))


def plan_new_item(
    caller: Caller, workspace_id: int, stack_id: int, document: JsonObject, people: People
) -> Change[PlacedActivity]:
    """Save a new activity with this document on top of a stack."""
    place = {"workspace": workspace_id, "stack": stack_id, "order": new_order()}
    activity = Activity.at(caller.account, document["id"], id=document["id"], doc=document, **place)
    activity.set_alarm(activity.block("alarm")["time"])
    return Change(
        copies.place_activity(caller, activity, people),
        save=[activity, *copies.all_copies(caller, activity)],
        preconditions=require_destination_open(caller, workspace_id, stack_id),
    )


def move_item(caller: Caller, workspace_id: int, stack_id: int | None, activity_id: int) -> Change[PlacedActivity]:
    """Put an activity on top of a stack, or in the archive if `stack_id` is None.

    Raises errors.NotFound and errors.Conflict.
    """
    activity_ref = Activity.ref(caller.account, activity_id)
    stack_refs = [] if stack_id is None else [Stack.ref(caller.account, workspace_id, stack_id)]
    context = workspaces.enter_workspace(caller, workspace_id, "enter", refs=[activity_ref, *stack_refs])
    if stack_id is not None:
        _require_stack_open(caller, context, stack_id)
    activity = copies.require_activity(context.rows.get(activity_ref))
    return plan_move(caller, context, activity, stack_id, new_order())


def move_to_inbox(caller: Caller, workspace_id: int, activity_id: int) -> Change[StackContents]:
    """Put an activity on top of the inbox. Return the inbox with it. Raises errors.NotFound."""
    inbox_id = workspaces.inbox_id(workspace_id)
    entries, activity = run_both(
        lambda: stacks.read_entries(caller, workspace_id, inbox_id),
        lambda: table.get(Activity.ref(caller.account, activity_id)),
    )
    texts = [activity.text] if activity else []
    inbox, context = stacks.enter_stack(caller, workspace_id, inbox_id, entries, texts=texts)
    activity = copies.require_activity(activity)
    old_position = copies.placement(caller, activity).position if activity.stack == inbox_id else None
    top_order = Placement.order_at(entries[0].position) if entries else None
    change = plan_move(caller, context, activity, inbox_id, new_order(top=top_order))
    return change.with_answer(_with_item_on_top(inbox, change.answer, old_position))


def _with_item_on_top(inbox: StackContents, placed: PlacedActivity, old_position: str | None = None) -> StackContents:
    """Return an inbox with an item on top of the others. `old_position` is where it was in the inbox before."""
    others = [entry for entry in inbox.entries if entry.position != old_position]
    entries = [Entry(placed.position, placed.text), *others]
    return StackContents(inbox.workspace, inbox.id, entries, placed.people)


def plan_move(
    caller: Caller, context: WorkspaceContext, activity: Activity, stack_id: int | None, order: str
) -> Change[PlacedActivity]:
    """Move an activity to a stack of a workspace that the caller has entered. `stack_id` None is the archive.

    Raises errors.Conflict if a shared workspace is asked for an archive.
    """
    workspace = context.workspace
    if stack_id is None and workspace.type != PERSONAL:
        raise errors.Conflict("Only a personal workspace has an archive.")
    preconditions = require_destination_open(caller, workspace.id, stack_id)
    if activity.workspace != workspace.id:
        preconditions = [*require_may_leave(caller, activity), *preconditions]
    old_placement = copies.placement(caller, activity)
    rows = copies.relocate(caller, activity, workspace.id, stack_id, order)
    people = _with_people_in(caller, context.people, activity)
    return Change(copies.place_activity(caller, activity, people), rows, [old_placement], preconditions)


def _with_people_in(caller: Caller, people: People, activity: Activity) -> People:
    """Return these people and everybody in an activity. Only those who are missing are read."""
    missing = activity.people - people.keys()
    return people | workspaces.get_people(caller, missing) if missing else people


def _require_stack_open(caller: Caller, context: WorkspaceContext, stack_id: int) -> None:
    """Raise errors.NotFound if there is no such stack, and errors.Conflict if its items are moving."""
    if stacks.is_inbox(context.workspace.id, stack_id):
        return
    if stacks.require_stack(caller, context, stack_id).deletion_state:
        raise errors.Conflict("This stack is being deleted.")


def require_destination_open(caller: Caller, workspace_id: int, stack_id: int | None) -> list[Precondition]:
    """Require that workspace and stack still exist when an item arrives in them."""
    workspace_open = workspaces.require_workspace_open(caller, workspace_id)
    if stack_id is None or stacks.is_inbox(workspace_id, stack_id):
        return [workspace_open]
    key = Stack.ref(caller.account, workspace_id, stack_id)
    stack_not_found = errors.NotFound(stacks.STACK_NOT_IN_WORKSPACE)
    return [workspace_open, Precondition(key, is_open(Stack), stack_not_found, Stack.additions)]


def require_may_leave(caller: Caller, activity: Activity) -> list[Precondition]:
    """Require that the caller is still a member of the workspace that an activity leaves, and that it is open."""
    key = Member.ref(caller.account, activity.workspace, caller.user)
    is_member = Precondition(key, Member.is_inside(), errors.NotFound(ACTIVITY_NOT_FOUND))
    return [workspaces.require_workspace_open(caller, activity.workspace, ACTIVITY_NOT_FOUND), is_member]

"""Items: the activities of workspaces. Each lies in exactly one place: on an inbox, on a stack, or in an archive."""

from chalicelib import errors, json_text
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import copies, documents
from chalicelib.domain.activities.copies import PlacedActivity
from chalicelib.domain.activities.documents import ACTIVITY_NOT_FOUND
from chalicelib.domain.workspaces import stacks, workspaces
from chalicelib.domain.workspaces.stacks import StackContents
from chalicelib.domain.workspaces.workspaces import PERSONAL, Fields, People, WorkspaceContext
from chalicelib.storage import table
from chalicelib.storage.ids import next_id
from chalicelib.storage.marks import people_in
from chalicelib.storage.models.activities import Activity
from chalicelib.storage.models.keys import new_order
from chalicelib.storage.models.stacks import Stack
from chalicelib.storage.models.workspaces import Member, is_open
from chalicelib.storage.parallel import run_both
from chalicelib.storage.unit_of_work import Change, Precondition


def describes_new_item(fields: Fields) -> bool:
    """Whether a body describes a new item, by its name, or names an existing one, by its id."""
    return "name" in fields


def create_item(caller: Caller, workspace_id: int, stack_id: int, fields: Fields) -> Change[PlacedActivity]:
    """A new activity on top of a stack."""
    key = Stack.key(caller.account, workspace_id, stack_id)
    found, activity_id = run_both(  # an id is lost where the caller is refused
        lambda: workspaces.enter_workspace(caller, workspace_id, "enter", more=[key]),
        lambda: next_id(caller.account, "ids"),
    )
    _require_stack_open(caller, found, stack_id)
    return _create_on(caller, found, stack_id, activity_id, fields)


def _create_on(
    caller: Caller, found: WorkspaceContext, stack_id: int, activity_id: int, fields: Fields
) -> Change[PlacedActivity]:
    workspace_id = found.workspace.id
    return plan_new_item(
        caller, workspace_id, stack_id, documents.new_document(activity_id, caller.user, fields), found.people
    )


def plan_new_item(
    caller: Caller, workspace_id: int, stack_id: int, doc: Fields, people: People
) -> Change[PlacedActivity]:
    """A new activity that is made already, on top of a stack."""
    place = {"workspace": workspace_id, "stack": stack_id, "order": new_order()}
    activity = Activity.at(caller.account, doc["id"], id=doc["id"], doc=doc, **place)
    activity.set_alarm(doc["alarm"]["time"])
    saves = [activity, *copies.all_copies(caller, activity)]
    return Change(
        copies.place_activity(caller, activity, people),
        saves,
        preconditions=require_destination_open(caller, workspace_id, stack_id),
    )


def move_item(caller: Caller, workspace_id: int, stack_id: int | None, activity_id: int) -> Change[PlacedActivity]:
    """Puts an activity on top of a stack, wherever it has been."""
    keys = [Activity.key(caller.account, activity_id)]
    if stack_id is not None:
        keys.append(Stack.key(caller.account, workspace_id, stack_id))
    found = workspaces.enter_workspace(caller, workspace_id, "enter", more=keys)
    if stack_id is not None:
        _require_stack_open(caller, found, stack_id)
    activity = found.rows.get(keys[0])
    if not isinstance(activity, Activity):
        raise errors.NotFound(ACTIVITY_NOT_FOUND)
    return plan_move(caller, found, activity, stack_id, new_order())


def move_to_inbox(caller: Caller, workspace_id: int, activity_id: int) -> Change[StackContents]:
    """Puts an activity on top of the inbox and answers the inbox as it is then."""
    inbox_id = workspaces.inbox_id(workspace_id)
    entries, activity = run_both(
        lambda: stacks.read_entries(caller, workspace_id, inbox_id),
        lambda: table.get(Activity, caller.account, activity_id),
    )
    beside = [json_text.dump(activity.doc)] if activity else []
    inbox, found = stacks.enter_stack(caller, workspace_id, inbox_id, entries, beside=beside)
    if activity is None:
        raise errors.NotFound(ACTIVITY_NOT_FOUND)
    here = activity.workspace == workspace_id and activity.stack == inbox.id
    own = copies.placement(caller, activity).sk if here else None
    top = inbox.entries[0][0].split("#")[2] if inbox.entries else None
    change = plan_move(caller, found, activity, inbox.id, new_order(top=top))
    rest = [entry for entry in inbox.entries if entry[0] != own]
    return change.with_answer(_on_top(change.answer, inbox.id, rest))


def create_on_inbox(caller: Caller, workspace_id: int, fields: Fields) -> Change[StackContents]:
    """A new activity on top of the inbox; answers the inbox as it is then."""
    inbox_id = workspaces.inbox_id(workspace_id)
    entries, activity_id = run_both(
        lambda: stacks.read_entries(caller, workspace_id, inbox_id),
        lambda: next_id(caller.account, "ids"),
    )
    inbox, found = stacks.enter_stack(caller, workspace_id, inbox_id, entries)
    change = _create_on(caller, found, inbox.id, activity_id, fields)
    return change.with_answer(_on_top(change.answer, inbox.id, inbox.entries))


def _on_top(placed: PlacedActivity, inbox_id: int, rest: list[tuple[str, str]]) -> StackContents:
    return StackContents(placed.workspace, inbox_id, [(placed.key, placed.text), *rest], placed.people)


def plan_move(
    caller: Caller, found: WorkspaceContext, activity: Activity, stack_id: int | None, order: str
) -> Change[PlacedActivity]:
    """An activity that was read, on a stack of a workspace that admits the caller; None is the archive."""
    workspace = found.workspace
    if stack_id is None and workspace.type != PERSONAL:
        raise errors.Conflict("only a personal workspace has an archive")
    stays = activity.workspace == workspace.id
    requires = {} if stays else {one.key: one for one in require_may_leave(caller, activity)}
    requires |= {one.key: one for one in require_destination_open(caller, workspace.id, stack_id)}
    old = copies.placement(caller, activity)
    activity.workspace, activity.stack, activity.order = workspace.id, stack_id, order
    people = _with_people_in(caller, found.people, json_text.dump(activity.doc))
    saves = [activity, *([copies.placement(caller, activity)] if stays else copies.all_copies(caller, activity))]
    return Change(copies.place_activity(caller, activity, people), saves, [old], list(requires.values()))


def _with_people_in(caller: Caller, people: People, text: str) -> People:
    missing = people_in([text]) - people.keys()
    return people | workspaces.get_people(caller, missing) if missing else people


def _require_stack_open(caller: Caller, found: WorkspaceContext, stack_id: int) -> None:
    if stacks.is_inbox(found.workspace.id, stack_id):
        return
    if stacks.require_stack(caller, found, stack_id).deletion_state:
        raise errors.Conflict("this stack is being deleted")


def require_destination_open(caller: Caller, workspace_id: int, stack_id: int | None) -> list[Precondition]:
    """What arrives must find workspace and stack there and not about to be deleted."""
    requires = [workspaces.require_workspace_open(caller, workspace_id)]
    if stack_id is None or stacks.is_inbox(workspace_id, stack_id):
        return requires
    key = Stack.key(caller.account, workspace_id, stack_id)
    return [
        *requires,
        Precondition(Stack, key, is_open(Stack), errors.NotFound(stacks.STACK_NOT_IN_WORKSPACE), Stack.additions),
    ]


def require_may_leave(caller: Caller, activity: Activity) -> list[Precondition]:
    """What leaves another workspace must be the caller's to take."""
    key = Member.key(caller.account, activity.workspace, caller.user)
    inside = Precondition(Member, key, Member.is_inside(), errors.NotFound(ACTIVITY_NOT_FOUND))
    return [workspaces.require_workspace_open(caller, activity.workspace, ACTIVITY_NOT_FOUND), inside]

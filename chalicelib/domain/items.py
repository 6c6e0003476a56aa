"""Items: the activities of workspaces. Each lies in exactly one place: on an inbox, on a stack, or in an archive."""

import time

from chalicelib import errors, jsontext
from chalicelib.dataclass import dataclass
from chalicelib.domain import activities, copies, stacks, workspaces
from chalicelib.domain.access import Caller
from chalicelib.domain.stacks import Filled
from chalicelib.domain.workspaces import PERSONAL, Fields, Found, People
from chalicelib.storage import table
from chalicelib.storage.changes import Change, Requirement
from chalicelib.storage.spaces import Activity, Member, Stack, is_open

ORDERS = 10**16  # microseconds until the year 2286

LOST = "there is no such activity"


@dataclass(frozen=True)
class Placed:
    """An activity where it lies."""

    workspace: int
    activity: int
    key: str
    text: str
    people: People


def is_new(fields: Fields) -> bool:
    """Whether a body describes a new item, by its name, or names an existing one, by its id."""
    return "name" in fields


def create(caller: Caller, workspace_id: int, stack_id: int, fields: Fields) -> Change[Placed]:
    """A new activity on top of a stack."""
    key = Stack.key(caller.account, workspace_id, stack_id)
    found, activity_id = table.together(  # an id is lost where the caller is refused
        lambda: workspaces.enter(caller, workspace_id, "enter", more=[key]),
        lambda: table.count_up(caller.account, "ids"),
    )
    _check_stack(caller, found, stack_id)
    return _created(caller, found, stack_id, activity_id, fields)


def _created(caller: Caller, found: Found, stack_id: int, activity_id: int, fields: Fields) -> Change[Placed]:
    workspace_id = found.workspace.id
    return founded(caller, workspace_id, stack_id, activities.blank(activity_id, caller.user, fields), found.people)


def founded(caller: Caller, workspace_id: int, stack_id: int, doc: Fields, people: People) -> Change[Placed]:
    """A new activity that is made already, on top of a stack."""
    place = {"workspace": workspace_id, "stack": stack_id, "order": order_now()}
    activity = Activity.at(caller.account, doc["id"], id=doc["id"], doc=doc, **place)
    activity.ring(doc["alarm"]["time"])
    saves = [activity, *copies.of(caller, activity)]
    return Change(as_placed(caller, activity, people), saves, requires=arriving(caller, workspace_id, stack_id))


def move(caller: Caller, workspace_id: int, stack_id: int | None, activity_id: int) -> Change[Placed]:
    """Puts an activity on top of a stack, wherever it has been."""
    keys = [Activity.key(caller.account, activity_id)]
    if stack_id is not None:
        keys.append(Stack.key(caller.account, workspace_id, stack_id))
    found = workspaces.enter(caller, workspace_id, "enter", more=keys)
    if stack_id is not None:
        _check_stack(caller, found, stack_id)
    activity = found.items.get(keys[0])
    if not isinstance(activity, Activity):
        raise errors.NotFound(LOST)
    return moved(caller, found, activity, stack_id, order_now())


def move_to_inbox(caller: Caller, workspace_id: int, activity_id: int) -> Change[Filled]:
    """Puts an activity on top of the inbox and answers the inbox as it is then."""
    inbox_id = workspaces.inbox_of(workspace_id)
    entries, activity = table.together(
        lambda: stacks.entries_of(caller, workspace_id, inbox_id),
        lambda: table.get(Activity, caller.account, activity_id),
    )
    beside = [jsontext.dump(activity.doc)] if activity else []
    inbox, found = stacks.with_people(caller, workspace_id, inbox_id, entries, beside=beside)
    if activity is None:
        raise errors.NotFound(LOST)
    here = activity.workspace == workspace_id and activity.stack == inbox.id
    own = copies.placement(caller, activity).sk if here else None
    top = inbox.entries[0][0].split("#")[2] if inbox.entries else None
    change = moved(caller, found, activity, inbox.id, order_now(top=top))
    rest = [entry for entry in inbox.entries if entry[0] != own]
    return change.answering(_on_top(change.answer, inbox.id, rest))


def create_on_inbox(caller: Caller, workspace_id: int, fields: Fields) -> Change[Filled]:
    """A new activity on top of the inbox; answers the inbox as it is then."""
    inbox_id = workspaces.inbox_of(workspace_id)
    entries, activity_id = table.together(
        lambda: stacks.entries_of(caller, workspace_id, inbox_id),
        lambda: table.count_up(caller.account, "ids"),
    )
    inbox, found = stacks.with_people(caller, workspace_id, inbox_id, entries)
    change = _created(caller, found, inbox.id, activity_id, fields)
    return change.answering(_on_top(change.answer, inbox.id, inbox.entries))


def _on_top(placed: Placed, inbox_id: int, rest: list[tuple[str, str]]) -> Filled:
    return Filled(placed.workspace, inbox_id, [(placed.key, placed.text), *rest], placed.people)


def moved(caller: Caller, found: Found, activity: Activity, stack_id: int | None, order: str) -> Change[Placed]:
    """An activity that was read, on a stack of a workspace that admits the caller; None is the archive."""
    workspace = found.workspace
    if stack_id is None and workspace.type != PERSONAL:
        raise errors.Conflict("only a personal workspace has an archive")
    stays = activity.workspace == workspace.id
    requires = {} if stays else {one.key: one for one in leaving(caller, activity)}
    requires |= {one.key: one for one in arriving(caller, workspace.id, stack_id)}
    old = copies.placement(caller, activity)
    activity.workspace, activity.stack, activity.order = workspace.id, stack_id, order
    people = _with(caller, found.people, jsontext.dump(activity.doc))
    saves = [activity, *([copies.placement(caller, activity)] if stays else copies.of(caller, activity))]
    return Change(as_placed(caller, activity, people), saves, [old], list(requires.values()))


def _with(caller: Caller, people: People, text: str) -> People:
    missing = activities.people([text]) - people.keys()
    return people | workspaces.people_of(caller, missing) if missing else people


def as_placed(caller: Caller, activity: Activity, people: People) -> Placed:
    """An activity where it lies, as it is answered."""
    text = jsontext.dump(activity.doc)
    return Placed(activity.workspace, activity.id, copies.placement(caller, activity).sk, text, people)


def _check_stack(caller: Caller, found: Found, stack_id: int) -> None:
    if stacks.is_inbox(found.workspace.id, stack_id):
        return
    if stacks.found_in(caller, found, stack_id).ending:
        raise errors.Conflict("this stack is being deleted")


def arriving(caller: Caller, workspace_id: int, stack_id: int | None) -> list[Requirement]:
    """What arrives must find workspace and stack there and not about to be deleted."""
    requires = [workspaces.stays(caller, workspace_id)]
    if stack_id is None or stacks.is_inbox(workspace_id, stack_id):
        return requires
    key = Stack.key(caller.account, workspace_id, stack_id)
    return [*requires, Requirement(Stack, key, is_open(Stack), errors.NotFound(stacks.ABSENT), Stack.arrivals)]


def leaving(caller: Caller, activity: Activity) -> list[Requirement]:
    """What leaves another workspace must be the caller's to take."""
    key = Member.key(caller.account, activity.workspace, caller.user)
    inside = Requirement(Member, key, Member.is_inside(), errors.NotFound(LOST))
    return [workspaces.stays(caller, activity.workspace, LOST), inside]


def order_now(above: int = 0, top: str | None = None) -> str:
    """An order on top of everything placed so far: microseconds counted backwards, and so many places higher."""
    now = ORDERS - time.time_ns() // 1000 - above
    return f"{min(now, int(top) - 1) if top else now:016}"

"""An activity as somebody sees it: whoever is in its workspace, and whom it is delegated by and to."""

from collections.abc import Iterable
from typing import Any

from chalicelib import errors, jsontext
from chalicelib.dataclass import dataclass
from chalicelib.domain import access, activities, copies, items, lifecycle, workspaces
from chalicelib.domain.access import Caller
from chalicelib.domain.activities import MARK
from chalicelib.domain.items import LOST, Placed
from chalicelib.domain.workspaces import Found
from chalicelib.storage import table
from chalicelib.storage.changes import Change
from chalicelib.storage.item import Item, Key
from chalicelib.storage.records import Delegation
from chalicelib.storage.spaces import Activity

LOOK = "look"
ELSEWHERE = "the activity lies in a workspace that you are not in; as its delegator or delegee you may only look at it"


@dataclass(frozen=True)
class Held:
    """An activity, and the workspace that it lies in, with what was read beside them."""

    activity: Activity
    found: Found

    def placed(self, caller: Caller) -> Placed:
        """The activity as it is answered."""
        return items.as_placed(caller, self.activity, self.found.people)

    def check_party(self, caller: Caller, verb: str) -> None:
        """Lets those pass whose verb it is in a delegation. Raises errors.Forbidden; without one nothing is said."""
        delegation, role = self.activity.delegation, lifecycle.BY[verb]
        sides = {lifecycle.EITHER: ("delegator", "delegee")}.get(role, (role,))
        if delegation and caller.user not in [delegation[side] for side in sides]:
            raise errors.Forbidden(f"only the {role} may {verb} this activity")
        if verb in lifecycle.SIGNING and not (delegation and delegation["sign_off"]):
            raise errors.Forbidden(f"only a delegator who asked for sign-off may {verb} an activity")


def read(caller: Caller, activity_id: int) -> Activity:
    """An activity, unchecked. Raises errors.NotFound."""
    return there(table.get(Activity, caller.account, activity_id))


def there(activity: Activity | None) -> Activity:
    """An activity that was read, unchecked. Raises errors.NotFound."""
    if activity is None:
        raise errors.NotFound(LOST)
    return activity


def entered(
    caller: Caller, activity: Activity, verb: str = "enter", more: Iterable[Key] = (), beside: Iterable[str] = ()
) -> Held:
    """An activity that was read, if the caller may do this with it; with everybody in it, and in texts beside it.

    Raises errors.NotFound, errors.Forbidden.
    """
    people = copies.standing(activity) | activities.people(beside)
    return admitted(caller, Held(activity, workspaces.look(caller, activity.workspace, people=people, more=more)), verb)


def delegated(caller: Caller, row: Delegation, more: Iterable[Key] = ()) -> Held:
    """The activity of an open delegation by or to the caller. Raises errors.NotFound."""
    key = Activity.key(caller.account, row.activity)
    people = activities.people([jsontext.dump(row.doc)])
    found = workspaces.look(caller, row.workspace, people=people, more=[key, *more])
    activity: Any = found.items.get(key)
    if activity is None or activity.workspace != row.workspace or (activity.delegation or {}).get("id") != row.id:
        raise errors.Stale("the activity has just been moved, or the delegation decided")
    return admitted(caller, Held(activity, found), LOOK)


def admitted(caller: Caller, held: Held, verb: str) -> Held:
    """What was read of an activity, if the caller may do this with it. Raises errors.NotFound, errors.Forbidden."""
    workspace, is_party = held.found.workspace, caller.user in copies.parties(held.activity)
    try:
        access.admit(workspace, held.found.member, verb)
    except (errors.NotFound, errors.Forbidden) as error:
        if is_party and workspace and not workspace.ending:
            if verb == LOOK:
                return held
            raise errors.Forbidden(ELSEWHERE if isinstance(error, errors.NotFound) else error.detail) from None
        if isinstance(error, errors.NotFound):  # in the same words, or it would tell that there is one
            raise errors.NotFound(LOST) from None
        raise
    return held


def verb_on_own(caller: Caller, activity: Activity, verb: str) -> str:
    """What has to be admitted: creator and assignee need only be in its workspace."""
    return "enter" if MARK + caller.user in (activity.doc["creator"], activity.doc["assignee"]) else verb


def change(caller: Caller, held: Held, before: list[Item], past: Iterable[Item] = ()) -> Change[Placed]:
    """The activity as it is now, in all its copies; whoever has nothing to do with it any more no longer has one."""
    change = copies.rewritten(caller, held.activity, before)
    return change.also(*past).answering(held.placed(caller))
